"""The documentation: its code runs as it stands, its notebooks too, and every page is in the table of contents."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pytest
from typer.main import get_command
from typer.testing import CliRunner

import minrisk
from minrisk.cli import app
from tests import ROOT
from tests.one_figure import one_figure

DOCS = ROOT / "minrisk" / "docs"
PAGES = sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md"))
NOTEBOOKS = sorted(path.stem for path in (DOCS / "notebooks").glob("*.ipynb"))

#: Notebooks that take long even with few draws: the market many times over.
LONG = {"what_helps"}

#: Commands of the pages that need a file of the reader's own, or a cluster: they are read, not run.
NOT_HERE = ("BACI.csv", "minrisk mix next", "--scheduler", "pip install", "python3 -m venv")


def blocks(page: str) -> list[tuple[str, str]]:
    """Kind and text of every code block, in order."""
    return re.findall(r"^```(\w+)\n(.*?)^```", (DOCS / page).read_text(encoding="utf-8"), re.S | re.M)


def quick(code: str) -> str:
    """The same with few draws."""
    return re.sub(r"(draws=|DRAWS = |--draws )\d[\d_]*", r"\g<1>100", code)


def cells(name: str) -> list[dict[str, Any]]:
    text = (DOCS / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = json.loads(text)["cells"]
    return [cell for cell in found if cell["cell_type"] == "code"]


def run_cells(name: str) -> dict[str, Any]:
    space: dict[str, Any] = {}
    for cell in cells(name):
        exec(quick("".join(cell["source"])), space)
    plt.close("all")
    return space


@pytest.mark.parametrize("page", [page for page in PAGES if any(kind == "python" for kind, _ in blocks(page))])
def test_the_code_of_a_page_runs(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Block after block, as a reader would; without the libraries that a page calls extras, not at all."""
    code = [text for kind, text in blocks(page) if kind == "python"]
    for library in ("SALib", "openpyxl", "xarray") if any("SALib" in text for text in code) else ():
        pytest.importorskip(library)
    monkeypatch.chdir(tmp_path)
    space: dict[str, Any] = {}
    for text in code:
        exec(quick(text), space)
    plt.close("all")
    assert space["run" if "run" in space else "runs"]


def test_files_of_a_page_are_scenarios(tmp_path: Path) -> None:
    found = [(page, text) for page in PAGES for kind, text in blocks(page) if kind == "yaml"]
    assert found
    for _, text in found:
        path = tmp_path / "mine.yaml"
        path.write_text(text, encoding="utf-8")
        assert minrisk.load_scenario(path).title


def shown(page: str) -> list[list[str]]:
    """Words of every command in a page's blocks, without the program's name."""
    lines = [line for kind, text in blocks(page) if kind == "sh" for line in text.splitlines()]
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("minrisk ")]


def test_commands_of_pages_are_read() -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]
    every = [words for page in PAGES for words in shown(page)]
    assert len(every) > 6
    for name, *words in every:
        command = commands[name]
        if hasattr(command, "commands"):
            command, words = command.commands[words[0]], words[1:]
        assert not command.make_context(name, list(words)).args


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in PAGES if shown(page)])
def test_commands_of_pages_run(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that need no file of the reader's own, in order, with few draws."""
    monkeypatch.chdir(tmp_path)
    for kind, text in blocks(page):
        if kind == "yaml":
            Path("mine.yaml").write_text(text, encoding="utf-8")
    with one_figure():
        for words in shown(page):
            line = quick(shlex.join(["minrisk", *words]))
            if not any(word in line for word in NOT_HERE):
                result = CliRunner().invoke(app, shlex.split(line)[1:])
                assert result.exit_code == 0, (line, result.output)


@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.slow) if n in LONG else n for n in NOTEBOOKS])
def test_a_notebook_runs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "minrisk" in run_cells(name)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_is_kept_without_outputs(name: str) -> None:
    """What is shown is what the version at hand computes: the pages are built by executing it."""
    for cell in cells(name):
        assert not cell["outputs"]
        assert cell["execution_count"] is None


def test_every_page_is_in_the_contents() -> None:
    trees = re.findall(r"^```\{toctree\}\n(.*?)^```", (DOCS / "index.md").read_text(encoding="utf-8"), re.S | re.M)
    listed = [line for text in trees for line in text.splitlines() if line and not line.startswith(":")]
    there = [page.removesuffix(".md") for page in PAGES] + [f"notebooks/{name}" for name in NOTEBOOKS]
    assert sorted([*listed, "index"]) == sorted(there)
    assert len(set(listed)) == len(listed)


def test_what_a_page_includes_and_links_to_is_there() -> None:
    for page in PAGES:
        here, text = (DOCS / page).parent, (DOCS / page).read_text(encoding="utf-8")
        targets = re.findall(r"\{include\} (\S+)", text) + re.findall(r"\]\(([^)#\s]+)", text)
        for target in targets:
            # An archive of the sources holds no gallery.
            gallery = target.startswith("../../reports/") and not (DOCS / "../../reports").exists()
            assert gallery or (here / target).exists(), (page, target)


def test_nothing_is_left_behind() -> None:
    """Building leaves no trace beside the sources."""
    kinds = {path.suffix for path in DOCS.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert kinds == {".md", ".ipynb", ".py"}
