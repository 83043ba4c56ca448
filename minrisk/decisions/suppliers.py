"""The dataset's own suppliers: what each delivers in a scenario's draws, and what each can make."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from minrisk.axes import Array, Labels
from minrisk.data import Dataset, central_mix, demand_t_per_year, load_dataset, price, usd_per_t
from minrisk.decisions.compare import paired_difference, paired_runs
from minrisk.decisions.metric import Metric, check_metrics
from minrisk.decisions.stress import StressTest, stress_test
from minrisk.defaults import (
    EU_SHARE_LIMIT,
    LOSS_MONTHS,
    LOSS_STOCK_MONTHS,
    PREMIUM_ELSEWHERE,
    SOURCING_DRAWS,
    SPARE_OUTPUT,
    STRESS_DRAWS,
)
from minrisk.engine import Inputs
from minrisk.pipeline.block import build_inputs
from minrisk.risk.spread import spread
from minrisk.scenario import Scenario, sample

#: Elements in the product that contracts call NdPr, with their shares in didymium.
NDPR = {"Nd": 0.78, "Pr": 0.22}

#: Projects that count as capacity: those that run or are being built.
_SURE = ("operating", "starting", "building")

#: Name of the part of demand that no supplier can take on.
NOBODY = "nobody"


@dataclass(frozen=True)
class Suppliers:
    """Suppliers of one element, one an origin, ready for `sourcing_mix`.

    Attributes
    ----------
    element : str
    origins : tuple of str
    cost : ndarray, shape (supplier,)
        Price relative to the reference price [1].
    capacity : ndarray, shape (supplier,)
        Largest share of demand [1]: today's tonnes with spare capacity, and projects for Japan.
    minimum : ndarray, shape (supplier,)
        Share that firm contracts bind Japan to take [1].
    delivered : ndarray, shape (draw, supplier)
        Share of a contract that arrives over the months measured [1].
    today : ndarray, shape (supplier,)
        Shares of the central mix [1].
    cut : tuple of (str, float, float)
        Firm contracts cut to fit the limits: origin, share of demand asked for, and what it can deliver [1].
    uncovered : float
        Share of demand that finds no supplier inside the limits [1].
    """

    element: str
    origins: tuple[str, ...]
    cost: Array
    capacity: Array
    minimum: Array
    delivered: Array
    today: Array
    cut: tuple[tuple[str, float, float], ...] = ()
    uncovered: float = 0.0


def suppliers_of(
    scenario: Scenario,
    element: str,
    draws: int = SOURCING_DRAWS,
    seed: int | None = None,
    premium: float = PREMIUM_ELSEWHERE,
    spare: float = SPARE_OUTPUT,
    max_share: float | None = EU_SHARE_LIMIT,
) -> Suppliers:
    """Collect what the dataset and a scenario's draws say about the suppliers of one element.

    Parameters
    ----------
    scenario : Scenario
    element : str
        Symbol.
    draws, seed
        As `minrisk.run`.
    premium : float
        Price above the reference outside the focus origin [1]; a contract's floor price takes its place.
        No source by element; grade C.
    spare : float
        Output that a route can add to today's, as a share of it [1]; grade C.
    max_share : float, optional
        Firm contracts above it are cut to it.

    Returns
    -------
    Suppliers
    """
    dataset = load_dataset(scenario.dataset)
    labels, place = dataset.labels, dataset.labels.elements.index(element)
    inputs = build_inputs(scenario, sample(scenario, draws, seed=seed, dataset=dataset), dataset)
    arriving = delivered_shares(inputs, labels, scenario.first)[place]
    tonnes, added = central_mix(dataset).tonnes[place, :, 0] * 12.0, _projects(dataset, element)
    demand = demand_t_per_year(dataset)[place]
    used = [route.origin for route, t, a in zip(labels.routes, tonnes, added, strict=True) if t + a > 0.0]
    origins = tuple(dict.fromkeys(used))
    rows = [[i for i, route in enumerate(labels.routes) if route.origin == o] for o in origins]
    focus = np.array([o == dataset.focus_origin for o in origins])
    room = np.array([(tonnes[i] * (1.0 + spare) + added[i]).sum() for i in rows]) / demand
    weight = [tonnes[i] if tonnes[i].sum() > 0.0 else np.ones(len(i)) for i in rows]
    plain = Suppliers(
        element=element,
        origins=origins,
        cost=np.where(focus, 1.0, 1.0 + premium),
        capacity=np.where(focus, 1.0, np.minimum(room, 1.0)),
        minimum=np.zeros(len(origins)),
        delivered=np.stack([w @ arriving[i] / w.sum() for w, i in zip(weight, rows, strict=True)], axis=1),
        today=np.array([tonnes[i].sum() for i in rows]) / demand,
    )
    routes = [[labels.routes[i].name for i in found] for found in rows]
    limit = 1.0 if max_share is None else max_share
    bound = _with_contracts(plain, dataset, routes, demand, price(dataset)[place], limit)
    return _with_nobody(bound, limit)


def _with_contracts(
    plain: Suppliers, dataset: Dataset, routes: list[list[str]], demand: float, price: float, limit: float
) -> Suppliers:
    """Floor prices raise the cost, firm contracts set the minimum; what no limit allows is cut and said."""
    cost, minimum, cuts = plain.cost.copy(), plain.minimum.copy(), []
    for k, names in enumerate(routes):
        floor, firm = _contract(dataset, plain.element, names)
        cost[k] = max(floor / price, 1.0) if floor else cost[k]
        room, minimum[k] = min(plain.capacity[k], limit), firm / demand
        if minimum[k] > room:
            cuts.append((plain.origins[k], float(minimum[k]), float(room)))
            minimum[k] = room
    return replace(plain, cost=cost, minimum=minimum, cut=tuple(cuts))


def _with_nobody(found: Suppliers, limit: float) -> Suppliers:
    """Where all limits together leave demand open, that part is nobody's and never arrives."""
    open_share = 1.0 - float(np.minimum(found.capacity, limit).sum())
    if open_share <= 0.0:
        return found
    nothing = np.zeros((found.delivered.shape[0], 1))
    return replace(
        found,
        origins=(*found.origins, NOBODY),
        cost=np.append(found.cost, 0.0),
        capacity=np.append(found.capacity, min(open_share, limit)),
        minimum=np.append(found.minimum, 0.0),
        today=np.append(found.today, 0.0),
        delivered=np.concatenate([found.delivered, nothing], axis=1),
        uncovered=open_share,
    )


def delivered_shares(inputs: Inputs, labels: Labels, first: int) -> Array:
    """Share of each contract that is shipped over the months measured.

    Parameters
    ----------
    inputs : Inputs
        What the engine would read.
    labels : Labels
    first : int
        First month measured.

    Returns
    -------
    ndarray, shape (element, route, draw)
        Mean over months of availability and approvals; on routes that carry the focus origin's material, the
        share of feed that everybody lacks of the element is gone too [1].
    """
    shares, others = np.ones_like(inputs.contracted), np.ones_like(inputs.contracted)
    for group in inputs.groups:
        shares[group.mask] = (group.availability * group.granted)[first:].mean(axis=0)
        others[group.mask] = (group.availability_elsewhere * group.granted)[first:].mean(axis=0)
    focus = np.array([route.origin == inputs.focus_origin for route in labels.routes])
    feed = np.where(focus[None, :, None], 0.0, inputs.feed)
    own = inputs.contracted * focus[None, :, None]
    total = own.sum(axis=1)
    left = np.divide((own * others).sum(axis=1), total, out=np.ones_like(total), where=total > 0.0)
    through: Array = shares * (1.0 - feed * (1.0 - left)[:, None, :])
    return through


def judge_frontier(
    scenario: Scenario,
    found: Sequence[tuple[Suppliers, Sequence[Array]]],
    metric: Metric,
    draws: int = SOURCING_DRAWS,
    seed: int | None = None,
    executor: Executor | None = None,
    progress: Callable[[int], None] | None = None,
) -> pd.DataFrame:
    """Run the model on today's mix and on each point of the frontiers: what the mixes do to any metric.

    A point is the mixes of all elements at one risk aversion, under contract from the first month on. What finds no
    supplier stays with the origin that brings most of it today.

    Parameters
    ----------
    scenario : Scenario
    found : sequence of tuple of Suppliers and sequence of ndarray, shape (supplier,)
        Suppliers of each element and their shares at each point of its frontier [1], all of as many points.
    metric : Metric
        A value of each draw, such as ``worst_year_loss_jpy``.
    draws, seed, executor, progress
        As `minrisk.run`, for each run.

    Returns
    -------
    DataFrame
        A row for all points of the same mixes: from_aversion and to_aversion [1]; base_p05, base_p95, other_p05 and
        other_p95, the range of the metric over draws with today's mix and with these; and the columns of
        `minrisk.decisions.compare.paired_difference`: with these mixes less with today's.

    Raises
    ------
    VaryError
        If no run has the metric in every draw.
    """
    check_metrics([metric], scenario, every_draw=True)
    count = len(found[0][1])
    events = [[_as_event(s, line[point]) for s, line in found] for point in range(count)]
    different = [event for point, event in enumerate(events) if event not in events[:point]]
    base, *runs = paired_runs(
        [scenario, *(scenario.with_events(*event) for event in different)], draws, seed, executor, progress
    )
    today, rows = metric.complete(base), []
    for event, one in zip(different, runs, strict=True):
        values, points = metric.complete(one), [point for point, other in enumerate(events) if other == event]
        row = {"from_aversion": points[0] / (count - 1), "to_aversion": points[-1] / (count - 1)}
        for name, drawn in (("base", today), ("other", values)):
            row |= {f"{name}_p05": spread(drawn).p05, f"{name}_p95": spread(drawn).p95}
        rows.append(row | paired_difference(today, values))
    return pd.DataFrame(rows)


def _as_event(s: Suppliers, mix: Array) -> dict[str, object]:
    """The event that puts a mix under contract; shares to the thousandth."""
    shares = dict(zip(s.origins, mix, strict=True))
    nobody = shares.pop(NOBODY, 0.0)
    shares[s.origins[int(np.argmax(s.today))]] += nobody
    kept = {origin: round(float(share), 3) for origin, share in shares.items() if share >= 0.0005}
    return {"name": f"mix_{s.element.lower()}", "type": "sourcing_mix", "element": s.element, "shares": kept}


def stress_dataset(
    dataset: Dataset,
    months: float = LOSS_MONTHS,
    stock_months: float = LOSS_STOCK_MONTHS,
    spare: float = SPARE_OUTPUT,
) -> tuple[tuple[str, ...], StressTest]:
    """Lose each origin of the dataset in turn: which single loss hurts most.

    Parameters
    ----------
    dataset : Dataset
    months : float
        Length of the loss [month].
    stock_months : float
        Stock of every element when it begins [months of demand]; experts' estimates run from 2 to 12; grade C.
    spare : float
        Output the other routes can add to today's, as a share of it [1]; grade C.

    Returns
    -------
    tuple of tuple of str and StressTest
        Origins, and the outcome with position k the loss of origin k - 1; losses in USD at the dataset's prices,
        units in tonnes, time to survive in months. Material of the focus origin that others process is lost with it
        and with them.
    """
    labels, mix = dataset.labels, central_mix(dataset)
    tonnes, feed = mix.tonnes[..., 0], mix.feed[..., 0]
    demand = tonnes.sum(axis=1)
    origins = _origins(dataset)
    focus = dataset.focus_origin
    # Each origin by itself, and a second time with what it makes of the focus origin's material.
    own = {origin: np.array([r.origin == origin for r in labels.routes]) for origin in origins}
    borrowed = np.where([r.origin == focus for r in labels.routes], 0.0, feed)
    makers = [(origin, False) for origin in origins] + [(origin, True) for origin in origins if origin != focus]
    parts = {False: tonnes * (1.0 - borrowed), True: tonnes * borrowed}
    capacity = [parts[fed][:, own[origin]].sum(axis=1) for origin, fed in makers]
    lost_with = [[origin == lost or (fed and lost == focus) for origin, fed in makers] for lost in origins]
    return origins, stress_test(
        np.stack(capacity) * (1.0 + spare),
        demand,
        stock_months * demand,
        usd_per_t(dataset),
        months,
        lost_with=lost_with,
    )


def lose_origins(
    calm: Scenario,
    metric: Metric,
    months: float = LOSS_MONTHS,
    draws: int = STRESS_DRAWS,
    seed: int | None = None,
    executor: Executor | None = None,
    progress: Callable[[int], None] | None = None,
) -> pd.DataFrame:
    """Lose each origin in turn in runs of the model: what the market makes of it, in any metric.

    The origin sends nothing to anybody for the time, and whatever others make of its material dries up with it.

    Parameters
    ----------
    calm : Scenario
        Without that loss, such as ``calm``; its stocks are those of the scenario.
    metric : Metric
        A value of each draw, such as ``worst_year_loss_jpy``.
    months : float
        Length of the loss, from the first month measured [month].
    draws, seed, executor, progress
        As `minrisk.run`, for one run an origin and one without any loss.

    Returns
    -------
    DataFrame
        Columns origin and those of `minrisk.decisions.compare.paired_difference`: with the loss less without it.

    Raises
    ------
    VaryError
        If no run has the metric in every draw.
    """
    dataset = load_dataset(calm.dataset)
    check_metrics([metric], calm, every_draw=True)
    origins = _origins(dataset)
    loss: dict[str, object] = {"name": "lost_origin", "type": "export_ban", "destination": "all", "elements": "all"}
    loss |= {"start": calm.counted[0], "duration_months": months}
    lost = [calm.with_events(loss | {"origin": origin}) for origin in origins]
    base, *runs = paired_runs([calm, *lost], draws, seed, executor, progress)
    without = metric.complete(base)
    found = pd.DataFrame([paired_difference(without, metric.complete(one)) for one in runs])
    found.insert(0, "origin", list(origins))
    return found


def _origins(dataset: Dataset) -> tuple[str, ...]:
    """Origins that send anything in a calm year."""
    tonnes, routes = central_mix(dataset).tonnes[..., 0].sum(axis=0), dataset.labels.routes
    sending = {route.origin for route, amount in zip(routes, tonnes, strict=True) if amount > 0.0}
    return tuple(origin for origin in dataset.labels.origins if origin in sending)


def _share_of(row_element: str, element: str) -> float:
    """Part of a row's tonnes that is this element."""
    if row_element == element:
        return 1.0
    return NDPR.get(element, 0.0) if row_element == "NdPr" else 0.0


def _projects(dataset: Dataset, element: str) -> Array:
    """New supply of an element by route that runs or is being built, for this importer, (route,) [t REO/year]."""
    names = dataset.labels.route_names
    added = np.zeros(len(names))
    if "project_terms" not in dataset.tables or "project_plans" not in dataset.tables:
        return added
    terms = {str(row["project"]): row for row in dataset.table("project_terms").to_dict("records")}
    plans = dataset.table("project_plans")
    shares = plans[plans["field"] == "share_to_importer"].set_index("project")["central"]
    rows = plans[(plans["field"] == "t_per_year") & (plans["element"] == element)]
    mix = central_mix(dataset).tonnes[dataset.labels.elements.index(element), :, 0] * 12.0
    for project, tonnes in zip(rows["project"], rows["central"], strict=True):
        term = terms[str(project)]
        if term["status"] in _SURE:
            held = sum(mix[names.index(route)] for route in str(term["in_base_mix"]).split())
            imported = float(tonnes) * float(shares.get(project, 1.0))
            added[names.index(term["route"])] += max(imported - held, 0.0)
    return added


def _contract(dataset: Dataset, element: str, routes: list[str]) -> tuple[float, float]:
    """Floor price [USD/kg] and firm purchases [t/year] of an element on some routes; 0 where there is none."""
    floor = firm = 0.0
    if "contracts" not in dataset.tables:
        return floor, firm
    for row in dataset.table("contracts").to_dict("records"):
        share = _share_of(str(row["element"]), element)
        if row["route"] not in routes or share == 0.0 or not float(row["amount"]) > 0.0:
            continue
        if row["term"] == "floor price":
            floor = max(floor, float(row["amount"]))
        elif row["term"] in ("firm purchase", "offtake"):
            firm += share * float(row["amount"])
    return floor, firm
