"""The package's modules as syntax trees, for tests that look for a rule outside its home."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache

from tests import ROOT

PACKAGE = ROOT / "minrisk"


@cache
def modules() -> dict[str, ast.Module]:
    """Every module by its path from the package on, such as ``data/money.py``."""
    return {
        path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str, str]]:
    """Every call with the name that is called and what stands before its dot, ``""`` where that is no name."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name):
            yield node, node.func.id, ""
        elif isinstance(node.func, ast.Attribute):
            owner = node.func.value
            yield node, node.func.attr, owner.id if isinstance(owner, ast.Name) else ""
