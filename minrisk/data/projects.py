"""Supply to come: packaged projects outside China, as the fields that a scenario's event would hold."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from minrisk.data.dataset import load_dataset


@lru_cache(maxsize=1)
def _projects() -> dict[str, dict[str, Any]]:
    dataset = load_dataset()
    found: dict[str, dict[str, Any]] = {}
    for row in dataset.table("project_terms").to_dict("records"):
        terms = found[str(row["project"])] = {"route": row["route"], "start": row["start"]}
        if row["firm"] == 1:
            terms["committed"] = True
        if row["in_base_mix"]:
            terms["already_in_mix"] = str(row["in_base_mix"]).split()
    for row in dataset.table("project_plans").to_dict("records"):
        low, middle, high = float(row["low"]), float(row["central"]), float(row["high"])
        number = middle if low == high else {"triangular": [low, middle, high]}
        fields = found[str(row["project"])]
        if row["element"]:
            fields.setdefault(row["field"], {})[row["element"]] = number
        else:
            fields[row["field"]] = number
    return found


def packaged_names() -> tuple[str, ...]:
    """Names of the packaged projects."""
    return tuple(_projects())


def packaged_project(name: str) -> dict[str, Any]:
    """Fields of one packaged project, in the form in which a scenario file writes them.

    Parameters
    ----------
    name : str
        One of `packaged_names`.

    Returns
    -------
    dict
        ``route``, ``start``, ``t_per_year``, distributions of slip, chance and ramp-up; ``committed`` where it is
        bought whatever the price, ``already_in_mix`` where the base year holds part of it.
    """
    return dict(_projects()[name])
