"""How the model did on past episodes: counts inside its range, calibrated and held-out apart, and what it lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minrisk.history import packaged_coverage
from minrisk.reporting.wording import capital

if TYPE_CHECKING:
    import pandas as pd

#: What the observed variables are called.
_WORDS = {
    "imports": "import tonnes",
    "exports": "export tonnes of the origin",
    "import_share": "share of an origin in imports",
    "marginal_price": "prices of the last tonne",
    "average_price": "prices paid on average",
    "demand": "demand",
    "stock_cover": "stocks",
    "months_to_first_stoppage": "months to the first stoppage",
    "output_index": "output of uses",
}
#: Reasons for misses that are named; the rest are counted.
_REASONS = 5


def past_section() -> dict[str, Any]:
    """What the section on past episodes shows, from the committed record alone.

    Returns
    -------
    dict
        ``sentences``; ``rows`` by episode and variable, counts inside of all by role; ``reasons`` for misses of
        held-out observations with their number; ``draws``.
    """
    record = packaged_coverage()
    rows = []
    for (_, title, variable), part in record.groupby(["episode", "title", "variable"], sort=False):
        words = capital(_WORDS.get(str(variable), str(variable).replace("_", " ")))
        rows.append({"title": str(title), "variable": words} | {role: _count(part, role) for role in _ROLES})
    missed = record[(record["inside"] == "outside") & (record["role"] == "held_out")]
    counts = missed["note"].value_counts(sort=False).sort_values(ascending=False, kind="stable")
    rest = int(counts.iloc[_REASONS:].sum())
    reasons = [f"{capital(str(note))} ({times})" for note, times in counts.iloc[:_REASONS].items()]
    return {
        "sentences": [_sentence(str(title), part) for title, part in record.groupby("title", sort=False)],
        "rows": rows,
        "reasons": [*reasons, *([f"Other reasons ({rest})"] if rest else [])],
        "draws": sorted(set(record["draws"].astype(int))),
    }


_ROLES = ("calibrated", "held_out")


def _sentence(title: str, part: pd.DataFrame) -> str:
    said = [f"{_count(part, role)} {word}" for role, word in zip(_ROLES, ("calibrated", "held-out"), strict=True)]
    return f"{title}: {' and '.join(said)} observations lie inside the model's 5–95 % range."


def _count(part: pd.DataFrame, role: str) -> str:
    chosen = part[part["role"] == role]
    return f"{int((chosen['inside'] == 'inside').sum())} of {len(chosen)}" if len(chosen) else "–"
