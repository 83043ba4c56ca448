"""What stops, in numbers: the output of end uses, and which element each of them lacks most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from minrisk.results.findings import first_months
from minrisk.risk.spread import share_error, spread

if TYPE_CHECKING:
    from minrisk.axes import Array
    from minrisk.pipeline.run import Run


@dataclass(frozen=True)
class Stopper:
    """An element that holds up a use.

    Attributes
    ----------
    symbol : str
        The element.
    share, error : float
        Share of the draws with a constrained use in which it is what the use lacks most in its worst month,
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
        Output in the worst month: 5 %, 50 % and 95 % of draws [1, calm = 1].
    lost : tuple of float
        Output lost in months of calm output: mean, 5 % and 95 % of draws [month].
    first : tuple of str
        First constrained month: 5 %, middle and 95 % of the draws that have one; empty if none.
    stoppers : tuple of Stopper
        Most frequent first; empty for a use that no element stops alone.
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
    """Describe every use of a run, the one that loses most first."""
    # Rounded so that noise in the last digits does not decide between equals.
    lost = np.round(run.use_metrics["output_lost_months"].mean(axis=1), 9)
    return [_finding(run, int(row)) for row in np.argsort(-lost, kind="stable")]


def stopper_shares(run: Run) -> tuple[Array, Array]:
    """How often each element is what a use lacks most in its worst month.

    Parameters
    ----------
    run : Run
        A finished run.

    Returns
    -------
    shares : ndarray, shape (use, element + 1)
        Share of the draws in which the use is constrained [1]; the last column is for draws in which no
        element stops it alone. NaN where the use never is constrained.
    draws : ndarray, shape (use,)
        Number of draws in which the use is constrained.
    """
    constrained = run.use_metrics["constrained"] > 0
    binding = run.use_metrics["binding_element"]
    wanted = [*range(len(run.elements)), -1]
    counts = np.stack([((binding == row) & constrained).sum(axis=1) for row in wanted], axis=1).astype(float)
    draws = constrained.sum(axis=1).astype(float)
    shares = np.divide(counts, draws[:, None], out=np.full_like(counts, np.nan), where=draws[:, None] > 0)
    return shares, draws


def _finding(run: Run, row: int) -> UseFinding:
    metrics = run.use_metrics
    lowest, lost = spread(metrics["lowest_output"][row]), spread(metrics["output_lost_months"][row])
    constrained = metrics["constrained"][row]
    return UseFinding(
        position=row,
        use=run.uses[row],
        constrained=float(constrained.mean()),
        error=share_error(constrained.sum(), run.draws),
        lowest=(lowest.p05, lowest.p50, lowest.p95),
        lost=(lost.mean, lost.p05, lost.p95),
        first=first_months(run, metrics["months_to_constrained"][row]),
        stoppers=_found(run, row),
    )


def _found(run: Run, row: int) -> tuple[Stopper, ...]:
    shares, draws = stopper_shares(run)
    found = [
        Stopper(symbol, float(share), share_error(float(share * draws[row]), float(draws[row])))
        for symbol, share in zip(run.elements, shares[row], strict=False)
        if share > 0
    ]
    return tuple(sorted(found, key=lambda stopper: -stopper.share))
