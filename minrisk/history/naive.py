"""A forecast that knows no mechanism: what was seen changes as much as it changed in other episodes.

Everything is counted as a *change* against calm trade: ``ln max(x / calm, .01)`` for tonnes and prices,
``x - calm`` for shares, months as they are. The band of a row is the 5-95 % of past changes of its kind over a like
time since the onset, in the other episodes; of exports under licence, that of past licensed months of other
materials.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from minrisk.axes import Array, month_number
from minrisk.history.variables import ALL, Target
from minrisk.risk.spread import BAND, quantiles
from minrisk.scenario import ExportRestriction, Licensing, Scenario

#: Changes seen in the packaged episodes; ``python -m tests.generate.track_record`` writes them.
CHANGES = Path(__file__).parent / "changes.csv"

#: Columns of that file.
COLUMNS = ("episode", "kind", "material", "horizon", "change")

#: Smallest part of calm trade that a change tells apart from nothing [1].
FLOOR = 0.01

#: First month of each class of time since the onset [month]; all before it are one class.
_CLASSES = (0, 3, 12, 36)

#: Fewer past changes than these are no band: then those of all times since the onset count.
_FEWEST = 5


@dataclass(frozen=True)
class Change:
    """A row as the naive forecast sees it.

    Attributes
    ----------
    kind : str
        ``trade``, ``licensed``, ``price``, ``share`` or ``months``.
    material : str
        Element, product or use.
    horizon : int
        Months from the onset to the middle of the period; negative before it. The onset is that of the episode:
        its first restriction of exports, whatever that holds.
    span : int
        Months from the start of the period to the end of the scenario: as long is a wait that never ends.
    """

    kind: str
    material: str
    horizon: int
    span: int

    @classmethod
    def of(cls, target: Target, scenario: Scenario) -> Change:
        """The row of a target in a scenario."""
        middle = target.period.first + target.period.months // 2
        starts = [month_number(event.start) for event in scenario.events if isinstance(event, ExportRestriction)]
        onset = min(starts, default=scenario.calendar.first_month)
        span = scenario.calendar.first_month + scenario.months - target.period.first
        return cls(_kind(target, scenario, middle), target.element, middle - onset, span)

    def of_values(self, values: Array, calm: float) -> Array:
        """Values as changes against calm trade [log, 1 or month].

        Parameters
        ----------
        values : ndarray
            In the row's unit; a share in parts of 1.
        calm : float
            The same in calm trade.
        """
        if self.kind == "months":
            return np.minimum(values, float(self.span))
        if self.kind == "share":
            return np.asarray(values - calm)
        known = np.nan_to_num(values / (calm or 1.0), nan=1.0, posinf=1e9)
        found: Array = np.log(np.maximum(known, FLOOR))
        return found


def _kind(target: Target, scenario: Scenario, month: int) -> str:
    if target.unit.kind == "months":
        return "months"
    if target.unit.kind == "1":
        return "share"
    if target.variable.endswith("_price"):
        return "price"
    if target.variable in ("exports", "imports"):
        licences = (event for event in scenario.events if isinstance(event, Licensing))
        for licence in licences:
            named = licence.elements == ALL or set(target.goods) <= set(licence.elements)
            if named and licence.origin == target.origin and month_number(licence.start) <= month:
                return "licensed"
    return "trade"


def naive_band(change: Change, episode: str, calm: float) -> tuple[float, float]:
    """The 5-95 % of past changes of a row's kind in other episodes.

    Parameters
    ----------
    change : Change
    episode : str
        Whose own changes are left out; of exports under licence those of the same material are.
    calm : float
        The row's value in calm trade, in parts of 1 for a share.

    Returns
    -------
    tuple of float
        As a change. Where no other episode has its kind: a share moves as its origin's tonnes do, licensed exports
        as others, and a wait is anything from a twentieth of what is left of the scenario to its end.
    """
    record = past_changes()
    if change.kind == "licensed":
        pool = record[(record["kind"] == "licensed") & (record["material"] != change.material)]
    else:
        pool = record[(record["kind"] == change.kind) & (record["episode"] != episode)]
    if len(pool) >= _FEWEST:
        return band_of(pool, change.horizon)
    if change.kind == "months":
        return 0.05 * change.span, float(change.span)
    others = record[(record["kind"] != "months") & (record["kind"] != "share") & (record["episode"] != episode)]
    low, high = band_of(others[others["kind"] == "trade"] if change.kind != "price" else others, change.horizon)
    if change.kind != "share":
        return low, high
    part = [calm * np.exp(end) / (calm * np.exp(end) + 1.0 - calm) - calm for end in (low, high)]
    return float(part[0]), float(part[1])


def band_of(pool: pd.DataFrame, horizon: int) -> tuple[float, float]:
    """The 5-95 % of a pool's changes over a like time since the onset; of all where those are too few."""
    near = pool[np.digitize(pool["horizon"], _CLASSES) == np.digitize(horizon, _CLASSES)]
    chosen = near if len(near) >= _FEWEST else pool
    if chosen.empty:
        return float(np.log(FLOOR)), 0.0
    low, high = quantiles(chosen["change"].to_numpy(float), (BAND[0], BAND[-1])).tolist()
    return low, high


@cache
def past_changes() -> pd.DataFrame:
    """Changes seen in the packaged episodes: columns `COLUMNS`, a row per observation."""
    return pd.read_csv(CHANGES, keep_default_na=False)


def change_rows(episode: str, found: Sequence[tuple[Change, float]]) -> pd.DataFrame:
    """Rows of the record of changes, as `CHANGES` holds them."""
    rows = [(episode, change.kind, change.material, change.horizon, round(value, 4)) for change, value in found]
    return pd.DataFrame(rows, columns=list(COLUMNS))
