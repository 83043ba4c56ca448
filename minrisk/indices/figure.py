"""Figure: an importer's shares, concentration and risk by year, with the breaks of the data shown as breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from minrisk.axes import Array, Flags
from minrisk.defaults import EU_SHARE_LIMIT
from minrisk.plots.style import GREY, OKABE_ITO, plain, sheet, styled
from minrisk.text import origin_name, percent

if TYPE_CHECKING:
    from minrisk.indices.table import Indices


def import_indices(indices: Indices) -> Figure:
    """Shares of the focus origin, concentration, governance and GeoPolRisk of all codes together, by year.

    Parameters
    ----------
    indices : Indices
        As from `minrisk.indices.table.trade_indices`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    table = indices.together
    with styled():
        figure, grid = sheet(_title(indices, table), _note(indices, table), 6.2, 2, 2)
        shares, concentration, governance, score = grid.ravel()
        _shares(shares, table, origin_name(indices.focus))
        _concentration(concentration, table)
        _governance(governance, table)
        _score(score, table)
        for axes in grid.ravel():
            axes.set_xlim(table["year"].min() - 0.7, table["year"].max() + 0.7)
            axes.xaxis.set_major_locator(MaxNLocator(7, integer=True))
            axes.set_xlabel("year")
    return figure


def _shares(axes: Axes, table: pd.DataFrame, origin: str) -> None:
    axes.set_title(plain(f"Share of {origin}"), parse_math=False)
    axes.set_ylabel("share of imports [%]")
    axes.axhline(EU_SHARE_LIMIT, color=GREY, linewidth=1, linestyle=(0, (5, 3)), label="EU limit, 65 %")
    _line(axes, table, "china_share_weight", "blue", "by weight")
    _line(axes, table, "china_share_value", "orange", "by value")
    if table["china_share_effective"].notna().any():
        _line(axes, table, "china_share_effective", "vermilion", "by weight, with its material through others", "D")
    axes.set_ylim(0, 1.02)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=""))
    _legend(axes, "lower left")


def _concentration(axes: Axes, table: pd.DataFrame) -> None:
    axes.set_title("Concentration of origins")
    axes.set_ylabel("index [0–1]")
    _line(axes, table, "hhi", "blue", "HHI by weight")
    _line(axes, table, "hhi_value", "orange", "HHI by value")
    _line(axes, table, "n_minus_1", "green", "left without the largest origin (N-1)")
    axes.set_ylim(0, 1.36)  # room for the legend
    axes.set_yticks(np.linspace(0, 1, 6))
    _legend(axes, "upper right")


def _governance(axes: Axes, table: pd.DataFrame) -> None:
    axes.set_title("HHI weighted by political stability")
    axes.set_ylabel("index [0 good – 10 bad]")
    _line(axes, table, "governance_weighted_hhi", "blue", "imports", split=True)
    _line(axes, table, "eu_supply_risk", "purple", "EU supply risk (with world mines)", split=True)
    _break(axes, table)
    axes.set_ylim(bottom=0)
    _legend(axes, "lower left")


def _score(axes: Axes, table: pd.DataFrame) -> None:
    axes.set_title("GeoPolRisk")
    axes.set_ylabel("index [0–1]")
    _line(axes, table, "import_risk", "blue", "import risk", split=True)
    _line(axes, table, "geopolrisk_score", "vermilion", "score: times HHI of world mines", split=True)
    _break(axes, table)
    axes.set_ylim(0, 1.02)
    _legend(axes, "upper left")


def _legend(axes: Axes, place: Literal["lower left", "upper left", "upper right"]) -> None:
    handles, labels = axes.get_legend_handles_labels()
    if handles:
        axes.legend(handles, labels, fontsize=7.5, loc=place)


def _line(
    axes: Axes, table: pd.DataFrame, column: str, colour: str, label: str, marker: str = "o", split: bool = False
) -> None:
    """One series; years without data leave a gap, and with ``split`` so does a change of governance edition."""
    years = np.arange(table["year"].min(), table["year"].max() + 1)
    values = table.set_index("year")[column].reindex(years)
    if not values.notna().any():
        return
    ink = OKABE_ITO[colour]
    for place, part in enumerate(_parts(table, years, split)):
        axes.plot(
            years[part], values.to_numpy()[part], color=ink, linewidth=1.6, marker=marker, markersize=2.8,
            label=label if place == 0 else None,
        )  # fmt: skip
    odd = table[table["flags"].str.contains("outlier")]
    axes.plot(odd["year"], odd[column], linestyle="none", marker=marker, markersize=6, color=ink, mfc="white")


def _parts(table: pd.DataFrame, years: Array, split: bool) -> list[Flags]:
    step = _step(table)
    return [np.ones(len(years), dtype=bool)] if not split or step is None else [years < step, years >= step]


def _step(table: pd.DataFrame) -> int | None:
    """First year of a later edition of the governance estimates, if earlier years are shown too."""
    late = table.loc[table["flags"].str.contains("governance_edition"), "year"]
    return int(late.min()) if len(late) and late.min() > table["year"].min() else None


def _break(axes: Axes, table: pd.DataFrame) -> None:
    step = _step(table)
    if step is not None:
        axes.axvline(step - 0.5, color="#555555", linewidth=0.9, linestyle=(0, (1, 2)))


def _title(indices: Indices, table: pd.DataFrame) -> str:
    known = table[table["china_share_weight"].notna()]
    importer, origin = origin_name(indices.importer), origin_name(indices.focus)
    if known.empty:
        return f"{importer}: imports by origin, {table['year'].min()}–{table['year'].max()}; no weights reported"
    first, last = known.iloc[0], known.iloc[-1]
    text = (
        f"{importer}: {origin} sends {percent(last['china_share_weight'])} of imports by weight in {last['year']}"
    )
    text += f" ({percent(last['china_share_value'])} by value)"
    if first["year"] == last["year"]:
        return text
    return f"{text}, after {percent(first['china_share_weight'])} in {first['year']}"


def _note(indices: Indices, table: pd.DataFrame) -> str:
    """Say what is shown, and every break that is in the figure."""
    codes = indices.codes
    text = f"Customs code{'s' if len(codes) > 1 else ''} {', '.join(codes)}, gross product weight."
    if table["flags"].str.contains("outlier").any():
        text += " Open marker: the year holds a row left out of the sourcing mix as implausible."
    if _step(table) is not None:
        text += " Dotted line: a later edition of the governance estimates, on another scale; no line crosses it."
    return f"{text} Years without a point have no data."
