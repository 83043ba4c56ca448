"""Calibration by simulated moments: named numbers of a scenario moved until medians meet what was seen."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from ruamel.yaml import YAML
from scipy.optimize import least_squares

from minrisk.axes import Array
from minrisk.data import Dataset, load_dataset
from minrisk.history.backtest import evaluate
from minrisk.history.calibration_file import Declaration, check_fields, moved_scenario, patch, read_declaration
from minrisk.history.episode import OBSERVATIONS, observations_of
from minrisk.history.observations import Observation, largest_of_series
from minrisk.risk.spread import quantile
from minrisk.scenario import Problem, Scenario, ScenarioError, load_scenario

#: An observation without a range of its own counts as known to this share of the largest of its series.
TOLERANCE = 0.1

#: Step of the numerical derivative and of the search's end, as a share of each number's range.
_STEP, _END = 0.02, 1e-3

#: Steps after which a search that has not ended is stopped and says so.
_MOST_STEPS = 40


@dataclass(frozen=True)
class Fit:
    """Result of a calibration.

    Attributes
    ----------
    file : Path
        Where it is to be written.
    declaration : Declaration
        What was allowed to move.
    date : str
        Day of the calibration, ``YYYY-MM-DD``.
    values : dict of str to float
        Number found for each field.
    patch : dict
        The same as the fields of a scenario file.
    misfit : float
        Root mean square of the targets' errors, each over its own scale [1].
    targets : tuple of (Observation, float)
        Each calibrated observation with the model's median.
    evaluations : int
        Model runs that were needed.
    converged : bool
        Whether the search ended on its own.
    """

    file: Path
    declaration: Declaration
    date: str
    values: dict[str, float]
    patch: dict[str, Any]
    misfit: float
    targets: tuple[tuple[Observation, float], ...]
    evaluations: int
    converged: bool

    def text(self) -> str:
        """The result as a scenario file that others extend; header lines give date, seed and misfit."""
        declaration = self.declaration
        lines = [
            "# Written by minrisk calibrate. Deleted and computed again it is the same, but for the date.",
            f"# date: {self.date}",
            f"# seed: {declaration.seed}",
            f"# draws: {declaration.draws}",
            f"# misfit: {self.misfit:.4g} (root mean square of model median less observation, over its scale)",
            f"# model runs: {self.evaluations}" + ("" if self.converged else " (stopped before the search ended)"),
        ]
        bounds = [
            name
            for name, value in self.values.items()
            if min(value - (moved := declaration.fields[name]).low, moved.high - value)
            < _STEP * (moved.high - moved.low)
        ]
        if bounds:
            lines.append(f"# at the end of its range: {', '.join(bounds)}")
        for observation, median in self.targets:
            target = observation.target
            place = " ".join(word for word in (target.element, target.origin) if word != "all")
            lines.append(
                f"# target: {target.variable} {place} {target.period.text}: observed {observation.value:g}, "
                f"model {median:.4g} {target.unit.text}"
            )
        stream = io.StringIO()
        yaml = YAML()
        yaml.default_flow_style = False
        yaml.dump({"extends": declaration.scenario, "title": "Calibrated values", **self.patch}, stream)
        return "\n".join(lines) + "\n" + stream.getvalue()


def calibrate(folder: str | Path, date: str | None = None, progress: Callable[[int], None] | None = None) -> Fit:
    """Fit the numbers an episode declares to the observations it marks as calibrated.

    Bounded least squares on the errors of the model's medians: ``(median - observed) / scale``, the scale
    being half the observed range, or, where none is given, a tenth of the largest calibrated value of the
    same variable, element, origin and unit; for prices ``ln(median / observed)`` over the range's relative
    half or a tenth, since they move by factors. The same draws serve every step. The file is not written.

    Parameters
    ----------
    folder : str or Path
        An episode with ``calibration.yaml``.
    date : str, optional
        Day to write down; today by default.
    progress : callable, optional
        Called with 1 after every model run.

    Returns
    -------
    Fit

    Raises
    ------
    ScenarioError
        With every error in the episode's files.

    References
    ----------
    McFadden (1989), simulated moments; Branch, Coleman and Li (1999), bounded least squares.
    """
    folder = Path(folder)
    declaration, scenario, dataset, targets = _load(folder)
    model = _Model(declaration, scenario, dataset, targets, progress)
    answer = least_squares(
        lambda place: errors(targets, model.medians(place)),
        model.start(),
        bounds=(0.0, 1.0),
        diff_step=_STEP,
        xtol=_END,
        ftol=_END,
        gtol=_END,
        max_nfev=_MOST_STEPS,
    )
    middle = model.medians(answer.x)
    return Fit(
        file=folder / declaration.result,
        declaration=declaration,
        date=date or datetime.date.today().isoformat(),
        values=model.values(answer.x),
        patch=patch(scenario, model.plain(answer.x)),
        misfit=float(np.sqrt(np.mean(errors(targets, middle) ** 2))),
        targets=tuple(zip(targets, (float(m) for m in middle), strict=True)),
        evaluations=model.runs,
        converged=answer.status > 0,
    )


@dataclass
class _Model:
    """The scenario as a function of its moved numbers, each on a scale of 0 to 1 over its range."""

    declaration: Declaration
    scenario: Scenario
    dataset: Dataset
    targets: list[Observation]
    progress: Callable[[int], None] | None
    runs: int = 0

    def start(self) -> Array:
        """Where the search starts, a step inside the range so that the derivative has room."""
        moved = self.declaration.fields.values()
        place = [0.5 if m.start is None else (m.start - m.low) / (m.high - m.low) for m in moved]
        inside: Array = np.clip(np.array(place), _STEP, 1.0 - _STEP)
        return inside

    def values(self, place: Array) -> dict[str, float]:
        """Numbers by field at a place of the search."""
        fields = self.declaration.fields.items()
        return {name: m.low + float(x) * (m.high - m.low) for (name, m), x in zip(fields, place, strict=True)}

    def plain(self, place: Array) -> dict[str, Any]:
        """The same as a scenario file writes them, with the uncertainty that is kept."""
        fields = self.declaration.fields
        return {name: fields[name].number(value) for name, value in self.values(place).items()}

    def medians(self, place: Array) -> Array:
        """Median of each target over the draws, shape (target,)."""
        self.runs += 1
        targets = [observation.target for observation in self.targets]
        moved = moved_scenario(self.scenario, self.plain(place))
        found = evaluate(moved, self.dataset, targets, self.declaration.draws, self.declaration.seed)
        if self.progress is not None:
            self.progress(1)
        return quantile(found, 0.5)


def errors(targets: Sequence[Observation], medians: Array) -> Array:
    """Error of each target over its scale, shape (target,) [1]; see `calibrate`."""
    largest = largest_of_series(targets)
    found = []
    for observation, median in zip(targets, medians, strict=True):
        value, half = observation.value, 0.5 * (observation.high - observation.low)
        if observation.target.variable.endswith("_price") and value > 0.0:
            relative = half / value if half > 0.0 else TOLERANCE
            found.append(np.log(max(median, 1e-12) / value) / relative)
        else:
            scale = half if half > 0.0 else TOLERANCE * largest[observation.target.series] or 1.0
            found.append((median - value) / scale)
    return np.array(found)


def _load(folder: Path) -> tuple[Declaration, Scenario, Dataset, list[Observation]]:
    calibration = read_declaration(folder)
    declaration = calibration.declaration
    scenario = load_scenario(folder / declaration.scenario)
    dataset = load_dataset(scenario.dataset)
    problems = check_fields(calibration, scenario)
    observations: list[Observation] = []
    try:
        observations = observations_of(folder, scenario, dataset)
    except ScenarioError as error:
        problems += error.problems
    targets = [o for o in observations if o.role == "calibrated" and np.isfinite(o.value)]
    if not problems and len(targets) < len(declaration.fields):
        fault = (
            f"{len(targets)} rows have the role calibrated; {len(declaration.fields)} fields need at least as many"
        )
        problems.append(Problem(str(folder / OBSERVATIONS), 0, "role", fault))
    if problems:
        raise ScenarioError(problems)
    return declaration, scenario, dataset, targets
