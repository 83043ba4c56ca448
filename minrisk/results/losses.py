"""The linear programme for single draws of a run: those at chosen quantiles of the loss."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from minrisk.axes import Array
from minrisk.data.economy import economy_structure
from minrisk.economy import Plan
from minrisk.economy.linear_programme import most_value_added
from minrisk.engine.result import UNIT
from minrisk.pipeline.block import simulate_block
from minrisk.pipeline.economy import block_losses
from minrisk.pipeline.run import Run


def programme_table(run: Run, levels: Sequence[float] = (0.5, 0.9, 0.95)) -> pd.DataFrame:
    """Solve the programme, month by month, for the draws at quantiles of the loss, beside the bound.

    Parameters
    ----------
    run : Run
        A finished run of a dataset with industries.
    levels : sequence of float
        Quantiles of the loss over the months that count.

    Returns
    -------
    DataFrame
        A row per level: ``draw``, ``first_round_jpy``, ``programme_jpy`` and ``bound_jpy`` over the months
        that count [JPY], and ``binding``: the industries whose limit costs most by its dual, those of most
        months first.

    Raises
    ------
    ValueError
        If the run's dataset has no industries.
    """
    if not run.economy_metrics:
        raise ValueError(f"dataset {run.dataset.name} has no industries")
    order = np.argsort(run.economy_metrics["loss_jpy"], kind="stable")
    rows = []
    for level in levels:
        draw = int(order[min(int(level * run.draws), run.draws - 1)])
        plans, first_round = _plans(run, draw)
        rows.append(
            {
                "level": level,
                "draw": draw,
                "first_round_jpy": first_round,
                "programme_jpy": sum(plan.loss for plan in plans),
                "bound_jpy": float(run.economy_metrics["loss_jpy"][draw]),
                "binding": ", ".join(_binding(plans)),
            }
        )
    return pd.DataFrame(rows)


def _plans(run: Run, draw: int) -> tuple[list[Plan], float]:
    """Optimum of every month that counts in one draw, which is computed again, and its first round [JPY]."""
    structure = economy_structure(run.dataset)
    block = simulate_block(run.scenario, run.dataset, run.seed, draw // UNIT * UNIT, UNIT)
    losses = block_losses(run.dataset, block.draws, block.built.inputs, block.result)
    reduction: Array = losses.reduction[block.counted, :, draw % UNIT]
    plans = [most_value_added(month, structure) for month in reduction if month.any()]
    return plans, float(losses.first_round[block.counted, draw % UNIT].sum())


def _binding(plans: Sequence[Plan]) -> list[str]:
    """Dearest bottlenecks, the one of most months first; at most three."""
    count: dict[str, int] = {}
    for plan in plans:
        for name in plan.binding[:1]:
            count[name] = count.get(name, 0) + 1
    return sorted(count, key=lambda name: -count[name])[:3]
