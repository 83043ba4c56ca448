"""Several runs side by side: a front page that ranks them and leads to each report, and one table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.table import Table
from rich.text import Text

from minrisk.files import OutputError, csv_text, write_files
from minrisk.report.html import environment
from minrisk.report.markdown import MARK, markdown
from minrisk.report.new_supply import mud_words
from minrisk.results import (
    UseFinding,
    WorstYear,
    earliest_use,
    finding,
    magnets,
    restrictions,
    use_findings,
    worst_year,
)
from minrisk.scenario import groups
from minrisk.text import (
    DEFAULT,
    capital,
    current_language,
    element_name,
    hundredths_percent,
    interval,
    month_cell,
    month_text,
    one_after_another,
    percent,
    say,
    title_of,
    titles,
    use_name,
    yen,
)
from minrisk.text import language as speaking

if TYPE_CHECKING:
    from rich.console import Console

    from minrisk.pipeline.run import Run


#: Measures with a spread over draws, in the order of the table.
_SPREAD = (
    "unserved_share",
    "peak_price_index",
    "average_price_index",
    "months_of_cover",
    "worst_month_unserved_share",
)

#: Number by which scenarios are ranked.
WORST_YEAR = "worst_year_gdp_share"

#: Groups of the library whose scenarios answer a restriction or lift mud; and of scenarios that are not in it.
_ANSWERS, _MUD, _OWN = "answers", "seabed mud", ""

#: Less than this is not written out: yen, and share of GDP that reads 0.00 %.
_LEAST, _NOTHING = 1e8, 5e-5

#: An answer that avoids a smaller part of the loss helps little [1].
_LITTLE = 0.1


def compare(runs: Sequence[Run]) -> pd.DataFrame:
    """Put the metrics of several runs into one table.

    Parameters
    ----------
    runs : sequence of Run
        Finished runs.

    Returns
    -------
    DataFrame
        A row per scenario and element: ``shortage_probability`` [1]; ``unserved_t`` [t REO],
        mean; ``months_to_shortage`` [month], median of the draws with a shortage (NaN: none);
        ``unserved_share`` [1], the mean, with ``_p05`` and ``_p95``; ``peak_price_index`` [1],
        ``average_price_index`` [1], ``months_of_cover`` [month] and ``worst_month_unserved_share`` [1],
        each as median ``_p50`` with ``_p05`` and ``_p95``; mean ``china_share_direct`` and ``_effective`` [1].
        Of the whole scenario, the same in each of its rows: means of ``worst_year_gdp_share`` [1] and
        ``worst_year_loss_jpy`` [JPY] with ``_p05`` and ``_p95``, NaN without industries.
    """
    rows = []
    for run in runs:
        year = worst_year(run)
        whole: dict[str, float] = {}
        for measure in (WORST_YEAR, "worst_year_loss_jpy"):
            known = None if year is None else year.share if measure == WORST_YEAR else year.yen
            numbers = (math.nan,) * 3 if known is None else (known.mean, known.p05, known.p95)
            whole |= dict(zip((measure, f"{measure}_p05", f"{measure}_p95"), numbers, strict=True))
        for position, element in enumerate(run.elements):
            row: dict[str, object] = {
                "scenario": run.scenario.name,
                "element": element,
                "shortage_probability": finding(run, "shortage", position).mean,
                "unserved_t": finding(run, "unserved_t", position).mean,
                "months_to_shortage": finding(run, "months_to_shortage", position).middle,
            }
            for measure in _SPREAD:
                one = finding(run, measure, position)
                middle = {f"{measure}_p50": one.middle} if one.skewed else {measure: one.mean}
                row |= {**middle, f"{measure}_p05": one.low, f"{measure}_p95": one.high}
            for measure in ("china_share_direct", "china_share_effective"):
                row[measure] = finding(run, measure, position).mean
            rows.append(row | whole)
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class Standing:
    """One scenario as the front page shows it.

    Attributes
    ----------
    run : Run
    group : str
        Its group in the library; empty for a scenario of one's own.
    loss : WorstYear or None
        Loss of the worst year; None without industries.
    first : UseFinding or None
        The end use that falls short first in most draws; None where none does.
    lowest : UseFinding or None
        The magnets of which least is made; None without products.
    magnets : str
        As `minrisk.results.magnets`.
    helps : tuple of Run and float, or None
        Of the answers that were run to this very restriction, on the same draws, the one that avoids most of the
        worst year's loss, and how much [1].
    answers : tuple of Run and float, or None
        For an answer: the scenario without it, and what it avoids [1].
    """

    run: Run
    group: str
    loss: WorstYear | None
    first: UseFinding | None
    lowest: UseFinding | None
    magnets: str
    helps: tuple[Run, float] | None
    answers: tuple[Run, float] | None

    @property
    def rank(self) -> float:
        """Mean loss of the worst year; below all others without industries."""
        return self.loss.share.mean if self.loss is not None else -1.0


def standings(runs: Sequence[Run]) -> list[Standing]:
    """Rank runs by the loss of their worst year, inside the groups of the library.

    Parameters
    ----------
    runs : sequence of Run

    Returns
    -------
    list of Standing
        Groups in the order of the library, scenarios of one's own last; the costliest of each group first.
    """
    known = {row["scenario"]: row["group"] for row in groups()}
    order = [*dict.fromkeys(known.values()), _OWN]
    of = {id(run): known.get(run.scenario.name, _OWN) for run in runs}
    twins = {
        id(run): twin for run in runs if of[id(run)] in (_ANSWERS, _OWN) and (twin := _without_answer(run, runs))
    }
    rows = [_standing(run, of[id(run)], runs, twins) for run in runs]
    return sorted(rows, key=lambda row: (order.index(row.group), -row.rank))


def _standing(run: Run, group: str, runs: Sequence[Run], twins: dict[int, Run]) -> Standing:
    uses = use_findings(run)
    products = run.dataset.labels.products
    makers = [use for use in uses if products is not None and use.use in products.makers]
    answering = [
        (one, _avoided(one, run)) for one in runs if twins.get(id(one)) is run and not _combined(one, twins)
    ]
    best = max(answering, key=lambda pair: pair[1], default=None)
    twin = twins.get(id(run))
    return Standing(
        run=run,
        group=group,
        loss=worst_year(run),
        first=earliest_use(run),
        lowest=min(makers, key=lambda use: use.lowest[1], default=None),
        magnets=magnets(run.scenario, run.dataset),
        helps=best if best is not None and best[1] >= _NOTHING else None,
        answers=(twin, _avoided(run, twin)) if twin is not None else None,
    )


def _avoided(run: Run, twin: Run) -> float:
    """What a run loses less than its twin in the worst year, draw by draw [1]."""
    with_it, without = worst_year(run), worst_year(twin)
    return 0.0 if with_it is None or without is None else float((without.draws - with_it.draws).mean())


def _without_answer(run: Run, runs: Sequence[Run]) -> Run | None:
    """Run of the same restrictions, months and draws from which this one differs least, by answers alone."""
    found = []
    for other in runs:
        same = (other.draws, other.seed, other.counted) == (run.draws, run.seed, run.counted)
        if other is run or not same or other.dataset.fingerprint != run.dataset.fingerprint:
            continue
        held = [restrictions(one.scenario, one.dataset) for one in (run, other)]
        named = {restriction.name for restriction in held[0]}
        events = [{e.name: e for e in one.scenario.events} for one in (run, other)]
        restricted = [{n: e for n, e in by.items() if n in named} for by in events]
        if not named or held[0] != held[1] or restricted[0] != restricted[1]:
            continue
        if set(events[1]) <= set(events[0]) and (added := _added(run, other)):
            found.append((len(added), other))
    return min(found, key=lambda pair: pair[0])[1] if found else None


def _added(run: Run, twin: Run) -> set[str]:
    """Names of events that a run adds to its twin or changes."""
    there = {event.name: event for event in twin.scenario.events}
    return {event.name for event in run.scenario.events if there.get(event.name) != event}


def _combined(run: Run, twins: dict[int, Run]) -> bool:
    """Whether an answer puts several others together: more than two things, which no single policy does."""
    kinds = {event.type for event in run.scenario.events if event.name in _added(run, twins[id(run)])}
    return len(kinds) > 2


def write_index(runs: Sequence[Run], out: Path, language: str = DEFAULT) -> Path:
    """Write ``index.html``, ``index.md``, ``comparison.csv`` and ``comparison.svg`` beside the runs' folders.

    Parameters
    ----------
    runs : sequence of Run
        Finished runs whose reports lie in `out`.
    out : Path
        Folder of the reports.
    language : str
        Language of the page, ``en`` or ``ja``.

    Returns
    -------
    Path
        The index page.

    Raises
    ------
    OutputError
        If a file of that name is there that minrisk did not write.
    """
    from minrisk.plots import comparison, figure_bytes

    check_index(out)
    table = compare(runs)
    with speaking(language):
        shown = [row.run for row in _asked(standings(runs))]
        figure, narrow = (figure_bytes(comparison(shown, n), "svg") for n in (False, True))
        page = index_html(runs, table, figure, narrow)
    contents = {
        "comparison.csv": csv_text(table).encode(),
        "comparison.svg": figure,
        "index.md": markdown(page, figures="").encode(),
        "index.html": page.encode(),
    }
    write_files(out, contents)
    return out / "index.html"


def index_html(runs: Sequence[Run], table: pd.DataFrame, figure: bytes, narrow: bytes = b"") -> str:
    """Compose the index page of several runs.

    Parameters
    ----------
    runs : sequence of Run
        Finished runs.
    table : DataFrame
        What `compare` gives.
    figure, narrow : bytes
        Losses of the worst year as SVG, for a wide and for a narrow screen; the wide one for both if left out.

    Returns
    -------
    str
        A whole HTML document.
    """
    elements = list(dict.fromkeys(table["element"]))
    ranked = standings(runs)
    heat = {
        measure: [_heat_row(row.run, table, elements, measure) for row in ranked]
        for measure in ("shortage_probability", "unserved_share", "worst_month_unserved_share_p50")
    }
    days = {str(day)[:7] for run in runs if (day := run.dataset.settings.get("as_of"))}
    lead = answer(ranked) + [say("index.as_of", month=month_text(day)) for day in sorted(days)[-1:]]
    context: dict[str, Any] = {
        "lead": one_after_another(lead) if lead else "",
        "groups": _grouped([_words(row) for row in ranked]),
        "magnets": any(row.magnets for row in ranked),
        "helps": any(row.helps or row.answers or row.group == _MUD for row in ranked),
        "draws": interval(float(min(run.draws for run in runs)), float(max(run.draws for run in runs))),
        "elements": [{"symbol": symbol, "name": _name(runs, symbol)} for symbol in elements],
        "heat": heat,
        "figure": figure,
        "narrow": narrow or figure,
    }
    return environment().get_template("index.html.j2").render(context)


def _asked(ranked: Sequence[Standing]) -> list[Standing]:
    """The scenarios that ask what something costs, without the answers to them; all where there are only those."""
    return [row for row in ranked if row.answers is None and row.group != _ANSWERS] or list(ranked)


def answer(ranked: Sequence[Standing]) -> list[str]:
    """The front page in three sentences: what costs most, what falls short first there, and what helps most."""
    top = max(_asked(ranked), key=lambda row: row.rank)
    said = []
    if top.rank > 0.0 and top.loss is not None:
        band = interval(top.loss.share.p05, top.loss.share.p95, hundredths_percent)
        loss = hundredths_percent(top.rank)
        said.append(say("index.costliest", loss=loss, band=band))
    if top.rank > 0.0 and top.first is not None:
        use = use_name(top.run.dataset, top.first.use)
        said.append(say("index.first", use=use, month=month_text(top.first.first[1])))
    helped = [row for row in ranked if row.helps]
    if helped:
        row = max(helped, key=lambda one: one.rank)
        assert row.helps is not None
        less = say("index.less", avoided=hundredths_percent(row.helps[1]), loss=hundredths_percent(row.rank))
        key = "index.helps" if row.helps[1] >= _LITTLE * row.rank else "index.helps_little"
        said.append(say(key, answer=title_of(row.helps[0].scenario), less=less))
    return said


def _words(row: Standing) -> dict[str, Any]:
    """Cells of one scenario in the ranking."""
    loss = row.loss
    said = {"name": row.run.scenario.name, "title": titles(row.run.scenario)["shown_title"], "group": row.group}
    said |= {"loss": "–", "band": "", "ends": "–", "yen": "–"}
    if loss is not None:
        said["loss"] = hundredths_percent(loss.share.mean)
        said["band"] = interval(loss.share.p05, loss.share.p95, hundredths_percent) if loss.share.p95 > 0.0 else ""
        said["ends"] = interval(loss.efficient, loss.alike, hundredths_percent)
        lost = loss.yen.mean
        said["yen"] = say("number.under", value=yen(_LEAST)) if 0.0 < lost < _LEAST else yen(lost)
    first, lowest = row.first, row.lowest
    said["first"] = capital(use_name(row.run.dataset, first.use)) if first else "–"
    said["when"] = month_cell(first.first[1]) if first else ""
    said["lowest"] = percent(lowest.lowest[1]) if lowest else "–"
    said["lowest_band"] = interval(lowest.lowest[0], lowest.lowest[2], percent) if lowest else ""
    said["magnets"] = _magnets(row.magnets)
    said["helps"] = _helps(row)
    said["window"] = say("date.span", first=month_cell(row.run.counted[0]), last=month_cell(row.run.counted[-1]))
    return said


def _magnets(way: str) -> str:
    """Whether magnets are held back, in a word or two; a dash where nothing is restricted or there are none."""
    if way == "held":
        return say("index.held")
    return say("index.let_through") if way == "let_through" else "–"


def _helps(row: Standing) -> str:
    if row.answers is not None:
        twin, avoided = row.answers
        if abs(avoided) < _NOTHING:
            return say("index.no_effect", twin=title_of(twin.scenario))
        key = "index.avoids" if avoided > 0.0 else "index.worsens"
        return say(key, avoided=hundredths_percent(abs(avoided)), twin=title_of(twin.scenario))
    if row.group == _MUD and (mud := mud_words(row.run)):
        return mud
    if row.helps is not None:
        best, avoided = row.helps
        return say("index.helped", answer=title_of(best.scenario), avoided=hundredths_percent(avoided))
    return "–"


def _grouped(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows under the names of their groups, in order."""
    key = "group" if current_language() == DEFAULT else f"group_{current_language()}"
    words = {row["group"]: capital(row[key]) for row in groups()} | {_OWN: say("index.own")}
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(words[row["group"]], []).append(row)
    return [{"name": name, "rows": members} for name, members in found.items()]


def print_ranking(runs: Sequence[Run], console: Console) -> None:
    """Print the ranking of several runs, the costliest first, in the width of the console.

    Parameters
    ----------
    runs : sequence of Run
    console : rich.console.Console
    """
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    heads = ("scenario", "column_loss_plain", "column_band", "column_first")
    longest = max(len(run.scenario.name) for run in runs)
    for place, head in enumerate(heads):
        side: Any = "right" if place in (1, 2) else "left"
        # What does not fit is cut at the end of the last column; no name is broken.
        least = (longest, 6, 6, 0)[place]
        table.add_column(Text(say(f"index.{head}")), justify=side, no_wrap=True, min_width=least)
    for row in sorted(standings(runs), key=lambda one: -one.rank):
        said = _words(row)
        first = " ".join(part for part in (said["when"], said["first"]) if part)
        cells = (said["name"], said["loss"], said["band"], first)
        table.add_row(*(Text(str(cell).replace("\u00a0", " ")) for cell in cells))
    console.print(table)
    for sentence in answer(standings(runs)):
        console.print(Text(sentence.replace("\u00a0", " ")))


def check_index(out: Path) -> None:
    """Refuse to write over an index page or table that is not minrisk's.

    Parameters
    ----------
    out : Path
        Folder of the reports.

    Raises
    ------
    OutputError
        If a file of that name is there that minrisk did not write.
    """
    marks = {
        "index.html": b'name="generator" content="minrisk"',
        "index.md": MARK.encode(),
        "comparison.csv": b"scenario,element,shortage_",
        "comparison.svg": b"<svg font-family=",
    }
    for name, mark in marks.items():
        path = out / name
        if not (path.exists() or path.is_symlink()):
            continue
        if path.is_symlink() or not path.is_file() or mark not in _beginning(path):
            raise OutputError(f"{path} was not written by minrisk and is not replaced; choose another --out")


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4096)


def _heat_row(run: Run, table: pd.DataFrame, elements: Sequence[str], measure: str) -> dict[str, Any]:
    part = table[table["scenario"] == run.scenario.name].set_index("element")[measure]
    cells = []
    for symbol in elements:
        if symbol in part.index:
            share = float(part[symbol])
            cells.append({"text": _heat_text(share), "colour": _heat(share), "dark": _heat_is_dark(share)})
        else:
            cells.append({"text": "–", "colour": _heat(0.0), "dark": False})
    return {"name": run.scenario.name, "title": titles(run.scenario)["shown_title"], "cells": cells}


def _heat(share: float) -> str:
    """One hue from white to dark blue, lightness falling evenly: safe for every kind of colour vision."""
    light, dark = (255, 255, 255), (8, 64, 129)
    part = min(1.0, max(0.0, share)) ** 0.7
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in zip(light, dark, strict=True))


def _heat_text(share: float) -> str:
    """A share in percent in as few characters as a narrow column has; the caption says that it is percent."""
    value = 100.0 * share
    if 0.0 < value < 0.1:
        return "<0.1"
    if 99.9 < value < 100.0:
        return ">99.9"
    return f"{value:.{1 if 0.0 < value < 9.95 else 0}f}"


def _heat_is_dark(share: float) -> bool:
    """Whether white letters stand out better than black ones, by the contrast ratio of WCAG 2."""
    channels = [int(_heat(share)[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.05 / (light + 0.05) > (light + 0.05) / 0.05


def _name(runs: Sequence[Run], symbol: str) -> str:
    return next(capital(element_name(run.dataset, symbol)) for run in runs if symbol in run.elements)
