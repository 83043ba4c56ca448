"""A dataset of one's own: every fault is found at once, with file, line, column and the nearest word."""

from __future__ import annotations

import os
import pickle
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from minrisk.data.dataset import PACKAGED, DatasetError, load_dataset
from minrisk.data.tables import TABLES
from tests.data.tiny import write_tiny


def problems(folder: Path) -> list[str]:
    with pytest.raises(DatasetError) as caught:
        load_dataset(folder)
    assert str(caught.value) == "\n".join(caught.value.problems)
    return caught.value.problems


def replace(stem: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / f"{stem}.csv"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def add(stem: str, line: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / f"{stem}.csv"
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        path.write_text(before + line + "\n", encoding="utf-8")

    return change


def with_weight(weight: str) -> Callable[[Path], None]:
    """Weight of the one element of the one use."""

    def change(folder: Path) -> None:
        path = folder / "use_shares.csv"
        head, row = path.read_text(encoding="utf-8").splitlines()
        path.write_text(f"{head},weight\n{row},{weight}\n", encoding="utf-8")

    return change


P = "2024,test,C"
MAGNETS = "product,quantity,origin,low,central,high,unit,year,source,grade\n"
APPLICATIONS = (
    "application,name,use,industry,output_low,output_central,output_high,value_low,value_central,value_high,"
    "substitute,performance,unit,year,source,grade\n"
)
CHANGES = "what,kind,table,item,year,old,old_edition,new,new_edition,unit,source,grade\n"
SHARES = "element,low,central,high,unit,year,source,grade\n"
FAULTS = {
    "missing table": (lambda folder: (folder / "demand.csv").unlink(), r"demand\.csv: missing"),
    "missing column": (
        replace("demand", "closes_total", "close_total"),
        r"demand\.csv:1: column 'closes_total' is missing; did you mean 'close_total'",
    ),
    "unit of another kind": (
        replace("demand", "t REO/yr", "kg/yr"),
        r"demand\.csv:2 column 'unit': 'kg/yr' is not the unit of this table; .* 't REO/yr'",
    ),
    "decimal comma": (
        replace("demand", "X,1200,1200", 'X,"0,5",1200'),
        r"demand\.csv:2 column 'low': '0,5' is not a number; write 0\.5",
    ),
    "thousands separator": (
        replace("demand", "X,1200,1200", 'X,"1,200",1200'),
        r"demand\.csv:2 column 'low': '1,200' is not a number; write 1200 without",
    ),
    "semicolons": (
        lambda folder: (folder / "uses.csv").write_text(
            (folder / "uses.csv").read_text(encoding="utf-8").replace(",", ";"), encoding="utf-8"
        ),
        r"uses\.csv:1: separated by semicolons; save it with commas",
    ),
    "not UTF-8": (
        lambda folder: (folder / "uses.csv").write_bytes("# \u78c1\u77f3\n".encode("cp932")),
        r"uses\.csv: not a UTF-8 text file; save it as UTF-8",
    ),
    "own importer among the others": (
        add(
            "trade",
            "importer,year,hs,origin,quantity_t,value_kusd,unit,source,grade\n"
            "IMP,2024,280530,SRC,1,1,t gross; kUSD,test,C",
        ),
        r"trade\.csv:2 column 'importer': IMP is the dataset's own importer; .* imports\.csv",
    ),
    "unknown table": (add("demands", "a,b"), r"demands\.csv: unknown table; did you mean 'demand'"),
    "unknown element": (
        replace("demand", "X,1200", "Xx,1200"),
        r"demand\.csv:2 column 'element': unknown element 'Xx'; did you mean 'X'",
    ),
    "unknown use": (
        replace("use_shares", "X,magnets", "X,magnet"),
        r"use_shares\.csv:2 column 'use': unknown use 'magnet'; did you mean 'magnets'",
    ),
    "unknown route": (
        add("feed", "route," + SHARES + "SRC_compond,*,0,0,0,1," + P),
        r"feed\.csv:2 column 'route': unknown route 'SRC_compond'; did you mean 'SRC_compound'",
    ),
    "unknown source": (
        replace("demand", "test,C", "tset,C"),
        r"demand\.csv:2 column 'source': unknown source 'tset'; did you mean 'test'",
    ),
    "unknown grade": (
        replace("demand", "test,C", "test,D"),
        r"demand\.csv:2 column 'grade': unknown grade 'D'; allowed: 'A', 'B', 'C'",
    ),
    "unknown class": (
        replace("uses", "stiff", "stif"),
        r"uses\.csv:2 column 'elasticity_class': .* did you mean 'stiff'",
    ),
    "no unit": (replace("demand", "t REO/yr", ""), r"demand\.csv:2 column 'unit': empty"),
    "negative": (replace("demand", "X,1200", "X,-5"), r"demand\.csv:2 column 'low': -5 is negative"),
    "no number": (
        replace("demand", "1200,0", "lots,0"),
        r"demand\.csv:2 column 'high': 'lots' is not a number",
    ),
    "thousands": (
        replace("demand", "1200,0", "1_200,0"),
        r"demand\.csv:2 column 'high': '1_200' is not a number",
    ),
    "too large": (
        replace("demand", "1200,0", "1e999,0"),
        r"demand\.csv:2 column 'high': '1e999' is not a finite number",
    ),
    "NaN": (
        replace("demand", "1200,0", "nan,0"),
        r"demand\.csv:2 column 'high': 'nan' is not a finite number",
    ),
    "share above 1": (
        replace("use_shares", "magnets,1", "magnets,1.5"),
        r"use_shares\.csv:2 column 'share': 1.5 is not between 0 and 1",
    ),
    "shares do not sum": (
        replace("use_shares", "magnets,1", "magnets,0.9"),
        r"use_shares\.csv:2 column 'share': the shares of X sum to 0.9, not 1",
    ),
    "composition does not sum": (
        replace("composition", "X,1,100", "X,0.8,100"),
        r"composition\.csv:2 column 'share': the shares of SRC 280530 sum to 0.8",
    ),
    "duplicate": (
        add("demand", "X,1,1,1,0,t REO/yr," + P),
        r"demand\.csv:3 column 'element': X is already on line 2",
    ),
    "range": (
        replace("demand", "X,1200", "X,1300"),
        r"demand\.csv:2 column 'central': 1200 is below low 1300",
    ),
    "half month": (
        replace("routes", "compound,1,1", "compound,1.5,1"),
        r"routes\.csv:2 column 'transit_months': 1.5 is not a whole number",
    ),
    "bad year": (
        replace("demand", "t REO/yr,2024", "t REO/yr,last year"),
        r"demand\.csv:2 column 'year': 'last year' is not a year",
    ),
    "ragged row": (add("demand", "X,1"), r"demand\.csv:3: 2 cells, but the header has 9"),
    "no demand row": (
        add("elements", "Z,zedium,light,1," + P),
        r"demand\.csv column 'element': no row for Z",
    ),
    "unknown key": (
        replace("dataset", "mix_years", "mix_year"),
        r"dataset\.csv:5 column 'key': unknown key 'mix_year'; did you mean 'mix_years'",
    ),
    "a day that is none": (
        add("dataset", "as_of,2026-9-31,day,2024,test,C"),
        r"dataset\.csv:6 column 'value': '2026-9-31' is not a day \(2026-09-30\)",
    ),
    "focus origin": (
        replace("dataset", "focus_origin,SRC", "focus_origin,SRX"),
        r"dataset\.csv:4 column 'value': no route comes from 'SRX'; did you mean 'SRC'",
    ),
    "mix years without imports": (
        replace("dataset", "mix_years,2024", "mix_years,2020"),
        r"imports\.csv column 'year': no row in the mix years 2020-2020",
    ),
    "import without a route": (
        replace("imports", "280530,SRC", "280530,ABC"),
        r"imports\.csv:2 column 'origin': ABC 280530 needs a compound route",
    ),
    "code without a factor": (
        replace("imports", "280530", "284690"),
        r"imports\.csv:2 column 'hs': no row for 284690",
    ),
    "closing without a total": (
        replace("demand", "1200,0", "1200,1"),
        r"dataset\.csv: key 'demand_total_t_per_year' is missing",
    ),
    "prices without a year": (
        add("prices", "element,year,series,price,unit,source,grade\nX,2024,s,5,USD/kg,test,C"),
        r"dataset\.csv: key 'price_year' is missing",
    ),
    "restated to the same": (
        add("restatements", CHANGES + "X,restated,,,2024,5,first,5,second,USD/kg,test,C"),
        r"restatements\.csv:2 column 'new': 5 is also the old figure",
    ),
    "restated for no reason": (
        add("restatements", CHANGES + "X,rewritten,,,2024,5,first,6,second,t REO,test,C"),
        r"restatements\.csv:2 column 'kind': unknown kind 'rewritten'; did you mean 'restated'",
    ),
    "restated in a table without editions": (
        add("restatements", CHANGES + "X,restated,price,X,2024,5,first,6,second,t REO,test,C"),
        r"restatements\.csv:2 column 'table': 'price' is not checked; did you mean 'prices'",
    ),
    "ceiling of some elements only": (
        add("ceilings", "element,quoted,quoted_at,low,central,high,unit,year,source,grade"),
        r"ceilings\.csv column 'element': no row for X",
    ),
    "magnets in dollars": (
        add("magnets", MAGNETS + "smco,imports,SRC,1,2,3,USD/kg,2024,test,C"),
        r"magnets\.csv:2 column 'unit': 'USD/kg' is not that of imports: 't/yr'",
    ),
    "share of magnets above 1": (
        add("magnets", MAGNETS + "smco,feed,SRC,0.1,0.2,3,1,2024,test,C"),
        r"magnets\.csv:2 column 'high': 3 is above 1",
    ),
    "application of less than the whole use": (
        add("applications", APPLICATIONS + "a,A,magnets,car,.1,.9,1,0,0,0,,none,1,2024,test,C"),
        r"applications\.csv column 'output_central': those of magnets sum to 0\.9, not 1",
    ),
    "application whose range decreases": (
        add("applications", APPLICATIONS + "a,A,magnets,car,1,1,1,.3,.2,.4,,none,1,2024,test,C"),
        r"applications\.csv:2 column 'value_central': 0\.3, 0\.2, 0\.4 decrease",
    ),
    "application of what nobody is said to need": (
        add("applications", APPLICATIONS + "a,A,magnets,car,1,1,1,.1,.2,.4,,none,1,2024,test,C"),
        r"applications\.csv: car has no row for magnets in dependence\.csv",
    ),
    "weights that are not all of the output": (
        with_weight(".9"),
        r"use_shares\.csv column 'weight': the weights of magnets sum to 0\.9, not 1",
    ),
    "unknown performance": (
        add("applications", APPLICATIONS + "a,A,magnets,car,1,1,1,0,0,0,,god,1,2024,test,C"),
        r"applications\.csv:2 column 'performance': unknown performance 'god'; did you mean 'good'",
    ),
    "empty file": (lambda folder: (folder / "demand.csv").write_text(""), r"demand\.csv: empty"),
    "binary": (
        lambda folder: (folder / "demand.csv").write_bytes(b"\xff\xfe\x00"),
        r"demand\.csv: not a UTF-8 text file",
    ),
    "open quote": (replace("demand", "X,1200", '"X,1200'), r"demand\.csv:\d: not readable as CSV"),
    "a number beyond all numbers": (
        replace("demand", "X,1200,1200,1200", "X,1,5,1e300"),
        r"demand\.csv:2 column 'high': 1e300 is too large; no figure of a dataset exceeds 1e\+18",
    ),
    "share that is no choice": (
        add("china_shares", SHARES + "X,.5,.6,.4,1," + P),
        r"china_shares\.csv:2 column 'high': 0.4 is below central 0.6",
    ),
}


@pytest.mark.parametrize(("change", "expected"), FAULTS.values(), ids=FAULTS.keys())
def test_fault_is_named(tmp_path: Path, change: Callable[[Path], None], expected: str) -> None:
    """Errors that name file, row and column and the nearest valid word."""
    folder = write_tiny(tmp_path / "mine")
    load_dataset(folder)
    change(folder)
    found = problems(folder)
    assert any(re.match(expected, problem) for problem in found), found
    assert len(found) <= 2, found


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    """Design rule 4: all of them at once."""
    folder = write_tiny(tmp_path / "mine")
    replace("demand", "X,1200", "X,-5")(folder)
    replace("uses", "stiff", "hard")(folder)
    (folder / "imports.csv").unlink()
    found = "\n".join(problems(folder))
    for stem in ("demand.csv:2", "uses.csv:2", "imports.csv: missing"):
        assert stem in found


def test_lines_count_the_comments_above(tmp_path: Path) -> None:
    """The line is that of the file as an editor shows it."""
    folder = write_tiny(tmp_path / "mine")
    path = folder / "demand.csv"
    path.write_text("# one\n# two\n" + path.read_text().replace("X,1200", "X,-5"))
    assert problems(folder)[0].startswith("demand.csv:4 column 'low'")


def test_links_out_of_the_folder_are_refused(tmp_path: Path) -> None:
    """A dataset folder is closed: neither a link nor `..` in a table name leads out of it."""
    secret = tmp_path / "secret.csv"
    secret.write_text("element\nX\n")
    folder = write_tiny(tmp_path / "mine")
    (folder / "demand.csv").unlink()
    (folder / "demand.csv").symlink_to(secret)
    assert any("demand.csv: points outside the dataset folder" in problem for problem in problems(folder))
    (folder / "demand.csv").unlink()
    (folder / "demand.csv").symlink_to(folder / "demand.csv")
    assert any(problem.startswith("demand.csv: cannot be read") for problem in problems(folder))
    dataset = load_dataset(write_tiny(tmp_path / "other"))
    with pytest.raises(DatasetError, match=r"no table '\.\./secret'"):
        dataset.table("../secret")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """A table must be a regular file."""
    folder = write_tiny(tmp_path / "mine")
    (folder / "demand.csv").unlink()
    os.mkfifo(folder / "demand.csv")
    assert any("demand.csv: not a file" in problem for problem in problems(folder))


def test_no_folder(tmp_path: Path) -> None:
    """A path that is no folder."""
    assert "no such dataset folder" in problems(tmp_path / "nowhere")[0]


def test_fingerprint_is_of_the_bytes(tmp_path: Path) -> None:
    """A copy has the same fingerprint; one changed note has another."""
    copy = tmp_path / "copy"
    shutil.copytree(PACKAGED, copy)
    assert load_dataset(copy).fingerprint == load_dataset().fingerprint
    replace("demand", "inside other", "inside another")(copy)
    assert load_dataset(copy).fingerprint != load_dataset().fingerprint


def test_unknown_table_suggests_a_known_one(tmp_path: Path) -> None:
    """Nearest valid word, for a library user."""
    dataset = load_dataset(write_tiny(tmp_path / "mine"))
    with pytest.raises(DatasetError, match="did you mean 'demand'"):
        dataset.table("demands")


def test_a_dataset_travels_to_other_processes() -> None:
    """Blocks of draws run in worker processes: the dataset must pickle."""
    dataset = load_dataset()
    copy = pickle.loads(pickle.dumps(dataset))
    assert copy.fingerprint == dataset.fingerprint
    assert copy.labels == dataset.labels
    assert copy.table("demand").equals(dataset.table("demand"))


def test_a_column_missing_from_the_header_is_reported_once(tmp_path: Path) -> None:
    """User review: neither every row nor every table that refers to the column repeats the fault."""
    folder = shutil.copytree(PACKAGED, tmp_path / "own")
    header = "element,name,group,unit"
    replace("elements", header, "name,group,unit")(folder)
    assert problems(folder) == ["elements.csv:2: 7 columns, but every row has 8 cells; missing in it: element"]
    replace("elements", "name,group,unit", "symbol,name,group,unit")(folder)
    found = problems(folder)
    assert [problem for problem in found if "'element'" in problem] == found
    assert len(found) == 1, found


def test_the_reference_names_every_table_and_its_example_loads(tmp_path: Path) -> None:
    """minrisk/data/README.md is generated from the declaration that the validator reads."""
    from tests.generate.dataset_reference import EXAMPLE, MEANING, PURPOSE

    assert set(PURPOSE) == set(TABLES)
    assert set(MEANING) == {column.name for table in TABLES.values() for column in table.columns}
    for stem, text in EXAMPLE.items():
        (tmp_path / f"{stem}.csv").write_text(text, encoding="utf-8")
    dataset = load_dataset(tmp_path)
    assert dataset.labels.elements == ("Dy",)
    assert set(EXAMPLE) == {stem for stem, table in TABLES.items() if table.required}


def test_percentile_ranks_are_no_estimates(tmp_path: Path) -> None:
    """0-100 in the place of -2.5..2.5 made every index of risk 0."""
    folder = shutil.copytree(PACKAGED, tmp_path / "own")
    lines = (folder / "governance.csv").read_text(encoding="utf-8").splitlines()
    place = next(i for i, line in enumerate(lines) if line.startswith("2024,CHN,"))
    cells = lines[place].split(",")
    lines[place] = ",".join([*cells[:2], "43.9", *cells[3:]])
    (folder / "governance.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert problems(folder) == [
        f"governance.csv:{place + 1} column 'pv_estimate': 43.9 is no estimate of governance (-3.5 to 3.5); "
        "is it a percentile rank?"
    ]


def test_empty_columns_of_a_spreadsheet_are_ignored(tmp_path: Path) -> None:
    """Commas at the ends of all lines are no columns; a cell under an empty name is a fault."""
    folder = write_tiny(tmp_path)
    path = folder / "demand.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text("".join(f"{line},,\n" for line in text.splitlines()), encoding="utf-8")
    assert load_dataset(folder).table("demand").columns[-1] == "grade"
    path.write_text(path.read_text(encoding="utf-8").replace("test,C,,", "test,C,,x"), encoding="utf-8")
    assert problems(folder) == ["demand.csv:1: column 11 has cells and no name"]


@pytest.mark.parametrize(
    "spread",
    [
        lambda line, first: f"{line},,,",
        lambda line, first: line if first else f"{line},",
        lambda line, first: f",,{line}",
        lambda line, first: line.replace(",", ",,,", 1),
        lambda line, first: f"{'' if first else 0},{line}",
    ],
    ids=["on the right", "below no name", "on the left", "in the middle", "an index"],
)
def test_empty_columns_wherever_they_stand(tmp_path: Path, spread: Callable[[str, bool], str]) -> None:
    """No name and no cell is no column; an unnamed column of row numbers is not read."""
    folder = write_tiny(tmp_path)
    path = folder / "demand.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("".join(spread(line, not n) + "\n" for n, line in enumerate(lines)), encoding="utf-8")
    assert load_dataset(folder).table("demand")["central"].tolist() == [1200.0]
    path.write_text("".join(f"{line},{'x' if n else ''}\n" for n, line in enumerate(lines)), encoding="utf-8")
    assert problems(folder) == ["demand.csv:1: column 10 has cells and no name"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.replace(",", ";").encode(), "separated by semicolons; save it with commas"),
        (lambda text: text.replace(",", "\t").encode(), "separated by tabs; save it with commas"),
        (lambda text: text.replace(",", "|").encode(), "separated by bars; save it with commas"),
        (lambda text: text.encode("utf-16"), "not a UTF-8 text file but UTF-16 or UTF-32"),
        (lambda text: text.encode("utf-16-le"), "UTF-16 text"),
        (lambda text: text.replace("test", "試験").encode("cp932"), "not a UTF-8 text file"),
        (lambda text: b"PK\x03\x04" + bytes(30), "an Excel workbook"),
        (lambda text: b"\x1f\x8b\x08" + bytes(30), "compressed"),
        (lambda text: b"<!DOCTYPE html><html></html>", "a web page"),
        (lambda text: b'[{"element": "X"}]', "JSON"),
    ],
)
def test_a_table_that_is_no_csv_is_named(tmp_path: Path, change: Callable[[str], bytes], words: str) -> None:
    """One fault that says what the file is and how to save it."""
    folder = write_tiny(tmp_path)
    path = folder / "demand.csv"
    path.write_bytes(change(path.read_text(encoding="utf-8")))
    [problem] = problems(folder)
    assert problem.startswith("demand.csv")
    assert words in problem
    assert "save it" in problem


def test_numbers_as_programs_and_keyboards_write_them(tmp_path: Path) -> None:
    """2024.0 is a year; full-width digits are named with what to write."""
    folder = write_tiny(tmp_path)
    path = folder / "demand.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(",2024,", ",2024.0,"), encoding="utf-8")
    assert load_dataset(folder).table("demand")["year"].tolist() == ["2024"]
    path.write_text(text.replace("X,1200", "X,１２００"), encoding="utf-8")
    assert "'１２００' is not a number; write 1200 in ASCII digits" in problems(folder)[0]


@pytest.mark.parametrize("mark", ["W", "NA", "—", "<1", "E"])
def test_marks_of_statistics_get_a_hint(tmp_path: Path, mark: str) -> None:
    """Withheld, unknown or below one unit: the row is to be left out."""
    folder = write_tiny(tmp_path)
    path = folder / "demand.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("X,1200", f"X,{mark}", 1), encoding="utf-8")
    assert "leave out the row" in problems(folder)[0]
