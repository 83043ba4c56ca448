"""Two languages say the same: one catalogue each, the same keys, places and numbers, and nothing left over."""

from __future__ import annotations

import re
from calendar import month_name
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

import minrisk
from minrisk.data.dataset import load_dataset
from minrisk.plots import comparison, figure_bytes
from minrisk.report.folder import write_report
from minrisk.report.index import compare, index_html
from minrisk.report.messages import key_messages
from minrisk.scenario.events import EVENT_TYPES
from minrisk.scenario.load import load_scenario
from minrisk.scenario.notation import parse_distribution
from minrisk.scenario.reference import NUMBERS
from minrisk.scenario.schema import Market, Translations
from minrisk.text.catalogue import (
    LANGUAGES,
    TextError,
    catalogue,
    current_language,
    language,
    placeholders,
    say,
    say_html,
)
from minrisk.text.names import _meanings, basis_words, event_meaning, field_meaning
from minrisk.text.numbers import interval, join, month_cell, month_text, percent, span, words
from tests.page_text import ENGLISH, JAPANESE, visible

SOURCE = Path(minrisk.__file__).parent


def test_catalogues_have_the_same_keys_and_placeholders() -> None:
    english = catalogue("en")
    for code in LANGUAGES:
        other = catalogue(code)
        assert english.keys() == other.keys()
        for key in english:
            assert placeholders(english[key]) == placeholders(other[key]), key


def test_catalogues_speak_their_own_language() -> None:
    """No Japanese in the English texts; no English sentence left untranslated."""
    for key, text in catalogue("en").items():
        assert not JAPANESE.search(text), key
        if ENGLISH.search(re.sub("<[^>]*>|{[^}]*}", "", text)):
            assert JAPANESE.search(catalogue("ja")[key]), key


def used() -> tuple[set[str], set[str]]:
    """Keys that the code and the templates name, whole and by how they begin."""
    whole: set[str] = set()
    begun: set[str] = {"names."}
    for path in [*SOURCE.rglob("*.py"), *SOURCE.rglob("*.j2")]:
        text = path.read_text(encoding="utf-8")
        whole |= set(re.findall(r"""\b(?:say|say_html)\(\s*["']([\w.]+\w)["']""", text))
        whole |= set(re.findall(r'"(\w+\.\w[\w.]*\w)"', text)) & catalogue("en").keys()
        begun |= set(re.findall(r'\bsay(?:_html|_if)?\(\s*f"([\w.]+)\{', text))
        begun |= set(re.findall(r'\bsay\("([\w.]+\.)" ~', text))
        begun |= {f"{name}." for name in re.findall(r'\bsection\("(\w+)"\)', text)}
    return whole & catalogue("en").keys() | {key for key in whole if "." in key}, begun


def test_every_key_is_said_and_every_said_key_is_there() -> None:
    whole, begun = used()
    keys = catalogue("en").keys()
    said = {key for key in whole if key.split(".")[0] in {known.split(".")[0] for known in keys}}
    assert said <= keys
    assert all(any(key.startswith(start) for key in keys) for start in begun)
    # A heading's key ends where the figure's own words go on: figures.price_fan, but figures.price.tick.
    own = {key for key in keys if key.startswith("figures.") and key.count(".") > 1}
    starts = tuple(begun), tuple(start for start in begun if start != "figures.")
    unused = [key for key in keys if key not in whole and not key.startswith(starts[key in own])]
    assert unused == []


def test_say_is_strict() -> None:
    with pytest.raises(TextError, match=r"no text 'messages\.nothing'"):
        say("messages.nothing")
    with pytest.raises(TextError, match="placeholders"):
        say("messages.begins")
    with pytest.raises(TextError, match="placeholders"):
        say("messages.begins", month="2026-04", year="2026")
    with pytest.raises(ValueError, match="did you mean 'ja'"), language("jp"):
        pass
    assert current_language() == "en"


def test_html_of_values_is_escaped() -> None:
    assert say_html("report.table_label", table="<b>") == "Table &lt;b&gt;"
    assert "<code>" in say_html("report.uses_files")


def test_a_language_ends_with_its_block() -> None:
    with language("ja"):
        with language("en"):
            assert (month_text("2026-04"), month_cell("2026-04")) == ("April 2026", "2026-04")
        assert month_text("2026-04") == month_cell("2026-04") == "2026年4月"
    assert month_text("2026-04") == "April 2026"


def test_wording_in_japanese() -> None:
    with language("ja"):
        assert percent(0.84) == "84%"
        assert percent(0.0004) == "0.1%未満"
        assert percent(0.9995) == "99.9%超"
        assert interval(0.05, 0.1, percent) == "5～10%"
        assert join(["甲", "乙", "丙"], most=2) == "甲、乙、ほか1件"
        assert span("2026-01", "2028-12") == "2026年1月～2028年12月"
        assert span("2026-01", "2026-01") == "2026年1月"


@pytest.mark.parametrize("spec", [plain for _, plain, _ in NUMBERS])
def test_distributions_in_english_are_what_the_schema_says(spec: Any) -> None:
    given = parse_distribution(spec)
    assert words(given) == given.describe()
    with language("ja"):
        assert words(given) == given.describe() or JAPANESE.search(words(given))


def test_names_are_those_of_the_packaged_dataset() -> None:
    """A name is translated where the dataset calls a thing as the catalogue does; all that it lists is there."""
    dataset, known = load_dataset(), catalogue("en")
    for table, label in (("elements", "element"), ("uses", "use"), ("industries", "industry")):
        frame = dataset.table(table)
        for key, name in zip(frame[label].astype(str), frame["name"].astype(str), strict=True):
            assert known[f"names.{table}.{key}"] == name
    for route in dataset.labels.routes:
        assert f"names.countries.{route.origin}" in known
    for kind in EVENT_TYPES:
        assert known[f"names.events.{kind}"] == kind.replace("_", " ")


def test_every_field_of_the_schema_is_translated() -> None:
    fields = {"market": list(Market.model_fields)}
    fields |= {
        kind: [name for name in model.model_fields if name not in ("type", "name")]
        for kind, model in EVENT_TYPES.items()
    }
    with language("ja"):
        for kind, names in fields.items():
            if kind != "market":
                assert event_meaning(kind, "")[1], kind
            for name in names:
                text, translated = field_meaning(kind, name, "")
                assert translated, (kind, name)
                assert JAPANESE.search(text)
        known = {name for names in fields.values() for name in names} | {"kind"}
        for kind, section in _meanings("ja").items():
            assert section.keys() <= (known if kind not in fields else {*fields[kind], "kind"}), kind
        assert field_meaning("an_own_kind", "start", "the schema's own") == ("the schema's own", False)
    assert field_meaning("export_ban", "start", "the schema's own") == ("the schema's own", True)


def test_grades_stand_in_both_languages() -> None:
    """A translated meaning names the grade that the schema names."""
    models = {"market": Market} | dict(EVENT_TYPES)
    with language("ja"):
        for kind, model in models.items():
            for name, info in model.model_fields.items():
                schema = " ".join((info.description or "").split())
                text, translated = field_meaning(kind, name, schema)
                if translated:
                    grades = {grade.upper() for grade in re.findall(r"\bgrade ([ABC])\b", schema, re.IGNORECASE)}
                    assert grades <= set(re.findall("等級([ABC])", text)), (kind, name)


def test_every_packaged_scenario_is_translated() -> None:
    files = sorted(Path("scenarios").glob("*.yaml"))
    assert len(files) > 30
    assert set(Translations.model_fields) == set(LANGUAGES) - {"en"}
    for path in files:
        translations = load_scenario(path).translations
        assert translations is not None, path
        assert translations.ja is not None, path
        assert JAPANESE.search(translations.ja.title)
        assert JAPANESE.search(translations.ja.description)


def test_mud_says_its_basis_as_the_scenario_does() -> None:
    found = 0
    for path in sorted(Path("scenarios").glob("mud_*.yaml")):
        for event in load_scenario(path).events:
            if event.type == "seabed_mud":
                assert basis_words(event) == event.basis_text
                found += 1
    assert found >= 6


@pytest.fixture(scope="module")
def pages(
    ban: Any, calm: Any, ban_report: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, str], str]:
    found = {}
    for code in LANGUAGES:
        out = tmp_path_factory.mktemp(code)
        for name, run in (("ban", ban), ("calm", calm)):
            written = (code, name) == ("en", "ban")
            folder = ban_report if written else write_report(run, out, language=code)
            found[code, name] = (folder / "report.html").read_text(encoding="utf-8")
        with language(code):
            figure = figure_bytes(comparison([calm, ban]), "svg")
            found[code, "index"] = index_html([calm, ban], compare([calm, ban]), figure)
    return found


PAGES = pytest.mark.parametrize("name", ["ban", "calm", "index"])


@PAGES
def test_japanese_page_is_japanese(name: str, pages: dict[tuple[str, str], str]) -> None:
    page = pages["ja", name]
    assert '<html lang="ja">' in page
    assert "Noto Sans CJK JP" in page
    texts = visible(page)
    assert any(JAPANESE.search(text) for text in texts)
    assert [text for text in texts if ENGLISH.search(text)] == []


@PAGES
def test_english_page_is_english(name: str, pages: dict[tuple[str, str], str]) -> None:
    page = pages["en", name]
    assert '<html lang="en">' in page
    assert not JAPANESE.search(page)
    assert 'lang="en"' not in page.replace('<html lang="en">', "")


@PAGES
def test_figures_speak_the_language_of_their_page(name: str, pages: dict[tuple[str, str], str]) -> None:
    """As many figures with as many lines and areas in both; every one of the Japanese page in Japanese."""
    drawn = [[unquote(uri) for uri in re.findall(r'src="(data:[^"]+)"', pages[code, name])] for code in LANGUAGES]
    assert drawn[0]
    assert [figure.count("<path") for figure in drawn[0]] == [figure.count("<path") for figure in drawn[1]]
    assert not any(JAPANESE.search(figure) for figure in drawn[0])
    assert all(len(JAPANESE.findall(figure)) > 10 for figure in drawn[1])


@PAGES
def test_pages_have_the_same_tables(name: str, pages: dict[tuple[str, str], str]) -> None:
    counts = [
        [pages[code, name].count(tag) for tag in ("<table", "<tr", "<td", "<li", "<h2")] for code in LANGUAGES
    ]
    assert counts[0] == counts[1]


def numbers(text: str) -> list[float]:
    """Numbers of a sentence in either language, money in yen, months as year and month."""
    plain = text.replace("\u00a0", " ").replace("twelve", "12").replace("最後の1トン", "最後のトン")
    plain = re.sub(r"(\d{4})年(\d{1,2})月", lambda m: f"{m[1]} {int(m[2])}", plain)
    plain = re.sub(r"\b(\d{4})-(\d\d)\b", lambda m: f"{m[1]} {int(m[2])}", plain)
    for number_of, name in enumerate(month_name):
        plain = re.sub(rf"\b{name} (?=\d{{4}})", f"{number_of} ", plain) if name else plain
    plain = re.sub(r"(?<=\d),(?=\d{3})", "", plain)
    scale = {"bn yen": 1e9, "tn yen": 1e12, "億円": 1e8, "兆円": 1e12}
    found = re.findall(r"(\d+(?:\.\d+)?(?:e[+-]?\d+)?) ?(bn yen|tn yen|億円|兆円)?", plain)
    return sorted(round(float(value) * scale.get(unit, 1.0), 9) for value, unit in found)


@pytest.mark.parametrize("name", ["ban", "calm"])
def test_key_messages_carry_the_same_numbers(name: str, request: pytest.FixtureRequest) -> None:
    run = request.getfixturevalue(name)
    english = key_messages(run)
    with language("ja"):
        japanese = key_messages(run)
    assert len(english) == len(japanese)
    for one, other in zip(english, japanese, strict=True):
        assert numbers(one) == numbers(other), (one, other)
        assert JAPANESE.search(other)


def test_own_titles_without_translation_are_marked_as_english(pages: dict[tuple[str, str], str], ban: Any) -> None:
    assert f'<h1><span lang="en">{ban.scenario.title}</span></h1>' in pages["ja", "ban"]


def test_an_unknown_language_is_refused(ban: Any, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="allowed: en, ja"):
        write_report(ban, tmp_path, language="jp")
    assert list(tmp_path.iterdir()) == []
