"""A run in a notebook: a small table, and figures that show themselves."""

from __future__ import annotations

import pytest
from matplotlib.figure import Figure

import minrisk
from minrisk.pipeline.run import Run
from minrisk.text import language


@pytest.fixture(scope="module")
def run() -> Run:
    return minrisk.run("ban_full_3m", draws=100)


def texts(figure: Figure) -> str:
    return " ".join(text.get_text() for text in figure.findobj(lambda artist: hasattr(artist, "get_text")))


def test_a_cell_shows_a_small_table_with_ranges(run: Run) -> None:
    page = run._repr_html_()
    assert page.count("<tr>") == 7
    assert run.scenario.title in page
    assert "100 draws" in page
    assert "5–95" in page
    with language("ja"):
        assert "元素" in run._repr_html_()


@pytest.mark.parametrize("name", ["price", "average_price", "shortage", "cover"])
def test_fans_take_elements_by_symbol_or_name(run: Run, name: str) -> None:
    figure = getattr(run.plot, name)(["Nd", "terbium"])
    assert len(figure.axes) >= 2
    shown = [axes.get_title(loc="left") for axes in figure.axes]
    assert [title for title in shown if title.startswith(("Neodymium", "Terbium", "neodymium", "terbium"))]
    assert not [title for title in shown if "ysprosium" in title]


def test_a_figure_shows_itself(run: Run) -> None:
    assert run.plot.price("Dy")._repr_png_().startswith(b"\x89PNG")  # type: ignore[attr-defined]


def test_one_element_goes_onto_axes_of_the_users_own(run: Run) -> None:
    figure = Figure()
    axes = figure.subplots()
    assert run.plot.price("Dy", ax=axes) is figure
    assert len(axes.lines) >= 2
    with pytest.raises(ValueError, match="one element"):
        run.plot.price(ax=axes)
    with pytest.raises(ValueError, match="did you mean"):
        run.plot.price("Dyy")


@pytest.mark.parametrize("name", ["shortage_map", "output", "stoppers", "mix", "supply", "loss", "loss_steps"])
def test_every_figure_is_drawn_in_both_languages(run: Run, name: str) -> None:
    assert name in dir(run.plot)
    english, japanese = getattr(run.plot, name)(), getattr(run.plot, name)(lang="ja")
    assert texts(english) != texts(japanese)


def test_one_element_is_followed(run: Run) -> None:
    assert "ysprosium" in texts(run.plot.follow("dysprosium"))
