"""The published years of demand, turned into element shares: a cross-check that fails for two elements."""

from __future__ import annotations

from collections.abc import Mapping

from minrisk.seabed.resource import BEST_CELL_REO_T

#: Years of Japan's demand in the best cell as reported by the press (TV Tokyo, 27 March 2024; grade C).
JAPAN_DEMAND_YEARS = {"Nd": 48.0, "Dy": 70.0, "Tb": 835.0, "Y": 390.0}

#: Share of yttrium and the heavy elements (Eu-Lu) in the area's rare earths (Takaya et al. 2018) [1].
HEAVY_SHARE = 0.44


def shares_from_demand_years(
    demand_t_per_year: Mapping[str, float],
    years: Mapping[str, float] = JAPAN_DEMAND_YEARS,
    resource_t: float = BEST_CELL_REO_T,
) -> dict[str, float]:
    """Element shares that years of demand imply, ``years x demand / resource``.

    Parameters
    ----------
    demand_t_per_year : mapping of str to float
        Demand by element [t REO/year].
    years : mapping of str to float
        Years of demand the resource is said to hold [year].
    resource_t : float
        Oxide in place [t REO].

    Returns
    -------
    dict of str to float
        Shares [1] of the elements in both mappings.
    """
    return {e: y * demand_t_per_year[e] / resource_t for e, y in years.items() if e in demand_t_per_year}


def rejected(shares: Mapping[str, float]) -> list[str]:
    """Say which of the implied shares cannot be, and why.

    Parameters
    ----------
    shares : mapping of str to float
        From `shares_from_demand_years` [1].

    Returns
    -------
    list of str
        ``tb_above_dy``: no rare-earth mineral holds more terbium than dysprosium; ``y_above_heavy``: yttrium alone
        passes `HEAVY_SHARE`, that of yttrium and all heavy elements together. Empty where the shares pass.
    """
    reasons = []
    if {"Tb", "Dy"} <= shares.keys() and shares["Tb"] > shares["Dy"]:
        reasons.append("tb_above_dy")
    if "Y" in shares and shares["Y"] > HEAVY_SHARE:
        reasons.append("y_above_heavy")
    return reasons
