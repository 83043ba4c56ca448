"""The two pages inside the package: every path they name is there, every name in code type imports."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import minrisk
from minrisk.engine.inputs import LEVERS
from minrisk.results.metrics import ECONOMY_METRICS, UNITS
from minrisk.scenario.market import Market

PACKAGE = Path(minrisk.__file__).parent
REPOSITORY = PACKAGE.parent
MAP, THEORY = PACKAGE / "README.md", PACKAGE / "THEORY.md"

_SPAN = re.compile(r"`([^`\n]+)`")
_DOTTED = re.compile(r"minrisk(\.\w+)+")
_PATH = re.compile(r"[\w.<>-]+(/[\w.<>-]+)*/?")
_ENDINGS = (".py", ".md", ".csv", ".toml", ".yaml", ".json", ".sh", ".cff", ".j2", ".css")


def spans(page: Path) -> list[str]:
    return _SPAN.findall(page.read_text(encoding="utf-8"))


def dotted(page: Path) -> list[str]:
    return sorted({span for span in spans(page) if _DOTTED.fullmatch(span)})


def paths(page: Path) -> list[str]:
    """Code spans that are files or folders; names in angle brackets stand for any."""
    found = {span for span in spans(page) if _PATH.fullmatch(span) and "<" not in span}
    return sorted(span for span in found if span.endswith(_ENDINGS) or span.endswith("/"))


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
        if title[:2].strip(". ") not in ("1", "17") and "Decisions" not in title:
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
    assert set(UNITS) <= named
    assert {"loss_jpy", "worst_year_gdp_share", "consumer_surplus_loss_jpy"} <= named & set(ECONOMY_METRICS)


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
