"""What a project costs: capital with overrun and scale, learning by tonnes handled, levelised cost."""

from __future__ import annotations

import numpy as np

from minrisk.axes import Array


def scaled_capex(
    reference: Array | float,
    size: Array | float,
    reference_size: Array | float,
    exponent: Array | float = 0.6,
    overrun: Array | float = 1.0,
) -> Array:
    """Capital cost of another size of plant, with overrun.

    Parameters
    ----------
    reference : array_like
        Capital cost at the reference size, any currency.
    size, reference_size : array_like
        Capacity of the plant and of the reference, same unit.
    exponent : array_like
        Scale exponent [1].
    overrun : array_like
        Cost at completion over the estimate [1].

    Returns
    -------
    ndarray
        ``reference (size / reference_size)**exponent overrun``.

    References
    ----------
    Williams (1947), six-tenths factor.
    """
    ratio = np.asarray(size, dtype=float) / reference_size
    cost: Array = reference * ratio**exponent * overrun
    return cost


def capital_recovery_factor(rate: Array | float, years: Array | float) -> Array:
    """Yearly charge per unit of capital, ``r / (1 - (1 + r)**-n)``; ``1 / n`` at a rate of 0.

    Parameters
    ----------
    rate : array_like
        Discount rate [1/year].
    years : array_like
        Life [year].

    Returns
    -------
    ndarray
        [1/year]
    """
    rate = np.asarray(rate, dtype=float)
    safe = np.where(rate > 0.0, rate, 1.0)
    factor: Array = np.where(rate > 0.0, safe / -np.expm1(-years * np.log1p(safe)), 1.0 / np.asarray(years))
    return factor


def learning_exponent(learning_rate: Array | float) -> Array:
    """Exponent of the learning curve, ``log2(1 - LR)``, at most 0.

    Parameters
    ----------
    learning_rate : array_like
        Fall of unit cost with each doubling of cumulative output [1].

    References
    ----------
    Wright (1936); McNerney et al. (2011), PNAS 108:9008.
    """
    exponent: Array = np.log2(1.0 - np.asarray(learning_rate, dtype=float))
    return exponent


def unit_cost_factor(cumulative: Array, first: Array | float, learning_rate: Array | float) -> Array:
    """Unit cost relative to that of the first tonnes.

    Parameters
    ----------
    cumulative : ndarray
        Tonnes handled since first production [t].
    first : array_like
        Tonnes at which the first unit cost holds [t]; below them nothing is learned.
    learning_rate : array_like
        Fall of unit cost with each doubling [1].

    Returns
    -------
    ndarray
        ``(X / X1)**log2(1 - LR)``, never above 1.
    """
    # A plant that handles nothing learns nothing.
    lifted = np.maximum(np.asarray(cumulative, dtype=float), np.maximum(first, 1e-300))
    doublings = lifted / np.maximum(first, 1e-300)
    factor: Array = doublings ** learning_exponent(learning_rate)
    return factor


def discount_factors(months: int, rate_per_year: Array | float) -> Array:
    """Discount factor at the middle of each month, shape (month, draw) or (month, 1) [1]."""
    middle = (np.arange(months, dtype=float) + 0.5)[:, None] / 12.0
    factors: Array = (1.0 + np.atleast_1d(np.asarray(rate_per_year, dtype=float))) ** -middle
    return factors


def levelised_cost(capex: Array | float, running: Array, output: Array, rate_per_year: Array | float) -> Array:
    """Discounted cost over discounted output.

    Parameters
    ----------
    capex : array_like, shape (draw,)
        Capital cost at first production, any currency.
    running : ndarray, shape (month, draw)
        Running cost of each month from first production, same currency.
    output : ndarray, shape (month, draw)
        Output of each month [t].
    rate_per_year : array_like, shape (draw,)
        Discount rate [1/year].

    Returns
    -------
    ndarray, shape (draw,)
        Currency per tonne; infinite where nothing is ever produced.
    """
    factors = discount_factors(output.shape[0], rate_per_year)
    tonnes = _sum(output * factors)
    cost = np.broadcast_to(np.asarray(capex, dtype=float) + _sum(running * factors), tonnes.shape)
    unit: Array = np.divide(cost, tonnes, out=np.full(tonnes.shape, np.inf), where=tonnes > 0.0)
    return unit


def _sum(values: Array) -> Array:
    """Sum over months in order, so that the number of draws beside a draw changes no bit of it."""
    total = np.zeros(values.shape[1:])
    for month in values:
        total = total + month
    return total
