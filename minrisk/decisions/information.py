"""Value of information: what a decision maker would pay to know more before choosing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from minrisk.axes import Array


@dataclass(frozen=True)
class Regret:
    """The action whose worst regret is least.

    Attributes
    ----------
    action : int
        Its position.
    worst : ndarray, shape (action,)
        Largest regret of each action over the states.
    table : ndarray, shape (action, state)
        Regret: cost above that of the best action in the state.
    """

    action: int
    worst: Array
    table: Array


def best_action(cost: ArrayLike, probability: ArrayLike | None = None) -> tuple[int, float]:
    """Action with the least expected cost, the first among equals, and that cost.

    Parameters
    ----------
    cost : array_like, shape (action, state)
        Cost of each action in each state (or draw).
    probability : array_like, shape (state,), optional
        Probability of each state; equal by default.

    Returns
    -------
    tuple of int and float
    """
    costs, weights = _checked(cost, probability)
    expected = costs @ weights
    action = int(np.argmin(expected))
    return action, float(expected[action])


def expected_value_of_perfect_information(cost: ArrayLike, probability: ArrayLike | None = None) -> float:
    """What knowing the state before choosing is worth: ``min_a E[c] - E[min_a c]``.

    Parameters
    ----------
    cost : array_like, shape (action, state)
        Cost of each action in each state (or draw).
    probability : array_like, shape (state,), optional
        Probability of each state; equal by default.

    Returns
    -------
    float
        At least 0, in the unit of the cost.

    References
    ----------
    Raiffa & Schlaifer (1961), Applied Statistical Decision Theory.
    """
    costs, weights = _checked(cost, probability)
    return max(float((costs @ weights).min() - weights @ costs.min(axis=0)), 0.0)


def expected_value_of_sample_information(
    cost: ArrayLike, likelihood: ArrayLike, probability: ArrayLike | None = None
) -> float:
    """What a signal is worth that tells about the state with errors.

    Parameters
    ----------
    cost : array_like, shape (action, state)
        Cost of each action in each state (or draw).
    likelihood : array_like, shape (signal, state)
        Probability of each signal in each state; columns sum to 1.
    probability : array_like, shape (state,), optional
        Probability of each state before the signal; equal by default.

    Returns
    -------
    float
        At least 0 and at most the value of perfect information, in the unit of the cost.

    Raises
    ------
    ValueError
        If shapes do not fit or a column of the likelihood does not sum to 1.

    References
    ----------
    Raiffa & Schlaifer (1961), Applied Statistical Decision Theory.
    """
    costs, weights = _checked(cost, probability)
    signals = _likelihood(likelihood, costs.shape[1])
    with_signal = (costs @ (signals * weights).T).min(axis=0).sum()
    return max(float((costs @ weights).min() - with_signal), 0.0)


def minimax_regret(cost: ArrayLike) -> Regret:
    """Action whose largest regret over the states is least, the first among equals.

    Parameters
    ----------
    cost : array_like, shape (action, state)
        Cost of each action in each state.

    Returns
    -------
    Regret

    References
    ----------
    Savage (1951), J. Am. Stat. Assoc. 46:55.
    """
    costs, _ = _checked(cost, None)
    table = costs - costs.min(axis=0)
    worst = table.max(axis=1)
    return Regret(int(np.argmin(worst)), worst, table)


def partial_perfect_information(cost: ArrayLike, known: ArrayLike, bins: int = 10) -> float:
    """What knowing one input before choosing is worth, from the draws of an ordinary run.

    Parameters
    ----------
    cost, known, bins
        As `gain_from_input`.

    Returns
    -------
    float
        At least 0, in the unit of the cost.

    References
    ----------
    Strong & Oakley (2013), Med. Decis. Making 33:755: estimate by ordering and cutting the draws.
    """
    return max(float(gain_from_input(cost, known, bins).mean()), 0.0)


def gain_from_input(cost: ArrayLike, known: ArrayLike, bins: int = 10) -> Array:
    """Cost saved in each draw by choosing with one input known; its mean is the input's worth.

    The draws are put in order of the input and cut into bins of equal count. In each bin every second draw
    chooses the action and the others judge it, and the other way round: an input that says nothing is then
    worth nothing, where a choice judged by the draws that made it would always look worth something.

    Parameters
    ----------
    cost : array_like, shape (action, draw)
        Cost of each action in each draw, on common random draws.
    known : array_like, shape (draw,)
        The input that would be known.
    bins : int
        Number of bins; at most the number of draws.

    Returns
    -------
    ndarray, shape (draw,)
        Against the action that is best without knowing; in the unit of the cost, in the order of the draws.

    Raises
    ------
    ValueError
        If the shapes or the number of bins do not fit.
    """
    costs, weights = _checked(cost, None)
    values = np.asarray(known, dtype=float)
    if values.shape != (costs.shape[1],) or not 1 <= bins <= values.size:
        raise ValueError(f"known must hold {costs.shape[1]} values, bins be from 1 to that number")
    informed = np.empty(values.size)
    for part in np.array_split(np.argsort(values, kind="stable"), bins):
        halves = (part[::2], part[1::2])
        for chosen_by, judged_by in (halves, halves[::-1]):
            # A bin of one draw has nobody else to choose for it: it takes the first action.
            informed[judged_by] = costs[np.argmin(costs[:, chosen_by].sum(axis=1)), judged_by]
    gain: Array = costs[int(np.argmin(costs @ weights))] - informed
    return gain


def gain_from_signal(cost: ArrayLike, likelihood: ArrayLike) -> Array:
    """Cost saved in each draw, on average over the signal, by choosing after it; its mean is the signal's worth.

    As in `gain_from_input` every second draw chooses and the others judge: a signal that says nothing is worth
    nothing. `expected_value_of_sample_information` is the same where the states are few and known.

    Parameters
    ----------
    cost : array_like, shape (action, draw)
        Cost of each action in each draw, on common random draws.
    likelihood : array_like, shape (signal, draw)
        Probability of each signal in each draw; columns sum to 1.

    Returns
    -------
    ndarray, shape (draw,)
        Against the action that is best without the signal; in the unit of the cost.

    Raises
    ------
    ValueError
        If shapes do not fit or a column of the likelihood does not sum to 1.

    References
    ----------
    Raiffa & Schlaifer (1961), Applied Statistical Decision Theory.
    """
    costs, weights = _checked(cost, None)
    signals = _likelihood(likelihood, costs.shape[1])
    informed = np.zeros(costs.shape[1])
    halves = (slice(0, None, 2), slice(1, None, 2))
    for seen in signals:
        for chosen_by, judged_by in (halves, halves[::-1]):
            action = int(np.argmin(costs[:, chosen_by] @ seen[chosen_by]))
            informed[judged_by] += seen[judged_by] * costs[action, judged_by]
    gain: Array = costs[int(np.argmin(costs @ weights))] - informed
    return gain


def _likelihood(likelihood: ArrayLike, states: int) -> Array:
    signals = np.atleast_2d(np.asarray(likelihood, dtype=float))
    if signals.ndim != 2 or signals.shape[1] != states or not np.all(signals >= 0.0):
        raise ValueError(f"likelihood must have shape (signal, {states}) and be at least 0")
    if not np.allclose(signals.sum(axis=0), 1.0, atol=1e-9):
        raise ValueError("the likelihoods of all signals must sum to 1 in every state")
    return signals


def _checked(cost: ArrayLike, probability: ArrayLike | None) -> tuple[Array, Array]:
    costs = np.atleast_2d(np.asarray(cost, dtype=float))
    if costs.ndim != 2 or not costs.size or not np.isfinite(costs).all():
        raise ValueError("cost must have shape (action, state), with finite numbers")
    if probability is None:
        return costs, np.full(costs.shape[1], 1.0 / costs.shape[1])
    weights = np.asarray(probability, dtype=float)
    if weights.shape != (costs.shape[1],) or not np.all(weights >= 0.0) or not 0.0 < weights.sum() < np.inf:
        raise ValueError(f"probability must hold {costs.shape[1]} weights of at least 0 with a positive sum")
    return costs, weights / weights.sum()
