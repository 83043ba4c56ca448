"""What the indices of a year are made from: imports, governance and mines by country, and gaps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from minrisk.axes import Array
from minrisk.data import Dataset
from minrisk.risk import governance_score, hhi

#: Customs code of the row that takes all codes together.
ALL_CODES = "all"

#: A country without an estimate counts as this risk, as in GeoPolRisk [1] ...
NEUTRAL_RISK = 0.5
#: ... as long as such countries send no more than this share of the tonnes; else the index is missing [1].
MOST_UNSCORED = 0.05

#: Tonnes not reported for more than this share of the value: no index by weight [1].
MOST_UNWEIGHED = 0.25
#: For more than this share it is said [1].
NOTABLE_UNWEIGHED = 0.01


@dataclass(frozen=True)
class Group:
    """Imports of one year under one code, or under all, with what is known about them."""

    importer: str
    year: int
    hs: str
    rows: pd.DataFrame
    focus: str
    feed: Mapping[tuple[str, str], float] | None
    source_before: str

    @property
    def trade_source(self) -> str:
        """Ids of SOURCES.csv, separated by spaces."""
        return " ".join(sorted(set(self.rows["source"])))


def share_of(amounts: pd.Series, origin: str) -> float:
    """Share of one origin [1]; NaN without any amounts, or with one that is missing."""
    total = float(amounts.sum(skipna=False)) if len(amounts) else 0.0
    return float(amounts.get(origin, 0.0)) / total if total else float("nan")


def filled(risk: Array, amounts: Array) -> tuple[Array, float]:
    """Put the neutral risk where a few small suppliers have none; their share of the amounts."""
    total = amounts.sum()
    if risk.size == 0 or not total > 0:
        return risk, 0.0
    unscored = float(amounts[np.isnan(risk)].sum() / total)
    return (np.where(np.isnan(risk), NEUTRAL_RISK, risk) if unscored <= MOST_UNSCORED else risk), unscored


#: Rows of ``production.csv`` that are no countries: the world's total.
_WORLD = "WLD"


@dataclass(frozen=True)
class World:
    """The world of one year, as one importer sees it.

    Attributes
    ----------
    governance : mapping of str to float
        Political stability as a risk, 0 good to 1 bad [1], by country; empty in a year without estimates.
    governance_year : int
        Year of the estimates: the last with any where a year is later than all; 0 without.
    vintage, first_vintage : int
        Edition of the estimates, and the earliest in the dataset; 0 without.
    mines : Series
        Mine production by country [t REO]; empty in a year without.
    domestic_t : float
        Mine production of the importer [t REO]: 0 if it mines in no year, NaN if it does and the year is missing.
    exports_t : mapping of str to float
        The importer's exports by customs code [t gross].
    governance_source, production_source : str
        Ids of SOURCES.csv, separated by spaces.
    """

    governance: Mapping[str, float]
    governance_year: int
    vintage: int
    first_vintage: int
    mines: pd.Series
    domestic_t: float
    exports_t: Mapping[str, float]
    governance_source: str
    production_source: str

    @property
    def concentration(self) -> float:
        """HHI of mine production [1]; NaN in a year without."""
        return float(hhi(self.mines.to_numpy(dtype=float))) if len(self.mines) else float("nan")

    def risk_of(self, countries: pd.Index) -> np.ndarray:
        """Risk of each country, 0 to 1 [1]; NaN where there is no estimate."""
        return np.array([self.governance.get(str(country), np.nan) for country in countries], dtype=float)


def world_of(dataset: Dataset, year: int, importer: str) -> World:
    """Collect the year's governance, mines and exports; whatever the dataset lacks is empty.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.
    year : int
        Calendar year.
    importer : str
        ISO 3166 code.

    Returns
    -------
    World
    """
    estimates = _estimates(dataset, year)
    scores = governance_score(estimates["pv_estimate"].to_numpy(dtype=float), scale=1.0) if len(estimates) else ()
    vintages = dataset.table("governance")["vintage"] if "governance" in dataset.tables else pd.Series(dtype=float)
    mines = _latest_edition(dataset, _of_year(dataset, "production", year))
    tonnes = mines.set_index("country")["production_t"] if len(mines) else pd.Series(dtype=float)
    exports = _of_year(dataset, "exports", year)
    exports = exports[exports["country"] == importer] if len(exports) else exports
    return World(
        governance=dict(zip(estimates["country"], scores, strict=True)) if len(estimates) else {},
        governance_year=int(estimates["year"].max()) if len(estimates) else 0,
        vintage=int(estimates["vintage"].max()) if len(estimates) else 0,
        first_vintage=int(vintages.min()) if len(vintages) else 0,
        mines=tonnes,
        domestic_t=_domestic(dataset, tonnes, importer),
        exports_t=dict(zip(exports["hs"], exports["quantity_t"], strict=True)) if len(exports) else {},
        governance_source=_ids(estimates),
        production_source=_ids(mines),
    )


#: Years for which the last estimates of governance are carried on.
_CARRIED = 3


def _estimates(dataset: Dataset, year: int) -> pd.DataFrame:
    """Estimates of governance of a year; the last ones for some years after them, never across a gap."""
    if "governance" not in dataset.tables or dataset.table("governance").empty:
        return pd.DataFrame()
    last = int(dataset.table("governance")["year"].max())
    return _of_year(dataset, "governance", last if last < year <= last + _CARRIED else year)


def _of_year(dataset: Dataset, stem: str, year: int) -> pd.DataFrame:
    if stem not in dataset.tables:
        return pd.DataFrame()
    frame = dataset.table(stem)
    return frame[frame["year"] == year]


def _latest_edition(dataset: Dataset, mines: pd.DataFrame) -> pd.DataFrame:
    """Countries of the edition whose source is the latest; statistics of two editions are not mixed."""
    if mines.empty:
        return mines
    published = dict(zip(dataset.table("SOURCES")["id"], dataset.table("SOURCES")["year"], strict=True))
    latest = max(
        set(zip(mines["source"], mines["edition"], strict=True)), key=lambda it: (published[it[0]][-4:], it)
    )
    chosen = (mines["source"] == latest[0]) & (mines["edition"] == latest[1]) & (mines["country"] != _WORLD)
    countries: pd.DataFrame = mines[chosen]
    return countries


def _domestic(dataset: Dataset, mines: pd.Series, importer: str) -> float:
    if len(mines):
        return float(mines.get(importer, 0.0))
    frame = dataset.table("production") if "production" in dataset.tables else None
    if frame is None:
        return float("nan")
    ever = float(frame.loc[frame["country"] == importer, "production_t"].sum())
    return float("nan") if ever > 0 else 0.0


def _ids(frame: pd.DataFrame) -> str:
    return " ".join(sorted(set(frame["source"]))) if len(frame) else ""
