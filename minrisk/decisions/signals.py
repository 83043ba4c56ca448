"""What to know first: the worth of each uncertain input, and of a stated signal with its errors."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from minrisk.axes import Array, Flags
from minrisk.decisions.information import gain_from_input, gain_from_signal
from minrisk.decisions.metric import Condition, parse_condition
from minrisk.decisions.vary import VaryError
from minrisk.pipeline.run import Run
from minrisk.scenario.errors import unknown

_ROUNDING = 1e-3

_SIGNAL = re.compile(r"(?P<statement>.+):\s*(?P<true>[0-9.]+)\s*(?:/\s*(?P<false>[0-9.]+)\s*)?")
_INPUT = re.compile(r"\s*(?P<name>[^<>=\s]+)\s*(?P<rest>(?:<=|>=|<|>).*)")


@dataclass(frozen=True)
class Signal:
    """A warning, seen before one chooses, that a statement about the future holds; it may be wrong.

    Attributes
    ----------
    name : str
        What the statement is about: an uncertain input as in the draws table, or a metric of each future.
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
        known = (*(str(c) for c in done.inputs.columns), *done.measures)
        if self.condition.metric.measure not in {*done.measures, *done.use_measures}:
            return [f"--signal {self}: {unknown('input or measure', self.name, known)}"]
        try:
            self.condition.metric.draws(done)
        except VaryError as error:
            return [f"--signal {self}: {fault}" for fault in error.problems]
        return []

    def holds(self, done: Run) -> Flags:
        """Whether the statement holds in each draw, shape (draw,)."""
        column = self._input(done)
        if column is not None:
            return self.condition.holds(done.inputs[column].to_numpy())
        return self.condition.holds(self.condition.metric.draws(done))

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
    mean, error = float(gain.mean()), float(gain.std() / np.sqrt(gain.size))
    # Below a thousandth of a yen it is the rounding of probabilities that sum to 1.
    return (mean, error) if mean > _ROUNDING else (0.0, error if error > _ROUNDING else 0.0)
