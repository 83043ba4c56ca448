"""Schema errors in an analyst's words, at the line that is to blame."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError

from minrisk.scenario.errors import FieldError, Loc, Problem, shorten, unknown
from minrisk.scenario.yaml_nodes import Node

#: Message of a field that must be there and is not.
MISSING = "required field is missing"

#: Why a field has no default, for those where the reason is not plain.
_WHY = {
    "basis": "write dry, wet or slurry: a quoted tonne of mud may be dry solids, mud as it lies (.41 solids) or "
    "the slurry that is pumped (.15), and the oxide in it differs sevenfold",
}

#: Words for the types of schema error that scenarios can cause; `{name}` is filled from the error.
_WORDS = {
    "string_type": "must be text, not {input}",
    "string_too_short": "must not be empty",
    "int_type": "must be a whole number, not {input}",
    "int_from_float": "must be a whole number, not {input}",
    "int_parsing_size": "is too large",
    "float_type": "must be a number, not {input}",
    "finite_number": "must be a finite number; NaN and infinity are not allowed",
    "bool_type": "must be true or false, not {input}",
    "greater_than_equal": "{input} is too small; allowed: at least {ge}",
    "less_than_equal": "{input} is too large; allowed: at most {le}",
    "dict_type": "must be a mapping, such as {{Dy: 10}}, not {input}",
    "model_type": "must be a mapping of fields, not {input}",
    "model_attributes_type": "must be a mapping of fields, not {input}",
    "tuple_type": "must be a list, not {input}; write [] for none",
    "too_short": "must hold at least one entry",
}


class Holder(NamedTuple):
    """What holds fields: its name, as in `minrisk.scenario.errors.RENAMED`, and the fields it may have."""

    name: str
    fields: Sequence[str]


def problems_of(error: ValidationError, node: Node, holder_at: Callable[[Loc], Holder]) -> list[Problem]:
    """Faults of one validated part.

    Parameters
    ----------
    error : ValidationError
    node : Node
        The part that was validated.
    holder_at : callable
        What the mapping at a place is, and its valid fields.

    Returns
    -------
    list of Problem
    """
    return [_problem(details, node, holder_at) for details in error.errors(include_url=False)]


def place(node: Node, loc: Iterable[str | int], message: str) -> Problem:
    """Fault at the deepest value that exists on the way to a place."""
    parts = list(loc)
    while parts:
        below = _child(node, parts[0])
        if below is None:
            break
        node = below
        parts.pop(0)
    return node.problem(message, tuple(parts))


def _child(node: Node, part: str | int) -> Node | None:
    if isinstance(node.value, dict) and isinstance(part, str):
        return node.value.get(part)
    if isinstance(node.value, list) and isinstance(part, int) and part < len(node.value):
        return node.value[part]
    return None


def _problem(details: Any, node: Node, holder_at: Callable[[Loc], Holder]) -> Problem:
    kind, loc, context = details["type"], tuple(details["loc"]), details.get("ctx", {})
    fault = context.get("error")
    if kind == "missing":
        why = _WHY.get(str(loc[-1]))
        return place(node, loc, f"{MISSING}; {why}" if why else MISSING)
    if kind == "extra_forbidden":
        holder = holder_at(loc[:-1])
        return place(node, loc, unknown("field", str(loc[-1]), holder.fields, holder.name))
    if kind == "literal_error":
        allowed = re.findall(r"'([^']*)'", context["expected"])
        where = f"{holder_at(loc[:-1]).name}.{loc[-1]}"
        return place(node, loc, unknown("word", str(details["input"]), allowed, where))
    if isinstance(fault, FieldError):
        return place(node, loc + fault.loc, fault.message)
    if fault is not None:
        return place(node, loc, str(fault))
    shown = "nothing" if details["input"] is None else f"'{shorten(details['input'])}'"
    words = _WORDS.get(kind, details["msg"].replace("{", "{{").replace("}", "}}"))
    return place(node, loc, words.format(input=shown, **{k: v for k, v in context.items() if k != "input"}))
