"""Projects: stages, ramp-ups, weather, abandonment, resource, packaged projects."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from minrisk.axes import Array, Calendar
from minrisk.data.dataset import load_dataset, packaged_names
from minrisk.engine.inputs import Levers
from minrisk.scenario.events import MineProject, Project, SeabedMud
from minrisk.scenario.events.project import project_tonnes
from minrisk.seabed import TYPHOONS_PER_MONTH, wave_exceedance
from tests.scenario.example import LABELS

CALENDAR = Calendar("2026-01", 120)
MUD = {
    "name": "mud", "type": "seabed_mud", "basis": "wet", "mud_t_per_day": 3500, "start": "2028-01",
    "grade_ppm": 2000,
}  # fmt: skip
MINE = {
    "name": "mine", "type": "mine_project", "route": "MYS_compound", "start": "2028-01",
    "t_per_year": {"Dy": 90, "Tb": 10},
}  # fmt: skip


def _values(event: Project, **changed: float) -> dict[str, Array]:
    values = {name: np.full(2, number.mean()) for name, number in event.numbers().items()}
    values |= {outcome: np.ones(2) for outcome in event.chances}
    return values | {name: np.full(2, value) for name, value in changed.items()}


def _tonnes(fields: dict[str, object], **changed: float) -> Array:
    return _by_month(SeabedMud.model_validate(MUD | fields), **changed)


def _by_month(event: Project, **changed: float) -> Array:
    """Tonnes of the first draw, (month,)."""
    values = _values(event, **changed)
    return project_tonnes(event, event.plant(values, LABELS.elements), values, CALENDAR)[:, 0]


def test_stages_wait_for_one_another() -> None:
    """Trial 2027-02 + 2 + 3 months, verdict 2028-03 + 1, 36 months at an overrun of 1.5: October 2032."""
    stages = {
        "trial_start": "2027-02", "trial_slip_months": 2, "trial_months": 3, "report": "2028-03",
        "report_slip_months": 1, "build_months": 36, "build_overrun": 1.5,
    }  # fmt: skip
    assert np.flatnonzero(_tonnes(stages))[0] == CALENDAR.labels.index("2032-10")
    # A trial that ends after the planned verdict moves the verdict.
    assert np.flatnonzero(_tonnes(stages, trial_slip_months=20.0))[0] == CALENDAR.labels.index("2033-07")
    # The planned start holds where every stage is over before it.
    late = stages | {"start": "2034-06"}
    assert np.flatnonzero(_tonnes(late))[0] == CALENDAR.labels.index("2034-06")


@pytest.mark.parametrize("outcome", ["trial_works", "goes_ahead", "is_finished"])
def test_any_failed_stage_means_no_tonne(outcome: str) -> None:
    assert _tonnes({}).sum() > 0.0
    assert _tonnes({}, **{outcome: 0.0}).sum() == 0.0


def test_ramp_families_are_those_of_the_library() -> None:
    """Half of full output at the logistic midpoint; exp(-b exp(-ct)); the table's rows."""
    full = _tonnes({})[60]
    start = CALENDAR.labels.index("2028-01")
    logistic = {"ramp_family": "logistic", "ramp_midpoint_months": 12.5, "ramp_rate_per_month": 0.2}
    assert _tonnes(logistic)[start + 12] == pytest.approx(0.5 * full)
    gompertz = {"ramp_family": "gompertz", "ramp_displacement": 3, "ramp_rate_per_month": 0.1}
    assert _tonnes(gompertz)[start + 10] == pytest.approx(full * np.exp(-3 * np.exp(-1.05)))
    table = {"ramp_family": "table", "ramp_table": [[6.0, 0.3], [12.0, 0.8]]}
    assert _tonnes(table)[start + 3] == pytest.approx(0.175 * full)
    assert _tonnes(table)[start + 40] == pytest.approx(0.8 * full)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"ramp_family": "logistic", "ramp_months": 5}, "ramp_months is unused"),
        ({"ramp_rate_per_month": 0.1}, "ramp_rate_per_month is unused"),
        ({"ramp_family": "table"}, "needs ramp_table"),
        ({"ramp_family": "table", "ramp_table": [[3.0, 0.5], [2.0, 0.6]]}, "must rise"),
        ({"ramp_family": "table", "ramp_table": [[3.0, 1.5]]}, "between 0 and 1"),
        ({"mean_wave_m": 2}, "unused without wave_limit_m"),
        ({"capex_jpy_bn": 262}, "needs operating_jpy_per_t"),
        ({"basis": None}, "basis"),
    ],
)
def test_faults(fields: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        SeabedMud.model_validate(MUD | fields)


def test_weather_takes_waves_storms_and_machines() -> None:
    """The year's tonnes carry the product of the three shares; the typhoon months least."""
    weather = {
        "wave_limit_m": 3.5, "mean_wave_m": 2.2, "wave_shape": 2, "storms_near_share": 0.2, "storm_days": 3,
        "riser_hours": 36, "availability_share": 0.9,
    }  # fmt: skip
    plain, rough = _tonnes({})[36:48], _tonnes(weather)[36:48]
    waves = 1.0 - float(wave_exceedance(3.5, 2.2, 2.0))
    storms = 1.0 - TYPHOONS_PER_MONTH * 0.2 * 6.0 / (365.25 / 12)
    np.testing.assert_allclose(rough / plain, 0.9 * waves * storms, rtol=1e-12)
    assert rough.argmin() == 7


def test_giving_up_ends_the_output_inside_its_window_only() -> None:
    """Hazard .12 a year: quantile .1 gives up after 10.5 months; quantile .9 would after 230, out of the window."""
    fields = {"abandonment_per_year": 0.12}
    start = CALENDAR.labels.index("2028-01")
    lucky, unlucky = (_tonnes(fields, abandonment_quantile=q) for q in (0.9, 0.1))
    assert np.all(lucky[start:] > 0.0)
    assert np.all(unlucky[start : start + 11] > 0.0)
    assert np.all(unlucky[start + 11 :] == 0.0)
    assert "abandonment_quantile" not in SeabedMud.model_validate(MUD).numbers()


@given(
    st.sampled_from(["mud_t_per_day", "grade_ppm", "availability_share", "recovery_leach", "days_per_year"]),
    st.floats(0.05, 1.0),
    st.floats(1.0, 3.0),
)
@settings(max_examples=40, deadline=None)
def test_more_is_never_less(field: str, at: float, by: float) -> None:
    """More tonnage, grade, availability, recovery or days never lowers output in any month."""
    base = {"mud_t_per_day": 3500.0, "grade_ppm": 2000.0, "availability_share": 0.3, "recovery_leach": 0.3}
    base["days_per_year"] = 100.0
    low = base[field] * at
    # The rounding of a running total may take the last bit of what is left in the ground.
    assert np.all(_tonnes({}, **base | {field: low * by}) >= _tonnes({}, **base | {field: low}) * (1 - 1e-12))


@given(st.floats(0.0, 5_000.0))
@settings(max_examples=25, deadline=None)
def test_the_deposit_is_not_exceeded(resource: float) -> None:
    """Cumulative oxide stays within the resource times what is recovered of it."""
    total = _tonnes({}, resource_t=resource).sum()
    assert total <= resource * 0.95 * 0.9 * (1 + 1e-12)


def test_recovery_of_single_elements() -> None:
    event = SeabedMud.model_validate(MUD | {"element_recovery": {"Nd": 0.5}})
    plain = SeabedMud.model_validate(MUD)
    ours, theirs = (e.plant(_values(e), LABELS.elements).element_shares for e in (event, plain))
    np.testing.assert_allclose(ours[0], 0.5 * theirs[0])
    np.testing.assert_array_equal(ours[1:], theirs[1:])


def test_a_mine_brings_the_importers_share() -> None:
    """100 t a year, 60 % for the importer: 4.5 t of dysprosium a month."""
    event = MineProject.model_validate(MINE | {"share_to_importer": 0.6})
    levers = Levers()
    event.write(_values(event), LABELS, CALENDAR, levers)
    (addition,) = levers.additions
    assert addition.profile[60, 0] * addition.weights[2, 0] == pytest.approx(0.6 * 90 / 12)
    assert not addition.committed


def test_packaged_projects_are_valid_and_can_be_overridden() -> None:
    """Those of the table, the operating ones first; a field written in the scenario wins."""
    assert packaged_names()[:2] == ("Lynas NdPr for Japan", "Lynas heavy circuit")
    assert {"Caremag", "Iluka Eneabba", "Arafura Nolans", "Lofdal"} < set(packaged_names())
    labels = load_dataset().labels
    for name in packaged_names():
        raw = {"name": "plant", "type": "mine_project", "packaged": name}
        event = MineProject.model_validate(raw)
        assert event.check(labels, CALENDAR) == []
        assert _by_month(event).sum() > 0.0
        assert MineProject.model_validate(raw | {"start": "2031-05"}).start == "2031-05"
    with pytest.raises(ValidationError, match="did you mean 'Caremag'"):
        MineProject.model_validate(MINE | {"packaged": "Carmag"})
