"""An episode: a scenario of the past, what was observed, and what may be calibrated."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from minrisk.data import Dataset, load_dataset
from minrisk.history.observations import Observation, read_observations
from minrisk.scenario import Problem, Scenario, ScenarioError, load_scenario, nearest

#: Folder of the packaged episodes.
PACKAGED = Path(__file__).parent / "episodes"

#: Files of an episode.
SCENARIO, OBSERVATIONS, CALIBRATION, BESIDE = (
    "scenario.yaml", "observations.csv", "calibration.yaml", "beside",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Episode:
    """One episode, loaded and checked.

    Attributes
    ----------
    name : str
        Name of its folder.
    folder : Path
        Where it was read.
    scenario : Scenario
        What happened, as a scenario named like the episode.
    dataset : Dataset
        The dataset the scenario names.
    observations : tuple of Observation
        What was seen, in the order of the file.
    beside : tuple of Scenario
        Scenarios of the folder ``beside``: rival accounts, compared with the same observations.
    calibrated : dict of str to str
        Date, seed, misfit and the other header lines of the calibration's result; empty without one.
    """

    name: str
    folder: Path
    scenario: Scenario
    dataset: Dataset
    observations: tuple[Observation, ...]
    beside: tuple[Scenario, ...]
    calibrated: dict[str, str]


def packaged_episodes() -> list[Path]:
    """Folders of the packaged episodes, by name."""
    return sorted(path.parent for path in PACKAGED.glob(f"*/{SCENARIO}"))


def find_episodes(path: Path) -> list[Path]:
    """Episode folders at a path: the folder itself, or every episode in it.

    Parameters
    ----------
    path : Path
        An episode's folder, a file in it, or a folder of episodes.

    Returns
    -------
    list of Path

    Raises
    ------
    ScenarioError
        If there is none.
    """
    if path.is_file() and path.name in (SCENARIO, OBSERVATIONS, CALIBRATION):
        path = path.parent
    if not path.is_dir():
        raise ScenarioError([Problem(str(path), 0, "", _not_found(path))])
    if any((path / name).exists() for name in (SCENARIO, OBSERVATIONS, CALIBRATION)):
        return [path]
    inside = sorted(found.parent for found in path.glob(f"*/{SCENARIO}"))
    if not inside:
        fault = f"is no episode: an episode is a folder with {SCENARIO} and {OBSERVATIONS}"
        raise ScenarioError([Problem(str(path), 0, "", fault)])
    return inside


def load_episode(path: str | Path) -> Episode:
    """Load and check an episode.

    Parameters
    ----------
    path : str or Path
        Its folder, with ``scenario.yaml`` and ``observations.csv``.

    Returns
    -------
    Episode

    Raises
    ------
    ScenarioError
        With every error in all its files.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise ScenarioError([Problem(str(folder), 0, "", _not_found(folder))])
    problems: list[Problem] = []
    scenario = _scenario(folder / SCENARIO, problems)
    beside = [_scenario(file, problems) for file in sorted((folder / BESIDE).glob("*.yaml"))]
    dataset = load_dataset(scenario.dataset) if scenario is not None else None
    observations: list[Observation] = []
    try:
        observations = observations_of(folder, scenario, dataset)
    except ScenarioError as error:
        problems += error.problems
    problems += [
        Problem(str(folder / BESIDE / f"{other.name}.yaml"), 0, field, f"differs from {SCENARIO}; it must not")
        for other in beside
        if other is not None and scenario is not None
        for field in ("start", "months", "dataset")
        if getattr(other, field) != getattr(scenario, field)
    ]
    if problems or scenario is None or dataset is None:
        raise ScenarioError(problems)
    name = folder.resolve().name
    return Episode(
        name=name,
        folder=folder,
        scenario=scenario.model_copy(update={"name": name}),
        dataset=dataset,
        observations=tuple(observations),
        beside=tuple(other for other in beside if other is not None),
        calibrated=calibration_header(folder),
    )


def observations_of(folder: Path, scenario: Scenario | None, dataset: Dataset | None) -> list[Observation]:
    """Read an episode's observations.

    Parameters
    ----------
    folder : Path
        The episode.
    scenario, dataset : optional
        Whose months and names to check against.

    Returns
    -------
    list of Observation

    Raises
    ------
    ScenarioError
        With every error in the file.
    """
    return read_observations(folder / OBSERVATIONS, str(folder / OBSERVATIONS), scenario, dataset)


def calibration_header(folder: Path) -> dict[str, str]:
    """Date, seed, misfit and the like from the comment lines of an episode's calibration result."""
    from minrisk.history.calibration_file import result_file

    file = result_file(folder)
    if file is None or not file.is_file():
        return {}
    lines = file.read_text(encoding="utf-8").splitlines()
    found = [re.fullmatch(r"# ([a-z ]+): (.+)", line) for line in lines]
    header = {match[1]: match[2] for match in found if match is not None and match[1] != "target"}
    return header | {"file": file.name}


def _scenario(file: Path, problems: list[Problem]) -> Scenario | None:
    from minrisk.history.calibration_file import result_file

    try:
        return load_scenario(file)
    except ScenarioError as error:
        result = result_file(file.parent)
        if result is not None and not result.exists():
            hint = f"{result.name} is not there yet: run minrisk calibrate {file.parent}"
            problems.append(Problem(str(file), 0, "", hint))
        else:
            problems += [problem for problem in error.problems if problem not in problems]
    return None


def _not_found(folder: Path) -> str:
    names = [path.name for path in packaged_episodes()]
    if folder.parent.is_dir():
        names += [path.name for path in folder.parent.iterdir() if path.is_dir()]
    guess = nearest(folder.name, names)
    return "no such episode folder" + (f"; did you mean '{guess}'?" if guess else "")
