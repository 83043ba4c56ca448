"""How past episodes came out: each observation against the model's range and a naive one, as packaged data."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from minrisk.axes import Array
from minrisk.risk.scores import interval_score
from minrisk.risk.spread import quantile, typical

#: The record; ``python -m tests.generate.track_record`` writes it again.
FILE = Path(__file__).parents[1] / "history" / "coverage.csv"

#: Share that a 5-95 % range claims to hold, and the share held below which ranges are widened [1].
CLAIMED, ENOUGH = 0.9, 0.8

#: Fewer held-out rows of a kind in the other episodes teach nothing of that kind: then all kinds count.
_FEWEST = 10

#: Numbers of the record that scores are computed from: the band, its middle and what was seen, as changes.
BAND = ("band_low", "band_middle", "band_high", "seen_low", "seen_high")

_NUMBERS = (*BAND, "claimed", "width", "naive_width", "interval_score", "interval_score_model",
            "naive_interval_score", "crps")  # fmt: skip


class Held(NamedTuple):
    """Held-out observations inside their ranges, and in all."""

    inside: int
    rows: int


def packaged_coverage() -> pd.DataFrame:
    """Read the packaged record of past episodes.

    Returns
    -------
    DataFrame
        A row per run and observation, all text: episode, title, draws, seed, run (the episode's name, or that of a
        run beside it that is wrong on purpose), variable, element, month, role (``calibrated`` or ``held_out``),
        inside and inside_model (``inside`` or ``outside``), the model's quantiles, scores, and note, what the model
        lacks.
    """
    return pd.read_csv(FILE, dtype=str, keep_default_na=False)


def own_rows(record: pd.DataFrame) -> pd.DataFrame:
    """Rows of the episodes' own runs, without those beside."""
    return record[record["run"] == record["episode"]]


def held_out(record: pd.DataFrame) -> pd.DataFrame:
    """Held-out rows of all runs, their numbers as numbers."""
    rows = record[record["role"] == "held_out"]
    return rows.astype({name: float for name in _NUMBERS})


def held(record: pd.DataFrame | None = None) -> Held:
    """Held-out observations of all packaged episodes inside the ranges of the episodes' own runs."""
    rows = own_rows(packaged_coverage() if record is None else record)
    rows = rows[rows["role"] == "held_out"]
    return Held(int((rows["inside"] == "inside").sum()), len(rows))


def by_episode(record: pd.DataFrame) -> pd.DataFrame:
    """Held-out rows of each episode and of all: counts inside and mean scores.

    Parameters
    ----------
    record : DataFrame
        As `packaged_coverage`.

    Returns
    -------
    DataFrame
        Index episode, the last row ``all``: title, rows, inside, inside_model, interval_score,
        interval_score_model, naive_interval_score, wrong_interval_score (the run beside), width, naive_width, crps,
        inside_widened and interval_score_widened (see `widened`).
    """
    rows = held_out(record)
    own = own_rows(rows)
    own = own.assign(**widened(own))
    beside = rows[rows["run"] != rows["episode"]]
    parts = [(episode, part, beside[beside["episode"] == episode]) for episode, part in own.groupby("episode")]
    return pd.DataFrame({name: _summary(part, wrong) for name, part, wrong in [*parts, ("all", own, beside)]}).T


@cache
def packaged_scores() -> pd.DataFrame:
    """`by_episode` of the packaged record, worked out once for the reports of many scenarios; to be read alone."""
    return by_episode(packaged_coverage())


def _summary(own: pd.DataFrame, wrong: pd.DataFrame) -> dict[str, object]:
    means = ("interval_score", "interval_score_model", "naive_interval_score", "width", "naive_width", "crps",
             "interval_score_widened")  # fmt: skip
    return {
        "title": own["title"].iloc[0],
        "rows": len(own),
        "inside": int((own["inside"] == "inside").sum()),
        "inside_model": int((own["inside_model"] == "inside").sum()),
        "inside_widened": int(own["inside_widened"].sum()),
        "wrong_interval_score": float(wrong["interval_score"].mean()) if len(wrong) else np.nan,
        **{name: float(own[name].mean()) for name in means},
    }


def widened(rows: pd.DataFrame) -> dict[str, Array]:
    """Ranges widened by what the ranges of other episodes missed by, and scored.

    The two halves of a band are stretched by a factor k: the share `CLAIMED` of the held-out rows of the same kind
    in all other episodes lies within k times their half bands. Where those rows were held in the share `ENOUGH` or
    more, k is 1. An episode's own rows have no part in its k.

    Parameters
    ----------
    rows : DataFrame
        From `held_out`, of the episodes' own runs.

    Returns
    -------
    dict of str to ndarray, shape (row,)
        ``factor``, ``inside_widened`` and ``interval_score_widened``.
    """
    low, middle, high, first, last = (rows[name].to_numpy(float) for name in BAND)
    factor = np.ones(len(rows))
    for episode in dict.fromkeys(rows["episode"]):
        for kind in dict.fromkeys(rows["kind"]):
            own = ((rows["episode"] == episode) & (rows["kind"] == kind)).to_numpy()
            others = rows[(rows["episode"] != episode) & (rows["kind"] == kind)]
            if len(others) < _FEWEST:
                others = rows[rows["episode"] != episode]
            factor[own] = stretch(others)
    wide_low, wide_high = middle - factor * (middle - low), middle + factor * (high - middle)
    return {
        "factor": factor,
        "inside_widened": (wide_low <= last) & (first <= wide_high),
        "interval_score_widened": interval_score(wide_low, wide_high, first, last),
    }


def stretch(rows: pd.DataFrame) -> float:
    """Factor on half bands that holds the share `CLAIMED` of some rows; 1 where `ENOUGH` are held as they are."""
    if rows.empty or (rows["inside"] == "inside").mean() >= ENOUGH:
        return 1.0
    low, middle, high, first, last = (rows[name].to_numpy(float) for name in BAND)
    above, below = np.maximum(first - middle, 0.0), np.maximum(middle - last, 0.0)
    distance, half = above + below, np.where(above > 0.0, high - middle, middle - low)
    # A band without width misses by as much as the median band would have to be stretched to reach.
    usual = typical(half[half > 0.0]) if (half > 0.0).any() else 1.0
    return max(1.0, float(quantile(distance / np.where(half > 0.0, half, usual), CLAIMED)))


def reliability(rows: pd.DataFrame, levels: Array) -> Array:
    """Share of rows that central ranges of each level hold, (level,) [1]; a sound model holds what it claims."""
    claimed = rows["claimed"].to_numpy(float)
    shares: Array = (claimed[None, :] <= levels[:, None]).mean(axis=1)
    return shares
