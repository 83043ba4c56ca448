"""The key messages of a run, each put together from its numbers; no sentence stands without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from minrisk.reporting.findings import finding, first_shortage, worst
from minrisk.reporting.series import lines, origin_key, supply_by_origin
from minrisk.reporting.wording import element_name, hundredths, interval, join, number, origin_name, percent

if TYPE_CHECKING:
    from minrisk.pipeline.run import Run


def key_messages(run: Run) -> list[str]:
    """Say what came out, most important first, with intervals over draws.

    Parameters
    ----------
    run : Run
        A finished run.

    Returns
    -------
    list of str
        Plain sentences.
    """
    if worst(run, "shortage").mean == 0:
        said = [*_no_shortage(run), *_price(run)]
    else:
        said = [_shortage(run), _how_many(run), _unserved(run), *_price(run)]
    return [*said, _cover(run), *_new_supply(run), _china(run)]


def headline(run: Run) -> str:
    """One line for an index page: the first key message."""
    return key_messages(run)[0]


def _no_shortage(run: Run) -> list[str]:
    unserved = worst(run, "unserved_share")
    every = f"in none of the {run.draws:,} draws does any of the {len(run.elements)} elements have a shortage month"
    if unserved.mean == 0:
        start = "Supply meets demand" if run.scenario.events else "Nothing happens"
        return [f"{start}: {every}, and unserved demand is exactly 0."]
    return [
        f"No shortage: {every}; the highest unserved share of demand is that of {unserved.word}, "
        f"{percent(unserved.mean)} on average (5–95 % of draws: "
        f"{interval(unserved.low, unserved.high, percent)})."
    ]


def _shortage(run: Run) -> str:
    hit = worst(run, "shortage")
    early, middle, late = first_shortage(run, run.elements.index(hit.symbol))
    when = f"in {middle}" if early == late else f"in {middle} (median of those draws; 5–95 %: {early} to {late})"
    share = f"in every one of the {run.draws:,} draws"
    if hit.mean < 1:
        share = f"in {percent(hit.mean)} of draws (Monte Carlo standard error {percent(hit.error)})"
    return f"{hit.name} has a shortage {share}; it begins {when}."


def _how_many(run: Run) -> str:
    chance = run.measures["shortage"].mean(axis=1)
    names = [element_name(run.dataset, symbol) for symbol in run.elements]
    likely = sorted((i for i in range(len(names)) if chance[i] > 0.5), key=lambda i: -chance[i])
    never = [names[i] for i in range(len(names)) if chance[i] == 0]
    first = f"{len(likely)} of {len(names)} elements have a shortage in more than half of the draws"
    if likely:
        first += f": {join([names[i] for i in likely], most=15)}"
    second = (
        f" {len(never)} never have one: {join(never, most=15)}."
        if never
        else " Every element has one in at least some draws."
    )
    if len(never) == 1:
        second = f" One never has one: {never[0]}."
    return f"{first}.{second}"


def _unserved(run: Run) -> str:
    hit = worst(run, "unserved_share")
    tonnes = finding(run, "unserved_t", run.elements.index(hit.symbol))
    total = run.measures["unserved_t"].sum(axis=0)
    low, high = np.quantile(total, (0.05, 0.95))
    return (
        f"{percent(hit.mean)} of the demand for {hit.word} goes unserved on average (5–95 % of draws: "
        f"{interval(hit.low, hit.high, percent)}), {number(tonnes.mean)} t "
        f"({interval(tonnes.low, tonnes.high)} t); all elements together lack "
        f"{number(float(total.mean()))} t ({interval(float(low), float(high))} t)."
    )


def _price(run: Run) -> list[str]:
    hit = worst(run, "peak_price_index")
    highest = float(run.measures["peak_price_index"].max())
    if highest == 1:
        return ["No premium: the price index is exactly 1 in every month and draw."]
    return [
        f"The price of {hit.word} peaks at a median of {number(hit.middle)} times its calm price "
        f"(5–95 % of draws: {interval(hit.low, hit.high)} times)."
    ]


def _cover(run: Run) -> str:
    low = worst(run, "months_of_cover", least=True)
    return (
        f"Commercial stocks are lowest for {low.word}: {hundredths(low.mean)} months of demand at the lowest "
        f"point, on average over draws (5–95 %: {interval(low.low, low.high, hundredths)})."
    )


def _new_supply(run: Run) -> list[str]:
    """Say what the scenario's projects bring at the end: the element they help most, and tonnes in all."""
    routes = {route.name: origin_key(route) for route in run.dataset.labels.routes}
    named = [routes[event.route] for event in run.scenario.events if hasattr(event, "route")]
    demand, supply = lines(run, "demand_t"), supply_by_origin(run)
    last = min(12, len(run.months))
    said = []
    for origin in dict.fromkeys(named):
        tonnes = supply[origin][:, -last:].mean(axis=1)
        share = np.divide(tonnes, demand[:, -last:].mean(axis=1), out=np.zeros_like(tonnes), where=tonnes > 0)
        e = int(np.argmax(share))
        name = element_name(run.dataset, run.elements[e])
        before, after = (12 * float(x.sum()) for x in (supply[origin][:, 0], tonnes))
        said.append(
            f"{origin}, where the scenario adds supply, brings {number(after)} t a year of all elements by the "
            f"last {last} months, against {number(before)} t at the start (means over draws). It weighs most for "
            f"{name}: {percent(float(share[e]))} of demand."
        )
    return said


def _china(run: Run) -> str:
    direct = run.measures["china_share_direct"].mean(axis=1)
    effective = run.measures["china_share_effective"].mean(axis=1)
    most, least = int(np.argmax(effective)), int(np.argmin(effective))

    name = origin_name(run.dataset.focus_origin)

    def both(i: int) -> str:
        shares = percent(float(direct[i])), percent(float(effective[i]))
        return f"{shares[0]} directly, {shares[1]} with feed processed elsewhere"

    if effective[most] == effective[least]:
        return f"Share of {name} in calm supply: {both(most)}, the same for every element."
    return (
        f"Share of {name} in calm supply: highest for {element_name(run.dataset, run.elements[most])} "
        f"({both(most)}), lowest for {element_name(run.dataset, run.elements[least])} ({both(least)})."
    )
