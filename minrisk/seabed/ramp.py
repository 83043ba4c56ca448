"""How a plant comes up to its nameplate: the share of full output by month since first feed."""

from __future__ import annotations

import numpy as np

from minrisk.axes import Array


def exponential_ramp(
    months_since_start: Array, dead_time_months: Array | float, ramp_months: Array | float
) -> Array:
    """Exponential ramp-up with dead time, ``1 - exp(-(t - d) / tau)`` after ``d``, 0 before.

    Of the families fitted to rare-earth plants (Lynas, Mountain Pass) this one errs least.

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
