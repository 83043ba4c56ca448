"""Value of information: what knowing more before choosing is worth, by input and by signal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import ndtri

from minrisk.axes import Array, Flags
from minrisk.decisions.metric import Condition, parse_condition
from minrisk.decisions.vary import VaryError
from minrisk.pipeline.run import Run
from minrisk.risk.spread import mean_error
from minrisk.scenario import unknown


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


_ROUNDING = 1e-3

_SIGNAL = re.compile(r"(?P<statement>.+):\s*(?P<true>[0-9.]+)\s*(?:/\s*(?P<false>[0-9.]+)\s*)?")
_INPUT = re.compile(r"\s*(?P<name>[^<>=\s]+)\s*(?P<rest>(?:<=|>=|<|>).*)")


@dataclass(frozen=True)
class Signal:
    """A warning, seen before a choice is made, that a statement about a draw holds; it may be wrong.

    Attributes
    ----------
    name : str
        What the statement is about: an uncertain input as in the draws table, or a metric of each draw.
    condition : Condition
        The statement.
    when_true, when_false : float
        Probability that the warning is given where the statement holds, and that it is not given where it
        does not [1].
    """

    name: str
    condition: Condition
    when_true: float
    when_false: float

    def __str__(self) -> str:
        """As it is written."""
        statement = f"{self.name}{self.condition.sign}{self.condition.threshold:g}"
        return f"{statement}:{self.when_true:g}/{self.when_false:g}"

    def problems(self, done: Run) -> list[str]:
        """Why a run cannot tell whether the statement holds; nothing where it can."""
        if self._input(done) is not None:
            return []
        known = (*(str(c) for c in done.inputs.columns), *done.metrics)
        if self.condition.metric.measure not in {*done.metrics, *done.use_metrics}:
            return [f"--signal {self}: {unknown('input or measure', self.name, known)}"]
        try:
            self.condition.metric.complete(done)
        except VaryError as error:
            return [f"--signal {self}: {fault}" for fault in error.problems]
        return []

    def holds(self, done: Run) -> Flags:
        """Whether the statement holds in each draw, shape (draw,)."""
        column = self._input(done)
        if column is not None:
            return self.condition.holds(done.inputs[column].to_numpy())
        return self.condition.holds(self.condition.metric.complete(done))

    def _input(self, done: Run) -> str | None:
        """Column of the input, written with a slash or with a dot."""
        names = (self.name, self.name.replace(".", "/", 1))
        return next((name for name in names if name in done.inputs.columns), None)


def parse_signal(text: str) -> Signal:
    """Signal from ``NAME>VALUE:RIGHT`` or ``NAME>VALUE:RIGHT_WHEN_TRUE/RIGHT_WHEN_FALSE``.

    Parameters
    ----------
    text : str
        Such as ``full_ban/duration_months>12:0.8`` or ``unserved_share/Dy>10%:0.8/0.9``.

    Returns
    -------
    Signal

    Raises
    ------
    VaryError
        If the text is not of that form or a probability leaves 0 to 1.
    """
    match = _SIGNAL.fullmatch(text.strip())
    statement = _INPUT.fullmatch(match["statement"]) if match else None
    if match is None or statement is None:
        raise VaryError([f"--signal '{text}': write it as 'full_ban/duration_months>12:0.8', or '...:0.8/0.9'"])
    try:
        # A name of an input that is no name of a metric stands in for one; the run tells them apart.
        plain = statement["name"] if re.fullmatch(r"[\w]+(/[\w]+)?", statement["name"]) else "input"
        condition = parse_condition(plain + statement["rest"])
        right = [float(match["true"]), float(match["false"] or match["true"])]
    except ValueError:
        raise VaryError([f"--signal '{text}': the statement or its probability is not a number"]) from None
    if not all(0.0 <= p <= 1.0 for p in right):
        raise VaryError([f"--signal '{text}': a probability must lie from 0 to 1"])
    return Signal(statement["name"], condition, *right)


def worth_of_inputs(cost: Array, inputs: pd.DataFrame) -> pd.DataFrame:
    """Worth of knowing each input alone before choosing.

    Parameters
    ----------
    cost : ndarray, shape (action, draw)
        Cost of each action in each draw, on common random draws.
    inputs : DataFrame
        A column per input, a row per draw.

    Returns
    -------
    DataFrame
        Columns input, evpi_jpy, error (one standard error), clear (whether the worth is more than the largest
        of so many inputs that say nothing would show in one of twenty cases), the largest worth first; in the
        unit of the cost.
    """
    bins = max(min(20, cost.shape[1] // 20), 1)
    level = float(ndtri(1.0 - 0.05 / max(len(inputs.columns), 1)))
    rows = []
    for name in inputs.columns:
        worth, error = _worth(gain_from_input(cost, inputs[name].to_numpy(), bins))
        rows.append((str(name), worth, error, bool(worth > level * error)))
    frame = pd.DataFrame(rows, columns=["input", "evpi_jpy", "error", "clear"])
    return frame.sort_values("evpi_jpy", ascending=False, kind="stable", ignore_index=True)


def worth_of_signals(cost: Array, signals: Sequence[Signal], done: Run) -> pd.DataFrame:
    """Worth of signals before choosing.

    Parameters
    ----------
    cost : ndarray, shape (action, draw)
        Cost of each action in each draw of the run.
    signals : sequence of Signal
    done : Run
        Without any action: tells where the statements hold.

    Returns
    -------
    DataFrame
        Columns signal, holds (share of draws in which the statement does), evsi_jpy with its standard error,
        and evpi_jpy, the worth of the same signal without error; in the unit of the cost.
    """
    rows = []
    for signal in signals:
        true = signal.holds(done)
        warned = np.where(true, signal.when_true, 1.0 - signal.when_false)
        worth, error = _worth(gain_from_signal(cost, np.stack([warned, 1.0 - warned])))
        perfect, _ = _worth(gain_from_signal(cost, np.stack([true, ~true]).astype(float)))
        rows.append((str(signal), float(true.mean()), worth, error, perfect))
    return pd.DataFrame(rows, columns=["signal", "holds", "evsi_jpy", "error", "evpi_jpy"])


def _worth(gain: Array) -> tuple[float, float]:
    """Mean gain, never below nothing, and its standard error."""
    mean, error = float(gain.mean()), mean_error(gain)
    # Below a thousandth of a yen it is the rounding of probabilities that sum to 1.
    return (mean, error) if mean > _ROUNDING else (0.0, error if error > _ROUNDING else 0.0)
