from __future__ import annotations

from pathlib import Path

import pytest

from minrisk.history import load_episode
from minrisk.scenario.errors import ScenarioError
from tests.history.made_up import HEADER, write_episode

GOOD = "imports,X,SRC,2010-03,100,,,t/month,me,held_out"

#: A broken row, the column at fault, and words its message must hold.
FAULTS = [
    ("import,X,SRC,2010-03,100,,,t/month,me,held_out", "variable", ["unknown variable 'import'", "'imports'"]),
    ("imports,Y,SRC,2010-03,100,,,t/month,me,held_out", "element", ["unknown element 'Y'", "X"]),
    ("imports,X,SRK,2010-03,100,,,t/month,me,held_out", "origin", ["unknown origin 'SRK'", "'SRC'"]),
    ("imports,X,SRC,2010-3,100,,,t/month,me,held_out", "month", ["'2010-3' is not a period", "2011-Q2"]),
    ("imports,X,SRC,2013-03,100,,,t/month,me,held_out", "month", ["not simulated", "2010-01 to 2011-12"]),
    ("imports,X,SRC,2010-03,ten,,,t/month,me,held_out", "value", ["'ten' is not a number"]),
    ('imports,X,SRC,2010-03,"1,000",,,t/month,me,held_out', "value", ["without thousands separators"]),
    ("imports,X,SRC,2010-03,nan,,,t/month,me,held_out", "value", ["'nan' is not a number"]),
    ("imports,X,SRC,2010-03,-1,,,t/month,me,held_out", "value", ["negative"]),
    ("imports,X,SRC,2010-03,,,,t/month,me,held_out", "value", ["'' is not a number"]),
    ("imports,X,SRC,2010-03,100,110,120,t/month,me,held_out", "low", ["not in order"]),
    ("imports,X,SRC,2010-03,100,90,95,t/month,me,held_out", "high", ["not in order"]),
    ("imports,X,SRC,2010-03,100,x,,t/month,me,held_out", "low", ["'x' is not a number"]),
    ("imports,X,SRC,2010-03,100,,,t/mouth,me,held_out", "unit", ["unknown unit", "'t/month'"]),
    ("imports,X,SRC,2010-03,100,,,USD/kg,me,held_out", "unit", ["not measured in 'USD/kg'", "t/year"]),
    ("imports,X,SRC,2010-03,100,,,t/year,me,held_out", "unit", ["sum of twelve months", "use t/month"]),
    ("imports,X,SRC,2010-03,100,,,index 2009 = 100,me,held_out", "unit", ["'2009' is not simulated"]),
    ("imports,X,SRC,2010-03,100,,,index,me,held_out", "unit", ["names its base period"]),
    ("imports,X,SRC,2010-03,100,,,t/month,,held_out", "source", ["empty"]),
    ("imports,X,SRC,2010-03,100,,,t/month,me,heldout", "role", ["unknown role 'heldout'", "'held_out'"]),
    ("import_share,X,,2010-03,1,,,1,me,held_out", "origin", ["needs an origin"]),
    ("exports,X,all,2010-03,1,,,t/month,me,held_out", "origin", ["needs an origin"]),
    ("exports,X,SRC,2011-12,1,,,t/month,me,held_out", "month", ["1 months later"]),
    ("marginal_price,,,2010-03,1,,,index 2010-01 = 1,me,held_out", "element", ["needs an element"]),
    ("marginal_price,X,SRC,2010-03,1,,,index 2010-01 = 1,me,held_out", "origin", ["has no origin"]),
    ("marginal_price,X,,2010-03,1,,,USD/kg,me,held_out", "unit", ["no prices.csv"]),
    ("demand,X,,2010-03,1,,,t gross/month,me,held_out", "unit", ["not measured in", "t/month"]),
    ("output_index,X,,2010-03,1,,,1,me,held_out", "element", ["unknown use 'X'", "magnets"]),
    ("output_index,,,2010-03,1,,,1,me,held_out", "element", ["needs a use"]),
    ("stock_cover,X,,2010-03,none,,,months,me,held_out", "value", ["'none' is not a number"]),
    ("months_to_first_stoppage,magnet,,2010-03,1,,,months,me,held_out", "element", ["'magnets'"]),
]


def _faults(folder: Path) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        load_episode(folder)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(("row", "column", "words"), FAULTS, ids=[f"{c}-{i}" for i, (_, c, _) in enumerate(FAULTS)])
def test_each_fault_has_its_line_its_column_and_a_way_out(
    row: str, column: str, words: list[str], tmp_path: Path
) -> None:
    folder = write_episode(tmp_path / "episode", [GOOD, row])
    (message,) = _faults(folder)
    assert message.startswith(f"{folder / 'observations.csv'}:3 {column}: ")
    assert all(word in message for word in words), message


def test_all_faults_of_all_files_come_at_once(tmp_path: Path) -> None:
    """Every broken row in one file, and a fault of the scenario, whose names can then not be checked."""
    folder = write_episode(tmp_path / "episode", [row for row, _, _ in FAULTS])
    assert len(_faults(folder)) == len(FAULTS)
    scenario = folder / "scenario.yaml"
    scenario.write_text(scenario.read_text().replace("severity: 0.5", "severity: 5"))
    messages = _faults(folder)
    assert any("severity" in message for message in messages)
    assert sum("observations.csv" in message for message in messages) >= 15


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["is empty"]),
        (HEADER + "\n", ["has no rows"]),
        (HEADER.replace("unit,", "") + "\n" + GOOD, ["observations.csv:1 unit: column is missing"]),
        (HEADER.replace("unit", "units") + "\n" + GOOD, ["unknown column 'units'", "did you mean 'unit'"]),
        (HEADER + ",value\n" + GOOD + ",1", ["value: column appears twice"]),
        (HEADER.replace(",", ";") + "\n" + GOOD.replace(",", ";"), ["semicolons"]),
        (f"{HEADER}\n{GOOD},more", ["observations.csv:2", "11 cells, but the header has 10"]),
        (f"{HEADER}\n{GOOD}\n{GOOD}", ["observations.csv:3", "line 2 already gives this"]),
    ],
)
def test_faults_of_the_file_as_a_whole(text: str, words: list[str], tmp_path: Path) -> None:
    folder = write_episode(tmp_path / "episode", [GOOD])
    (folder / "observations.csv").write_text(text, encoding="utf-8")
    messages = "\n".join(_faults(folder))
    assert all(word in messages for word in words), messages


def test_what_a_spreadsheet_saves_is_read(tmp_path: Path) -> None:
    """A byte-order mark, Windows line ends, spaces around cells, comment lines on top, columns in any order."""
    folder = write_episode(tmp_path / "episode", [GOOD])
    order = ["role", "variable", "element", "origin", "month", "value", "low", "high", "unit", "source", "note"]
    cells = ["held_out", " imports", "X", "", "2010", "1200", "", "1300 ", "t/yr", "me", "a, b"]
    row = ",".join(f'"{cell}"' for cell in cells)
    text = f"# seen\r\n{','.join(order)}\r\n{row}\r\n\r\n"
    (folder / "observations.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
    (seen,) = load_episode(folder).observations
    assert (seen.line, seen.value, seen.low, seen.high) == (3, 1200.0, 1200.0, 1300.0)
    assert (seen.target.origin, seen.target.unit.text, seen.note) == ("all", "t/year", "a, b")


def test_a_missing_folder_or_file_is_said_so(tmp_path: Path) -> None:
    assert "no such episode folder" in _faults(tmp_path / "nowhere")[0]
    (tmp_path / "empty").mkdir()
    messages = "\n".join(_faults(tmp_path / "empty"))
    assert "scenario.yaml: file not found" in messages
    assert "observations.csv: file not found" in messages
