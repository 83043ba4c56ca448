"""How the model did on past episodes: counts inside, scores beside a naive forecast, and what it lacks."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from minrisk.results.track_record import held, own_rows, packaged_coverage, packaged_scores
from minrisk.text import capital, number, say

if TYPE_CHECKING:
    import pandas as pd


#: Reasons for misses that are named; the rest are counted.
_REASONS = 5
_ROLES = ("calibrated", "held_out")


def past_section() -> dict[str, Any]:
    """What the section on past episodes shows, from the committed record alone.

    Returns
    -------
    dict
        ``rows`` by episode and variable and in all, counts inside of all by role; ``reasons`` for misses of
        held-out observations with their number, ``rest`` of them that are not named; ``scores`` of each episode and
        of all; ``badge``, the count of all in a sentence; ``draws``.
    """
    every = packaged_coverage()
    record = own_rows(every)
    rows = []
    for title, episode in record.groupby("title", sort=False):
        for variable, part in episode.groupby("variable", sort=False):
            rows.append(_row(str(title), say(f"past.{variable}"), part))
        if episode["variable"].nunique() > 1:
            rows.append(_row(str(title), say("past.all"), episode))
    missed = record[(record["inside"] == "outside") & (record["role"] == "held_out")]
    counts = missed["note"].value_counts(sort=False).sort_values(ascending=False, kind="stable")
    named = counts.iloc[:_REASONS]
    return {
        "rows": rows,
        "reasons": [{"note": capital(str(note)), "times": str(times)} for note, times in named.items()],
        "rest": str(rest) if (rest := int(counts.sum() - named.sum())) else "",
        "scores": [_scores(row) for row in packaged_scores().to_dict("records")],
        "badge": badge(),
        "draws": ", ".join(f"{int(draws):,}" for draws in dict.fromkeys(record["draws"])),
    }


def badge() -> str:
    """How many held-out observations of the past the ranges of this model held, in a sentence."""
    inside, rows = held()
    return say("past_page.badge", inside=str(inside), all=str(rows))


def _scores(row: dict[Hashable, Any]) -> dict[str, str]:
    scores = ("interval_score", "interval_score_model", "naive_interval_score", "wrong_interval_score",
              "interval_score_widened", "width", "naive_width")  # fmt: skip
    counts = {key: say("past.count", inside=str(row[key]), all=str(row["rows"]))
              for key in ("inside", "inside_model", "inside_widened")}  # fmt: skip
    return {"title": str(row["title"])} | counts | {key: number(float(row[key])) for key in scores}


def _row(title: str, words: str, part: pd.DataFrame) -> dict[str, str]:
    return {"title": title, "variable": words} | {role: _count(part, role) for role in _ROLES}


def _count(part: pd.DataFrame, role: str) -> str:
    chosen = part[part["role"] == role]
    inside = int((chosen["inside"] == "inside").sum())
    return say("past.count", inside=str(inside), all=str(len(chosen))) if len(chosen) else "–"
