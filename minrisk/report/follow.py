"""One element through one draw, for readers: layers of the figure, a table to download, quarters, sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from minrisk.results.findings import most_affected, origin_key
from minrisk.text.catalogue import say
from minrisk.text.numbers import capital, element_name, join, number, origin_name, percent, span, use_name

if TYPE_CHECKING:
    from minrisk.axes import Array
    from minrisk.pipeline.run import Run
    from minrisk.results.follow import Path


#: Supply that no contracted route brings, and under which key the catalogue names it.
_LATER = {
    "from:spare": "spare",
    "from:reshuffled": "reshuffled",
    "from:official stocks": "official_stocks",
    "from:commercial stocks": "commercial_stocks",
}


def followed_element(run: Run) -> str:
    """Symbol of the element that a report follows unless told otherwise: the one hit hardest."""
    return run.elements[most_affected(run)[0]]


def follow_table(path: Path) -> pd.DataFrame:
    """Put everything about one element and draw side by side.

    Parameters
    ----------
    path : minrisk.results.follow.Path
        From `minrisk.results.follow.follow`.

    Returns
    -------
    DataFrame
        A row per month; ``from_t:``, ``to_t:``, ``wanted_t:``, ``unserved_t``, ``given_back_t`` [t REO/month],
        ``stock_t:`` at the end of the month [t REO], ``price_index:`` and ``output_index:`` [1, calm = 1].
    """
    flows = path.flows.rename(columns=lambda name: _with_unit(str(name)))
    parts = [flows, path.stocks.add_prefix("stock_t:"), path.prices.add_prefix("price_index:")]
    return pd.concat([*parts, path.output.add_prefix("output_index:")], axis=1).reset_index()


def origins(run: Run, path: Path) -> dict[str, Array]:
    """Tonnes by where they came from, shape (month,) each [t REO/month]; origins that bring nothing left out."""
    found: dict[str, Array] = {}
    for route in run.dataset.labels.routes:
        key, tonnes = origin_key(route), path.flows[f"from:{route.name}"].to_numpy(dtype=np.float64)
        found[key] = found[key] + tonnes if key in found else tonnes
    for column, key in _LATER.items():
        found[say(f"followed.{key}")] = path.flows[column].to_numpy(dtype=np.float64)
    return {key: tonnes for key, tonnes in found.items() if tonnes.any()}


def destinations(run: Run, path: Path) -> dict[str, Array]:
    """Tonnes by use, shape (month,) each [t REO/month], the largest first."""
    names = [str(column).removeprefix("to:") for column in path.flows]
    uses = [use for use in names if use in run.uses and f"to:{use}" in path.flows]
    uses.sort(key=lambda use: -float(path.flows[f"wanted:{use}"].sum()))
    return {use_name(run.dataset, use): path.flows[f"to:{use}"].to_numpy(dtype=np.float64) for use in uses}


def wanted(path: Path) -> Array:
    """Demand at a premium of 1, shape (month,) [t REO/month]."""
    columns = [column for column in path.flows if str(column).startswith("wanted:")]
    total: Array = path.flows[columns].sum(axis=1).to_numpy(dtype=np.float64)
    return total


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
    focus = origin_name(run.dataset.focus_origin)
    came = origins(run, path)
    later = [name for name in (say(f"followed.{key}") for key in _LATER.values()) if name in came]
    near = came.get(focus, np.zeros(len(path.flows)))
    rest = sum((v for key, v in came.items() if key != focus and key not in later), np.zeros_like(near))
    near_and_rest = {say("followed.from", origin=focus): near, say("followed.other_origins"): rest}
    frame = pd.DataFrame(near_and_rest | {name: came[name] for name in later})
    frame[say("followed.to_uses")] = wanted(path) - path.flows["unserved"].to_numpy()
    frame[say("followed.stored_abroad")] = (path.flows["to:stocks"] + path.flows["to:exports"]).to_numpy()
    frame[say("followed.unserved")] = path.flows["unserved"].to_numpy()
    stock, price = path.stocks.sum(axis=1).to_numpy(), path.prices.reset_index(drop=True)
    output = path.output.reset_index(drop=True)
    worst = str(output.mean().idxmin()) if len(output.columns) else ""
    quarters = pd.Series([_quarter(month) for month in run.months])
    rows = []
    for name, months in quarters.groupby(quarters, sort=False).groups.items():
        at = list(months)
        cells = [number(round(float(total), 2)) for total in frame.iloc[at].sum()]
        cells.append(number(round(float(stock[at[-1]]), 2)))
        cells += [number(float(price[kind].iloc[at].mean())) for kind in ("marginal", "average")]
        cells += [percent(float(output[worst].iloc[at].mean()))] if worst else []
        rows.append([str(name), *cells])
    after = [say(f"followed.{key}") for key in ("stocks_at_end", "marginal_price", "average_price")]
    last = [say("followed.output_of", use=use_name(run.dataset, worst))] if worst else []
    return [say("followed.quarter"), *frame.columns, *after, *last], rows


def _quarter(month: str) -> str:
    year, number_of = month.split("-")
    return say("date.quarter", year=year, quarter=str((int(number_of) + 2) // 3))


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
    came = _shares(origins(run, path), part, "followed.tonnes_from")
    went = _shares(destinations(run, path), part, "followed.tonnes_to")
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
            marginal=number(float(price["marginal"])),
            average=number(float(price["average"])),
        ),
    ]


def _kind(months: int, lost: bool) -> str:
    if months == 1:
        return say("followed.worst_month") if lost else say("followed.first_month")
    return say("followed.worst_months" if lost else "followed.first_months", count=str(months))


def worst_year(run: Run, path: Path) -> slice:
    """Twelve months in a row with most unserved, the first such, within the months that count."""
    first = run.first
    unserved = path.flows["unserved"].to_numpy(dtype=np.float64)
    length = min(12, len(run.counted))
    sums = [round(float(unserved[at : at + length].sum()), 9) for at in range(first, len(run.months) - length + 1)]
    start = first + int(np.argmax(sums))
    return slice(start, start + length)


def _shares(layers: dict[str, Array], part: slice, key: str) -> list[str]:
    """Tonnes of each layer that has any, in words."""
    found = {name: float(tonnes[part].sum()) for name, tonnes in layers.items()}
    known = sorted((item for item in found.items() if item[1] > 0), key=lambda item: -item[1])
    return [say(key, tonnes=number(tonnes), place=name) for name, tonnes in known]


def _with_unit(column: str) -> str:
    kind, _, rest = column.partition(":")
    return f"{kind}_t:{rest}" if rest else f"{kind.replace(' ', '_')}_t"
