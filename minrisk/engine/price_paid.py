"""What tonnes cost: contracts at the reference price, restricted cargo at its rent, spot at the market price.

A restriction makes the right to ship worth the gap between the market price and the contract price. Who gets that
gap depends on the instrument: under a quota, a tax or a ban that leaks it goes to whoever ships, under licences the
contract stands and next to nothing is paid for the permit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from minrisk.axes import Array, Indices, contiguous
from minrisk.engine.inputs import LEVERS, Factor, Inputs


@dataclass(frozen=True)
class RentedRows:
    """Cells of one route that pay one rent.

    Attributes
    ----------
    route : int
        Place of the route.
    rows : ndarray of int or slice
        Elements.
    rent : ndarray, shape (month, draw)
        Part of the gap between the market price and the contract price that is paid on what arrives [1].
    """

    route: int
    rows: Indices | slice
    rent: Array


class PricePaid:
    """Volume-weighted price multiple of what is bought from routes, spare capacity and other buyers.

    ``[restricted tonnes (c + rent (P - c)) + other contracted tonnes c + spot tonnes P] / tonnes``, with P the
    market price and c the contract price: the reference price, or the floor under all prices where exports are
    taxed. Both are multiples of the reference price, which is the same in every month of a run.

    Parameters
    ----------
    inputs : Inputs
        The block.
    """

    def __init__(self, inputs: Inputs) -> None:
        self.rented = rented_rows(inputs)

    def step(self, t: int, price: Array, taken: Array, spot: Array, out: Array, floor: Array | None = None) -> None:
        """Write the month's volume-weighted price multiple.

        Parameters
        ----------
        t : int
            Month.
        price : ndarray, shape (element, draw)
            Market price multiple, that of the last tonne [1].
        taken : ndarray, shape (route, element, draw)
            Tonnes taken from routes [t/month].
        spot : ndarray, shape (element, draw)
            Spare and reshuffled tonnes taken, which no contract covers [t/month].
        out : ndarray, shape (element, draw)
            Where to write it; the market price multiple where nothing was taken.
        floor : ndarray, shape (element, draw), optional
            Lowest price multiple where exports are taxed [1].
        """
        total, at_market = spot.copy(), spot.copy()
        for tonnes in taken:
            total += tonnes
        for cells in self.rented:
            at_market[cells.rows] += taken[cells.route, cells.rows] * cells.rent[t]
        share = np.divide(at_market, total, out=np.ones_like(total), where=total > 0.0)
        np.minimum(share, 1.0, out=share)
        contract = 1.0 if floor is None else floor
        np.subtract(price, contract, out=out)
        out *= share
        out += contract


def rented_rows(inputs: Inputs) -> list[RentedRows]:
    """Cells of each route under an instrument that makes permits worth money, by what holds them.

    A rent is that of the day on which cargo leaves, so it counts from the transit time on; where several
    instruments hold a cell, the highest.

    Parameters
    ----------
    inputs : Inputs
        The block.

    Returns
    -------
    list of RentedRows
        None where no restriction has a rent.
    """
    found = []
    for column, route in enumerate(inputs.labels.routes):
        held: dict[tuple[int, ...], list[int]] = {}
        for row in range(len(inputs.labels.elements)):
            factors = tuple(i for i, rent in enumerate(inputs.rents) if rent.mask[row, column])
            if factors:
                held.setdefault(factors, []).append(row)
        for factors, rows in held.items():
            rent = _on_arrival([inputs.rents[i] for i in factors], route.transit_months)
            if rent.any():
                found.append(RentedRows(column, contiguous(np.array(rows)), rent))
    return found


def _on_arrival(rents: list[Factor], transit: int) -> Array:
    """Combined rent of cargo by month of arrival, (month, draw); none on what left before the scenario."""
    neutral, combine = LEVERS["rent"]
    at_departure = rents[0].profile
    for rent in rents[1:]:
        at_departure = combine(at_departure, rent.profile)
    arriving = np.full_like(at_departure, neutral)
    arriving[transit:] = at_departure[: len(at_departure) - transit]
    return arriving
