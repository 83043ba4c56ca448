"""What a run assumed, read from the scenario itself: every field with its meaning, value and spread."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from pydantic import BaseModel

from minrisk.reporting.wording import interval, number
from minrisk.scenario.distributions import Distribution

if TYPE_CHECKING:
    import pandas as pd

    from minrisk.pipeline.run import Run

_GRADE = re.compile(r"\bgrade ([ABC])\b", re.IGNORECASE)
#: Fields that name an event rather than describe it.
_NAMING = ("type", "name")


@dataclass(frozen=True)
class Assumption:
    """One field of the scenario.

    Attributes
    ----------
    field : str
        Name as in the scenario file.
    meaning : str
        What it is, with its unit.
    value : str
        The number, words or distribution given.
    sampled : str
        What the draws took: mean and 5-95 %, empty where nothing varies.
    grade : str
        Data-quality grade, empty where the schema names none.
    """

    field: str
    meaning: str
    value: str
    sampled: str
    grade: str


@dataclass(frozen=True)
class EventAssumptions:
    """One event in words, and its fields."""

    name: str
    kind: str
    meaning: str
    fields: tuple[Assumption, ...]


def market_assumptions(run: Run) -> list[Assumption]:
    """List the market parameters in the schema's order."""
    return list(_fields(run.scenario.market, "market", run.inputs, skip=()))


def event_assumptions(run: Run) -> list[EventAssumptions]:
    """List the events with their fields, in the scenario's order."""
    return [
        EventAssumptions(
            name=event.name,
            kind=event.type.replace("_", " "),
            meaning=_first_paragraph(inspect.getdoc(type(event)) or ""),
            fields=tuple(_fields(event, event.name, run.inputs, skip=_NAMING)),
        )
        for event in run.scenario.events
    ]


def _fields(model: BaseModel, prefix: str, inputs: pd.DataFrame, skip: Sequence[str]) -> Iterator[Assumption]:
    for name, info in type(model).model_fields.items():
        if name in skip:
            continue
        # A pure number has no unit worth a bracket to a reader.
        meaning = " ".join((info.description or "").replace("`", "").replace(" [1]", "").split())
        grade = _GRADE.search(meaning)
        for position, (field, value) in enumerate(_leaves(name, getattr(model, name))):
            yield Assumption(
                field=field,
                meaning="as above" if position else meaning,
                value=_text(value),
                sampled=_sampled(inputs, f"{prefix}/{field}"),
                grade=grade.group(1).upper() if grade else "",
            )


def _leaves(name: str, value: object) -> Iterator[tuple[str, object]]:
    """Open a mapping (tonnes per element) into one line per key; leave out what was not given."""
    if value is None:
        return
    if isinstance(value, Mapping) and not value:
        yield name, "none"
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield f"{name}.{key}", inner
    else:
        yield name, value


def _text(value: object) -> str:
    if isinstance(value, Distribution):
        line = value.describe()
        return "unlimited" if line == "inf" else line
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return number(float(value))
    if isinstance(value, tuple | list):
        return ", ".join(str(part) for part in value) or "none"
    return str(value)


def _sampled(inputs: pd.DataFrame, column: str) -> str:
    if column not in inputs.columns:
        return ""
    values = inputs[column].to_numpy(dtype=np.float64)
    low, high = np.quantile(values, (0.05, 0.95), method="inverted_cdf")
    if values.min() == values.max():
        return ""
    mean = float(values.mean()) if np.isfinite(values).all() else float("nan")
    return f"{number(mean)} ({interval(float(low), float(high))})"


def _first_paragraph(text: str) -> str:
    return " ".join(text.split("\n\n")[0].split())
