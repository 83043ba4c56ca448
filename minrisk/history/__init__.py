"""Past episodes: observations compared with the model, misses printed; and calibration."""

# Before any module of this room imports matplotlib.
from minrisk import matplotlib_home as matplotlib_home
from minrisk.history.backtest import Backtest, backtest
from minrisk.history.calibrate import Fit, calibrate
from minrisk.history.episode import OBSERVATIONS, Episode, find_episodes, load_episode, packaged_episodes
from minrisk.history.leave_out import RESULT, left_out
from minrisk.history.nowcast import month_by_month, nowcast
from minrisk.history.observations import Observation
from minrisk.results import packaged_coverage

__all__ = [
    "OBSERVATIONS",
    "RESULT",
    "Backtest",
    "Episode",
    "Fit",
    "Observation",
    "backtest",
    "calibrate",
    "find_episodes",
    "left_out",
    "load_episode",
    "month_by_month",
    "nowcast",
    "packaged_coverage",
    "packaged_episodes",
]
