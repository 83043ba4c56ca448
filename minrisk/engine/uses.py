"""What uses can still make: rationing by priority, complements, and what a stopped use gives back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from minrisk.axes import Array, Flags
from minrisk.engine.demand import Demand
from minrisk.engine.inputs import Inputs
from minrisk.engine.market import Cleared

#: Fills of each kind of use.
Fills = dict[tuple[int, int], Array]

#: Fills below this are nothing, and exponents beyond this are everything: double precision ends there.
LEAST_FILL, LARGEST_EXPONENT = 1e-15, 700.0


def ces_output(fill: Array, weight: Array, substitution: Array) -> Array:
    """Output of an end use whose inputs are complements: calibrated-share CES.

    ``y = (sum_e w_e f_e**((s - 1) / s))**(s / (s - 1))``; the smallest fill as s goes to 0, and 0 when any
    fill is 0. Evaluated by logarithms.

    Parameters
    ----------
    fill : ndarray, shape (element, draw)
        Share of its need that each input gets, 0 to 1 [1].
    weight : ndarray, shape (element, draw or 1)
        Cost shares at baseline, summing to 1 [1].
    substitution : ndarray, shape (draw,)
        Elasticity of substitution s between the inputs, 0 to below 1 [1].

    Returns
    -------
    ndarray, shape (draw,)
        Output relative to baseline, 0 to 1 [1].

    References
    ----------
    Calibrated-share form: Rutherford (2002), Lecture notes on constant elasticity functions.
    """
    power = (1.0 - substitution) / np.maximum(substitution, 1e-3)
    log_fill = np.log(np.maximum(fill, LEAST_FILL))
    total: Array = np.zeros(fill.shape[-1])
    for share, log in zip(weight, log_fill, strict=True):
        total += share * np.exp(np.minimum(-power * log, LARGEST_EXPONENT))
    least = fill[0]
    for row in fill[1:]:
        least = np.minimum(least, row)
    output = np.exp(-np.log(total) / power)
    output = np.where((substitution <= 0.0) | (least <= LEAST_FILL), least, output)
    # A mean of fills lies between the smallest and 1; rounding may not leave that range.
    result: Array = np.clip(output, least, 1.0)
    return result


@dataclass(frozen=True)
class Use:
    """One use: the elements it takes.

    Attributes
    ----------
    column : int
        Position on the use axis.
    group, level : int
        Elasticity class, the first where it has two, and position among the rationing priorities.
    joint, separate : tuple of int
        Rows of the elements without which nothing is made, and of those that make products of their own.
    """

    column: int
    group: int
    level: int
    joint: tuple[int, ...]
    separate: tuple[int, ...]


class UseChain:
    """From consumption by element to output by end use.

    Parameters
    ----------
    inputs : Inputs
        The block.
    demand : Demand
        Reference demand, which sets the cost shares at baseline.
    """

    def __init__(self, inputs: Inputs, demand: Demand) -> None:
        uses = inputs.uses
        self.market, self.demand = inputs.market, demand
        self.levels = sorted(set(uses.priority))
        wants: Flags = np.logical_or.reduce(uses.share > 0.0, axis=-1)
        self.uses = [
            Use(
                column,
                demand.classes.rows[column][0],
                self.levels.index(uses.priority[column]),
                tuple(int(row) for row in np.flatnonzero(wants[:, column] & uses.joint[:, column])),
                tuple(int(row) for row in np.flatnonzero(wants[:, column] & ~uses.joint[:, column])),
            )
            for column in range(wants.shape[1])
        ]
        self.kinds = sorted({(use.group, use.level) for use in self.uses})
        # Of makers the class that answers no price, and the share that is saving, by their first class.
        rows, weights = demand.classes.rows, demand.classes.weights
        self.rigid = {rows[column][0]: rows[column][1] for column in uses.makers}
        self.saving = {rows[column][0]: weights[column][0] for column in uses.makers}
        self.parts, self.parts_month = self._parts(), demand.month
        self.weight = _weights(inputs, demand.base)
        self.joint_part, self.joint_weight = _joint_weight(self.uses, self.weight, inputs.draws)
        self.eats_all = np.isinf(self.market.joint_slack)
        self.appetite = 1.0 + np.where(self.eats_all, 0.0, self.market.joint_slack)
        self.output = np.ones((wants.shape[1], inputs.draws))
        self.binding: NDArray[np.int8] = np.full(self.output.shape, -1, dtype=np.int8)
        self.returned = np.zeros_like(demand.base)

    def step(self, answer: Cleared) -> Array | None:
        """Set ``output`` and ``binding`` of the month and return what goes back to stock.

        Parameters
        ----------
        answer : Cleared
            The month's market.

        Returns
        -------
        ndarray, shape (element, draw), or None
            Tonnes that were bought and not eaten, because the end use was stopped by another element
            [t/month]; None where there are none.
        """
        self.output.fill(1.0)
        self.binding.fill(-1)
        if answer.kept is None:
            return None
        ration = self.ration(answer)
        got, useful = self._fills(answer.kept, ration)
        self.returned.fill(0.0)
        for use in self.uses:
            if any(answer.tight_rows[row] for row in (*use.joint, *use.separate)):
                kind = use.group, use.level
                self._make(use, got[kind], self._needed(use, useful[kind]))
        return self.returned

    def output_of(self, use: Use, useful: Array) -> Array:
        """Output of one use that makes no product, relative to baseline, (draw,) [1].

        Parameters
        ----------
        use : Use
            One that makes no product.
        useful : ndarray, shape (element, draw)
            Output that what it gets of each element allows (`useful_of`) [1].
        """
        return self._made(use, self._needed(use, useful))[0]

    def split(self, answer: Cleared, got: Array, wanted: Array) -> None:
        """Write what each end use got and wanted at a price multiple of 1 [t/month], (element, use, draw)."""
        fills = None if answer.kept is None else self._fills(answer.kept, self.ration(answer))[0]
        for use in self.uses:
            for row in (*use.joint, *use.separate):
                wanted[row, use.column] = self.demand.of_use(row, use.column)
                fill = 1.0 if fills is None else fills[use.group, use.level][row]
                got[row, use.column] = wanted[row, use.column] * fill

    def _fills(self, kept: Array, ration: Array | None) -> tuple[Fills, Fills]:
        """Share of its need that each kind of use gets, and the output it allows, (element, draw).

        Part of what the price squeezes out is saved: less goes into a unit of output. What rationing
        withholds is missed in full. A kind is an elasticity class and a priority.
        """
        got: Fills = {}
        useful: Fills = {}
        whole: dict[int, Array] = {}
        for kind in self.kinds:
            group, level = kind
            bought = kept[group]
            if group in self.saving:
                # What makers do not buy is saved: they lack only what rationing keeps from them.
                bought = 1.0 - self.saving[group] * (1.0 - bought)
                useful[kind] = np.ones_like(bought) if ration is None else ration[level]
                got[kind] = bought * useful[kind]
                continue
            got[kind] = bought if ration is None else bought * ration[level]
            if group not in whole:
                whole[group] = self.useful_of(bought)
            useful[kind] = whole[group] if ration is None else whole[group] * ration[level]
        return got, useful

    def useful_of(self, bought: Array) -> Array:
        """Output that what is bought allows: a part of what the price squeezes out is saved per unit of output.

        Both are shares of the baseline, (element, draw) [1].
        """
        need = 1.0 - bought
        need *= -self.market.saved_share
        need += 1.0
        # Nobody needs less than he buys, to the last bit.
        np.maximum(need, bought, out=need)
        return np.divide(bought, need, out=np.zeros_like(need), where=need > 0.0)

    def _needed(self, use: Use, useful: Array) -> Array:
        """The same fills, with an element that a shock has taken out of the use's recipe never lacking."""
        if not self.demand.shocked:
            return useful
        fill = useful.copy()
        for row in (*use.joint, *use.separate):
            fill[row] = np.where(self.demand.of_use(row, use.column) > 0.0, fill[row], 1.0)
        return fill

    def _make(self, use: Use, got: Array, useful: Array) -> None:
        """Output of one end use, its binding element and what it gives back."""
        self.output[use.column], made, scarcest = self._made(use, useful)
        if made is not None and scarcest is not None:
            self.binding[use.column] = np.where(made < 1.0, scarcest, -1)
            if not self.eats_all.all():
                self._give_back(use, made, got, useful)

    def _made(self, use: Use, useful: Array) -> tuple[Array, Array | None, NDArray[np.int8] | None]:
        """Output of one end use, what its joint elements alone would let it make, and the scarcest of them."""
        # What is lacking is added up, not what is made: nothing lacking is then an output of exactly 1.
        output, weight = np.ones(useful.shape[-1]), self.weight[use.column]
        for row in use.separate:
            output -= weight[row] * (1.0 - useful[row])
        if not use.joint:
            return np.maximum(output, 0.0), None, None
        made = least = useful[use.joint[0]]
        scarcest = np.full(made.shape, use.joint[0], dtype=np.int8)
        for row in use.joint[1:]:
            np.copyto(scarcest, np.int8(row), where=useful[row] < least)
            least = np.minimum(least, useful[row])
        if len(use.joint) > 1:
            made = ces_output(
                useful[list(use.joint)], self.joint_weight[use.column], self.market.complement_substitution
            )
        output -= self.joint_part[use.column] * (1.0 - made)
        return np.maximum(output, 0.0), made, scarcest

    def _give_back(self, use: Use, made: Array, got: Array, useful: Array) -> None:
        """Tonnes bought beyond what the use can work up at its output."""
        room = np.where(self.eats_all, 1.0, made * self.appetite)
        for row in use.joint:
            # Per unit of output: the less the more of an element is saved.
            need = got[row] / np.maximum(useful[row], 1e-300)
            idle = np.maximum(got[row] - room * need, 0.0)
            idle *= self.demand.of_use(row, use.column)
            self.returned[row] += idle

    def ration(self, answer: Cleared) -> Array | None:
        """Share of what each priority still asks for that it gets, (level, element, draw); None for all.

        The first priority is served in full before the next gets anything.
        """
        if answer.choked is None or answer.kept is None:
            return None
        choked = np.zeros(self.demand.base.shape, dtype=bool)
        choked.ravel()[answer.choked] = True
        if self.parts_month != self.demand.month:
            self.parts, self.parts_month = self._parts(), self.demand.month
        wanted, left = self.demand.by_class * answer.kept, answer.served.copy()
        ration = np.ones((len(self.levels), *choked.shape))
        for level in range(len(self.levels)):
            asked = np.full_like(left, 1e-300)
            for group, at in self.kinds:
                if at == level:
                    asked += self.parts[group, at] * wanted[group]
                    if group in self.rigid:
                        asked += self.parts[group, at] * wanted[self.rigid[group]]
            served = np.minimum(asked, left)
            np.divide(served, asked, out=ration[level], where=choked)
            left -= served
        return ration

    def _parts(self) -> Fills:
        """Part of each kind of use in the demand of its class, (element, draw or 1)."""
        parts: Fills = {kind: np.zeros_like(self.demand.fraction[:, 0]) for kind in self.kinds}
        for use in self.uses:
            parts[use.group, use.level] += self.demand.fraction[:, use.column]
        return parts


def _weights(inputs: Inputs, base: Array) -> list[dict[int, Array]]:
    """Weight of each element in the output of each end use, by end use and element row.

    By function where the dataset gives it, else the element's share in the use's rare-earth bill at baseline.
    """
    weights: list[dict[int, Array]] = []
    for column in range(inputs.uses.share.shape[1]):
        given = None if inputs.uses.weight is None else inputs.uses.weight[:, column]
        rows = [row for row in range(len(base)) if inputs.uses.share[row, column].any()]
        if given is not None and not np.isnan(given[rows]).any():
            weights.append({row: np.full(inputs.draws, given[row]) for row in rows})
            continue
        bill: dict[int, Array] = {}
        total = np.zeros(inputs.draws)
        for row in rows:
            bill[row] = inputs.uses.share[row, column] * base[row] * inputs.uses.price_usd_per_kg[row]
            total += bill[row]
        weights.append({row: cost / np.maximum(total, 1e-300) for row, cost in bill.items()})
    return weights


def _joint_weight(
    uses: list[Use], weight: list[dict[int, Array]], draws: int
) -> tuple[dict[int, Array], dict[int, Array]]:
    """Part of an end use's output that its joint elements are, (draw,), and their shares in it, (element, draw)."""
    parts, shares = {}, {}
    for use in uses:
        part = np.zeros(draws)
        for row in use.joint:
            part += weight[use.column][row]
        parts[use.column] = part
        if use.joint:
            joint = np.stack([weight[use.column][row] for row in use.joint])
            shares[use.column] = joint / np.maximum(part, 1e-300)
    return parts, shares
