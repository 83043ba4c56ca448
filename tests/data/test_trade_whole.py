"""Whole or not: a file against its own totals, what was asked for, the rows it replaces and other years."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from minrisk.cli import app
from minrisk.data import load_dataset
from minrisk.data.trade.read import ROW_LIMITS, read_trade
from minrisk.data.trade.whole import doubts

FILES = Path(__file__).parent / "trade_files"
CODES = ("280530", "284610", "284690")
GOOD = (FILES / "comtrade.csv").read_text(encoding="utf-8")
HEADER, WORLD, CHINA, VIETNAM, TAIWAN = GOOD.splitlines(keepends=True)

runner = CliRunner()


def said(path: Path, kind: str = "comtrade", codes: tuple[str, ...] = ("280530",)) -> list[tuple[str, bool]]:
    found = read_trade(path, kind, codes, ("JPN",))
    assert not found.problems
    return [(doubt.text, doubt.stops) for doubt in doubts(found, load_dataset(), codes)]


def write(folder: Path, *lines: str, header: str = HEADER) -> Path:
    path = folder / "file.csv"
    path.write_text(header + "".join(lines), encoding="utf-8")
    return path


def test_a_whole_file_raises_no_doubt(tmp_path: Path) -> None:
    """Origins that add up to the total, at a usual price; own goods may be in the total or not."""
    assert said(FILES / "comtrade.csv") == []
    assert said(FILES / "own_goods.csv") == []
    total = WORLD.replace("9000000", "9500000").replace("150000000", "159000000")
    assert said(write(tmp_path, total, *(FILES / "own_goods.csv").read_text().splitlines(keepends=True)[2:])) == []


def test_origins_that_are_missing_are_counted(tmp_path: Path) -> None:
    """China alone is 5,000 of 9,000 t; within two in a hundred nothing is said, beyond it the share is."""
    [(text, stops)] = said(FILES / "cut_short.csv")
    assert "5,000.0 t, the file's own total is 9,000.0 t: 44% are missing" in text
    assert stops
    for tonnes, few in ((9_150_000, True), (9_250_000, False)):
        total = WORLD.replace("9000000", str(tonnes))
        assert (said(write(tmp_path, total, CHINA, VIETNAM, TAIWAN)) == []) is few


def test_the_value_counts_where_weights_are_not_reported(tmp_path: Path) -> None:
    """Without a weight of one origin the dollars are compared."""
    china = CHINA.replace("5000000", "0")
    assert not any(stops for _, stops in said(write(tmp_path, WORLD, china, VIETNAM, TAIWAN)))
    [(text, stops), *_] = said(write(tmp_path, WORLD, china, VIETNAM))
    assert "kUSD" in text
    assert stops


def test_lines_counted_twice(tmp_path: Path) -> None:
    """Origins that add up to more than all."""
    group = TAIWAN.replace(",490,S19,", ",996,X99,").replace("1000000", "3000000")
    [(text, stops), *_] = said(write(tmp_path, WORLD, CHINA, VIETNAM, TAIWAN, group))
    assert "counted twice?" in text
    assert stops


@pytest.mark.parametrize("group", [",97,EUR,", ",975,R14,", ",918,EUN,", ",999,EUU,"])
def test_groups_of_countries_are_no_origin(tmp_path: Path, group: str) -> None:
    """The European Union beside its members is left out and said, with a total or without."""
    for lines in ((WORLD, CHINA, VIETNAM, TAIWAN), (CHINA, VIETNAM, TAIWAN)):
        path = write(tmp_path, *lines, CHINA.replace(",156,CHN,", group))
        found = read_trade(path, "comtrade", ("280530",), ("JPN",))
        assert sum(row.quantity_t or 0.0 for row in found.rows) == 9000.0
        assert found.left_out["totals over groups of countries"] == 1


def test_totals_over_the_world_however_written(tmp_path: Path) -> None:
    """By letters alone, by name, and as number 0 in BACI's layout: never an origin."""
    for world in (",,W00,", ",World,,", ",0.0,,"):
        [(text, _)] = said(write(tmp_path, WORLD.replace(",0,W00,", world, 1), CHINA))
        assert "44% are missing" in text
    lines = ("2025,156,392,280530,90000,5000\n", "2025,0,392,280530,160000,9000\n")
    assert "44% are missing" in said(write(tmp_path, *lines, header="t,i,j,k,v,q\n"), "baci")[0][0]


def test_a_code_with_a_total_and_no_origin(tmp_path: Path) -> None:
    """Cut between two codes."""
    other = WORLD.replace("280530", "284690")
    found = said(write(tmp_path, WORLD, CHINA, VIETNAM, TAIWAN, other), codes=("280530", "284690"))
    assert ("JPN 2025 284690: a total of 9,000.0 t and no origin; download with all partners", True) in found


def test_a_download_that_ends_at_the_limit(tmp_path: Path) -> None:
    """Five hundred rows to the row, and JSON that says it has more."""
    other = CHINA.replace("280530", "100199")
    assert said(write(tmp_path, WORLD, CHINA, VIETNAM, TAIWAN, other)) == []
    found = said(write(tmp_path, WORLD, CHINA, VIETNAM, TAIWAN, *[other] * (ROW_LIMITS[0] - 4)))
    assert found == [("file.csv: has exactly 500 rows, where downloads of UN Comtrade are cut off", True)]
    row = {"refYear": 2025, "flowCode": "M", "reporterCode": 392, "partnerCode": 156, "cmdCode": "280530"}
    path = tmp_path / "file.json"
    path.write_text(json.dumps({"count": 7, "data": [row | {"netWgt": 8e6, "primaryValue": 15e7}]}))
    assert said(path)[0] == ("file.json: says that it has 7 records and holds 1", True)


def test_codes_asked_for_and_not_there() -> None:
    """Which codes have no row, and which elements then have no source."""
    [(text, stops)] = said(FILES / "comtrade.csv", codes=CODES)
    assert text == (
        "JPN 2025: no row under 284610, 284690; a sourcing mix of 2025 has no source of Eu, Er, Tm, Yb, Lu"
    )
    assert not stops


def test_rows_that_take_the_place_of_others(tmp_path: Path) -> None:
    """Half of the tonnes gone stops an import, fewer origins or more tonnes do not."""
    header, line = "t,i,j,k,v,q\n", "2024,{},392,280530,{},{}\n"
    packaged = load_dataset().table("imports")
    year = packaged[(packaged["year"] == 2024) & (packaged["hs"] == "280530")]
    same = [line.format(i, row.value_kusd, row.quantity_t) for i, row in enumerate(year.itertuples(), start=1001)]
    whole = write(tmp_path, *same, header=header)
    assert all("is the file whole" not in text for text, _ in said(whole, "baci"))
    largest = max(same, key=lambda one: float(one.split(",")[-1]))
    few = said(write(tmp_path, line.format(156, 1000, 100), header=header), "baci")
    assert any(stops and "100.0 t instead of" in text for text, stops in few)
    assert float(largest.split(",")[-1]) > 0.5 * year["quantity_t"].sum()
    assert not any(stops for _, stops in said(write(tmp_path, largest, header=header), "baci"))


def test_kilograms_taken_for_tonnes() -> None:
    """The unit value says it, whichever way."""
    texts = [text for text, _ in said(FILES / "kg_as_t.csv")]
    assert "5,000,000.0 t at 0.018 USD/kg" in texts[0]
    assert "are kilograms taken for tonnes" in texts[0]


def test_an_origin_at_an_impossible_price(tmp_path: Path) -> None:
    """One origin's unit value beside the code's; the row keeps a note of it."""
    path = write(
        tmp_path, "2025,156,392,284610,40000,4000\n", "2025,699,392,284610,300,3300\n", header="t,i,j,k,v,q\n"
    )
    texts = [text for text, _ in said(path, "baci", ("284610",))]
    assert any("JPN 2025 284610 IND: 3,300.0 t at 0.091 USD/kg" in text for text in texts)
    folder = tmp_path / "next"
    result = runner.invoke(app, ["data", "import", str(path), "--from", "baci", "--dataset", str(folder)])
    assert result.exit_code == 0, result.output
    rows = load_dataset(folder).table("imports")
    notes = rows[(rows["year"] == 2025) & (rows["origin"] == "IND")]["note"].tolist()
    assert notes[0].startswith("unit value 0.091 USD/kg; about ")


def test_areas_that_are_no_country(tmp_path: Path) -> None:
    """Their share and names; Taiwan is one."""
    path = write(
        tmp_path, "2025,156,392,280530,90000,6000\n", "2025,490,392,280530,30000,2000\n",
        "2025,899,392,280530,30000,2000\n", header="t,i,j,k,v,q\n",
    )  # fmt: skip
    texts = [text for text, _ in said(path, "baci")]
    assert "JPN 2025 280530: 20.0% from areas that are no country: XNS (Areas, nes)" in texts


@pytest.mark.parametrize("insist", [False, True])
def test_the_command_refuses_unless_told(tmp_path: Path, insist: bool) -> None:
    """Exit 2, numbers, nothing written; --replace imports it with the same words as a warning."""
    folder = tmp_path / "next"
    words = ["data", "import", str(FILES / "cut_short.csv"), "--from", "comtrade", "--dataset", str(folder)]
    result = runner.invoke(app, [*words, *(["--replace"] if insist else [])])
    assert "44% are missing" in result.stderr
    assert result.exit_code == (0 if insist else 2)
    assert folder.exists() is insist
    assert ("warning: " in result.stderr) is insist
    assert ("--replace imports" in result.stderr) is not insist
