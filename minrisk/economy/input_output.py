"""Leontief arithmetic: what home-made goods take to make."""

from __future__ import annotations

import numpy as np

from minrisk.axes import Array
from minrisk.economy.structure import EconomyStructure


def leontief_inverse(coefficients: Array) -> Array:
    """Output of every industry (row) per unit of final demand of each (column).

    Parameters
    ----------
    coefficients : ndarray, shape (industry, industry)
        Home-made input per unit of output [1].

    Returns
    -------
    ndarray, shape (industry, industry)
        ``(I - A)^-1``.

    References
    ----------
    Leontief (1936), Rev. Econ. Stat. 18:105; Miller & Blair (2009), equation 2.11.
    """
    return np.asarray(np.linalg.inv(np.eye(len(coefficients)) - coefficients), dtype=np.float64)


def value_added_multiplier(structure: EconomyStructure) -> Array:
    """Value added at home per unit of final demand of each industry's goods, shape (industry,) [1]."""
    multiplier: Array = value_added_share(structure) @ leontief_inverse(structure.coefficients)
    return multiplier


def value_added_share(structure: EconomyStructure) -> Array:
    """Value added per unit of output, shape (industry,) [1]; 0 for an industry without output."""
    output = structure.output
    share: Array = np.divide(structure.value_added, output, out=np.zeros_like(output), where=output > 0.0)
    return share
