"""The mud: oxide in what is lifted, by element; oxide in the deposit; a claim in the press compared with both."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from minrisk.axes import Array

# From a tonne of mud to oxide of each element.

#: Mass of oxide per mass of element, mean over the mud's rare earths (stoichiometry) [1].
OXIDE_PER_ELEMENT = 1.19

#: Dry solids in a quoted tonne of mud, by basis [1]. The published "350 t/day" names none. Wet in-situ
#: mud holds .41 (grain density 2.5, porosity .78); the feed of the dewatering plant, whose volume is
#: to fall by 80 %, about .15 (grade C, derived).
BASIS_SOLIDS_SHARE = {"dry": 1.0, "wet": 0.41, "slurry": 0.15}

#: Share of each element in the mud's rare-earth oxide, by mass (grade C: no published table could be
#: read). Built so that yttrium and the heavies are .44 (Takaya 2018), neodymium follows years of demand,
#: light ones clay ratios with little cerium, heavies the mean of two ion-adsorption clays.
ELEMENT_SHARES = {
    "La": 0.217, "Ce": 0.099, "Pr": 0.042, "Nd": 0.172, "Sm": 0.030, "Eu": 0.0065, "Gd": 0.060, "Tb": 0.0055,
    "Dy": 0.035, "Ho": 0.0111, "Er": 0.0326, "Tm": 0.0041, "Yb": 0.0205, "Lu": 0.0032, "Y": 0.2615,
}  # fmt: skip


def reo_t_per_year(
    mud_t_per_day: Array | float,
    days_per_year: Array | float,
    availability_share: Array | float,
    solids_share: Array | float,
    grade_ppm: Array | float,
    recovery_concentration: Array | float,
    recovery_leach: Array | float,
    recovery_separation: Array | float,
) -> Array:
    """Rare-earth oxide recovered in a year at full rate.

    Parameters
    ----------
    mud_t_per_day : array_like
        Mud lifted on a working day, in the basis of ``solids_share`` [t/day].
    days_per_year : array_like
        Working days a year [day].
    availability_share : array_like
        Share of the working days on which the system lifts [1].
    solids_share : array_like
        Dry solids per tonne of quoted mud [1]; see `BASIS_SOLIDS_SHARE`.
    grade_ppm : array_like
        Rare earths and yttrium, as elements, per dry solids [g/t].
    recovery_concentration, recovery_leach, recovery_separation : array_like
        Shares recovered in size sorting, acid leaching and separation [1].

    Returns
    -------
    ndarray
        Oxide output [t REO/year], broadcast over the arguments.

    References
    ----------
    Takaya et al. (2018), Sci. Rep. 8:5763 (grade); Takaya et al. (2015), Geochem. J. 49 (leaching).
    """
    solids = np.asarray(mud_t_per_day * days_per_year * availability_share * solids_share, dtype=float)
    recovery = recovery_concentration * recovery_leach * recovery_separation
    oxide: Array = solids * grade_ppm * 1e-6 * OXIDE_PER_ELEMENT * recovery
    return oxide


def implied_grade_ppm(
    reo_t_per_year: Array | float,
    mud_t_per_day: Array | float,
    days_per_year: Array | float,
    solids_share: Array | float,
    recovery: Array | float,
) -> Array:
    """Grade that an output takes, the inverse of `reo_t_per_year`: it tells on which basis a figure can hold.

    Parameters
    ----------
    reo_t_per_year : array_like
        Oxide output [t REO/year].
    mud_t_per_day, days_per_year, solids_share : array_like
        As in `reo_t_per_year`; days are those on which it lifts.
    recovery : array_like
        Share recovered in all steps together [1].

    Returns
    -------
    ndarray
        Rare earths and yttrium, as elements, per dry solids [g/t].
    """
    solids = np.asarray(mud_t_per_day * days_per_year * solids_share, dtype=float)
    grade: Array = reo_t_per_year * 1e6 / (solids * OXIDE_PER_ELEMENT * recovery)
    return grade


def reo_t_per_month(
    mud_t_per_day: Array | float,
    days_per_year: Array | float,
    availability_share: Array | float,
    solids_share: Array | float,
    grade_ppm: Array | float,
    recovery_concentration: Array | float,
    recovery_leach: Array | float,
    recovery_separation: Array | float,
) -> Array:
    """Rare-earth oxide recovered in an average month at full rate [t REO/month].

    Parameters and sources are those of `reo_t_per_year`.
    """
    return (
        reo_t_per_year(
            mud_t_per_day,
            days_per_year,
            availability_share,
            solids_share,
            grade_ppm,
            recovery_concentration,
            recovery_leach,
            recovery_separation,
        )
        / 12.0
    )


#: Elements counted as middle and heavy: samarium to lutetium, and yttrium.
HEAVY = tuple(name for name in ELEMENT_SHARES if name not in ("La", "Ce", "Pr", "Nd"))

#: Share of the middle and heavy elements in the table above [1].
TABLE_HEAVY_SHARE = round(sum(ELEMENT_SHARES[name] for name in HEAVY), 10)


def default_shares(
    dysprosium: Array,
    terbium_per_dysprosium: Array,
    elements: tuple[str, ...],
    heavy: Array | float = TABLE_HEAVY_SHARE,
) -> Array:
    """Element shares of the mud's oxide with dysprosium and terbium drawn and yttrium closing the heavy sum.

    Parameters
    ----------
    dysprosium : ndarray, shape (draw,)
        Share of dysprosium [1]; the default range is .023 to .053.
    terbium_per_dysprosium : ndarray, shape (draw,)
        Terbium as a share of dysprosium [1]; the default range is .13 to .20.
    elements : tuple of str
        Element symbols of the dataset, in axis order; an unknown symbol has share 0.
    heavy : array_like, shape (draw,)
        Share of samarium to lutetium and yttrium together [1]: .47 by the older compositions, about .54 by the lift
        of 2026. The light elements share the rest as in the table.

    Returns
    -------
    ndarray, shape (element, draw)
        Shares by mass of oxide [1]; over the 15 known elements they sum to 1.
    """
    dysprosium = np.asarray(dysprosium, dtype=float)
    heavy = np.broadcast_to(np.asarray(heavy, dtype=float), dysprosium.shape)
    terbium = dysprosium * terbium_per_dysprosium
    moved = (dysprosium - ELEMENT_SHARES["Dy"]) + (terbium - ELEMENT_SHARES["Tb"])
    drawn = {"Dy": dysprosium, "Tb": terbium}
    shares = np.empty((len(elements), *dysprosium.shape))
    for row, element in enumerate(elements):
        share = ELEMENT_SHARES.get(element, 0.0)
        if element == "Y":
            others = TABLE_HEAVY_SHARE - ELEMENT_SHARES["Y"] - ELEMENT_SHARES["Dy"] - ELEMENT_SHARES["Tb"]
            shares[row] = (
                ELEMENT_SHARES["Y"] - moved + (heavy - TABLE_HEAVY_SHARE) * (1.0 - others / TABLE_HEAVY_SHARE)
            )
        elif element in drawn:
            shares[row] = drawn[element]
        elif element in HEAVY:
            shares[row] = share * heavy / TABLE_HEAVY_SHARE
        else:
            shares[row] = share * (1.0 - heavy) / (1.0 - TABLE_HEAVY_SHARE)
    return shares


# The deposit.

#: Dry solids per volume of mud in place [t/m3]: what makes 16 Mt of oxide of 964 ppm over 2,500 km2 and
#: 10 m (grade C, derived from Takaya et al. 2018).
DRY_DENSITY = 0.56

#: Oxide in place in the best cell, 105 km2 to a depth of 10 m [t REO] (Takaya et al. 2018).
BEST_CELL_REO_T = 1.2e6


def resource_reo_t(
    area_km2: Array | float,
    thickness_m: Array | float,
    grade_ppm: Array | float,
    dry_density: Array | float = DRY_DENSITY,
) -> Array:
    """Rare-earth oxide in place.

    Parameters
    ----------
    area_km2 : array_like
        Area [km2].
    thickness_m : array_like
        Thickness of the layer [m].
    grade_ppm : array_like
        Rare earths and yttrium, as elements, per dry solids [g/t].
    dry_density : array_like
        Dry solids per volume in place [t/m3].

    Returns
    -------
    ndarray
        Oxide in place [t REO], with no loss in mining or refining.

    References
    ----------
    Takaya et al. (2018), Sci. Rep. 8:5763: above 16 Mt in 2,500 km2, 1.2 Mt in 105 km2.
    """
    solids = np.asarray(area_km2 * 1e6 * np.asarray(thickness_m) * dry_density, dtype=float)
    oxide: Array = solids * grade_ppm * 1e-6 * OXIDE_PER_ELEMENT
    return oxide


def footprint_km2(
    solids_t: Array | float, thickness_m: Array | float, dry_density: Array | float = DRY_DENSITY
) -> Array:
    """Area of seabed that is cut to lift some dry solids.

    Parameters
    ----------
    solids_t : array_like
        Dry solids lifted [t].
    thickness_m : array_like
        Thickness of the cut [m].
    dry_density : array_like
        Dry solids per volume in place [t/m3].

    Returns
    -------
    ndarray
        Area [km2].
    """
    area: Array = np.asarray(solids_t, dtype=float) / (np.asarray(thickness_m) * dry_density) * 1e-6
    return area


# What the press said of the deposit, and why it cannot be.

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
    """Which of the implied shares are impossible, and why.

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
