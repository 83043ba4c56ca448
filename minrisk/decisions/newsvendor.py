"""Newsvendor: how much to hold for one uncertain demand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from minrisk.risk.spread import quantile


@dataclass(frozen=True)
class Newsvendor:
    """The order that balances having too little against having too much.

    Attributes
    ----------
    quantity : float
        Units to hold.
    expected_short : float
        Mean units of demand not met.
    fill_rate : float
        Share of mean demand that is met [1].
    cost : float
        Mean cost of what is left over and of what is short.
    """

    quantity: float
    expected_short: float
    fill_rate: float
    cost: float


def critical_ratio(shortage_cost: float, holding_cost: float) -> float:
    """Probability with which demand should be met in full, ``cu / (cu + co)``.

    Parameters
    ----------
    shortage_cost, holding_cost : float
        Cost of a unit short (cu) and of a unit left over (co), both positive.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If a cost is not positive.

    References
    ----------
    Arrow, Harris & Marschak (1951), Econometrica 19:250.
    """
    if not (shortage_cost > 0.0 and holding_cost > 0.0):
        raise ValueError(f"both costs must be positive, not {shortage_cost} and {holding_cost}")
    return shortage_cost / (shortage_cost + holding_cost)


def newsvendor_normal(mean: float, deviation: float, shortage_cost: float, holding_cost: float) -> Newsvendor:
    """Order for a normally distributed demand.

    Parameters
    ----------
    mean, deviation : float
        Mean and standard deviation of demand; both positive.
    shortage_cost, holding_cost : float
        Cost of a unit short and of a unit left over.

    Returns
    -------
    Newsvendor

    Raises
    ------
    ValueError
        If a number is not positive.

    References
    ----------
    Silver, Pyke & Thomas (2017), Inventory and Production Management in Supply Chains, chapter 9.
    """
    if not (mean > 0.0 and deviation > 0.0):
        raise ValueError(f"mean and deviation must be positive, not {mean} and {deviation}")
    z = float(ndtri(critical_ratio(shortage_cost, holding_cost)))
    quantity = mean + z * deviation
    density = float(np.exp(-0.5 * z * z) / np.sqrt(2.0 * np.pi))
    short = deviation * (density - z * (1.0 - float(ndtr(z))))
    cost = holding_cost * (quantity - mean) + (shortage_cost + holding_cost) * short
    return Newsvendor(quantity, short, 1.0 - short / mean, cost)


def newsvendor(demand: ArrayLike, shortage_cost: float, holding_cost: float) -> Newsvendor:
    """Order for demand given by draws, such as the need for stock in each draw.

    Parameters
    ----------
    demand : array_like, shape (draw,)
        Demand of each draw, at least 0.
    shortage_cost, holding_cost : float
        Cost of a unit short and of a unit left over.

    Returns
    -------
    Newsvendor
        The quantity is the smallest draw whose cumulated share reaches the critical ratio.

    Raises
    ------
    ValueError
        If a cost is not positive or a draw negative or NaN.
    """
    draws = np.asarray(demand, dtype=float)
    if draws.ndim != 1 or not draws.size or not np.all(draws >= 0.0):
        raise ValueError("demand must be a list of numbers of at least 0")
    ratio = critical_ratio(shortage_cost, holding_cost)
    quantity = float(quantile(draws, ratio))
    short = float(np.maximum(draws - quantity, 0.0).mean())
    over = float(np.maximum(quantity - draws, 0.0).mean())
    fill = 1.0 - short / draws.mean() if draws.mean() > 0.0 else 1.0
    return Newsvendor(quantity, short, float(fill), holding_cost * over + shortage_cost * short)
