"""Monte Carlo errors of the tables are the spread of twenty samples of the model itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from minrisk import load_scenario, run, summary
from minrisk.pipeline.run import Run
from tests import SCENARIOS

SAMPLES, DRAWS = 20, 400

pytestmark = pytest.mark.slow


def part(whole: Run, place: int) -> Run:
    """Some of the draws as a run of their own: draws are independent, as those of another seed are."""
    some = slice(place * DRAWS, (place + 1) * DRAWS)
    metrics = {name: values[:, some] for name, values in whole.metrics.items()}
    return replace(whole, draws=DRAWS, metrics=metrics, columns=None)


def test_errors_are_the_spread_of_twenty_samples() -> None:
    """Means, shares, value at risk and the tail mean of every element: within a third by kind, none by half."""
    ban = load_scenario(SCENARIOS / "ban_full_12m.yaml").model_copy(update={"months": 15})
    whole = run(ban, draws=SAMPLES * DRAWS)
    tables = [summary(part(whole, place)) for place in range(SAMPLES)]
    means = np.array([table["mean"] for table in tables], dtype=float)
    errors = np.array([table["mc_error"] for table in tables], dtype=float)
    kinds = tables[0]["metric"]
    for kind in ("unserved_share", "shortage_probability", "unserved_share_var95", "unserved_share_cvar95"):
        rows = np.flatnonzero((kinds == kind).to_numpy() & (means.std(axis=0) > 1e-4))
        assert rows.size > 3, kind
        said = np.sqrt(np.mean(errors[:, rows] ** 2, axis=0))
        ratio = said / means[:, rows].std(axis=0, ddof=1)
        # The spread of twenty is itself known to a sixth only.
        assert 0.75 < np.median(ratio) < 1.33, (kind, ratio)
        assert ((ratio > 0.5) & (ratio < 2.0)).all(), (kind, ratio)
