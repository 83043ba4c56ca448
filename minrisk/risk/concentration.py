"""How concentrated supply is: Herfindahl-Hirschman index, its relatives, and supply without the largest.

Suppliers stand on the last axis (or on the one named). Quantities serve as well as shares: they are divided by
their sum first, so a supplier of nothing changes nothing. A missing quantity (NaN) makes the index missing, and
so does a total of nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from minrisk.axes import Array, fraction, non_negative, number, ordered_sum

#: Estimates of governance of the World Bank lie within this distance of 0: standard normal over the countries [1].
MOST_ESTIMATE = 3.5

#: Scores of governance end here [1].
MOST_SCORE = 10.0

#: What is said of a number beyond.
NO_ESTIMATE = f"is no estimate of governance (-{MOST_ESTIMATE} to {MOST_ESTIMATE}); is it a percentile rank?"


def hhi(shares: ArrayLike, axis: int = -1) -> Array:
    """Herfindahl-Hirschman index of shares or quantities, ``sum s_i^2``.

    Parameters
    ----------
    shares : array_like
        Non-negative shares or quantities of each supplier; normalised by their sum first. A missing value
        makes the index missing.
    axis : int
        Axis of the suppliers.

    Returns
    -------
    ndarray or float
        0 < HHI <= 1 [1], of the shape of the other axes; NaN where nothing is supplied. Times 10,000 it is the
        index of competition law.

    Raises
    ------
    ValueError
        If a quantity is negative or infinite.

    References
    ----------
    Hirschman (1964), Am. Econ. Rev. 54(5):761.
    """
    part = normalized_shares(shares, axis)
    return _missing_if_nothing(ordered_sum(part * part), part)


def hhi_bounds(shares: ArrayLike, unknown: ArrayLike, axis: int = -1) -> tuple[Array, Array]:
    """Least and largest Herfindahl-Hirschman index when part of the supply comes from who knows whom.

    Least, if it comes from very many small suppliers, ``sum s_i^2``; largest, if all of it comes from the largest
    known one, ``sum s_i^2 + 2 s_max u + u^2`` with the unknown share u.

    Parameters
    ----------
    shares : array_like
        Quantities of the known suppliers, as in `hhi`.
    unknown : array_like
        Quantity of unknown suppliers in the same unit, of the shape of the other axes.
    axis : int
        Axis of the suppliers.

    Returns
    -------
    tuple of (ndarray or float)
        Least and largest index [1]; NaN where nothing is supplied.

    Raises
    ------
    ValueError
        If a quantity is negative or infinite.
    """
    amounts = np.moveaxis(np.atleast_1d(non_negative(shares, "shares")), axis, -1)
    rest = non_negative(unknown, "unknown")
    part = normalized_shares(np.concatenate([amounts, rest[..., None]], axis=-1), -1)
    known, lost = part[:-1], part[-1]
    least = ordered_sum(known * known)
    most = least + 2.0 * known.max(axis=0, initial=0.0) * lost + lost * lost
    return _missing_if_nothing(least, part), _missing_if_nothing(most, part)


def effective_suppliers(shares: ArrayLike, axis: int = -1) -> Array:
    """Number of equally large suppliers with the same concentration, ``1 / HHI``.

    Parameters
    ----------
    shares : array_like
        As in `hhi`.
    axis : int
        Axis of the suppliers.

    Returns
    -------
    ndarray or float
        At least 1 [1]; NaN where nothing is supplied.

    Raises
    ------
    ValueError
        As `hhi`.

    References
    ----------
    Adelman (1969), Rev. Econ. Stat. 51(1):99 (numbers equivalent).
    """
    equal: Array = 1.0 / hhi(shares, axis=axis)
    return equal


def normalized_hhi(shares: ArrayLike, n: ArrayLike | None = None) -> Array:
    """HHI stretched to 0..1 between equal shares and a monopoly, ``(HHI - 1/n) / (1 - 1/n)``.

    Parameters
    ----------
    shares : array_like, shape (..., supplier)
        As in `hhi`.
    n : array_like of int, optional
        Number of suppliers that the shares could be spread over; by default those that supply anything.

    Returns
    -------
    ndarray or float, shape (...)
        0 to 1 [1]; 1 for a single supplier, NaN where nothing is supplied.

    Raises
    ------
    ValueError
        As `hhi`, or if ``n`` is below the number of suppliers that supply anything.

    References
    ----------
    Cracau & Durán Lima (2016), Int. J. Econ. Sci. 5(3):14.
    """
    index = np.asarray(hhi(shares))
    active = (np.atleast_1d(np.asarray(shares, dtype=float)) > 0.0).sum(axis=-1)
    count = active.astype(float) if n is None else np.asarray(n, dtype=float)
    if np.any(count < active):
        raise ValueError("n must not be below the number of suppliers that supply anything")
    with np.errstate(invalid="ignore", divide="ignore"):
        stretched = (index - 1.0 / count) / (1.0 - 1.0 / count)
    # One supplier out of one is a monopoly; rounding must not leave 0..1.
    single = np.where(np.isnan(index), np.nan, 1.0)
    return number(np.where(count > 1.0, np.clip(stretched, 0.0, 1.0), single))


def n_minus_1(shares: ArrayLike) -> Array:
    """Share of supply that is left when the largest supplier fails.

    Parameters
    ----------
    shares : array_like, shape (..., supplier)
        As in `hhi`.

    Returns
    -------
    ndarray or float, shape (...)
        0 to 1 [1]; 0 for a single supplier, NaN where nothing is supplied.

    Raises
    ------
    ValueError
        As `hhi`.

    References
    ----------
    International Energy Agency (2025), Global Critical Minerals Outlook, "N-1".
    """
    part = normalized_shares(shares, -1)
    return _missing_if_nothing(np.maximum(1.0 - part.max(axis=0, initial=0.0), 0.0), part)


def iea_n_minus_1(supply: ArrayLike, demand_outside_largest: ArrayLike) -> Array:
    """Supply without the largest supplier over demand outside it: whether the rest can serve itself.

    Parameters
    ----------
    supply : array_like, shape (..., supplier)
        Supply of each supplier [t].
    demand_outside_largest : array_like, shape (...)
        Demand outside the largest supplier's own country [t].

    Returns
    -------
    ndarray or float, shape (...)
        At least 0 [1]; below 1 the rest runs short. NaN where there is no demand or a value is missing.

    Raises
    ------
    ValueError
        If a quantity is negative or infinite.

    References
    ----------
    International Energy Agency (2025), Global Critical Minerals Outlook, "N-1".
    """
    amounts = np.moveaxis(np.atleast_1d(non_negative(supply, "supply")), -1, 0)
    demand = non_negative(demand_outside_largest, "demand_outside_largest")
    rest = ordered_sum(np.sort(amounts, axis=0)[:-1]) + 0.0 * amounts.max(axis=0, initial=0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return number(np.where(demand > 0.0, rest / demand, np.nan))


def governance_weighted_hhi(shares: ArrayLike, governance: ArrayLike, trade: ArrayLike = 1.0) -> Array:
    """Concentration in badly governed countries, ``sum s_i^2 g_i t_i``.

    Parameters
    ----------
    shares : array_like, shape (..., supplier)
        As in `hhi`.
    governance : array_like, broadcast to the shape of ``shares``
        Score of each country, 0 good to 10 bad [1], as from `governance_score`.
    trade : array_like, broadcast to the shape of ``shares``
        Trade parameter of each country [1]: 1 neutral, above 1 for export taxes, quotas and bans, 0.8 under a
        trade agreement of the European Union.

    Returns
    -------
    ndarray or float, shape (...)
        0 to 10 where trade is 1 [1]. NaN where nothing is supplied or where a country that supplies anything has
        no governance: a missing score is not a good one. Replace it first if an assumption is wanted.

    Raises
    ------
    ValueError
        If a share, score or parameter is negative or infinite, or a score above 10: percentile ranks are none.

    References
    ----------
    European Commission (2017), Methodology for establishing the EU list of critical raw materials,
    doi:10.2873/769526.
    """
    score = non_negative(governance, "governance")
    if np.any(np.atleast_1d(score) > MOST_SCORE):
        worst = float(np.nanmax(score))
        said = f"governance: {worst:g} is no score (0 to {MOST_SCORE:g}, by governance_score)"
        raise ValueError(f"{said}; is it a percentile rank?")
    weight = score * non_negative(trade, "trade")
    amounts, weight = np.broadcast_arrays(np.atleast_1d(np.asarray(shares, dtype=float)), weight)
    part = normalized_shares(amounts, -1)
    # What a country supplies nothing of does not count, even where its own score is missing.
    return _missing_if_nothing(
        ordered_sum(np.where(part == 0.0, 0.0, part * part * np.moveaxis(weight, -1, 0))), part
    )


def governance_score(estimates: ArrayLike, scale: float = 10.0) -> Array:
    """Governance estimates of the World Bank as a risk score, ``(2.5 - x) / 5 * scale``.

    The bounds -2.5 and 2.5 are fixed: with those of the sample, one more country would change every score.

    Parameters
    ----------
    estimates : array_like
        Estimates, -2.5 bad to 2.5 good; one dimension (GeoPolRisk takes political stability) or the mean of all
        six (European Commission), each value scored on its own.
    scale : float
        Score of the worst: 10 for `governance_weighted_hhi`, 1 for `geopolrisk`.

    Returns
    -------
    ndarray or float, shape of ``estimates``
        0 good to ``scale`` bad; estimates beyond the bounds count as the bound, a missing one stays missing.

    Raises
    ------
    ValueError
        If an estimate lies beyond -3.5 to 3.5, where none does: percentile ranks are no estimates.

    References
    ----------
    Kaufmann, Kraay & Mastruzzi (2010), World Bank Policy Research Working Paper 5430.
    """
    values = np.asarray(estimates, dtype=float)
    if np.any(np.abs(values) > MOST_ESTIMATE):
        beyond = values[np.abs(values) > MOST_ESTIMATE].flat[0]
        raise ValueError(f"estimates: {beyond:g} {NO_ESTIMATE}")
    return number(np.clip((2.5 - values) / 5.0, 0.0, 1.0) * scale)


def yale_concentration(hhi: ArrayLike) -> Array:
    """Global supply concentration of the Yale criticality method, ``17.5 ln(10,000 HHI) - 61.18``.

    Parameters
    ----------
    hhi : array_like
        Herfindahl-Hirschman index, 0 < HHI <= 1 [1].

    Returns
    -------
    ndarray or float, shape of ``hhi``
        About 0 to 100 [1]: 0 at an index of 33 on the scale of 10,000, 100.001 for a monopoly, not cut off at
        either end; NaN where the index is missing.

    Raises
    ------
    ValueError
        If an index lies outside 0..1, such as one on the scale of 10,000.

    References
    ----------
    Graedel et al. (2012), Environ. Sci. Technol. 46(2):1063.
    """
    index = fraction(hhi, "hhi", "an index from 0 to 1; divide one on the scale of 10,000 by it")
    with np.errstate(divide="ignore"):
        return number(17.5 * np.log(1e4 * index) - 61.18)


def normalized_shares(quantities: ArrayLike, axis: int) -> Array:
    """Divide quantities by their sum; suppliers go to the first axis, NaN where the sum is 0 or missing."""
    amounts = np.moveaxis(np.atleast_1d(non_negative(quantities, "shares")), axis, 0)
    # By the largest first: neither tiny nor huge quantities leave the range of numbers when squared.
    with np.errstate(invalid="ignore", divide="ignore"):
        scaled = amounts / amounts.max(axis=0, initial=0.0)
        part: Array = scaled / ordered_sum(scaled)
    return part


def _missing_if_nothing(values: Array, part: Array) -> Array:
    return number(np.where(np.isnan(part).any(axis=0) | (part.shape[0] == 0), np.nan, values))
