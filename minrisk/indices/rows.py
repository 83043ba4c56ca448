"""One row of the table of indices: what each column means, its computation, and what a reader must know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from minrisk.data.trade.areas import is_no_country
from minrisk.defaults import EU_SHARE_LIMIT
from minrisk.indices.inputs import (
    ALL_CODES,
    MOST_UNSCORED,
    MOST_UNWEIGHED,
    NEUTRAL_RISK,
    NOTABLE_UNWEIGHED,
    Group,
    World,
    filled,
    share_of,
)
from minrisk.risk import (
    eu_supply_risk,
    geopolrisk,
    governance_weighted_hhi,
    hhi,
    hhi_bounds,
    import_reliance,
    n_minus_1,
    normalized_hhi,
    yale_concentration,
)

#: Every flag: its letter in the terminal and what it says.
FLAG_MEANING = {
    "outlier": ("o", "holds a row that the sourcing mix leaves out"),
    "governance_edition": ("g", "governance of a later edition on a new scale; no comparison across the step"),
    "governance_missing": ("m", "countries without an estimate of governance"),
    "other_asia": ("a", "'Other Asia, nes' is Taiwan, scored with its own estimate"),
    "no_country": ("n", "part comes from areas that are no country, so the HHI has bounds"),
    "governance_carried": ("c", "governance of the last year with estimates"),
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
    notes["no_country"] = _no_country(by_weight)
    if world.governance_year and world.governance_year != group.year:
        notes["governance_carried"] = f"governance of {world.governance_year}, the last year with estimates"
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


def _no_country(by_weight: pd.Series) -> str:
    """Say how much comes from areas that are no country, and between which bounds the HHI then lies."""
    unknown = by_weight[[is_no_country(str(origin)) for origin in by_weight.index]]
    if not unknown.sum() > 0:
        return ""
    low, high = hhi_bounds(by_weight.drop(unknown.index).to_numpy(dtype=float), float(unknown.sum()))
    share = float(unknown.sum() / by_weight.sum())
    named = ", ".join(str(origin) for origin in unknown.index)
    return f"{share:.1%} of the tonnes from {named}, no country: the HHI lies between {low:.3f} and {high:.3f}"


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


_METHOD_EU = "European Commission (2017), doi:10.2873/769526"
_METHOD_GPR = "GeoPolRisk: Koyamparambath et al. (2024), Resour. Conserv. Recycl. 209:107801"

#: Every index: unit, meaning, method.
INDEX_MEANING: dict[str, tuple[str, str, str]] = {
    "tonnes": ("t gross", "imports by product weight", ""),
    "value_kusd": ("kUSD", "imports by value, current dollars", ""),
    "price_usd_per_kg": ("USD/kg", "value over weight, where weight is reported", ""),
    "value_without_tonnes": ("1", "share of the value whose weight is not reported", ""),
    "suppliers": ("1", "countries that deliver by weight", ""),
    "china_share_weight": ("1", "share of the focus origin (China) by weight, country of dispatch", ""),
    "china_share_value": ("1", "the same by value", ""),
    "china_share_effective": (
        "1",
        "direct share plus the focus origin's material processed elsewhere; years of the sourcing mix only",
        "feed.csv, central values",
    ),
    "largest_origin": ("", "country that sends most by weight", ""),
    "largest_share": ("1", "its share by weight", ""),
    "above_eu_limit": (
        "0/1",
        f"1 where that share is above {EU_SHARE_LIMIT:.0%}",
        "Regulation (EU) 2024/1252, art. 5",
    ),
    "hhi": ("0-1", "Herfindahl-Hirschman index by weight", "Hirschman (1964), Am. Econ. Rev. 54(5):761"),
    "hhi_value": ("0-1", "the same by value", "Hirschman (1964)"),
    "normalized_hhi": ("0-1", "HHI between equal shares and a monopoly", "(HHI - 1/n)/(1 - 1/n)"),
    "effective_suppliers": ("1", "number of equal suppliers with the same HHI", "Adelman (1969)"),
    "n_minus_1": ("1", "share left when the largest origin fails", "IEA, Global Critical Minerals Outlook, N-1"),
    "governance_weighted_hhi": (
        "0-10",
        "HHI weighted by political stability (0 good, 10 bad), trade parameter 1",
        f"{_METHOD_EU}, with one governance dimension instead of six",
    ),
    "import_risk": ("0-1", "mean country risk of the imports and own mines (political stability)", _METHOD_GPR),
    "world_hhi": ("0-1", "HHI of the world's mine production", "Hirschman (1964); production.csv"),
    "world_n_minus_1": ("1", "share of the world's mines left without the largest country", "IEA, N-1"),
    "yale_concentration": ("0-100", "17.5 ln(10,000 world HHI) - 61.18", "Graedel et al. (2012)"),
    "geopolrisk_score": ("0-1", "world HHI times import risk", _METHOD_GPR),
    "characterization_factor": ("kg Cu-eq/kg", "score times price over copper's", _METHOD_GPR),
    "import_reliance": ("1", "net imports over apparent consumption; mines in REO, trade gross", _METHOD_EU),
    "eu_supply_risk": (
        "0-10",
        "supply risk by the EU formula, from mines and imports; 1 is the threshold",
        _METHOD_EU,
    ),
}


def index_row(group: Group, world: World, recycling_rate: float, substitution: float) -> dict[str, Any]:
    """Compute one row of the table.

    Parameters
    ----------
    group : Group
        Imports.
    world : World
        The year's governance, mines and exports.
    recycling_rate, substitution : float
        Parts of the EU supply risk [1].

    Returns
    -------
    dict
        Columns of the table, and ``_notes``: by flag, a text that begins with the year.
    """
    weighed = group.rows[group.rows["quantity_t"].notna()]
    by_weight = weighed.groupby("origin")["quantity_t"].sum()
    by_value = group.rows.groupby("origin")["value_kusd"].sum()
    value = float(by_value.sum())
    unweighed = max(0.0, 1.0 - float(weighed["value_kusd"].sum()) / value) if value > 0 else 0.0
    if unweighed > MOST_UNWEIGHED:
        by_weight = by_weight * np.nan
    notes = row_notes(group, world, by_weight, unweighed)
    row: dict[str, Any] = {"importer": group.importer, "year": group.year, "hs": group.hs}
    row |= _amounts(weighed, by_weight, value, unweighed)
    row |= _shares(group, by_weight, by_value)
    row |= _weighted(group, world, by_weight, row, (recycling_rate, substitution))
    row = {name: row[name] for name in ("importer", "year", "hs", *INDEX_MEANING)}
    row |= {
        "trade_source": group.trade_source,
        "governance_source": world.governance_source,
        "production_source": world.production_source,
        "flags": " ".join(flag for flag in FLAG_MEANING if flag in notes),
        "_notes": {flag: f"{group.year} {text}" for flag, text in notes.items()},
    }
    return row


def _amounts(weighed: pd.DataFrame, by_weight: pd.Series, value: float, unweighed: float) -> dict[str, Any]:
    tonnes = float(by_weight.sum(skipna=False)) if len(by_weight) else float("nan")
    return {
        "tonnes": tonnes,
        "value_kusd": value,
        "price_usd_per_kg": float(weighed["value_kusd"].sum()) / tonnes if tonnes > 0 else float("nan"),
        "value_without_tonnes": unweighed,
        "suppliers": float((by_weight > 0).sum()) if tonnes > 0 else float("nan"),
    }


def _shares(group: Group, by_weight: pd.Series, by_value: pd.Series) -> dict[str, Any]:
    """Shares of origins and the concentration they make."""
    tonnes, values = by_weight.to_numpy(dtype=float), by_value.to_numpy(dtype=float)
    known = len(tonnes) > 0 and tonnes.sum() > 0
    largest = str(by_weight.idxmax()) if known else ""
    top = float(by_weight[largest] / by_weight.sum()) if known else float("nan")
    index = float(hhi(tonnes))
    return {
        "china_share_weight": share_of(by_weight, group.focus),
        "china_share_value": share_of(by_value, group.focus),
        "china_share_effective": _effective(group, by_weight) if known else float("nan"),
        "largest_origin": largest,
        "largest_share": top,
        "above_eu_limit": float(top > EU_SHARE_LIMIT) if known else float("nan"),
        "hhi": index,
        "hhi_value": float(hhi(values)),
        "normalized_hhi": float(normalized_hhi(tonnes)),
        "effective_suppliers": 1.0 / index,
        "n_minus_1": float(n_minus_1(tonnes)),
    }


def _effective(group: Group, by_weight: pd.Series) -> float:
    """Direct share plus the focus origin's material that arrives through others, by weight."""
    if group.feed is None:
        return float("nan")
    rows = group.rows[group.rows["quantity_t"].notna() & (group.rows["origin"] != group.focus)]
    through = sum(
        float(tonnes) * group.feed.get((origin, hs), 0.0)
        for origin, hs, tonnes in zip(rows["origin"], rows["hs"], rows["quantity_t"], strict=True)
    )
    return share_of(by_weight, group.focus) + through / float(by_weight.sum())


def _weighted(
    group: Group, world: World, by_weight: pd.Series, row: Mapping[str, Any], eu: tuple[float, float]
) -> dict[str, Any]:
    """Indices weighted by governance, and those that look at the world."""
    # Mines are not counted by customs code: those of a producing importer belong to all codes together.
    whole = group.hs == ALL_CODES or world.domestic_t == 0.0
    domestic = world.domestic_t if whole else float("nan")
    risk, _ = filled(world.risk_of(by_weight.index), by_weight.to_numpy(dtype=float))
    mine_risk, _ = filled(world.risk_of(world.mines.index), world.mines.to_numpy(dtype=float))
    tonnes = by_weight.to_numpy(dtype=float)
    own = float(governance_weighted_hhi(tonnes, 10.0 * risk))
    mined = float(governance_weighted_hhi(world.mines.to_numpy(dtype=float), 10.0 * mine_risk))
    score = geopolrisk(tonnes, risk, world.concentration, domestic, row["price_usd_per_kg"])
    reliance = _reliance(group, world, row["tonnes"], domestic)
    return {
        "governance_weighted_hhi": own,
        "import_risk": float(score.import_risk),
        "world_hhi": world.concentration,
        "world_n_minus_1": float(n_minus_1(world.mines.to_numpy(dtype=float))),
        "yale_concentration": float(yale_concentration(world.concentration)),
        "geopolrisk_score": float(score.score),
        "characterization_factor": float(
            np.nan if score.characterization_factor is None else score.characterization_factor
        ),
        "import_reliance": reliance,
        "eu_supply_risk": float(eu_supply_risk(mined, own, reliance, *eu)),
    }


def _reliance(group: Group, world: World, imports: float, domestic: float) -> float:
    if domestic == 0.0:
        return float(import_reliance(imports, 0.0, 0.0))  # exports cancel where nothing is mined
    codes = sorted(set(group.rows["hs"]))
    if any(code not in world.exports_t for code in codes):
        return float("nan")
    return float(import_reliance(imports, sum(world.exports_t[code] for code in codes), domestic))
