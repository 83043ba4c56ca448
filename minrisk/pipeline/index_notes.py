"""What a reader must know about a row of indices: breaks, gaps and rows that look wrong."""

from __future__ import annotations

import pandas as pd

from minrisk.pipeline.index_group import (
    ALL_CODES,
    MOST_UNSCORED,
    MOST_UNWEIGHED,
    NEUTRAL_RISK,
    NOTABLE_UNWEIGHED,
    Group,
    filled,
    share_of,
)
from minrisk.pipeline.index_world import World
from minrisk.risk import hhi

#: Every flag: its letter in the terminal and what it says.
FLAG_MEANING = {
    "outlier": ("o", "holds a row that the sourcing mix leaves out"),
    "governance_edition": ("g", "governance of a later edition on a new scale; no comparison across the step"),
    "governance_missing": ("m", "countries without an estimate of governance"),
    "other_asia": ("a", "'Other Asia, nes' is Taiwan, scored with its own estimate"),
    "tonnes_missing": ("t", "weight not reported for part of the value"),
    "production_missing": ("p", "no mine production by country"),
    "own_mines": ("d", "domestic mines, in REO, count against imports in gross weight"),
    "source_change": ("s", "source differs from the year before"),
}


def row_notes(group: Group, world: World, by_weight: pd.Series, unweighed: float) -> dict[str, str]:
    """Flags of a row, each with what a reader should know.

    Parameters
    ----------
    group : Group
        Imports.
    world : World
        The year's governance, mines and exports.
    by_weight : Series
        Tonnes by origin [t gross].
    unweighed : float
        Share of the value whose weight is not reported [1].

    Returns
    -------
    dict of str to str
        By flag of `FLAG_MEANING`.
    """
    notes = {"outlier": _outliers(group), "governance_missing": _unscored(world, by_weight)}
    if world.vintage > world.first_vintage:
        notes["governance_edition"] = (
            f"governance in the edition of {world.vintage}, on another scale than that of {world.first_vintage}: "
            "do not read the step as a change of risk"
        )
    if by_weight.get("TWN", 0.0) > 0:
        notes["other_asia"] = "TWN is 'Other Asia, nes' in the customs tables: Taiwan, with Taiwan's own estimate"
    if unweighed > NOTABLE_UNWEIGHED:
        none = unweighed > MOST_UNWEIGHED
        least = MOST_UNWEIGHED if none else NOTABLE_UNWEIGHED
        text = f"weight not reported for over {least:.0%} of the value of a code or of all"
        notes["tonnes_missing"] = f"{text}: no index by weight" if none else text
    if not len(world.mines):
        notes["production_missing"] = "no mine production by country: no world HHI, GeoPolRisk or EU supply risk"
    if world.domestic_t > 0 and group.hs == ALL_CODES:
        notes["own_mines"] = "domestic mines count against imports as in GeoPolRisk: REO against gross weight"
    elif world.domestic_t > 0:
        notes["own_mines"] = "domestic mines are not counted by code: no GeoPolRisk or EU supply risk of one code"
    if group.source_before and group.source_before != group.trade_source:
        notes["source_change"] = f"{group.hs}: imports from {group.trade_source} instead of {group.source_before}"
    return {flag: text for flag, text in notes.items() if text}


def _unscored(world: World, by_weight: pd.Series) -> str:
    """Say that countries without an estimate stand behind the row, and what became of them."""
    if not world.governance:
        return "no estimates of governance: no index weighted by it"
    said = []
    for name, amounts in (("import tonnage", by_weight), ("mine output", world.mines)):
        share = filled(world.risk_of(amounts.index), amounts.to_numpy(dtype=float))[1]
        if share > 0:
            taken = f"taken as {NEUTRAL_RISK:g}" if share <= MOST_UNSCORED else "too much: index missing"
            said.append(f"some {name} comes from countries without an estimate of governance, {taken}")
    return "; ".join(said)


def _outliers(group: Group) -> str:
    """Name the rows left out of the mix, and what the indices would be without them."""
    odd = group.rows[(group.rows["in_mix"] == 0) & (group.rows["quantity_t"] > 0)]
    if odd.empty:
        return ""
    rest = group.rows.drop(index=odd.index).groupby("origin")["quantity_t"].sum()
    index = float(hhi(rest.to_numpy(dtype=float))) if len(rest) else float("nan")
    named = "; ".join(
        f"{row['origin']} {row['hs']}, {row['quantity_t']:,.0f} t at "
        f"{row['value_kusd'] / row['quantity_t']:.2f} USD/kg ({row['note'] or 'left out of the sourcing mix'})"
        for row in odd.to_dict("records")
    )
    return (
        f"{'all codes' if group.hs == ALL_CODES else group.hs}: holds {named}; without, {group.focus} sends "
        f"{share_of(rest, group.focus):.1%} of the tonnes and the HHI is {index:.3f}"
    )
