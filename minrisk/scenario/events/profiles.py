"""Profiles in time: how a measure takes hold, leaks and eases, changes by steps, lets held cargo go; licences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from minrisk.axes import Array, Flags, Period

#: A value of each draw and from when it holds, (draw,) each; see `stepwise`.
Steps = Sequence[tuple[Array, Array]]

#: Nodes and weights on [0, 1] of the quadrature over sloping parts: exact to rounding for what varies
#: no faster than a month.
_NODES, _WEIGHTS = (
    0.5 * (np.polynomial.legendre.leggauss(8)[0] + 1.0),
    0.5 * np.polynomial.legendre.leggauss(8)[1],
)


def strength(period: Period, ramp_in_months: Array, ramp_out_months: Array) -> Array:
    """Mean strength over each month of a measure that takes hold and eases evenly.

    It rises from 0 at the start to 1 after `ramp_in_months`, stays, and from the end falls to 0 within
    `ramp_out_months`; one that ends while rising falls from where it was.

    Parameters
    ----------
    period : Period
        When it is in force.
    ramp_in_months, ramp_out_months : ndarray, shape (draw,)
        Times of the slopes [month]; 0 is a step.

    Returns
    -------
    ndarray, shape (month, draw)
        0 to 1 [1].
    """
    nothing, any_time = np.zeros_like(period.start), np.ones_like(period.start)
    return stopped_share(period, ramp_in_months, ramp_out_months, nothing, any_time)


def stopped_share(
    period: Period, ramp_in_months: Array, ramp_out_months: Array, leakage_max: Array, leakage_months: Array
) -> Array:
    """Share of each month's shipments in scope that a full measure stops: its strength, less what leaks.

    Parameters
    ----------
    period, ramp_in_months, ramp_out_months
        See `strength`.
    leakage_max, leakage_months : ndarray, shape (draw,)
        See `unleaked_share`; leakage builds up from the start and lasts until the measure is gone.

    Returns
    -------
    ndarray, shape (month, draw)
        0 to 1 [1]; exact where the measure is level, by Gauss-Legendre quadrature on its slopes.
    """
    start, end = period.start, period.end
    level = np.minimum(start + ramp_in_months, end)
    stopped = unleaked_share(period, leakage_max, leakage_months, since=level)
    if ramp_in_months.any():
        rising = Period(period.months, start, level)
        stopped = stopped + _slope(rising, start, ramp_in_months, start, leakage_max, leakage_months)
    if ramp_out_months.any():
        reached = np.where(
            ramp_in_months > 0.0, (level - start) / np.where(ramp_in_months > 0.0, ramp_in_months, 1.0), 1.0
        )
        reached = np.where(end > start, reached, 0.0)
        gone = np.where(np.isfinite(end), end, 0.0) + ramp_out_months
        falling = Period(period.months, end, gone)
        stopped = stopped + reached * _slope(falling, gone, -ramp_out_months, start, leakage_max, leakage_months)
    return np.clip(stopped, 0.0, 1.0)


def _slope(
    slope: Period, foot: Array, run: Array, leaks_from: Array, leakage_max: Array, leakage_months: Array
) -> Array:
    """Integral over each month of ``(t - foot) / run`` less leakage, over one slope of a measure."""
    t = slope.begins
    low = np.maximum(slope.start, t)
    width = np.clip(np.minimum(slope.end, t + 1.0) - low, 0.0, 1.0)
    inside = (width > 0.0) & (run != 0.0)
    total = np.zeros_like(width)
    for node, weight in zip(_NODES, _WEIGHTS, strict=True):
        at = np.where(inside, low + node * width, 0.0)
        height = (at - np.where(inside, foot, 0.0)) / np.where(inside, run, 1.0)
        since = np.where(inside, at - leaks_from, 0.0)
        total += weight * height * (1.0 + leakage_max * np.expm1(-since / leakage_months))
    return np.where(inside, total * width, 0.0)


def unleaked_share(period: Period, leakage_max: Array, leakage_months: Array, since: Array | None = None) -> Array:
    """Share of each month's shipments in scope that a full ban stops after leakage.

    Exact mean over the month of ``1 - l(t)`` while in force, with
    ``l(t) = leakage_max (1 - exp(-(t - start) / leakage_months))``.

    Parameters
    ----------
    period : Period
        When it is in force.
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
    t = period.begins
    first, last = np.maximum(period.start if since is None else since, t), np.minimum(period.end, t + 1.0)
    days = np.clip(last - first, 0.0, 1.0)
    elapsed = np.maximum(first - period.start, 0.0)
    still = leakage_months * np.exp(-elapsed / leakage_months) * -np.expm1(-days / leakage_months)
    stopped: Array = np.clip(days * (1.0 - leakage_max) + leakage_max * still, 0.0, 1.0)
    return stopped


def ramped_share(period: Period, ramp_months: Array) -> Array:
    """Mean over each month of a strength that rises evenly from 0 to 1 and drops to 0 at the end.

    Parameters
    ----------
    period : Period
        When it is in force.
    ramp_months : ndarray, shape (draw,)
        Time from 0 to 1 [month]; 0 is a step.

    Returns
    -------
    ndarray, shape (month, draw)
        0 to 1 [1]: `strength` without a way down, in closed form.
    """
    t, start, length = period.begins, period.start, period.end - period.start
    first, last = np.clip(t - start, 0.0, length), np.clip(t + 1.0 - start, 0.0, length)
    return np.clip(_ramp_area(last, ramp_months) - _ramp_area(first, ramp_months), 0.0, 1.0)


def _ramp_area(elapsed: Array, ramp_months: Array) -> Array:
    """Integral of the strength from the start."""
    rising = np.minimum(elapsed, ramp_months)
    share = np.divide(rising, ramp_months, out=np.zeros_like(rising), where=ramp_months > 0.0)
    return 0.5 * share * rising + (elapsed - rising)


def leaked_part(leaked: Array, shipped: Array) -> Array:
    """Part of what still ships under a ban that leaked past it; the rest was never stopped.

    Parameters
    ----------
    leaked, shipped : ndarray, shape (month, draw)
        Share of the contracted tonnes that leaks, and that ships at all [1].

    Returns
    -------
    ndarray, shape (month, draw)
        0 to 1, 0 where nothing ships [1].
    """
    part = np.divide(leaked, shipped, out=np.zeros_like(leaked), where=shipped > 0.0)
    return np.clip(part, 0.0, 1.0)


def stepwise(period: Period, steps: Steps) -> Array:
    """A value that changes at dates, weighted by the share of each month in which it is in force.

    Parameters
    ----------
    period : Period
        When any of them is in force.
    steps : sequence of (ndarray, ndarray), shape (draw,) each
        From when [months since the scenario's start], and the value; each holds until the next.

    Returns
    -------
    ndarray, shape (month, draw)
        0 in months out of force.
    """
    total = np.zeros((period.months, period.start.size))
    ends = [*(first for first, _ in steps[1:]), period.end]
    for (first, value), last in zip(steps, ends, strict=True):
        total += Period(period.months, first, np.minimum(period.end, last)).share_in_force() * value
    return total


def backlog_release(period: Period, release_months: Array) -> Array:
    """Share of the cargo still held that leaves in each month.

    All that was held at the end of the ban leaves at an even rate within `release_months`.

    Parameters
    ----------
    period : Period
        When the ban holds cargo.
    release_months : ndarray, shape (draw,)
        Time over which the cargo leaves [month].

    Returns
    -------
    ndarray, shape (month, draw)
        0 while in force, 1 before the ban and once all has left [1].
    """
    t = period.begins
    gone = np.clip((t - period.end) / release_months, 0.0, 1.0)
    gone_after = np.clip((t + 1.0 - period.end) / release_months, 0.0, 1.0)
    held = gone < 1.0
    share = np.where(held, (gone_after - gone) / np.where(held, 1.0 - gone, 1.0), 1.0)
    return np.where(t + 1.0 <= period.start, 1.0, share)


def held_cargo(period: Period, severity: Array, backlog_share: Array, release_months: Array) -> dict[str, Array]:
    """Profiles of the backlog levers of a measure that holds back cargo and later lets it go.

    One that holds no cargo in a draw says nothing about the cargo of another.

    Parameters
    ----------
    period : Period
        When the measure is in force.
    severity : ndarray, shape (draw,)
        Share of shipments that it stops [1].
    backlog_share : ndarray, shape (draw,)
        Part of them that is held as cargo [1].
    release_months : ndarray, shape (draw,)
        See `backlog_release`.

    Returns
    -------
    dict of str to ndarray, shape (month, draw)
        `backlog_share` and `backlog_release`.
    """
    holds = (severity > 0.0) & (period.end > period.start) & (backlog_share > 0.0)
    # A share of what is stopped: the days in force have made that what it is already.
    in_force = period.share_in_force() > 0.0
    return {
        "backlog_share": np.where(holds & in_force, backlog_share, 0.0),
        "backlog_release": np.where(holds, backlog_release(period, release_months), 1.0),
    }


def licence_terms(
    period: Period,
    refused_days: Array,
    review_months: Array,
    waits: Steps,
    general: Array | float = 0.0,
    lumpy: Flags | bool = False,
) -> dict[str, Array]:
    """Levers of one spell of licences.

    A refusal is a share of what is applied for, whatever part of the month is in force; the wait is that of an
    application, from the day on which licences are required. What is under review when they end is decided then.

    Parameters
    ----------
    period : Period
        When licences are required.
    refused_days : ndarray, shape (month, draw)
        Share of applications that is refused, weighted by the share of each month in force; see `stepwise` [1].
    review_months : ndarray, shape (draw,)
        Time before which nothing is decided [month].
    waits : sequence of (ndarray, ndarray)
        From when, and the mean time to a decision after that [month].
    general : ndarray, shape (month, draw), or float
        Share of the month's trade that is in force and has a general licence [1].
    lumpy : ndarray of bool, shape (draw,), or bool
        Whether decisions come in batches.

    Returns
    -------
    dict of str to ndarray, shape (month, draw)
        `licensed`, `approval_share`, `review_months` and `processing_months`; neutral to the bit where every
        application is approved at once and decisions come evenly.
    """
    in_force = period.share_in_force()
    running = in_force > 0.0
    refused = np.divide(refused_days, in_force, out=np.zeros_like(in_force), where=running)
    waiting = stepwise(period, waits) / period.part_after_start()
    # A licence that ends within a month keeps nothing under review at its end.
    review = np.where(running & (period.end >= period.begins + 1.0), review_months, 0.0)
    binds = (refused > 0.0) | (waiting > 0.0) | (review > 0.0) | lumpy
    return {
        "licensed": np.where(running & binds, in_force - general, 0.0),
        "approval_share": 1.0 - refused,
        "review_months": review,
        "processing_months": waiting,
    }


def merge_spells(spells: Sequence[dict[str, Array]]) -> dict[str, Array]:
    """One profile a lever out of spells that follow one another; each ends before the next begins.

    Parameters
    ----------
    spells : sequence of dict
        From `licence_terms` or `held_cargo`.

    Returns
    -------
    dict of str to ndarray, shape (month, draw)
    """
    merged: dict[str, Array] = {}
    for spell in spells:
        for lever, profile in spell.items():
            # Parts of one month add up; of all else the stricter counts.
            combined = {"licensed": np.add, "approval_share": np.minimum, "backlog_release": np.minimum}.get(
                lever, np.maximum
            )
            merged[lever] = combined(merged[lever], profile) if lever in merged else profile
    return merged
