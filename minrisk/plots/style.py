"""One look for all figures: colours, fonts, line breaks, ticks, titles, notes, the same bytes every time."""

from __future__ import annotations

import io
import re
import tomllib
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.resources import files
from itertools import cycle
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.text import Text

from minrisk.defaults import QUANTILE_DRAWS
from minrisk.plots.svg import compact
from minrisk.results import OTHERS
from minrisk.text import capital, current_language, element_name, month_text, one_after_another, say, title_of

if TYPE_CHECKING:
    from minrisk.pipeline.run import Run


#: What is never parted: a word in Latin letters with what clings to it, 60 at most, or one other character.
_PIECE = re.compile(r"[^ \u2e80-\uffef]{1,60}|.")
#: Characters that no Japanese line begins with, and those that none ends with.
_NEVER_FIRST = set("、。，．・：；？！）］｝」』】〉》ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ％～")
_NEVER_LAST = set("（［｛「『【〈《")


def width(text: str) -> int:
    """Width of a text in characters; one of full width, as in Japanese, counts twice."""
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def wrap(text: str, widest: int, most: int) -> str:
    """Break a text into lines.

    Parameters
    ----------
    text : str
        In any language.
    widest : int
        Greatest width of a line, as `width` counts it; one mark that may not begin the next is let stand.
    most : int
        Greatest number of lines; what does not fit is left out, and dots say so.

    Returns
    -------
    str
        Lines joined by line breaks.
    """
    lines = [""]
    for piece in _PIECE.findall(text):
        line = lines[-1]
        if line and width(line) + width(piece) > widest and piece not in _NEVER_FIRST:
            carried = line[-1] if line[-1] in _NEVER_LAST else ""
            lines[-1] = line.removesuffix(carried).rstrip(" ")
            lines.append(carried)
        lines[-1] = (lines[-1] + piece).lstrip(" ")
    if len(lines) > most:
        lines[most - 1 :] = [shorten(" ".join(lines[most - 1 :]), widest)]
    return "\n".join(lines)


def shorten(text: str, widest: int) -> str:
    """Cut a text to a width, as `width` counts it; dots stand for what is left out."""
    if width(text) <= widest:
        return text
    while width(text) > widest - 2:
        text = text[:-1]
    return f"{text.rstrip(' ,;、。')} …"


#: Colours by what they are of, as ``colours.toml`` has them.
_COLOURS = tomllib.loads(files("minrisk.plots").joinpath("colours.toml").read_text(encoding="utf-8"))
OKABE_ITO: Mapping[str, str] = _COLOURS["okabe_ito"]
_MUTED: Mapping[str, str] = _COLOURS["muted"]


def _written_out(table: str) -> dict[str, str]:
    """Colours of a table of the file, the names of palettes replaced."""
    named = {**OKABE_ITO, **_MUTED}
    return {key: named.get(colour, colour) for key, colour in _COLOURS[table].items()}


#: Colour by what it stands for.
ROLE = _written_out("roles")
_ORIGINS, _ELEMENTS, _USES = (_written_out(table) for table in ("origins", "elements", "uses"))
#: From nothing to all: white to dark blue, lightness falling evenly, as in the tables of the index.
SHADES = LinearSegmentedColormap.from_list("minrisk", ["#ffffff", "#084081"])

_STYLE: dict[Any, Any] = {
    "font.family": ["sans-serif"],
    "font.size": 9.0,
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": ROLE["mark"],
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": ROLE["grid"],
    "grid.linewidth": 0.6,
    "hatch.linewidth": 0.7,
    "legend.frameon": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "minrisk",
}
_LATIN = ["DejaVu Sans", "Verdana", "Arial", "sans-serif"]
#: Fonts by language, the first one installed is drawn with; a viewer of the SVG picks from the same list.
_FONTS = {
    "en": _LATIN,
    "ja": ["Noto Sans CJK JP", "Noto Sans JP", "Source Han Sans JP", "IPAexGothic", "IPAGothic", "Hiragino Sans",
           "Yu Gothic", "Meiryo", "MS Gothic", "TakaoGothic", *_LATIN],
}  # fmt: skip
_WIDTH = 9.2
#: Points of a picture to the inch.
_DPI = 150
#: Distance of lines by language: letters of Japanese fill their square.
_SPACING = {"en": 1.2, "ja": 1.45}
#: Characters to a line of a title and of a note; a Japanese one counts twice.
_TITLE = {"en": 92, "ja": 100}
_NOTE = {"en": 145, "ja": 156}


@contextmanager
def styled(language: str = "") -> Iterator[None]:
    """Draw with minrisk's settings whatever the user's matplotlibrc says; put theirs back afterwards.

    Parameters
    ----------
    language : str
        Language whose fonts to draw with; the current one by default.
    """
    with matplotlib.rc_context(), warnings.catch_warnings():
        # A name in a script the font lacks is still right as text in the SVG: no reason to shout.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_STYLE)
        matplotlib.rcParams["font.sans-serif"] = _FONTS[language or current_language()]
        yield


class Sheet(Figure):
    """A figure that a notebook shows without any magic."""

    def _repr_png_(self) -> bytes:
        """The picture as a notebook asks for it; without it a cell shows text."""
        return figure_bytes(self, "png")


def sheet(
    title: str, note: str, height: float, nrows: int = 1, ncols: int = 1, width: float = _WIDTH
) -> tuple[Figure, Any]:
    """Open a figure in the current language with its message on top and its note below.

    Parameters
    ----------
    title, note : str
        Plain text (never read as mathematics); both are wrapped to the width.
    height : float
        Height of the figure [inch].
    nrows, ncols : int
        Panels.
    width : float
        Width of the figure [inch]; lines of text are as long as it allows.

    Returns
    -------
    tuple of Figure and ndarray of Axes, shape (nrows, ncols)
    """
    layout = ConstrainedLayoutEngine(h_pad=0.06, w_pad=0.06, hspace=0.04)
    figure = Sheet(figsize=(width, height), layout=layout)
    FigureCanvasAgg(figure)
    language = current_language()
    figure.set_label(language)  # fonts are looked up when it is rendered
    part = width / _WIDTH
    heading = wrap(plain(title), int(part * _TITLE[language]), most=3 if part >= 1.0 else 5)
    figure.suptitle(heading, x=0.012, ha="left", fontsize=11.5, fontweight="bold", parse_math=False)
    small = wrap(plain(note), int(part * _NOTE[language]), most=3 if part >= 1.0 else 5)
    figure.supxlabel(small, x=0.012, ha="left", fontsize=7.5, color=ROLE["note"], parse_math=False)
    return figure, figure.subplots(nrows, ncols, squeeze=False)


def plain(text: str) -> str:
    """Drop characters that cannot stand in an SVG (control characters, lone surrogates)."""
    return "".join(c for c in text if c.isprintable() or c == "\u00a0")


def run_note(run: Run, *said: str, basis: str = "bands", dated: bool = True) -> str:
    """Say how many draws stand behind a figure, which made its bands, and what a line in time marks.

    Parameters
    ----------
    run : Run
        A finished run.
    *said : str
        What else a reader must know, a sentence each; empty ones are left out.
    basis : str
        What is shown: ``bands`` (and means), ``means`` or ``shares``.
    dated : bool
        Whether an axis counts months, so that the first that counts is marked.
    """
    key = "first_bands" if basis == "bands" and run.draws > QUANTILE_DRAWS else basis
    kept = {"first": f"{QUANTILE_DRAWS:,}"} if key == "first_bands" else {}
    name, draws = shorten(title_of(run.scenario), 70), f"{run.draws:,}"
    begun = say("figures.note.run", name=name, draws=draws, basis=say(f"figures.note.{key}", **kept))
    line = say("figures.note.dotted", month=month_text(run.counted[0])) if run.first and dated else ""
    return one_after_another([sentence for sentence in (begun, *said, line) if sentence])


def origin_colours(origins: Sequence[str], focus: str) -> dict[str, str]:
    """Colours of sources by code, the same in every figure.

    Parameters
    ----------
    origins : sequence of str
        Codes as `minrisk.results.mix` gives them, the most important first.
    focus : str
        Code of the focus origin, which has a colour of its own.

    Returns
    -------
    dict of str to str
    """
    fixed = ROLE | {focus: ROLE["focus"], OTHERS: ROLE["others"]}
    own = _own_colours([origin for origin in origins if origin not in fixed], _ORIGINS)
    return {origin: fixed[origin] if origin in fixed else own[origin] for origin in origins}


def element_colours(symbols: Sequence[str]) -> dict[str, str]:
    """Colours of elements by symbol, the same in every figure that tells elements apart by colour."""
    return _own_colours(symbols, _ELEMENTS)


def use_colours(uses: Sequence[str]) -> dict[str, str]:
    """Colours of end uses by code, the same in every figure that tells uses apart by colour."""
    return _own_colours(uses, _USES)


def owner_colours(owners: Sequence[str]) -> dict[str, str]:
    """Colours of the owners of stocks: users, traders, and official ones beginning with that of official stocks."""
    official = cycle((ROLE["official_stocks"], *_MUTED.values()))
    return {owner: ROLE[owner] if owner in ("users", "traders") else next(official) for owner in owners}


def told_apart(count: int) -> list[str]:
    """Colours for things that no other figure shows, such as scenarios compared; from the eighth they repeat."""
    hues = cycle(OKABE_ITO[name] for name in ("blue", "vermilion", "green", "purple", "orange", "sky", "black"))
    return [next(hues) for _ in range(count)]


def _own_colours(codes: Sequence[str], listed: Mapping[str, str]) -> dict[str, str]:
    """Colour of each code: its own where it is listed, else one that none of the others has."""
    found = {code: listed[code] for code in codes if code in listed}
    free = [colour for colour in dict.fromkeys(listed.values()) if colour not in found.values()] or [ROLE["others"]]
    further = [code for code in codes if code not in listed]
    found |= {code: free[place % len(free)] for place, code in enumerate(further)}
    return {code: found[code] for code in codes}


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
            axes.set_xlabel(say("figures.axis.month"))
        else:
            axes.tick_params(axis="x", labelbottom=False)
        if same_height and place % ncols:
            axes.tick_params(axis="y", which="both", labelleft=False)


def mark_measured(axes: Axes, run: Run) -> None:
    """Draw a thin line where the months measured begin, if that is after the start."""
    if run.first:
        axes.axvline(run.first, color=ROLE["mark"], linewidth=0.8, linestyle=(0, (1, 2)))


def name_of(run: Run, element: int) -> str:
    """Full name of an element of the run, by position."""
    return plain(capital(element_name(run.dataset, run.elements[element])))


def legend(owner: Figure | Axes, handles: Sequence[Any], loc: str = "outside right center", **kept: Any) -> None:
    """Add a legend whose texts are never read as mathematics."""
    settings: dict[str, Any] = {"handles": handles, "loc": loc, "fontsize": 8, **kept}
    for text in owner.legend(**settings).get_texts():
        text.set_parse_math(False)


def figure_bytes(figure: Figure, kind: str) -> bytes:
    """Render a figure to SVG or PNG (150 dpi) with no date, path or version in it.

    The first rendering lays the figure out; later ones keep that.

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
    sink, language = io.BytesIO(), str(figure.get_label()) or current_language()
    with styled(language):
        for text in figure.findobj(Text):
            text.set_linespacing(_SPACING[language])
        _lay_out(figure, kind)
        figure.savefig(sink, format=kind, dpi=_DPI, metadata=blank)
    drawn = sink.getvalue()
    return compact(drawn.decode()).encode() if kind == "svg" else drawn


def _lay_out(figure: Figure, kind: str) -> None:
    """Place what a figure holds, once; `savefig` with a layout engine draws all of it twice."""
    engine, canvas, dpi = figure.get_layout_engine(), figure.canvas, figure.dpi
    if engine is None:
        return
    if kind == "svg":
        FigureCanvasSVG(figure)
        figure.dpi = FigureCanvasSVG.fixed_dpi
    else:
        figure.dpi = _DPI
    engine.execute(figure)
    figure.set_canvas(canvas)
    figure.dpi = dpi
    figure.set_layout_engine(None)
