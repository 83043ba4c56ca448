"""Figure: an importer's shares, concentration and risk by year, with the breaks of the data shown as breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from minrisk.axes import Array, Flags
from minrisk.defaults import EU_SHARE_LIMIT
from minrisk.plots.style import ROLE, plain, sheet, styled
from minrisk.text import one_after_another, origin_name, percent, say

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
            axes.set_xlabel(say("figures.axis.year"))
    return figure


def _shares(axes: Axes, table: pd.DataFrame, origin: str) -> None:
    axes.set_title(plain(say("figures.indices.share_of", origin=origin)), parse_math=False)
    axes.set_ylabel(say("figures.indices.share"))
    limit = say("figures.indices.limit", share=percent(EU_SHARE_LIMIT))
    axes.axhline(EU_SHARE_LIMIT, color=ROLE["others"], linewidth=1, linestyle=(0, (5, 3)), label=limit)
    _line(axes, table, "china_share_weight", "by_weight")
    _line(axes, table, "china_share_value", "by_value")
    if table["china_share_effective"].notna().any():
        _line(axes, table, "china_share_effective", "with_feed", "D")
    axes.set_ylim(0, 1.02)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=""))
    _legend(axes, "lower left")


def _concentration(axes: Axes, table: pd.DataFrame) -> None:
    axes.set_title(say("figures.indices.concentration"))
    axes.set_ylabel(say("figures.indices.index"))
    _line(axes, table, "hhi", "hhi_by_weight")
    _line(axes, table, "hhi_value", "hhi_by_value")
    _line(axes, table, "n_minus_1", "without_largest")
    axes.set_ylim(0, 1.36)  # room for the legend
    axes.set_yticks(np.linspace(0, 1, 6))
    _legend(axes, "upper right")


def _governance(axes: Axes, table: pd.DataFrame) -> None:
    axes.set_title(say("figures.indices.governance"))
    axes.set_ylabel(say("figures.indices.governance_index"))
    _line(axes, table, "governance_weighted_hhi", "imports", split=True)
    _line(axes, table, "eu_supply_risk", "with_mines", split=True)
    _break(axes, table)
    axes.set_ylim(bottom=0)
    _legend(axes, "lower left")


def _score(axes: Axes, table: pd.DataFrame) -> None:
    axes.set_title("GeoPolRisk")
    axes.set_ylabel(say("figures.indices.index"))
    _line(axes, table, "import_risk", "import_risk", split=True)
    _line(axes, table, "geopolrisk_score", "score", split=True)
    _break(axes, table)
    axes.set_ylim(0, 1.02)
    _legend(axes, "upper left")


def _legend(axes: Axes, place: Literal["lower left", "upper left", "upper right"]) -> None:
    handles, labels = axes.get_legend_handles_labels()
    if handles:
        axes.legend(handles, labels, fontsize=7.5, loc=place)


def _line(axes: Axes, table: pd.DataFrame, column: str, role: str, marker: str = "o", split: bool = False) -> None:
    """One series; years without data leave a gap, and with ``split`` so does a change of governance edition."""
    years = np.arange(table["year"].min(), table["year"].max() + 1)
    values = table.set_index("year")[column].reindex(years)
    if not values.notna().any():
        return
    ink, label = ROLE[role], say(f"figures.indices.{role}")
    for place, part in enumerate(_parts(table, years, split)):
        axes.plot(
            years[part], values.to_numpy()[part], color=ink, linewidth=1.6, marker=marker, markersize=2.8,
            label=label if place == 0 else None,
        )  # fmt: skip
    odd = table[table["flags"].str.contains("outlier")]
    hollow: dict[str, Any] = {"linestyle": "none", "marker": marker, "markersize": 6, "mfc": ROLE["hollow"]}
    axes.plot(odd["year"], odd[column], color=ink, **hollow)


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
        axes.axvline(step - 0.5, color=ROLE["mark"], linewidth=0.9, linestyle=(0, (1, 2)))


def _title(indices: Indices, table: pd.DataFrame) -> str:
    known = table[table["china_share_weight"].notna()]
    importer, origin = origin_name(indices.importer), origin_name(indices.focus)
    years = {"first": f"{table['year'].min()}", "last": f"{table['year'].max()}"}
    if known.empty:
        return say("figures.indices.no_weights", importer=importer, **years)
    first, last = known.iloc[0], known.iloc[-1]
    values = {
        "importer": importer,
        "origin": origin,
        "weight": percent(last["china_share_weight"]),
        "value": percent(last["china_share_value"]),
        "year": f"{last['year']}",
    }
    if first["year"] == last["year"]:
        return say("figures.indices.title_one_year", **values)
    before = percent(first["china_share_weight"])
    return say("figures.indices.title", **values, before=before, first=f"{first['year']}")


def _note(indices: Indices, table: pd.DataFrame) -> str:
    """Say what is shown, and every break that is in the figure."""
    codes = indices.codes
    said = [say("figures.indices.codes" if len(codes) > 1 else "figures.indices.code", codes=", ".join(codes))]
    if table["flags"].str.contains("outlier").any():
        said.append(say("figures.indices.outlier"))
    if _step(table) is not None:
        said.append(say("figures.indices.step"))
    return one_after_another([*said, say("figures.indices.gaps")])
