"""Figures say what they show, in units, and no text lies on another."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from typing import Any

import matplotlib
import numpy as np
import pytest
from matplotlib.ticker import PercentFormatter

from minrisk.decisions.compare_page import compare_page
from minrisk.plots import FIGURES, figure_bytes, figures_of
from minrisk.plots.losses import comparison
from minrisk.plots.style import name_of, styled
from minrisk.results.findings import lines, most_affected
from minrisk.text.catalogue import language
from minrisk.text.numbers import hundredths_percent, percent
from tests import ROOT
from tests.plots.layout import overlaps, panels, texts
from tests.small_run import small_run

UNITS = (
    "[%]",
    "[t REO/month]",
    "[× baseline price]",
    "[months of demand]",
    "[% of baseline]",
    "[t REO]",
    "element",
    "use",
)
UNITS += ("probability that it is more [%]", "[bn JPY/month]", "[bn JPY]", "published estimate")


@pytest.mark.parametrize("months", [1, 5, 18, 240])
@pytest.mark.parametrize("name", list(FIGURES))
def test_no_text_overlaps_and_none_leaves_the_sheet(name: str, months: int) -> None:
    """No overlap, readable ticks, at every length of scenario."""
    figure = FIGURES[name](small_run(months=months, draws=20))
    assert overlaps(figure) == []
    with styled():
        for text in texts(figure):
            box = text.get_window_extent()
            assert box.x0 >= -1, text
            assert box.y0 >= -1, text
            assert box.x1 <= figure.bbox.x1 + 1, text
            assert box.y1 <= figure.bbox.y1 + 1, text


@pytest.mark.parametrize("name", list(FIGURES))
def test_no_text_overlaps_in_japanese(name: str) -> None:
    """Drawn with whichever font there is: the width of letters is about the same."""
    with language("ja"):
        figure = FIGURES[name](small_run(months=18, draws=20))
        assert overlaps(figure) == []


def test_the_overlap_check_sees_an_overlap(ban: Any) -> None:
    """The check above can fail."""
    figure = FIGURES["shortage_map"](ban)
    figure.text(0.02, 0.97, "over the title")
    assert overlaps(figure)


@pytest.mark.parametrize("name", list(FIGURES))
def test_title_axes_and_units(name: str, ban: Any, calm: Any) -> None:
    """Titles, axis labels with units, a note with the number of draws."""
    for run in (ban, calm):
        figure = FIGURES[name](run)
        assert figure.get_suptitle()
        assert "200 draws" in figure.get_supxlabel()
        labels = [axes.get_ylabel() for axes in figure.axes if axes.get_ylabel()]
        assert labels
        assert all(any(unit in label for unit in UNITS) for label in labels)
        along = "limiting element in the worst month of the end use" if name == "use_stoppers" else "calendar month"
        along = {
            "loss_waterfall": "from tonnes to yen: what adds to the loss (red), what takes from it (green)",
            "exceedance": "unserved share of demand [%]",
            "loss_comparison": "loss [% of a year's GDP, logarithmic; below 0.01 drawn at 0.01]",
            "mix_before_after": "supply, mean [% of baseline supply]; at the end of a bar: [t REO/year]",
        }.get(name, along)
        if name not in ("loss_waterfall", "loss_comparison"):
            assert any(axes.get_xlabel() == along for axes in panels(figure))


def test_titles_are_computed(ban: Any, calm: Any) -> None:
    """The message figure names the element and share that the metrics give; calm says nothing happens."""
    chance = ban.metrics["shortage"].mean(axis=1)
    title = FIGURES["shortage_map"](ban).get_suptitle()
    assert f"a shortage in {percent(chance.max())}" in title
    assert any(title.startswith(f"{name_of(ban, int(e))}:") for e in np.flatnonzero(chance == chance.max()))
    assert FIGURES["use_output"](calm).get_suptitle().startswith("Nothing stops")
    assert FIGURES["use_stoppers"](calm).get_suptitle().startswith("Nothing stops")
    assert "all demand is served" in FIGURES["follow_element"](calm).get_suptitle()
    assert FIGURES["shortage_map"](calm).get_suptitle().startswith("No shortage of any of the 15 elements")
    assert "stay at baseline" in FIGURES["price_fan"](calm).get_suptitle()
    assert FIGURES["shortage_fan"](calm).get_suptitle().startswith("All demand is served")


def test_measured_from_is_marked() -> None:
    """A dotted line where the months that count begin, none where that is the start."""
    for first, count in (("2026-01", 0), ("2026-07", 1)):
        figure = FIGURES["price_fan"](small_run(months=12, draws=20, measures_from=first))
        lines_at = [line for line in panels(figure)[0].lines if list(line.get_xdata()) == [6, 6]]
        assert len(lines_at) == count
        assert ("measured from July 2026" in figure.get_supxlabel()) == bool(count)


CHECKS = {
    "import minrisk; assert callable(minrisk.plots.price_fan)": {},
    "import sys, minrisk.report.index; assert 'matplotlib' not in sys.modules": {},
    "import minrisk.plots": {"HOME": os.devnull, "XDG_CONFIG_HOME": "", "XDG_CACHE_HOME": ""},
}


@pytest.mark.parametrize("code", list(CHECKS))
def test_plots_come_when_called_and_need_no_home(code: str) -> None:
    """README: minrisk.plots after import minrisk alone; no complaint where HOME cannot be written."""
    given = {name: value for name, value in os.environ.items() if name != "MPLCONFIGDIR"} | CHECKS[code]
    given["PYTHONPATH"] = str(ROOT)
    done = subprocess.run([sys.executable, "-c", code], env=given, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_only_elements_that_are_hit_are_shown(ban: Any, calm: Any) -> None:
    """At most six panels, none for an element the ban leaves alone."""
    assert {ban.elements[i] for i in most_affected(ban)} == {"Sm", "Gd", "Tb", "Dy", "Y"}
    assert len(most_affected(calm)) == 6


def test_draw_counts_in_the_note(ban: Any) -> None:
    """The note says which draws made the bands: the first 2,000 of more, else all."""
    assert "first 2,000" not in FIGURES["price_fan"](ban).get_supxlabel()
    many = small_run(draws=2_100, months=6)
    assert "2,100 draws" in FIGURES["price_fan"](many).get_supxlabel()
    assert "bands from the first 2,000" in FIGURES["price_fan"](many).get_supxlabel()


def test_stack_adds_up_to_what_is_used(ban: Any) -> None:
    """Conservation (MODEL s.4): taken + out of stocks = served + exported, as the stacked figure shows."""
    routes = [v for v in ban.series["variable"].unique() if v.startswith("supply_t:")]
    taken = sum(np.nan_to_num(lines(ban, variable)) for variable in routes)
    inflow = taken + lines(ban, "stock_release_t") + lines(ban, "released_t")
    used = lines(ban, "served_t") - lines(ban, "returned_t") + lines(ban, "exported_t") + lines(ban, "refilled_t")
    np.testing.assert_allclose(inflow, used, rtol=1e-9, atol=1e-12)


def test_user_text_is_not_mathematics() -> None:
    """A title with dollars and markup is shown as it is written, and the SVG stays well-formed."""
    run = small_run(months=6, draws=20, title=r"Costs $\frac{1 & <script>alert(1)</script>")
    svg = figure_bytes(FIGURES["price_fan"](run), "svg")
    ET.fromstring(svg)
    assert b"<script" not in svg
    assert rb"$\frac{1" in svg


def test_svg_is_the_same_every_time_whatever_the_user_has_set(ban: Any) -> None:
    """DESIGN: fixed hash salt, no date; a user's matplotlibrc changes nothing and is left alone."""
    first = [figure_bytes(draw(ban), "svg") for draw in FIGURES.values()]
    with matplotlib.rc_context({"font.size": 20, "svg.hashsalt": "x", "axes.grid": True}):
        second = [figure_bytes(draw(ban), "svg") for draw in FIGURES.values()]
        assert matplotlib.rcParams["font.size"] == 20
    assert [hashlib.sha256(a).hexdigest() for a in first] == [hashlib.sha256(b).hexdigest() for b in second]
    assert b"<dc:date>" not in first[0]
    assert b"<text" in first[0]


def test_comparison_of_scenarios(ban: Any, calm: Any) -> None:
    """The costliest scenario and its loss stand in the title, on a wide and a narrow screen; no overlap."""
    mean = hundredths_percent(ban.economy_metrics["worst_year_gdp_share"].mean())
    for narrow in (False, True):
        figure = comparison([calm, ban], narrow)
        title = figure.get_suptitle().replace("\n", " ")
        assert title.startswith(f"China stops heavy rare earths: {mean} of GDP")
        assert overlaps(figure) == []
        assert (figure.get_figwidth() < 5.0) == narrow
    assert comparison([calm]).get_suptitle() == "No scenario costs anything"


def test_labels_in_percent_are_where_they_say(ban: Any, calm: Any) -> None:
    """A tick at 2.5 % is not called 2: every label of a share is its place."""
    drawn = [*(draw(run) for run in (ban, calm) for draw in figures_of(run, FIGURES).values())]
    drawn += compare_page([calm, ban]).figures.values()
    seen = 0
    for figure in drawn:
        figure.draw_without_rendering()
        for axes in figure.axes:
            for axis in (axes.xaxis, axes.yaxis):
                if not isinstance(axis.get_major_formatter(), PercentFormatter):
                    continue
                labels = axis.get_majorticklabels()  # none where a panel beside it has them
                for place, label in zip(axis.get_majorticklocs() if labels else [], labels, strict=True):
                    assert float(label.get_text().replace("\u2212", "-")) == pytest.approx(100.0 * place, abs=1e-6)
                    seen += 1
    assert seen > 50
