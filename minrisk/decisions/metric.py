"""One number of a run by name, such as ``unserved_share/Dy:p95<=0.05``, with its Monte Carlo error."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from minrisk.axes import Array, Flags
from minrisk.decisions.vary import VaryError
from minrisk.pipeline.metrics import ELEMENT_METRICS, USE_METRICS, by_key
from minrisk.pipeline.run import Run
from minrisk.risk import conditional_value_at_risk, total_over_months, value_at_risk
from minrisk.risk.spread import batch_error, spread
from minrisk.scenario import unknown

#: Every element together, for tonnes.
ALL = "all"

_METRICS = by_key(USE_METRICS) | by_key(ELEMENT_METRICS)
_METRIC = re.compile(r"\s*([A-Za-z0-9_]+)(?:/([A-Za-z0-9_]+))?(?::([a-z]+[0-9]*))?\s*")
_CONDITION = re.compile(r"(.*?)(<=|>=|<|>)\s*([-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?)\s*(%?)\s*")
_HOLDS: dict[str, Callable[[Array, float], Flags]] = {
    "<=": np.less_equal,
    ">=": np.greater_equal,
    "<": np.less,
    ">": np.greater,
}


@dataclass(frozen=True)
class Metric:
    """A statistic over draws of one metric of one element.

    Attributes
    ----------
    measure : str
        A key of ``run.metrics`` (or of the metrics by end use).
    label : str
        Element (or use); ``all`` sums over them; empty is the worst of them.
    statistic : str
        ``mean``; ``p95`` and the like for a quantile; ``cvar95`` for the mean beyond it.
    """

    measure: str
    label: str = ""
    statistic: str = "mean"

    def __str__(self) -> str:
        """As it is written."""
        place = f"/{self.label}" if self.label else ""
        return f"{self.measure}{place}" + ("" if self.statistic == "mean" else f":{self.statistic}")

    def draws(self, run: Run) -> Array:
        """Value in each draw, shape (draw,); of the worst element where none is named.

        Raises
        ------
        VaryError
            If the run has no such measure or element.
        """
        table, labels = _table(run, self.measure)
        if self.label == ALL:
            return total_over_months(table)
        if self.label:
            if self.label not in labels:
                raise VaryError([f"{self}: {unknown('element', self.label, (*labels, ALL))}"])
            row: Array = table[labels.index(self.label)]
            return row
        found = np.array([self._of(row) for row in table])
        sign = -1.0 if _METRICS[self.measure].less_is_worse else 1.0
        # An element that is never short has no months to shortage: it is not the worst.
        worst: Array = table[int(np.argmax(np.where(np.isnan(found), -np.inf, sign * found)))]
        return worst

    def value(self, run: Run) -> float:
        """The number itself; draws without a value (no shortage) do not count."""
        return self._of(self.draws(run))

    def error(self, run: Run) -> float:
        """One standard error of the number; NaN where there are too few draws to tell."""
        values = self.draws(run)
        values = values[~np.isnan(values)]
        if self.statistic == "mean":
            return spread(values).mc_error
        return batch_error(values, self._of)

    def _of(self, values: Array) -> float:
        known = values[~np.isnan(values)]
        if not known.size:
            return float("nan")
        if self.statistic == "mean":
            return float(known.mean())
        word, digits = re.fullmatch(r"([a-z]+)([0-9]+)", self.statistic).groups()  # type: ignore[union-attr]
        level = float(f"0.{digits}")
        measure = conditional_value_at_risk if word == "cvar" else value_at_risk
        return float(measure(known, level))


@dataclass(frozen=True)
class Condition:
    """A metric and the threshold it is held to.

    Attributes
    ----------
    metric : Metric
    sign : str
        One of <=, >=, <, >.
    threshold : float
    """

    metric: Metric
    sign: str
    threshold: float

    def __str__(self) -> str:
        """As it is written."""
        return f"{self.metric}{self.sign}{self.threshold:g}"

    def holds(self, values: Array | float) -> Flags:
        """Whether each value satisfies the condition."""
        return _HOLDS[self.sign](np.asarray(values, dtype=float), self.threshold)


def parse_metric(text: str) -> Metric:
    """Metric from ``measure[/element][:statistic]``.

    Raises
    ------
    VaryError
        If the text is not of that form.
    """
    match = _METRIC.fullmatch(text)
    if match is None:
        raise VaryError([f"'{text}' is not a metric; write it as unserved_share/Dy or unserved_share/Dy:p95"])
    statistic = match[3] or "mean"
    if not re.fullmatch(r"mean|(p|var|cvar)(0[1-9]|[1-9][0-9]{0,2})", statistic):
        raise VaryError([f"'{text}': unknown statistic '{statistic}'; allowed: mean, p05 to p99, cvar95"])
    return Metric(match[1], match[2] or "", statistic)


def parse_condition(text: str) -> Condition:
    """Condition from ``METRIC<=VALUE``; the value may be a percentage.

    Raises
    ------
    VaryError
        If the text is not of that form.
    """
    match = _CONDITION.fullmatch(text)
    if match is None:
        raise VaryError([f"'{text}' is not a condition; write it as 'unserved_share/Dy<=0.05'"])
    return Condition(parse_metric(match[1]), match[2], float(match[3]) / (100.0 if match[4] else 1.0))


def _table(run: Run, measure: str) -> tuple[Array, tuple[str, ...]]:
    """Rows of a metric and their labels: elements or end uses."""
    by_use: dict[str, Array] = getattr(run, "use_metrics", {})
    if measure in run.metrics:
        return run.metrics[measure], run.elements
    if measure in by_use:
        return by_use[measure], run.dataset.labels.uses
    raise VaryError([unknown("measure", measure, (*run.metrics, *by_use))])
