"""An emulator of runs: a Gaussian process through a designed sample, with what it misses on points left out.

Every column of the values (one draw of an output, one month of a series) is a function of the setting. Columns move
together, so they are put into a few components first; each component has a constant, a slope in each input and a
Matérn 5/2 correlation with one length for each input and a nugget for what jumps. The result is a sum over
the points of the sample, small enough to be evaluated anywhere.

References
----------
Sacks, Welch, Mitchell & Wynn (1989), Stat. Sci. 4:409; Rasmussen & Williams (2006), Gaussian Processes for Machine
Learning, eq. 2.37-2.42 (slope), 4.17 (Matérn); Higdon et al. (2008), J. Am. Stat. Assoc. 103:570 (components).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize

from minrisk.axes import Array, Indices

#: Share of the variance over points that components may leave out [1]: what is left out is in the error.
LEFT_OUT = 1e-3

#: Components whose likelihood chooses lengths and nugget; the others count for little.
LEADING = 4

#: Parts of the sample that are left out in turn.
FOLDS = 5

#: Lengths [width of an input's range] and nugget [variance of a component] that are allowed.
_LENGTHS, _NUGGETS = (0.08, 30.0), (1e-6, 1.0)
_ROOT = float(np.sqrt(5.0))


@dataclass(frozen=True)
class Emulator:
    """Values at any setting inside the sample's box.

    Attributes
    ----------
    points : ndarray, shape (point, input)
        The sample, each input from 0 to 1.
    lengths : ndarray, shape (input,)
        Correlation lengths [width of the input's range].
    nugget : float
        Variance that neighbours do not share [1].
    weights : ndarray, shape (1 + input + point, component)
        Constant, slopes, and one weight for each point.
    components : ndarray, shape (component, column)
    centre : ndarray, shape (column,)
        Mean over the points, in the unit of the values.
    """

    points: Array
    lengths: Array
    nugget: float
    weights: Array
    components: Array
    centre: Array

    def at(self, settings: Array) -> Array:
        """Values at settings.

        Parameters
        ----------
        settings : ndarray, shape (setting, input)
            Each input from 0 to 1.

        Returns
        -------
        ndarray, shape (setting, column)

        Raises
        ------
        ValueError
            If a setting lies outside the box: an emulator knows nothing there.
        """
        if np.any((settings < 0.0) | (settings > 1.0)):
            raise ValueError("a setting lies outside the range of the design")
        near = _matern(_distances(settings, self.points) @ self.lengths**-2.0)
        terms = np.concatenate([_trend(settings), near], axis=1)
        found: Array = self.centre + terms @ self.weights @ self.components
        return found


def fit(points: Array, values: Array, start: Array | None = None) -> Emulator:
    """Fit an emulator to a sample.

    Parameters
    ----------
    points : ndarray, shape (point, input)
        Each input from 0 to 1.
    values : ndarray, shape (point, column)
    start : ndarray, shape (input + 1,), optional
        Logarithms of lengths and nugget from which the search begins, such as those of nearly the same sample.

    Returns
    -------
    Emulator
    """
    centre = values.mean(axis=0)
    scores, components = _components(values - centre)
    k = points.shape[1]
    if not len(components):
        return Emulator(points, np.ones(k), 1.0, np.zeros((1 + k + len(points), 0)), components, centre)
    apart = _distances(points, points)
    begin = np.concatenate([np.zeros(k), [np.log(1e-2)]]) if start is None else start
    bounds = [tuple(np.log(_LENGTHS))] * k + [tuple(np.log(_NUGGETS))]
    most = 60 if start is None else 15
    found = minimize(
        _misfit,
        begin,
        args=(apart, _trend(points), scores[:, :LEADING]),
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"maxiter": most},
    ).x
    lengths, nugget = np.exp(found[:k]), float(np.exp(found[k]))
    near = _matern(apart @ lengths**-2.0) + nugget * np.eye(len(points))
    slopes, weights = _solve(near, _trend(points), scores)[:2]
    return Emulator(points, lengths, nugget, np.concatenate([slopes, weights]), components, centre)


def left_out(points: Array, values: Array, whole: Emulator, seed: int) -> Array:
    """Values at every point from an emulator that has not seen it.

    The sample is cut at random into `FOLDS` parts; for each, everything is fitted anew to the others: components,
    lengths, nugget and weights.

    Parameters
    ----------
    points : ndarray, shape (point, input)
    values : ndarray, shape (point, column)
    whole : Emulator
        That of all points; the search for lengths begins at its own.
    seed : int
        Of the cut.

    Returns
    -------
    ndarray, shape (point, column)
    """
    found = np.empty_like(values)
    start = np.log(np.concatenate([whole.lengths, [whole.nugget]]))
    for part in _parts(len(points), seed):
        others = np.setdiff1d(np.arange(len(points)), part)
        found[part] = fit(points[others], values[others], start).at(points[part])
    return found


def _parts(count: int, seed: int) -> Iterator[Indices]:
    yield from np.array_split(np.random.default_rng(seed).permutation(count), min(FOLDS, count))


def _components(centred: Array) -> tuple[Array, Array]:
    """Scores (point, component) and components (component, column) that hold all but `LEFT_OUT` of the variance."""
    left, size, right = np.linalg.svd(centred, full_matrices=False)
    energy = np.cumsum(size**2)
    if not energy.size or energy[-1] <= 1e-24 * max(1.0, float(centred.size)):
        return np.zeros((len(centred), 0)), np.zeros((0, centred.shape[1]))
    keep = int(np.searchsorted(energy, (1.0 - LEFT_OUT) * energy[-1])) + 1
    return left[:, :keep] * size[:keep], right[:keep]


def _distances(one: Array, other: Array) -> Array:
    """Squared difference in each input, (row, row, input)."""
    found: Array = (one[:, None, :] - other[None, :, :]) ** 2
    return found


def _trend(points: Array) -> Array:
    return np.concatenate([np.ones((len(points), 1)), points], axis=1)


def _matern(squared: Array) -> Array:
    """Matérn 5/2 correlation of a squared distance in lengths."""
    away = _ROOT * np.sqrt(squared)
    found: Array = (1.0 + away + away**2 / 3.0) * np.exp(-away)
    return found


def _solve(near: Array, trend: Array, scores: Array) -> tuple[Array, Array, Array, float]:
    """Trend by generalised least squares, weights of the points, inverse and log determinant of the correlation."""
    factor = cho_factor(near, lower=True)
    inverse = cho_solve(factor, np.eye(len(near)))
    slopes = np.linalg.lstsq(trend.T @ inverse @ trend, trend.T @ inverse @ scores, rcond=None)[0]
    weights = inverse @ (scores - trend @ slopes)
    return slopes, weights, inverse, 2.0 * float(np.log(np.diag(factor[0])).sum())


def _misfit(logs: Array, apart: Array, trend: Array, scores: Array) -> tuple[float, Array]:
    """Negative log likelihood, each component's variance at its best, and its slope in the logarithms.

    Components count by their share of the variance.
    """
    n, k = len(apart), apart.shape[2]
    over = apart * np.exp(-2.0 * logs[:k])
    squared = over.sum(axis=2)
    nugget = float(np.exp(logs[k]))
    _, weights, inverse, log_determinant = _solve(_matern(squared) + nugget * np.eye(n), trend, scores)
    size = np.maximum((scores * weights).sum(axis=0), 1e-300)  # the trend is orthogonal to the weights
    share = (scores**2).sum(axis=0) / (scores**2).sum()
    value = 0.5 * (n * float(share @ np.log(size / n)) + log_determinant)
    # One matrix holds what every slope needs: trace of (inverse - weighted outer product) times each derivative.
    inner = inverse - (weights * (n * share / size)) @ weights.T
    away = _ROOT * np.sqrt(squared)
    steep = inner * (5.0 / 3.0 * (1.0 + away) * np.exp(-away))
    slopes = 0.5 * np.einsum("ij,ijk->k", steep, over)
    return value, np.concatenate([slopes, [0.5 * nugget * float(np.trace(inner))]])
