"""Fitting the ramp-up families to what a plant has produced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

from minrisk.axes import Array
from minrisk.seabed.ramp import exponential_ramp, gompertz_ramp, logistic_ramp

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
