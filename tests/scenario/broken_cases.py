"""Broken scenarios, one class of mistake each: the file, the line at fault and the words of the message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .example import EVENTS, HEAD, MARKET, WHOLE


@dataclass(frozen=True)
class Broken:
    """One broken scenario.

    `write` puts the files into an empty folder and returns the file to load; one of the problems has to
    stand at `line` of `file` (0: no line) and to hold all of `words`.
    """

    name: str
    write: Callable[[Path], Path]
    line: int
    words: tuple[str, ...]
    file: str = "case.yaml"


def _line(text: str, part: str) -> int:
    """Line of the first occurrence of a part."""
    return text[: text.index(part)].count("\n") + 1


def _files(**texts: str | bytes) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        for stem, text in texts.items():
            raw = text.encode() if isinstance(text, str) else text
            (folder / f"{stem}.yaml").write_bytes(raw)
        return folder / "case.yaml"

    return write


def _text(name: str, text: str | bytes, line: int, *words: str) -> Broken:
    return Broken(name, _files(case=text), line, words)


def _swap(name: str, old: str, new: str, *words: str, at: str | None = None) -> Broken:
    """The whole valid scenario with one part replaced; at fault is the line of `at`, or of the new part."""
    assert WHOLE.count(old) == 1, old
    text = WHOLE.replace(old, new)
    return _text(name, text, _line(text, at or new.strip("\n").split("\n")[0]), *words)


def _patch(name: str, patch: str, base: str, line: int, *words: str, file: str = "case.yaml") -> Broken:
    return Broken(name, _files(case=patch, base=base), line, words, file)


def _directory(folder: Path) -> Path:
    (folder / "case.yaml").mkdir()
    return folder / "case.yaml"


def _missing(folder: Path) -> Path:
    return folder / "case.yaml"


def _fifo(folder: Path) -> Path:
    import os

    os.mkfifo(folder / "case.yaml")
    return folder / "case.yaml"


def _odd_stem(folder: Path) -> Path:
    (folder / "..yaml").write_text(WHOLE)
    return folder / "..yaml"


def _long_chain(folder: Path) -> Path:
    for k in range(8):
        (folder / f"base{k}.yaml").write_text(f"extends: base{k + 1}.yaml\n")
    (folder / "case.yaml").write_text("extends: base0.yaml\n")
    return folder / "case.yaml"


_SECOND_BAN = "  - name: ban\n    type: licensing\n"
_SUPPLY = """\
  - name: mine
    type: new_supply
    route: AUS_compound
    t_per_year: {Dy: 10, Dyy: {uniform: [1, 2]}}
    start: 2026-03
"""
_LICENCE = """\
  - name: licence
    type: licensing
    origin: CHN
    elements: [Dy]
    start: 2026-03
    duration_months: .inf
    review_months: {uniform: [2, 500]}
"""
_STORE = """\
  - name: store
    type: stockpile
    elements: all
    days_of_demand: 60
    limit_days_per_month: 30
    trigger_price_index: {discrete: {values: [1, 2], weights: [1, 1]}}
"""
_BOMB = 'a: &a ["x","x"]\nb: &b [*a,*a]\nc: &c [*b,*b]\n'
_PATCH = "title: patched\nextends: base.yaml\n"

FILES = [
    Broken("directory", _directory, 0, ("directory",)),
    Broken("missing file", _missing, 0, ("not found",)),
    Broken("named pipe", _fifo, 0, ("not a regular file",)),
    Broken("file name that cannot name a folder", _odd_stem, 1, ("cannot name a scenario",), "..yaml"),
    _text("empty file", b"", 0, "empty"),
    _text("only blanks", b" \n\n", 0, "empty"),
    _text("only comments", b"# nothing\n", 0, "comments"),
    _text("over 1 MB", b"# " + b"x" * 1_000_001, 0, "1 MB"),
    _text("binary", b"title: x\n\x00\x01", 2, "binary"),
    _text("not utf-8", "title: x\ndescription: caf\u00e9\n".encode("latin-1"), 2, "UTF-8", "0xe9"),
    _text("control character", b"title: x\n# a\x07b\n", 2, "control character"),
]

YAML = [
    _text("tab as indentation", WHOLE.replace("  restock_months", "\trestock_months"), 10, "tab"),
    _text("unclosed bracket", HEAD + "events: [\n", 6, "YAML syntax"),
    _text("bad indentation", HEAD + "market:\n  a: 1\n b: 2\n", 7, "YAML syntax"),
    _text("colon inside a title", "title: ban: the sequel\n", 1, "YAML syntax"),
    _text("alias bomb", _BOMB, 1, "anchor &a", "not allowed"),
    _text("alias without anchor", "title: *t\n", 1, "alias *t"),
    _text("explicit tag", "title: !!python/object:os.system x\n", 1, "tag", "not allowed"),
    _text("tagged mapping", "title: t\nmarket: !mine {}\n", 2, "tag !mine"),
    _text("deep nesting", "title: t\nevents: " + "[" * 5000, 2, "nested too deep", "12"),
    _text("deep mapping", "title: t\nmarket: " + "{a: " * 400, 2, "nested too deep"),
    _text("too many values", "title: t\nsources: [" + "a," * 30_000 + "]\n", 2, "20,000"),
    _text("two documents", WHOLE + "---\ntitle: second\n", WHOLE.count("\n") + 1, "second document"),
    _text("repeated key", HEAD + "months: 12\n", 5, "'months' is repeated", "line 3"),
    _text("repeated key in an event", WHOLE + "    basis: wet\n", WHOLE.count("\n") + 1, "'basis' is repeated"),
    _text("number as key", HEAD + "2026: x\n", 5, "key 2026 is not text"),
    _text("list as key", HEAD + "? [a]\n: x\n", 5, "is not text"),
    _text("list at the top", "- title: x\n", 1, "mapping of fields"),
    _text("text at the top", "just words\n", 1, "mapping of fields"),
]

_TRANSLATED = HEAD + "translations:\n"
TRANSLATIONS = [
    _text("unknown language", _TRANSLATED + "  jp: {title: x}\n", 6, "'jp'", "did you mean 'ja'?", "allowed: ja"),
    _text("translation without a title", _TRANSLATED + "  ja: {description: x}\n", 6, "title: required"),
    _text(
        "misspelt field of a translation", _TRANSLATED + "  ja: {titel: x}\n", 6, "'title'?", "title, description"
    ),
    _text("empty title of a translation", _TRANSLATED + '  ja: {title: ""}\n', 6, "must not be empty"),
    _text("list of translations", _TRANSLATED + "  - ja\n", 5, "mapping of fields"),
]

EXTENDS = [
    _text("missing extends", "title: t\nextends: clam.yaml\n", 2, "'clam.yaml' not found"),
    Broken(
        "misspelt extends",
        _files(case="title: t\nextends: clam.yaml\n", calm=WHOLE),
        2,
        ("did you mean 'calm.yaml'?",),
    ),
    _patch("cyclic extends", _PATCH, "extends: case.yaml\n", 1, "circle", file="base.yaml"),
    _text("extends itself", "title: t\nextends: case.yaml\n", 2, "circle"),
    Broken("long chain", _long_chain, 1, ("more than 5",), "base4.yaml"),
    _text("extends a list", "title: t\nextends: [a.yaml]\n", 2, "one base file"),
    _text("extends a folder", "title: t\nextends: .\n", 2, "directory"),
    _text("extends a device", "title: t\nextends: /dev/zero\n", 2, "not a regular file"),
    _text("extends an endless name", f"title: t\nextends: {'x' * 5000}\n", 2, "not found"),
    _text("extends a NUL", 'title: t\nextends: "a\\0b"\n', 2, "not found"),
    _patch("binary base", _PATCH, "\0", 1, "binary", file="base.yaml"),
    _patch("syntax error in the base", _PATCH, "title: [\n", 2, "YAML syntax", file="base.yaml"),
    _patch(
        "wrong value in the base",
        _PATCH,
        WHOLE.replace("restock_months: {uniform: [6, 12]}", "restock_months: 0"),
        _line(WHOLE, "restock_months"),
        "market.restock_months: 0 is out of bounds",
        file="base.yaml",
    ),
    _patch("wrong value in the patch", _PATCH + "market:\n  restock_months: -3\n", WHOLE, 4, "above 0"),
    _patch(
        "wrong event patch",
        _PATCH + "events:\n  - name: ban\n    severity: 1.5\n",
        WHOLE,
        5,
        "events[0].severity",
        "0 to 1",
    ),
    _patch(
        "patch of no event",
        _PATCH + "events:\n  - name: bam\n    severity: 1\n",
        WHOLE,
        4,
        "type",
        "export_ban",
    ),
]

FIELDS = [
    _swap("typo in a key", "months: 24", "month: 24", "unknown field 'month'", "did you mean 'months'?"),
    _swap("typo in a market key", "restock_months", "restok_months", "did you mean 'restock_months'?"),
    _swap("typo in an event key", "severity:", "sevrity:", "did you mean 'severity'?"),
    _swap("name in the file", "title: A test", "name: x\ntitle: A test", "named after its file"),
    _swap("missing title", "title: A test\n", "", "title", "missing", at="start"),
    _swap("missing market field", "  swap_months: 6\n", "", "market.swap_months", "missing", at="market:"),
    _text("missing market", HEAD, 1, "market", "missing"),
    _swap("missing basis", "    basis: dry\n", "", "events[1].basis", "missing", "sevenfold", at="  - name: mud"),
    _swap("wrong basis", "basis: dry", "basis: wett", "did you mean 'wet'?"),
    _swap("unknown event type", "type: export_ban", "type: export_bann", "did you mean 'export_ban'?"),
    _swap("missing event type", "    type: seabed_mud\n", "", "type", "allowed: export_ban", at="  - name: mud"),
    _swap("event as text", EVENTS, "events:\n  - ban\n", "an event is a mapping", at="  - ban"),
    _swap("events as mapping", EVENTS, "events: {}\n", "list of events"),
    _swap("events left open", EVENTS, "events:\n", "list of events"),
    _swap("bad event name", "name: ban", "name: Big Ban!", "not an event name"),
    _swap("reserved event name", "name: ban", "name: market", "reserved"),
    _text("duplicate event name", WHOLE + _SECOND_BAN, _line(WHOLE + _SECOND_BAN, _SECOND_BAN), "used twice"),
    _swap("market as number", MARKET, "market: 3\n", "mapping of fields"),
    _swap("months as text", "months: 24", "months: two years", "whole number"),
    _swap("months as fraction", "months: 24", "months: 24.5", "whole number"),
    _swap("too many months", "months: 24", "months: 601", "at most 600"),
    _swap("no months", "months: 24", "months: 0", "at least 1"),
    _swap("negative seed", "seed: 7", "seed: -7", "at least 0"),
    _swap("true as a number", "restock_exponent: 2", "restock_exponent: true", "must be a number", "True"),
    _swap("sources as text", "seed: 7", "sources: METI", "must be a list"),
    _swap("title as number", "title: A test", "title: 2026", "must be text"),
    _swap("threshold above one", "shortage_threshold: 0.05", "shortage_threshold: 5", "at most 1"),
    _swap("threshold NaN", "shortage_threshold: 0.05", "shortage_threshold: .nan", "NaN"),
]

DATES = [
    _swap("month 13", "start: 2026-07", "start: 2026-13", "not a date", "2026-01"),
    _swap("day 31 of June", "start: 2026-07", "start: 2026-06-31", "2026-06 has 30 days"),
    _swap("year as start", "start: 2026-01\n", "start: 2026\n", "not a month"),
    _swap("day as start", "start: 2026-01\n", "start: 2026-01-01\n", "not a month"),
    _swap(
        "end before start",
        "duration_months: {lognormal: {median: 2, p90: 6}}",
        "end: 2025-12",
        "end '2025-12' is not after the start",
    ),
    _swap("both ends", "    destination: japan", "    end: 2026-09\n    destination: japan", "exactly one"),
    _swap(
        "neither end",
        "    duration_months: {lognormal: {median: 2, p90: 6}}\n",
        "",
        "duration_months or end is missing",
        at="  - name: ban",
    ),
    _swap("start after the last month", "start: 2026-07", "start: 2206-07", "after the scenario's last month"),
    _swap("measures outside", "seed: 7", "measures_from: 2029-01", "outside the scenario", "2027-12"),
    _swap(
        "over before it begins",
        "start: 2026-01-06\n    duration_months: {lognormal: {median: 2, p90: 6}}",
        "start: 2025-01\n    end: 2025-06",
        "before the scenario starts",
        at="    end: 2025-06",
    ),
]

NUMBERS = [
    _swap("negative tonnes", "mud_t_per_day: 350", "mud_t_per_day: -350", "at least 0"),
    _swap("NaN", "restock_exponent: 2", "restock_exponent: .nan", "NaN"),
    _swap("infinity", "restock_exponent: 2", "restock_exponent: .inf", "infinity"),
    _swap("number with an underscore", "mud_t_per_day: 350", "mud_t_per_day: 3_500", "'3_500'", "number"),
    _swap("share above one", "leakage_max: 0.2", "leakage_max: 20", "0 to 1"),
    _swap("low above high", "[0.8, 1]", "[1, 0.8]", "low 1 is above high 0.8", at="severity"),
    _swap("mode outside", "[2, 6, 12]", "[2, 16, 12]", "mode 16 is above high 12", at="stock_cover"),
    _swap("two of three numbers", "[2, 6, 12]", "[2, 6]", "3 numbers", at="stock_cover"),
    _swap(
        "unknown distribution",
        "{triangular: [2",
        "{triangle: [2",
        "did you mean 'triangular'?",
        at="stock_cov",
    ),
    _swap("two keys", "{uniform: [0.8, 1]}", "{uniform: [0, 1], chance: 1}", "one key", at="severity"),
    _swap(
        "normal in a share",
        "{uniform: [0.8, 1]}",
        "{normal: [0.9, 0.1]}",
        "reaches 1.3",
        "0 to 1",
        at="sev",
    ),
    _swap(
        "lognormal in a share",
        "{uniform: [0.8, 1]}",
        "{lognormal: {median: 0.5, p90: 0.9}}",
        "reaches inf",
        "0 to 1",
        at="severity",
    ),
    _swap(
        "p90 below median",
        "{median: 2, p90: 6}",
        "{median: 6, p90: 2}",
        "p90",
        "above the median",
        at="duration",
    ),
    _swap(
        "misspelt median",
        "{median: 2, p90: 6}",
        "{medain: 2, p90: 6}",
        "did you mean 'median'?",
        at="duration",
    ),
    _swap("beta without b", "{a: 2, b: 2}", "{a: 2}", "b missing", at="backlog_share"),
    _swap("beta shape zero", "{a: 2, b: 2}", "{a: 2, b: 0}", "b must be above 0", at="backlog_share"),
    _swap("probability above one", "probability: 0.6", "probability: 60", "0 to 1"),
    _swap(
        "weights not positive",
        "{uniform: [0.8, 1]}",
        "{discrete: {values: [0, 1], weights: [1, -1]}}",
        "weights must be above 0",
        at="severity",
    ),
    _swap(
        "weights missing one",
        "{uniform: [0.8, 1]}",
        "{discrete: {values: [0, 1], weights: [1]}}",
        "2 values but 1 weights",
        at="severity",
    ),
    _swap(
        "mixture without weight",
        "{uniform: [0.8, 1]}",
        "{mixture: [{uniform: [0, 1]}]}",
        "mixture[0]",
        "weight",
        at="severity",
    ),
    _swap("chance above one", "{uniform: [0.8, 1]}", "{chance: 1.2}", "0 to 1", at="severity"),
    _text("discrete on the bound", WHOLE + _STORE, _line(WHOLE + _STORE, "trigger"), "reaches 1", "above 1"),
    _swap(
        "solids of dry mud",
        "    basis: dry",
        "    basis: dry\n    solids_share: 0.4",
        "all solids",
        at="    solids",
    ),
    _swap(
        "shares above one",
        "    basis: dry",
        "    basis: dry\n    element_shares: {Nd: 0.9, Dy: 0.2}",
        "sum to 1.1",
        at="    element_shares",
    ),
]

NAMES = [
    _swap(
        "unknown element",
        "[Tb, Dy]",
        "[Tb, Dyy]",
        "events[0].elements[1]",
        "did you mean 'Dy'?",
        at="elements",
    ),
    _swap("element twice", "[Tb, Dy]", "[Dy, Dy]", "listed twice", at="elements"),
    _swap("element as text", "[Tb, Dy]", "Dy", "write all, or a list", at="elements"),
    _swap("no elements", "[Tb, Dy]", "[]", "write all, or a list", at="elements"),
    _swap("unknown origin", "origin: CHN", "origin: CHM", "did you mean 'CHN'?"),
    _swap("unknown form", "origin: CHN", "forms: [metals]\n    origin: CHN", "did you mean 'metal'?"),
    _swap("form of another origin", "origin: CHN", "forms: [mud]\n    origin: CHN", "no route from CHN"),
    _swap("unknown route", "basis: dry", "route: JPN_mut\n    basis: dry", "did you mean 'JPN_mud'?"),
    _swap("wrong destination", "destination: japan", "destination: Japn", "did you mean 'japan'?"),
    _text("unknown element in a table", WHOLE + _SUPPLY, _line(WHOLE + _SUPPLY, "t_per_year"), "t_per_year.Dyy"),
    _text("review beyond the end", WHOLE + _LICENCE, _line(WHOLE + _LICENCE, "review_months"), "nothing would be"),
    _swap("missing dataset", "seed: 7", "dataset: nowhere", "dataset"),
    _swap("dataset as number", "seed: 7", "dataset: 7", "must be text"),
]

_SHOCK = """\
  - name: boom
    type: demand_shock
    elements: [Dy]
    uses: [polishing]
    factor: 2
    start: 2026-03
    duration_months: 6
"""

_FLOOR = """\
  - name: floor
    type: price_floor
    project: mudd
    elements: [Nd]
    price_usd_per_kg: 110
    start: 2026-03
    duration_months: 120
"""
_RULE = """\
  - name: rule
    type: extraterritorial_rule
    origin: MYS
    elements: all
    start: 2026-03
    duration_months: 6
"""

BETWEEN = [
    _text(
        "price floor for no project",
        WHOLE + _FLOOR,
        _line(WHOLE + _FLOOR, "    project: mudd"),
        "events[2].project",
        "unknown project 'mudd'; did you mean 'mud'? allowed: mud",
    ),
    _text(
        "price floor for a ban",
        WHOLE + _FLOOR.replace("mudd", "ban"),
        _line(WHOLE + _FLOOR, "    project: mudd"),
        "unknown project 'ban'; allowed: mud",
    ),
    _text(
        "price floor without any project",
        HEAD + MARKET + "events:\n" + _FLOOR,
        _line(HEAD + MARKET + "events:\n" + _FLOOR, "    project: mudd"),
        "no project 'mudd'; add an event of type seabed_mud or mine_project",
    ),
    _text(
        "rule on material that is not followed",
        WHOLE + _RULE,
        _line(WHOLE + _RULE, "    origin: MYS"),
        "events[2].origin",
        "follows the material of CHN",
        "allowed: CHN",
    ),
]

HINTS = [
    _swap("separator in a list", "[2, 6, 12]", "[2, 6, 1,200]", "write 1200 for 1,200", at="stock_cover"),
    _swap("separator in braces", "{median: 2, p90: 6}", "{median: 2, p90: 1,200}", "1200 for 1,200", at="duration"),
    _swap("decimal comma", "mud_t_per_day: 350", "mud_t_per_day: 0,5", "write 0.5", "decimal point"),
    _swap("separator", "mud_t_per_day: 350", "mud_t_per_day: 1,200", "write 1200", "without thousands"),
    _swap("per cent sign", "leakage_max: 0.2", "leakage_max: 20%", "write 0.2 for 20%"),
    _swap("unit", "leakage_months: 6", "leakage_months: 6 months", "drop the unit: 6"),
    _swap("quoted number", "leakage_months: 6", 'leakage_months: "6"', "remove the quotes: 6"),
    _swap("share as per cent", "leakage_max: 0.2", "leakage_max: 50", "50 % is 0.5"),
    _swap("inf without a point", "restock_exponent: 2", "restock_exponent: inf", "write .inf"),
    _swap("all in brackets", "[Tb, Dy]", "[all]", "write all without brackets", at="elements"),
    _swap("name of an element", "[Tb, Dy]", "[Tb, Dysprosium]", "did you mean 'Dy'?", at="elements"),
    _patch(
        "patch of a misspelt event",
        _PATCH + "events:\n  - name: bann\n    severity: 1\n",
        WHOLE,
        4,
        "did you mean 'ban'?",
        "there is: ban, mud",
    ),
    _swap("market field at the top", "seed: 7", "spare_share: 0.1", "belongs under market:"),
    _swap("no base", MARKET, "market:\n  spare_share: 0.1\n", "did you mean extends: calm.yaml?", at="market:"),
    _text("neither market nor base", HEAD, 1, "market", "did you mean extends: calm.yaml?"),
    _text(
        "uses as text",
        WHOLE + _SHOCK.replace("[polishing]", "polishing"),
        _line(WHOLE + _SHOCK, "    uses"),
        "[polishing]",
    ),
    _text("cp932", "title: x\ndescription: \u78c1\u77f3\n".encode("cp932"), 2, "save it as UTF-8"),
    _swap(
        "over before the scenario",
        "start: 2026-01-06\n    duration_months: {lognormal: {median: 2, p90: 6}}",
        "start: 2025-01\n    duration_months: 6",
        "over before the scenario starts",
        at="    duration_months: 6",
    ),
    _text(
        "shock without demand",
        WHOLE + _SHOCK,
        _line(WHOLE + _SHOCK, "    elements: [Dy]"),
        "elements[0]",
        "Dy has no demand in polishing",
    ),
]

BROKEN = BETWEEN + HINTS + FILES + YAML + TRANSLATIONS + EXTENDS + FIELDS + DATES + NUMBERS + NAMES
