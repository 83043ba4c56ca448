"""What a run assumed, read from the scenario itself: every field with its meaning, value and spread."""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from pydantic import BaseModel

from minrisk.data import has_ceilings
from minrisk.risk.spread import quantiles
from minrisk.scenario import Distribution
from minrisk.text import event_meaning, field_meaning, interval, known_name, number, say, words

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
    literal : bool
        Whether `value` is a word of the scenario file, the same in every language.
    sampled : str
        What the draws took: mean and 5-95 %, empty where nothing varies.
    grade : str
        Data-quality grade, empty where the schema names none.
    translated : bool
        Whether `meaning` is in the current language, not in that of the schema.
    """

    field: str
    meaning: str
    value: str
    literal: bool
    sampled: str
    grade: str
    translated: bool


@dataclass(frozen=True)
class EventAssumptions:
    """One event in words, and its fields; `translated` says whether `meaning` is in the current language."""

    name: str
    kind: str
    meaning: str
    translated: bool
    fields: tuple[Assumption, ...]


def market_assumptions(run: Run) -> list[Assumption]:
    """List the market parameters in the schema's order."""
    unused = run.scenario.market.unused(has_ceilings(run.dataset))
    return [
        replace(line, value=say("assumptions.unused", value=line.value)) if line.field in unused else line
        for line in _fields(run.scenario.market, "market", run.inputs, skip=(), kind="market")
    ]


def event_assumptions(run: Run) -> list[EventAssumptions]:
    """List the events with their fields, in the scenario's order."""
    found = []
    for event in run.scenario.events:
        meaning, translated = event_meaning(event.type, _first_paragraph(inspect.getdoc(type(event)) or ""))
        found.append(
            EventAssumptions(
                name=event.name,
                kind=known_name("events", event.type, event.type.replace("_", " ")),
                meaning=meaning,
                translated=translated,
                fields=tuple(_fields(event, event.name, run.inputs, skip=_NAMING, kind=event.type)),
            )
        )
    return found


def _fields(
    model: BaseModel, prefix: str, inputs: pd.DataFrame, skip: Sequence[str], kind: str
) -> Iterator[Assumption]:
    for name, info in type(model).model_fields.items():
        if name in skip:
            continue
        # A pure number has no unit worth a bracket to a reader.
        schema = " ".join((info.description or "").replace("`", "").replace(" [1]", "").split())
        meaning, translated = field_meaning(kind, name, schema)
        grade = _GRADE.search(schema)
        for position, (field, value) in enumerate(_leaves(name, getattr(model, name))):
            yield Assumption(
                field=field,
                meaning=say("assumptions.as_above") if position else meaning,
                value=_text(value),
                literal=_is_literal(value),
                sampled=_sampled(inputs, f"{prefix}/{field}"),
                grade=grade.group(1).upper() if grade else "",
                translated=translated or bool(position),
            )


def _leaves(name: str, value: object) -> Iterator[tuple[str, object]]:
    """Open a mapping (tonnes per element) into one line per key; leave out what was not given."""
    if value is None:
        return
    if isinstance(value, Mapping) and not value:
        yield name, ()
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield f"{name}.{key}", inner
    else:
        yield name, value


def _text(value: object) -> str:
    if isinstance(value, Distribution):
        line = words(value)
        return number(math.inf) if line == "inf" else line
    if isinstance(value, bool):
        return say("assumptions.yes") if value else say("assumptions.no")
    if isinstance(value, int | float):
        return number(float(value))
    if isinstance(value, tuple | list):
        return ", ".join(str(part) for part in value) or say("assumptions.none")
    return str(value)


def _is_literal(value: object) -> bool:
    return not isinstance(value, Distribution | bool | int | float | tuple | list) or bool(
        isinstance(value, tuple | list) and value
    )


def _sampled(inputs: pd.DataFrame, column: str) -> str:
    if column not in inputs.columns:
        return ""
    values = inputs[column].to_numpy(dtype=np.float64)
    low, high = quantiles(values, (0.05, 0.95))
    if values.min() == values.max():
        return ""
    mean = float(values.mean()) if np.isfinite(values).all() else float("nan")
    return f"{number(mean)} ({interval(float(low), float(high))})"


def _first_paragraph(text: str) -> str:
    return " ".join(text.split("\n\n")[0].split())
