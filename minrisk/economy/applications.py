"""Who goes without: what a use lacks laid on its applications, efficiently or alike, in yen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from minrisk.axes import Array, Indices
from minrisk.economy.input_output import EconomyParameters, EconomyStructure


@dataclass(frozen=True)
class Shortfall:
    """What uses gave up for its price and what they could not have; money in JPY a month.

    Attributes
    ----------
    output, output_kept, output_to_clear : ndarray, shape (month, use, draw)
        Output of each use relative to baseline: as it was, had it got all it wanted at the price seen, and at the
        price that would clear without a ceiling [1]; of a use that makes a product, what the product's buyers get.
    surplus, surplus_to_clear : ndarray, shape (month, use, draw)
        Worth of the tonnes given up above the baseline price, at the price seen and at the price that would clear
        without a ceiling; infinite where none would.
    substitution : ndarray, shape (month, draw)
        Cost of slow substitution, of all uses.
    misallocation : ndarray, shape (draw,)
        Where a loss lies between both ends: 0 efficient, 1 alike [1].
    """

    output: Array
    output_kept: Array
    output_to_clear: Array
    surplus: Array
    surplus_to_clear: Array
    substitution: Array
    misallocation: Array


@dataclass(frozen=True)
class Laid:
    """A month's loss laid on applications and needs at both ends.

    Attributes
    ----------
    in_order : ndarray, shape (application, draw)
        Share of what each application earns that is lost where those that earn least go first [1].
    by_need : tuple of ndarray, shape (need, draw)
        Share of each need that is lost: in that order, the same loss spread evenly, and alike [1].
    """

    in_order: Array
    by_need: tuple[Array, Array, Array]


class Stakes:
    """What applications earn per unit of output of their use, in the order in which they go without.

    Parameters
    ----------
    structure : EconomyStructure
        Needs and their applications; one application per need where it names none, and then every unit of output of
        a use earns the same.
    parameters : EconomyParameters
        What each application earns and takes, by draw.

    Attributes
    ----------
    value : ndarray, shape (application, draw)
        Value added at stake [JPY/month].
    width : ndarray, shape (application, draw)
        Share of the use's output that the application takes [1]; 1 over each use.
    need, use : ndarray of int, shape (application,)
        The need and the use that each is part of.
    whole : ndarray, shape (use, draw)
        Value added at stake of each use [JPY/month].
    """

    def __init__(self, structure: EconomyStructure, parameters: EconomyParameters) -> None:
        self.structure, self.need = structure, structure.application_needs
        self.use = structure.use_of_need[self.need]
        self.uses = int(structure.use_of_need.max()) + 1
        earned = structure.value_added[list(structure.exposed)][structure.row_of_need]
        share = np.ones((len(self.need), 1)) if parameters.share_of_need is None else parameters.share_of_need
        self.value = earned[self.need][:, None] * parameters.dependence[self.need] * share
        self.of_use = [np.flatnonzero(self.use == use) for use in range(self.uses)]
        self.of_need = [np.flatnonzero(self.need == need) for need in range(len(structure.needs))]
        self.whole = self._by_use(self.value)
        self.by_need = _sums(self.value, self.of_need)
        given = parameters.output_share
        self.width = _over(self.value, self.whole[self.use]) if given is None else given
        self.before = self._before()

    def worth_in_order(self, lacking: Array) -> tuple[Array, Array]:
        """Value added lost where those that earn least per unit of output go without first.

        ``Lambda_u``: convex and piecewise linear in what is lacking, all that is at stake where nothing is left.

        Parameters
        ----------
        lacking : ndarray, shape (use, draw)
            Share of each use's output that is lacking [1].

        Returns
        -------
        worth : ndarray, shape (use, draw)
            [JPY/month]
        lost : ndarray, shape (application, draw)
            Share of each application that stops [1].
        """
        room = np.maximum(self.width, 1e-12)
        lost = np.clip((lacking[self.use] - self.before) / room, 0.0, 1.0)
        return self._by_use(self.value * lost), lost

    def lay(self, month: int, short: Shortfall) -> Laid:
        """Lay a month's loss on applications and needs.

        Efficient: ``E_u = min(S*_u, Lambda_u(1 - y*_u))``, nobody loses more than he would have paid. Alike:
        ``A_u = max(S_u + VA_u m_u, E_u)`` with m what could not be had; neither is more than all at stake.

        Parameters
        ----------
        month : int
            Month.
        short : Shortfall
            What uses lack.

        Returns
        -------
        Laid
        """
        uses = slice(0, self.uses)
        worth, lost = self.worth_in_order(1.0 - short.output_to_clear[month, uses])
        efficient = np.minimum(short.surplus_to_clear[month, uses], worth)
        missing = np.maximum(short.output_kept[month, uses] - short.output[month, uses], 0.0)
        alike = np.maximum(short.surplus[month, uses] + self.whole * missing, efficient)
        alike = np.minimum(alike, self.whole)
        in_order = lost * _over(efficient, worth)[self.use]
        ordered = _over(_sums(self.value * in_order, self.of_need), self.by_need)
        spread, same = _over(efficient, self.whole), _over(alike, self.whole)
        use_of_need = self.structure.use_of_need
        return Laid(in_order, (ordered, spread[use_of_need], same[use_of_need]))

    def _before(self) -> Array:
        """Share of the use's output that goes without before an application does, (application, draw)."""
        before = np.zeros_like(self.value)
        for rows in self.of_use:
            value, width = self.value[rows], np.broadcast_to(self.width, self.value.shape)[rows]
            order = np.argsort(value / np.maximum(width, 1e-300), axis=0, kind="stable")
            sorted_width = np.take_along_axis(width, order, axis=0)
            start = np.zeros_like(value)
            np.cumsum(sorted_width[:-1], axis=0, out=start[1:])
            placed = np.empty_like(start)
            np.put_along_axis(placed, order, start, axis=0)
            before[rows] = placed
        return before

    def _by_use(self, of_application: Array) -> Array:
        return _sums(of_application, self.of_use)


def _sums(values: Array, groups: list[Indices]) -> Array:
    """Sum over the rows of each group, in their order, (group, draw)."""
    total = np.zeros((len(groups), values.shape[-1]))
    for place, rows in enumerate(groups):
        for row in rows:
            total[place] += values[row]
    return total


def _over(part: Array, whole: Array) -> Array:
    """Part of the whole, 0 where there is no whole [1]."""
    whole = np.broadcast_to(whole, part.shape)
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0.0)
