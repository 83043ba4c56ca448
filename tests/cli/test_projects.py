"""``minrisk seabed`` and ``minrisk ramp`` from the outside."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from minrisk.cli import app
from tests import SCENARIOS
from tests.cli.japanese import in_english_and_japanese

MOUNTAIN_PASS = (
    "period,tonnes\n2023Q3,50\n2024Q1,131\n2024Q2,272\n2024Q3,478\n2024Q4,413\n"
    "2025Q1,563\n2025Q2,597\n2025Q3,721\n2025Q4,718\n2026Q1,917\n"
)


def _run(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(words), env={"COLUMNS": "100"})
    return result.exit_code, " ".join(result.stdout.split()), result.stderr


def test_seabed_states_basis_cross_check_and_answer() -> None:
    """The basis stands beside every tonnage, the cross-check is printed as rejected, the answer says little."""
    code, text, _ = _run("seabed", str(SCENARIOS / "mud_2028.yaml"), "--draws", "300")
    assert code == 0
    assert text.count("Basis of every tonnage: tonnes of mud taken as wet, 0.41 t of dry solids") == 2
    assert "Under “Twelve months without Chinese rare earths” it saves on average, from 2030-01 nothing" in text
    assert re.search(r"from 2040-01 [\d.,]+ \([\d.,]+ to [\d.,]+\) of [\d,]+ t REO unserved and", text)
    assert "Rejected cross-check" in text
    assert re.search(r"terbium \([\d.]+%\) above dysprosium \([\d.]+%\)", text)
    assert "In 2030 it supplies nothing in any draw." in text
    assert "Little" in text
    assert "never produces" in text
    assert "levelised cost" in text


def test_the_best_reading_says_since_when() -> None:
    code, text, _ = _run("seabed", str(SCENARIOS / "mud_dry_rich.yaml"), "--draws", "100")
    assert code == 0
    assert "Little before 203" in text
    assert "taken as dry;" in text


def test_out_writes_tables_and_figures(tmp_path: Path) -> None:
    """In both languages."""
    printed, written = in_english_and_japanese(
        ["seabed", str(SCENARIOS / "ban_and_mud.yaml"), "--draws", "100"], tmp_path
    )
    assert "It matters in" in " ".join(printed.split())
    assert written.name == "ban_and_mud_project"
    found = {path.name for path in written.iterdir()}
    assert {"index.html", "tonnes.csv", "insurance.csv", "start_and_size.png", "mud_plant_tonnes.svg"} <= found
    assert {"insurance_under_bans.csv", "saved.png"} <= found
    assert {"mud_plant_cost_drivers.csv", "mud_plant_cost_drivers.png", "trial_2027_tonnes.png"} <= found
    header = (written / "tonnes.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header == "project,basis,year,element,variable,unit,mean,p05,p25,p50,p75,p95"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["calm.yaml"], "no project in it"),
        (["mud_2028.yaml", "--element", "Xx", "--out", "x"], "unknown element 'Xx'"),
        (["mud_2028.yaml", "--element", "Dy"], "it needs --out"),
        (["mud_2028.yaml", "--begins", "2035"], "no month; write it as 2035-01"),
        (["mud_2028.yaml", "--begins", "2020-01"], "begins before mud_2028 does"),
        (
            ["mud_2028.yaml", "--under", str(SCENARIOS / "ban_and_mud.yaml")],
            "an event 'mud_plant' of its own",
        ),
        (["."], "name one scenario file"),
    ],
)
def test_seabed_refuses(words: list[str], message: str) -> None:
    code, _, errors = _run("seabed", str(SCENARIOS / words[0]), *words[1:])
    assert code == 2
    assert message in errors


def test_a_missing_basis_says_why_it_matters(tmp_path: Path) -> None:
    text = (SCENARIOS / "mud_350_trial.yaml").read_text(encoding="utf-8").replace("    basis: wet\n", "")
    (tmp_path / "case.yaml").write_text(text.replace("calm.yaml", str(SCENARIOS / "calm.yaml")), encoding="utf-8")
    code, _, errors = _run("seabed", str(tmp_path / "case.yaml"))
    assert code == 2
    assert "basis" in errors
    assert "sevenfold" in errors


def test_ramp_fits_and_writes(tmp_path: Path) -> None:
    """Mountain Pass by quarters: tau 34.29 and dead time 3.77 at mid-quarter, as fields of a scenario."""
    table = tmp_path / "mp.csv"
    table.write_text(MOUNTAIN_PASS, encoding="utf-8")
    code, text, _ = _run("ramp", str(table), "--nameplate", "6076", "--out", str(tmp_path / "out"))
    assert code == 0
    assert "ramp_family: exponential, dead_time_months: 3.768, ramp_months: 34.29" in text
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"mp_ramp.csv", "mp_ramp.png", "mp_ramp.svg"}
    code, text, _ = _run("ramp", str(table), "--nameplate", "6076", "--first-feed", "2023-04")
    assert "dead_time_months: 6.768" in text


def test_ramp_names_every_fault(tmp_path: Path) -> None:
    table = tmp_path / "bad.csv"
    table.write_text("period,tonnes\n2023Q5,50\n2024Q1,many\n2024Q1,3\n", encoding="utf-8")
    code, _, errors = _run(
        "ramp", str(table), "--nameplate", "-1", "--first-feed", "2023", "--out", str(tmp_path / "x")
    )
    assert code == 2
    for words in ("--nameplate must", "--first-feed", "bad.csv:2 period", "bad.csv:3 tonnes", "bad.csv:4 period"):
        assert words in errors
    assert not (tmp_path / "x").exists()
    table.write_text("quarter,tonnes\n2023Q1,50\n", encoding="utf-8")
    assert "column 'period' is missing" in _run("ramp", str(table), "--nameplate", "1")[2]
