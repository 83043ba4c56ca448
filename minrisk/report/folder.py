"""A run's folder: figures and pages, written beside its place under a temporary name, then swapped in whole."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq
from markupsafe import Markup

from minrisk.defaults import QUANTILE_DRAWS
from minrisk.files import REPORT, check_target, replace_folder, write_csv, write_file, write_json
from minrisk.report.losses import exceedance_section, exceedance_sentence, loss_summary
from minrisk.report.markets import use_sentences
from minrisk.report.mix import mix_sentence
from minrisk.results import LOSS_FIGURES, lowest_stocks, mix_shift, price_stays_flat, stocks_at_target, worst
from minrisk.text import DEFAULT, capital, check_language, element_name, join, say, speaking_of
from minrisk.text import language as speaking

if TYPE_CHECKING:
    from minrisk.pipeline.run import Run
    from minrisk.results import MudWorth
    from minrisk.results.follow import Path as Followed


#: Characters that neither end a URI nor an attribute; all others are escaped.
_PLAIN = " /:;,=()'!*+-._~?@$|{}[]^`"


def data_uri(svg: bytes) -> Markup:
    """Write an SVG as a data URI.

    Parameters
    ----------
    svg : bytes

    Returns
    -------
    Markup
        Safe in a quoted attribute: text is a quarter shorter so than in base64, and single quotes, where they can
        stand, need no escape.
    """
    text = re.sub(r'="([^"\']*)"', r"='\1'", " ".join(svg.decode().split("\n")).strip())
    return Markup("data:image/svg+xml," + quote(text, safe=_PLAIN))  # neither double quotes nor < > & are left


def figure_part(name: str, svg: bytes, run: Run) -> dict[str, str]:
    """What a template needs to show a figure: ``name``, ``heading``, ``message``, ``alt`` and ``uri``.

    Parameters
    ----------
    name : str
        A key of `minrisk.plots.FIGURES`.
    svg : bytes
    run : Run
        A finished run.

    Returns
    -------
    dict of str to str
    """
    heading = say(f"figures.{name}")
    message = _message(name, run)
    alt = say("figure_messages.alt", heading=heading, message=message)
    return {"name": name, "heading": heading, "message": message, "alt": alt, "uri": data_uri(svg)}


def _message(name: str, run: Run) -> str:
    """What a figure shows in one sentence, for those who cannot see it."""
    if name in ("use_output", "use_stoppers"):
        return (use_sentences(run) or [say("figure_messages.calm")])[0]
    if name in LOSS_FIGURES:
        return loss_summary(run)
    if name == "exceedance":
        return exceedance_sentence(run) if exceedance_section(run) else say("figure_messages.calm")
    if name == "mix_before_after":
        return mix_sentence(run, mix_shift(run))
    measure = {
        "shortage_map": "shortage",
        "supply_by_route": "unserved_share",
        "shortage_fan": "unserved_share",
        "price_fan": "peak_price_index",
        "average_price_fan": "average_price_index",
        "stock_cover": "months_of_cover",
        "follow_element": "unserved_share",
    }[name]
    hit = worst(run, measure)
    priced = name in ("price_fan", "average_price_fan")
    flat = price_stays_flat(run) if priced else stocks_at_target(run) if name == "stock_cover" else hit.mean == 0
    if flat:
        return say("figure_messages.calm")
    if name == "stock_cover":
        lowest = [element_name(run.dataset, found.symbol) for found in lowest_stocks(run)]
        key = "stock_cover" if len(lowest) == 1 else "stock_cover_several"
        return say(f"figure_messages.{key}", element=capital(join(lowest, most=15)))
    return say(f"figure_messages.{name}", element=capital(element_name(run.dataset, hit.symbol)))


#: Kinds of image in a report's folder: what the pages show, or PNG as well.
Figures: TypeAlias = Literal["svg", "all"]
#: Draws written together.
_ROW_GROUP = 50_000

#: Start of the columns of ``draws.parquet`` with what an industry cannot make, its code behind it [JPY].
INDUSTRY_COLUMN = "industry/first_round_jpy/"


def write_report(
    run: Run,
    out: Path | str = Path("reports"),
    command: str | None = None,
    element: str | None = None,
    language: str = "en",
    figures: Figures = "svg",
) -> Path:
    """Write the report of a run into ``out/<scenario name>``, whole or not at all.

    Parameters
    ----------
    run : Run
        A finished run.
    out : Path or str
        Folder of the reports; made if missing.
    command : str, optional
        How the run was started, for "how to reproduce"; by default built from the run.
    element : str, optional
        Which element to follow through its median draw, by symbol or English name; by default the one hit hardest.
    language : str
        Language of the pages and figures, ``en`` or ``ja``; tables and their columns stay English.
    figures : str
        ``svg``, which the pages show, or ``all`` for PNG as well, which takes as long again.

    Returns
    -------
    Path
        The folder, with ``metrics.csv``, ``uses.csv``, ``series.parquet``, ``use_series.csv``,
        ``follow_<element>.csv``, ``draws.parquet``, ``dictionary.csv``, ``run.json``, ``report.html``
        and ``assumptions.html``, both as ``.md`` too, and ``figures/``; with industries in the dataset also
        ``economy.csv``, ``industry_series.csv`` and ``losses_by_application.csv``, with products ``products.csv``
        and ``product_series.csv``, with mud ``mud.csv``.

    Raises
    ------
    ValueError
        If the run has no such element or left outputs out, minrisk does not speak the language, or `figures` is
        another word.
    OutputError
        If something that is not minrisk's own report is in the way, or writing fails.
    """
    element = None if element is None else run.dataset.symbol(element) or element
    if element is not None and element not in run.elements:
        raise ValueError(f"no element {element!r}; the run has: {', '.join(run.elements)}")
    check_language(language)
    from minrisk.pipeline.run import OUTPUTS

    if run.outputs != OUTPUTS:
        raise ValueError(f"a report needs all outputs; this run has only {', '.join(run.outputs)}")
    if figures not in get_args(Figures):
        raise ValueError(f"figures {figures!r}; allowed: {', '.join(get_args(Figures))}")
    target = check_target(out, run.scenario.name)
    text = command or reproduce_command(run, language)
    with speaking_of(run.dataset.subject):
        replace_folder(target, lambda temporary: _fill(run, temporary, text, element, language, figures), REPORT)
    return target


def reproduce_command(run: Run, language: str = DEFAULT) -> str:
    """Command that computes the run again from the working directory, where its scenario file is found there."""
    file = f"{run.scenario.name}.yaml"
    if Path("scenarios", file).is_file():
        file = f"scenarios/{file}"
    return f"minrisk run {shlex.quote(file)} --draws {run.draws} --seed {run.seed}{language_option(language)}"


def language_option(language: str) -> str:
    """What a command says so that its pages are in a language."""
    return "" if language == DEFAULT else f" --lang {language}"


def draws_table(run: Run) -> pa.Table:
    """One row per draw: its number, sampled inputs, metrics by element and use, losses as ``economy/measure``.

    What each industry loses stands under `INDUSTRY_COLUMN`, such as ``industry/first_round_jpy/electronics``.
    """
    columns: dict[str, Any] = {"draw": pa.array(range(run.draws), type=pa.int64())}
    for name in run.inputs.columns:
        columns[str(name)] = pa.array(run.inputs[name].to_numpy())
    lost = {INDUSTRY_COLUMN: run.industry_metrics["first_round_jpy"]} if run.economy_metrics else {}
    by_label = (
        *((f"{measure}/", run.elements, values) for measure, values in run.metrics.items()),
        *((f"{measure}/", run.uses, values) for measure, values in run.use_metrics.items()),
        *((f"product/{measure}/", run.products, values) for measure, values in run.product_metrics.items()),
        *((start, run.industries, values) for start, values in lost.items()),
    )
    for start, labels, values in by_label:
        for label, row in zip(labels, values, strict=True):
            columns[f"{start}{label}"] = pa.array(row)
    for group, measures in (("product", run.stoppage_metrics), ("economy", run.economy_metrics)):
        for measure, row in measures.items():
            columns[f"{group}/{measure}"] = pa.array(row)
    # No pandas metadata: the bytes depend on the numbers alone.
    return pa.table(columns)


def _write_draws(run: Run, path: Path) -> None:
    """Write draws in row groups; what a large run mirrors in memory is let go of after each."""
    table = draws_table(run)
    with pq.ParquetWriter(path, table.schema, compression="zstd") as writer:
        for start in range(0, run.draws, _ROW_GROUP):
            writer.write_table(table.slice(start, _ROW_GROUP))
            run.release()


def _fill(run: Run, folder: Path, command: str, element: str | None, language: str, figures: Figures) -> None:
    from minrisk.report.export import dictionary
    from minrisk.report.finished import finished
    from minrisk.report.html import assumptions_html, report_html
    from minrisk.report.markdown import markdown
    from minrisk.results import application_losses
    from minrisk.results.follow import follow, follow_table, followed_element

    found = finished(run, command)
    path = follow(run, element or followed_element(run))
    worth = _mud_worth(run)
    run.release()
    write_csv(folder / "metrics.csv", found.metrics)
    write_csv(folder / "uses.csv", found.uses)
    write_csv(folder / "use_series.csv", run.use_series)
    if run.economy_metrics:
        write_csv(folder / "economy.csv", found.economy)
        write_csv(folder / "industry_series.csv", run.industry_series)
        write_csv(folder / "losses_by_application.csv", application_losses(run))
    if run.product_metrics:
        write_csv(folder / "products.csv", found.products)
        write_csv(folder / "product_series.csv", run.product_series)
    if worth is not None:
        from minrisk.results import mud_table

        write_csv(folder / "mud.csv", mud_table(worth))
    write_csv(folder / f"follow_{path.element}.csv", follow_table(path))
    series = pa.Table.from_pandas(run.series, preserve_index=False).replace_schema_metadata(
        {"note": f"means from all draws, quantiles from the first {min(run.draws, QUANTILE_DRAWS)}"}
    )
    pq.write_table(series, folder / "series.parquet", compression="zstd")
    _write_draws(run, folder / "draws.parquet")
    write_csv(folder / "dictionary.csv", dictionary(run))
    write_json(folder / "run.json", found.record)
    with speaking(language):
        drawn = _draw_all(run, path, folder / "figures", figures)
        pages = {
            "report": report_html(run, found, drawn, command, path, worth),
            "assumptions": assumptions_html(run, found),
        }
    for name, page in pages.items():
        write_file(folder / f"{name}.html", page.encode())
        write_file(folder / f"{name}.md", markdown(page).encode())


def _mud_worth(run: Run) -> MudWorth | None:
    """What mud costs and saves; what computes it is loaded only where mud is lifted."""
    if not any(event.type == "seabed_mud" for event in run.scenario.events):
        return None
    from minrisk.results import mud_worth

    return mud_worth(run)


def _draw_all(run: Run, path: Followed, folder: Path, figures: Figures) -> dict[str, bytes]:
    """Draw every figure into a new folder, and give the SVG back by name."""
    from minrisk.plots import FIGURES, figure_bytes, figures_of, follow_element

    folder.mkdir()
    drawn: dict[str, bytes] = {}
    for name, draw in figures_of(run, FIGURES).items():
        figure = follow_element(run, path) if draw is follow_element else draw(run)
        run.release()
        drawn[name] = figure_bytes(figure, "svg")
        write_file(folder / f"{name}.svg", drawn[name])
        if figures == "all":
            write_file(folder / f"{name}.png", figure_bytes(figure, "png"))
    return drawn
