"""Numbers are kept by code and never by word: a name changed in the catalogue changes labels and nothing else."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import Collection, QuadMesh
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text

from minrisk.plots import FIGURES, figures_of
from minrisk.report.follow import follow_sentences, quarter_rows
from minrisk.report.losses import exceedance_section
from minrisk.report.markets import use_rows, use_sentences
from minrisk.report.messages import key_messages
from minrisk.report.mix import mix_section
from minrisk.results.follow import follow
from minrisk.text.catalogue import LANGUAGES, catalogue, language
from tests.one_home.sources import modules

#: New words of the same length, so that lines break where they did.
RENAMED = {
    "en": {"names.countries.MYS": "Aisyalam", "names.countries.OTH": "snigiro reht"},
    "ja": {
        "names.countries.MYS": "アシーレマ",
        "names.countries.OTH": "国の他のそ",
        "names.elements.Dy": "ムウシロプスジ",
        "names.uses.ndfeb_heat_resistant": "石磁ムジオネ熱耐",
    },
}


@pytest.fixture(params=LANGUAGES)
def code(request: pytest.FixtureRequest) -> Iterator[str]:
    with language(request.param):
        yield request.param


def rename(monkeypatch: pytest.MonkeyPatch, code: str, words: dict[str, str]) -> dict[str, str]:
    """Change words of the catalogue; what each was before."""
    held: Any = catalogue(code)
    before = {key: held[key] for key in words}
    for key, word in words.items():
        monkeypatch.setitem(held, key, word)
    return before


def drawn(figure: Figure) -> list[tuple[Any, ...]]:
    """Everything in a figure but its texts: kind, data, colour."""
    found = []
    for axes in figure.axes:
        for artist in axes.get_children():
            if isinstance(artist, Line2D):
                found.append(("line", artist.get_xydata().tobytes(), str(artist.get_color())))
            elif isinstance(artist, QuadMesh):
                found.append(("mesh", np.ma.filled(artist.get_array(), -1.0).tobytes(), ""))
            elif isinstance(artist, Collection):
                paths = b"".join(path.vertices.tobytes() for path in artist.get_paths())
                found.append(("area", paths, str(artist.get_facecolor())))
            elif isinstance(artist, Patch):
                found.append(("patch", str(artist.get_extents()), str(artist.get_facecolor())))
    return found


def texts(figure: Figure) -> list[str]:
    """Texts of a figure without the places where lines break, ticks and legends too."""
    words = [text.get_text() for text in figure.findobj(Text)]
    words += [label.get_text() for axes in figure.axes for label in ticks(axes)]
    return sorted("".join(word.split()) for word in words)


def ticks(axes: Axes) -> list[Text]:
    return [*axes.get_xticklabels(), *axes.get_yticklabels()]


def tables(run: Any) -> str:
    """Everything that the tables and sentences of a report say by origin, element and use."""
    path = follow(run, "Dy")
    parts = (mix_section(run), quarter_rows(run, path), follow_sentences(run, path), use_rows(run))
    return str((*parts, use_sentences(run), exceedance_section(run), key_messages(run)))


def replaced(text: str, before: dict[str, str], words: dict[str, str]) -> str:
    for key, old in before.items():
        for plain in (str, str.capitalize):
            old_word, new_word = plain(old), plain(words[key])
            text = text.replace(old_word, new_word).replace("".join(old_word.split()), "".join(new_word.split()))
    return text


def test_a_renamed_code_changes_its_label_alone(code: str, ban: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    figures = {name: draw(ban) for name, draw in figures_of(ban, FIGURES).items()}
    said = tables(ban)
    words = RENAMED[code]
    before = rename(monkeypatch, code, words)
    assert any(old in said for old in before.values())
    assert tables(ban) == replaced(said, before, words)
    changed = 0
    for name, draw in figures_of(ban, FIGURES).items():
        again = draw(ban)
        assert drawn(again) == drawn(figures[name]), name
        old = [replaced(text, before, words) for text in texts(figures[name])]
        assert texts(again) == sorted(old), name
        changed += texts(again) != texts(figures[name])
    assert changed >= 3


def test_two_origins_of_one_name_stay_two(code: str, ban: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Layers are not put together, and none is lost, where words meet by chance."""
    shown = ("supply_by_route", "mix_before_after", "follow_element")
    figures = {name: FIGURES[name](ban) for name in shown}
    every = [
        key for key in catalogue(code) if key.startswith(("names.countries.", "names.sources.", "names.uses."))
    ]
    rename(monkeypatch, code, dict.fromkeys(every, "same"))
    for name, figure in figures.items():
        assert drawn(FIGURES[name](ban)) == drawn(figure), name


def test_results_speak_no_language() -> None:
    """Rooms below the texts import none of them."""
    below = (
        "axes",
        "files",
        "parallel",
        "risk/",
        "engine/",
        "seabed/",
        "economy/",
        "data/",
        "scenario/",
        "pipeline/",
    )
    for path, tree in modules().items():
        if path.startswith((*below, "results/")):
            named = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
            assert not [name for name in named if name.startswith("minrisk.text")], path
