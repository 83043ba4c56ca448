"""Colours of figures have one home, minrisk/plots/colours.toml, which minrisk/plots/style.py reads."""

from __future__ import annotations

import ast
import re
from itertools import combinations

import pytest

from minrisk.data.dataset import load_dataset
from minrisk.plots import style
from minrisk.results.mix import OTHERS, source_of
from tests.one_home.sources import modules

HOME = "plots/style.py"
HEX = re.compile(r"#(?:[0-9a-fA-F]{3}){1,2}")
#: Keywords of matplotlib that take a colour or a map of colours, and names that are no colour.
TAKES = {
    "color",
    "c",
    "facecolor",
    "edgecolor",
    "ecolor",
    "mfc",
    "mec",
    "markerfacecolor",
    "markeredgecolor",
    "cmap",
}
NONE = {"none", "inherit"}
PALETTES = {"OKABE_ITO", "GREY", "_MUTED"}


def draws(tree: ast.AST) -> bool:
    """Whether a module draws: it imports matplotlib or the figures."""
    named = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    named += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    return any(name.startswith(("matplotlib", "minrisk.plots")) for name in named)


def second_homes(tree: ast.AST) -> list[int]:
    """Lines that write a colour out or take one from a palette instead of asking for its role."""
    found: list[int] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and HEX.fullmatch(node.value):
            found.append(node.lineno)
        if isinstance(node, ast.keyword) and node.arg in TAKES and isinstance(node.value, ast.Constant):
            found += [node.value.lineno] if node.value.value not in NONE else []
        if isinstance(node, ast.Name | ast.alias) and getattr(node, "id", getattr(node, "name", "")) in PALETTES:
            found.append(node.lineno)
    return sorted(set(found))


def test_colours_have_one_home() -> None:
    drawing = {path: tree for path, tree in modules().items() if path != HOME and draws(tree)}
    assert len(drawing) > 15
    assert [f"{path}:{line}" for path, tree in drawing.items() for line in second_homes(tree)] == []


def test_the_search_finds_a_second_home() -> None:
    for line in (
        'axes.plot(x, y, color="#D55E00")',
        'axes.plot(x, y, color="black")',
        "from minrisk.plots.style import OKABE_ITO",
        'blue = style.ROLE["loss"] or OKABE_ITO["blue"]',
        'axes.imshow(values, cmap="viridis")',
    ):
        assert second_homes(ast.parse(line)) == [1], line


def test_layers_of_supply_are_told_apart() -> None:
    """Every source of the packaged data, and what stands in for it, has a colour that none of the others has."""
    dataset = load_dataset()
    sources = list(dict.fromkeys(source_of(route) for route in dataset.labels.routes))
    layers = [*sources, "extra", "reshuffled", "official_stocks", "commercial_stocks", "given_back", "feed"]
    colours = style.origin_colours(layers, dataset.focus_origin)
    assert set(colours) == set(layers)
    same = [pair for pair in combinations(layers, 2) if colours[pair[0]].lower() == colours[pair[1]].lower()]
    assert same == []
    assert colours[dataset.focus_origin] == style.ROLE["focus"]
    assert colours[OTHERS] == style.ROLE["others"]


@pytest.mark.parametrize("colours", [style.element_colours, style.use_colours])
def test_a_code_keeps_its_colour_whatever_stands_beside_it(colours: object) -> None:
    labels = load_dataset().labels
    codes = labels.elements if colours is style.element_colours else labels.uses
    whole = colours(codes)  # type: ignore[operator]
    assert len(set(whole.values())) == len(codes)
    for code in codes:
        assert colours([code]) == {code: whole[code]}  # type: ignore[operator]
    # A code of an own dataset takes a colour that is left over.
    assert colours(["Xx", *codes[:3]])["Xx"] not in [whole[code] for code in codes[:3]]  # type: ignore[operator]


def test_another_focus_takes_the_colour_of_the_focus() -> None:
    colours = style.origin_colours(["CHN", "MYS", "USA"], "MYS")
    assert colours["MYS"] == style.ROLE["focus"]
    assert len(set(colours.values())) == 3
