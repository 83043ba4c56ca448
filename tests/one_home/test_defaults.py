"""Numbers that hold where nobody says otherwise stand in minrisk/defaults.py."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.one_home.sources import modules

HOME = "defaults.py"

#: Names whose defaults have a home: numbers of draws, of draws computed together, and seeds.
NAMES = re.compile(r"(^|_)(draws|trajectories|base|block|seed)$", re.IGNORECASE)

#: Elements by symbol in a tuple or list: what is named first follows from the dataset.
SYMBOLS = {"Nd", "Dy", "Tb", "Y"}


def defaults(tree: ast.AST) -> Iterator[tuple[str, ast.expr | None, int]]:
    """Every name that is given a value by a default of a function, a field or an assignment."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            plain = [*node.args.posonlyargs, *node.args.args]
            pairs = [*zip(reversed(plain), reversed(node.args.defaults), strict=False)]
            pairs += [(a, d) for a, d in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if d]
            yield from ((argument.arg, value, argument.lineno) for argument, value in pairs)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id, node.value, node.lineno
        elif isinstance(node, ast.Assign):
            yield from ((t.id, node.value, node.lineno) for t in node.targets if isinstance(t, ast.Name))


def strays(tree: ast.AST) -> list[str]:
    """Defaults written as a number, and lists of elements that only the dataset should name."""
    found = []
    for name, value, line in defaults(tree):
        number = isinstance(value, ast.Constant) and type(value.value) in (int, float)
        if number and NAMES.search(name):
            found.append(f"line {line}: {name}")
        if isinstance(value, ast.Tuple | ast.List | ast.Set):
            named = {item.value for item in value.elts if isinstance(item, ast.Constant)}
            if named >= SYMBOLS:
                found.append(f"line {line}: {name}")
    return found


def test_no_default_stands_anywhere_else() -> None:
    found = {name: lines for name, tree in modules().items() if name != HOME and (lines := strays(tree))}
    assert found == {}


@pytest.mark.parametrize(
    "line",
    [
        "def solve(scenario: Scenario, draws: int = 2_000) -> None: ...",
        "def solve(*, draws: Annotated[int, typer.Option(min=1)] = 500) -> None: ...",
        "class Episode:\n    draws: int = 200",
        "QUANTILE_DRAWS = 2_000",
        "_BLOCK = 500",
        "def run(seed: int = 1) -> None: ...",
        'HEADLINE = ("Nd", "Dy", "Tb", "Y")',
    ],
)
def test_a_second_home_would_be_seen(line: str) -> None:
    assert len(strays(ast.parse(line))) == 1


def test_every_default_is_used() -> None:
    """A number that nobody reads is no default."""
    names = {name for name, _, _ in defaults(modules()[HOME])} | {
        item.id
        for node in ast.walk(modules()[HOME])
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple)
        for item in node.targets[0].elts
        if isinstance(item, ast.Name)
    }
    used = {
        node.id
        for name, tree in modules().items()
        if name != HOME
        for node in ast.walk(tree)
        if isinstance(node, ast.Name)
    }
    assert names - used == set()
    assert len(names) > 30
