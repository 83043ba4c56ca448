"""Governance of the World Bank: the layouts of its pages, bounds, codes of its own, whole years replaced."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from typer.testing import CliRunner

from minrisk.cli import app
from minrisk.data import load_dataset
from minrisk.data.trade.wgi import Estimates, read_wgi

#: Made-up estimates.
RIGHT = {(2024, "CHN"): 0.5, (2024, "COD"): -1.5, (2025, "CHN"): 0.25}

LONG = (
    "codeindyr,code,countryname,year,indicator,estimate,stddev,nsource,pctrank\n"
    "CHNpv2024,CHN,China,2024,pv,0.5,0.2,9,60\nCHNcc2024,CHN,China,2024,cc,2.5,0.2,9,90\n"
    "ZARpv2024,ZAR,Congo,2024,pv,-1.5,0.3,9,5\nZARpv2025,ZAR,Congo,2025,pv,..,..,..,..\n"
    "CHNpv2025,CHN,China,2025,pv,0.25,0.2,9,55\n"
)
WIDE = (
    "Country Name,Country Code,Series Name,Series Code,2024 [YR2024],2025 [YR2025]\n"
    'China,CHN,"Political Stability and Absence of Violence/Terrorism: Estimate",PV.EST,0.5,0.25\n'
    'China,CHN,"Political Stability and Absence of Violence/Terrorism: Percentile Rank",PV.PER.RNK,60,55\n'
    'China,CHN,"Control of Corruption: Estimate",CC.EST,2,2\n'
    'Congo,COD,"Political Stability and Absence of Violence/Terrorism: Estimate",PV.EST,-1.5,..\n'
    'Euro area,EMU,"Political Stability and Absence of Violence/Terrorism: Estimate",PV.EST,1,1\n'
    "\n,,,,,\nData from database: Worldwide Governance Indicators,,,,,\n"
)

runner = CliRunner()


def workbook(path: Path, text: str) -> None:
    """The least that a workbook is: inline strings and numbers."""
    rows = []
    for line in text.splitlines():
        cells = [
            f"<c><v>{cell}</v></c>"
            if cell.replace("-", "").replace(".", "").isdigit()
            else f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
            for cell in line.split(",")
        ]
        rows.append(f"<row>{''.join(cells)}</row>")
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    link = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/_rels/workbook.xml.rels", '<R><L Id="a" Target="worksheets/sheet1.xml"/></R>')
        sheet = '<sheets><sheet name="wgi" r:id="a"/></sheets>'
        archive.writestr("xl/workbook.xml", f"<workbook {main} {link}>{sheet}</workbook>")
        archive.writestr(
            "xl/worksheets/sheet1.xml", f"<worksheet {main}><sheetData>{''.join(rows)}</sheetData></worksheet>"
        )


def read_text(folder: Path, text: str) -> Estimates:
    path = folder / "wgi.csv"
    path.write_text(text, encoding="utf-8")
    return read_wgi(path)


def estimates(found: Estimates) -> dict[tuple[int, str], float]:
    assert not found.problems, found.problems
    return {key: value for key, (value, _) in found.rows.items()}


def test_layouts_of_the_world_bank(tmp_path: Path) -> None:
    """A line an estimate or a column a year, with titles above, as a workbook: the same estimates."""
    assert estimates(read_text(tmp_path, LONG)) == RIGHT
    wide = read_text(tmp_path, WIDE)
    assert estimates(wide) == RIGHT
    assert any("EMU" in note for note in wide.notes)
    titled = WIDE.replace(" [YR2024]", "").replace(" [YR2025]", "").replace("Series", "Indicator")
    assert estimates(read_text(tmp_path, "Data Source,WGI\n\n" + titled)) == RIGHT
    semicolons = LONG.replace(",", ";").replace("0.", "0,").replace("1.5", "1,5")
    assert estimates(read_text(tmp_path, semicolons)) == RIGHT
    answer = "country,countryiso3code,date,indicator,value\nJapan,JPN,2024,GOV_WGI_PV.EST,0.9\n"
    assert estimates(read_text(tmp_path, answer + "Japan,JPN,2024,GOV_WGI_PV.SC,88\n")) == {(2024, "JPN"): 0.9}
    columns = "iso3c,year,PV.EST,PV.STD.ERR\nJPN,2024,0.9,0.2\n"
    assert read_text(tmp_path, columns).rows == {(2024, "JPN"): (0.9, 0.2)}
    workbook(tmp_path / "wgidataset.xlsx", LONG)
    assert estimates(read_wgi(tmp_path / "wgidataset.xlsx")) == RIGHT
    assert read_wgi(tmp_path / "wgidataset.xlsx").rows[2024, "CHN"] == (0.5, 0.2)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (LONG.replace(",0.5,0.2", ",60,0.2"), "is it a percentile rank?"),
        (LONG.replace("CHNcc2024,CHN,China,2024,cc,2.5", "CHNpv2024,CHN,China,2024,pv,1.5"), "stands there twice"),
        (LONG.replace(",indicator,", ",which,"), "no column says which indicator"),
        (LONG.replace(",2025,pv", ",20x5,pv"), "is not a year"),
        (LONG.replace(",0.25,", ",W,"), "not a number"),
        (LONG.replace(",pv,", ",cc,"), "no estimate of political stability"),
        ("Country;Code;2024\nChina;CHN;43,9\nJapan;JPN;85,5\n", "no column says which indicator"),
        ("code,year,indicator,pctrank\nCHN,2024,pv,43.9\n", "are not those of the governance indicators"),
        ("a,b\n1,2\n", "not those of the governance indicators"),
        ("", "is empty"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, words: str) -> None:
    """Percentile ranks, other indicators, damage."""
    problems = read_text(tmp_path, text).problems
    assert problems
    assert words in problems[0]


def test_import_replaces_whole_years(tmp_path: Path) -> None:
    """A year of two countries does not take the place of 214 unasked; other years stay; the edition is dated."""
    path, dataset = tmp_path / "wgi.csv", tmp_path / "new"
    path.write_text(LONG, encoding="utf-8")
    words = ["data", "import", str(path), "--from", "wgi", "--dataset", str(dataset)]
    refused = runner.invoke(app, words)
    assert refused.exit_code == 2
    assert "2024: 2 countrys" not in refused.output
    assert "2024: 2 countries instead of 214" in refused.output
    done = runner.invoke(app, [*words, "--replace"])
    assert done.exit_code == 0, done.output
    table = load_dataset(dataset).table("governance")
    assert len(table[table["year"] == 2024]) == 2
    assert len(table[table["year"] == 2023]) == 214
    assert set(table.loc[table["year"] == 2025, "vintage"]) == {2026}
    # The packaged rows know 2024 by another edition; the last estimates are carried to the years after.
    shown = runner.invoke(app, ["indices", "--dataset", str(dataset), "--years", "2024"])
    assert shown.exit_code == 0, shown.output
