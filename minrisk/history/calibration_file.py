"""What a calibration may move: calibration.yaml, read strictly and with all errors at once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationError, model_validator

from minrisk.defaults import CALIBRATION_DRAWS, SEED
from minrisk.scenario import (
    Distribution,
    FieldError,
    Holder,
    Loc,
    Node,
    Problem,
    Scenario,
    ScenarioError,
    ScenarioPart,
    parse,
    place,
    problems_of,
    read_text,
    unknown,
)

#: File name of the declaration, and the result's where it does not say otherwise.
DECLARATION, RESULT = "calibration.yaml", "calibrated.yaml"

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]


def _beside(name: str) -> str:
    if Path(name).name != name or not name.endswith(".yaml"):
        raise ValueError(f"'{name}' must name a .yaml file of the episode's own folder")
    return name


File = Annotated[str, Field(strict=True), AfterValidator(_beside)]


class Moved(ScenarioPart):
    """One number of the scenario that the calibration may move."""

    low: Number
    """Smallest value tried."""

    high: Number
    """Largest value tried."""

    start: Number | None = None
    """Value from which the search starts; left out, the middle of the range."""

    spread: Annotated[float, Field(strict=True, ge=0.0, lt=1.0)] = 0.0
    """Uncertainty kept around the value found: 0.3 runs and writes it as a triangular distribution from
    0.7 to 1.3 times the value, inside the range; 0 as a plain number."""

    otherwise: dict[str, Any] | None = None
    """What it is where it may not be fitted: the distribution that `minrisk calibrate --leave-out` writes when no
    other episode has a fit of it."""

    @model_validator(mode="after")
    def _ordered(self) -> Moved:
        if not self.low < self.high:
            raise FieldError(("high",), f"{self.high:g} is not above low, {self.low:g}")
        if self.start is not None and not self.low <= self.start <= self.high:
            raise FieldError(("start",), f"{self.start:g} is outside {self.low:g} to {self.high:g}")
        return self

    def number(self, value: float) -> Any:
        """The value as a scenario file writes it, to a thousandth of the range."""
        middle = self.rounded(value)
        if self.spread == 0.0:
            return middle
        low = self.rounded(max(middle * (1.0 - self.spread), self.low))
        high = self.rounded(min(middle * (1.0 + self.spread), self.high))
        return {"triangular": [low, middle, high]} if low < high else middle

    def rounded(self, value: float) -> float:
        """Value to a thousandth of the range or finer, held to the range."""
        digits = 3 - math.floor(math.log10(self.high - self.low))
        return min(max(round(value, digits), self.low), self.high)


class Declaration(ScenarioPart):
    """A calibration: from which scenario, which numbers, how many draws, into which file."""

    scenario: File
    """Scenario file before calibration, in the same folder."""

    result: File = RESULT
    """File that `minrisk calibrate` writes and scenarios name under `extends`."""

    seed: Annotated[int, Field(strict=True, ge=0)] = SEED
    """Seed of the draws, the same at every step of the search."""

    draws: Annotated[int, Field(strict=True, ge=1, le=100_000)] = CALIBRATION_DRAWS
    """Number of draws at every step."""

    fields: Annotated[dict[str, Moved], Field(min_length=1)]
    """Numbers to move: `market.<field>` or `events.<event name>.<field>`; an entry of a mapping as
    `<field>.<key>`, such as `events.licence.approval_from.2023-10`."""


@dataclass(frozen=True)
class Calibration:
    """A declaration and the file it stands in."""

    folder: Path
    declaration: Declaration
    node: Node


def read_declaration(folder: Path) -> Calibration:
    """Read an episode's calibration.yaml.

    Parameters
    ----------
    folder : Path
        The episode.

    Returns
    -------
    Calibration

    Raises
    ------
    ScenarioError
        With every error in the file.
    """
    name = str(folder / DECLARATION)
    node = parse(read_text(folder / DECLARATION, name), name)
    try:
        declaration = Declaration.model_validate(node.plain())
    except ValidationError as error:
        raise ScenarioError(problems_of(error, node, _holder_at)) from None
    return Calibration(folder, declaration, node)


def result_file(folder: Path) -> Path | None:
    """Where an episode's calibration result is or will be; None where it declares no readable calibration."""
    try:
        return folder / read_declaration(folder).declaration.result
    except ScenarioError:
        return None


def check_fields(calibration: Calibration, scenario: Scenario) -> list[Problem]:
    """Errors in the fields that a declaration names, checked against the scenario it moves."""
    known = list(scenario_numbers(scenario))
    problems = []
    for name, moved in calibration.declaration.fields.items():
        if name not in known:
            message = unknown("number", name, known)
            problems.append(place(calibration.node, ("fields", name), message))
            continue
        for end in (moved.low, moved.high):
            try:
                moved_scenario(scenario, {name: end})
            except ValidationError as error:
                reason = error.errors()[0]["msg"].removeprefix("Value error, ")
                problems.append(place(calibration.node, ("fields", name), reason))
    return problems


def scenario_numbers(scenario: Scenario) -> dict[str, Distribution]:
    """Every number of a scenario by the name a calibration uses."""
    return {
        f"{name}.{field}": number
        for name, part in _parts(scenario).items()
        for field, number in part.numbers().items()
    }


def moved_scenario(scenario: Scenario, values: dict[str, Any]) -> Scenario:
    """Scenario with some numbers replaced.

    Parameters
    ----------
    scenario : Scenario
    values : dict
        Plain forms of numbers by the names of `scenario_numbers`.

    Returns
    -------
    Scenario

    Raises
    ------
    pydantic.ValidationError
        If a value leaves its field's bounds.
    """
    market, *events = (
        type(part).model_validate(part.model_dump(mode="python", exclude_none=True) | changed) if changed else part
        for part, changed in ((part, _changed(name, part, values)) for name, part in _parts(scenario).items())
    )
    return scenario.model_copy(update={"market": market, "events": tuple(events)})


def patch(scenario: Scenario, values: dict[str, Any]) -> dict[str, Any]:
    """The same as the fields of a scenario file that extends the scenario's own.

    Parameters
    ----------
    scenario : Scenario
    values : dict
        As for `moved_scenario`.

    Returns
    -------
    dict
        With ``market``, ``events`` or both; a mapping is written whole, since a file replaces it whole.
    """
    changed = {name: found for name, part in _parts(scenario).items() if (found := _changed(name, part, values))}
    market = changed.pop("market", None)
    events = [{"name": name.removeprefix("events."), **fields} for name, fields in changed.items()]
    return ({"market": market} if market else {}) | ({"events": events} if events else {})


def _parts(scenario: Scenario) -> dict[str, ScenarioPart]:
    return {"market": scenario.market} | {f"events.{event.name}": event for event in scenario.events}


def _changed(name: str, part: ScenarioPart, values: dict[str, Any]) -> dict[str, Any]:
    """New plain forms of a part's fields; those of a mapping's entries as the whole mapping."""
    changed: dict[str, Any] = {}
    for field in part.numbers():
        if f"{name}.{field}" in values:
            head, entry, key = field.partition(".")
            if entry:
                mapping = changed.setdefault(head, part.model_dump(mode="python")[head])
                mapping[key] = values[f"{name}.{field}"]
            else:
                changed[field] = values[f"{name}.{field}"]
    return changed


def _holder_at(loc: Loc) -> Holder:
    return Holder("calibration", list((Moved if loc[:1] == ("fields",) else Declaration).model_fields))
