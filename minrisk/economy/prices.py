"""What dearness costs: the extra import bill and the loss of consumer surplus."""

from __future__ import annotations

import numpy as np

from minrisk.axes import Array


def extra_import_bill(
    average_price_index: Array, imports: Array, reference_price_usd_per_kg: Array, jpy_per_usd: float
) -> Array:
    """Yen paid above the reference price, at the price paid on average and not at the marginal one.

    Parameters
    ----------
    average_price_index : ndarray, shape (month, element, draw)
        Volume-weighted premium, 1 in calm [1].
    imports : ndarray, shape (month, element, draw)
        What is bought [t REO/month].
    reference_price_usd_per_kg : ndarray, shape (element,)
        Reference price [USD/kg].
    jpy_per_usd : float
        Exchange rate [JPY/USD].

    Returns
    -------
    ndarray, shape (month, draw)
        Extra bill [JPY/month].
    """
    total = np.zeros((imports.shape[0], imports.shape[2]))
    for element, price in enumerate(reference_price_usd_per_kg):
        yen_per_t = float(price) * 1000.0 * jpy_per_usd
        total += (average_price_index[:, element] - 1.0) * imports[:, element] * yen_per_t
    return total


def consumer_surplus_loss(price_index: Array, elasticity: Array | float) -> Array:
    """Surplus that buyers with constant elasticity lose to a premium, as a multiple of their calm spending.

    Parameters
    ----------
    price_index : ndarray
        Premium P, 1 in calm [1].
    elasticity : ndarray or float
        Elasticity of demand, positive; broadcast against the premium [1].

    Returns
    -------
    ndarray
        ``(P^(1 - e) - 1)/(1 - e)``, the area under ``P^-e`` from 1 to P; ``ln P`` where e is 1 [1]. Times
        calm demand and reference price it is money. It holds the extra bill of what is still bought.

    References
    ----------
    Marshall (1920), Principles of Economics, book III, chapter 6.
    """
    power = 1.0 - np.asarray(elasticity, dtype=float)
    near = np.abs(power) < 1e-9
    safe = np.where(near, 1.0, power)
    log = np.log(price_index)
    loss: Array = np.where(near, log, np.expm1(safe * log) / safe)
    return loss
