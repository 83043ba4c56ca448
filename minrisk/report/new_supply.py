"""What the projects of a scenario bring, in words, and what a tonne of mud is taken for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minrisk.results.new_supply import NAMED, NewSupply, new_supply
from minrisk.text import (
    basis_words,
    element_name,
    join,
    month_text,
    number,
    one_after_another,
    percent,
    say,
    source_name,
    span,
)

if TYPE_CHECKING:
    from minrisk.pipeline.run import Run


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
    return [
        one_after_another([_grown(run, new) if new.before else _new(run, new), *_weight(run, new), *_basis(new)])
        for new in new_supply(run)
    ]


def mud_words(run: Run) -> str:
    """What the mud of a run brings by the end, in a table's cell; empty where no mud is lifted."""
    brought = [new for new in new_supply(run) if new.mud]
    if not brought:
        return ""
    mud = max(brought, key=lambda new: new.after)
    named = [symbol for symbol in run.dataset.headline if symbol in mud.met] or list(mud.met)
    shared = ""
    if named:
        most = max(named, key=lambda symbol: mud.met[symbol])
        shared = say("index.of_demand", share=percent(mud.met[most]), element=element_name(run.dataset, most))
    return say("index.mud", tonnes=number(mud.after), year=mud.last[:4], shared=shared)


def _grown(run: Run, new: NewSupply) -> str:
    return say(
        "messages.grown_route",
        route=source_name(new.source),
        after=number(new.after),
        when=span(new.first, new.last),
        before=number(new.before),
        first=month_text(run.months[0]),
    )


def _new(run: Run, new: NewSupply) -> str:
    """What a route brings that carried nothing: in how many draws, how much in all, how much by the end."""
    when = span(new.first, new.last)
    said = say(
        "messages.new_route",
        route=source_name(new.source),
        project=new.largest,
        share=percent(new.delivers),
        total=number(new.total),
        end=month_text(run.months[-1]),
        after=number(new.after),
        when=when,
    )
    if not 0 < new.works < 1:
        return said
    share, given = percent(new.works), number(new.working)
    return one_after_another([said, say("messages.new_route_working", share=share, when=when, after=given)])


def _basis(new: NewSupply) -> list[str]:
    """What the tonnes of mud on a route are taken to be, for no source says it."""
    texts = {event.name: basis_words(event) for event in new.mud}
    if len(set(texts.values())) == 1:
        return [say("messages.basis", text=next(iter(texts.values())))]
    return [say("messages.basis_of", event=event, text=text) for event, text in texts.items()]


def _weight(run: Run, new: NewSupply) -> list[str]:
    """Say how much of demand a route meets, for the elements in which most of its value lies."""
    parts = [
        say("messages.of_demand_part", element=element_name(run.dataset, symbol), share=percent(share))
        for symbol, share in new.met.items()
    ]
    return [say("messages.of_demand", parts=join(parts, most=NAMED))] if parts else []
