"""A project put under ban scenarios: each ban moved to a month in which one wants to know what it saves."""

from __future__ import annotations

import calendar as _days
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

from minrisk.axes import Calendar, month_number
from minrisk.data import Dataset, load_dataset
from minrisk.defaults import INSURANCE_DRAWS
from minrisk.results.project import projects_of
from minrisk.results.project_insurance import Insurance, insurance_value
from minrisk.scenario import (
    Date,
    DemandShock,
    Event,
    ExportBan,
    NewSupply,
    PriceFloor,
    Project,
    Scenario,
    Stockpile,
    Translation,
    Translations,
)

#: Months in which the bans begin where nobody says otherwise: the two years of the answer in short, and one in
#: which a programme of today has had time to come up.
BAN_STARTS = ("2030-01", "2035-01", "2040-01")

#: What keeps its dates when a ban is moved.
_STAYS = (Project, NewSupply, DemandShock)

#: Month in which `one_year_ban` begins before it is moved.
_WRITTEN = "2026-01"

#: What the packaged scenario ban_full_12m holds, for projects whose file names no ban.
_BAN: dict[str, Any] = {
    "name": "full_ban", "type": "export_ban", "destination": "japan", "elements": "all", "start": _WRITTEN,
    "duration_months": 12, "severity": 1, "leakage_max": {"uniform": [0, 0.3]},
    "leakage_months": {"triangular": [6, 12, 24]},
}  # fmt: skip
_STOCK: dict[str, Any] = {
    "name": "national_stock", "type": "stockpile", "elements": "all",
    "days_of_demand": {"triangular": [0, 15, 60]}, "limit_days_per_month": 10, "trigger_price_index": 3,
    "delay_months": 2, "refill_months": 24,
}  # fmt: skip


class UnderError(ValueError):
    """A project cannot be put under a scenario; `problems` says why, all reasons at once."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Struck:
    """Projects under a ban: which, begun when, and what they save.

    Attributes
    ----------
    ban : Scenario
        The ban as it was given.
    begins : str
        Month to which its first month measured is moved.
    insurance : Insurance
        The same draws with and without the projects.
    """

    ban: Scenario
    begins: str
    insurance: Insurance


def one_year_ban(scenario: Scenario, dataset: Dataset) -> Scenario:
    """A stop of all shipments from the focus origin for twelve months, as in the packaged ban_full_12m.

    Parameters
    ----------
    scenario : Scenario
        Gives the market and the dataset.
    dataset : Dataset
        Names the focus origin.

    Returns
    -------
    Scenario
        Of three years; only the ban and the national stock are in it.
    """
    events = (
        ExportBan.model_validate(_BAN | {"origin": dataset.focus_origin}),
        Stockpile.model_validate(_STOCK),
    )
    changed = {
        "name": "ban_full_12m",
        "title": "Twelve months without Chinese rare earths",
        "description": "",
        "translations": Translations(ja=Translation(title="中国産レアアースの12か月の途絶")),
        "start": _WRITTEN,
        "months": 36,
        "measures_from": _WRITTEN,
        "events": events,
    }
    return scenario.model_copy(update=changed)


def is_answered(scenario: Scenario) -> bool:
    """Whether something other than projects and what pays for them happens in a scenario."""
    return any(not isinstance(event, Project | PriceFloor) for event in scenario.events)


def project_under(scenario: Scenario, ban: Scenario, begins: str, dataset: Dataset | None = None) -> Scenario:
    """Put the projects of one scenario into the world of another, moved in time.

    Parameters
    ----------
    scenario : Scenario
        Its projects, and price floors that name them, are taken; so are its first month and its seed.
    ban : Scenario
        Gives market, dataset, every event and the months measured.
    begins : str
        Month to which the first month measured in `ban` is moved, and with it all dates of its events;
        its own projects and new supplies keep theirs, for a mine opens when it opens.
    dataset : Dataset, optional
        That of `ban`, loaded if left out.

    Returns
    -------
    Scenario
        From the first month of `scenario` to the last of the moved `ban`. Demand grows all the while.

    Raises
    ------
    UnderError
        Names used in both, a month before the first of `scenario`, projects unknown to the dataset of `ban`.
    """
    dataset = load_dataset(ban.dataset) if dataset is None else dataset
    taken = tuple(event for event in scenario.events if isinstance(event, Project | PriceFloor))
    there = {event.name for event in ban.events}
    problems = [f"{ban.name}: holds an event '{e.name}' of its own" for e in taken if e.name in there]
    shift = month_number(begins) - month_number(ban.counted[0])
    before = month_number(begins) - month_number(scenario.start)
    if before < 0:
        problems.append(f"a ban from {begins} begins before {scenario.name} does ({scenario.start})")
    for event in taken:
        problems += [f"{ban.name}: {event.name}: {words}" for _, words in event.check(dataset.labels, _ALL)]
    if problems:
        raise UnderError(problems)
    return ban.model_copy(
        update={
            "name": f"{scenario.name}_under_{ban.name}",
            "title": f"{scenario.title}, under: {ban.title}, from {begins}",
            "start": scenario.start,
            "months": before + ban.months - ban.first,
            "measures_from": begins,
            "seed": scenario.seed,
            "events": (*(e if isinstance(e, _STAYS) else _moved(e, shift) for e in ban.events), *taken),
        }
    )


def insurance_under(
    scenario: Scenario,
    bans: Sequence[tuple[Scenario, str]],
    draws: int = INSURANCE_DRAWS,
    seed: int | None = None,
) -> list[Struck]:
    """What a scenario's projects save under each of several bans, on the same draws.

    Streams are named after event and field, so the project, the market and whatever the bans share are the same
    in every draw of every row.

    Parameters
    ----------
    scenario : Scenario
        With at least one project.
    bans : sequence of (Scenario, str)
        Each ban and the month in which it begins.
    draws : int
        Number of draws, rounded up to whole hundreds.
    seed : int, optional
        Replaces the scenario's own.

    Returns
    -------
    list of Struck
        One for each ban, in their order.

    Raises
    ------
    UnderError
        If the projects cannot be put under one of them; every error in all bans at once.
    """
    names = [event.name for event in projects_of(scenario)]
    worlds: list[Scenario] = []
    problems: dict[str, None] = {}
    for ban, begins in bans:
        try:
            worlds.append(project_under(scenario, ban, begins))
        except UnderError as error:
            problems |= dict.fromkeys(error.problems)
    if problems:
        raise UnderError(list(problems))
    return [
        Struck(ban, begins, insurance_value(world, draws, seed, projects=names))
        for (ban, begins), world in zip(bans, worlds, strict=True)
    ]


#: A project is checked for its route and elements; its date was checked where it was written.
_ALL = Calendar("0001-01", 12 * 9999)


def _moved(event: Event, months: int) -> Event:
    """An event with all its dates later by whole months."""
    dated = {
        name: _later(value, months)
        for name, field in type(event).model_fields.items()
        if isinstance(value := getattr(event, name), str) and _is_date(field)
    }
    return event.model_copy(update=dated)


def _is_date(field: Any) -> bool:
    # pydantic takes a plain annotation apart and leaves one inside a union whole.
    marks = get_args(Date)[1:]
    return Date in get_args(field.annotation) or any(mark in field.metadata for mark in marks)


def _later(date: str, months: int) -> str:
    """A month or a day so many months later; the last day of a shorter month stands for a day it lacks."""
    year, month = divmod(month_number(date) + months, 12)
    if len(date) == 7:
        return f"{year:04d}-{month + 1:02d}"
    day = min(int(date[8:]), _days.monthrange(year, month + 1)[1])
    return f"{year:04d}-{month + 1:02d}-{day:02d}"
