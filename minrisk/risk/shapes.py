"""Shapes: a single value comes back as a number, sums over suppliers run in a fixed order."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from minrisk.axes import Array


def number(values: ArrayLike) -> Array:
    """Give an array without axes as a NumPy number, which prints and formats as one; any other as it is."""
    plain: Array = np.asarray(values, dtype=np.float64)[()]
    return plain


def ordered_sum(values: Array) -> Array:
    """Sum over the first axis, row by row: the same bits whatever stands beside the rows."""
    total = np.zeros(values.shape[1:])
    for row in values:
        total = total + row
    return total


def fraction(values: ArrayLike, name: str, what: str = "a fraction from 0 to 1") -> Array:
    """Check that values lie in 0..1, missing values aside.

    Raises
    ------
    ValueError
        If a value lies outside, with the name and what is allowed.
    """
    array = np.asarray(values, dtype=float)
    if np.any((array < 0.0) | (array > 1.0)):
        raise ValueError(f"{name} must be {what}")
    return array


def non_negative(values: ArrayLike, name: str) -> Array:
    """Check that values are finite and not negative, missing values aside.

    Raises
    ------
    ValueError
        If a value is negative or infinite.
    """
    array = np.asarray(values, dtype=float)
    if np.any(array < 0.0):
        raise ValueError(f"{name} must not be negative")
    if np.any(np.isinf(array)):
        raise ValueError(f"{name} must be finite")
    return array
