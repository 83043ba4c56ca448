"""The tour runs as it stands, and the number it changes matters."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests import ROOT, tour


def test_tour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both reports and the figure are written; more stock leaves less dysprosium unserved."""
    monkeypatch.chdir(ROOT)
    tour.main(tmp_path, draws=100)
    unserved = {}
    for name in ("ban_2026_dual_use", "ban_with_stocks"):
        table = pd.read_csv(tmp_path / name / "metrics.csv").set_index(["metric", "element"])
        unserved[name] = table.loc[("unserved_t", "Dy"), "mean"]
    assert unserved["ban_with_stocks"] < unserved["ban_2026_dual_use"]
    assert (tmp_path / "comparison.png").stat().st_size > 10_000
