"""The report: one self-contained file, nothing loaded from elsewhere.

The only script sorts tables; the page allows no other, by its hash.
"""

from __future__ import annotations

import base64
import hashlib
import pathlib
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from minrisk.data import has_prices, price_year
from minrisk.defaults import QUANTILE_DRAWS
from minrisk.report.assumptions import event_assumptions, market_assumptions
from minrisk.report.folder import data_uri, figure_part
from minrisk.report.follow import follow_sentences, quarter_rows
from minrisk.report.losses import exceedance_section, losses_section
from minrisk.report.markets import price_rows, price_sentence, products_section, use_rows, use_sentences
from minrisk.report.messages import answers, drivers_line, more_messages, restriction_line
from minrisk.report.mix import mix_section
from minrisk.report.results_table import element_rows
from minrisk.report.sources import grade_c, input_tables, largest_misfits, margin_fits, source_list
from minrisk.report.track_record import badge, past_section
from minrisk.results import LOSS_FIGURES, worst
from minrisk.text import (
    capital,
    current_language,
    element_name,
    in_english,
    month_text,
    origin_name,
    percent,
    say,
    say_html,
    section,
    span,
    titles,
    window,
)

if TYPE_CHECKING:
    from minrisk.pipeline.run import Run
    from minrisk.report.finished import Finished
    from minrisk.results import MudWorth
    from minrisk.results.follow import Path


#: Folder of the templates of all pages, with their scripts and styles.
TEMPLATES = pathlib.Path(__file__).parent / "templates"

#: Sentences on the first screen.
_ANSWERS = 3

#: Figures that stand in a section of their own.
_OWN_SECTION = (
    "use_output",
    "use_stoppers",
    "price_fan",
    "average_price_fan",
    "exceedance",
    "mix_before_after",
    "follow_element",
    *LOSS_FIGURES,
)


def report_html(
    run: Run,
    found: Finished,
    figures: Mapping[str, bytes],
    command: str,
    path: Path | None = None,
    worth: MudWorth | None = None,
) -> str:
    """Compose the report of one run.

    Parameters
    ----------
    run : Run
        A finished run.
    found : Finished
        The same, summed up.
    figures : mapping of str to bytes
        SVG by figure name.
    command : str
        Command that reproduces the run.
    path : minrisk.results.follow.Path, optional
        The element followed through one draw; without it that section is left out.
    worth : minrisk.results.mud.MudWorth, optional
        What mud costs and saves; without it that section is left out.

    Returns
    -------
    str
        A whole HTML document.
    """
    mud, first = _mud(run, worth), first_figure(run, figures)
    said = [*mud["messages"], *answers(run)][:_ANSWERS]
    context: dict[str, Any] = {
        **_common(run),
        "answers": said,
        "first_figure": first,
        "driven": drivers_line(run),
        "messages": [one for one in (*answers(run), *more_messages(run)) if one not in said],
        "known": [source.id for source in source_list(run.dataset)],
        "restricted": restriction_line(run),
        "mud": mud["section"],
        "rows": element_rows(found),
        "figures": {name: figure_part(name, svg, run) for name, svg in figures.items()},
        "general": [name for name in figures if name not in _OWN_SECTION and name != first],
        "uses": use_rows(run),
        "use_sentences": use_sentences(run),
        "products": products_section(run, found),
        "losses": losses_section(run),
        "loss_figures": LOSS_FIGURES,
        "exceedance": exceedance_section(run),
        "mix": mix_section(run),
        "past": past_section(),
        "prices": price_rows(run),
        "price_sentence": price_sentence(run),
        "price_year": price_year(run.dataset) if has_prices(run.dataset) else "",
        "followed": _followed(run, path),
        "estimates": [table.name for table in grade_c(input_tables(run.dataset))],
        "limits": section("limits"),
        "threshold": float(run.scenario.market.shortage_threshold),
        "window": window(run),
        "quantile_draws": f"{min(run.draws, QUANTILE_DRAWS):,}",
        "command": command,
        "focus": origin_name(run.dataset.focus_origin),
        "residual": f"{run.balance_residual:.1e}",
    }
    return environment().get_template("report.html.j2").render(context)


def assumptions_html(run: Run, found: Finished) -> str:
    """Compose the page beside a report: every assumption, source, error and version behind it.

    Parameters
    ----------
    run : Run
        A finished run.
    found : Finished
        The same, summed up.

    Returns
    -------
    str
        A whole HTML document.
    """
    fits = margin_fits(run.dataset)
    context: dict[str, Any] = {
        **_common(run),
        "market": market_assumptions(run),
        "events": event_assumptions(run),
        "tables": input_tables(run.dataset),
        "sources": source_list(run.dataset),
        "errors": _errors(found.metrics),
        "fits": fits,
        "misfits": largest_misfits(fits),
    }
    return environment().get_template("assumptions.html.j2").render(context)


def first_figure(run: Run, figures: Mapping[str, bytes]) -> str:
    """Name of the figure on the first screen: what is lost by month, else what is short, else who supplies."""
    short = ("shortage_fan",) if worst(run, "unserved_share").mean > 0.0 else ()
    wanted = ("loss_over_time", *short, "mix_before_after", "supply_by_route")
    return next((name for name in wanted if name in figures), "")


def _common(run: Run) -> dict[str, Any]:
    """What both pages say of a run."""
    day = run.dataset.settings.get("as_of")
    return {
        "run": run,
        **titles(run.scenario),
        "span": span(run.months[0], run.months[-1]),
        "as_of": month_text(day[:7]) if day else "",
        "draws": f"{run.draws:,}",
    }


@cache
def environment() -> Environment:
    """Templates of pages, with the words, and the one script of a report, that they all know."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {"percent": percent, "data_uri": data_uri}
    made.globals |= {"say": say_html, "language": current_language, "in_english": in_english, "badge": badge}
    script = (TEMPLATES / "_sort.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    made.globals |= {"sort_script": Markup(script), "sort_hash": Markup(f"sha256-{digest}")}  # our own file
    return made


def _mud(run: Run, worth: MudWorth | None) -> dict[str, Any]:
    """The section on the mud and its key message; what makes them is loaded only where mud is lifted."""
    if worth is None:
        return {"section": None, "messages": []}
    from minrisk.report.mud import mud_message, mud_section

    section = mud_section(run, worth)
    return {"section": section, "messages": mud_message(section)}


def _followed(run: Run, path: Path | None) -> dict[str, Any] | None:
    """What the section on one element shows; nothing where none was followed."""
    if path is None:
        return None
    header, rows = quarter_rows(run, path)
    return {
        "name": capital(element_name(run.dataset, path.element)),
        "file": f"follow_{path.element}.csv",
        "draw": path.draw,
        "sentences": follow_sentences(run, path),
        "header": header,
        "rows": rows,
    }


def _errors(metrics: pd.DataFrame) -> list[tuple[str, ...]]:
    """Largest Monte Carlo standard error of each metric: metric, unit, element, error, meaning."""
    rows: list[tuple[str, ...]] = []
    known = metrics.dropna(subset=["mc_error"]).sort_values("mc_error", ascending=False, kind="stable")
    for metric in dict.fromkeys(metrics["metric"]):
        for row in known[known["metric"] == metric].head(1).to_dict("records"):
            rows.append(
                (
                    str(metric),
                    say(f"units.{row['unit']}"),
                    str(row["element"]),
                    f"{float(row['mc_error']):.2g}",
                    say(f"measures.{metric}"),
                )
            )
    return rows
