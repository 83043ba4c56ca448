"""What the projects of a scenario bring: tonnes by the end, and what a tonne of mud is taken for."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np

from minrisk.engine.inputs import Levers
from minrisk.results.findings import lines, origin_key, supply_by_origin
from minrisk.scenario.events import SeabedMud
from minrisk.scenario.events.project import Project
from minrisk.scenario.sample import sample
from minrisk.text.catalogue import say
from minrisk.text.numbers import QUANTILE_DRAWS, element_name, join, month_text, number, percent, span, words

if TYPE_CHECKING:
    from minrisk.axes import Array
    from minrisk.pipeline.run import Run


#: Elements named beside a route's tonnes.
_NAMED = 4


def new_supply_sentences(run: Run) -> list[str]:
    """Say what the routes that the scenario's projects use bring by the end, and on which basis mud is counted.

    Parameters
    ----------
    run : Run
        A finished run.

    Returns
    -------
    list of str
        One per origin that a project serves.
    """
    routes = {route.name: origin_key(route) for route in run.dataset.labels.routes}
    named = [routes[event.route] for event in run.scenario.events if hasattr(event, "route")]
    supply, last = supply_by_origin(run), min(12, len(run.months))
    when = span(run.months[-last], run.months[-1])
    said = []
    for origin in dict.fromkeys(named):
        tonnes = 12 * supply[origin][:, -last:].mean(axis=1)
        before, after = 12 * float(supply[origin][:, 0].sum()), number(float(tonnes.sum()))
        if before == 0:
            start = _new_route(run, origin, routes, when)
        else:
            start = say(
                "messages.grown_route",
                route=origin,
                after=after,
                when=when,
                before=number(before),
                first=month_text(run.months[0]),
            )
        weight = _weight(run, tonnes, 12 * lines(run, "demand_t")[:, -last:].mean(axis=1))
        said.append(one_after_another([start, *weight, *_basis(run, origin, routes)]))
    return said


def _new_route(run: Run, origin: str, routes: dict[str, str], when: str) -> str:
    """What a route brings that carried nothing: in how many draws, how much in all, how much by the end."""
    tonnes, last = supply_by_origin(run)[origin].sum(axis=0), min(12, len(run.months))
    projects = [e for e in run.scenario.events if hasattr(e, "route") and routes[e.route] == origin]
    outputs = {event.name: _output(run, event) for event in projects}
    largest = max(outputs, key=lambda name: float(outputs[name].sum()))
    output = sum(outputs.values(), np.zeros((len(run.months), 1)))
    works = (output[-last:] > 0).any(axis=0)
    said = say(
        "messages.new_route",
        route=origin,
        project=largest,
        share=percent(float((outputs[largest] > 0).any(axis=0).mean())),
        total=number(float(tonnes.sum())),
        end=month_text(run.months[-1]),
        after=number(12 * float(tonnes[-last:].mean())),
        when=when,
    )
    if not 0 < works.mean() < 1:
        return said
    given = number(12 * float(output[-last:, works].mean()))
    second = say("messages.new_route_working", share=percent(float(works.mean())), when=when, after=given)
    return one_after_another([said, second])


def _output(run: Run, event: Any) -> Array:
    """Output of a project in the first draws, (month, draw); drawn again, for a run keeps means of routes alone."""
    draws = sample(run.scenario, min(run.draws, QUANTILE_DRAWS), seed=run.seed, dataset=run.dataset)
    levers = Levers()
    event.write(draws.of(event.name), run.dataset.labels, run.scenario.calendar, levers)
    output: Array = np.zeros((len(run.months), draws.n))
    for addition in levers.additions:
        output += addition.profile * addition.weights.sum(axis=0)
    return output


def one_after_another(sentences: list[str]) -> str:
    """Sentences as one text, joined as the language joins them."""
    return reduce(lambda first, second: say("messages.two_sentences", first=first, second=second), sentences)


def _basis(run: Run, origin: str, routes: dict[str, str]) -> list[str]:
    """What the tonnes of mud on a route are taken to be, for no source says it."""
    mud = [e for e in run.scenario.events if isinstance(e, SeabedMud) and routes[e.route] == origin]
    texts = {event.name: basis_words(event) for event in mud}
    if len(set(texts.values())) == 1:
        return [say("messages.basis", text=next(iter(texts.values())))]
    return [say("messages.basis_of", event=event, text=text) for event, text in texts.items()]


def basis_words(event: Project) -> str:
    """What the tonnes of a project rest on: for mud the assumed basis, with the dry solids it stands for."""
    if not isinstance(event, SeabedMud):
        return say("mud.planned")
    if event.basis == "dry":
        return say("mud.dry")
    return say(f"mud.{event.basis}", solids="1" if event.solids_share is None else words(event.solids_share))


def _weight(run: Run, tonnes: Array, demand: Array) -> list[str]:
    """Say how much of demand a route meets, for the elements in which most of its value lies."""
    value = tonnes * (run.dataset.reference_price_usd_per_kg if "prices" in run.dataset.tables else 1.0)
    chosen = [int(e) for e in np.argsort(-value, kind="stable")[:_NAMED] if value[e] > 0 and demand[e] > 0]
    if not chosen:
        return []
    parts = [
        say(
            "messages.of_demand_part",
            element=element_name(run.dataset, run.elements[e]),
            share=percent(float(tonnes[e] / demand[e])),
        )
        for e in chosen
    ]
    return [say("messages.of_demand", parts=join(parts, most=_NAMED))]
