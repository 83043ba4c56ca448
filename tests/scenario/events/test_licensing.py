"""Licences, quotas and taxes: what they write, against arithmetic."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from minrisk.engine.restrictions import ship, trade_groups
from minrisk.scenario.errors import ScenarioError
from minrisk.scenario.events import Licensing
from minrisk.scenario.load import load_scenario
from tests.scenario.example import HEAD, LABELS, MARKET

from .writing import CALENDAR, DRAWS, event, is_neutral, profile, write

LICENCE: dict[str, Any] = {
    "origin": "CHN", "elements": ["Tb", "Dy"], "start": "2026-03", "duration_months": 12, "approval_share": 0.5,
    "processing_months": 3, "review_months": 0, "batches_per_month": math.inf,
    "product_batches_per_month": math.inf,
}  # fmt: skip
QUOTA: dict[str, Any] = {"origin": "CHN", "start": "2026-03", "duration_months": 12, "t_per_year": {"Dy": 120}}


def licence(**fields: Any) -> Licensing:
    """Terbium and dysprosium for a year from March: half approved, after three months, evenly."""
    made = event("licensing", **LICENCE | fields)
    assert isinstance(made, Licensing)
    return made


def test_approval_and_processing_follow_the_dates() -> None:
    """Halfway through June the new share holds for half of the month."""
    levers = write(licence(approval_from={"2026-06-16": 0.3, "2026-09": 0.8},
                         processing_from={"2026-08": 1}))  # fmt: skip
    approved, waiting = profile(levers, "approval_share"), profile(levers, "processing_months")
    assert approved[1:10] == pytest.approx([1.0, 0.5, 0.5, 0.5, 0.4, 0.3, 0.3, 0.8, 0.8])
    assert waiting[1:9] == pytest.approx([0.0, 3.0, 3.0, 3.0, 3.0, 3.0, 1.0, 1.0])
    assert approved[14:16].tolist() == [1.0, 1.0]


def test_an_element_may_have_its_own_licence() -> None:
    """Terbium is approved at .9 throughout; its processing time is everybody's."""
    levers = write(licence(approval_by_element={"Tb": 0.9}, approval_from={"2026-06": 0.1}))
    by_row = {np.flatnonzero(f.mask.any(axis=1))[0]: f.profile[6, 0] for f in levers.of("approval_share")}
    assert by_row == pytest.approx({1: 0.9, 2: 0.1})
    assert all(f.profile[6, 0] == 3.0 for f in levers.of("processing_months"))


def test_elements_out_of_scope_and_dates_out_of_force_are_faults() -> None:
    (fault,) = licence(approval_by_element={"Nd": 0.9}).check(LABELS, CALENDAR)
    assert fault[0] == ("approval_by_element", "Nd")
    with pytest.raises(ValidationError, match="not after the start"):
        licence(approval_from={"2026-03": 0.3})
    with pytest.raises(ValidationError, match="not a date"):
        licence(approval_from={"next year": 0.3})


def test_general_licences_let_their_share_pass_at_once() -> None:
    """The rest is decided as before; where they cover all of the trade, nobody needs a licence or waits."""
    levers = write(licence(general_licence_from="2026-06", general_licence_share=0.4))
    assert profile(levers, "licensed")[4:6] == pytest.approx([1.0, 0.6])
    assert profile(levers, "approval_share")[4:6] == pytest.approx([0.5, 0.5])
    assert profile(levers, "processing_months")[4:6] == pytest.approx([3.0, 3.0])
    free = write(licence(general_licence_from="2026-06"))
    assert np.all(profile(free, "licensed")[5:] == 0.0)
    assert np.all(profile(free, "approval_share")[5:] == 1.0)
    assert np.all(profile(free, "processing_months")[5:] == 0.0)


def test_licences_of_part_of_a_month_count_by_its_days() -> None:
    """From mid-June, general ones from mid-September for a quarter: shares of the month's orders."""
    levers = write(licence(**{"start": "2026-06-16"}, general_licence_from="2026-09-16",
                         general_licence_share=0.25))  # fmt: skip
    assert profile(levers, "licensed")[4:10] == pytest.approx([0.0, 0.5, 1.0, 1.0, 1.0 - 0.125, 0.75])
    assert profile(levers, "approval_share")[4:7] == pytest.approx([1.0, 0.5, 0.5])


def test_the_longest_review_counts_and_ends_with_the_licence() -> None:
    """Two licences on one cell; one that ends within a month keeps nothing under review at its end."""
    made = licence(**{"elements": ["Dy"], "duration_months": 5.5}, review_months=2.1)
    other = licence(**{"elements": ["Dy"]}, review_months=1).model_copy(update={"name": "z"})
    levers = write(made)
    assert profile(levers, "review_months")[1:9].tolist() == [0.0, 2.1, 2.1, 2.1, 2.1, 2.1, 0.0, 0.0]
    levers.factors += write(other).factors
    (group,) = trade_groups(levers, LABELS, CALENDAR.months, DRAWS)
    assert group.review_months[1:9, 0].tolist() == [0.0, 2.1, 2.1, 2.1, 2.1, 2.1, 1.0, 1.0]


@pytest.mark.parametrize("review", [25, {"uniform": [1, 30]}])
def test_a_review_longer_than_the_scenario_is_a_fault(review: Any) -> None:
    (fault,) = licence(review_months=review).check(LABELS, CALENDAR)
    assert fault[0] == ("review_months",)
    assert "24" in fault[1]
    assert licence(review_months=24).check(LABELS, CALENDAR) == []


def test_batches_hold_while_licences_do() -> None:
    """Four a month, from mid-March until general licences cover everybody from mid-June."""
    made = licence(**{"start": "2026-03-16"}, batches_per_month=4, general_licence_from="2026-06-16")
    (batches,) = write(made).batches
    assert batches.per_month.tolist() == [4.0, 4.0]
    assert batches.in_force[1:7, 0] == pytest.approx([0.0, 1.0, 1.0, 1.0, 0.5, 0.0])
    assert batches.mask.tolist() == [
        [False] * 4,
        [True, True, False, False],
        [True, True, False, False],
        [False] * 4,
    ]
    assert batches.first_month == 12 * 2026
    assert made.noise() == ("batches",)
    even = licence()
    assert even.noise() == ()
    assert write(even).batches == []


def test_approved_at_once_but_in_batches_is_a_licence() -> None:
    levers = write(licence(**{"approval_share": 1, "processing_months": 0}, batches_per_month=4))
    assert profile(levers, "licensed")[1:4].tolist() == [0.0, 1.0, 1.0]


def test_no_batch_a_month_is_no_licence() -> None:
    with pytest.raises(ValidationError, match="above 0"):
        licence(batches_per_month=0)


def test_approvals_may_recover() -> None:
    """After four and a half months all but listed buyers are approved, of terbium never; review and wait remain."""
    made = licence(approval_recovers_after_months=4.5, entity_list_share=0.1,
                 approval_recovers_by_element={"Tb": math.inf}, review_months=2)  # fmt: skip
    levers = write(made)
    by_row = {int(np.flatnonzero(f.mask.any(axis=1))[0]): f.profile[:, 0] for f in levers.of("approval_share")}
    refused = 1.0 - 0.5 * 0.9
    assert by_row[2][1:9] == pytest.approx([1.0, *[0.45] * 4, 1.0 - (refused + 0.1) / 2.0, 0.9, 0.9])
    assert by_row[1][1:9] == pytest.approx([1.0, *[0.45] * 7])
    assert all(f.profile[8, 0] == 3.0 for f in levers.of("processing_months"))
    assert all(f.profile[8, 0] == 2.0 for f in levers.of("review_months"))


def test_approvals_may_never_recover() -> None:
    """A coin for all elements, and one of its own for terbium."""
    made = licence(approval_recovers_after_months=2, approval_never_recovers=0.3,
                 approval_never_recovers_by_element={"Tb": 0.8})  # fmt: skip
    assert made.outcomes() == {
        "happens": "probability",
        "never_recovers": "approval_never_recovers",
        "never_recovers.Tb": "approval_never_recovers_by_element.Tb",
    }
    coins = {"never_recovers": np.array([0.0, 1.0]), "never_recovers.Tb": np.array([1.0, 0.0])}
    levers = write(made, **coins)
    by_row = {int(np.flatnonzero(f.mask.any(axis=1))[0]): f.profile[6] for f in levers.of("approval_share")}
    assert {row: found.tolist() for row, found in by_row.items()} == {2: [1.0, 0.5], 1: [0.5, 1.0]}
    (fault,) = licence(approval_recovers_by_element={"Nd": 3}).check(LABELS, CALENDAR)
    assert fault[0] == ("approval_recovers_by_element", "Nd")


def test_an_endless_recovery_has_the_bits_of_none() -> None:
    """Infinity, or a coin that always says never."""
    dates = {"approval_from": {"2026-06-16": 0.3}}
    plain = write(licence(**dates))
    never = write(licence(**dates, approval_recovers_after_months=3, approval_never_recovers=1))
    for one, other in zip(plain.factors, never.factors, strict=True):
        assert np.array_equal(one.profile, other.profile)


def test_listed_buyers_get_no_licence() -> None:
    levers = write(licence(entity_list_share=0.2))
    assert profile(levers, "approval_share")[4] == pytest.approx(0.5 * 0.8)


def test_neutral_licences_are_neutral_to_the_bit() -> None:
    """Approval 1 in no time with every other field at work, or an event that does not happen."""
    free = LICENCE | {"approval_share": 1, "processing_months": 0, "rent_share": 0}
    assert is_neutral(write(licence(**free, general_licence_from="2026-05", general_licence_share=0.3)))
    busy = licence(reapply_share=0.5, approval_from={"2026-06": 0.3}, hoarding=0.4)
    assert is_neutral(write(busy, happens=np.zeros(DRAWS)))


def test_ordered_is_shipped_queued_refused() -> None:
    """To 1e-12, for licences that change by month, let listed buyers down and let others apply again."""
    written = licence(approval_from={"2026-06-16": 0.3}, entity_list_share=0.1,
                    reapply_share=0.6, general_licence_from="2026-09", general_licence_share=0.5,
                    review_months=2.1)  # fmt: skip
    (group,) = trade_groups(write(written), LABELS, CALENDAR.months, DRAWS)
    way = ship(group, np.ones((CALENDAR.months + 1, DRAWS)))
    total = way.shipped.sum(axis=0) + way.refused.sum(axis=0) + way.queued[-1] + way.reviewed[-1]
    assert way.ordered.sum(axis=0) == pytest.approx(total, rel=1e-12)
    assert np.all(way.lost == 0.0)
    assert way.refused.sum() > 1.0
    assert way.queued[10].min() > 0.1


def test_a_quota_is_a_limit_on_all_forms() -> None:
    """120 t a year, half of it for the importer, are 5 t a month from March on."""
    levers = write(event("quota", **QUOTA, share_to_importer=0.5))
    assert profile(levers, "export_cap")[[1, 2, 13, 14]].tolist() == [np.inf, 5.0, 5.0, np.inf]
    (factor,) = levers.of("export_cap")
    assert factor.mask.tolist() == [[False] * 4, [False] * 4, [True, True, False, False], [False] * 4]
    assert is_neutral(write(event("quota", **QUOTA), happens=np.zeros(DRAWS)))
    (fault,) = event("quota", **QUOTA | {"t_per_year": {"Dz": 3}}).check(LABELS, CALENDAR)
    assert fault[0] == ("t_per_year", "Dz")


def test_a_tax_writes_what_the_buyer_pays() -> None:
    fields = {"origin": "CHN", "elements": ["Dy"], "start": "2026-03", "duration_months": 12}
    levers = write(event("export_tax", **fields, rate=0.25, pass_through=0.8))
    assert profile(levers, "export_tax")[[1, 2, 14]] == pytest.approx([0.0, 0.2, 0.0])
    assert is_neutral(write(event("export_tax", **fields, rate=0)))


def test_dates_are_keys_in_a_file(tmp_path: Path) -> None:
    """A month as a key of a mapping is a date and no number; a wrong one is reported where it stands."""
    text = HEAD + MARKET + (
        "events:\n  - name: licences\n    type: licensing\n    origin: CHN\n    elements: all\n    start: 2026-03\n"
        "    duration_months: .inf\n    approval_share: 0.5\n    processing_months: 2\n"
        "    approval_from: {2026-09: {uniform: [0.2, 0.6]}, 2026-12-15: 0.1}\n"
    )  # fmt: skip
    path = tmp_path / "licences.yaml"
    path.write_text(text)
    scenario = load_scenario(path)
    assert {"approval_from.2026-09", "approval_from.2026-12-15"} < set(scenario.events[0].numbers())
    path.write_text(text.replace("2026-12-15", "2026-13"))
    with pytest.raises(ScenarioError, match=r"licences.yaml:.*approval_from.*2026-13"):
        load_scenario(path)


def test_a_basket_is_one_limit_on_the_importer() -> None:
    """30,258 t a year for all buyers, half of it for Japan: 1,260.75 t a month over all cells in scope."""
    fields = {"origin": "CHN", "elements": "all", "start": "2026-03", "duration_months": 12, "t_per_year": 30258}
    (basket,) = write(event("basket_quota", **fields, importer_share=0.5)).baskets
    assert basket.profile[[1, 2, 13, 14], 0].tolist() == [np.inf, 1260.75, 1260.75, np.inf]
    assert basket.mask.tolist() == [[True, True, False, False]] * 4
    (own,) = write(event("basket_quota", **fields, market="japan")).baskets
    assert own.profile[2, 0] == 2521.5


def test_a_price_is_guaranteed_to_a_project() -> None:
    fields = {"project": "mud", "elements": ["Nd"], "start": "2026-03", "duration_months": 12}
    written = event("price_floor", **fields, price_usd_per_kg=110)
    (floor,) = write(written).floors
    assert floor.profile[[1, 2, 13, 14], 0].tolist() == [0.0, 110.0, 110.0, 0.0]
    assert floor.mask.tolist() == [True, False, False, False]
    assert np.all(write(written, happens=np.zeros(DRAWS)).floors[0].profile == 0.0)


def test_approvals_counted_by_destination() -> None:
    """Japan's own until approvals recover after three months, and what others get beside it."""
    levers = write(
        licence(approval_by_destination={"japan": 0.4, "others": 0.1}, approval_recovers_after_months=3,
                approval_by_element={"Tb": 0.9})
    )  # fmt: skip
    rest, terbium = levers.of("approval_share")
    assert rest.profile[1:6, 0].tolist() == pytest.approx([1.0, 0.4, 0.4, 0.4, 1.0])
    assert rest.elsewhere is not None
    assert rest.elsewhere[1:6, 0].tolist() == pytest.approx([1.0, 0.1, 0.1, 0.1, 1.0])
    assert terbium.profile[2, 0] == pytest.approx(0.9)
    assert all(f.elsewhere is None for f in levers.factors if f.lever != "approval_share")


def test_who_is_left_out_of_the_counts_gets_what_all_get() -> None:
    (factor,) = write(licence(approval_by_destination={"others": 0.1})).of("approval_share")
    assert factor.profile[2, 0] == pytest.approx(0.5)
    assert factor.elsewhere is not None
    assert factor.elsewhere[2, 0] == pytest.approx(0.1)


def test_how_approvals_gather_is_one_number_a_draw() -> None:
    alone = licence(destination_concentration=2)
    assert alone.processes() == ("destination",)
    assert licence().processes() == ()
    levers = write(alone, destination=np.array([0.2, 0.7]))
    (found,) = levers.favours
    assert (found.event, found.concentration.tolist(), found.luck.tolist()) == ("licensing", [2.0, 2.0], [0.2, 0.7])
    assert write(licence()).favours == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"approval_by_destination": {}}, "give japan, others or both"),
        ({"approval_by_destination": {"japan": 0.5}, "destination_concentration": 2}, "leave destination_concentr"),
        ({"destination_concentration": 0}, "allowed above 0"),
        ({"approval_by_destination": {"korea": 0.5}}, "japan"),
    ],
)
def test_bad_words_on_destinations_are_refused(fields: dict[str, Any], words: str) -> None:
    with pytest.raises((ValidationError, ScenarioError), match=words):
        licence(**fields)
