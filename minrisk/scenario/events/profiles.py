"""Profiles of restrictions in time: how a measure takes hold, eases, leaks, and lets held cargo go."""

from __future__ import annotations

import numpy as np

from minrisk.axes import Array
from minrisk.engine.inputs import share_in_force

#: Nodes and weights on [0, 1] of the quadrature over sloping parts: exact to rounding for what varies
#: no faster than a month.
_NODES, _WEIGHTS = (
    0.5 * (np.polynomial.legendre.leggauss(8)[0] + 1.0),
    0.5 * np.polynomial.legendre.leggauss(8)[1],
)


def strength(months: int, start: Array, end: Array, ramp_in_months: Array, ramp_out_months: Array) -> Array:
    """Mean strength over each month of a measure that takes hold and eases evenly.

    It rises from 0 at the start to 1 after `ramp_in_months`, stays, and from the end falls to 0 within
    `ramp_out_months`; one that ends while rising falls from where it was.

    Parameters
    ----------
    months : int
        Number of months.
    start, end : ndarray, shape (draw,)
        Positions [months since the scenario's start]; the end may be infinite.
    ramp_in_months, ramp_out_months : ndarray, shape (draw,)
        Times of the slopes [month]; 0 is a step.

    Returns
    -------
    ndarray, shape (month, draw)
        0 to 1 [1].
    """
    nothing, forever = np.zeros_like(start), np.ones_like(start)
    return stopped_share(months, start, end, nothing, forever, ramp_in_months, ramp_out_months)


def stopped_share(
    months: int,
    start: Array,
    end: Array,
    leakage_max: Array,
    leakage_months: Array,
    ramp_in_months: Array,
    ramp_out_months: Array,
) -> Array:
    """Share of each month's shipments in scope that a full measure stops: its strength, less what leaks.

    Parameters
    ----------
    months : int
        Number of months.
    start, end, ramp_in_months, ramp_out_months : ndarray, shape (draw,)
        See `strength`.
    leakage_max, leakage_months : ndarray, shape (draw,)
        See `unleaked_share`; leakage builds up from the start and lasts until the measure is gone.

    Returns
    -------
    ndarray, shape (month, draw)
        0 to 1 [1]; exact where the measure is level, by Gauss-Legendre quadrature on its slopes.
    """
    full = np.minimum(start + ramp_in_months, end)
    stopped = unleaked_share(months, start, end, leakage_max, leakage_months, since=full)
    if ramp_in_months.any():
        stopped = stopped + _slope(months, start, full, start, ramp_in_months, leakage_max, leakage_months)
    if ramp_out_months.any():
        reached = np.where(
            ramp_in_months > 0.0, (full - start) / np.where(ramp_in_months > 0.0, ramp_in_months, 1.0), 1.0
        )
        reached = np.where(end > start, reached, 0.0)
        gone = np.where(np.isfinite(end), end, 0.0) + ramp_out_months
        falling = _slope(months, end, gone, gone, -ramp_out_months, leakage_max, leakage_months, origin=start)
        stopped = stopped + reached * falling
    return np.clip(stopped, 0.0, 1.0)


def _slope(
    months: int,
    first: Array,
    last: Array,
    foot: Array,
    run: Array,
    leakage_max: Array,
    leakage_months: Array,
    origin: Array | None = None,
) -> Array:
    """Integral over each month of ``(t - foot) / run`` less leakage, between first and last."""
    origin = first if origin is None else origin
    t = np.arange(months, dtype=float)[:, None]
    low = np.maximum(first, t)
    width = np.clip(np.minimum(last, t + 1.0) - low, 0.0, 1.0)
    inside = (width > 0.0) & (run != 0.0)
    total = np.zeros_like(width)
    for node, weight in zip(_NODES, _WEIGHTS, strict=True):
        at = np.where(inside, low + node * width, 0.0)
        height = (at - np.where(inside, foot, 0.0)) / np.where(inside, run, 1.0)
        since = np.where(inside, at - origin, 0.0)
        total += weight * height * (1.0 + leakage_max * np.expm1(-since / leakage_months))
    return np.where(inside, total * width, 0.0)


def unleaked_share(
    months: int, start: Array, end: Array, leakage_max: Array, leakage_months: Array, since: Array | None = None
) -> Array:
    """Share of each month's shipments in scope that a full ban stops after leakage.

    Exact mean over the month of ``1 - l(t)`` while in force, with
    ``l(t) = leakage_max (1 - exp(-(t - start) / leakage_months))``.

    Parameters
    ----------
    months : int
        Number of months.
    start, end : ndarray, shape (draw,)
        Positions [months since the scenario's start]; the end may be infinite.
    leakage_max : ndarray, shape (draw,)
        Leakage in the long run [1].
    leakage_months : ndarray, shape (draw,)
        Time constant [month].
    since : ndarray, shape (draw,), optional
        Count only from here on, leakage building up from the start all the same; the start by default.

    Returns
    -------
    ndarray, shape (month, draw)
        0 outside the ban, to 1 [1].

    References
    ----------
    Leakage law: the model's own, after the build-up of third-country trade; grade C.
    """
    t = np.arange(months, dtype=float)[:, None]
    first, last = np.maximum(start if since is None else since, t), np.minimum(end, t + 1.0)
    days = np.clip(last - first, 0.0, 1.0)
    elapsed = np.maximum(first - start, 0.0)
    still = leakage_months * np.exp(-elapsed / leakage_months) * -np.expm1(-days / leakage_months)
    stopped: Array = np.clip(days * (1.0 - leakage_max) + leakage_max * still, 0.0, 1.0)
    return stopped


def backlog_release(months: int, start: Array, end: Array, release_months: Array) -> Array:
    """Share of the cargo still held that leaves in each month.

    All that was held at the end of the ban leaves at an even rate within `release_months`.

    Parameters
    ----------
    months : int
        Number of months.
    start, end : ndarray, shape (draw,)
        Positions [months since the scenario's start]; the end may be infinite.
    release_months : ndarray, shape (draw,)
        Time over which the cargo leaves [month].

    Returns
    -------
    ndarray, shape (month, draw)
        0 while in force, 1 before the ban and once all has left [1].
    """
    t = np.arange(months, dtype=float)[:, None]
    gone = np.clip((t - end) / release_months, 0.0, 1.0)
    gone_after = np.clip((t + 1.0 - end) / release_months, 0.0, 1.0)
    held = gone < 1.0
    share = np.where(held, (gone_after - gone) / np.where(held, 1.0 - gone, 1.0), 1.0)
    return np.where(t + 1.0 <= start, 1.0, share)


def held_cargo(
    months: int, start: Array, end: Array, severity: Array, backlog_share: Array, release_months: Array
) -> dict[str, Array]:
    """Profiles of the backlog levers of a measure in force from start to end.

    One that holds no cargo in a draw says nothing about the cargo of another.

    Returns
    -------
    dict of str to ndarray, shape (month, draw)
        `backlog_share` and `backlog_release`.
    """
    holds = (severity > 0.0) & (end > start) & (backlog_share > 0.0)
    release = backlog_release(months, start, end, release_months)
    # A share of what is stopped: the days in force have made that what it is already.
    in_force = share_in_force(months, start, end) > 0.0
    return {
        "backlog_share": np.where(holds & in_force, backlog_share, 0.0),
        "backlog_release": np.where(holds, release, 1.0),
    }
