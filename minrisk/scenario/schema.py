"""The scenario: what a file says once it is merged, checked across its events, and frozen."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from minrisk.axes import Calendar
from minrisk.defaults import SEED
from minrisk.scenario.errors import Fault, FieldError, nearest, shorten, unknown
from minrisk.scenario.events import AnyEvent, Event, ExtraterritorialRule, PriceFloor, Project
from minrisk.scenario.events.base import TimedEvent
from minrisk.scenario.events.demand_shock import DemandShock, idle_pairs
from minrisk.scenario.fields import NAME, NAME_WORDS, Month, ScenarioPart, Text, Title
from minrisk.scenario.market import Market

if TYPE_CHECKING:
    from minrisk.data import Dataset


def faults_beside(event: Event, others: Sequence[Event]) -> list[Fault]:
    """Faults of an event's words for other events of the same scenario.

    Parameters
    ----------
    event : Event
    others : sequence of Event
        All events of the scenario; the event itself may be among them.

    Returns
    -------
    list of Fault
        A price floor for no project, or for an event that is no project; a delay shared with no event.
    """
    if isinstance(event, TimedEvent) and event.delays_with is not None:
        timed = [o.name for o in others if isinstance(o, TimedEvent) and o.name != event.name and not o.delays_with]
        if event.delays_with not in timed:
            return [(("delays_with",), unknown("event with a delay of its own", event.delays_with, timed))]
    if not isinstance(event, PriceFloor):
        return []
    projects = [other.name for other in others if isinstance(other, Project)]
    if event.project in projects:
        return []
    if not projects:
        name = shorten(event.project)
        return [(("project",), f"no project '{name}'; add an event of type seabed_mud or mine_project")]
    return [(("project",), unknown("project", event.project, projects))]


def faults_with_dataset(event: Event, dataset: Dataset) -> list[Fault]:
    """Faults of an event that asks for what the dataset does not hold.

    Parameters
    ----------
    event : Event
    dataset : Dataset

    Returns
    -------
    list of Fault
        A demand shock where there is no demand; an extraterritorial rule of an origin whose material the dataset
        does not follow through other countries.
    """
    if isinstance(event, DemandShock):
        return idle_pairs(event, dataset.labels, dataset.use_shares)
    if isinstance(event, ExtraterritorialRule) and event.origin in dataset.labels.origins:
        focus = dataset.focus_origin
        if event.origin != focus:
            hint = f"did you mean '{focus}'?" if nearest(event.origin, [focus]) else f"allowed: {focus}"
            words = f"the dataset follows the material of {focus} through other countries, not that of"
            return [(("origin",), f"{words} '{event.origin}'; {hint}")]
    return []


class Translation(ScenarioPart):
    """What the title and the description of a scenario say in another language."""

    title: Title
    """The scenario's title in that language."""

    description: Text = ""
    """The scenario's description in that language."""


class Translations(ScenarioPart):
    """Translations by language; the scenario's own title and description are in English."""

    ja: Translation | None = None
    """In Japanese."""

    def into(self, language: str) -> Translation | None:
        """Translation into a language by its code; None where there is none."""
        found: Translation | None = getattr(self, language, None)
        return found


def _stem(name: str) -> str:
    # The name becomes a folder and stands in commands: nothing that a shell or a file system reads otherwise.
    if not re.fullmatch(NAME, name):
        plain = re.sub(r"[^a-z0-9_-]+", "_", name.lower()).strip("_-")[:64]
        hint = f"; did you mean '{plain}'?" if plain else ""
        raise ValueError(f"'{shorten(name)}' cannot name a scenario{hint}; allowed: {NAME_WORDS}")
    return name


class Scenario(ScenarioPart):
    """A market and the events that hit it, with their uncertainty."""

    name: Annotated[str, Field(strict=True), AfterValidator(_stem)]
    """Name of the scenario, the file's name without its ending."""

    title: Title
    """One line that says what happens. Never inherited from the base."""

    description: Text = ""
    """What happens and why it is worth asking, in plain words. Never inherited from the base."""

    translations: Translations | None = None
    """Title and description in other languages, as {ja: {title: ..., description: ...}}. Never inherited from the
    base."""

    sources: tuple[Text, ...] = ()
    """Where the assumptions come from, one line each."""

    start: Month
    """First month [date]."""

    months: Annotated[int, Field(strict=True, ge=1, le=600)]
    """Number of months simulated [month]."""

    measures_from: Month
    """First month that is measured [date]; the scenario's start if left out."""

    seed: Annotated[int, Field(strict=True, ge=0, le=2**53)] = SEED
    """Seed of every random stream."""

    dataset: Annotated[str, Field(strict=True, min_length=1)] | None = None
    """Folder of an own dataset, relative to this file; the packaged dataset for Japan if left out."""

    market: Market
    """Market parameters."""

    events: tuple[Annotated[AnyEvent, Field(discriminator="type")], ...] = ()
    """What happens; the order does not matter."""

    @model_validator(mode="before")
    @classmethod
    def _measure_from_the_start(cls, raw: Any) -> Any:
        if isinstance(raw, Mapping) and "measures_from" not in raw and "start" in raw:
            return {**raw, "measures_from": raw["start"]}
        return raw

    @model_validator(mode="after")
    def _consistent(self) -> Scenario:
        if self.measures_from not in self.calendar.labels:
            first, last = self.calendar.labels[0], self.calendar.labels[-1]
            raise FieldError(
                ("measures_from",),
                f"'{self.measures_from}' is outside the scenario; allowed: {first} to {last}",
            )
        seen: set[str] = set()
        for position, event in enumerate(self.events):
            if event.name in seen:
                raise FieldError(("events", position, "name"), f"event name '{event.name}' is used twice")
            seen.add(event.name)
            for loc, message in faults_beside(event, self.events):
                raise FieldError(("events", position, *loc), message)
        return self

    @property
    def calendar(self) -> Calendar:
        """Calendar of the scenario's months."""
        return Calendar(self.start, self.months)

    @property
    def first(self) -> int:
        """Position of the first month measured in the metrics."""
        return self.calendar.labels.index(self.measures_from)

    @property
    def counted(self) -> tuple[str, ...]:
        """Months measured in the metrics, ``YYYY-MM``."""
        return self.calendar.labels[self.first :]

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the merged content; translations, names and places of file and dataset do not enter."""
        content = self.model_dump(mode="python", exclude={"name", "dataset", "translations"})
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
