"""The two pages inside the package: every path they name is there, every name in code type imports."""

from __future__ import annotations

import inspect
import re
import tomllib
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from minrisk.cli import app
from minrisk.engine.inputs import LEVERS
from minrisk.engine.simulate import Trade
from minrisk.pipeline.metrics import ELEMENT_METRICS, LOSS_METRICS, USE_METRICS
from minrisk.scenario.schema import Market
from tests import ROOT
from tests.text.test_glossary import TERMS, wrong

PACKAGE = ROOT / "minrisk"
MAP, THEORY = PACKAGE / "README.md", PACKAGE / "THEORY.md"

_SPAN = re.compile(r"`([^`\n]+)`")
_DOTTED = re.compile(r"minrisk(\.\w+)+")
_PATH = re.compile(r"[\w.-]+(/[\w.-]+)*/?")
_ENDINGS = (".py", ".md", ".csv", ".toml", ".yaml", ".json", ".sh", ".cff", ".j2", ".css")


def spans(page: Path) -> list[str]:
    return _SPAN.findall(page.read_text(encoding="utf-8"))


def dotted(page: Path) -> list[str]:
    return sorted({span for span in spans(page) if _DOTTED.fullmatch(span)})


def paths(page: Path) -> list[str]:
    """Code spans that are files or folders."""
    return sorted({span for span in spans(page) if _is_path(span)})


def _is_path(span: str) -> bool:
    return _PATH.fullmatch(span) is not None and span.endswith((*_ENDINGS, "/"))


def resolve(name: str) -> Any:
    """The module, class, function, constant or attribute of a dotted name."""
    parts = name.split(".")
    module, rest = import_module(parts[0]), parts[1:]
    while rest:
        try:
            module = import_module(f"{module.__name__}.{rest[0]}")
        except ModuleNotFoundError:
            break
        rest = rest[1:]
    found: Any = module
    for part in rest:
        found = _attribute(found, part)
    return found


def _attribute(owner: Any, name: str) -> Any:
    """An attribute; of a class also a field without a default, which lives in its instances only."""
    if hasattr(owner, name):
        return getattr(owner, name)
    for base in getattr(owner, "__mro__", ()):
        if name in vars(base).get("__annotations__", {}):
            return vars(base)["__annotations__"][name]
    raise AttributeError(f"{owner!r} has no {name}")


def sections(page: Path) -> dict[str, str]:
    """Text by second-level heading."""
    found: dict[str, str] = {}
    for part in re.split(r"^## ", page.read_text(encoding="utf-8"), flags=re.M)[1:]:
        title, _, text = part.partition("\n")
        found[title.strip()] = text
    return found


def rows(text: str) -> list[list[str]]:
    """Cells of the first table of a text, without its header."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def unresolved(page: Path) -> dict[str, str]:
    """Dotted names of a page that are nowhere, with what went wrong."""
    found: dict[str, str] = {}
    for name in dotted(page):
        try:
            resolve(name)
        except AttributeError as error:
            found[name] = str(error)
    return found


def test_the_theory_names_what_is_there() -> None:
    assert len(dotted(THEORY)) > 100
    assert not unresolved(THEORY)


def test_every_section_of_the_theory_names_its_functions_and_sources() -> None:
    for title, text in sections(THEORY).items():
        assert _DOTTED.search(text), title
        if title[:2].strip(". ") not in ("1", "18") and "Decisions" not in title:
            for mark in ("- **In code:**", "- **Source:**", "- **Leaves out:**"):
                assert mark in text, (title, mark)


def test_every_symbol_says_where_it_lives() -> None:
    table = rows(sections(THEORY)["1. Symbols"])
    assert len(table) > 20
    for cells in table:
        assert _DOTTED.search(cells[-1]), cells


def test_the_theory_knows_every_lever_and_every_metric() -> None:
    named = set(spans(THEORY))
    assert set(LEVERS) <= named
    assert {m.name for m in (*ELEMENT_METRICS, *USE_METRICS, *LOSS_METRICS)} <= named


def test_numbers_of_the_theory_are_fields_of_a_scenario() -> None:
    fields = set(Market.model_fields)
    for name in (
        "restock_months",
        "stock_release_max",
        "store_max_months",
        "elasticity_long_spread",
        "saved_share",
    ):
        assert name in spans(THEORY)
        assert name in fields


def test_a_wrong_name_is_found() -> None:
    with pytest.raises(AttributeError):
        resolve("minrisk.engine.market.no_such_thing")


def test_every_path_of_the_map_is_there() -> None:
    assert len(paths(MAP)) > 60
    missing = [name for name in paths(MAP) if not (PACKAGE / name).exists() and not (ROOT / name).exists()]
    assert not missing


def test_the_map_names_what_is_there() -> None:
    assert not unresolved(MAP)


def test_the_rooms_of_the_map_are_those_of_the_package_from_low_to_high() -> None:
    listed = [_SPAN.findall(cells[0]) for cells in rows(sections(MAP)["Rooms"])]
    named = [name for names in listed for name in names]
    folders = {f"{path.parent.name}/" for path in PACKAGE.glob("*/__init__.py")}
    files = {path.name for path in PACKAGE.glob("*.py") if not path.name.startswith("__")}
    assert sorted(named) == sorted(folders | files)
    floors = _floors()
    heights = [floors[name.removesuffix("/").removesuffix(".py")] for name in named]
    assert heights == sorted(heights)


def _floors() -> dict[str, int]:
    """Floor of each room as import-linter holds it, the lowest 0."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = next(c["layers"] for c in contracts["contracts"] if c["type"] == "layers")
    names = [[name.strip().removeprefix("minrisk.") for name in layer.split("|")] for layer in reversed(layers)]
    return {name: floor for floor, together in enumerate(names) for name in together}


def test_the_table_of_changes_opens_a_file_in_every_row() -> None:
    table = rows(sections(MAP)["To change X, open Y"])
    assert len(table) >= 20
    for cells in table:
        assert any(_is_path(span) for span in _SPAN.findall(cells[1])), cells


def test_the_order_of_a_month_is_that_of_the_loop() -> None:
    steps = re.findall(r"^(\d)\. ", sections(MAP)["The order of a month"], flags=re.M)
    assert steps == [str(number) for number in range(9)]
    loop = inspect.getsource(Trade)
    calls = ["Offers(", "demand.set_month(", "offers.set_month(", "official.decide(", "commercial.plan(",
             "fill_baskets(", "clear(", "ledger.close(", "demand.adapt("]  # fmt: skip
    places = [loop.index(call) for call in calls]
    assert places == sorted(places)
    assert len(places) == len(steps)


def test_every_command_of_the_map_is_there() -> None:
    commands = {
        command.name or command.callback.__name__ for command in app.registered_commands if command.callback
    }
    for span in spans(MAP):
        if span.startswith("python -m tests."):
            assert find_spec(span.split()[2]) is not None, span
        if span.startswith("minrisk ") and len(span.split()) > 1:
            assert span.split()[1] in commands, span


@pytest.mark.parametrize("page", [MAP, THEORY], ids=["map", "theory"])
def test_terms_are_those_of_the_glossary(page: Path) -> None:
    text = re.sub(r"^```.*?^```|^    .*?$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    assert {term.key: words for term in TERMS if (words := wrong(term, "en", text))} == {}


def test_one_version_everywhere() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## (\S+)", changelog, flags=re.M)[1] == version  # type: ignore[index]
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"version {version}." in (ROOT / "README.md").read_text(encoding="utf-8")


def test_what_moved_is_where_the_changelog_says() -> None:
    newest = re.split(r"^## ", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.M)[1]
    table = rows(newest)
    assert len(table) > 10
    for before, now in table:
        for name in filter(_DOTTED.fullmatch, _SPAN.findall(now)):
            resolve(name)
        for name in filter(_DOTTED.fullmatch, _SPAN.findall(before)):
            with pytest.raises((AttributeError, ModuleNotFoundError)):
                resolve(name)
