"""The root of a month's market in the logarithm of the premium, for every element and draw at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from minrisk.axes import Array, Flags

#: Halley steps that every cell takes, and the most that one may take. After the first few each cell stops on
#: its own when a step is shorter than `SETTLED`, so that no draw's result depends on its neighbours; on a wide
#: grid of markets five steps from any start reach 5e-15.
FIRST_STEPS, STEPS = 2, 12
#: A step this short leaves an error near its cube, 1e-12 at the most.
SETTLED = 1e-4

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
    for _ in range(FIRST_STEPS):
        step = _halley_step(coefficients, decay, live, target, x, ceiling, scratch)
    moving = np.flatnonzero(np.abs(step) > SETTLED)
    if moving.size:
        draws = moving % decay.shape[1]
        terms = coefficients.reshape(len(decay), -1)[:, moving]
        cells = target.ravel()[moving], x.ravel()[moving], ceiling[draws]
        x.ravel()[moving] = _finish(terms, decay[:, draws], *cells)
    return x


def _finish(coefficients: Array, decay: Array, target: Array, x: Array, ceiling: Array) -> Array:
    """Take the cells that still move to their roots; every array has the cell as its last axis."""
    root, cells, live = x.copy(), np.arange(x.size), [EVERYWHERE] * len(decay)
    for _ in range(STEPS - FIRST_STEPS):
        step = _halley_step(coefficients, decay, live, target, x, ceiling, np.empty((5, x.size)))
        root[cells] = x
        moving = np.flatnonzero(np.abs(step) > SETTLED)
        if not moving.size:
            break
        coefficients, decay, cells = coefficients[:, moving], decay[:, moving], cells[moving]
        target, ceiling, x = target[moving], ceiling[moving], x[moving]
    return root


def _halley_step(
    coefficients: Array,
    decay: Array,
    live: Sequence[Runs],
    target: Array,
    x: Array,
    ceiling: Array,
    scratch: Array,
) -> Array:
    """Move x by ``2 h m / (2 m^2 - h v)`` in place and return the step taken.

    h is the log excess, m and v the mean and variance of the rates. Written with the sums T, M and S of the
    terms times rate to the power 0, 1 and 2 it needs one division: ``2 h M T / (2 M^2 - h (S T - M^2))``.
    ``decay`` holds minus the rates.
    """
    term: Array
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
    np.minimum(first, -1e-150, out=first)  # a market that answers no price goes to the ceiling
    np.log(total, out=excess)
    excess -= target
    second *= total
    total *= first
    total *= excess
    total *= -2.0
    first *= first
    second -= first
    second *= excess
    np.multiply(first, 2.0, out=term)
    term -= second
    np.maximum(term, first, out=term)
    total /= term
    np.copyto(term, x)
    x += total
    np.maximum(x, 0.0, out=x)
    np.minimum(x, ceiling, out=x)
    np.subtract(x, term, out=term)
    return term


def neighbours(used: Flags) -> Runs:
    """Give the elements that are used as slices of neighbours, which yield views.

    Parameters
    ----------
    used : ndarray of bool, shape (element,)

    Returns
    -------
    list of slice
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], used, [False]])))
    return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
