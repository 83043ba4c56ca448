"""Files are written whole or not at all, and only minrisk/files.py knows how."""

from __future__ import annotations

import ast

import pytest

from tests.one_home.sources import calls, modules

HOME = "files.py"


def writes(tree: ast.AST) -> list[str]:
    """What a module does that only the home may: write to a path, rename, move, make CSV."""
    found = []
    for call, name, owner in calls(tree):
        by_path = len(call.args) == 1 and not call.keywords  # str.replace takes two, DataFrame.rename keywords
        if (
            name in {"write_text", "write_bytes", "to_csv", "savetxt", "move"}
            or (name in {"replace", "rename", "renames"} and (owner == "os" or by_path))
            or (name == "open" and _mode(call, 1 if isinstance(call.func, ast.Name) else 0) & set("wax+"))
        ):
            found.append(f"line {call.lineno}: {name}")
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in {"os", "shutil"}:
            found += [f"line {node.lineno}: {alias.name}" for alias in node.names if alias.name in _RENAMES]
    return found


_RENAMES = {"replace", "rename", "renames", "move"}


def _mode(call: ast.Call, place: int) -> set[str]:
    """Letters of the mode with which a file is opened."""
    given = call.args[place] if len(call.args) > place else None
    given = next((word.value for word in call.keywords if word.arg == "mode"), given)
    return set(given.value) if isinstance(given, ast.Constant) and isinstance(given.value, str) else set()


def test_no_module_but_the_home_writes_or_renames_a_file() -> None:
    found = {name: lines for name, tree in modules().items() if name != HOME and (lines := writes(tree))}
    assert found == {}


@pytest.mark.parametrize(
    "line",
    [
        "os.replace(a, b)",
        "os.rename(a, b)",
        "temporary.replace(target)",
        "temporary.rename(target)",
        "shutil.move(a, b)",
        "from os import replace",
        "path.write_text(text, encoding='utf-8')",
        "path.write_bytes(b'')",
        "open(path, 'w')",
        "path.open('a')",
        "path.open(mode='wb')",
        "table.to_csv(path)",
    ],
)
def test_a_second_home_would_be_seen(line: str) -> None:
    assert len(writes(ast.parse(line))) == 1


@pytest.mark.parametrize(
    "line",
    ["text.replace('a', 'b')", "table.rename(columns=names)", "path.open('rb')", "open(path)", "path.open()"],
)
def test_what_writes_nothing_is_let_through(line: str) -> None:
    assert writes(ast.parse(line)) == []
