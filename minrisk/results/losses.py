"""What a run costs in yen, in numbers: what is exceeded how often, beside published estimates, step by step."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd

from minrisk.axes import Array
from minrisk.data import Dataset, economy_closures, economy_parameters, economy_structure, full_stop, jpy_per_t
from minrisk.economy import Closure, EconomyStructure, Plan, closure_loss, differences, most_value_added
from minrisk.engine import UNIT
from minrisk.pipeline.block import simulate_block, value_added_lost
from minrisk.pipeline.run import Run
from minrisk.results.findings import most_affected
from minrisk.risk.spread import Spread, ranks, spread
from minrisk.scenario import Event, ExportBan, MineProject, Stockpile

#: Code of the loss of value added among the losses.
VALUE_ADDED = "value_added"
#: Elements shown.
_SHOWN = 5


@dataclass(frozen=True)
class Loss:
    """One loss over all draws.

    Attributes
    ----------
    code : str
        What is lost: an element's symbol, or `VALUE_ADDED`.
    values : ndarray, shape (draw,)
        Its size in every draw: unserved share [1], or value added [JPY].
    """

    code: str
    values: Array


def element_losses(run: Run) -> list[Loss]:
    """Unserved shares [1] of the elements hit hardest over the months measured; none where all is served."""
    return [
        Loss(run.elements[e], values)
        for e in most_affected(run, _SHOWN)
        if (values := run.metrics["unserved_share"][e]).any()
    ]


def yen_loss(run: Run) -> Loss | None:
    """Value added lost over the months measured [JPY]; none without industries or without a loss."""
    values = run.economy_metrics.get("loss_jpy")
    return None if values is None or not values.any() else Loss(VALUE_ADDED, values)


@dataclass(frozen=True)
class WorstYear:
    """Loss of the costliest 12 consecutive months, by which scenarios of any window compare.

    Attributes
    ----------
    share : Spread
        Share of a year's gross domestic product [1].
    yen : Spread
        The same in money [JPY].
    efficient, alike : float
        Mean share where applications that earn least go without first, and where all lack the same share [1].
    draws : ndarray, shape (draw,)
        Share in every draw [1].
    """

    share: Spread
    yen: Spread
    efficient: float
    alike: float
    draws: Array


def worst_year(run: Run) -> WorstYear | None:
    """Loss of a run's worst year; None for a dataset without industries."""
    found = run.economy_metrics
    if not found:
        return None
    share = found["worst_year_gdp_share"]
    efficient, alike = (spread(found[f"worst_year_gdp_share_{end}"]).mean for end in ("efficient", "alike"))
    return WorstYear(spread(share), spread(found["worst_year_loss_jpy"]), efficient, alike, share)


#: Columns of the losses by application.
_BY_APPLICATION = (
    "application",
    "use",
    "industry",
    "binding",
    "output_lost_months",
    "constrained_probability",
    "months_to_loss",
    "loss_jpy_mean",
    "loss_jpy_p05",
    "loss_jpy_p50",
    "loss_jpy_p95",
    "value_jpy_per_kg",
)


def application_losses(run: Run) -> pd.DataFrame:
    """What each application loses, the costliest first.

    Parameters
    ----------
    run : Run
        A finished run of a dataset with industries.

    Returns
    -------
    DataFrame
        Columns application (the end use's name where the dataset names none), use, industry; ``binding``: the
        element that its use lacks most in most draws, or the product that it buys; ``output_lost_months``, mean
        [month]; ``constrained_probability``, share of draws with a month in which more than a twentieth is lost;
        ``months_to_loss``, the middle one until then [month]; the loss over the months measured after the stocks of
        its industry, before the largest of several groups counts and before suppliers [JPY]; and
        ``value_jpy_per_kg``, value added at stake over the rare earths that go into it [JPY/kg REO].
    """
    dataset, found = run.dataset, run.application_metrics
    structure = economy_structure(dataset)
    kilograms = full_stop(dataset, 1).need.sum(axis=0) * 1000.0 / 12.0
    rows = []
    for place, need in enumerate(structure.application_needs):
        row, use = structure.needs[need]
        loss, wait = spread(found["loss_jpy"][place]), found["months_to_loss"][place]
        worth, share = found["value_jpy"][place].mean(), found["output_share"][place].mean()
        kilogram = kilograms[use] * share
        rows.append(
            (
                structure.applications[place] if structure.applications else dataset.labels.uses[use],
                dataset.labels.uses[use],
                structure.exposed_names[row],
                _binding_of_use(run, use),
                float(found["output_lost_months"][place].mean()),
                float(np.isfinite(wait).mean()),
                spread(wait).p50,
                loss.mean,
                loss.p05,
                loss.p50,
                loss.p95,
                worth / kilogram if kilogram > 0.0 else np.nan,
            )
        )
    table = pd.DataFrame(rows, columns=list(_BY_APPLICATION))
    return table.sort_values("loss_jpy_mean", ascending=False, kind="stable").reset_index(drop=True)


def _binding_of_use(run: Run, use: int) -> str:
    """The product that a use makes, else the element that it lacks most in most draws; empty for none."""
    dataset = run.dataset
    products = dataset.labels.products
    if products is not None and dataset.labels.uses[use] in products.makers:
        return products.names[products.makers.index(dataset.labels.uses[use])]
    lacked = run.use_metrics["binding_element"][use]
    lacked = lacked[lacked >= 0].astype(int)
    if lacked.size:
        return run.elements[int(np.bincount(lacked).argmax())]
    weights = np.nan_to_num(dataset.use_weights[:, use], nan=1.0) * (dataset.use_shares[:, use] > 0.0)
    short = weights * run.metrics["unserved_share"].mean(axis=1)
    return run.elements[int(short.argmax())] if short.any() else ""


#: Name of our own closure.
OWN = "own"
#: Closure of an estimate whose shock is not a stop of the focus origin.
OTHER_SHOCK = "other"

#: What was read of an estimate where its assumptions are our reading, and no figure of ours is called theirs.
GLIMPSED = ("abstract", "summary")

#: Figures that are drawn only where something is lost.
LOSS_FIGURES = ("loss_over_time", "loss_waterfall", "loss_comparison")

_UNIT = "% of GDP"


def published_losses(dataset: Dataset) -> pd.DataFrame:
    """Published estimates for the importer, in shares of annual GDP.

    Parameters
    ----------
    dataset : Dataset
        With a table of losses; no rows without.

    Returns
    -------
    DataFrame
        Columns author, scenario, months, low, high [1], closure and read, what of the estimate was read; months is
        NaN where none is named.
    """
    columns = ["author", "scenario", "months", "low", "high", "closure", "read"]
    if "losses" not in dataset.tables:
        return pd.DataFrame(columns=columns)
    frame = dataset.table("losses")
    frame = frame[(frame["country"] == dataset.settings["importer"]) & (frame["unit"] == _UNIT)]
    closure = frame.get("closure", OTHER_SHOCK)
    read = frame.get("read", "report")
    shares = frame.assign(low=frame["low"] / 100, high=frame["high"] / 100, closure=closure, read=read)
    return shares[columns].reset_index(drop=True)


def loss_comparison_table(dataset: Dataset, run: Run | None = None, stopped: int | None = 12) -> pd.DataFrame:
    """Every published estimate, our figure under its assumptions, our own, and what makes the difference.

    Parameters
    ----------
    dataset : Dataset
        With industries; without closures nobody's figure is redone.
    run : Run, optional
        A run of the stop; its costliest twelve consecutive months are our own figure with the market's answer.
    stopped : int, optional
        Length of the stop that the run is [months]; its figure stands beside published ones of that length. None
        where it is another shock.

    Returns
    -------
    DataFrame
        Columns ``author``, ``scenario``, ``months``, ``published_low``, ``published_high``; ``read``, what of the
        estimate was read; ``their_assumptions``, NaN where we have no closure for it; ``own_without_market``, our
        closure with stocks and needs but no answer of prices, routes or substitutes; ``own_mean``, ``own_p05``,
        ``own_p95``, and the mean at both ends of how what is missing is shared out, ``own_efficient`` and
        ``own_alike``, NaN without a run or for stops of another length [1, share of a year's gross domestic
        product]; ``difference``, the assumption that alone moves our closure most, empty where there is none,
        and ``difference_share``, by how much [1]. Our own are NaN where the shock is another.
    """
    closures = {closure.name: closure for closure in economy_closures(dataset)}
    own = closures.get(OWN)
    ends = ("", "_efficient", "_alike")
    drawn = [np.array([]) if run is None else run.economy_metrics[f"worst_year_gdp_share{end}"] for end in ends]
    rows = []
    for row in published_losses(dataset).to_dict("records"):
        same = row["closure"] != OTHER_SHOCK
        months = 12 if np.isnan(row["months"]) else int(row["months"])
        redone = closures.get(row["closure"], own)
        found = None if own is None or redone is None or redone is own else _under(dataset, redone, own, months)
        ours, efficient, alike = (spread(values if same and months == stopped else []) for values in drawn)
        rows.append(
            {
                "author": row["author"],
                "scenario": row["scenario"],
                "months": row["months"],
                "published_low": row["low"],
                "published_high": row["high"],
                "read": row["read"],
                "their_assumptions": np.nan if found is None else found[0],
                "own_without_market": _loss(dataset, own, months) if same and own is not None else np.nan,
                "own_mean": ours.mean,
                "own_p05": ours.p05,
                "own_p95": ours.p95,
                "own_efficient": efficient.mean,
                "own_alike": alike.mean,
                "difference": "" if found is None else found[1],
                "difference_share": np.nan if found is None else found[2],
            }
        )
    return pd.DataFrame(rows)


def elasticity_table(
    dataset: Dataset, elasticities: tuple[float, ...] = (0.05, 0.1, 0.2, 0.3, 0.5)
) -> pd.DataFrame:
    """Loss of a year under the closure with substitution, at several elasticities: how much hangs on one number.

    Parameters
    ----------
    dataset : Dataset
        With industries and closures.
    elasticities : tuple of float
        Elasticities of substitution [1].

    Returns
    -------
    DataFrame
        Columns closure, elasticity, gdp_share [1]; one block of rows for each closure that substitutes.
    """
    rows = [
        (closure.name, elasticity, _loss(dataset, replace(closure, substitution=elasticity), 12))
        for closure in economy_closures(dataset)
        if closure.substitution > 0.0
        for elasticity in elasticities
    ]
    return pd.DataFrame(rows, columns=["closure", "elasticity", "gdp_share"])


@lru_cache(maxsize=64)
def _loss(dataset: Dataset, closure: Closure, months: int) -> float:
    structure, parameters = economy_structure(dataset), economy_parameters(dataset)
    return closure_loss(closure, full_stop(dataset, months), structure, parameters).gdp_share


@lru_cache(maxsize=64)
def _under(dataset: Dataset, closure: Closure, own: Closure, months: int) -> tuple[float, str, float]:
    """Loss under an estimate's assumptions, the one that moves our closure most, and by how much [GDP]."""
    changed = differences(
        closure, own, full_stop(dataset, months), economy_structure(dataset), economy_parameters(dataset)
    )
    name, change = next(iter(changed.items()))
    return _loss(dataset, closure, months), name, change


def loses(run: Run) -> bool:
    """Whether any draw loses value added, or pays more for what it buys."""
    metrics = run.economy_metrics
    return any(bool(metrics[name].any()) for name in ("loss_jpy", "extra_import_bill_jpy") if metrics)


def full_stop_months(run: Run) -> int | None:
    """Length of the stop where the scenario is the shock of the published figures, else nothing.

    That is, where one ban takes every element from the focus origin for a time, and nothing else happens but that a
    national stock answers and the projects under way outside the origin deliver: no new supply beside them, no
    shared stock, no other restriction.
    """
    events = [event for event in run.scenario.events if not _is_under_way(event)]
    bans = [event for event in events if isinstance(event, ExportBan)]
    stocks = [event for event in events if isinstance(event, Stockpile)]
    if len(bans) != 1 or len(stocks) > 1 or len(bans) + len(stocks) != len(events):
        return None
    ban = bans[0]
    everything = ban.origin == run.dataset.focus_origin and ban.elements == "all" and ban.severity.mean() == 1.0
    if not everything or ban.duration_months is None or not math.isfinite(ban.duration_months.mean()):
        return None
    return round(ban.duration_months.mean())


def _is_under_way(event: Event) -> bool:
    """Whether an event is a project of the dataset, and so part of the world that a shock meets."""
    return isinstance(event, MineProject) and event.packaged is not None


def waterfall_amounts(run: Run) -> dict[str, float]:
    """Means over draws of what is lost after each step from tonnes to yen, over the months measured [JPY].

    The last step is the whole loss, the cost of slow substitution with it.
    """
    tonnes = run.metrics["unserved_t"].mean(axis=1)
    amounts = {"material": float(jpy_per_t(run.dataset) @ tonnes)}
    series = run.industry_series
    counted = series[(series["industry"] == "all") & (series["month"] >= run.counted[0])]
    for variable, mean in counted.groupby("variable", sort=False)["mean"].sum().items():
        name = str(variable)
        if name.startswith("loss_"):
            amounts[name.removeprefix("loss_").removesuffix("_jpy")] = float(mean)
    substitution = float(run.economy_metrics["substitution_cost_jpy"].mean())
    return amounts | {"with_substitution": amounts["with_suppliers"] + substitution}


def programme_table(run: Run, levels: Sequence[float] = (0.5, 0.9, 0.95)) -> pd.DataFrame:
    """Solve the programme, month by month, for the draws at quantiles of the loss, beside that loss.

    Parameters
    ----------
    run : Run
        A finished run of a dataset with industries.
    levels : sequence of float
        Quantiles of the loss over the months measured.

    Returns
    -------
    DataFrame
        A row per level: ``draw``; ``first_round_jpy``, ``programme_jpy`` and ``loss_jpy``, the bound on the
        programme and the cost of slow substitution, over the months measured [JPY]; and ``binding``: the
        industries whose limit costs most by its dual, those of most months first.

    Raises
    ------
    ValueError
        If the run's dataset has no industries.
    """
    if not run.economy_metrics:
        raise ValueError(f"dataset {run.dataset.name} has no industries")
    order = np.argsort(run.economy_metrics["loss_jpy"], kind="stable")
    draws = [int(order[place]) for place in ranks(run.draws, levels)]
    # Draws of one unit are computed again together.
    again = {unit: _again(run, unit) for unit in {draw // UNIT for draw in draws}}
    rows = []
    for level, draw in zip(levels, draws, strict=True):
        plans, first_round = _plans(again[draw // UNIT], economy_structure(run.dataset), draw % UNIT)
        rows.append(
            {
                "level": level,
                "draw": draw,
                "first_round_jpy": first_round,
                "programme_jpy": sum(plan.loss for plan in plans),
                "loss_jpy": float(run.economy_metrics["loss_jpy"][draw]),
                "binding": ", ".join(_binding(plans)),
            }
        )
    return pd.DataFrame(rows)


def _again(run: Run, unit: int) -> tuple[Array, Array]:
    """Cuts of industries and the first round, (month measured, ..., draw), of one unit of draws."""
    block = simulate_block(run.scenario, run.dataset, run.seed, unit * UNIT, UNIT)
    losses = value_added_lost(block)
    return losses.reduction[block.counted], losses.first_round[block.counted]


def _plans(again: tuple[Array, Array], structure: EconomyStructure, draw: int) -> tuple[list[Plan], float]:
    """Optimum of every month measured in one draw of a unit, and its first round [JPY]."""
    reduction, first_round = again[0][..., draw], again[1][:, draw]
    plans = [most_value_added(month, structure) for month in reduction if month.any()]
    return plans, float(first_round.sum())


def _binding(plans: Sequence[Plan]) -> list[str]:
    """Costliest bottlenecks, the one of most months first; at most three."""
    count: dict[str, int] = {}
    for plan in plans:
        for name in plan.binding[:1]:
            count[name] = count.get(name, 0) + 1
    return sorted(count, key=lambda name: -count[name])[:3]
