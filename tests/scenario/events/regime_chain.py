"""Closed forms of regimes that change at constant rates: what simulated paths are held against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import expm
from scipy.special import gammaincinv

from minrisk.axes import Array


def stationary(generator: Array) -> Array:
    """Share of time spent in each state in the long run, the solution of ``p Q = 0``.

    Parameters
    ----------
    generator : ndarray, shape (state, state)
        Rates of change, off the diagonal; rows sum to 0 [1/year].

    Returns
    -------
    ndarray, shape (state,)
        Sums to 1 [1].

    Raises
    ------
    ValueError
        If the generator is none.

    References
    ----------
    Norris (1997), Markov Chains, section 3.5.
    """
    rates = _checked(generator)
    equations = np.vstack([rates.T, np.ones(len(rates))])
    right = np.append(np.zeros(len(rates)), 1.0)
    share: Array = np.linalg.lstsq(equations, right, rcond=None)[0]
    return share


def transient(generator: Array, years: float) -> Array:
    """Probability of each state after some time, by the state at its beginning, ``exp(Q t)``.

    Parameters
    ----------
    generator : ndarray, shape (state, state)
        See `stationary`.
    years : float
        Time [year].

    Returns
    -------
    ndarray, shape (state, state)
        Rows sum to 1 [1].

    References
    ----------
    Norris (1997), Markov Chains, theorem 2.1.1.
    """
    probability: Array = expm(_checked(generator) * years)
    return probability


def mean_first_passage(generator: Array, target: int) -> Array:
    """Mean time until a state is first reached, by the state at the beginning.

    Parameters
    ----------
    generator : ndarray, shape (state, state)
        See `stationary`.
    target : int
        The state.

    Returns
    -------
    ndarray, shape (state,)
        0 for the state itself [year].

    References
    ----------
    Norris (1997), Markov Chains, theorem 3.3.3.
    """
    rates = _checked(generator)
    others = np.flatnonzero(np.arange(len(rates)) != target)
    time = np.zeros(len(rates))
    time[others] = np.linalg.solve(-rates[np.ix_(others, others)], np.ones(len(others)))
    return time


def first_passage_probability(generator: Array, target: int, years: float) -> Array:
    """Probability that a state is reached within some time, by the state at the beginning.

    Parameters
    ----------
    generator : ndarray, shape (state, state)
        See `stationary`.
    target : int
        The state.
    years : float
        Time [year].

    Returns
    -------
    ndarray, shape (state,)
        1 for the state itself [1].
    """
    absorbing = _checked(generator).copy()
    absorbing[target] = 0.0
    return transient(absorbing, years)[:, target]


def modulated(onset: Array, ending: Array, relations: Array, regimes: Array) -> Array:
    """Generator of regimes and the state of relations together.

    Parameters
    ----------
    onset, ending : ndarray, shape (relation,)
        Factor on the rates out of the first regime (none) and out of the others [1].
    relations : ndarray, shape (relation, relation)
        Generator of the state of relations [1/year].
    regimes : ndarray, shape (regime, regime)
        Generator of the regimes at factors of 1 [1/year].

    Returns
    -------
    ndarray, shape (relation x regime, relation x regime)
        State ``relation * number of regimes + regime`` [1/year].
    """
    count = len(regimes)
    both = np.asarray(np.kron(_checked(relations), np.eye(count)), dtype=np.float64)
    for relation in range(len(relations)):
        block = _checked(regimes)
        block *= ending[relation]
        block[0] = np.multiply(regimes[0], onset[relation])
        here = slice(relation * count, (relation + 1) * count)
        both[here, here] += block
    return both


@dataclass(frozen=True)
class OnsetRate:
    """Posterior of a rate of onsets: Gamma with this shape and exposure.

    Attributes
    ----------
    shape : float
        Onsets plus one half [1].
    years : float
        Years watched [year].
    """

    shape: float
    years: float

    @property
    def mean(self) -> float:
        """Mean rate [1/year]."""
        return self.shape / self.years

    def quantile(self, level: float) -> float:
        """Rate that is not exceeded with this probability [1/year]."""
        return float(gammaincinv(self.shape, level)) / self.years

    def at_least_one(self, years: float) -> float:
        """Probability of at least one onset within some years, over all rates [1]."""
        return 1.0 - float((self.years / (self.years + years)) ** self.shape)


def onset_rate(onsets: int, years: float) -> OnsetRate:
    """Rate of onsets known from a count, under the Jeffreys prior.

    Parameters
    ----------
    onsets : int
        Onsets counted.
    years : float
        Years watched [year].

    Returns
    -------
    OnsetRate

    References
    ----------
    Gelman et al. (2013), Bayesian Data Analysis, section 2.8: a Gamma(1/2, 0) prior for a Poisson rate.
    """
    if onsets < 0 or years <= 0.0:
        raise ValueError(f"onsets must be at least 0 and years above 0, not {onsets} and {years}")
    return OnsetRate(onsets + 0.5, years)


def _checked(generator: Array) -> Array:
    rates = np.array(generator, dtype=float)
    if rates.ndim != 2 or rates.shape[0] != rates.shape[1]:
        raise ValueError(f"a generator is a square array, not one of shape {rates.shape}")
    outside = rates - np.diag(np.diag(rates))
    if np.any(outside < 0.0) or np.any(np.abs(rates.sum(axis=1)) > 1e-9 * np.abs(rates).max(initial=1e-300)):
        raise ValueError("a generator has rates of at least 0 off the diagonal and rows that sum to 0")
    return rates
