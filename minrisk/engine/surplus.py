"""What users pay for the tonnes they get, and what giving up tonnes costs them.

Money is in kUSD a month, tonnes times the reference price in USD/kg. Uses that make a product give up nothing on
their own account and are left out; what they have learnt to do without counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from minrisk.axes import Array, Flags, Indices, contiguous
from minrisk.engine.inputs import LEVERS, Factor, Inputs
from minrisk.engine.market import Cleared, log_price_root

if TYPE_CHECKING:
    from minrisk.engine.demand import Demand
    from minrisk.engine.uses import UseChain


#: Log price multiple beyond which no price clears: double precision ends a little above it.
NO_PRICE = 600.0


def surplus_lost(log_price: Array, elasticity: Array | float) -> Array:
    """Surplus that buyers with constant elasticity lose at a price multiple, over their baseline spending.

    Parameters
    ----------
    log_price : ndarray
        Natural logarithm of the price multiple P, 0 at baseline.
    elasticity : ndarray or float
        Elasticity e of demand, positive; broadcast against the price [1].

    Returns
    -------
    ndarray
        ``(P**(1 - e) - 1)/(1 - e)``, the area under ``P**-e`` from 1 to P; ``ln P`` where e is 1 [1]. It includes
        the extra bill of what is still bought.

    References
    ----------
    Marshall (1920), Principles of Economics, book III, chapter 6.
    """
    power = 1.0 - np.asarray(elasticity, dtype=float)
    near = np.abs(power) < 1e-9
    safe = np.where(near, 1.0, power)
    lost: Array = np.where(near, log_price, np.expm1(safe * log_price) / safe)
    return lost


def surplus_given_up(log_price: Array, elasticity: Array | float) -> Array:
    """The part of it that the tonnes given up were worth above the baseline price.

    Parameters
    ----------
    log_price, elasticity
        As `surplus_lost`.

    Returns
    -------
    ndarray
        ``S = e/(1 - e) (P**(1 - e) - 1) + P**-e - 1``, the area between the demand curve and the baseline price,
        over baseline spending; ``ln P + 1/P - 1`` where e is 1 [1].
    """
    return _of_it(surplus_lost(log_price, elasticity), log_price, np.asarray(elasticity, dtype=float))


def _of_it(lost: Array, log_price: Array, elasticity: Array) -> Array:
    """What was given up, of the surplus lost at the same price."""
    # Rounding may not make an area negative.
    given: Array = np.maximum(elasticity * lost + np.expm1(-elasticity * log_price), 0.0)
    return given


@dataclass(frozen=True)
class GivenUp:
    """What users of one market gave up, could not have, and what it was worth; money in kUSD a month.

    Attributes
    ----------
    surplus : ndarray, shape (month, use, draw)
        Worth of the tonnes given up at the price seen, above the baseline price (`surplus_given_up`).
    surplus_to_clear : ndarray, shape (month, use, draw)
        The same at the price that would clear without a ceiling; infinite where none would.
    output_kept : ndarray, shape (month, use, draw)
        Output of a use that had all it wants at the price seen [1].
    output_to_clear : ndarray, shape (month, use, draw)
        Output at the price that would clear without a ceiling; where none would, tonnes go by priority to what is
        wanted at a price multiple of 1 [1].
    surplus_lost : ndarray, shape (month, draw)
        Consumer surplus lost at the price seen (`surplus_lost`), of all uses.
    substitution : ndarray, shape (month, draw)
        Cost of slow substitution: the worth of the tonnes that users, makers of products among them, have learnt
        to do without, at the price that they are used to and by how much the long-run elasticity exceeds the
        short-run one.
    """

    surplus: Array
    surplus_to_clear: Array
    output_kept: Array
    output_to_clear: Array
    surplus_lost: Array
    substitution: Array

    @classmethod
    def nothing(cls, inputs: Inputs) -> GivenUp:
        """Room for a block in which nobody has given up anything yet."""
        shape = (inputs.months, len(inputs.labels.uses), inputs.draws)
        over_uses = (inputs.months, inputs.draws)
        return cls(
            np.zeros(shape),
            np.zeros(shape),
            np.ones(shape),
            np.ones(shape),
            np.zeros(over_uses),
            np.zeros(over_uses),
        )


class Surplus:
    """Values what a market's users give up, a month at a time.

    Parameters
    ----------
    inputs : Inputs
        The block.
    demand : Demand
        Demand by element and class.
    uses : UseChain
        Turns fills into output.
    """

    def __init__(self, inputs: Inputs, demand: Demand, uses: UseChain) -> None:
        self.demand, self.uses, self.found = demand, uses, GivenUp.nothing(inputs)
        self.price = np.asarray(inputs.uses.price_usd_per_kg, dtype=float)
        self.elasticity, self.slow = demand.classes.elasticity, demand.slow
        self.answers = [use for use in uses.uses if use.column not in inputs.uses.makers]
        self.groups = sorted({use.group for use in self.answers})
        #: Where a use gives up something of an element on its own account, (element, use).
        self.takes: Flags = np.zeros((len(demand.base), len(inputs.labels.uses)), dtype=bool)
        for use in self.answers:
            self.takes[[*use.joint, *use.separate], use.column] = True
        self.wanted: Flags = np.asarray(self.takes.any(axis=1))

    def step(self, t: int, answer: Cleared) -> None:
        """Value month ``t``, after the uses have made what they can and before users get used to its price."""
        found = self.found
        self._substituted(t)
        found.output_kept[t] = found.output_to_clear[t] = self.uses.output
        rows = np.flatnonzero(answer.tight_rows & self.wanted)
        if answer.kept is None or not rows.size:
            return
        self._value(t, rows, answer.log_price[rows])
        found.surplus_to_clear[t] = found.surplus[t]
        if answer.choked is not None:
            self._beyond_the_ceiling(t, answer)

    def _value(self, t: int, rows: Indices, log_price: Array) -> None:
        """Add what the prices of elements, (row, draw), make their users give up and pay."""
        found, areas = self.found, {}
        for group in self.groups:
            lost = surplus_lost(log_price, self.elasticity[group])
            areas[group] = lost, _of_it(lost, log_price, self.elasticity[group])
        for place, row in enumerate(rows):
            for use in self.answers:
                if self.takes[row, use.column]:
                    lost, given = areas[use.group]
                    spent = self.price[row] * self.demand.of_use(int(row), use.column)
                    found.surplus_lost[t] += spent * lost[place]
                    found.surplus[t, use.column] += spent * given[place]

    def _substituted(self, t: int) -> None:
        """Cost of what users have learnt to do without, over elements and classes."""
        adapted = self.demand.adapted
        rows = np.flatnonzero(adapted.any(axis=1))
        if not rows.size:
            return
        learnt = [surplus_given_up(adapted[rows], slow) for slow in self.slow]
        reference = self.demand.base[rows] * self.demand.growth[t]
        for place, row in enumerate(rows):
            for share, given in zip(self.demand.shares[:, row], learnt, strict=True):
                if share.any():
                    self.found.substitution[t] += given[place] * (self.price[row] * reference[place] * share)

    def _beyond_the_ceiling(self, t: int, answer: Cleared) -> None:
        """Of uses that lack an element at its ceiling: output at the price seen, all at the price that clears."""
        assert answer.choked is not None
        assert answer.kept is not None
        found, draws = self.found, answer.log_price.shape[1]
        cells = answer.choked[self.wanted[answer.choked // draws]]
        if not cells.size:
            return
        rows, draw = np.divmod(cells, draws)
        log_price = self._price_that_clears(cells, answer.served)
        clears, at_clearing, ration = log_price < NO_PRICE, answer.kept.copy(), None
        for kept, elasticity in zip(at_clearing, self.elasticity, strict=True):
            kept.ravel()[cells] = np.where(clears, np.exp(-elasticity[draw] * log_price), 1.0)
        if not clears.all():
            ration = self.uses.ration(replace(answer, kept=at_clearing, choked=cells[~clears]))
        further = {
            group: self._further(answer.log_price[rows, draw], log_price, group, draw) for group in self.groups
        }
        seen = {group: self.uses.useful_of(answer.kept[group]) for group in self.groups}
        cleared = {group: self.uses.useful_of(at_clearing[group]) for group in self.groups}
        # Cells come element by element.
        first = np.flatnonzero(np.diff(rows, prepend=-1))
        spans = list(zip(rows[first], first, [*first[1:], rows.size], strict=True))
        for use in self.answers:
            mine = [(int(row), slice(a, b)) for row, a, b in spans if self.takes[row, use.column]]
            if not mine:
                continue
            useful = cleared[use.group] if ration is None else cleared[use.group] * ration[use.level]
            found.output_kept[t, use.column] = self.uses.output_of(use, seen[use.group])
            found.output_to_clear[t, use.column] = self.uses.output_of(use, useful)
            total = found.surplus_to_clear[t, use.column]
            for row, span in mine:
                here = draw[span]
                spent = np.broadcast_to(self.price[row] * self.demand.of_use(row, use.column), (draws,))[here]
                total[here] += np.multiply(
                    spent, further[use.group][span], out=np.zeros_like(spent), where=spent > 0.0
                )

    def _further(self, seen: Array, clearing: Array, group: int, draw: Indices) -> Array:
        """Surplus given up between the price seen and the price that clears, infinite where none does, (cell,)."""
        elasticity = self.elasticity[group, draw]
        beyond = surplus_given_up(np.minimum(clearing, NO_PRICE), elasticity)
        more: Array = np.where(clearing < NO_PRICE, beyond, np.inf) - surplus_given_up(seen, elasticity)
        return more

    def _price_that_clears(self, cells: Indices, served: Array) -> Array:
        """Log price multiple at which all uses of a cell want what it was served, or `NO_PRICE`, (cell,)."""
        draws, got = served.shape[1], served.ravel()[cells]
        terms = np.stack([part.ravel()[cells] for part in self.demand.by_class])
        rates = self.elasticity[:, cells % draws]
        rigid = np.zeros_like(got)
        for term, rate in zip(terms, rates, strict=True):
            rigid += np.where(rate > 0.0, 0.0, term)
        clears = (got > rigid * (1.0 + 1e-12)) & (got > 0.0)
        root = np.full_like(got, NO_PRICE)
        if clears.any():
            # The first term of a root is stock that stays with its holders; here there is none.
            padded = np.concatenate([np.full((1, got.size), 1e-300), terms])[:, None, clears]
            decay = np.concatenate([np.zeros((1, got.size)), rates])[:, clears]
            limit = np.full((1, int(clears.sum())), NO_PRICE)
            root[clears] = log_price_root(padded, decay, got[None, clears], np.zeros_like(limit), limit)[0]
        return root


# --- what tonnes cost: contracts at the reference price, restricted cargo at its rent, spot at the market price ---

# A restriction makes the right to ship worth the gap between the market price and the contract price. Who gets
# that gap depends on the instrument: under a quota, a tax or a ban that leaks it goes to whoever ships, under
# licences the contract stands and next to nothing is paid for the permit.


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
