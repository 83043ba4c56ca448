"""One element through one draw, for readers: quarters and sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minrisk.data import has_prices, reference_price
from minrisk.results.follow import QUARTER_COLUMNS, destinations, origins, quarters, wanted, worst_year
from minrisk.text import capital, element_name, join, number, percent, say, source_name, span, use_name

if TYPE_CHECKING:
    from minrisk.axes import Array
    from minrisk.pipeline.run import Run
    from minrisk.results.follow import Path


def quarter_rows(run: Run, path: Path) -> tuple[list[str], list[list[str]]]:
    """Quarters of the followed draw: header and rows of a table, flows summed, prices averaged.

    Parameters
    ----------
    run : Run
        The run it was taken from.
    path : minrisk.results.follow.Path
        The element's way through one draw.

    Returns
    -------
    header : list of str
    rows : list of list of str
        One row per calendar quarter.
    """
    table = quarters(run, path)
    names = [str(name) for name in table]
    uses = [name.removeprefix("output:") for name in names if name.startswith("output:")]
    near, *further = names[: len(names) - len(QUARTER_COLUMNS) - len(uses)]
    header = [say("followed.quarter"), say("followed.from", origin=source_name(near)), *map(source_name, further)]
    header += [say(f"followed.{name}") for name in QUARTER_COLUMNS]
    header += [say("followed.output_of", use=use_name(run.dataset, use)) for use in uses]
    columns = [[_cell(name, float(value)) for value in table[name]] for name in names]
    rows = [[_quarter(str(name)), *cells] for name, *cells in zip(table.index, *columns, strict=True)]
    return header, rows


def _cell(column: str, value: float) -> str:
    if column.startswith("output:"):
        return percent(value)
    return number(value if column.endswith("_price") else round(value, 2))


def _quarter(quarter: str) -> str:
    year, number_of = quarter.split("-Q")
    return say("date.quarter", year=year, quarter=number_of)


def follow_sentences(run: Run, path: Path) -> list[str]:
    """Two sentences with tonnes that can be checked against the table: where from, where to.

    Parameters
    ----------
    run : Run
        The run it was taken from.
    path : minrisk.results.follow.Path
        The element's way through one draw.

    Returns
    -------
    list of str
    """
    part = worst_year(run, path)
    word = element_name(run.dataset, path.element)
    lost = float(path.flows["unserved"].iloc[part].sum())
    came = [
        say("followed.tonnes_from", tonnes=number(tonnes), place=source_name(source))
        for source, tonnes in _largest(origins(run, path), part)
    ]
    went = [
        say("followed.tonnes_to", tonnes=number(tonnes), place=use_name(run.dataset, use))
        for use, tonnes in _largest(destinations(run, path), part)
    ]
    stored, abroad = (float(path.flows[name].iloc[part].sum()) for name in ("to:stocks", "to:exports"))
    went += [say("followed.into_stocks", tonnes=number(stored))] if stored > 0 else []
    went += [say("followed.abroad", tonnes=number(abroad))] if abroad > 0 else []
    asked = float(wanted(path)[part].sum())
    price = path.prices.iloc[part].mean()
    total = sum(float(v[part].sum()) for v in origins(run, path).values())
    return [
        say(
            "followed.came",
            element=capital(word),
            when=span(run.months[part.start], run.months[part.stop - 1]),
            kind=_kind(part.stop - part.start, lost > 0),
            total=number(total),
            parts=join(came, most=15),
        ),
        say(
            "followed.went",
            parts=join(went, most=15) or say("followed.nothing"),
            asked=number(asked),
            lost=number(lost),
            share=percent(lost / asked if asked else 0.0),
            marginal=_in_usd(run, path.element, float(price["marginal"])),
            average=_in_usd(run, path.element, float(price["average"])),
        ),
    ]


def _in_usd(run: Run, element: str, multiple: float) -> str:
    """Write a price multiple, and what it is in USD/kg where prices are known."""
    times = say("followed.times", multiple=number(multiple))
    if not has_prices(run.dataset):
        return times
    usd = multiple * float(reference_price(run.dataset)[run.elements.index(element)])
    return say("followed.times_usd", times=times, amount=say("prices.usd", amount=number(usd)))


def _kind(months: int, lost: bool) -> str:
    if months == 1:
        return say("followed.worst_month") if lost else say("followed.first_month")
    return say("followed.worst_months" if lost else "followed.first_months", count=str(months))


def _largest(layers: dict[str, Array], part: slice) -> list[tuple[str, float]]:
    """Layers with a thousandth of all tonnes of some months or more, the largest first."""
    found = {code: float(tonnes[part].sum()) for code, tonnes in layers.items()}
    least = 1e-3 * sum(found.values())
    return sorted((item for item in found.items() if item[1] > least), key=lambda item: -item[1])
