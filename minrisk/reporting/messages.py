"""The key messages of a run, each put together from its numbers; no sentence stands without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from minrisk.reporting.findings import (
    finding,
    first_shortage,
    no_premium,
    price_writer,
    stocks_at_target,
    window,
    worst,
)
from minrisk.reporting.losses import loss_sentences
from minrisk.reporting.series import lines, origin_key, supply_by_origin
from minrisk.reporting.uses import uses_message
from minrisk.reporting.wording import element_name, hundredths, interval, join, number, origin_name, percent
from minrisk.scenario.events import SeabedMud

if TYPE_CHECKING:
    from minrisk.axes import Array
    from minrisk.pipeline.run import Run


#: What the word means, said where it first stands.
_MEANS = "given up because of the premium (priced out) or rationed at the ceiling price (not delivered)"


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
    said = [_no_shortage(run)] if worst(run, "shortage").mean == 0 else [_shortage(run), _how_many(run)]
    if worst(run, "unserved_share").mean > 0:
        said.append(_unserved(run))
    return [
        *said,
        uses_message(run),
        *loss_sentences(run)[:1],
        *_adapted(run),
        _price(run),
        _cover(run),
        *_new_supply(run),
        _china(run),
    ]


def headline(run: Run) -> str:
    """One line for an index page: the first key message."""
    return key_messages(run)[0]


def _no_shortage(run: Run) -> str:
    every = (
        f"in none of the {run.draws:,} draws does any of the {len(run.elements)} elements have a shortage month "
        f"in {window(run)}"
    )
    hit = worst(run, "unserved_share")
    if hit.mean > 0:
        return (
            f"No shortage: {every}; the highest unserved share of demand ({_MEANS}) is that of {hit.word}, "
            f"{percent(hit.mean)} on average (5–95 % of draws: {interval(hit.low, hit.high, percent)})."
        )
    start = "Supply meets demand" if run.scenario.events else "Nothing happens"
    return f"{start}: {every}, and unserved demand ({_MEANS}) is exactly 0."


def _shortage(run: Run) -> str:
    hit = worst(run, "shortage")
    share = f"in every one of the {run.draws:,} draws"
    if hit.mean < 1:
        share = f"in {percent(hit.mean)} of draws (Monte Carlo standard error {percent(hit.error)})"
    threshold = percent(float(run.scenario.market.shortage_threshold))
    return (
        f"{hit.name} has a shortage in {window(run)} {share}; {_begin(run, hit.symbol)}. A shortage is a month "
        f"with more than {threshold} of demand unserved: {_MEANS}."
    )


def _begin(run: Run, symbol: str) -> str:
    """Say when the shortage begins, or in which share of draws it is there already."""
    element = run.elements.index(symbol)
    already = finding(run, "short_at_start", element).mean
    if already > 0:
        first = run.scenario.measures_from or run.months[0]
        return f"in {percent(already)} of draws it is short already when measuring begins ({first})"
    early, middle, late = first_shortage(run, element)
    spread = "" if early == late else f" (median of the draws with one; 5–95 %: {early} to {late})"
    return f"it begins in {middle}{spread}"


def _how_many(run: Run) -> str:
    chance = run.measures["shortage"].mean(axis=1)
    names = [element_name(run.dataset, symbol) for symbol in run.elements]
    likely = sorted((i for i in range(len(names)) if chance[i] > 0.5), key=lambda i: -chance[i])
    never = [names[i] for i in range(len(names)) if chance[i] == 0]
    often = f"a shortage in {window(run)} in more than half of the draws"
    first = f"No element has {often}"
    if likely:
        has = "has" if len(likely) == 1 else "have"
        first = f"{len(likely)} of {len(names)} elements {has} {often}: {join([names[i] for i in likely], most=15)}"
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
    element = run.elements.index(hit.symbol)
    tonnes, lacking = finding(run, "unserved_t", element), finding(run, "involuntary_t", element)
    month = finding(run, "worst_month_unserved_share", element)
    total, never = (run.measures[name].sum(axis=0) for name in ("unserved_t", "involuntary_t"))
    low, high = (float(q) for q in np.quantile(total, (0.05, 0.95)))
    return (
        f"{percent(hit.mean)} of the demand for {hit.word} goes unserved on average over {window(run)} (5–95 % of "
        f"draws: {interval(hit.low, hit.high, percent)}), {percent(month.middle)} in the worst month (median; "
        f"{interval(month.low, month.high, percent)}). That is {number(tonnes.mean)} t "
        f"({interval(tonnes.low, tonnes.high)} t): {number(max(tonnes.mean - lacking.mean, 0.0))} t priced out and "
        f"{number(lacking.mean)} t not delivered. All elements together lack {number(float(total.mean()))} t "
        f"({interval(low, high)} t), of it {number(float(never.mean()))} t not delivered. Tonnes are means."
    )


def _adapted(run: Run) -> list[str]:
    """Say how much demand is substituted away; nothing where nobody adapts."""
    total = run.measures["adapted_t"].sum(axis=0)
    if np.abs(total).max() < 1e-6:  # rounding of growth leaves some 1e-12 t
        return []
    most = worst(run, "adapted_t")
    low, high = (float(q) for q in np.quantile(total, (0.05, 0.95)))
    return [
        f"Beyond that, users substitute {number(float(total.mean()))} t of all elements away in {window(run)} "
        f"without lost output (mean; 5–95 % of draws: {interval(low, high)} t), most of it {most.word}: "
        f"{number(most.mean)} t ({interval(most.low, most.high)} t). It does not count as unserved."
    ]


def _price(run: Run) -> str:
    if no_premium(run):
        return f"No premium: the price index is exactly 1 (1 = calm) in every month and draw in {window(run)}."
    hit = worst(run, "peak_price_index")
    element = run.elements.index(hit.symbol)
    write = price_writer(run, element)
    said = (
        f"The marginal price of {hit.word}, what the last tonne costs, peaks in {window(run)} at a median of "
        f"{write(hit.middle)} times calm (5–95 % of draws: {interval(hit.low, hit.high, write)} times); averaged "
        f"over all that is bought it is {write(finding(run, 'average_price_index', element).middle)} times."
    )
    ceiling = finding(run, "at_choke_price", element).mean
    if ceiling > 0:
        said += (
            f" In {percent(ceiling)} of draws it reaches the ceiling (choke_price_index), which is an assumption: "
            "there the peak says how high the ceiling was set, not what the market would pay."
        )
    return said


def _cover(run: Run) -> str:
    low = worst(run, "months_of_cover", least=True)
    cover = f"{hundredths(low.middle)} months of demand"
    band = f"5–95 % of draws: {interval(low.low, low.high, hundredths)}"
    if stocks_at_target(run):
        return f"Commercial stocks stay at their target in {window(run)}: a median of {cover} ({band})."
    return (
        f"Commercial stocks are lowest for {low.word}: a median of {cover} at the lowest point in {window(run)} "
        f"({band})."
    )


def _new_supply(run: Run) -> list[str]:
    """Say what the routes that the scenario's projects use bring by the end."""
    routes = {route.name: origin_key(route) for route in run.dataset.labels.routes}
    named = [routes[event.route] for event in run.scenario.events if hasattr(event, "route")]
    supply, last = supply_by_origin(run), min(12, len(run.months))
    when = f"{run.months[-last]} to {run.months[-1]}" if last > 1 else run.months[-1]
    said = []
    for origin in dict.fromkeys(named):
        tonnes = 12 * supply[origin][:, -last:].mean(axis=1)
        before, after = 12 * float(supply[origin][:, 0].sum()), number(float(tonnes.sum()))
        if before == 0:
            start = (
                f"Route {origin} carried nothing before; it brings {after} t a year in {when} (all elements, mean)."
            )
        else:
            start = (
                f"Route {origin} brings {after} t a year of all elements in {when}, against {number(before)} t "
                f"a year in {run.months[0]} (means); growth of existing contracts is included."
            )
        weight = _weight(run, tonnes, 12 * lines(run, "demand_t")[:, -last:].mean(axis=1))
        said.append(start + weight + _basis(run, origin, routes))
    return said


def _basis(run: Run, origin: str, routes: dict[str, str]) -> str:
    """What the tonnes of mud on a route are taken to be, for no source says it."""
    mud = [e for e in run.scenario.events if isinstance(e, SeabedMud) and routes[e.route] == origin]
    texts = dict.fromkeys(event.basis_text for event in mud)
    if len(texts) == 1:
        return f" Basis: {next(iter(texts))}."
    return "".join(f" Basis of {event.name}: {event.basis_text}." for event in mud)


def _weight(run: Run, tonnes: Array, demand: Array) -> str:
    """Say where a route weighs most, among elements whose demand is no mere handful of tonnes."""
    share = np.where(demand > 10, np.divide(tonnes, demand, out=np.zeros_like(tonnes), where=demand > 0), 0.0)
    share = np.where(share < 1, share, 0.0)
    e = int(np.argmax(share))
    if share[e] == 0:
        return ""
    return (
        f" It weighs most for {element_name(run.dataset, run.elements[e])}: {percent(float(share[e]))} of demand."
    )


def _china(run: Run) -> str:
    direct = run.measures["china_share_direct"].mean(axis=1)
    effective = run.measures["china_share_effective"].mean(axis=1)
    most, least = int(np.argmax(effective)), int(np.argmin(effective))

    name = origin_name(run.dataset.focus_origin)

    def both(i: int) -> str:
        shares = percent(float(direct[i])), percent(float(effective[i]))
        return f"{shares[0]} directly, {shares[1]} with feed processed elsewhere"

    if effective[most] == effective[least]:
        return f"Share of {name} in a calm year's supply: {both(most)}, the same for every element."
    return (
        f"Share of {name} in a calm year's supply: highest for {element_name(run.dataset, run.elements[most])} "
        f"({both(most)}), lowest for {element_name(run.dataset, run.elements[least])} ({both(least)})."
    )
