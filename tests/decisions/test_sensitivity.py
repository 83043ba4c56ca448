from __future__ import annotations

import sys
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest

from minrisk import load_scenario, run, write_report
from minrisk.decisions import sensitivity
from minrisk.decisions.metric import Metric
from minrisk.decisions.sensitivity import (
    Factors,
    MissingLibrary,
    default_outputs,
    evaluate,
    factors_of,
    given_data_ranking,
    morris,
    sobol,
)
from minrisk.decisions.vary import VaryError
from minrisk.scenario.events import EVENT_TYPES
from minrisk.scenario.schema import Scenario
from tests import SCENARIOS
from tests.one_figure import one_figure

#: Ishigami & Homma (1990), a = 7, b = .1.
S1, ST, S13 = (0.313905, 0.442411, 0.0), (0.557589, 0.442411, 0.243684), 0.243684


def _ishigami(u: np.ndarray) -> np.ndarray:
    x = np.pi * (2.0 * u - 1.0)
    return np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_ishigami_by_sobol() -> None:
    """First and total order and the one interaction, within .01 at a base of 8,192."""
    pytest.importorskip("SALib")
    library = sensitivity._salib()
    factors = Factors(("a", "b", "c"), {n: (n,) for n in "abc"}, ())
    rows = library["sobol_sample"](factors.problem(), 8192, calc_second_order=True, seed=1)
    frame = sensitivity._sobol_frame(library, factors.problem(), factors.names, "y", _ishigami(rows), True, 1)
    table = frame.set_index("factor")
    assert table.loc[list("abc"), "S1"].to_numpy() == pytest.approx(S1, abs=0.01)
    assert table.loc[list("abc"), "ST"].to_numpy() == pytest.approx(ST, abs=0.01)
    assert table.loc["a x c", "S1"] == pytest.approx(S13, abs=0.01)


def test_ishigami_from_given_data() -> None:
    """The rank estimator finds the first orders of Ishigami from 20,000 plain draws, and tells noise apart."""
    u = np.random.default_rng(2).random((20_000, 8))
    columns = {f"x{i}": u[:, i] for i in range(8)}
    table = given_data_ranking(columns, {"y": _ishigami(u), "flat": np.ones(20_000)})
    found = table[table["output"] == "y"].set_index("factor")
    assert found.loc[["x0", "x1", "x2"], "S1"].to_numpy() == pytest.approx(S1, abs=0.03)
    assert list(found.index[:2]) == ["x1", "x0"]
    assert set(found.index[found["clear"]]) == {"x0", "x1"}
    assert table[table["output"] == "flat"]["S1"].isna().all()


def test_what_depends_on_the_dataset_alone_says_so(ban: Scenario) -> None:
    """The sourcing mix rests on the dataset's figures and on nothing else, in every row of the sample.

    Saltelli's rows with all other columns exchanged leave it as it was, and those with the dataset's exchanged are
    the second sample: so the others' indices are 0, and the dataset's is Jansen's estimator of the two samples.
    """
    pytest.importorskip("SALib")
    base, outputs = 64, [Metric("unserved_share", "Dy"), Metric("china_share_direct", "Dy")]
    table = sobol(ban, outputs, base=base)
    factors = factors_of(ban)
    assert list(table["output"].unique()) == [str(o) for o in outputs]
    assert set(table["factor"]) == set(factors.names)
    share = table[table["output"] == "china_share_direct/Dy"].set_index("factor")
    assert share.drop(index="data")[["S1", "ST"]].abs().to_numpy().max() < 1e-12
    rows = sensitivity._salib()["sobol_sample"](
        factors.problem(), base, calc_second_order=False, seed=ban.seed % 2**32
    )
    steps = len(factors.names) + 2
    first, second = (outputs[1].draws(evaluate(ban, factors, rows[place::steps])) for place in (0, steps - 1))
    variance = np.concatenate([first, second]).var()
    assert share.loc["data", "ST"] == pytest.approx(0.5 * np.mean((first - second) ** 2) / variance, rel=1e-9)


def test_sobol_of_a_product(calm: Scenario) -> None:
    """In calm an element's months of cover are the common cover times its own factor: indices of a product.

    Of two independent inputs with squared coefficients of variation a and b, the variance is
    (1 + a)(1 + b) - 1, of which a and b are the first orders and ab is shared.
    """
    pytest.importorskip("SALib")
    names = ("market/stock_cover_months", "market/stock_cover_factor.Dy")
    table = sobol(calm, [Metric("months_of_cover", "Dy")], base=1024, factors=factors_of(calm, names))
    low, mode, high = 2.0, 6.0, 12.0
    mean = (low + mode + high) / 3.0
    variance = (low**2 + mode**2 + high**2 - low * mode - low * high - mode * high) / 18.0
    a, b = variance / mean**2, np.expm1((np.log(1.5) / 1.2815515655446004) ** 2)
    whole = a + b + a * b
    found = table.set_index("factor")
    assert found.loc[list(names), "S1"].to_numpy() == pytest.approx([a / whole, b / whole], abs=0.01)
    assert found.loc[list(names), "ST"].to_numpy() == pytest.approx([1 - b / whole, 1 - a / whole], abs=0.01)


def test_morris_of_an_input_that_does_nothing_is_exactly_nothing(ban: Scenario) -> None:
    """Elementary effects of the market on the sourcing mix are 0; a calm output does not vary at all."""
    pytest.importorskip("SALib")
    chosen = factors_of(ban, ["market/stock_cover_months", "full_ban/*"])
    table = morris(ban, [Metric("unserved_share", "Dy"), Metric("china_share_direct", "Dy")], 4, chosen)
    assert (table[table["output"] == "china_share_direct/Dy"]["mu_star"] == 0.0).all()
    effect = table[table["output"] == "unserved_share/Dy"].set_index("factor")["mu_star"]
    assert effect.idxmax() == "market/stock_cover_months"


def test_what_is_not_moved_stays_at_its_median(ban: Scenario) -> None:
    chosen = factors_of(ban, ["full_ban.leakage_max"])
    done = evaluate(ban, chosen, np.linspace(0.0, 1.0, 7)[:, None])
    varying = [name for name in done.inputs.columns if done.inputs[name].nunique() > 1]
    assert varying == ["full_ban/leakage_max"]
    assert done.inputs["full_ban/leakage_max"].is_monotonic_increasing
    with pytest.raises(VaryError, match="did you mean 'full_ban/leakage_max'"):
        factors_of(ban, ["full_ban.leakage_mx"])
    with pytest.raises(VaryError, match="power of two"):
        sobol(ban, base=100)


def test_rows_are_what_saltelli_says(ban: Scenario) -> None:
    """Base x (2 D + 2) rows with second order: 512 and 20 factors make 21,504."""
    pytest.importorskip("SALib")
    names = factors_of(ban).names[:20]
    problem = factors_of(ban, names).problem()
    rows = sensitivity._salib()["sobol_sample"](problem, 512, calc_second_order=True, seed=1)
    assert rows.shape == (21_504, 20)


def test_default_outputs_are_the_elements_hit_hardest(ban: Scenario) -> None:
    done = run(ban, draws=100)
    hit = done.elements[int(np.argmax(done.metrics["unserved_share"].mean(axis=1)))]
    assert default_outputs(done)[0] == Metric("unserved_share", hit)


def test_a_missing_library_is_said(monkeypatch: pytest.MonkeyPatch, ban: Scenario) -> None:
    monkeypatch.setitem(sys.modules, "SALib.analyze", None)
    with pytest.raises(MissingLibrary, match=r"pip install 'minrisk\[sensitivity\]'"):
        sobol(ban, base=2)


@pytest.fixture(scope="module")
def draws_table(ban: Scenario, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """What an analyst reads: draws.parquet of an ordinary run."""
    with one_figure():
        folder = write_report(run(ban, draws=300), tmp_path_factory.mktemp("reports"))
    return pd.read_parquet(folder / "draws.parquet")


def test_the_draws_file_opens_in_salib(draws_table: pd.DataFrame) -> None:
    """Columns are numbers without gaps: SALib's given-data methods take them as they are."""
    pytest.importorskip("SALib")
    from SALib.analyze import rbd_fast

    names = [n for n in draws_table.columns if n.startswith(("market/", "full_ban/"))]
    bounds = [[draws_table[n].min(), draws_table[n].max()] for n in names]
    problem: dict[str, Any] = {"num_vars": len(names), "names": names, "bounds": bounds}
    y = draws_table["unserved_share/Dy"].to_numpy()
    found = rbd_fast.analyze(problem, draws_table[names].to_numpy(), y, seed=1)
    assert names[int(np.argmax(found["S1"]))] == "market/stock_cover_months"


def test_the_draws_file_opens_in_the_ema_workbench(draws_table: pd.DataFrame) -> None:
    """Unchanged, by column name; its PRIM finds the input that ours finds."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        prim = pytest.importorskip("ema_workbench.analysis.prim")
        inputs = draws_table[[n for n in draws_table.columns if n.startswith(("market/", "full_ban/"))]]
        short = (draws_table["unserved_share/Dy"] > 0.1).to_numpy()
        box = prim.Prim(inputs, short, threshold=0.8).find_box()
        theirs = {str(n) for n in box.box_lims[-1].columns if not box.box_lims[-1][n].equals(box.box_lims[0][n])}
    from minrisk.decisions import prim as own

    ours = own({str(n): inputs[n].to_numpy() for n in inputs}, short).box
    assert "market/stock_cover_months" in theirs & set(ours.limits)


LUMPY = {
    "name": "licences", "type": "licensing", "origin": "CHN", "elements": ["Dy", "Y"], "start": "2026-02",
    "duration_months": 12, "approval_share": 0.4, "processing_months": 1, "batches_per_month": 3,
    "product_batches_per_month": 100,
}  # fmt: skip


def lumpy() -> Scenario:
    """Calm but for licences of which nothing is uncertain but when they are decided."""
    made = EVENT_TYPES["licensing"].model_validate(LUMPY)
    return load_scenario(SCENARIOS / "calm.yaml").model_copy(update={"months": 14, "events": (made,)})


def test_when_licences_are_decided_is_one_input() -> None:
    factors = factors_of(lumpy())
    assert factors.members["batches"] == ("licences/batches",)
    assert factors_of(lumpy(), ["batches"]).names == ("batches",)
    assert "batches" not in factors_of(lumpy(), ["market/growth_per_year"]).members


def test_a_path_of_batches_is_held_or_moved_as_a_whole() -> None:
    """Rows of the same number have the same tonnes to the bit, rows of another other ones."""
    factors = factors_of(lumpy(), ["batches"])
    rows = np.repeat([[0.2], [0.7]], 50, axis=0)
    short = evaluate(lumpy(), factors, rows).metrics["unserved_share"]
    assert np.ptp(short[:, :50], axis=1).max() == np.ptp(short[:, 50:], axis=1).max() == 0.0
    assert np.abs(short[:, 0] - short[:, 50]).max() > 1e-3
    still = Factors((), {}, (*factors.fixed, "licences/batches"))
    held = evaluate(lumpy(), still, np.empty((100, 0))).metrics["unserved_share"]
    assert np.ptp(held, axis=1).max() == 0.0


def test_no_table_of_draws_shows_batches() -> None:
    assert not [name for name in run(lumpy(), 100).inputs if "batches" in name]
    with pytest.raises(VaryError, match="sobol or morris"):
        given_data_ranking({}, {"y": np.ones(100)})
