"""What SECURITY.md says of the code: nothing read is executed, nothing is fetched, its limits are the code's."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from minrisk.data.csv_folder import MAX_BYTES as MOST_TABLE
from minrisk.files import hidden_character
from minrisk.scenario.load import MAX_CHAIN
from minrisk.scenario.yaml_nodes import MAX_BYTES, MAX_DEPTH, MAX_NODES
from tests import ROOT

PAGE = (ROOT / "minrisk" / "SECURITY.md").read_text(encoding="utf-8")
FILES = sorted((ROOT / "minrisk").rglob("*.py"))

#: Modules that run programs, unpickle objects or open connections.
FORBIDDEN = {
    "pickle", "marshal", "shelve", "subprocess", "socket", "ssl", "http", "urllib.request", "requests", "ctypes",
    "ftplib", "smtplib", "pty", "code", "runpy",
}  # fmt: skip
CALLS = {"eval", "exec", "compile", "__import__", "os.system", "os.popen", "os.execv", "pd.read_pickle"}


def imported(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def faults(text: str) -> list[str]:
    """Forbidden imports and calls of a file, and arrays that are loaded with objects in them."""
    tree = ast.parse(text)
    found = [name for name in imported(tree) if any(name == f or name.startswith(f"{f}.") for f in FORBIDDEN)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            objects = name == "np.load" and "allow_pickle=False" not in ast.unparse(node)
            found += [name] if name in CALLS or objects or "shell=True" in ast.unparse(node) else []
    return found


@pytest.mark.parametrize("text", ["import pickle", "from urllib import request", "eval('1')", "np.load(path)"])
def test_the_search_finds(text: str) -> None:
    assert faults(text)


def test_nothing_read_is_executed_and_nothing_is_fetched() -> None:
    found = {str(path.relative_to(ROOT)): faults(path.read_text(encoding="utf-8")) for path in FILES}
    assert len(found) > 200
    assert {path: names for path, names in found.items() if names} == {}


def test_the_page_names_the_limits() -> None:
    assert f"at most {MAX_BYTES // 10**6} MB, {MAX_NODES:,} values, {_words(MAX_DEPTH)} levels" in PAGE
    assert f"{_words(MAX_CHAIN)} files in a chain" in PAGE
    assert f"at most {MOST_TABLE // 10**6} MB" in PAGE
    assert hidden_character("a\x1bb")
    for name in ("--restrict-paths", "MINRISK_RESTRICT_PATHS", "minrisk.scenario.restrict_paths", "SIGTERM"):
        assert name in PAGE


def _words(count: int) -> str:
    return {5: "five", 12: "twelve"}[count]


def test_the_page_is_found_from_the_map() -> None:
    assert "(SECURITY.md)" in (Path(ROOT) / "minrisk" / "README.md").read_text(encoding="utf-8")
