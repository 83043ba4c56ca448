"""One look for all figures: colours, month ticks, titles, notes, and the same bytes every time."""

from __future__ import annotations

import io
import textwrap
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from minrisk.plots.svg import compact
from minrisk.text.numbers import QUANTILE_DRAWS, capital, element_name, origin_name

if TYPE_CHECKING:
    from minrisk.pipeline.run import Run

#: Okabe & Ito (2008): eight colours told apart with every kind of colour vision.
OKABE_ITO = {
    "black": "#000000",
    "orange": "#E69F00",
    "sky": "#56B4E9",
    "green": "#009E73",
    "yellow": "#F0E442",
    "blue": "#0072B2",
    "vermilion": "#D55E00",
    "purple": "#CC79A7",
}
GREY = "#B5B5B5"
#: Origins that keep their colour from figure to figure; another takes one that is left over.
_ORIGINS = {"MYS": "blue", "VNM": "sky", "THA": "green"}
#: From nothing to all: white to dark blue, lightness falling evenly, as in the tables of the index.
SHADES = LinearSegmentedColormap.from_list("minrisk", ["#ffffff", "#084081"])

_STYLE: dict[Any, Any] = {
    "font.family": ["sans-serif"],
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial", "sans-serif"],
    "font.size": 9.0,
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#555555",
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": "#E3E3E3",
    "grid.linewidth": 0.6,
    "hatch.linewidth": 0.7,
    "legend.frameon": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "minrisk",
}
_WIDTH = 9.2


@contextmanager
def styled() -> Iterator[None]:
    """Draw with minrisk's settings whatever the user's matplotlibrc says; put theirs back afterwards."""
    with matplotlib.rc_context(), warnings.catch_warnings():
        # A name in a script the font lacks is still right as text in the SVG: no reason to shout.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_STYLE)
        yield


def sheet(title: str, note: str, height: float, nrows: int = 1, ncols: int = 1) -> tuple[Figure, Any]:
    """Open a figure with its message on top and its note below.

    Parameters
    ----------
    title, note : str
        Plain text (never read as mathematics); both are wrapped to the width.
    height : float
        Height of the figure [inch].
    nrows, ncols : int
        Panels.

    Returns
    -------
    tuple of Figure and ndarray of Axes, shape (nrows, ncols)
    """
    layout = ConstrainedLayoutEngine(h_pad=0.06, w_pad=0.06, hspace=0.04)
    figure = Figure(figsize=(_WIDTH, height), layout=layout)
    FigureCanvasAgg(figure)
    heading = "\n".join(textwrap.wrap(plain(title), 92, max_lines=3))
    figure.suptitle(heading, x=0.012, ha="left", fontsize=11.5, fontweight="bold", parse_math=False)
    small = "\n".join(textwrap.wrap(plain(note), 145, max_lines=3))
    figure.supxlabel(small, x=0.012, ha="left", fontsize=7.5, color="#444444", parse_math=False)
    return figure, figure.subplots(nrows, ncols, squeeze=False)


def plain(text: str) -> str:
    """Drop characters that cannot stand in an SVG (control characters, lone surrogates)."""
    return "".join(c for c in text if c.isprintable() or c == "\u00a0")


def run_note(run: Run, extra: str, bands: bool = True, dated: bool = True) -> str:
    """Say how many draws stand behind a figure, which made its bands, and what a line in time marks."""
    name = textwrap.shorten(run.scenario.title or run.scenario.name, 70, placeholder=" …")
    basis = "means of all of them"
    if bands and run.draws > QUANTILE_DRAWS:
        basis += f", bands from the first {QUANTILE_DRAWS:,}"
    elif bands:
        basis = "means and bands from all of them"
    line = f" Dotted line: measured from {run.counted[0]}." if run.first and dated else ""
    return f"{name} – {run.draws:,} draws; {basis}. {extra}{line}"


def origin_colours(names: Sequence[str], further: Sequence[str] = ()) -> dict[str, str]:
    """Colours of the origins that a figure shows by name, the same in every figure.

    Parameters
    ----------
    names : sequence of str
        Names of origins as `origin_name` gives them, the most important first.
    further : sequence of str
        Colours that a figure has to spare for more than three.

    Returns
    -------
    dict of str to str
        Colour by name, as far as there are colours.
    """
    own = {origin_name(code): colour for code, colour in _ORIGINS.items()}
    shown = list(names)[: len(own) + len(further)]
    free = [colour for name, colour in own.items() if name not in shown] + list(further)
    return {name: OKABE_ITO[own[name] if name in own else free.pop(0)] for name in shown}


def month_ticks(axes: Axes, months: Sequence[str], most: int = 6) -> None:
    """Put few, readable ticks on a month axis: Januaries with the year, or single months if there are few.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Its x axis counts months from 0.
    months : sequence of str
        Labels ``YYYY-MM``.
    most : int
        Greatest number of labels.
    """
    januaries = [i for i, month in enumerate(months) if month.endswith("-01")]
    if len(januaries) >= 3 or len(months) > 24:
        step = next(s for s in (1, 2, 5, 10, 20, 50) if len(januaries) <= most * s)
        places = januaries[::step]
        labels = [months[i][:4] for i in places]
    else:
        few = max(2, most - 2)
        step = next(s for s in (1, 2, 3, 6, 12) if len(months) <= few * s)
        places = list(range(0, len(months), step))
        labels = [months[i] for i in places]
    axes.set_xticks(places, labels)
    axes.set_xlim(-0.5 if len(months) == 1 else 0, max(len(months) - 1, 0.5))


def calendar_below(grid: Any, shown: int, same_height: bool = False) -> None:
    """Label the months under the lowest panel of each column alone; every panel has the same months.

    Parameters
    ----------
    grid : ndarray of Axes, shape (nrows, ncols)
        Panels, filled row by row.
    shown : int
        How many of them show something; the others are switched off.
    same_height : bool
        Whether all have the same vertical axis too, which is then labelled in the first column alone.
    """
    ncols = grid.shape[1]
    for place, axes in enumerate(grid.ravel()):
        if place >= shown:
            axes.set_axis_off()
        elif place + ncols >= shown:
            axes.set_xlabel("calendar month")
        else:
            axes.tick_params(axis="x", labelbottom=False)
        if same_height and place % ncols:
            axes.tick_params(axis="y", which="both", labelleft=False)


def mark_measured(axes: Axes, run: Run) -> None:
    """Draw a thin line where the months that count begin, if that is after the start."""
    if run.first:
        axes.axvline(run.first, color="#555555", linewidth=0.8, linestyle=(0, (1, 2)))


def name_of(run: Run, element: int) -> str:
    """Full name of an element of the run, by position."""
    return plain(capital(element_name(run.dataset, run.elements[element])))


def figure_bytes(figure: Figure, kind: str) -> bytes:
    """Render a figure to SVG or PNG (150 dpi) with no date, path or version in it.

    The first rendering lays the figure out; later ones keep that, which saves half of their time.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        A figure of this package.
    kind : str
        ``svg`` or ``png``.

    Returns
    -------
    bytes
        The same for the same figure and the same matplotlib.
    """
    blank = {"svg": {"Date": None, "Creator": None}, "png": {"Software": None}}[kind]
    sink = io.BytesIO()
    with styled():
        figure.savefig(sink, format=kind, dpi=150, metadata=blank)
        figure.set_layout_engine("none")
    drawn = sink.getvalue()
    return compact(drawn.decode()).encode() if kind == "svg" else drawn
