"""How a plant comes on stream: stages that wait for one another, ramp-up curves and the output they give.

Curves are fitted to what plants produced.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from minrisk.axes import Array, Period


@dataclass(frozen=True)
class Stage:
    """One stage of a project; every array has shape (draw,).

    Attributes
    ----------
    planned : ndarray
        Planned beginning [months since the scenario's start]; minus infinity where only the stage
        before sets it.
    slip : ndarray
        Delay against that plan [month].
    duration : ndarray
        Time the stage takes [month].
    passed : ndarray
        1 where the stage succeeds, else 0.
    """

    planned: Array
    slip: Array
    duration: Array
    passed: Array


def run_stages(stages: Sequence[Stage]) -> tuple[Array, Array]:
    """Run stages one after the other.

    A stage begins at its planned date plus its slip, or when the stage before has ended, if that is later.

    Parameters
    ----------
    stages : sequence of Stage
        In order, at least one.

    Returns
    -------
    tuple of two ndarray, shape (draw,)
        End of the last stage [months since the scenario's start], and 1 where all stages passed, else 0.
    """
    end = np.full(stages[0].planned.shape, -np.inf)
    passed = np.ones(stages[0].planned.shape)
    for stage in stages:
        end = np.maximum(stage.planned + stage.slip, end) + stage.duration
        passed = passed * stage.passed
    return end, passed


def time_to_abandonment(hazard_per_year: Array | float, window_months: Array | float, quantile: Array) -> Array:
    """Time from first production to abandonment, for a constant hazard over a window.

    Parameters
    ----------
    hazard_per_year : array_like
        Hazard while the window lasts [1/year]; 0 is never.
    window_months : array_like
        Time from first production over which the hazard holds [month]; may be infinite.
    quantile : ndarray, shape (draw,)
        Uniform number of each draw [1].

    Returns
    -------
    ndarray, shape (draw,)
        Months; infinity where the project outlives the window.
    """
    luck = np.asarray(quantile, dtype=float)
    rate = np.broadcast_to(np.asarray(hazard_per_year, dtype=float) / 12.0, luck.shape)
    # Halves of an ulp: a quantile of exactly 1 waits for ever.
    waits = -np.log1p(-np.minimum(luck, 1.0 - 2.0**-53))
    months = np.divide(waits, rate, out=np.full(luck.shape, np.inf), where=rate > 0.0)
    return np.where(months <= window_months, months, np.inf)


def exponential_ramp(
    months_since_start: Array, dead_time_months: Array | float, ramp_months: Array | float
) -> Array:
    """Exponential ramp-up with dead time, ``1 - exp(-(t - d) / tau)`` after ``d``, 0 before.

    Of the families fitted to rare-earth plants (Lynas, Mountain Pass) this one fits best.

    Parameters
    ----------
    months_since_start : ndarray
        Months since first feed, at mid-month; negative before it [month].
    dead_time_months : array_like
        Time without any output after first feed [month].
    ramp_months : array_like
        Time constant tau [month]; 0 jumps to full output.

    Returns
    -------
    ndarray
        Share of full output, 0 to 1.

    References
    ----------
    Fitted to MP Materials and Lynas quarterly output (see the dataset's SOURCES.csv); grade C.
    """
    running = np.maximum(np.asarray(months_since_start, dtype=float) - dead_time_months, 0.0)
    tau = np.maximum(ramp_months, 1e-9)
    share: Array = -np.expm1(-running / tau)
    return share


def logistic_ramp(
    months_since_start: Array, midpoint_months: Array | float, rate_per_month: Array | float
) -> Array:
    """Logistic ramp-up, ``1 / (1 + exp(-r (t - t0)))``; not quite 0 at first feed.

    Parameters
    ----------
    months_since_start : ndarray
        Months since first feed [month].
    midpoint_months : array_like
        Time t0 at which half of full output is reached [month].
    rate_per_month : array_like
        Steepness r [1/month].

    Returns
    -------
    ndarray
        Share of full output, 0 to 1.

    References
    ----------
    Verhulst (1838).
    """
    steps = np.clip(rate_per_month * (np.asarray(months_since_start, dtype=float) - midpoint_months), -700.0, 700.0)
    share: Array = 1.0 / (1.0 + np.exp(-steps))
    return share


def gompertz_ramp(months_since_start: Array, displacement: Array | float, rate_per_month: Array | float) -> Array:
    """Gompertz ramp-up, ``exp(-b exp(-c t))``: a slow start and a long approach to full output.

    Parameters
    ----------
    months_since_start : ndarray
        Months since first feed [month].
    displacement : array_like
        b: output at first feed is ``exp(-b)`` of full output [1].
    rate_per_month : array_like
        c [1/month].

    Returns
    -------
    ndarray
        Share of full output, 0 to 1.

    References
    ----------
    Gompertz (1825).
    """
    decay = np.exp(np.clip(-rate_per_month * np.asarray(months_since_start, dtype=float), -700.0, 700.0))
    share: Array = np.exp(-displacement * decay)
    return share


def table_ramp(months_since_start: Array, months: Sequence[float], shares: Sequence[float]) -> Array:
    """Ramp-up by a table, straight between its points, level after the last, from 0 at first feed.

    Parameters
    ----------
    months_since_start : ndarray
        Months since first feed [month].
    months : sequence of float
        Months of the table in rising order [month].
    shares : sequence of float
        Share of full output at each of them [1].

    Returns
    -------
    ndarray
        Share of full output.
    """
    xs, ys = np.asarray(months, dtype=float), np.asarray(shares, dtype=float)
    if xs[0] > 0.0:
        xs, ys = np.concatenate([[0.0], xs]), np.concatenate([[0.0], ys])
    share: Array = np.interp(np.asarray(months_since_start, dtype=float), xs, ys)
    return share


def output_share(operation: Period, ramp: Callable[[Array], Array]) -> Array:
    """Share of full output in each month: the part of the month in operation times the ramp-up.

    Parameters
    ----------
    operation : Period
        From first production to the end.
    ramp : callable
        Share of full output [1] at months since first production, shape (month, draw).

    Returns
    -------
    ndarray, shape (month, draw)
        0 to 1 [1]. The ramp is taken at the middle of the part of the month in operation.
    """
    t = operation.begins
    age = 0.5 * (np.maximum(operation.start, t) + np.minimum(operation.end, t + 1.0)) - operation.start
    return operation.share_in_force() * ramp(age)


#: Each family: its curve, the names of its two parameters, where the search starts and where it may go.
#: The curve is that of the ramp functions; the first parameter of the exponential is the dead time.
FAMILIES: dict[str, tuple[Callable[[Array, float, float], Array], tuple[str, str], list[list[float]]]] = {
    "exponential": (
        exponential_ramp,
        ("dead_time_months", "ramp_months"),
        [[1.0, 12.0], [5.0, 36.0], [12.0, 24.0], [0.5, 80.0]],
    ),
    "logistic": (
        logistic_ramp,
        ("midpoint_months", "rate_per_month"),
        [[6.0, 0.3], [24.0, 0.1], [48.0, 0.05]],
    ),
    "gompertz": (gompertz_ramp, ("displacement", "rate_per_month"), [[3.0, 0.05], [5.0, 0.2], [2.0, 0.02]]),
}

_LOWEST = {"exponential": [0.0, 1e-3], "logistic": [0.0, 1e-6], "gompertz": [0.0, 1e-6]}


@dataclass(frozen=True)
class RampFit:
    """One family fitted to one plant.

    Attributes
    ----------
    family : str
        ``exponential``, ``logistic`` or ``gompertz``.
    parameters : dict of str to float
        Parameters by the name that the ramp function gives them.
    rmse : float
        Root mean square error of the share of full output [1].
    """

    family: str
    parameters: dict[str, float]
    rmse: float

    def share(self, months: Array) -> Array:
        """Share of full output at months since first feed [1]."""
        return FAMILIES[self.family][0](np.asarray(months, dtype=float), *self.parameters.values())


def fit_ramps(months: Array, shares: Array) -> list[RampFit]:
    """Fit every family by least squares, best first.

    Periods enter with equal weight, whatever their length; correlation in time is ignored.

    Parameters
    ----------
    months : ndarray, shape (period,)
        Middle of each reporting period [months since first feed]. Taking the end instead moves the dead
        time by half a period.
    shares : ndarray, shape (period,)
        Output of each period over the nameplate of that period [1].

    Returns
    -------
    list of RampFit
        By rising error.

    Raises
    ------
    ValueError
        With fewer than three periods, or values that are not finite.
    """
    t, y = np.asarray(months, dtype=float), np.asarray(shares, dtype=float)
    if t.shape != y.shape or t.ndim != 1 or t.size < 3:
        raise ValueError(f"three periods or more are needed to fit two parameters, not {t.size}")
    if not (np.isfinite(t).all() and np.isfinite(y).all()):
        raise ValueError("months and shares must be finite numbers")
    return sorted((_fit(family, t, y) for family in FAMILIES), key=lambda fit: fit.rmse)


def _fit(family: str, t: Array, y: Array) -> RampFit:
    """Best of the searches from several starts, for the error has more than one valley."""
    from scipy.optimize import least_squares

    curve, names, starts = FAMILIES[family]
    results = [
        least_squares(
            lambda p: curve(t, p[0], p[1]) - y,
            start,
            bounds=(_LOWEST[family], [np.inf, np.inf]),
            xtol=1e-12,
            ftol=1e-12,
            gtol=1e-12,
            x_scale=np.maximum(np.abs(start), 1e-2),
        )
        for start in starts
    ]
    best = min(results, key=lambda result: float(result.cost))
    rmse = float(np.sqrt(2.0 * best.cost / t.size))
    return RampFit(family, dict(zip(names, (float(value) for value in best.x), strict=True)), rmse)


def within_resource(tonnes: Array, recoverable_t: Array | float) -> Array:
    """Planned output until the deposit is used up.

    Parameters
    ----------
    tonnes : ndarray, shape (month, draw)
        Planned output [t/month], not negative.
    recoverable_t : array_like, shape (draw,)
        All that can ever come out [t].

    Returns
    -------
    ndarray, shape (month, draw)
        Output whose sum over months never exceeds what is recoverable.
    """
    left = np.broadcast_to(np.asarray(recoverable_t, dtype=float), tonnes.shape[1:]).copy()
    kept = np.empty_like(tonnes)
    for month in range(tonnes.shape[0]):
        np.minimum(tonnes[month], left, out=kept[month])
        left -= kept[month]
    return kept
