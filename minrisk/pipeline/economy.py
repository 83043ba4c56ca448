"""What a block of draws costs in yen: losses by industry, dearer imports, and what is kept of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from minrisk.axes import Array
from minrisk.data.dataset import Dataset
from minrisk.data.economy import economy_parameters, economy_structure
from minrisk.data.money import jpy_per_t
from minrisk.economy import STEPS, Losses, consumer_surplus_loss, extra_import_bill, output_loss
from minrisk.engine.inputs import Inputs
from minrisk.engine.result import Result
from minrisk.pipeline.metrics import INDUSTRY_METRICS, LOSS_METRICS, LossOutcome, values_by_draw
from minrisk.scenario.sample import Draws
from minrisk.scenario.schema import Scenario

#: Row of the series table that stands for all industries together.
ALL_INDUSTRIES = "all"

#: Series of all industries together, in the order of `EconomyBlock.series`; all [JPY/month].
SERIES = (*(f"loss_{name}_jpy" for name in STEPS), "extra_import_bill_jpy", "consumer_surplus_loss_jpy")


@dataclass(frozen=True)
class EconomyBlock:
    """Losses of one block of draws.

    Attributes
    ----------
    metrics : dict of str to ndarray, shape (draw,)
        `LOSS_METRICS` over the months that count.
    industry_metrics : dict of str to ndarray, shape (exposed industry, draw)
        `INDUSTRY_METRICS` over the months that count.
    industry : ndarray, shape (month, exposed industry, draw)
        First-round loss [JPY/month].
    series : ndarray, shape (month, series, draw)
        `SERIES` of all industries together [JPY/month].
    """

    metrics: dict[str, Array]
    industry_metrics: dict[str, Array]
    industry: Array
    series: Array


def economy_block(
    scenario: Scenario, dataset: Dataset, draws: Draws, inputs: Inputs, result: Result
) -> EconomyBlock:
    """Losses of a block whose physical outcome is known.

    Parameters
    ----------
    scenario : Scenario
    dataset : Dataset
        With industries.
    draws : Draws
        The block's.
    inputs : Inputs
        What the engine read.
    result : Result
        What it found.

    Returns
    -------
    EconomyBlock
    """
    losses = block_losses(dataset, draws, inputs, result)
    bill = extra_import_bill(
        result.average_price_index,
        result.offered - result.declined,
        jpy_per_t(dataset),
    )
    surplus = _surplus(dataset, inputs, result)
    series = np.stack([*(losses.steps[name] for name in STEPS), bill, surplus], axis=1)
    outcome = LossOutcome(losses, bill, surplus, scenario.first)
    return EconomyBlock(
        metrics=values_by_draw(LOSS_METRICS, outcome),
        industry_metrics=values_by_draw(INDUSTRY_METRICS, outcome),
        industry=losses.industry,
        series=series,
    )


def block_losses(dataset: Dataset, draws: Draws, inputs: Inputs, result: Result) -> Losses:
    """Value added lost by a block, from the output of its uses and the finished parts that do not come.

    Parameters
    ----------
    dataset : Dataset
        With industries.
    draws : Draws
        The block's.
    inputs : Inputs
        What the engine read.
    result : Result
        What it found.

    Returns
    -------
    Losses
    """
    parameters = economy_parameters(dataset, draws.uniforms, draws.n)
    withheld = parts_withheld(dataset, draws.of("market")["finished_parts_withheld"], inputs)
    return output_loss(result.output, economy_structure(dataset), parameters, withheld)


def parts_withheld(dataset: Dataset, share: Array, inputs: Inputs) -> Array:
    """Share of the focus origin's finished parts that does not come, (month, draw) [1].

    `share` of what its restrictions take from the elements that those parts are made of, the most restricted
    one counting; nothing without a restriction.
    """
    labels = dataset.labels
    parts = dataset.tables["part_imports"]["use"] if "part_imports" in dataset.tables else ()
    uses = [labels.uses.index(use) for use in dict.fromkeys(parts)]
    holds = (dataset.use_shares[:, uses] > 0.0).any(axis=1)
    from_focus = np.array([route.origin == dataset.focus_origin for route in labels.routes])
    most = np.zeros((inputs.months, share.size))
    for group in inputs.groups:
        if group.mask[np.ix_(holds, from_focus)].any():
            np.maximum(most, 1.0 - group.availability * group.approval_share, out=most)
    return share * most


def _surplus(dataset: Dataset, inputs: Inputs, result: Result) -> Array:
    """Loss of consumer surplus, (month, draw) [JPY/month]: each class of uses by its own elasticity."""
    total = np.zeros((result.demand.shape[0], result.demand.shape[2]))
    for element, price in enumerate(jpy_per_t(dataset)):
        month, draw = np.nonzero(result.price_index[:, element] > 1.0)
        premium, demand = result.price_index[month, element, draw], result.demand[month, element, draw]
        for place, elasticity in enumerate(inputs.market.elasticity):
            share = np.zeros(total.shape[1])
            for use, name in enumerate(inputs.uses.elasticity_class):
                if name == place:
                    share += inputs.uses.share[element, use]
            if not share.any():
                continue
            lost = consumer_surplus_loss(premium, elasticity[draw])
            total[month, draw] += float(price) * share[draw] * demand * lost
    return total
