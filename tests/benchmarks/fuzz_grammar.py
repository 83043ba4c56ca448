"""The grammar of mutations: what an analyst's slip, an editor, a spreadsheet or malice makes of a valid file.

Every choice is taken from a `random.Random`, which hypothesis gives and can give again.
"""

from __future__ import annotations

import copy
import json
import math
import random
import re
from collections.abc import Callable
from typing import Any

#: Values that have hurt parsers before.
NASTY: tuple[Any, ...] = (
    None, True, 0, -1, 1, 2**63, 10**30, 0.0, -0.0, 1e-320, 1e308, math.inf, -math.inf, math.nan, "",
    " ", "all", "CHN", "Dy", "japan", "2026-13", "2026-02-31", "9999-12", "0000-00", "../../etc/passwd",
    "/dev/zero", "a" * 5000, "<script>", "[/]", "$x$", "=cmd", "\u202e", "\ud7ff", "Dysprosium", "名前", "1,200",
    "50 %", "1e400", "２０", [], {}, [[]], {"uniform": [1, 0]}, {"uniform": [0]}, {"triangular": [1, 1, 1]},
    {"normal": [0, -1]}, {"lognormal": {"median": 0, "p90": 0}}, {"mixture": []}, {"chance": 2},
    {"mixture": [{"weight": -1, "uniform": [0, 1]}]}, {"beta": {"a": 0, "b": 0}}, {"weibull": {"scale": 0}},
)  # fmt: skip

_SNIPPETS = (
    "", ":", "-", "{", "]", "&a ", "*a", "!!python/object:os.system ", "\t", "\0", "\n", "9", ",", '"', "'", "%",
    "#", "é", "|", ">", ";", "\r", "\u2028", "?", "---\n", "\ufeff",
)  # fmt: skip
_DATE = re.compile(r"(\d{4})-(\d\d)(-\d\d)?")


def distribution(rng: random.Random, near: float, depth: int = 0) -> Any:
    """A distribution of any form around a number, most often a valid one."""
    size = abs(near) if 0 < abs(near) < math.inf else 1.0
    low, middle, high = (
        near + size * step for step in sorted(rng.choice((-0.5, -0.1, 0, 0.1, 0.3)) for _ in "123")
    )
    forms: tuple[Callable[[], Any], ...] = (
        lambda: near,
        lambda: {"uniform": [low, high]},
        lambda: {"triangular": [low, middle, high]},
        lambda: {"normal": [near, size / 10]},
        lambda: {"lognormal": {"median": size, "p90": size * rng.choice((1, 1.5, 2, 1e6))}},
        lambda: {"weibull": {"shape": rng.choice((0.5, 1, 3)), "scale": size}},
        lambda: {"beta": {"a": rng.choice((0.5, 2, 1e9)), "b": 2}},
        lambda: {"discrete": {"values": [low, high], "weights": [1, 2]}},
        lambda: {"chance": 0.5},
        lambda: (
            {"mixture": [{"weight": 1, "value": distribution(rng, near, depth + 1)}, {"weight": 2, "value": low}]}
            if depth < 3
            else near
        ),
    )
    return rng.choice(forms)()


def places(tree: Any) -> list[tuple[Any, Any]]:
    """Every container of a tree with every key in it."""
    found: list[tuple[Any, Any]] = []
    keys = list(tree) if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ()
    for key in keys:
        found += [(tree, key), *places(tree[key])]
    return found


def bend(rng: random.Random, value: Any, whole: bool) -> Any:
    """Something of the same kind as a value: mostly still valid.

    Parameters
    ----------
    rng : Random
    value : object
    whole : bool
        True where the value is a field's own, False inside a distribution.
    """
    if isinstance(value, bool) or value is None:
        return rng.choice((True, False))
    if isinstance(value, int) and rng.random() < 0.5:
        return value + rng.choice((-1, 1, 2, 12))
    if isinstance(value, (int, float)):
        near = value * rng.choice((0.9, 1.0, 1.1, 1.1, 2.0))
        return distribution(rng, near) if whole and rng.random() < 0.6 else near
    if isinstance(value, str):
        date = _DATE.fullmatch(value)
        if date:
            year, month = int(date[1]) + rng.choice((-1, 0, 0, 1)), rng.randint(1, 12)
            return f"{year:04d}-{month:02d}{date[3] or ''}"
        if rng.random() < 0.7:
            return value
        return rng.choice((value.upper(), f"{value} ", rng.choice(("Nd", "Dy", "MYS", "all", "magnets"))))
    if isinstance(value, list) and value:
        kept = [entry for entry in value if rng.random() < 0.7] or value[:1]
        rng.shuffle(kept)
        return kept
    return value


def break_tree(rng: random.Random, tree: Any) -> None:
    """Change one place of a tree: drop, transplant, double, rename, or put in what is apt to hurt."""
    spots = places(tree)
    if not spots:
        return
    holder, key = rng.choice(spots)
    deed = rng.randrange(5)
    if deed == 0:
        del holder[key]
    elif deed == 1:
        other, place = rng.choice(spots)
        holder[key] = copy.deepcopy(other[place])
    elif deed == 2 and isinstance(holder, list):
        holder.append(copy.deepcopy(holder[key]))
    elif deed == 3 and isinstance(holder, dict):
        name = str(key)
        cut = rng.randrange(len(name) + 1)
        holder[name[:cut] + rng.choice(("", "x", "_", " ", "é")) + name[cut + 1 :]] = holder.pop(key)
    else:
        holder[key] = copy.deepcopy(rng.choice(NASTY))


def bend_tree(rng: random.Random, tree: Any) -> None:
    """Change one leaf or list of a tree within its kind."""
    spots = [(holder, key) for holder, key in places(tree) if not isinstance(holder[key], dict)]
    if spots:
        holder, key = rng.choice(spots)
        whole = isinstance(holder, dict) and not holder.keys() & {"median", "p90", "a", "b", "weight", "value"}
        holder[key] = bend(rng, holder[key], whole)


def mutate_tree(rng: random.Random, tree: Any) -> None:
    """One to four changes; half of the trees are only bent, so that many stay valid."""
    gentle = rng.random() < 0.6
    for _ in range(rng.choice((1, 1, 2, 3))):
        (bend_tree if gentle or rng.random() < 0.3 else break_tree)(rng, tree)


def mutate_text(rng: random.Random, text: str) -> str:
    """Text with one to four characters or spans changed."""
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(text) + 1)
        end = min(len(text), at + rng.choice((0, 1, 1, 3, 20)))
        text = text[:at] + rng.choice(_SNIPPETS) + text[end:]
    return text


def mutate_table(rng: random.Random, text: str) -> str:
    """A CSV table with cells, rows, columns or characters changed."""
    deed = rng.randrange(10)
    if deed == 0:
        return mutate_text(rng, text)
    lines = [line.split(",") for line in text.splitlines()]
    row = rng.randrange(len(lines))
    if deed == 1:
        del lines[row]
    elif deed == 2:
        lines.append(list(rng.choice(lines)))
    elif deed == 3:
        lines.insert(rng.randrange(len(lines) + 1), lines.pop(row))
    elif deed == 4 and lines[row]:
        column = rng.randrange(len(lines[row]))
        for cells in lines:
            del cells[column : column + 1]
    else:
        _change_cell(rng, lines, min(max(row, 1), len(lines) - 1))
    return "\n".join(",".join(cells) for cells in lines) + "\n"


def _change_cell(rng: random.Random, lines: list[list[str]], row: int) -> None:
    column = rng.randrange(len(lines[row]))
    old = lines[row][column]
    if re.fullmatch(r"-?[\d.]+", old) and rng.random() < 0.7:
        new = f"{float(old) * rng.choice((0, 0.5, 0.9, 1, 1.1, 2, 1e9, -1)):g}" if old.count(".") < 2 else old
    else:
        new = rng.choice(("", "0", "1", str(rng.choice(NASTY)), rng.choice(rng.choice(lines)), old[::-1]))
    lines[row][column] = new


def yaml_text(value: Any, indent: int = 0) -> str:
    """A tree as block YAML; faster than a library and without its opinions on what may be written."""
    pad = "  " * indent
    if isinstance(value, dict) and value:
        return "".join(f"{pad}{_scalar(str(k))}:{_below(v, indent)}" for k, v in value.items())
    if isinstance(value, list) and value:
        return "".join(f"{pad}-{_below(v, indent)}" for v in value)
    return f"{pad}{_scalar(value)}\n"


def _below(value: Any, indent: int) -> str:
    if isinstance(value, (dict, list)) and value:
        return "\n" + yaml_text(value, indent + 1)
    return f" {_scalar(value)}\n"


def _scalar(value: Any) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return ".nan" if math.isnan(value) else ".inf" if value > 0 else "-.inf"
    return json.dumps(value, ensure_ascii=False)
