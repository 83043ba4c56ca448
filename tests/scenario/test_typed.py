"""Scenario files as people type them: strange characters named at their line, every wrong field at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from minrisk.scenario import ScenarioError, load_scenario
from minrisk.scenario.load import validate_files

BASE = Path(__file__).parents[2] / "scenarios" / "ban_full_3m.yaml"
HEAD = f"extends: {BASE}\ntitle: x\n"


def faults(folder: Path, text: str | bytes, name: str = "mine.yaml") -> list[str]:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return [f"{problem.line} {problem.path}: {problem.message}" for problem in validate_files([path])]


EVENT = HEAD + "events:\n  - name: full_ban\n"

STRANGE = {
    "full-width space before a dash": (HEAD + "events:\n\u3000 - name: a\n", 4, "full-width space (U+3000)"),
    "no-break spaces": (EVENT + "\u00a0\u00a0\u00a0 severity: 0.5\n", 5, "no-break space (U+00A0)"),
    "full-width colon with lines below": (HEAD + "market：\n  stock_cover_months: 3\n", 3, "full-width colon '：'"),
    "full-width colon at the end": (HEAD + "months：24\n", 3, "full-width colon '：' (U+FF1A)"),
    "full-width colon in an event": (EVENT + "    severity：0.5\n    start: 2026-04\n", 5, "full-width colon"),
    "full-width digits": (HEAD + "months: ２４\n", 3, "full-width digit '２' (U+FF12) in '２４'; write 24"),
    "full-width point": (EVENT + "    severity: 0．5\n", 5, "write 0.5"),
    "full-width letters": (EVENT + "    elements: [Ｄｙ]\n", 5, "full-width letter 'Ｄ'"),
    "Japanese comma": (EVENT + "    elements: [Dy、Tb]\n", 5, "comma '、' (U+3001) in 'Dy、Tb'; write Dy,Tb"),
    "full-width comma": (EVENT + "    elements: [Dy，Tb]\n", 5, "full-width comma '，'"),
    "full-width brackets": (EVENT + "    elements: ［Dy, Tb］\n", 5, "full-width bracket '［'"),
    "full-width hash": (HEAD + "＃ a comment\nmonths: 24\n", 3, "full-width hash '＃'"),
    "full-width hyphen": (HEAD + "events:\n  － name: a\n    type: export_ban\n", 4, "full-width hyphen '－'"),
    "curly quotation marks": (HEAD + "months: “24”\n", 3, "curly quotation mark '“' (U+201C) in '“24”'; write 24"),
    "minus sign": (EVENT + "    severity: −1\n", 5, "minus sign '−'"),
    "dash in a month": (EVENT + "    start: 2026–04\n", 5, "write 2026-04"),
    "no-break space after a colon": (HEAD + "months:\u00a024\n", 3, "no-break space (U+00A0)"),
    "em space after a colon": (EVENT + "    severity:\u20030.5\n    start: 2026-04\n", 5, "em space (U+2003)"),
    "line separator": (HEAD + "months: 24\u2028start: 2026-04\n", 3, "line separator (U+2028)"),
    "full-width semicolon": (EVENT + "    elements: [Dy；Tb]\n", 5, "write Dy,Tb"),
    "middle dot": (EVENT + "    elements: [Dy・Tb]\n", 5, "middle dot '・' (U+30FB) in 'Dy・Tb'; write Dy,Tb"),
    "full-width parentheses": (EVENT + "    elements: （Dy）\n", 5, "full-width parenthesis '（' (U+FF08)"),
    "invisible space in a key": (HEAD + "mon\u200bths: 24\n", 3, "zero-width space (U+200B)"),
}  # fmt: skip


@pytest.mark.parametrize("case", STRANGE)
def test_strange_characters_are_named_at_their_line(tmp_path: Path, case: str) -> None:
    """One fault, at the line of the character, with what to write."""
    text, line, words = STRANGE[case]
    found = faults(tmp_path, text)
    assert len(found) == 1, found
    assert found[0].startswith(f"{line} "), found
    assert words in found[0]
    assert "; write " in found[0]


def test_words_may_hold_any_character(tmp_path: Path) -> None:
    """Titles, descriptions and comments in Japanese, quoted or not."""
    text = (
        f"extends: {BASE}  # 基準：三か月\ntitle: 全面禁輸、３か月：「重希土」－試算\n"
        "description: |\n  説明：\u3000一行目\n  － 二行目\n"
    )
    assert faults(tmp_path, text) == []


def test_other_encodings_are_named(tmp_path: Path) -> None:
    """UTF-16 with and without its mark; UTF-8 with one is read."""
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        assert faults(tmp_path, HEAD.encode(encoding)) == ["0 : is UTF-16 text, not UTF-8; save it as UTF-8"]
    assert "save it as UTF-8" in faults(tmp_path, "title: 禁輸\n".encode("cp932"))[0]
    assert faults(tmp_path, HEAD.encode("utf-8-sig")) == []


def test_backslashes_get_a_hint(tmp_path: Path) -> None:
    """As in a path of Windows, for a base and for a dataset."""
    assert "write a/b.yaml, with /" in faults(tmp_path, "extends: a\\b.yaml\ntitle: x\n")[0]
    assert "write a/own, with /" in faults(tmp_path, HEAD + "dataset: a\\own\n")[0]
    assert "write a/b.yaml, with /" in faults(tmp_path, "extends: a¥b.yaml\ntitle: x\n")[0]
    quoted = faults(tmp_path, 'title: x\nextends: "C:\\data\\b.yaml"\n')
    assert quoted[0].startswith("2 ")
    assert "write / in a path" in quoted[0]


SLIPS = {
    "no space after a colon": (HEAD + "months:24\nstart: 2026-04\n", 3, "no space after the colon in 'months:24'"),
    "no space after a dash": (HEAD + "events:\n  -name: a\n", 4, "write a space after the dash"),
    "a tab after a dash": (HEAD + "events:\n  -\tname: a\n", 4, "a tab in '-<U+0009>name: a'; use spaces"),
    "a second colon": (f"extends: {BASE}\ntitle: ban: strict\n", 2, "a second colon in 'title: ban: strict'"),
    "a sign that YAML keeps": (HEAD + "description: @home\n", 3, "put the value in quotes"),
    "a document of Word": (b"PK\x03\x04 and more", 0, "is an archive, a document or a workbook"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_slips_of_the_keyboard_are_named_at_their_line(tmp_path: Path, slip: str) -> None:
    """Plain words where YAML speaks of tokens, at the line of the slip and not of the one after it."""
    text, line, words = SLIPS[slip]
    found = faults(tmp_path, text)
    assert found[0].startswith(f"{line} "), found
    assert words in found[0]


def test_fields_that_no_event_has_are_named_though_the_type_is_wrong(tmp_path: Path) -> None:
    """A field of another type is none: it may show which was meant."""
    event = "  - name: new\n    type: exportban\n    orgin: CHN\n    foo: 3\n    t_per_year: 4\n"
    found = faults(tmp_path, HEAD + "events:\n" + event)
    assert any("unknown field 'orgin'; did you mean 'origin'?" in fault for fault in found)
    assert any("events[0].foo: unknown field" in fault for fault in found)
    assert not any("t_per_year:" in fault for fault in found)


@pytest.mark.parametrize("kind", ["type: export_bann", "type: 7", "type: something", ""])
def test_every_wrong_field_is_named_though_the_type_is_wrong(tmp_path: Path, kind: str) -> None:
    """Origin, element, start, duration and severity, each at its line; none twice."""
    fields = ["origin: CHNN", "elements: [Dyy]", "start: 2026-13", "duration_months: -3", "severity: 7"]
    lines = ["  - name: new", f"    {kind}" if kind else "    # no type", *(f"    {field}" for field in fields)]
    found = faults(tmp_path, HEAD + "events:\n" + "\n".join(lines) + "\n")
    places = [fault.split(":")[0].split(" ")[1] for fault in found]
    assert places == [
        "events[0].type", *(f"events[0].{name}" for name in ("origin", "elements[0]", "start", "duration_months")),
        "events[0].severity",
    ]  # fmt: skip
    numbers = [int(fault.split(" ")[0]) for fault in found][1:]
    assert numbers == [6, 7, 8, 9, 10]


def test_a_base_may_lie_anywhere(tmp_path: Path) -> None:
    """Above, beside, absolute; relative to the file and not to the working directory."""
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "base.yaml").write_text(f"extends: {BASE.with_name('calm.yaml')}\ntitle: x\n", encoding="utf-8")
    (tmp_path / "a" / "全体.yml").write_text("extends: ../base.yaml\ntitle: y\n", encoding="utf-8")
    path = inner / "mine.yaml"
    for base in ("../../base.yaml", "../全体.yml", str(tmp_path / "base.yaml")):
        path.write_text(f"extends: {base}\ntitle: z\n", encoding="utf-8")
        assert load_scenario(path).title == "z"


def test_a_fault_of_a_base_stands_in_its_file(tmp_path: Path) -> None:
    """File and line are the base's own."""
    (tmp_path / "base.yaml").write_text(HEAD + "months: -4\n", encoding="utf-8")
    path = tmp_path / "mine.yaml"
    path.write_text("extends: base.yaml\ntitle: y\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    assert [(problem.file, problem.line) for problem in caught.value.problems] == [(str(tmp_path / "base.yaml"), 3)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("passwd", "root:hunter2:0:0\n"),
        ("key.txt", "title: hunter2\n"),
        ("secret.yaml", "user: bob\npassword: hunter2\n"),
        ("words.yaml", "hunter2 and more\n"),
        ("broken.yaml", "user: bob\n  bad: [hunter2\n"),
        ("list.yml", "- hunter2\n- name: hunter2\n"),
    ],
)
def test_nothing_is_quoted_of_a_file_that_is_no_scenario(tmp_path: Path, name: str, content: str) -> None:
    """The fault stands at the line that names it."""
    (tmp_path / name).write_text(content, encoding="utf-8")
    found = faults(tmp_path, f"title: x\nextends: {name}\n")
    assert len(found) == 1
    assert found[0].startswith("2 extends: ")
    assert "is no scenario" in found[0]
    assert "hunter2" not in found[0]
    assert "bob" not in found[0]


ORDINARY = {
    "Norway is text, not false": (EVENT + "    origin: NO\n", "unknown origin 'NO'"),
    "a month without its zero": (EVENT + "    start: 2026-4\n", "write a month as 2026-01"),
    "a month in Japanese": (EVENT + "    start: 2026年4月\n", "write a month as 2026-01"),
    "a key twice": (HEAD + "months: 24\nmonths: 36\n", "it stands first in line 3"),
    "a merge key": (
        EVENT.replace("- name", "- &b\n    name") + "  - <<: *b\n",
        "anchors and aliases are not allowed",
    ),
    "powers of ten": (HEAD + "market:\n  stock_cover_months: 3e0\n", ""),
    "line ends of Windows": ((HEAD + "months: 30\n").replace("\n", "\r\n"), ""),
    "line ends of old Macs": ((HEAD + "months: 30\n").replace("\n", "\r"), ""),
    "a byte order mark": ("\ufeff" + HEAD, ""),
}


@pytest.mark.parametrize("case", ORDINARY)
def test_what_people_write_is_read_or_named(tmp_path: Path, case: str) -> None:
    """Nothing read as something else; the base by its whole path."""
    text, words = ORDINARY[case]
    found = faults(tmp_path, text)
    assert bool(found) == bool(words), found
    assert not words or any(words in fault for fault in found)
