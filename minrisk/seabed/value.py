"""What a project is worth: basket price, net present value, subsidies, and the value of waiting."""

from __future__ import annotations

import numpy as np

from minrisk.axes import Array
from minrisk.seabed.cost import discount_factors


def basket_price(prices: Array, shares: Array, discount: Array | float = 0.0) -> Array:
    """Price of a kilogram of the mixed oxide sold element by element.

    Parameters
    ----------
    prices : ndarray, shape (..., element, draw)
        Price of each element [USD/kg].
    shares : ndarray, shape (element, draw)
        Share of each element in the output [1].
    discount : array_like, shape (draw,)
        Part of the price that the refiner keeps [1].

    Returns
    -------
    ndarray, shape (..., draw)
        [USD/kg]
    """
    total = np.zeros(np.broadcast_shapes(prices[..., 0, :].shape, shares[0].shape))
    for element in range(shares.shape[0]):
        total = total + prices[..., element, :] * shares[element]
    value: Array = total * (1.0 - np.asarray(discount))
    return value


def implied_output_t(
    revenue_jpy_bn: Array | float, basket_usd_per_kg: Array | float, jpy_per_usd: Array | float
) -> Array:
    """Output that a published revenue stands for, revenue over price [t/year].

    Parameters
    ----------
    revenue_jpy_bn : array_like
        Revenue [bn JPY/year].
    basket_usd_per_kg : array_like
        What a kilogram sold for [USD/kg].
    jpy_per_usd : array_like
        Exchange rate of the revenue [JPY/USD].
    """
    output: Array = np.asarray(revenue_jpy_bn) * 1e6 / (np.asarray(basket_usd_per_kg) * jpy_per_usd)
    return output


def net_present_value(
    capex: Array | float,
    running: Array,
    revenue: Array,
    rate_per_year: Array | float,
    tax_rate: Array | float = 0.0,
) -> Array:
    """Net present value at first production.

    Parameters
    ----------
    capex : array_like, shape (draw,)
        Capital cost at first production.
    running, revenue : ndarray, shape (month, draw)
        Running cost and revenue of each month from first production.
    rate_per_year : array_like, shape (draw,)
        Discount rate [1/year].
    tax_rate : array_like, shape (draw,)
        Tax on the operating margin [1].

    Returns
    -------
    ndarray, shape (draw,)
        In the currency of the arguments.
    """
    factors = discount_factors(running.shape[0], rate_per_year)
    margin = (revenue - running) * (1.0 - np.asarray(tax_rate)) * factors
    total = -np.broadcast_to(np.asarray(capex, dtype=float), margin.shape[1:])
    for month in margin:
        total = total + month
    return total


def break_even_multiple(levelised: Array | float, basket: Array | float) -> Array:
    """Multiple of today's basket price at which revenue covers the levelised cost [1]."""
    multiple: Array = np.asarray(levelised, dtype=float) / basket
    return multiple


def floor_subsidy(output_t: Array, floor_usd_per_kg: Array | float, basket_usd_per_kg: Array | float) -> Array:
    """Payment under a price floor, which is never paid back.

    Parameters
    ----------
    output_t : ndarray
        Output [t].
    floor_usd_per_kg : array_like
        Guaranteed price of the basket [USD/kg].
    basket_usd_per_kg : array_like
        Market price of the basket [USD/kg].

    Returns
    -------
    ndarray
        ``Q max(0, K - P)`` [USD].

    References
    ----------
    US Department of Defense and MP Materials (2025): floor of 110 USD/kg for NdPr over ten years.
    """
    paid: Array = output_t * 1e3 * np.maximum(np.asarray(floor_usd_per_kg) - basket_usd_per_kg, 0.0)
    return paid


def contract_for_difference(
    output_t: Array, strike_usd_per_kg: Array | float, basket_usd_per_kg: Array | float
) -> Array:
    """Payment under a two-sided contract for difference; negative where the project pays back.

    Parameters are those of `floor_subsidy`; ``Q (K - P)`` [USD].
    """
    paid: Array = output_t * 1e3 * (np.asarray(strike_usd_per_kg) - basket_usd_per_kg)
    return paid


def option_threshold(rate: float, convenience: float, volatility: float) -> float:
    """Value over investment, V*/I, from which it pays to invest now rather than wait.

    Parameters
    ----------
    rate : float
        Discount rate r [1/year].
    convenience : float
        Return given up by waiting, delta [1/year]; above 0.
    volatility : float
        Standard deviation of the value's logarithm sigma [1/year**0.5]; above 0.

    Returns
    -------
    float
        ``beta / (beta - 1)``, ``beta`` the positive root of the fundamental quadratic.

    References
    ----------
    Dixit & Pindyck (1994), Investment under Uncertainty, ch. 5; Brennan & Schwartz (1985).

    Raises
    ------
    ValueError
        If convenience or volatility is not positive.
    """
    if convenience <= 0.0 or volatility <= 0.0:
        raise ValueError("convenience and volatility must be above 0")
    drift = (rate - convenience) / volatility**2
    beta = 0.5 - drift + np.sqrt((drift - 0.5) ** 2 + 2.0 * rate / volatility**2)
    return float(beta / (beta - 1.0))
