from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from minrisk.history import Backtest, backtest, load_episode
from tests.history.made_up import write_episode


def _run(folder: Path, draws: int = 20) -> Backtest:
    return backtest(load_episode(folder), draws=draws)


#: Half of 100 t a month is stopped from June to August 2010 and missing a month later; there is no stock and
#: elasticity is .5, so the price must rise fourfold to halve demand, while the half that was never stopped keeps
#: its contract: every value follows by hand.
BY_HAND = [
    ("imports,X,SRC,2010-07,50,,,t/month,me,held_out", 50.0),
    ("imports,,,2010-06,100,,,t/month,me,held_out", 100.0),
    ("imports,all,all,2010,1050,,,t/year,me,held_out", 1050.0),
    ("imports,X,SRC,2010-07,50,,,index 2010-01..2010-06 = 100,me,held_out", 50.0),
    ("imports,X,SRC,2010-Q3,50,,,t gross/month,me,held_out", 50.0),
    ("exports,X,SRC,2010-06,50,,,t/month,me,held_out", 50.0),
    ("exports,X,SRC,2010-05,100,,,t/month,me,held_out", 100.0),
    ("import_share,X,SRC,2010-08,100,,,%,me,held_out", 100.0),
    ("marginal_price,X,,2010-08,400,,,index 2010-01 = 100,me,calibrated", 400.0),
    ("average_price,X,,2010-08,1,,,index 2010-01 = 1,me,held_out", 1.0),
    ("demand,X,,2010-08,50,,,t/month,me,held_out", 50.0),
    ("stock_cover,X,,2010-08,0,,,months,me,held_out", 0.0),
    ("months_to_first_stoppage,X,,2010-01,6,,,months,me,held_out", 6.0),
    ("months_to_first_stoppage,,,2010-07,0,,,months,me,held_out", 0.0),
    ("months_to_first_stoppage,magnets,,2011-01,none,,,months,me,held_out", np.inf),
    ("output_index,magnets,,2010-08,0.5,,,1,me,held_out", 0.5),
]


def test_every_variable_by_hand(tmp_path: Path) -> None:
    """A world without uncertainty: the model's 5, 50 and 95 % are the closed form, and all is inside."""
    test = _run(write_episode(tmp_path / "by_hand", [row for row, _ in BY_HAND], adaptation_months=1e9))
    table = test.rows()
    expected = np.array([value for _, value in BY_HAND])
    for level in ("p05", "p50", "p95"):
        np.testing.assert_allclose(table[level].to_numpy(float), expected, rtol=1e-7, atol=1e-9)
    assert table["inside_model"].all()
    assert test.counts() == {"calibrated": (1, 1), "held_out": (15, 15)}


def test_gross_tonnes_undo_the_oxide_factor(tmp_path: Path) -> None:
    """With .6 t of oxide in a tonne of product, 60 t of oxide a month are the 100 t that customs counted."""
    folder = write_episode(
        tmp_path / "gross",
        ["imports,X,SRC,2010-02,60,,,t/month,me,held_out", "imports,,,2010-02,100,,,t gross/month,me,held_out"],
        events=[],
    )
    for name, old, new in (("reo_factors", "1,1,1", "0.6,0.6,0.6"), ("demand", "1200,1200,1200", "720,720,720")):
        file = folder / "data" / f"{name}.csv"
        file.write_text(file.read_text().replace(old, new))
    np.testing.assert_allclose(_run(folder).rows()["p50"].to_numpy(float), [60.0, 100.0], rtol=1e-9)


def test_a_miss_stays_a_miss_and_roles_are_counted_apart(tmp_path: Path) -> None:
    """An observation is inside if its own range meets the band; the two counts are never added up."""
    rows = [
        "imports,X,SRC,2010-07,60,,,t/month,me,held_out",
        "imports,X,SRC,2010-08,60,40,70,t/month,me,held_out",
        "imports,X,SRC,2010-09,49,,,t/month,me,calibrated",
    ]
    test = _run(write_episode(tmp_path / "misses", rows))
    assert test.rows()["inside_model"].tolist() == [False, True, False]
    assert test.counts(column="inside_model") == {"calibrated": (0, 1), "held_out": (1, 2)}
    # A month of customs of one good is counted to a third: 60 and 49 t may have been 50.
    assert test.counts() == {"calibrated": (1, 1), "held_out": (2, 2)}
    np.testing.assert_allclose(test.rows()["error"].to_numpy(float), [-10.0, -10.0, 1.0], atol=1e-6)


def test_rivals_stand_beside_on_the_same_observations(tmp_path: Path) -> None:
    folder = write_episode(tmp_path / "rivals", ["imports,X,SRC,2010-07,50,,,t/month,me,held_out"])
    (folder / "beside").mkdir()
    (folder / "beside" / "worse.yaml").write_text(
        "extends: ../scenario.yaml\ntitle: All of it\nevents:\n  - {name: ban, severity: 0.9}\n"
    )
    test = _run(folder)
    assert test.rows("worse")["p50"].tolist() == pytest.approx([10.0])
    assert (test.counts(), test.counts("worse")) == (
        {"calibrated": (0, 0), "held_out": (1, 1)},
        {"calibrated": (0, 0), "held_out": (0, 1)},
    )


def test_draws_do_not_depend_on_the_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same bands to the bit from blocks of 100 as from one."""
    folder = write_episode(
        tmp_path / "blocks", ["marginal_price,X,,2010-07,4,,,index 2010-01 = 1,me,held_out"],
        elasticity_common={"uniform": [0.5, 2]}, stock_cover_months={"uniform": [0, 3]},
    )  # fmt: skip
    one = _run(folder, draws=250).coverage
    monkeypatch.setattr(sys.modules["minrisk.history.backtest"], "DETAILED_BLOCK_DRAWS", 100)
    assert one.equals(_run(folder, draws=250).coverage)
    assert one["p95"].iloc[0] > one["p05"].iloc[0]
