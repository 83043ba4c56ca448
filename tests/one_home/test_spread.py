"""Quantiles, medians and errors of draws come from minrisk/risk/spread.py alone."""

from __future__ import annotations

import ast

from tests.one_home.sources import calls, modules

HOME = "risk/spread.py"
QUANTILES = {"quantile", "nanquantile", "percentile", "nanpercentile", "median", "nanmedian", "mquantiles"}
OWNERS = {"np", "numpy", "pd", "stats", "statistics"}


def second_homes(tree: ast.AST) -> list[int]:
    """Lines that take a quantile of draws by a method of their own, or divide a deviation by a root."""
    found = [call.lineno for call, name, owner in calls(tree) if name in QUANTILES and owner in OWNERS]
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            deviation = isinstance(node.left, ast.Call) and getattr(node.left.func, "attr", "") == "std"
            root = isinstance(node.right, ast.Call) and getattr(node.right.func, "attr", "") == "sqrt"
            if deviation and root:
                found.append(node.lineno)
    return found


def test_spread_has_one_home() -> None:
    found = [f"{path}:{line}" for path, tree in modules().items() if path != HOME for line in second_homes(tree)]
    assert found == []


def test_the_search_finds_a_second_home() -> None:
    for line in (
        "low, high = np.quantile(values, (0.05, 0.95))",
        "middle = np.nanmedian(values, axis=1)",
        "error = values.std() / np.sqrt(values.size)",
    ):
        assert second_homes(ast.parse(line)) == [1]
