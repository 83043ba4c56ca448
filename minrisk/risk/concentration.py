"""How concentrated supply is: Herfindahl-Hirschman index and the number of equal suppliers it means."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from minrisk.axes import Array


def hhi(shares: ArrayLike, axis: int = -1) -> Array:
    """Herfindahl-Hirschman index of shares or quantities, ``sum s_i^2``.

    Parameters
    ----------
    shares : array_like
        Non-negative shares or quantities of each supplier; normalised by their sum first. A missing value
        makes the index missing.
    axis : int
        Axis of the suppliers.

    Returns
    -------
    ndarray
        0 < HHI <= 1 [1]; NaN where nothing is supplied.

    Raises
    ------
    ValueError
        If a quantity is negative.

    References
    ----------
    Hirschman (1964), Am. Econ. Rev. 54(5):761.
    """
    quantities = np.moveaxis(np.asarray(shares, dtype=float), axis, 0)
    if np.any(quantities < 0.0):
        raise ValueError("shares must not be negative")
    total = _ordered_sum(quantities)
    squares = _ordered_sum(quantities * quantities)
    with np.errstate(invalid="ignore", divide="ignore"):
        index: Array = np.where(total > 0.0, squares / (total * total), np.nan)
    return index


def effective_suppliers(shares: ArrayLike, axis: int = -1) -> Array:
    """Number of equally large suppliers with the same concentration, ``1 / HHI``.

    Parameters
    ----------
    shares : array_like
        As in `hhi`.
    axis : int
        Axis of the suppliers.

    Returns
    -------
    ndarray
        At least 1 [1]; NaN where nothing is supplied.
    """
    return 1.0 / hhi(shares, axis=axis)


def _ordered_sum(values: Array) -> Array:
    # A fixed order of addition: the same bits whatever stands beside the suppliers.
    total = np.zeros(values.shape[1:])
    for row in values:
        total = total + row
    return total
