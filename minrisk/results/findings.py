"""What a run found, in numbers: its monthly series, the hardest-hit element, and the spread over draws."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from minrisk.data import economy_structure
from minrisk.pipeline.metrics import ELEMENT_METRICS, by_key
from minrisk.risk.spread import median, spread

if TYPE_CHECKING:
    from minrisk.axes import Array, Flags
    from minrisk.data import Dataset
    from minrisk.pipeline.run import Run
    from minrisk.scenario import Scenario


def lines(run: Run, variable: str, statistic: str = "mean") -> Array:
    """Take one statistic of a series variable as an array of shape (element, month)."""
    return _array(run.series, "element", run.elements, run.months, variable, statistic)


def use_lines(run: Run, variable: str, statistic: str = "mean") -> Array:
    """Take one statistic of a series of end uses as an array of shape (use, month)."""
    return _array(run.use_series, "use", run.uses, run.months, variable, statistic)


def _array(
    series: pd.DataFrame, axis: str, labels: Sequence[str], months: Sequence[str], variable: str, statistic: str
) -> Array:
    rows = np.flatnonzero((series["variable"] == variable).to_numpy())
    row, month = (
        pd.Index(names).get_indexer(pd.Index(series[key].iloc[rows]))
        for key, names in ((axis, labels), ("month", months))
    )
    values = np.full((len(labels), len(months)), np.nan)
    values[row, month] = series[statistic].to_numpy(dtype=float)[rows]
    return values


_METRICS = by_key(ELEMENT_METRICS)


@dataclass(frozen=True)
class Finding:
    """One measure of one element over all draws.

    Attributes
    ----------
    element : int
        Position of the element.
    symbol : str
        The element.
    mean, low, middle, high : float
        Mean, 5 %, 50 % and 95 % of draws, draws without a value left out.
    error : float
        Monte Carlo standard error of the mean.
    tonnes : float
        Mean unserved tonnes of the element [t REO over the window].
    first_month : str
        Middle first shortage month among draws with a shortage, ``YYYY-MM``; empty if there is none.
    skewed : bool
        Whether the median, not the mean, is what stands for it.
    """

    element: int
    symbol: str
    mean: float
    low: float
    middle: float
    high: float
    error: float
    tonnes: float
    first_month: str
    skewed: bool


def finding(run: Run, measure: str, element: int) -> Finding:
    """Describe one measure of one element.

    Parameters
    ----------
    run : Run
        A finished run.
    measure : str
        A key of ``run.metrics``.
    element : int
        Position of the element.

    Returns
    -------
    Finding
    """
    known = spread(run.metrics[measure][element])
    found = Finding(
        element=element,
        symbol=run.elements[element],
        mean=known.mean,
        low=known.p05,
        middle=known.p50,
        high=known.p95,
        error=known.mc_error,
        tonnes=float(run.metrics["unserved_t"][element].mean()),
        first_month=first_shortage(run, element)[1],
        skewed=_METRICS[measure].skewed,
    )
    # A page asks for hundreds of these; a large run would end up in memory whole.
    run.release()
    return found


def first_shortage(run: Run, element: int) -> tuple[str, str, str]:
    """Months of the first shortage: 5 %, middle and 95 % of the draws that have one; empty if none has."""
    return first_months(run, run.metrics["months_to_shortage"][element])


def first_months(run: Run, wait: Array) -> tuple[str, str, str]:
    """Months in which something first happens.

    Parameters
    ----------
    run : Run
        A finished run.
    wait : ndarray, shape (draw,)
        Months until then from the first that counts; NaN where it never does.

    Returns
    -------
    tuple of str
        ``YYYY-MM`` at 5 %, the middle and 95 % of the draws in which it happens; empty if it never does.
    """
    known = spread(wait)
    early, middle, late = (month_after(run.counted, later) for later in (known.p05, known.p50, known.p95))
    return early, middle, late


def month_after(months: Sequence[str], later: float) -> str:
    """Find the month a number of months after the first; empty when it never comes.

    Parameters
    ----------
    months : sequence of str
        Months measured, ``YYYY-MM``.
    later : float
        Months after the first of them; NaN means never.
    """
    if math.isnan(later):
        return ""
    return months[min(int(later), len(months) - 1)]


def price_stays_flat(run: Run) -> bool:
    """Whether the price multiple stays at 1 in every element and draw, rounding aside."""
    return bool(run.metrics["peak_price_index"].max() <= 1 + 1e-9)


def stocks_at_target(run: Run) -> bool:
    """Whether nothing draws on stocks: prices stay at baseline, and no element ends below where it began."""
    cover, series = run.metrics["months_of_cover"].mean(axis=1), run.series
    begun = series[(series["variable"] == "months_of_cover") & (series["month"] == run.counted[0])].set_index(
        "element"
    )
    return price_stays_flat(run) and bool((cover >= begun["mean"].loc[list(run.elements)] * (1.0 - 1e-9)).all())


def meets_ceiling(run: Run, element: int) -> bool:
    """Whether an element's price meets the assumed ceiling in some draw: its digits then say less."""
    return bool(run.metrics["at_choke_price"][element].any())


def worst(run: Run, measure: str) -> Finding:
    """Find the element hit worst by the mean (median if skewed) of a metric, among equals most unserved.

    Parameters
    ----------
    run : Run
        A finished run.
    measure : str
        A key of ``run.metrics``; which direction is the bad one is declared with the metric.

    Returns
    -------
    Finding
    """
    values, metric = run.metrics[measure], _METRICS[measure]
    middle = median(values) if metric.skewed else values.mean(axis=1)
    unserved = run.metrics["unserved_share"].mean(axis=1)
    key = middle if metric.less_is_worse else -middle
    return finding(run, measure, int(np.lexsort((-unserved, key))[0]))


def hardest_hit(run: Run) -> Finding:
    """Unserved share of the element that is hit hardest, by yen first (`most_affected`)."""
    return finding(run, "unserved_share", most_affected(run, 1)[0])


def lowest_stocks(run: Run) -> list[Finding]:
    """Elements whose commercial stock falls lowest, by the median in hundredths of a month; most unserved first.

    An element that nobody uses has no stock to look at.
    """
    middle = np.where(in_demand(run), np.round(median(run.metrics["months_of_cover"]), 2), np.inf)
    unserved = run.metrics["unserved_share"].mean(axis=1)
    lowest = np.flatnonzero(middle == middle.min())
    return [finding(run, "months_of_cover", int(e)) for e in lowest[np.argsort(-unserved[lowest], kind="stable")]]


#: Kinds of event by which shipments are withheld, slowed down, limited or taxed.
_RESTRICTING = (
    "export_ban",
    "licensing",
    "quota",
    "basket_quota",
    "export_tax",
    "regime",
    "extraterritorial_rule",
    "shipping_stop",
    "supplier_stop",
)


@dataclass(frozen=True)
class Restriction:
    """One restriction of a scenario.

    Attributes
    ----------
    name, kind : str
        Name and kind of the event.
    origin : str
        Whose shipments it holds; empty where it is not those of one country.
    start : str
        First month, ``YYYY-MM``; empty where it comes and goes at random.
    elements : tuple of str
        Elements it holds.
    products : tuple of str
        Products it holds, such as magnets; none where they are let through.
    """

    name: str
    kind: str
    origin: str
    start: str
    elements: tuple[str, ...]
    products: tuple[str, ...]


def restrictions(scenario: Scenario, dataset: Dataset) -> tuple[Restriction, ...]:
    """List what a scenario restricts, the earliest first.

    Parameters
    ----------
    scenario : Scenario
    dataset : Dataset

    Returns
    -------
    tuple of Restriction
    """
    known, found = dataset.labels.products, []
    for event in scenario.events:
        if event.type not in _RESTRICTING:
            continue
        limited = getattr(event, "t_per_year", {}) if event.type == "quota" else {}
        named = getattr(event, "elements", "all") if not limited else tuple(limited)
        elements = tuple(e for e in dataset.labels.elements if named == "all" or e in named)
        scope = getattr(event, "products", "none")
        if known is None:
            products: tuple[str, ...] = ()
        elif scope == "holding":
            products = known.holding(elements)
        elif isinstance(scope, str):
            products = known.names if scope == "all" else tuple(p for p in known.names if p in limited)
        else:
            products = tuple(scope)
        start = "" if event.type == "regime" else str(getattr(event, "start", scenario.start))[:7]
        origin = str(getattr(event, "origin", ""))
        found.append(Restriction(event.name, event.type, origin, start, elements, products))
    return tuple(sorted(found, key=lambda one: (one.start or scenario.start, one.name)))


def magnets(scenario: Scenario, dataset: Dataset) -> str:
    """Whether the restrictions of a scenario hold products, such as magnets.

    Parameters
    ----------
    scenario : Scenario
    dataset : Dataset

    Returns
    -------
    str
        ``held``; ``let_through`` where something is restricted and no product is; ``free`` where nothing is
        restricted; empty for a dataset without products.
    """
    if dataset.labels.products is None:
        return ""
    found = restrictions(scenario, dataset)
    if not found:
        return "free"
    return "held" if any(one.products for one in found) else "let_through"


#: Smaller rank correlations are not named: of hundreds of inputs some reach it by chance [1].
_LEAST_RANK = 0.15


def drivers(run: Run, most: int = 3) -> list[tuple[str, float]]:
    """Uncertain inputs that move with the answer most over the draws, by Spearman's rank correlation.

    The answer is the loss of the worst year, without industries the unserved share of the element hit hardest.

    Parameters
    ----------
    run : Run
    most : int
        Number of inputs.

    Returns
    -------
    list of tuple of str and float
        Name of the input and its rank correlation [1], the strongest first; those that reach 0.15 and what chance
        gives one input in a thousand.
    """
    found = run.economy_metrics.get("worst_year_gdp_share") if run.economy_metrics else None
    answer = run.metrics["unserved_share"][hardest_hit(run).element] if found is None else found
    if np.ptp(answer) == 0.0 or run.inputs.empty:
        return []
    values = run.inputs.to_numpy(dtype=float)
    varied = np.flatnonzero(np.isfinite(values).all(axis=0) & (np.ptp(values, axis=0) > 0.0))
    # Not scipy's: half a second to load for this alone.
    ranks = pd.DataFrame(values[:, varied]).rank().to_numpy()
    ranks = ranks - ranks.mean(axis=0)
    target = pd.Series(answer).rank().to_numpy() - (run.draws + 1) / 2.0
    together = target @ ranks / np.sqrt((target @ target) * (ranks * ranks).sum(axis=0))
    strongest = np.argsort(-np.abs(together), kind="stable")[:most]
    least = max(_LEAST_RANK, 3.3 / math.sqrt(run.draws))
    names = run.inputs.columns[varied]
    return [(str(names[i]), float(together[i])) for i in strongest if abs(together[i]) >= least]


def in_demand(run: Run) -> Flags:
    """Whether anybody uses an element in any draw, (element,); if nobody uses any, all of them."""
    used: Flags = np.any(run.metrics["demand_t"] > 0.0, axis=1)
    return used if used.any() else np.ones_like(used)


def yen_by_element(run: Run) -> Array:
    """Mean loss of the applications that lack an element, (element,) [JPY]; 0 without industries.

    Of what an end use loses, an element has the part that its weight times its unserved share is; where the end use
    makes a product, only the elements without which nothing is made.
    """
    total = np.zeros(len(run.elements))
    if not run.application_metrics:
        return total
    dataset, structure = run.dataset, economy_structure(run.dataset)
    loss = run.application_metrics["loss_jpy"].mean(axis=1)
    shares, weights = dataset.use_shares, dataset.use_weights
    short = run.metrics["unserved_share"].mean(axis=1)
    for use, lost in zip(structure.use_of_need[structure.application_needs], loss, strict=True):
        weight = np.where(np.isnan(weights[:, use]), dataset.joint_needs[:, use], weights[:, use])
        lacking = weight * short * (shares[:, use] > 0.0)
        if lacking.any():
            total += lost * lacking / lacking.sum()
    return total


def _stopped(run: Run) -> Array:
    """Output lost by the worst of the end uses that make nothing without an element, (element,) [month]."""
    lost = run.use_metrics["output_lost_months"].mean(axis=1)
    worst_use: Array = np.where(run.dataset.joint_needs, lost, 0.0).max(axis=1)
    return worst_use


def most_affected(run: Run, most: int = 6) -> list[int]:
    """Positions of the elements hit hardest: by yen, by the end use that stops, by unserved share, by price.

    Elements a scenario leaves alone are left out; if it leaves all alone, those with the largest
    effective share of the focus origin stand for the rest.
    """
    # Rounded so that noise in the last digits does not decide between equals.
    unserved = np.round(run.metrics["unserved_share"].mean(axis=1), 9)
    price = np.round(run.metrics["peak_price_index"].mean(axis=1), 6)
    share = run.metrics["china_share_effective"].mean(axis=1)
    yen, stopped = np.round(yen_by_element(run), -6), np.round(_stopped(run), 9)
    order = [int(i) for i in np.lexsort((-share, -price, -unserved, -stopped, -yen))]
    hit = [i for i in order if unserved[i] > 0 or price[i] > 1]
    return (hit or order)[:most]
