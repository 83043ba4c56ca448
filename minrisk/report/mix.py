"""The sourcing mix before and after: who supplies what in calm, and in the year that departs most from it.

Shares are of contained rare-earth oxide (REO) that arrives; what comes out of stocks is no supply.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from minrisk.results.findings import lines, most_affected, origin_key, supply_by_origin
from minrisk.text.catalogue import say, say_html
from minrisk.text.numbers import capital, element_name, number, origin_name, percent, span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from minrisk.axes import Array
    from minrisk.pipeline.run import Run


#: Tonnes of no contracted route: spare capacity, and what other buyers give up.
_EXTRA = ("supply_t:spare", "supply_t:reshuffled")
#: Key of what they bring among the origins.
EXTRA = "extra"
#: Elements shown beside all of them together.
_SHOWN = 5
#: Origins with a column of their own in the table; the rest are together.
_COLUMNS = 5
_YEAR = 12


@dataclass(frozen=True)
class Mix:
    """Supply by origin over some span.

    Attributes
    ----------
    origins : dict of str to ndarray, shape (element,)
        Tonnes by name of origin, extra purchases under `EXTRA` [t REO/year].
    fed : dict of str to ndarray, shape (element,)
        The part of them that is the focus origin's material processed there [t REO/year].
    """

    origins: dict[str, Array]
    fed: dict[str, Array]

    def total(self, rows: list[int]) -> float:
        """Tonnes of some elements [t REO/year]."""
        return float(sum(values[rows].sum() for values in self.origins.values()))

    def share(self, origin: str, rows: list[int]) -> float:
        """Share of an origin in the supply of some elements [1]; 0 without supply."""
        total = self.total(rows)
        return float(self.origins[origin][rows].sum()) / total if total > 0 and origin in self.origins else 0.0

    def fed_share(self, origin: str, rows: list[int]) -> float:
        """Share that is the focus origin's material processed in another [1]."""
        total = self.total(rows)
        return float(self.fed[origin][rows].sum()) / total if total > 0 else 0.0


@dataclass(frozen=True)
class MixShift:
    """The mix in calm and in the scenario.

    Attributes
    ----------
    before, after : Mix
        In calm, and in the twelve months named by `span`.
    first, last : str
        Months of that year.
    focus : str
        Name of the focus origin.
    departs : bool
        Whether that year's mix differs from calm at all.
    groups : dict of str to list of int
        Elements shown: all together, then those hit hardest, by name.
    """

    before: Mix
    after: Mix
    first: str
    last: str
    focus: str
    departs: bool
    groups: dict[str, list[int]]

    def direct(self, mix: Mix, rows: list[int]) -> float:
        """Share that the focus origin ships itself [1]."""
        return mix.share(self.focus, rows)

    def effective(self, mix: Mix, rows: list[int]) -> float:
        """The same with its material processed elsewhere [1]."""
        return self.direct(mix, rows) + sum(mix.fed_share(origin, rows) for origin in mix.fed)


def mix_shift(run: Run) -> MixShift:
    """Set the calm mix beside that of the year in which it departs most from it.

    Parameters
    ----------
    run : Run
        A finished run.

    Returns
    -------
    MixShift
        Means over all draws. The year is the twelve months in a row of the months that count (all of them where
        they are fewer) in which shares of origins, averaged over elements, differ most from calm.
    """
    before = _calm(run)
    extra = [np.nan_to_num(lines(run, name)) for name in _EXTRA]
    monthly = supply_by_origin(run) | {EXTRA: extra[0] + extra[1]}
    fed = supply_by_origin(run, "fed_t")
    length = min(_YEAR, len(run.counted))
    spans = [slice(at, at + length) for at in range(run.first, len(run.months) - length + 1)]
    years = [_over(monthly, fed, span) for span in spans]
    # Rounded: in a calm run growth and mix are drawn together, and a difference without meaning is left.
    distance = [round(_distance(before, year), 3) for year in years]
    place = int(np.argmax(distance))
    names = {capital(element_name(run.dataset, run.elements[e])): [e] for e in most_affected(run, _SHOWN)}
    return MixShift(
        before=before,
        after=years[place],
        first=run.months[spans[place].start],
        last=run.months[spans[place].stop - 1],
        focus=origin_name(run.dataset.focus_origin),
        departs=distance[place] > 0.0,
        groups={say("mix.all", count=str(len(run.elements))): list(range(len(run.elements)))} | names,
    )


def shown_origins(shift: MixShift) -> list[str]:
    """Origins with a name of their own, the focus first: those with the largest shares before or after."""
    mixes, groups = (shift.before, shift.after), shift.groups.values()
    weight = {name: max(mix.share(name, rows) for mix in mixes for rows in groups) for name in shift.after.origins}
    known = sorted(
        (name for name in weight if name not in (shift.focus, EXTRA, others())), key=lambda name: -weight[name]
    )
    return [shift.focus, *(name for name in known[:_COLUMNS] if weight[name] > 0)]


def others() -> str:
    """Name of all origins without a name of their own."""
    return origin_name("OTH")


def mix_section(run: Run) -> dict[str, Any]:
    """What the section on the mix shows: one sentence, a table of shares before and after."""
    shift = mix_shift(run)
    named = shown_origins(shift)
    mixes = (("mix.calm", shift.before), ("mix.scenario", shift.after))
    rows = [
        {
            "name": name,
            "when": say(label),
            "tonnes": number(mix.total(elements)),
            "cells": [_share(cell) for cell in _cells(shift, mix, elements, named[1:])],
        }
        for name, elements in shift.groups.items()
        for label, mix in mixes
    ]
    return {
        "sentence": mix_sentence(shift),
        "focus": shift.focus,
        "span": span(shift.first, shift.last),
        "header": [
            say_html("mix.direct", origin=shift.focus),
            say_html("mix.with_feed", origin=shift.focus),
            *named[1:],
            others(),
            say_html("mix.extra"),
        ],
        "rows": rows,
    }


def mix_sentence(shift: MixShift) -> str:
    """Say what becomes of the focus origin's share, of all elements and of the one hit hardest."""
    changes = [_change(shift, name, rows) for name, rows in list(shift.groups.items())[:2]]
    key = "mix.sentence" if shift.departs else "mix.sentence_calm"
    return say(key, changes=say("mix.and").join(changes), span=span(shift.first, shift.last))


def _cells(shift: MixShift, mix: Mix, rows: list[int], named: list[str]) -> list[float]:
    shares = [mix.share(origin, rows) for origin in named]
    direct, extra = shift.direct(mix, rows), mix.share(EXTRA, rows)
    rest = max(0.0, 1.0 - direct - sum(shares) - extra) if mix.total(rows) > 0 else 0.0
    return [direct, shift.effective(mix, rows), *shares, rest, extra]


def _change(shift: MixShift, name: str, rows: list[int]) -> str:
    was, now = shift.before, shift.after
    return say(
        "mix.change",
        name=name,
        origin=shift.focus,
        direct=_share(shift.direct(now, rows)),
        direct_calm=_share(shift.direct(was, rows)),
        effective=_share(shift.effective(now, rows)),
        effective_calm=_share(shift.effective(was, rows)),
        tonnes=number(now.total(rows)),
        tonnes_calm=number(was.total(rows)),
    )


def _share(value: float) -> str:
    return percent(0.0 if abs(value) < 1e-9 else min(1.0, value) if value < 1.0 - 1e-9 else 1.0)


def _calm(run: Run) -> Mix:
    table, routes = run.calm_supply, run.dataset.labels.routes
    found: list[dict[str, Array]] = []
    for column in ("supply_t", "fed_t"):
        # Rows are by element, then by route.
        tonnes = _YEAR * table[column].to_numpy(dtype=float).reshape(len(run.elements), len(routes))
        origins: dict[str, Array] = {}
        for place, route in enumerate(routes):
            key = origin_key(route)
            origins[key] = origins[key] + tonnes[:, place] if key in origins else tonnes[:, place]
        found.append(origins)
    return Mix(found[0] | {EXTRA: np.zeros(len(run.elements))}, found[1])


def _over(monthly: Mapping[str, Array], fed: Mapping[str, Array], span: slice) -> Mix:
    scale = _YEAR / (span.stop - span.start)
    supply, made = (
        {name: values[:, span].sum(axis=1) * scale for name, values in series.items()} for series in (monthly, fed)
    )
    return Mix(supply, made)


def _distance(before: Mix, after: Mix) -> float:
    """Half the sum of the differences of shares, averaged over elements [1]."""
    totals = [np.maximum(sum(mix.origins.values()), 1e-12) for mix in (before, after)]
    found = np.zeros(len(totals[0]))
    for name, values in after.origins.items():
        found += np.abs(values / totals[1] - before.origins[name] / totals[0]) / 2.0
    return float(found.mean())
