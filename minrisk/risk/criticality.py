"""Criticality indices of the published methods: European Commission, GeoPolRisk, Nassar et al."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from minrisk.axes import Array, fraction, non_negative, number, ordered_sum

#: Mean copper midpoint of OECD countries 2017-2021, which makes the factor kg Cu-eq/kg [USD/kg].
COPPER_MIDPOINT_USD_PER_KG = 0.409412948


class GeoPolRisk(NamedTuple):
    """Result of `geopolrisk`.

    Attributes
    ----------
    import_risk : ndarray or float
        Import-weighted country risk, 0 to 1 [1].
    score : ndarray or float
        Times the world's concentration, 0 to 1 [1].
    characterization_factor : ndarray or float or None
        [kg Cu-eq/kg]; None without a price.
    """

    import_risk: Array
    score: Array
    characterization_factor: Array | None


def import_reliance(imports: ArrayLike, exports: ArrayLike, production: ArrayLike) -> Array:
    """Net imports over apparent consumption, ``(I - E) / (P + I - E)``.

    Parameters
    ----------
    imports, exports, production : array_like, broadcast together
        Quantities of one country and material in one unit of content [t].

    Returns
    -------
    ndarray or float
        At most 1 [1]; negative for a net exporter. NaN where nothing is left to consume (``P + I - E`` not above
        0) or a quantity is missing.

    Raises
    ------
    ValueError
        If a quantity is negative or infinite.

    References
    ----------
    European Commission (2017), doi:10.2873/769526.
    """
    net = non_negative(imports, "imports") - non_negative(exports, "exports")
    consumed = non_negative(production, "production") + net
    with np.errstate(invalid="ignore", divide="ignore"):
        return number(np.where(consumed > 0.0, net / consumed, np.nan))


def eu_supply_risk(
    global_hhi: ArrayLike,
    sourcing_hhi: ArrayLike,
    import_reliance: ArrayLike,
    recycling_rate: ArrayLike,
    substitution: ArrayLike,
) -> Array:
    """Supply risk of the European Commission's assessments of 2017, 2020 and 2023, for one stage.

    ``SR = (HHI_global IR/2 + HHI_sourcing (1 - IR/2)) (1 - recycling) substitution``. Above 1 a material counts
    as at risk. Where only one basis is known, give it twice.

    Parameters
    ----------
    global_hhi, sourcing_hhi : array_like
        `governance_weighted_hhi` of world supply and of the importer's own sourcing, 0 to 10 [1].
    import_reliance : array_like
        At most 1 [1]; a net exporter's negative reliance counts as 0.
    recycling_rate : array_like
        End-of-life recycling input rate, 0 to 1 [1].
    substitution : array_like
        Substitution index of supply risk, 0 to 1 [1]; 1 is no substitute.

    Returns
    -------
    ndarray or float
        0 to about 10 [1]; missing where any part is.

    Raises
    ------
    ValueError
        If a part lies outside its range.

    References
    ----------
    European Commission (2017), doi:10.2873/769526; Blengini et al. (2017), doi:10.2760/73303.
    """
    reliance = fraction(np.maximum(np.asarray(import_reliance, dtype=float), 0.0), "import_reliance", "at most 1")
    recycled = fraction(recycling_rate, "recycling_rate")
    irreplaceable = fraction(substitution, "substitution")
    world = non_negative(global_hhi, "global_hhi") * (reliance / 2.0)
    own = non_negative(sourcing_hhi, "sourcing_hhi") * (1.0 - reliance / 2.0)
    return number((world + own) * (1.0 - recycled) * irreplaceable)


def eu_overall(stages: ArrayLike) -> Array:
    """Supply risk over all stages: that of the riskiest, extraction or processing.

    Parameters
    ----------
    stages : array_like, shape (..., stage)
        Supply risk of each stage assessed [1]; NaN for one that was not.

    Returns
    -------
    ndarray or float, shape (...)
        The largest [1]; NaN where no stage was assessed.

    References
    ----------
    European Commission (2017), doi:10.2873/769526.
    """
    values = np.atleast_1d(np.asarray(stages, dtype=float))
    largest = np.where(np.isnan(values), -np.inf, values).max(axis=-1, initial=-np.inf)
    return number(np.where(np.isneginf(largest), np.nan, largest))


def geopolrisk(
    imports: ArrayLike,
    country_risk: ArrayLike,
    world_hhi: ArrayLike,
    domestic_production: ArrayLike = 0.0,
    price: ArrayLike | None = None,
) -> GeoPolRisk:
    """Geopolitical supply risk of an importer, ``HHI sum_i g_i f_i / (p + F)``, and its factor for life cycles.

    Parameters
    ----------
    imports : array_like, shape (..., supplier)
        Imports from each country [t].
    country_risk : array_like, broadcast to the shape of ``imports``
        Risk of each country, 0 to 1 [1], as from ``governance_score(estimates, scale=1.0)``.
    world_hhi : array_like, shape (...)
        `hhi` of world production, 0 to 1 [1].
    domestic_production : array_like, shape (...)
        Own production [t].
    price : array_like, shape (...), optional
        Import price, value over quantity [USD/kg].

    Returns
    -------
    GeoPolRisk
        ``.import_risk``, ``.score`` and ``.characterization_factor``, each of shape (...). Missing where a
        quantity, the risk of a country that delivers anything, or the index is missing, or where there is
        neither import nor production; the factor is None without a price.

    Raises
    ------
    ValueError
        If a quantity or price is negative or infinite, or a risk or index outside 0..1.

    References
    ----------
    Gemechu et al. (2016), J. Ind. Ecol. 20(1):154; Koyamparambath et al. (2024), Resour. Conserv. Recycl.
    209:107801.
    """
    amounts = np.atleast_1d(non_negative(imports, "imports"))
    risk = fraction(country_risk, "country_risk", "from 0 to 1; score estimates by governance_score(x, scale=1.0)")
    concentration = fraction(world_hhi, "world_hhi", "an index from 0 to 1, not on the scale of 10,000")
    amounts, risk = (np.moveaxis(part, -1, 0) for part in np.broadcast_arrays(amounts, risk))
    at_risk = ordered_sum(np.where(amounts == 0.0, 0.0, amounts * risk))
    supply = ordered_sum(amounts) + non_negative(domestic_production, "domestic_production")
    with np.errstate(invalid="ignore", divide="ignore"):
        import_risk = np.where(supply > 0.0, at_risk / supply, np.nan)
    score = concentration * import_risk
    factor = None if price is None else score * non_negative(price, "price") / COPPER_MIDPOINT_USD_PER_KG
    return GeoPolRisk(number(import_risk), number(score), None if factor is None else number(factor))


def nassar_supply_risk(
    disruption_potential: ArrayLike, trade_exposure: ArrayLike, economic_vulnerability: ArrayLike
) -> Array:
    """Supply risk as the geometric mean of its three parts: without any one of them there is none.

    Parameters
    ----------
    disruption_potential : array_like
        Likelihood of a foreign disruption, 0 to 1 [1].
    trade_exposure : array_like
        Dependency on imports, 0 to 1 [1].
    economic_vulnerability : array_like
        Inability of the buying industries to bear it, 0 to 1 [1].

    Returns
    -------
    ndarray or float
        0 to 1 [1]; 0.40 and above was listed as critical. Missing where a part is.

    Raises
    ------
    ValueError
        If a part lies outside 0..1.

    References
    ----------
    Nassar et al. (2020), Sci. Adv. 6:eaay8647; Nassar & Fortier (2021), USGS Open-File Report 2021-1045.
    """
    product = (
        fraction(disruption_potential, "disruption_potential")
        * fraction(trade_exposure, "trade_exposure")
        * fraction(economic_vulnerability, "economic_vulnerability")
    )
    return number(np.cbrt(product))
