"""How long sanctions last: the survival table as a distribution of durations."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from minrisk.axes import Array


@dataclass(frozen=True)
class SurvivalTable:
    """A duration known by its survival function.

    Attributes
    ----------
    months : tuple of float
        Durations in rising order, the first 0 [month].
    survival : tuple of float
        Share that lasts longer than each, falling from 1 [1].
    """

    months: tuple[float, ...]
    survival: tuple[float, ...]

    def ppf(self, u: Array) -> Array:
        """Duration at each uniform: straight between the rows, infinite beyond the last [month]."""
        left = 1.0 - np.asarray(u)
        falling = np.array(self.survival)
        # Rows in which nothing ended give two durations for one share, which no draw hits but by rounding.
        duration = np.interp(left, falling[::-1], np.array(self.months)[::-1])
        return np.where(left < falling[-1], np.inf, duration)


@cache
def sanction_durations() -> SurvivalTable:
    """Durations of trade sanctions on the export side, 1949-2023.

    Returns
    -------
    SurvivalTable

    References
    ----------
    Felbermayr, Kirilakha, Syropoulos, Yalcin and Yotov (2020), The Global Sanctions Data Base, European Economic
    Review 129; Kaplan and Meier (1958). Source ``gsdb``.
    """
    text = resources.files("minrisk.scenario").joinpath("sanction_survival.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
    months = (0.0, *(12.0 * float(row["duration_years"]) for row in rows))
    return SurvivalTable(months, (1.0, *(float(row["survival"]) for row in rows)))
