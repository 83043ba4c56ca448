"""A run in a notebook: its table in a cell and its figures as methods."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import TYPE_CHECKING

from minrisk.plots import FIGURES, average_price_fan, follow_element, price_fan, shortage_fan, stock_cover
from minrisk.report.finished import finished
from minrisk.report.results_table import element_rows
from minrisk.results.follow import follow
from minrisk.text import current_language, language, say, title_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from minrisk.pipeline.run import Run

#: Rows of the table in a cell.
_SHOWN = 6
#: Its columns: header and cell.
_COLUMNS = (
    ("element", "name"),
    ("shortage", "shortage"),
    ("unserved", "unserved_share"),
    ("band", "unserved_share_band"),
    ("first_month", "first"),
    ("peak_price", "price"),
)


def run_html(run: Run) -> str:
    """A run as a notebook shows it: title, draws, and the elements hit hardest with their ranges.

    Parameters
    ----------
    run : Run

    Returns
    -------
    str
        HTML without script or style.
    """
    rows = element_rows(finished(run))[:_SHOWN]
    head = "".join(f"<th>{escape(say(f'terminal.{header}'))}</th>" for header, _ in _COLUMNS)
    body = "".join("<tr>" + "".join(f"<td>{escape(row[c])}</td>" for _, c in _COLUMNS) + "</tr>" for row in rows)
    months = f"{run.counted[0]} – {run.counted[-1]}"
    draws = say("figures.note.run", name=title_of(run.scenario), draws=f"{run.draws:,}", basis=months)
    return f"<p>{escape(draws)}</p><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


class Plots:
    """The figures of a run; each method returns a matplotlib Figure that a notebook shows.

    Parameters
    ----------
    run : Run
        A finished run.
    """

    def __init__(self, run: Run) -> None:
        self._run = run

    def __dir__(self) -> list[str]:
        return [name for name in vars(type(self)) if not name.startswith("_")]

    def __repr__(self) -> str:
        """Name the figures there are."""
        return f"<figures of {self._run.scenario.name!r}: {', '.join(dir(self))}>"

    def price(
        self, elements: str | Sequence[str] | None = None, lang: str | None = None, ax: Axes | None = None
    ) -> Figure:
        """Price of the last tonne by month: median, mean and bands of draws.

        Parameters
        ----------
        elements : str or sequence of str, optional
            Symbols or names; by default the six hit hardest.
        lang : str, optional
            ``en`` or ``ja``; the current language by default.
        ax : matplotlib.axes.Axes, optional
            Where to draw; then one element.

        Returns
        -------
        matplotlib.figure.Figure

        Raises
        ------
        ValueError
            If there is no such element or language, or `ax` is given for several elements.
        """
        return self._fan(price_fan, elements, lang, ax)

    def average_price(
        self, elements: str | Sequence[str] | None = None, lang: str | None = None, ax: Axes | None = None
    ) -> Figure:
        """What buyers pay on average by month; arguments as in `price`."""
        return self._fan(average_price_fan, elements, lang, ax)

    def shortage(
        self, elements: str | Sequence[str] | None = None, lang: str | None = None, ax: Axes | None = None
    ) -> Figure:
        """Share of demand not served by month; arguments as in `price`."""
        return self._fan(shortage_fan, elements, lang, ax)

    def cover(
        self, elements: str | Sequence[str] | None = None, lang: str | None = None, ax: Axes | None = None
    ) -> Figure:
        """Commercial stock in months of demand; arguments as in `price`."""
        return self._fan(stock_cover, elements, lang, ax)

    def shortage_map(self, lang: str | None = None) -> Figure:
        """Probability of a shortage by element and month."""
        return self._figure("shortage_map", lang)

    def output(self, lang: str | None = None) -> Figure:
        """Output of end uses by month."""
        return self._figure("use_output", lang)

    def stoppers(self, lang: str | None = None) -> Figure:
        """Which element stops which end use."""
        return self._figure("use_stoppers", lang)

    def mix(self, lang: str | None = None) -> Figure:
        """Where each element comes from, before and after."""
        return self._figure("mix_before_after", lang)

    def supply(self, lang: str | None = None) -> Figure:
        """Supply by route and month."""
        return self._figure("supply_by_route", lang)

    def loss(self, lang: str | None = None) -> Figure:
        """Value added lost by month; only for a dataset with industries."""
        return self._figure("loss_over_time", lang)

    def loss_steps(self, lang: str | None = None) -> Figure:
        """From missing tonnes to value added lost, step by step; only for a dataset with industries."""
        return self._figure("loss_waterfall", lang)

    def exceedance(self, lang: str | None = None) -> Figure:
        """How likely losses above each size are."""
        return self._figure("exceedance", lang)

    def follow(self, element: str | None = None, lang: str | None = None) -> Figure:
        """One element through its median draw; the one hit hardest by default."""
        if element is None:
            return self._figure("follow_element", lang)
        path = follow(self._run, self._run.dataset.element(element))
        with language(lang or current_language()):
            return follow_element(self._run, path)

    def _figure(self, name: str, lang: str | None) -> Figure:
        if name.startswith("loss") and not self._run.economy_metrics:
            raise ValueError(f"dataset {self._run.dataset.name} has no industries, so nothing is lost in yen")
        with language(lang or current_language()):
            return FIGURES[name](self._run)

    def _fan(
        self,
        draw: Callable[..., Figure],
        elements: str | Sequence[str] | None,
        lang: str | None,
        ax: Axes | None,
    ) -> Figure:
        words = [elements] if isinstance(elements, str) else elements
        chosen = None if words is None else [self._run.dataset.element(word) for word in words]
        if ax is not None and (chosen is None or len(chosen) != 1):
            raise ValueError("ax takes the panel of one element; name it, such as elements='Dy'")
        with language(lang or current_language()):
            return draw(self._run, chosen, ax)
