from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from minrisk.data.dataset import load_dataset
from minrisk.data.streams import stream_names
from minrisk.scenario.draws import sample, stream
from minrisk.scenario.load import load_scenario
from minrisk.scenario.schema import Scenario

from .example import LABELS, WHOLE

EXTRA = stream_names(load_dataset())


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return _load(tmp_path, WHOLE)


def _load(folder: Path, text: str) -> Scenario:
    (folder / "case.yaml").write_text(text)
    return load_scenario(folder / "case.yaml", LABELS)


def test_the_first_draws_do_not_depend_on_how_many_are_run(scenario: Scenario) -> None:
    """DESIGN: the first n draws are the same whatever the number."""
    few, many = sample(scenario, 100), sample(scenario, 1000)
    for name, values in {**few.values, **few.uniforms}.items():
        assert np.array_equal(values, {**many.values, **many.uniforms}[name][:100])


def test_a_block_is_a_slice_of_the_whole(scenario: Scenario) -> None:
    """`start` advances every stream by as many draws."""
    whole = sample(scenario, 500).to_frame()
    parts = [sample(scenario, n, start).to_frame() for start, n in [(0, 100), (100, 400)]]
    import pandas as pd

    pd.testing.assert_frame_equal(pd.concat(parts), whole, check_exact=True)


def test_another_event_shifts_nobodys_numbers(scenario: Scenario, tmp_path: Path) -> None:
    """Streams are named: adding an event, or reordering events, changes no other column."""
    more = WHOLE.replace(
        "events:\n",
        "events:\n  - name: aaa\n    type: demand_shock\n    elements: all\n    start: 2026-05\n"
        "    duration_months: .inf\n    factor: {uniform: [1, 2]}\n",
    )
    before, after = sample(scenario, 200), sample(_load(tmp_path, more), 200)
    for name, values in before.values.items():
        assert np.array_equal(values, after.values[name]), name
    assert "aaa/factor" in after.varying


def test_every_number_is_there_and_only_the_uncertain_ones_are_in_the_table(scenario: Scenario) -> None:
    """Contract: fixed numbers are constant arrays; the table holds what varies."""
    draws = sample(scenario, 50)
    assert draws.values["market/adaptation_months"].tolist() == [36.0] * 50
    assert draws.values["market/shortage_threshold"].tolist() == [0.05] * 50
    assert np.all(np.isinf(draws.values["market/stock_release_exponent"]))
    assert all(values.shape == (50,) for values in draws.values.values())
    table = draws.to_frame()
    assert list(table.columns) == [*draws.varying, *EXTRA]
    assert set(draws.varying) == {
        "market/stock_cover_months",
        "market/stock_release_share",
        "market/restock_months",
        "market/elasticity_common",
        "market/growth_per_year",
        "ban/duration_months",
        "ban/severity",
        "ban/backlog_share",
        "ban/happens",
        "mud/grade_ppm",
        "mud/heavy_share",
        "mud/dysprosium_share",
        "mud/terbium_per_dysprosium",
        "mud/goes_ahead",
    }
    assert all(table[name].nunique() > 1 for name in table)


def test_outcomes_happen_with_their_probability(scenario: Scenario) -> None:
    """Binomial: 20,000 draws at .6 lie within four standard errors."""
    happens = sample(scenario, 20_000).of("ban")["happens"]
    assert set(np.unique(happens)) == {0.0, 1.0}
    assert abs(happens.mean() - 0.6) < 4 * np.sqrt(0.24 / 20_000)


def test_given_uniforms_replace_those_of_their_stream(scenario: Scenario) -> None:
    """Designs of sensitivity analysis come in through `uniforms`; the rest stays as it was."""
    u = np.linspace(0.01, 0.99, 20)
    plain, given = sample(scenario, 20), sample(scenario, 20, uniforms={"ban/severity": u, "ban/happens": u})
    np.testing.assert_allclose(given.values["ban/severity"], 0.8 + 0.2 * u)
    np.testing.assert_array_equal(given.values["ban/happens"], u > 0.4)
    same = [name for name in plain.values if np.array_equal(plain.values[name], given.values[name])]
    assert set(plain.values) - set(same) == {"ban/severity", "ban/happens"}


@pytest.mark.parametrize(
    ("name", "u", "words"),
    [
        ("ban/sevrity", np.full(5, 0.5), "did you mean 'ban/severity'"),
        ("ban/severity", np.full(4, 0.5), "shape"),
        ("ban/severity", np.array([0.5, 0.5, 0.5, 0.5, 1.0]), "strictly inside"),
    ],
)
def test_wrong_uniforms_are_refused(scenario: Scenario, name: str, u: np.ndarray, words: str) -> None:
    """A misspelt stream would silently change nothing."""
    with pytest.raises(ValueError, match=words):
        sample(scenario, 5, uniforms={name: u})


def test_seeds_and_names_make_streams_of_their_own(scenario: Scenario) -> None:
    """Uniform, uncorrelated, strictly inside (0, 1); another seed gives other draws."""
    a, b, c = (
        stream(7, "ban/severity", 0, 50_000),
        stream(7, "mud/grade_ppm", 0, 50_000),
        stream(8, "ban/severity", 0, 50_000),
    )
    for u in (a, b, c):
        assert u.min() > 0.0
        assert u.max() < 1.0
        assert abs(u.mean() - 0.5) < 4 / np.sqrt(12 * 50_000)
    assert abs(np.corrcoef(a, b)[0, 1]) < 4 / np.sqrt(50_000)
    assert abs(np.corrcoef(a, c)[0, 1]) < 4 / np.sqrt(50_000)
    assert sample(scenario, 3, seed=8).seed == 8
    assert not np.array_equal(
        sample(scenario, 3, seed=8).values["ban/severity"], sample(scenario, 3).values["ban/severity"]
    )


def test_streams_are_the_same_next_year() -> None:
    """PCG64 by SeedSequence([seed, *sha256 words]): fixed numbers, a change here changes every result."""
    import hashlib

    words = np.frombuffer(hashlib.sha256(b"ban/severity").digest(), dtype="<u4").tolist()
    reference = np.random.Generator(np.random.PCG64(np.random.SeedSequence([7, *words]))).random(5)
    assert np.array_equal(stream(7, "ban/severity", 0, 5), reference)
    assert np.array_equal(stream(7, "ban/severity", 3, 2), reference[3:])
