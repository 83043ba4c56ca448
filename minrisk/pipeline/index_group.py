"""Imports of one year under one customs code, and the rules for what is not reported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from minrisk.axes import Array

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
