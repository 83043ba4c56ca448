"""Where tonnes come from, by code: origins and forms, and the mix at baseline and in the year furthest from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from minrisk.results.findings import lines, most_affected

if TYPE_CHECKING:
    from collections.abc import Mapping

    from minrisk.axes import Array, Route
    from minrisk.pipeline.run import Run


#: Code of the origins that have none of their own, in datasets and in everything that is shown.
OTHERS = "OTH"
#: What no contracted route brings: spare capacity elsewhere, what other buyers give up, and both together.
SPARE, RESHUFFLED, EXTRA = "spare", "reshuffled", "extra"
#: What comes out of stocks.
OFFICIAL_STOCKS, COMMERCIAL_STOCKS = "official_stocks", "commercial_stocks"
#: Origins beside the focus that a table or figure shows each on its own; the rest are together.
MOST = 5

_TRADED = ("compound", "metal", "alloy")


def source_of(route: Route) -> str:
    """Code under which a route's tonnes are counted: its origin, and the form if not traded (``JPN/mud``)."""
    return route.origin if route.form in _TRADED else f"{route.origin}/{route.form}"


def supply_by_origin(run: Run, variable: str = "supply_t") -> dict[str, Array]:
    """Mean tonnes taken by source, shape (element, month) [t REO/month].

    Traded forms of an origin are together; anything else (recycled, mud) is on its own.

    Parameters
    ----------
    run : Run
        A finished run.
    variable : str
        ``supply_t``, or ``fed_t`` for the part that is the focus origin's material processed there.

    Returns
    -------
    dict of str to ndarray
        By code, as `source_of` gives it.
    """
    routes = run.dataset.labels.routes
    return by_source(run, {route.name: np.nan_to_num(lines(run, f"{variable}:{route.name}")) for route in routes})


def by_source(run: Run, by_route: Mapping[str, Array]) -> dict[str, Array]:
    """Add up arrays of routes by source, in the order of the dataset's routes."""
    found: dict[str, Array] = {}
    for route in run.dataset.labels.routes:
        source, tonnes = source_of(route), by_route[route.name]
        found[source] = found[source] + tonnes if source in found else tonnes
    return found


def extra_supply(run: Run) -> Array:
    """Mean tonnes that no contracted route brings, shape (element, month) [t REO/month]."""
    spare, reshuffled = (np.nan_to_num(lines(run, f"supply_t:{name}")) for name in (SPARE, RESHUFFLED))
    total: Array = spare + reshuffled
    return total


def named_origins(weight: Mapping[str, float], focus: str) -> list[str]:
    """Origins shown by name beside the focus: those with the largest weight.

    The one rule for who is among "other origins": all that is neither returned here nor the focus.

    Parameters
    ----------
    weight : mapping of str to float
        Weight of each source; what no route brings may be among them and is left out.
    focus : str
        Code of the focus origin.

    Returns
    -------
    list of str
        At most `MOST` codes, the largest first, those without weight left out.
    """
    apart = (focus, OTHERS, EXTRA, SPARE, RESHUFFLED, OFFICIAL_STOCKS, COMMERCIAL_STOCKS)
    known = sorted((source for source in weight if source not in apart), key=lambda source: -weight[source])
    return [source for source in known[:MOST] if weight[source] > 0]


#: Key of all elements together among the groups.
ALL_ELEMENTS = "all"
#: Elements shown beside all of them together.
_SHOWN = 5
_YEAR = 12


@dataclass(frozen=True)
class Mix:
    """Supply by origin over some span.

    Attributes
    ----------
    origins : dict of str to ndarray, shape (element,)
        Tonnes by source, as `minrisk.results.mix` codes them, extra purchases under `EXTRA` [t REO/year].
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
    """The mix at baseline and in the scenario.

    Attributes
    ----------
    before, after : Mix
        At baseline, and in the twelve months named by `span`.
    first, last : str
        Months of that year.
    focus : str
        Code of the focus origin.
    departs : bool
        Whether that year's mix differs from baseline at all.
    groups : dict of str to list of int
        Positions of the elements shown: of all together, under `ALL_ELEMENTS`, then of those hit hardest.
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
    """Set the baseline mix beside that of the year furthest from it.

    Parameters
    ----------
    run : Run
        A finished run.

    Returns
    -------
    MixShift
        Means over all draws. The year is the twelve consecutive months of the months measured (all of them where
        they are fewer) in which shares of origins, averaged over elements, differ most from baseline.
    """
    before = _calm(run)
    monthly = supply_by_origin(run) | {EXTRA: extra_supply(run)}
    fed = supply_by_origin(run, "fed_t")
    length = min(_YEAR, len(run.counted))
    spans = [slice(at, at + length) for at in range(run.first, len(run.months) - length + 1)]
    years = [_over(monthly, fed, span) for span in spans]
    # Rounded: in a calm run growth and mix are drawn together, and a difference without meaning is left.
    distance = [round(_distance(before, year), 3) for year in years]
    place = int(np.argmax(distance))
    return MixShift(
        before=before,
        after=years[place],
        first=run.months[spans[place].start],
        last=run.months[spans[place].stop - 1],
        focus=run.dataset.focus_origin,
        departs=distance[place] > 0.0,
        groups={ALL_ELEMENTS: list(range(len(run.elements)))}
        | {run.elements[e]: [e] for e in most_affected(run, _SHOWN)},
    )


def shown_origins(shift: MixShift) -> list[str]:
    """Origins shown each on its own beside the focus: those with the largest shares before or after."""
    mixes, groups = (shift.before, shift.after), shift.groups.values()
    weight = {o: max(mix.share(o, rows) for mix in mixes for rows in groups) for o in shift.after.origins}
    return named_origins(weight, shift.focus)


def shares_of(shift: MixShift, mix: Mix, rows: list[int], named: list[str]) -> list[float]:
    """Shares of some elements' supply.

    Parameters
    ----------
    shift : MixShift
    mix : Mix
        Before or after.
    rows : list of int
        Positions of the elements.
    named : list of str
        Origins shown each on its own.

    Returns
    -------
    list of float
        Of the focus origin direct and with its feed, of each named origin, of the others, of extra purchases [1].
    """
    shares = [mix.share(origin, rows) for origin in named]
    direct, extra = shift.direct(mix, rows), mix.share(EXTRA, rows)
    rest = max(0.0, 1.0 - direct - sum(shares) - extra) if mix.total(rows) > 0 else 0.0
    return [direct, shift.effective(mix, rows), *shares, rest, extra]


def _calm(run: Run) -> Mix:
    table, routes = run.calm_supply, run.dataset.labels.route_names
    found: list[dict[str, Array]] = []
    for column in ("supply_t", "fed_t"):
        # Rows are by element, then by route.
        tonnes = _YEAR * table[column].to_numpy(dtype=float).reshape(len(run.elements), len(routes))
        found.append(by_source(run, {route: tonnes[:, place] for place, route in enumerate(routes)}))
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
