"""The root of a month's market in the logarithm of the premium, for every element and draw at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minrisk.axes import Array, Flags

#: Halley steps that every cell takes, and the most that one may take. After the first few each cell stops on
#: its own when its step is short, so that no draw's result depends on its neighbours.
STEPS = 100
#: Longest last step where no term decays faster than `FAST`, the steepest exponent that a scenario may have.
#: The error left is about a twelfth of rate squared times the step cubed, below 1e-11.
SETTLED, FAST = 1e-4, 10.0

#: Double precision, or single where a step only has to come near.
Floats = NDArray[Any]
#: Runs of neighbouring elements.
Runs = list[slice]
EVERYWHERE: Runs = [slice(None)]


def log_price_root(
    coefficients: Array,
    rates: Array,
    supply: Array,
    start: Array,
    ceiling: Array,
    live: Sequence[Runs] | None = None,
) -> Array:
    """Root in x of ``sum_j c_j exp(-r_j x) = supply`` on [0, ceiling], by Halley's method.

    The logarithm of the left side is convex and falling in x: its slope is minus the mean and its curvature
    the variance of the rates, weighted by the terms. A step is never longer than twice Newton's.

    Parameters
    ----------
    coefficients : ndarray, shape (term, element, draw)
        Non-negative terms; in the market the stock that stays with its holders, demand by class and
        restocking.
    rates : ndarray, shape (term, draw)
        Their decay in the log premium, non-negative.
    supply : ndarray, shape (element, draw)
        Positive right side.
    start : ndarray, shape (element, draw)
        Starting point.
    ceiling : ndarray, shape (draw,)
        Upper end; where no root lies below it, the ceiling is returned.
    live : sequence of Runs, optional
        Elements in which each term but the first is not zero; the others are skipped. All by default.

    Returns
    -------
    ndarray, shape (element, draw)
    """
    live = [EVERYWHERE] * len(rates) if live is None else live
    target = np.log(supply)
    x = np.minimum(start, ceiling)
    decay, scratch = -rates, np.empty((5, *x.shape))
    # The first step only has to come near, so it is taken in single precision at half the cost.
    rough = np.float32
    near = _halley_step(
        coefficients.astype(rough),
        decay.astype(rough),
        live,
        target.astype(rough),
        x.astype(rough),
        ceiling.astype(rough),
        np.empty(scratch.shape, rough),
    )
    before = np.minimum(near, ceiling)
    x = _halley_step(coefficients, decay, live, target, before, ceiling, scratch)
    step = np.subtract(x, before, out=scratch[0])
    settled = SETTLED / np.maximum(rates.max(axis=0) / FAST, 1.0)
    moving = np.flatnonzero(np.abs(step) > settled)
    if moving.size:
        draws = moving % decay.shape[1]
        terms = coefficients.reshape(len(decay), -1)[:, moving]
        cells = target.ravel()[moving], x.ravel()[moving], ceiling[draws], settled[draws]
        x.ravel()[moving] = _finish(terms, decay[:, draws], *cells)
    return x


def _finish(coefficients: Array, decay: Array, target: Array, x: Array, ceiling: Array, settled: Array) -> Array:
    """Take the cells that still move to their roots; every array has the cell as its last axis.

    The root stays bracketed: a step that leaves the bracket, or that is not half as long as the one before,
    is replaced by bisection, so flat tails and kinks converge too.
    """
    root, cells, live = x.copy(), np.arange(x.size), [EVERYWHERE] * len(decay)
    # Where the excess at the ceiling is not negative, no step on the flat tail need look for a root below it.
    scratch = np.empty((5, x.size))
    _halley_step(coefficients, decay, live, target, ceiling, ceiling, scratch)
    root[scratch[4] >= 0.0] = ceiling[scratch[4] >= 0.0]
    moving = np.flatnonzero(scratch[4] < 0.0)
    low, high, last = np.zeros_like(x), ceiling.copy(), np.full_like(x, np.inf)
    for _ in range(STEPS):
        coefficients, decay, cells = coefficients[:, moving], decay[:, moving], cells[moving]
        target, ceiling, x, settled = target[moving], ceiling[moving], x[moving], settled[moving]
        low, high, last = low[moving], high[moving], last[moving]
        if not moving.size:
            break
        before, scratch = x, np.empty((5, x.size))
        x = _halley_step(coefficients, decay, live, target, before, ceiling, scratch)
        too_low = scratch[4] > 0.0
        low, high = np.where(too_low, before, low), np.where(too_low, high, before)
        slow = (np.abs(x - before) > 0.5 * last) & (np.abs(x - before) > settled)
        halved = slow | (x < low) | (x > high)
        x = np.where(halved, 0.5 * (low + high), x)
        last = np.abs(x - before)
        root[cells] = x
        # A halving says nothing of how near the root is.
        moving = np.flatnonzero((halved | (last > settled)) & (high - low > 1e-14))
    return root


def _halley_step(
    coefficients: Floats,
    decay: Floats,
    live: Sequence[Runs],
    target: Floats,
    x: Floats,
    ceiling: Floats,
    scratch: Floats,
) -> Floats:
    """Return x moved by ``2 h m / (2 m^2 - h v)``.

    h is the log excess, m and v the mean and variance of the rates. Written with the sums T, M and S of the
    terms times rate to the power 0, 1 and 2 it needs one division: ``h M T / (M^2 - h (S T - M^2) / 2)``.
    ``decay`` holds minus the rates.
    """
    term, total, first, second, excess = scratch
    np.multiply(decay[0], x, out=term)
    np.exp(term, out=term)
    np.multiply(term, coefficients[0], out=total)
    np.multiply(total, decay[0], out=first)
    np.multiply(first, decay[0], out=second)
    for coefficient, rate, runs in zip(coefficients[1:], decay[1:], live[1:], strict=True):
        for run in runs:
            part = term[run]
            np.multiply(rate, x[run], out=part)
            np.exp(part, out=part)
            part *= coefficient[run]
            total[run] += part
            part *= rate
            first[run] += part
            part *= rate
            second[run] += part
    # Where nothing is wanted there is still a logarithm, and a market that answers no price goes to the
    # ceiling: the square of the least response is still a number.
    least = np.sqrt(np.finfo(first.dtype).tiny)
    np.minimum(first, -least, out=first)
    np.maximum(total, np.finfo(total.dtype).tiny, out=total)
    np.log(total, out=excess)
    excess -= target
    second *= total
    total *= first
    total *= excess
    first *= first
    second -= first
    second *= excess
    second *= 0.5
    second -= first
    first *= -0.5
    np.minimum(second, first, out=second)
    total /= second
    moved: Floats = x + total
    np.maximum(moved, 0.0, out=moved)
    np.minimum(moved, ceiling, out=moved)
    return moved


def live_classes(weight: Array) -> list[Runs]:
    """Elements in which each class has a share, as slices of neighbours, which yield views.

    Parameters
    ----------
    weight : ndarray, shape (class, element, draw or 1)
        Share of each class in an element's demand [1].

    Returns
    -------
    list of Runs
        One entry per class.
    """
    return [_runs((share > 0.0).any(axis=1)) for share in weight]


def _runs(used: Flags) -> Runs:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], used, [False]])))
    return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
