"""Seen against said: a scenario of the present compared with what has been observed of it, by month.

Draws are not weighted by what was seen: on past episodes that did not sharpen the months that followed, since a
first month is known too badly.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from minrisk.data import load_dataset
from minrisk.history.backtest import Backtest, backtest
from minrisk.history.episode import Episode
from minrisk.history.observations import Observation, read_observations
from minrisk.history.page import UNEXPLAINED, what_of
from minrisk.scenario import Problem, Scenario, ScenarioError

#: Columns of the table, in order.
COLUMNS = (
    "month", "what", "unit", "said_p05", "said_p50", "said_p95", "seen", "seen_low", "seen_high", "inside",
    "inside_so_far", "rows_so_far", "interval_score_so_far", "naive_interval_score_so_far", "mechanism", "source",
)  # fmt: skip


def nowcast(
    scenario: Scenario,
    files: Sequence[Path],
    draws: int,
    seed: int | None = None,
) -> Backtest:
    """Run a scenario of the present and hold what was seen against it.

    Parameters
    ----------
    scenario : Scenario
        That of a packaged episode bears its name: the naive forecast leaves its changes out.
    files : sequence of Path
        Observations in the form of an episode's observations.csv; the rows of all are taken together.
    draws : int
        Number of draws.
    seed : int, optional
        Replaces the scenario's own.

    Returns
    -------
    Backtest

    Raises
    ------
    ScenarioError
        With every error in the files, or where two of them give the same observation of the same source.
    """
    dataset = load_dataset(scenario.dataset)
    problems: list[Problem] = []
    observations: list[Observation] = []
    first: dict[tuple[str, ...], str] = {}
    for file in files:
        try:
            found = read_observations(file, str(file), scenario, dataset)
        except ScenarioError as error:
            problems += error.problems
            continue
        for one in found:
            if one.key in first:
                fault = f"{first[one.key]} already gives this observation from the same source"
                problems.append(Problem(str(file), one.line, "", fault))
            first.setdefault(one.key, str(file))
        observations += found
    if problems:
        raise ScenarioError(problems)
    folder = Path(files[0]).parent
    episode = Episode(scenario.name, folder, scenario, dataset, tuple(observations), (), {})
    return backtest(episode, draws, seed)


def month_by_month(test: Backtest) -> pd.DataFrame:
    """What was said and seen, in the order in which it became known, with the score so far.

    Parameters
    ----------
    test : Backtest
        From `nowcast`.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`, a row per observation, by the last month of its period. said_p05 and said_p95 have errors
        of observation; scores are means of changes over all rows up to this one (`minrisk.history.coverage`);
        mechanism is what the model lacks, empty where it holds.
    """
    ends = [o.target.period.first + o.target.period.months for o in test.episode.observations]
    rows = (
        test.rows()
        .drop(columns=["seen_low", "seen_high"])
        .assign(end=ends)
        .sort_values("end", kind="stable")
        .reset_index(drop=True)
    )
    rows["what"] = [what_of(row) for row in rows.to_dict("records")]
    rows["rows_so_far"] = range(1, len(rows) + 1)
    rows["inside_so_far"] = rows["inside"].cumsum()
    for score in ("interval_score", "naive_interval_score"):
        rows[f"{score}_so_far"] = rows[score].cumsum() / rows["rows_so_far"]
    rows["mechanism"] = rows["note"].where(rows["note"] != "", UNEXPLAINED).mask(rows["inside"], "")
    names = {"p05_observed": "said_p05", "p50": "said_p50", "p95_observed": "said_p95", "observed": "seen",
             "low": "seen_low", "high": "seen_high"}  # fmt: skip
    return rows.rename(columns=names)[list(COLUMNS)]
