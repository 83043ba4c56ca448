"""The committed gallery is what the model says today, as far as two hundred draws can tell."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from minrisk import load_scenario, run
from minrisk.pipeline.summary import summary

ROOT = Path(__file__).parents[1]
DRAWS = 200
KEY = ["metric", "element"]


@pytest.mark.parametrize("name", ["ban_full_12m", "embargo_2010_replay"])
def test_means_are_within_four_standard_errors(name: str) -> None:
    """Every mean of metrics.csv against a fresh run of few draws; both errors count.

    That the same draws give the same bits is what the golden numbers say, for more scenarios.
    """
    kept = pd.read_csv(ROOT / "reports" / name / "metrics.csv").set_index(KEY)
    now = summary(run(load_scenario(ROOT / "scenarios" / f"{name}.yaml"), DRAWS)).set_index(KEY)
    assert list(kept.index) == list(now.index)
    assert list(kept["unit"]) == list(now["unit"])
    known = kept["mean"].notna() & now["mean"].notna() & now["mc_error"].notna()
    assert known.sum() > 0.8 * len(kept)
    error = np.hypot(kept["mc_error"].fillna(0.0), now["mc_error"])
    # A share that none of a few draws has is not known to within zero: one draw more or less.
    bounded = (kept["unit"] == "1") & (now["mc_error"] == 0.0)
    error = error.where(~bounded, np.maximum(error, 1.0 / DRAWS))
    gap = (now["mean"] - kept["mean"]).abs() - 4.0 * error - 1e-9 * kept["mean"].abs()
    assert (gap[known] <= 0.0).all(), gap[known][gap[known] > 0.0]
