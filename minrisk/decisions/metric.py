"""One number of a run by name, such as ``unserved_share/Dy:p95<=0.05``, with its Monte Carlo error."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from minrisk.axes import Array, Flags
from minrisk.data import Dataset, economy_structure, has_economy, load_dataset
from minrisk.decisions.vary import VaryError
from minrisk.pipeline.metrics import (
    ALL_INDUSTRIES,
    ELEMENT_METRICS,
    INDUSTRY_METRICS,
    LOSS_METRICS,
    USE_METRICS,
    by_key,
)
from minrisk.pipeline.run import OUTPUTS, Run
from minrisk.risk import conditional_value_at_risk, total_over_months, value_at_risk
from minrisk.risk.spread import quantile_error, spread, tail_mean_error
from minrisk.scenario import Scenario, unknown

#: Every element, end use or industry together.
ALL = ALL_INDUSTRIES

#: Word before a metric in yen, as in the columns of ``draws.parquet``; it may be left out.
ECONOMY = "economy"

#: Metrics of draws by what they are of; a label says nothing that could be compared.
_ELEMENT, _LOSS, _INDUSTRY = by_key(ELEMENT_METRICS), by_key(LOSS_METRICS), by_key(INDUSTRY_METRICS)
_USE = {name: metric for name, metric in by_key(USE_METRICS).items() if metric.kind != "label"}

_METRIC = re.compile(r"\s*([A-Za-z0-9_]+)(?:/([A-Za-z0-9_]+))?(?:/([A-Za-z0-9_]+))?(?::([a-z]+[0-9.]*))?\s*")
_STATISTIC = re.compile(r"(p|var|cvar)([0-9]{1,2}(?:\.[0-9]+)?)")
_CONDITION = re.compile(r"(.*?)(<=|>=|<|>)\s*([-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?)\s*(%?)\s*")
_HOLDS: dict[str, Callable[[Array, float], Flags]] = {
    "<=": np.less_equal,
    ">=": np.greater_equal,
    "<": np.less,
    ">": np.greater,
}


@dataclass(frozen=True)
class Metric:
    """A statistic over draws of one metric of one element, end use or industry, or of all of them.

    Attributes
    ----------
    measure : str
        Name of the metric, as in ``metrics.csv``, ``uses.csv`` and ``economy.csv``.
    label : str
        Element (symbol or English name), end use or industry. ``all`` puts them together: tonnes are summed, shares
        of demand weighted by demand, what happens to any of them happens, the earliest month counts; other metrics
        have no such number.
        Empty is the worst of them, and for money the whole economy.
    statistic : str
        ``mean``; ``p95`` and the like for a quantile, in percent; ``cvar95`` for the mean beyond it.
    """

    measure: str
    label: str = ""
    statistic: str = "mean"

    def __str__(self) -> str:
        """As it is written."""
        place = f"/{self.label}" if self.label else ""
        return f"{self.measure}{place}" + ("" if self.statistic == "mean" else f":{self.statistic}")

    @property
    def in_yen(self) -> bool:
        """Whether it is a sum of money."""
        return self.measure in {**_LOSS, **_INDUSTRY} and self.measure.endswith("_jpy")

    @property
    def less_is_worse(self) -> bool:
        """Whether a smaller value is the worse one, as of months of cover."""
        known = _LOSS | _INDUSTRY | _USE | _ELEMENT
        return known[self.measure].less_is_worse if self.measure in known else False

    @property
    def of_losses(self) -> bool:
        """Whether a run must compute losses in yen to have it."""
        return self.measure in {**_LOSS, **_INDUSTRY}

    def problem(self, dataset: Dataset) -> str:
        """Why no run of a dataset has this number; empty if it does.

        Parameters
        ----------
        dataset : Dataset
        """
        money = {**_LOSS, **_INDUSTRY} if has_economy(dataset) else {}
        if self.measure in money:
            return self._problem_of_money(dataset)
        if self.measure not in _ELEMENT and self.measure not in _USE:
            return f"{self}: {unknown('metric', self.measure, (*_ELEMENT, *_USE, *money))}"
        of_element = self.measure in _ELEMENT
        metric = _ELEMENT[self.measure] if of_element else _USE[self.measure]
        kind, known = ("element", dataset.labels.elements) if of_element else ("end use", dataset.labels.uses)
        if self.label == ALL:
            said = f"{self}: {self.measure} of several {kind}s makes no number for all of them; name one"
            return "" if metric.together else f"{said}, or leave out '/{ALL}' for the worst"
        if self.label and self.label not in known and not (of_element and dataset.symbol(self.label)):
            return f"{self}: {unknown(kind, self.label, (*known, *([ALL] if metric.together else [])))}"
        return ""

    def _problem_of_money(self, dataset: Dataset) -> str:
        known = economy_structure(dataset).exposed_names
        if self.label in ("", ALL):
            return "" if self.measure in _LOSS else f"{self}: name an industry: {', '.join(known)}"
        if self.measure not in _INDUSTRY:
            return f"{self}: {self.measure} is of the whole economy; leave out '/{self.label}'"
        return "" if self.label in known else f"{self}: {unknown('industry', self.label, (*known, ALL))}"

    def draws(self, run: Run) -> Array:
        """Value in each draw, shape (draw,); of the worst element or end use where none is named.

        Raises
        ------
        VaryError
            If the run has no such number.
        """
        problem = self.problem(run.dataset)
        if problem:
            raise VaryError([problem])
        if self.measure in _LOSS and self.label in ("", ALL):
            return run.economy_metrics[self.measure]
        if self.measure in _INDUSTRY:
            return np.asarray(run.industry_metrics[self.measure][run.industries.index(self.label)])
        table, labels = self._table(run)
        if self.label == ALL:
            return self._together(table, run)
        if self.label:
            label = self.label if self.label in labels else run.dataset.element(self.label)
            return np.asarray(table[labels.index(label)])
        found = np.array([self._of(row) for row in table])
        sign = -1.0 if (_USE | _ELEMENT)[self.measure].less_is_worse else 1.0
        # An element that is never short has no months to shortage: it is not the worst.
        return np.asarray(table[int(np.argmax(np.where(np.isnan(found), -np.inf, sign * found)))])

    def _table(self, run: Run) -> tuple[Array, tuple[str, ...]]:
        if self.measure in _ELEMENT:
            return run.metrics[self.measure], run.elements
        return run.use_metrics[self.measure], run.uses

    def _together(self, table: Array, run: Run) -> Array:
        """All elements or end uses as one, in each draw."""
        way = (_USE | _ELEMENT)[self.measure].together
        if way == "sum":
            return total_over_months(table)
        if way == "by_demand":
            demand = run.metrics["demand_t"]
            total = total_over_months(demand)
            mean: Array = np.divide(
                total_over_months(table * demand), total, out=table.mean(axis=0), where=total > 0.0
            )
            return mean
        return np.asarray(np.fmax.reduce(table) if way == "any" else np.fmin.reduce(table))

    def complete(self, run: Run) -> Array:
        """Value in each draw, shape (draw,), where every draw must have one.

        Raises
        ------
        VaryError
            If the run has no such number, or draws without a value, such as those never short.
        """
        values = self.draws(run)
        lacking = int(np.isnan(values).sum())
        if lacking:
            draws = f"{lacking:,} of {values.size:,} draws"
            ask = " or ".join(self.instead())
            raise VaryError([f"{self}: no value in {draws}, where it never happens; ask for {ask}"])
        return values

    def instead(self) -> tuple[str, ...]:
        """Metrics of the same thing that have a value in every draw, as they are written."""
        place = f"/{self.label}" if self.label else ""
        if self.measure in _USE:
            return (f"constrained{place}",)
        return f"shortage{place}", f"unserved_share{place}"

    def without_value(self, run: Run) -> int:
        """Draws without a value, such as those in which there is no shortage to wait for."""
        return int(np.isnan(self.draws(run)).sum())

    def harm(self, run: Run) -> Array:
        """Value in each draw, turned so that more is worse, shape (draw,).

        Raises
        ------
        VaryError
            If the run has no such number, or draws without a value.
        """
        return self.complete(run) * (-1.0 if self.less_is_worse else 1.0)

    def value(self, run: Run) -> float:
        """The number itself; draws without a value (no shortage) do not count."""
        return self._of(self.draws(run))

    def error(self, run: Run) -> float:
        """One standard error of the number; NaN where there are too few draws to tell."""
        values = self.draws(run)
        values = values[~np.isnan(values)]
        found = _STATISTIC.fullmatch(self.statistic)
        if found is None:
            return spread(values).mc_error
        return (tail_mean_error if found[1] == "cvar" else quantile_error)(values, float(found[2]) / 100.0)

    def _of(self, values: Array) -> float:
        known = values[~np.isnan(values)]
        if not known.size:
            return float("nan")
        found = _STATISTIC.fullmatch(self.statistic)
        if found is None:
            return float(known.mean())
        measure = conditional_value_at_risk if found[1] == "cvar" else value_at_risk
        return float(measure(known, float(found[2]) / 100.0))


#: What policies and stocks avoid where nothing else is asked for.
LOSS = Metric("loss_jpy")


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


def check_metrics(metrics: Iterable[Metric], scenario: Scenario, every_draw: bool = False) -> None:
    """Refuse metrics that no run of a scenario has, before anything is run.

    Parameters
    ----------
    metrics : iterable of Metric
    scenario : Scenario
    every_draw : bool
        Whether a value of each draw is asked for, so that a statistic makes no sense.

    Raises
    ------
    VaryError
        With every metric that is not there.
    """
    dataset = load_dataset(scenario.dataset)
    asked = list(metrics)
    problems = [problem for metric in asked if (problem := metric.problem(dataset))]
    if every_draw:
        said = "a value of each draw is asked for; leave the statistic out"
        problems += [f"{metric}: {said}" for metric in asked if metric.statistic != "mean"]
    if problems:
        raise VaryError(problems)


def needed(metrics: Iterable[Metric]) -> tuple[str, ...]:
    """What a run must compute to have some metrics, as the ``outputs`` of `minrisk.run`."""
    return OUTPUTS if any(metric.of_losses for metric in metrics) else ("elements",)


def parse_metric(text: str) -> Metric:
    """Metric from ``measure[/element][:statistic]``.

    Parameters
    ----------
    text : str
        Such as ``unserved_share/Dy:p95``, ``lowest_output``, ``worst_year_gdp_share`` or
        ``first_round_jpy/machinery``; quantiles in percent: ``p5`` is the lowest twentieth, ``p97.5`` is allowed.

    Raises
    ------
    VaryError
        If the text is not of that form.
    """
    match = _METRIC.fullmatch(text)
    words = [] if match is None else [word for word in match.groups()[:3] if word]
    if words[:1] == [ECONOMY]:
        words = words[1:]
    if match is None or not 1 <= len(words) <= 2:
        raise VaryError([f"'{text}' is not a metric; write it as unserved_share/Dy or unserved_share/Dy:p95"])
    statistic = match[4] or "mean"
    found = _STATISTIC.fullmatch(statistic)
    if statistic != "mean" and (found is None or not 0.0 < float(found[2]) < 100.0):
        allowed = "mean, a quantile in percent such as p5, p95 or p97.5, var95, cvar95"
        raise VaryError([f"'{text}': unknown statistic '{statistic}'; allowed: {allowed}"])
    return Metric(words[0], words[1] if len(words) == 2 else "", statistic)


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
