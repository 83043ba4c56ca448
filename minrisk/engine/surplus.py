"""What giving up tonnes costs users: the area under their demand curves, added up month by month.

Money is in kUSD a month, tonnes times the reference price in USD/kg. Uses that make a product give up nothing on
their own account and are left out; what they have learnt to do without counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from minrisk.axes import Array, Flags, Indices
from minrisk.engine.inputs import Inputs
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
    elasticity = np.asarray(elasticity, dtype=float)
    difference = elasticity * surplus_lost(log_price, elasticity) + np.expm1(-elasticity * log_price)
    # Rounding may not make an area negative.
    given: Array = np.maximum(difference, 0.0)
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
        wanted = np.zeros(len(demand.base), dtype=bool)
        for use in self.answers:
            wanted[[*use.joint, *use.separate]] = True
        #: Elements of which somebody gives up something on his own account.
        self.wanted: Flags = wanted

    def step(self, t: int, answer: Cleared) -> None:
        """Value month ``t``, after the uses have made what they can and before users get used to its price."""
        found = self.found
        self._substituted(t)
        found.output_kept[t] = found.output_to_clear[t] = self.uses.output
        rows = np.flatnonzero(answer.tight_rows & self.wanted)
        if answer.kept is None or not rows.size:
            return
        for row in rows:
            self._value(t, int(row), answer.log_price[row])
        found.surplus_to_clear[t] = found.surplus[t]
        if answer.choked is not None:
            self._beyond_the_ceiling(t, answer)

    def _value(self, t: int, row: int, log_price: Array) -> None:
        """Add what one element's price makes its users give up and pay."""
        found, factors = self.found, {}
        for use in self.answers:
            if row not in use.joint and row not in use.separate:
                continue
            if use.group not in factors:
                elasticity = self.elasticity[use.group]
                factors[use.group] = surplus_lost(log_price, elasticity), surplus_given_up(log_price, elasticity)
            lost, given = factors[use.group]
            spent = self.price[row] * self.demand.of_use(row, use.column)
            found.surplus_lost[t] += spent * lost
            found.surplus[t, use.column] += spent * given

    def _substituted(self, t: int) -> None:
        """Cost of what users have learnt to do without, over elements and classes."""
        adapted, reference = self.demand.adapted, self.demand.base * self.demand.growth[t]
        for row in np.flatnonzero(adapted.any(axis=1)):
            for share, slow in zip(self.demand.shares[:, row], self.slow, strict=True):
                if share.any():
                    cost = surplus_given_up(adapted[row], slow)
                    cost *= self.price[row] * reference[row] * share
                    self.found.substitution[t] += cost

    def _beyond_the_ceiling(self, t: int, answer: Cleared) -> None:
        """Of uses that lack an element at its ceiling: output at the price seen, all at the price that clears."""
        assert answer.choked is not None
        assert answer.kept is not None
        found, draws = self.found, answer.log_price.shape[1]
        cells = answer.choked[self.wanted[answer.choked // draws]]
        if not cells.size:
            return
        log_price = self._price_that_clears(cells, answer.served)
        clears, at_clearing, ration = log_price < NO_PRICE, answer.kept.copy(), None
        for kept, elasticity in zip(at_clearing, self.elasticity, strict=True):
            kept.ravel()[cells] = np.where(clears, np.exp(-elasticity[cells % draws] * log_price), 1.0)
        if not clears.all():
            ration = self.uses.ration(replace(answer, kept=at_clearing, choked=cells[~clears]))
        for use in self.answers:
            mine = np.isin(cells // draws, (*use.joint, *use.separate))
            if not mine.any():
                continue
            found.output_kept[t, use.column] = self.uses.output_of(use, answer.kept[use.group])
            found.output_to_clear[t, use.column] = self.uses.output_of(
                use, at_clearing[use.group], None if ration is None else ration[use.level]
            )
            self._value_to_clear(t, use.column, use.group, cells[mine], log_price[mine], answer)

    def _value_to_clear(
        self, t: int, column: int, group: int, cells: Indices, log_price: Array, answer: Cleared
    ) -> None:
        """Take one use's surplus from the price seen to the price that clears."""
        total, draws = self.found.surplus_to_clear[t, column], answer.log_price.shape[1]
        rows, draw = cells // draws, cells % draws
        elasticity = self.elasticity[group, draw]
        seen = surplus_given_up(answer.log_price[rows, draw], elasticity)
        clearing = np.where(
            log_price < NO_PRICE, surplus_given_up(np.minimum(log_price, NO_PRICE), elasticity), np.inf
        )
        for row in np.unique(rows):
            here = rows == row
            spent = self.price[row] * self.demand.of_use(int(row), column)
            spent = np.broadcast_to(spent, (draws,))[draw[here]]
            more = np.multiply(spent, clearing[here] - seen[here], out=np.zeros_like(spent), where=spent > 0.0)
            total[draw[here]] += more

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
