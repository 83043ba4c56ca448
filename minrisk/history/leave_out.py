"""Parameters of an episode from all other episodes: nothing it is scored on had a part in them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from minrisk.history.calibration_file import Declaration, patch, read_declaration, scenario_numbers
from minrisk.risk.spread import typical
from minrisk.scenario import Distribution, Problem, Scenario, ScenarioError, Triangular, load_scenario

#: File that ``minrisk calibrate --leave-out`` writes and an episode's scenario extends.
RESULT = "left_out.yaml"

#: A value fitted: episode, field as the calibration names it, number.
Fitted = tuple[str, str, float]


def left_out(folder: Path, episodes: Sequence[Path]) -> str:
    """Scenario file of an episode with every number it could be fitted to taken from elsewhere.

    A number of an event, such as the share of applications approved, is the lowest, middle and highest of the same
    number fitted to other events: those of other episodes, and of the same episode other materials. A number of the
    market is that of other episodes; where none has it, what the calibration says it is ``otherwise``.

    Parameters
    ----------
    folder : Path
        An episode with calibration.yaml.
    episodes : sequence of Path
        Other episodes, itself or not; those without a calibration teach nothing.

    Returns
    -------
    str
        The file's text, the same to the letter whenever it is computed from the same calibrations.

    Raises
    ------
    ScenarioError
        If the episode's calibration cannot be read, or a number is fitted nowhere else and has no ``otherwise``.
    """
    declaration = read_declaration(folder).declaration
    scenario = load_scenario(folder / declaration.scenario)
    teachers = dict.fromkeys(path.resolve() for path in (folder, *episodes))
    known = [value for teacher in teachers for value in fitted_values(teacher)]
    values: dict[str, Any] = {}
    lines = ["# Written by minrisk calibrate --leave-out: each number as fitted elsewhere, never on its own rows."]
    for name, moved in declaration.fields.items():
        own = (folder.resolve().name, name)
        found = [value for episode, field, value in known if _teaches(name, own, (episode, field))]
        if found:
            middle = typical(found)
            places = [moved.rounded(part) for part in (min(found), middle, max(found))]
            values[name] = {"triangular": places} if places[0] < places[-1] else places[0]
            lines.append(f"# {name}: lowest, middle and highest of {len(found)} fitted elsewhere")
        elif moved.otherwise is not None:
            values[name] = moved.otherwise
            lines.append(f"# {name}: fitted nowhere else, so as calibration.yaml says otherwise")
        else:
            fault = f"'{name}' is fitted nowhere else; say what it is otherwise"
            raise ScenarioError([Problem(str(folder / "calibration.yaml"), 0, f"fields/{name}", fault)])
    return _text(declaration, scenario, lines, values)


def fitted_values(folder: Path) -> list[Fitted]:
    """Numbers in an episode's committed calibration; none where it has no calibration or no result yet."""
    try:
        declaration = read_declaration(folder).declaration
        fitted = load_scenario(folder / declaration.result)
    except ScenarioError:
        return []
    numbers = scenario_numbers(fitted)
    return [(folder.resolve().name, name, _middle(numbers[name])) for name in declaration.fields]


def _middle(number: Distribution) -> float:
    return number.mode if isinstance(number, Triangular) else number.mean()


def _teaches(name: str, own: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether a number fitted elsewhere says something of this one."""
    (episode, field), (holder, *_) = other, name.split(".")
    if holder == "market":
        return field == name and episode != own[0]
    return field.startswith("events.") and field.split(".")[2:] == name.split(".")[2:] and other != own


def _text(declaration: Declaration, scenario: Scenario, lines: list[str], values: dict[str, Any]) -> str:
    stream = io.StringIO()
    yaml = YAML()
    yaml.default_flow_style = False
    head = {"extends": declaration.scenario, "title": "Values fitted elsewhere"}
    yaml.dump(head | patch(scenario, values), stream)
    return "\n".join(lines) + "\n" + stream.getvalue()
