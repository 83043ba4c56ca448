"""From the output of uses to value added lost, month by month, after parts and finished goods."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from minrisk.axes import Array
from minrisk.economy.bound import network_bound
from minrisk.economy.structure import EconomyParameters, EconomyStructure

#: A shortfall below this share is rounding, not scarcity [1].
ROUNDING = 1e-9

#: Steps between a use and a loss, in order; each is a series of `Losses.steps`.
STEPS = ("needed", "with_imported_parts", "after_parts_stock", "after_finished_goods", "with_suppliers")


@dataclass(frozen=True)
class Losses:
    """Value added lost; positive is a loss, money in JPY a month.

    Attributes
    ----------
    industry : ndarray, shape (month, exposed industry, draw)
        First-round loss of each exposed industry after its stocks [JPY/month].
    reduction : ndarray, shape (month, exposed industry, draw)
        The same as a share of the industry's output [1].
    steps : dict of str to ndarray, shape (month, draw)
        Loss of all industries together after each of `STEPS` [JPY/month]: what needs the uses, with the
        parts bought from the focus origin, after stocks of parts, after finished goods (the first round),
        and with suppliers that cut back (`network_bound`).
    at_risk : ndarray, shape (draw,)
        Value added that would stop if every use were absent, before any stock [JPY/month].
    gdp : float
        Value added of all industries [JPY/month].
    """

    industry: Array
    reduction: Array
    steps: dict[str, Array]
    at_risk: Array
    gdp: float

    @property
    def first_round(self) -> Array:
        """Loss of the exposed industries, (month, draw) [JPY/month]."""
        return self.steps["after_finished_goods"]

    @property
    def total(self) -> Array:
        """Loss with suppliers that cut back, (month, draw) [JPY/month]: no less than the programme's."""
        return self.steps["with_suppliers"]

    @property
    def gdp_share(self) -> Array:
        """Total loss as a share of a calm month's gross domestic product, (month, draw) [1]."""
        return self.total / self.gdp


def output_loss(
    output: Array,
    structure: EconomyStructure,
    parameters: EconomyParameters,
    parts_withheld: Array | None = None,
) -> Losses:
    """Value added lost when uses fall short.

    Each month an industry loses ``VA max_u a_u s_u``, the maximum over uses and never their sum, where
    ``s_u`` is the shortfall of parts after the industry's stock of them and after its finished goods that
    hold such parts: a stock of other goods stands in for none. Both are rebuilt once nothing is short.
    Substitution is in the output of uses already.

    Parameters
    ----------
    output : ndarray, shape (month, use, draw)
        Output of each use relative to calm, 0 to 1.
    structure : EconomyStructure
        Value added and needs.
    parameters : EconomyParameters
        By draw, as many as `output` has.
    parts_withheld : ndarray, shape (month, draw or 1), optional
        Share of the focus origin's finished parts that does not come [1]; none by default.

    Returns
    -------
    Losses
        Of as many draws; a draw's figures do not depend on the others.

    Raises
    ------
    ValueError
        If the numbers of draws differ.
    """
    months, _, draws = output.shape
    if parameters.dependence.shape[-1] != draws:
        raise ValueError(f"output has {draws} draws, the parameters have {parameters.dependence.shape[-1]}")
    rows = len(structure.exposed)
    value = structure.value_added[list(structure.exposed)]
    withheld = np.zeros((months, 1)) if parts_withheld is None else parts_withheld
    home = 1.0 - parameters.import_share
    parts_capacity = parameters.parts_months[structure.row_of_need]
    finished_capacity = parameters.finished_months[structure.row_of_need]
    parts, finished = parts_capacity.copy(), finished_capacity.copy()
    steps = {name: np.zeros((months, draws)) for name in STEPS}
    reduction = np.zeros((months, rows, draws))
    for month in range(months):
        missing = 1.0 - output[month][structure.use_of_need]
        missing[missing < ROUNDING] = 0.0
        short = missing * home + parameters.import_share * withheld[month]
        lacking, parts = _draw(short, parts, parts_capacity, parameters.refill_months)
        undelivered, finished = _draw(lacking, finished, finished_capacity, parameters.refill_months)
        if not short.any():
            continue
        stopped = _scarcest(parameters.dependence * lacking, structure, rows)
        lost = _scarcest(parameters.dependence * undelivered, structure, rows)
        reduction[month] = lost
        before = _scarcest(parameters.dependence * missing, structure, rows)
        with_imports = _scarcest(parameters.dependence * short, structure, rows)
        for name, share in zip(STEPS, (before, with_imports, stopped, lost), strict=False):
            steps[name][month] = _weighted(value, share)
    steps["with_suppliers"] = network_bound(reduction, structure)
    at_risk = _weighted(value, _scarcest(parameters.dependence, structure, rows))
    return Losses(value[:, None] * reduction, reduction, steps, at_risk, structure.gdp)


def _draw(short: Array, stock: Array, capacity: Array, refill_months: Array) -> tuple[Array, Array]:
    """Cover a shortfall from a stock, or rebuild the stock if nothing is short: what lacks, the new stock.

    Rebuilding waits for the month in which nothing is short: material that is short goes into use first.
    """
    covered = np.minimum(short, stock)
    refill = np.where(short > 0.0, 0.0, np.minimum(capacity - stock, capacity / refill_months))
    return short - covered, stock - covered + refill


def _scarcest(shares: Array, structure: EconomyStructure, rows: int) -> Array:
    """Largest entry over the needs of each exposed industry, (exposed industry, draw)."""
    largest = np.zeros((rows, shares.shape[-1]))
    for need, (row, _) in enumerate(structure.needs):
        np.maximum(largest[row], shares[need], out=largest[row])
    return largest


def _weighted(value: Array, share: Array) -> Array:
    """Sum over industries in their order, (draw,)."""
    total = np.zeros(share.shape[-1])
    for worth, row in zip(value, share, strict=True):
        total += worth * row
    return total
