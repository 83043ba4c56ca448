"""A scenario changed in Python is that of the patch file that says the same, and is refused the same faults."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import minrisk
from minrisk.scenario import Fixed, Scenario, ScenarioError, Uniform, load_scenario
from tests import SCENARIOS

_MINE = """\
extends: ban_full_12m
months: 48
market: {stock_cover_factor: {Dy: 0.5}}
events:
  - {name: full_ban, severity: {uniform: [0.2, 0.4]}, end: 2026-09}
  - {name: mine, type: new_supply, route: MYS_compound, start: 2026-01, t_per_year: {Dy: 30}}
without: [lofdal]
"""


@pytest.fixture
def ban() -> Scenario:
    return load_scenario("ban_full_12m")


def test_python_and_a_patch_file_say_the_same(ban: Scenario, tmp_path: Path) -> None:
    """Nested entries, distributions in both forms, a new event with the default start, one left out."""
    (tmp_path / "mine.yaml").write_text(_MINE)
    said = load_scenario(tmp_path / "mine.yaml")
    mine = {"name": "mine", "type": "new_supply", "route": "MYS_compound", "t_per_year": {"Dy": 30}}
    changes = {
        "months": np.int64(48),
        "market.stock_cover_factor": {"Dy": 0.5},
        "full_ban.severity": Uniform(0.2, 0.4),
        "events/full_ban/end": "2026-09",
    }
    done = ban.with_(changes, name="mine").with_events(mine, without=["lofdal"])
    # A description is the file's own, and the copy's still the old one's.
    plain = {"exclude": {"description", "translations"}}
    assert done.model_dump(**plain) == said.model_dump(**plain)  # type: ignore[arg-type]
    assert ban.with_events(mine).events[-1].start == ban.counted[0]  # type: ignore[union-attr]
    assert done.title == said.title == ban.title


def test_no_change_is_the_same_scenario(ban: Scenario) -> None:
    assert ban.with_({}) == ban
    assert ban.with_events() == ban
    assert ban.with_events(ban.events[0]) == ban
    assert ban.with_({"start": "2027-01"}).measures_from == "2027-01"


def test_an_entry_of_a_mapping_changes_alone(ban: Scenario) -> None:
    changed = ban.with_({"market.stock_cover_factor.Dy": 0.5, "market.stock_cover_factor.Tb": 0.25})
    before = ban.market.stock_cover_factor
    assert changed.market.stock_cover_factor == before | {"Dy": Fixed(0.5), "Tb": Fixed(0.25)}


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("ful_ban.severity", 1, "unknown event 'ful_ban'; did you mean 'full_ban'?"),
        ("full_ban.severty", 1, "full_ban.severty: unknown field 'severty'; did you mean 'severity'?"),
        ("full_ban.severity", 50, "full_ban.severity: 50 is out of bounds; allowed 0 to 1"),
        ("full_ban.elements", ["Dyy"], "full_ban.elements[0]: unknown element 'Dyy'; did you mean 'Dy'?"),
        ("mnths", 3, "unknown field 'mnths'; did you mean 'months'?"),
        ("market.stock_cover_month", 3, "did you mean 'stock_cover_months'?"),
        ("stock_cover_months", 3, "belongs under market"),
    ],
)
def test_what_a_file_may_not_say_python_may_not(ban: Scenario, path: str, value: object, said: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        ban.with_({path: value})
    assert said in str(caught.value)


def test_every_fault_is_named_at_once(ban: Scenario) -> None:
    with pytest.raises(ScenarioError) as caught:
        ban.with_({"full_ban.severity": 3, "months": 0})
    assert {problem.path for problem in caught.value.problems} == {"full_ban.severity", "months"}
    with pytest.raises(ScenarioError, match="unknown event of the base 'lofdl'; did you mean 'lofdal'"):
        ban.with_events(without=["lofdl"])


def test_a_patch_inherits_the_title_in_every_language(tmp_path: Path) -> None:
    """The description would describe another future, in any language; a title of its own ends both."""
    (tmp_path / "mine.yaml").write_text("extends: calm\nmonths: 12\n")
    (tmp_path / "own.yaml").write_text("extends: calm\ntitle: Own\n")
    calm, mine, own = (load_scenario(name) for name in ("calm", tmp_path / "mine.yaml", tmp_path / "own.yaml"))
    assert mine.title == calm.title
    assert mine.description == ""
    assert calm.translations is not None
    assert mine.translations is not None
    there, here = calm.translations.into("ja"), mine.translations.into("ja")
    assert there is not None
    assert here is not None
    assert (here.title, here.description) == (there.title, "")
    assert own.translations is None


def test_names_are_found_without_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of that name here comes first; a folder does not count; a run takes scenario, path or name."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "calm").mkdir()
    packaged = load_scenario("calm")
    assert packaged.fingerprint == load_scenario(SCENARIOS / "calm.yaml").fingerprint
    (tmp_path / "calm.yaml").write_text(f"extends: {SCENARIOS / 'calm.yaml'}\nmonths: 12\n")
    assert load_scenario("calm").months == 12
    (tmp_path / "above.yaml").write_text("extends: calm\n")
    assert load_scenario("above.yaml").months == 12
    runs = [minrisk.run(what, draws=100) for what in ("calm", "calm.yaml", load_scenario("calm"))]
    assert len({run.scenario.fingerprint for run in runs}) == 1


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ban_ful_12m", "neither a file nor a packaged scenario; did you mean 'ban_full_12m'?"),
        ("calm.yaml", "calm.yaml: file not found; write calm for the packaged scenario"),
        ("qqq", "minrisk scenarios lists the packaged ones"),
    ],
)
def test_a_name_that_is_none_is_met_with_the_nearest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ScenarioError) as caught:
        load_scenario(name)
    assert said in str(caught.value)


def test_the_list_holds_every_packaged_scenario_once() -> None:
    table = minrisk.scenarios()
    assert sorted(table["name"]) == sorted(path.stem for path in SCENARIOS.glob("*.yaml"))
    row = table[table["name"] == "ban_full_12m"].iloc[0]
    assert (row["group"], row["title"]) == ("bans", load_scenario("ban_full_12m").title)
    ja = minrisk.scenarios("ja")
    assert (ja["name"] == table["name"]).all()
    assert (ja["title"] != table["title"]).all()
    with pytest.raises(ValueError, match="'en' or 'ja'"):
        minrisk.scenarios("fr")
