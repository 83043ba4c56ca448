"""What stops, in numbers: the output of end uses, and which element each of them lacks most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from minrisk.results.findings import month_after
from minrisk.results.metrics import STOPPED_BY, spreads_of, use_summary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from minrisk.pipeline.run import Run
    from minrisk.risk.spread import Spread


@dataclass(frozen=True)
class Stopper:
    """An element that holds up an end use.

    Attributes
    ----------
    symbol : str
        The element.
    share, error : float
        Share of the draws with a constrained use in which it is what the end use lacks most in its worst month,
        and the Monte Carlo standard error of it [1].
    """

    symbol: str
    share: float
    error: float


@dataclass(frozen=True)
class UseFinding:
    """One use over all draws.

    Attributes
    ----------
    position : int
        Row of the use.
    use : str
        Its code.
    constrained, error : float
        Share of draws in which it makes less than 95 % in some month, and its standard error [1].
    lowest : tuple of float
        Output in the worst month: 5 %, 50 % and 95 % of draws [1, baseline = 1].
    lost : tuple of float
        Output lost in months of baseline output: mean, 5 % and 95 % of draws [month].
    first : tuple of str
        First constrained month: 5 %, middle and 95 % of the draws that have one; empty if none.
    stoppers : tuple of Stopper
        Most frequent first; empty for an end use that no element stops alone.
    """

    position: int
    use: str
    constrained: float
    error: float
    lowest: tuple[float, float, float]
    lost: tuple[float, float, float]
    first: tuple[str, str, str]
    stoppers: tuple[Stopper, ...]


def use_findings(run: Run) -> list[UseFinding]:
    """Describe every end use of a run, the one that loses most first."""
    return uses_of_table(use_summary(run), run.counted)


def earliest_use(run: Run) -> UseFinding | None:
    """The end use that falls short first among those that do in most draws; None where none does."""
    likely = [use for use in use_findings(run) if use.constrained > 0.5]
    return min(likely, key=lambda use: (use.first[1], use.lowest[1]), default=None)


def uses_of_table(table: pd.DataFrame, counted: Sequence[str]) -> list[UseFinding]:
    """Describe every end use, the one that loses most first.

    Parameters
    ----------
    table : DataFrame
        From `minrisk.results.metrics.use_summary`, or ``uses.csv`` read back.
    counted : sequence of str
        Months measured, ``YYYY-MM``.

    Returns
    -------
    list of UseFinding
    """
    uses = list(dict.fromkeys(table["use"]))
    parts = [spreads_of(table[table["use"] == use]) for use in uses]
    found = [_finding(part, place, use, counted) for place, (use, part) in enumerate(zip(uses, parts, strict=True))]
    # Rounded so that noise in the last digits does not decide between equals.
    return sorted(found, key=lambda use: -round(use.lost[0], 9))


def _finding(by_metric: Mapping[str, Spread], place: int, use: str, counted: Sequence[str]) -> UseFinding:
    lowest, lost = by_metric["lowest_output"], by_metric["output_lost_months"]
    constrained, wait = by_metric["constrained_probability"], by_metric["months_to_constrained"]
    early, middle, late = (month_after(counted, later) for later in (wait.p05, wait.p50, wait.p95))
    stoppers = [
        Stopper(metric.removeprefix(STOPPED_BY), found.mean, found.mc_error)
        for metric, found in by_metric.items()
        if metric.startswith(STOPPED_BY)
    ]
    return UseFinding(
        position=place,
        use=use,
        constrained=constrained.mean,
        error=constrained.mc_error,
        lowest=(lowest.p05, lowest.p50, lowest.p95),
        lost=(lost.mean, lost.p05, lost.p95),
        first=(early, middle, late),
        stoppers=tuple(sorted(stoppers, key=lambda stopper: -stopper.share)),
    )
