"""Paired runs: several scenarios on the same random draws, and their differences draw by draw."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
import pandas as pd

from minrisk.axes import Array
from minrisk.data import load_dataset
from minrisk.decisions.metric import LOSS, Metric, check_metrics
from minrisk.defaults import COMPARE_DRAWS
from minrisk.pipeline.run import Run
from minrisk.report.export import run
from minrisk.results import magnets, projects_of, restrictions
from minrisk.risk.spread import spread
from minrisk.scenario import Problem, Scenario, ScenarioError

#: Measures of which differences are taken by default.
METRICS = ("unserved_t", "unserved_share", "shortage", "peak_price_index", "months_of_cover")

#: Half-width of a 95 % interval in standard errors.
Z95 = 1.959963984540054


#: Settings of a dataset that money rests on: two runs that differ in one of them have no common yen.
MONEY = ("importer", "price_year", "jpy_per_usd", "gdp_tn_jpy")


@dataclass(frozen=True)
class Alike:
    """Scenarios that can be set side by side, and what was done so that they can.

    Attributes
    ----------
    scenarios : tuple of Scenario
        As many months measured in each, in the order given.
    projects : dict of str to tuple of str
        Projects of each later scenario that the first one lacks, by its name.
    twins : dict of str to Scenario
        The same scenario without those projects, where it restricts nothing that the first one does not restrict as
        well: the twin says what the projects do, the first scenario differs in more than that.
    cut : dict of str to int
        Scenarios that are measured over fewer months than their files say, and over how many those are.
    magnets : dict of str to str
        Whether a scenario's restrictions hold magnets, as `minrisk.results.magnets` says it; by scenario.
    """

    scenarios: tuple[Scenario, ...]
    projects: Mapping[str, tuple[str, ...]]
    twins: Mapping[str, Scenario]
    cut: Mapping[str, int]
    magnets: Mapping[str, str]

    @property
    def all(self) -> tuple[Scenario, ...]:
        """Every scenario to be run: those given, then the twins."""
        return (*self.scenarios, *self.twins.values())


def like_for_like(scenarios: Sequence[Scenario]) -> Alike:
    """Make scenarios comparable: as many months measured in each, one base of money, projects against their twin.

    Months are counted from the first that each scenario measures, and the longer windows are cut to the shortest:
    a sum or a share over 60 months says nothing about one over 36.

    Parameters
    ----------
    scenarios : sequence of Scenario
        The first is what the others are measured against.

    Returns
    -------
    Alike

    Raises
    ------
    ScenarioError
        If datasets differ in importer, year of prices, exchange rate or gross domestic product.
    """
    datasets = [load_dataset(one.dataset) for one in scenarios]
    base, *later = scenarios
    for other, dataset in zip(later, datasets[1:], strict=True):
        for key in MONEY:
            ours, theirs = datasets[0].settings.get(key), dataset.settings.get(key)
            if ours != theirs:
                words = f"{key} is {ours} in one and {theirs} in the other; compare scenarios of one dataset"
                raise ScenarioError(
                    [Problem(other.name, 0, "dataset", f"does not compare with {base.name}: {words}")]
                )
    shortest = min(len(one.counted) for one in scenarios)
    cut = {one.name: len(one.counted) for one in scenarios if len(one.counted) > shortest}
    alike = [one.with_({"months": one.first + shortest}) if one.name in cut else one for one in scenarios]
    there = {project.name for project in projects_of(base)}
    projects, twins = {}, {}
    for other, dataset in zip(alike[1:], datasets[1:], strict=True):
        own = tuple(project.name for project in projects_of(other) if project.name not in there)
        if own:
            projects[other.name] = own
            twin = other.with_events(without=own, name=f"{other.name[:54]}_without")
            restricted = [{one.kind for one in restrictions(s, dataset)} for s in (other, base)]
            if restricted[0] <= restricted[1] and _world(twin) != _world(alike[0]):
                twins[other.name] = twin
    held = {one.name: magnets(one, dataset) for one, dataset in zip(alike, datasets, strict=True)}
    return Alike(tuple(alike), projects, twins, dict.fromkeys(cut, shortest), held)


def _world(scenario: Scenario) -> dict[str, object]:
    """What the numbers of a scenario rest on: its months, its market and what happens."""
    return scenario.model_dump(include={"start", "months", "measures_from", "dataset", "market", "events"})


def paired_runs(
    scenarios: Sequence[Scenario],
    draws: int = COMPARE_DRAWS,
    seed: int | None = None,
    executor: Executor | None = None,
    progress: Callable[[int], None] | None = None,
    uniforms: Mapping[str, Array] | None = None,
) -> list[Run]:
    """Run scenarios on common random draws.

    Random streams are named after event and field, so what two scenarios share is the same in every draw.

    Parameters
    ----------
    scenarios : sequence of Scenario
    draws : int
        Number of draws of each.
    seed : int, optional
        Seed of all; that of the first scenario by default.
    executor, progress, uniforms
        As `minrisk.run`.

    Returns
    -------
    list of Run
        In the order of the scenarios.

    Raises
    ------
    ValueError
        If there is no scenario.
    """
    if not scenarios:
        raise ValueError("at least one scenario is needed")
    common = scenarios[0].seed if seed is None else seed
    return [
        run(one, draws=draws, seed=common, executor=executor, progress=progress, uniforms=uniforms)
        for one in scenarios
    ]


def paired_difference(base: Array, other: Array) -> dict[str, float]:
    """Difference of one metric between two paired runs.

    Parameters
    ----------
    base, other : ndarray, shape (draw,)
        The metric in the same draws; draws in which either has no value are left out.

    Returns
    -------
    dict
        ``base``, ``other``, ``difference`` (means), ``mc_error`` (one standard error of the difference),
        ``low`` and ``high`` (its 95 % interval), ``p05`` and ``p95`` (of the difference over draws),
        ``without_value`` (draws left out).
    """
    known = ~(np.isnan(base) | np.isnan(other))
    if not known.any():
        names = ("base", "other", "difference", "mc_error", "low", "high", "p05", "p95")
        return dict.fromkeys(names, float("nan")) | {"without_value": float(known.size)}
    change = other[known] - base[known]
    found = spread(change)
    return {
        "base": float(base[known].mean()),
        "other": float(other[known].mean()),
        "difference": found.mean,
        "mc_error": found.mc_error,
        "low": found.mean - Z95 * found.mc_error,
        "high": found.mean + Z95 * found.mc_error,
        "p05": found.p05,
        "p95": found.p95,
        "without_value": float((~known).sum()),
    }


def paired_differences(runs: Sequence[Run], metrics: Sequence[str] = METRICS) -> pd.DataFrame:
    """Differences of every later run from the first, by measure and element.

    Parameters
    ----------
    runs : sequence of Run
        From `paired_runs`: same draws, same seed.
    metrics : sequence of str
        Keys of ``run.metrics``.

    Returns
    -------
    DataFrame
        Columns scenario, measure, element and those of `paired_difference`; elements that a later run's
        dataset lacks are left out.

    Raises
    ------
    ValueError
        If the runs differ in seed, in the number of draws or in that of months measured.
    """
    first = runs[0]
    if any((r.seed, r.draws) != (first.seed, first.draws) for r in runs):
        raise ValueError("the runs are not paired: run them with the same seed and number of draws")
    if len({len(r.counted) for r in runs}) > 1:
        raise ValueError("the runs are measured over different numbers of months; run what like_for_like gives")
    rows = []
    for other in runs[1:]:
        for measure in metrics:
            for place, element in enumerate(first.elements):
                if element not in other.elements:
                    continue
                values = other.metrics[measure][other.elements.index(element)]
                found = paired_difference(first.metrics[measure][place], values)
                rows.append({"scenario": other.scenario.name, "measure": measure, "element": element} | found)
    return pd.DataFrame(rows)


#: Metrics of the economy that are compared by default; before them the whole loss, where windows are as long.
WORST_YEAR = (Metric("worst_year_loss_jpy"), Metric("worst_year_gdp_share"))


def paired_metrics(runs: Sequence[Run], metrics: Sequence[Metric] = ()) -> pd.DataFrame:
    """Differences of every later run from the first in any metrics, those of the economy if none are named.

    Parameters
    ----------
    runs : sequence of Run
        From `paired_runs`: same draws, same seed.
    metrics : sequence of Metric
        Values of each draw. If left out: losses of the worst year, and the whole loss where every run measures as
        many months; nothing where a dataset has no industries.

    Returns
    -------
    DataFrame
        Columns scenario, metric and those of `paired_difference`.

    Raises
    ------
    VaryError
        If a run has no such number in some draw, or a metric has a statistic over draws.
    """
    asked = tuple(metrics) or _usual(runs)
    for one in runs:
        check_metrics(asked, one.scenario, every_draw=True)
    rows = []
    for metric in asked:
        base = metric.complete(runs[0])
        for other in runs[1:]:
            found = paired_difference(base, metric.complete(other))
            rows.append({"scenario": other.scenario.name, "metric": str(metric)} | found)
    return pd.DataFrame(rows)


def _usual(runs: Sequence[Run]) -> tuple[Metric, ...]:
    if not all(run.economy_metrics for run in runs):
        return ()
    return (LOSS, *WORST_YEAR) if len({len(run.counted) for run in runs}) == 1 else WORST_YEAR
