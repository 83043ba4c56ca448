"""What buyers pay on average: contracts follow the market price with a lag, the rest pays it at once."""

from __future__ import annotations

import numpy as np

from minrisk.axes import Array
from minrisk.engine.inputs import Market


class AveragePrice:
    """Volume-weighted premium of what is bought from routes, spare capacity and other buyers.

    The contract price moves towards the marginal price by ``1 - exp(-1 / lag)`` a month.

    Parameters
    ----------
    market : Market
        Behavioural parameters.
    shape : tuple of int
        (element, draw).
    """

    def __init__(self, market: Market, shape: tuple[int, ...]) -> None:
        self.share = market.contract_share
        self.step = -np.expm1(-1.0 / market.contract_lag_months)
        self.contract = np.ones(shape)

    def load(self, price: Array, taken: Array, spot: Array, out: Array) -> None:
        """Write the month's volume-weighted premium and move the contract price on.

        Parameters
        ----------
        price : ndarray, shape (element, draw)
            Marginal premium [1].
        taken : ndarray, shape (element, draw)
            Offers taken [t/month].
        spot : ndarray, shape (element, draw)
            The part of them that no contract covers: spare and reshuffled tonnes [t/month].
        out : ndarray, shape (element, draw)
            Where to write it; the marginal premium where nothing was taken.
        """
        move = price - self.contract
        move *= self.step
        self.contract += move
        covered = taken - spot
        covered /= np.maximum(taken, 1e-300)
        np.maximum(covered, 0.0, out=covered)
        covered *= self.share
        np.subtract(self.contract, price, out=out)
        out *= covered
        out += price
