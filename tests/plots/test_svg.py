"""The short form of an SVG: the same figure in fewer characters."""

from __future__ import annotations

import io
import re
from urllib.parse import unquote
from xml.etree import ElementTree

import numpy as np
from matplotlib.figure import Figure

from minrisk.plots.style import styled
from minrisk.plots.svg import compact
from minrisk.report.folder import data_uri

SVG = "{http://www.w3.org/2000/svg}"


def figure(text: str = "1.23456 of <demand> & more") -> str:
    """A figure with a line, a fill, markers and a text."""
    sink = io.BytesIO()
    with styled():
        drawn = Figure(figsize=(3, 2))
        axes = drawn.subplots()
        x = np.linspace(0.0, 1.0, 200)
        axes.plot(x, np.where(x < 0.5, 0.0, np.sin(9 * x)))
        axes.fill_between(x, 0.0, x, alpha=0.3)
        axes.plot([0.2], [0.2], "o")
        axes.set_title(text, parse_math=False)
        drawn.savefig(sink, format="svg")
    return sink.getvalue().decode()


def ends(path: str) -> np.ndarray:
    """Corners of a path of relative steps, absolute."""
    x = y = 0.0
    found = []
    for command, numbers in re.findall(r"([Mlhv])([^Mlhvz]*)", path):
        values = [float(n) for n in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", numbers)]
        if command == "M":
            x, y = values
        else:
            dx, dy = {"l": lambda v: v, "h": lambda v: (v[0], 0.0), "v": lambda v: (0.0, v[0])}[command](values)
            x, y = x + dx, y + dy
        found.append((x, y))
    return np.array(found)


def longest(svg: str) -> str:
    """The longest line without fill: the sine."""
    paths = [p for p in ElementTree.fromstring(svg).iter(f"{SVG}path") if "fill: none" in p.get("style", "")]
    return max((p.get("d", "") for p in paths), key=len)


def test_shorter_but_the_same_line() -> None:
    """Corners move by a twentieth of a point at the most, on a fill's straight side all but its ends go."""
    full = figure()
    short = compact(full)
    assert len(short) < 0.6 * len(full)
    before = np.array([[float(n) for n in pair.split()] for pair in re.findall(r"[ML] ([\d. ]+)", longest(full))])
    after = ends(longest(short))
    assert len(after) <= len(before)
    assert np.hypot(*(after[:, None] - before[None]).T).min(axis=0).max() < 0.075  # rounding
    np.testing.assert_allclose(after[[0, -1]], before[[0, -1]], atol=0.051)
    assert all(path.count("h") <= 3 for path in re.findall(r' d="(M[^"]*z)"', short))


def test_texts_stay_to_the_letter() -> None:
    """Numbers in a text are no coordinates."""
    texts = ["".join(t.itertext()) for t in ElementTree.fromstring(compact(figure())).iter(f"{SVG}text")]
    assert "1.23456 of <demand> & more" in texts


def test_what_is_referred_to_stays() -> None:
    """Markers and clip paths are still found; groups that say nothing are gone, others balanced."""
    tree = ElementTree.fromstring(compact(figure()))
    names = {e.get("id") for e in tree.iter() if e.get("id")}
    used = {e.get("{http://www.w3.org/1999/xlink}href", "#")[1:] for e in tree.iter(f"{SVG}use")}
    clips = {e.get("clip-path", "url(#)")[5:-1] for e in tree.iter()} - {""}
    assert used
    assert used | clips <= names
    assert all(group.attrib for group in tree.iter(f"{SVG}g"))


def test_a_second_time_changes_nothing() -> None:
    """What is compact stays as it is."""
    once = compact(figure("a"))
    assert compact(once) == once


def test_uri_is_the_image_and_safe_in_an_attribute() -> None:
    """Nothing in it ends the attribute or the URI."""
    svg = compact(figure('"><script>alert(1)</script> # % &'))
    uri = data_uri(svg.encode())
    assert not set(uri) & set('"<>#&\n')
    told = unquote(uri.removeprefix("data:image/svg+xml,"))
    assert told.replace("'", '"').split() == svg.replace("'", '"').split()
