"""Past episodes: what was observed held against what the model says, misses printed; and calibration."""

from __future__ import annotations

from minrisk.history.backtest import Backtest, backtest
from minrisk.history.calibrate import Fit, calibrate
from minrisk.history.episode import Episode, find_episodes, load_episode, packaged_episodes
from minrisk.history.observations import Observation
from minrisk.history.record import coverage_record, packaged_coverage

__all__ = [
    "Backtest",
    "Episode",
    "Fit",
    "Observation",
    "backtest",
    "calibrate",
    "coverage_record",
    "find_episodes",
    "load_episode",
    "packaged_coverage",
    "packaged_episodes",
]
