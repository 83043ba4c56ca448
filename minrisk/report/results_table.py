"""The table of results: its rows for the page and the terminal, made once from what the report's files hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from minrisk.defaults import FEW_DRAWS
from minrisk.results import month_after, uses_of_table
from minrisk.text import (
    capital,
    element_word,
    hundredths,
    hundredths_percent,
    interval,
    month_cell,
    month_text,
    number,
    origin_name,
    percent,
    price_digits,
    say,
    span,
    speaking_of,
    use_word,
    yen,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from minrisk.report.finished import Finished
    from minrisk.risk.spread import Spread


def element_rows(found: Finished) -> list[dict[str, str]]:
    """Write one line per element, the hardest hit first.

    Parameters
    ----------
    found : Finished
        A finished run.

    Returns
    -------
    list of dict of str to str
        ``symbol`` and ``name``; a cell for each column of the page or the terminal, and its range of draws as
        ``<column>_band``.
    """
    rows = sorted(found.elements.items(), key=lambda item: -item[1]["unserved_share"].mean)
    return [_row(found, symbol, numbers) for symbol, numbers in rows]


def _row(found: Finished, symbol: str, of: Mapping[str, Spread]) -> dict[str, str]:
    early, middle, late = (month_cell(month_after(found.counted, later)) for later in of["months_to_shortage"][1:4])
    price = price_digits(of["at_choke_price_probability"].mean > 0.0)
    return {
        "symbol": symbol,
        "name": capital(element_word(found.own_names("elements"), symbol)),
        "shortage": percent(of["shortage_probability"].mean),
        "unserved_share": percent(of["unserved_share"].mean),
        "unserved_share_band": band(of["unserved_share"], percent),
        "unserved_t": number(of["unserved_t"].mean),
        "unserved_t_band": band(of["unserved_t"], number),
        "undelivered": number(of["involuntary_t"].mean),
        "first": middle,
        "first_band": "" if early == late else say("number.interval", low=early, high=late),
        "month": percent(of["worst_month_unserved_share"].p50),
        "month_band": band(of["worst_month_unserved_share"], percent),
        "price": price(of["peak_price_index"].p50),
        "price_band": band(of["peak_price_index"], price),
        **_in_usd(of["peak_price_index"], found.reference_price(symbol), price),
        "average_price": price(of["average_price_index"].p50),
        "cover": hundredths(of["months_of_cover"].p50),
        "cover_band": band(of["months_of_cover"], hundredths),
        "direct": percent(of["china_share_direct"].mean),
        "effective": percent(of["china_share_effective"].mean),
    }


def _in_usd(index: Spread, reference: float | None, write: Callable[[float], str]) -> dict[str, str]:
    """Write a price multiple in USD/kg; nothing where no price is known."""
    if reference is None:
        return {"price_usd": "", "price_usd_band": ""}
    low, high = index.p05 * reference, index.p95 * reference
    return {"price_usd": write(index.p50 * reference), "price_usd_band": interval(low, high, write)}


def when_stopped(counted: Sequence[str], share: float, when: Spread) -> dict[str, str]:
    """Write in which share of draws some line stops, and the month in which the first does with its interval.

    Parameters
    ----------
    counted : sequence of str
        Months measured, ``YYYY-MM``.
    share : float
        Share of draws in which some line stops [1].
    when : Spread
        Number of the month of the first stop, counted from 1, over those draws.
    """
    early, middle, late = (month_text(month_after(counted, month - 1.0)) for month in when[1:4])
    return {"share": percent(share), "month": middle, "band": say("number.interval", low=early, high=late)}


def band(found: Spread, write: Callable[[float], str]) -> str:
    """Write the range that holds the middle 90 % of draws."""
    return interval(found.p05, found.p95, write)


#: Column of the terminal's table: key of its header, its cell in a row, the least width [characters] at which it
#: is shown.
_COLUMNS = (
    ("element", "symbol", 0),
    ("shortage", "shortage", 0),
    ("unserved", "unserved_share", 0),
    ("band", "unserved_share_band", 56),
    ("worst_month", "month", 92),
    ("first_month", "first", 66),
    ("peak_price", "price", 0),
    ("average_price", "average_price", 104),
    ("peak_usd", "price_usd", 114),
    ("focus", "effective", 78),
)


def results_table(found: Finished, width: int = 80) -> Table:
    """Build the terminal's table of results.

    Parameters
    ----------
    found : Finished
        A finished run.
    width : int
        Characters there are; fewer columns, closer together, are shown where all do not fit.

    Returns
    -------
    rich.table.Table
        A row per element, hardest hit first; no cell is read as markup.
    """
    shown = [column for column in _COLUMNS if width >= column[2]]
    rows = element_rows(found)
    room = 2
    while (table := _table(found, rows, shown, room)) and _width(table) > width and len(shown) > 1:
        if room > 1:
            room = 1
        else:
            shown.remove(max(shown, key=lambda column: column[2]))
    return table


def _table(found: Finished, rows: list[dict[str, str]], shown: list[tuple[str, str, int]], room: int) -> Table:
    """The table with some columns, so many blanks between them."""
    # Text, not str: a title such as "[red]" is printed, not obeyed.
    table = Table(
        title=_plain("\n".join(_head(found))),
        caption=_plain("\n".join(_caption(found))),
        title_justify="left",
        caption_justify="left",
        box=None,
        pad_edge=False,
        padding=(0, room, 0, 0),
    )
    for header, cell, _ in shown:
        named = {"origin": origin_name(str(found.record["focus_origin"]))} if header == "focus" else {}
        side: Literal["left", "right"] = "left" if cell == "symbol" else "right"
        table.add_column(_plain(say(f"terminal.{header}", **named)), justify=side, no_wrap=True)
    for row in rows:
        table.add_row(*(_plain(row[cell]) for _, cell, _ in shown))
    return table


def _width(table: Table) -> int:
    """Characters that the columns want."""
    return Console(width=1_000).measure(table).maximum


def print_results(found: Finished, console: Console) -> None:
    """Print the table of results in the width of the console."""
    with speaking_of(found.record["dataset"].get("subject", "rare_earths")):
        console.print(results_table(found, console.width))


def _plain(text: str) -> Text:
    return Text(text.replace("\u00a0", " "))


def _head(found: Finished) -> list[str]:
    """What was run, and what it costs before anything else."""
    window = span(found.counted[0], found.counted[-1])
    title = say("terminal.title", name=found.name, draws=f"{found.draws:,}", window=window)
    return [title, *filter(None, [loss_line(found)])]


def _caption(found: Finished) -> list[str]:
    error = max(numbers["shortage_probability"].mc_error for numbers in found.elements.values())
    lines = [_use_line(found), *filter(None, [stoppage_line(found)])]
    lines.append(say("terminal.error", error=percent(error), threshold=percent(found.threshold)))
    if found.draws < FEW_DRAWS:
        lines.append(say("terminal.few_draws"))
    return lines


def _use_line(found: Finished) -> str:
    """One line on the end use that loses most."""
    use = uses_of_table(found.uses, found.counted)[0]
    if use.constrained == 0:
        return say("terminal.no_use")
    name = capital(use_word(found.own_names("uses"), use.use))
    values = {"use": name, "output": percent(use.lowest[1])}
    if not use.stoppers:
        return say("terminal.use", **values)
    first = use.stoppers[0]
    element = element_word(found.own_names("elements"), first.symbol)
    return say("terminal.use_for_want", **values, element=element, share=percent(first.share))


def stoppage_line(found: Finished) -> str:
    """One line on the first line that stops for lack of a product; empty where none does."""
    if not found.stoppage or not found.stoppage["first_stoppage_probability"].mean > 0.0:
        return ""
    share, when = found.stoppage["first_stoppage_probability"].mean, found.stoppage["months_to_first_stoppage"]
    return say("terminal.stop", **when_stopped(found.counted, share, when))


def loss_line(found: Finished) -> str:
    """One line on losses: in yen and in percent of annual GDP; empty without industries."""
    if not found.losses:
        return ""
    loss, worst = found.losses["loss_jpy"], found.losses["worst_year_gdp_share"]
    if loss.mean == 0.0:
        return say("terminal.no_loss")
    nothing = 1.0 - found.losses["loss_probability"].mean
    return say(
        "terminal.loss",
        loss=yen(loss.mean),
        nothing=say("terminal.loss_nothing", share=percent(nothing)) if nothing > 0.0 else "",
        band=band(loss, yen),
        worst=hundredths_percent(worst.mean),
        worst_band=band(worst, hundredths_percent),
    )
