from __future__ import annotations

import json
import pickle
import unicodedata
from pathlib import Path

import numpy as np
import pytest

from minrisk.scenario.distributions import Fixed, Lognormal
from minrisk.scenario.draws import sample
from minrisk.scenario.errors import ScenarioError
from minrisk.scenario.events import EVENT_TYPES
from minrisk.scenario.load import load_scenario
from minrisk.scenario.reference import scenario_reference, schema_json
from minrisk.scenario.schema import Scenario
from minrisk.scenario.yaml_nodes import resolve

from .example import LABELS, WHOLE


def _load(folder: Path, text: str, stem: str = "case") -> Scenario:
    (folder / f"{stem}.yaml").write_text(text, encoding="utf-8")
    return load_scenario(folder / f"{stem}.yaml", LABELS)


def test_a_whole_scenario_is_read_and_frozen(tmp_path: Path) -> None:
    """Names, defaults and types; the name is the file's."""
    scenario = _load(tmp_path, WHOLE, "my-ban_2026")
    assert scenario.name == "my-ban_2026"
    assert scenario.measures_from == scenario.start == "2026-01"
    assert scenario.calendar.labels[-1] == "2027-12"
    assert [event.name for event in scenario.events] == ["ban", "mud"]
    assert scenario.market.restock_exponent == Fixed(2.0)
    with pytest.raises(ValueError, match="frozen"):
        scenario.months = 3  # type: ignore[misc]


def test_a_patch_replaces_whole_values_and_patches_events_by_name(tmp_path: Path) -> None:
    """Issue 2: one base and a flat patch; a distribution is replaced, never blended."""
    (tmp_path / "base.yaml").write_text(WHOLE)
    scenario = _load(
        tmp_path,
        "extends: base.yaml\ntitle: patched\nmonths: 36\n"
        "market:\n  stock_cover_months: {lognormal: {median: 3, p90: 9}}\n"
        "events:\n  - {name: new, type: stockpile, elements: all, days_of_demand: 60,"
        " limit_days_per_month: 9, trigger_price_index: 2}\n"
        "  - {name: ban, severity: 1, end: 2026-09}\n",
    )
    base = load_scenario(tmp_path / "base.yaml", LABELS)
    assert scenario.title == "patched"
    assert scenario.months == 36
    assert scenario.market.stock_cover_months == Lognormal(3, 9)
    assert scenario.market.restock_months == base.market.restock_months
    assert [event.name for event in scenario.events] == ["ban", "mud", "new"]
    ban = scenario.events[0].model_dump()
    assert (ban["severity"], ban["end"], ban["duration_months"]) == (1.0, "2026-09", None)
    assert ban["leakage_months"] == 6.0


def test_a_chain_of_bases_is_laid_from_the_bottom_up(tmp_path: Path) -> None:
    """The nearest file wins."""
    (tmp_path / "a.yaml").write_text(WHOLE)
    (tmp_path / "b.yaml").write_text("extends: a.yaml\ntitle: b\nmonths: 30\nseed: 9\n")
    scenario = _load(tmp_path, "extends: b.yaml\ntitle: c\nmonths: 48\n")
    assert (scenario.title, scenario.months, scenario.seed) == ("c", 48, 9)
    assert scenario.description == ""


def test_translations_are_the_files_own_and_change_no_run(tmp_path: Path) -> None:
    """Neither a child without a translation nor one with its own shows its base's; no hash holds any."""
    translated = WHOLE + "translations:\n  ja: {title: 試験, description: 説明}\n"
    (tmp_path / "base.yaml").write_text(translated, encoding="utf-8")
    base = load_scenario(tmp_path / "base.yaml", LABELS)
    assert base.translations is not None
    assert base.translations.into("ja") is not None
    assert base.translations.into("ja").title == "試験"  # type: ignore[union-attr]
    assert base.translations.into("en") is None
    assert _load(tmp_path, "extends: base.yaml\ntitle: another\n").translations is None
    own = _load(tmp_path, "extends: base.yaml\ntitle: another\ntranslations: {ja: {title: 別}}\n")
    assert own.translations is not None
    assert own.translations.into("ja").description == ""  # type: ignore[union-attr]
    assert base.fingerprint == _load(tmp_path, WHOLE, "plain").fingerprint


def test_the_fingerprint_is_that_of_the_merged_content(tmp_path: Path) -> None:
    """Layout, comments, place and name of the file do not enter; any number does."""
    plain = _load(tmp_path, WHOLE).fingerprint
    (tmp_path / "base.yaml").write_text(WHOLE)
    assert _load(tmp_path, "extends: base.yaml\ntitle: A test\n", "other").fingerprint == plain
    assert _load(tmp_path, WHOLE + "dataset: tables\n").fingerprint == plain
    assert _load(tmp_path, "# note\n" + WHOLE.replace(": 24", ":   24  # two years")).fingerprint == plain
    assert _load(tmp_path, WHOLE.replace("restock_exponent: 2", "restock_exponent: 2.0")).fingerprint == plain
    assert _load(tmp_path, WHOLE.replace("restock_exponent: 2", "restock_exponent: 2.1")).fingerprint != plain


def test_a_dataset_is_found_beside_the_file_that_names_it(tmp_path: Path) -> None:
    """`dataset:` is relative to its own file, also when inherited."""
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "base.yaml").write_text(WHOLE + "dataset: tables\n")
    scenario = _load(tmp_path, "extends: deep/base.yaml\ntitle: t\n")
    assert scenario.dataset == str(tmp_path / "deep" / "tables")


def test_scalars_follow_yaml_1_2() -> None:
    """Y is yttrium and No is a word; dates stay text."""
    words = {
        text: resolve(text) for text in ("Y", "No", "on", "2026-01", "2026-01-06", "1_000", "1e3", ".5", "0o17")
    }
    assert words == {
        "Y": "Y", "No": "No", "on": "on", "2026-01": "2026-01", "2026-01-06": "2026-01-06",
        "1_000": "1_000", "1e3": 1000.0, ".5": 0.5, "0o17": 15,
    }  # fmt: skip
    assert resolve("true") is True
    assert resolve("~") is None
    assert resolve(".inf") == float("inf")


def test_yttrium_and_byte_order_marks_are_read(tmp_path: Path) -> None:
    """Files of Windows editors, and the element that YAML 1.1 took for 'yes'."""
    (tmp_path / "case.yaml").write_bytes(
        b"\xef\xbb\xbf" + WHOLE.replace("[Tb, Dy]", "[Y]").replace("\n", "\r\n").encode()
    )
    scenario = load_scenario(tmp_path / "case.yaml", LABELS)
    assert scenario.events[0].model_dump()["elements"] == ("Y",)


def test_scenarios_and_errors_travel_to_worker_processes(tmp_path: Path) -> None:
    """A process pool pickles them."""
    scenario = _load(tmp_path, WHOLE)
    again = pickle.loads(pickle.dumps(scenario))
    assert again.fingerprint == scenario.fingerprint
    assert np.array_equal(sample(again, 5).values["ban/severity"], sample(scenario, 5).values["ban/severity"])
    with pytest.raises(ScenarioError) as caught:
        _load(tmp_path, "title: t\n")
    assert pickle.loads(pickle.dumps(caught.value)).problems == caught.value.problems


def test_the_schema_knows_every_field_and_can_be_written() -> None:
    """DESIGN: a field is described once; the schema is generated and plain JSON."""
    schema = json.loads(json.dumps(schema_json(), allow_nan=False))
    definitions = schema["$defs"]
    for model in EVENT_TYPES.values():
        for field, info in model.model_fields.items():
            assert definitions[model.__name__]["properties"][field]["description"] == info.description
        assert definitions[f"{model.__name__}Patch"]["required"] == ["name"]
    assert set(schema["properties"]) == {*Scenario.model_fields, "extends", "without"} - {"name"}
    assert set(schema["else"]["required"]) == {"title", "start", "months", "market"}
    assert "x-distribution" not in json.dumps(schema)
    severity = definitions["ExportBan"]["properties"]["severity"]
    assert severity["anyOf"] == [
        {"type": "number", "minimum": 0.0, "maximum": 1.0},
        {"$ref": "#/$defs/Distribution"},
    ]
    assert severity["default"] == 1.0


def test_every_field_has_a_description_and_the_reference_holds_it() -> None:
    """A field without a docstring would be a hole in the schema and in the reference."""
    reference = scenario_reference()
    for model in (Scenario, Scenario.model_fields["market"].annotation, *EVENT_TYPES.values()):
        for field, info in model.model_fields.items():
            assert info.description, f"{model.__name__}.{field}"
            if field not in ("name", "type"):
                assert f"| `{field}` |" in reference


def test_units_in_names_agree_with_units_in_docstrings() -> None:
    """DESIGN naming rule 1: a number's name ends in its unit."""
    from minrisk.scenario.fields import unit_of

    units = {"_months": "month", "_per_year": "/year", "_per_day": "/day", "_ppm": "g/t"}
    for model in (Scenario.model_fields["market"].annotation, *EVENT_TYPES.values()):
        for field, info in model.model_fields.items():
            for ending, unit in units.items():
                if field.endswith(ending) and field != "days_per_year":
                    assert unit in unit_of(info.description), field


@pytest.mark.parametrize("stem", ["禁輸", "全面禁輸_12か月", "2026年-禁輸", "レアアース", "ガリウムの輸出管理"])
def test_a_name_may_be_japanese(stem: str, tmp_path: Path) -> None:
    """Kana and kanji, also as macOS writes them, one mark apart from its letter."""
    for form in ("NFC", "NFD"):
        path = tmp_path / f"{unicodedata.normalize(form, stem)}.yaml"
        path.write_text(WHOLE, encoding="utf-8")
        assert load_scenario(path, LABELS).name == stem


@pytest.mark.parametrize(
    "stem",
    ["Ban", "ban 2026", "ban.2026", "-ban", "_ban", "bän", "a" * 65, "$(id)", "禁輸 2026", "禁輸。", "ﾀｲ", "-禁輸"],
)
def test_a_name_is_letters_of_two_scripts_digits_and_two_signs(stem: str, tmp_path: Path) -> None:
    """The fault says what is allowed."""
    path = tmp_path / f"{stem}.yaml"
    path.write_text(WHOLE, encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"cannot name a scenario.*allowed: kana, kanji, lower-case letters"):
        load_scenario(path, LABELS)
