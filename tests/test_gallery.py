"""The committed gallery is what the model says today, as far as two hundred draws can tell."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest

from minrisk import load_scenario, run
from minrisk.results.metrics import summary
from tests.gallery import MOST, PAGES, REPORTS, ROOT, size

DRAWS = 200

pytestmark = pytest.mark.skipif(not REPORTS.exists(), reason="a source distribution carries no gallery")
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
    # What few draws have none of, many know the spread of; a share that neither has is known to one draw.
    many = json.loads((REPORTS / name / "run.json").read_text(encoding="utf-8"))["draws"]
    few = np.maximum(now["mc_error"], kept["mc_error"].fillna(0.0) * np.sqrt(many / DRAWS))
    error = np.hypot(kept["mc_error"].fillna(0.0), few)
    error = error.where(~((kept["unit"] == "1") & (now["mc_error"] == 0.0)), np.maximum(error, 1.0 / DRAWS))
    gap = (now["mean"] - kept["mean"]).abs() - 4.0 * error - 1e-9 * kept["mean"].abs()
    assert (gap[known] <= 0.0).all(), gap[known][gap[known] > 0.0]


def test_every_scenario_is_there_and_every_link_leads_somewhere() -> None:
    """Pages, texts and figures that the gallery names are in it."""
    names = {path.stem for path in (ROOT / "scenarios").glob("*.yaml")}
    assert names <= {path.parent.name for path in REPORTS.glob("*/report.md")}
    assert {path.parent.name for path in REPORTS.glob("*/report.html")} >= set(PAGES)
    for text in (*REPORTS.glob("*.md"), *REPORTS.glob("*/report.md"), *REPORTS.glob("backtests/*/coverage.md")):
        for place in re.findall(r"\]\(([^)#:]+)\)", text.read_text(encoding="utf-8")):
            assert (text.parent / place).is_file(), (text, place)
    for place in re.findall(r' href="([^"#:]+)"', (REPORTS / "index.html").read_text(encoding="utf-8")):
        assert (REPORTS / place).is_file(), place


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="no checkout: nothing says what is kept")
def test_the_gallery_stays_small() -> None:
    assert size() < MOST
