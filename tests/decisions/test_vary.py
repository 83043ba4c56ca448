from __future__ import annotations

import numpy as np
import pytest

from minrisk import run, sample
from minrisk.decisions.compare import paired_differences, paired_runs
from minrisk.decisions.vary import VaryError, field_of, fields_of, vary
from minrisk.scenario.schema import Scenario


def test_one_number_changes_and_every_other_keeps_its_draws(ban: Scenario) -> None:
    """Streams are named after fields: the draws table differs in one column alone."""
    changed = vary(ban, "full_ban.severity", 0.5)
    before, after = sample(ban, 50), sample(changed, 50)
    assert np.all(after.values["full_ban/severity"] == 0.5)
    for name, values in before.values.items():
        if name != "full_ban/severity":
            assert np.array_equal(values, after.values[name])
    assert {name: f.number for name, f in fields_of(changed).items() if name != "full_ban.severity"} == {
        name: f.number for name, f in fields_of(ban).items() if name != "full_ban.severity"
    }


def test_writing_the_same_number_changes_nothing(ban: Scenario) -> None:
    """The plain form of a distribution, put back, gives the same scenario."""
    for path, field in list(fields_of(ban).items())[::5]:
        assert fields_of(vary(ban, path, field.number.spec())) == fields_of(ban)


def test_names_of_the_draws_table_are_accepted(ban: Scenario) -> None:
    assert field_of(ban, "full_ban/severity") == field_of(ban, "events.full_ban.severity")
    assert field_of(ban, "full_ban.severity").high == 1.0
    assert field_of(ban, "full_ban.duration_months").unit == "month"


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("market.stock_cover_month", 1.0, "did you mean 'market.stock_cover_months'"),
        ("full_ban.severity", 1.5, "full_ban.severity: 1.5 is out of bounds; allowed 0 to 1"),
        ("market.restock_months", 0.0, "market.restock_months: 0 is out of bounds"),
    ],
)
def test_a_change_that_is_not_allowed_is_refused_in_words(
    ban: Scenario, path: str, value: float, words: str
) -> None:
    with pytest.raises(VaryError, match=words):
        vary(ban, path, value)


def test_pairing_beats_independent_draws(ban: Scenario) -> None:
    """The error of a paired difference is far below that of the same difference on separate draws."""
    milder = vary(ban, "full_ban.severity", 0.9)
    runs = paired_runs([ban, milder], draws=300)
    table = paired_differences(runs, ["unserved_t"])
    row = table[table["element"] == "Dy"].iloc[0]
    place = runs[0].elements.index("Dy")
    apart = np.hypot(*(r.metrics["unserved_t"][place].std() / np.sqrt(300) for r in runs))
    assert row["difference"] < 0.0
    assert row["low"] < row["difference"] < row["high"] < 0.0
    assert row["mc_error"] < 0.5 * apart
    assert row["other"] - row["base"] == pytest.approx(row["difference"])
    with pytest.raises(ValueError, match="not paired"):
        paired_differences([runs[0], run(milder, draws=200)])


def test_a_designed_sample_takes_the_place_of_the_streams(ban: Scenario) -> None:
    """Uniforms given to a run come out as the inputs, whatever the block size."""
    u = (np.arange(250) + 0.5) / 250
    name = "market/stock_cover_months"
    whole = run(ban, draws=250, uniforms={name: u})
    parts = run(ban, draws=250, uniforms={name: u}, block=100)
    assert np.array_equal(whole.inputs[name], ban.market.stock_cover_months.ppf(u))
    assert whole.inputs.equals(parts.inputs)
    assert np.array_equal(whole.metrics["unserved_t"], parts.metrics["unserved_t"])
    with pytest.raises(ValueError, match="250 numbers"):
        run(ban, draws=250, uniforms={name: u[:10]})
