"""``minrisk indices`` and ``minrisk data import`` as an analyst meets them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from typer.testing import CliRunner

from minrisk.cli import app

TRADE_FILES = Path(__file__).parents[1] / "data" / "trade_files"

runner = CliRunner()
BACI = "t,i,j,k,v,q\n2025,156,392,280530,181000.5,5200\n2025,704,392,280530,150000,2600\n2025,156,410,280530,1,1\n"


def test_indices_print_and_write(tmp_path: Path) -> None:
    """Options of the manual: importer, years, codes, folder."""
    out = tmp_path / "out"
    result = runner.invoke(
        app, ["indices", "--importer", "KOR", "--years", "2019-2024", "--hs", "280530,284690", "--out", str(out)]
    )
    assert result.exit_code == 0, result.output
    assert "Imports of Korea, 280530, 284690" in result.output
    table = pd.read_csv(out / "indices_KOR.csv", dtype={"hs": str})
    assert set(table["year"]) == set(range(2019, 2025))
    assert set(table["hs"]) == {"280530", "284690", "all"}


def test_indices_refuse_what_is_not_there(tmp_path: Path) -> None:
    """Exit 2, the nearest word, nothing written, no traceback."""
    out = tmp_path / "out"
    for options, words in (
        (["--importer", "JPM"], "did you mean 'JPN'?"),
        (["--hs", "280531"], "did you mean '280530'?"),
        (["--years", "2024-2002"], "not a year (2024) or a span"),
        (["--years", "1950"], "there are 1995-2024"),
        (["--dataset", str(tmp_path / "none")], "no such dataset folder"),
    ):
        result = runner.invoke(app, ["indices", *options, "--out", str(out)])
        assert result.exit_code == 2
        assert words in result.stderr
        assert isinstance(result.exception, SystemExit)
    assert not out.exists()


def test_next_year_is_one_command(tmp_path: Path) -> None:
    """A BACI file makes a dataset that the indices read; every line of the file is accounted for."""
    file, folder = tmp_path / "b.csv", tmp_path / "next"
    file.write_text(BACI, encoding="utf-8")
    result = runner.invoke(app, ["data", "import", "--from", "baci", str(file), "--dataset", str(folder)])
    assert result.exit_code == 0, result.output
    assert "JPN 2025 280530: 2 rows, 7,800.0 t gross, new" in result.output
    assert "left out: 1 line, other importers" in result.output
    shown = runner.invoke(app, ["indices", "--dataset", str(folder), "--years", "2025"])
    assert shown.exit_code == 0, shown.output
    assert "66.7" in shown.output  # 5,200 of 7,800 t
    again = runner.invoke(
        app, ["data", "import", "--from", "baci", str(file), "--dataset", str(folder), "--importer", "all"]
    )
    assert "instead of 2 rows, 7,800.0 t" in again.output
    assert runner.invoke(app, ["indices", "--dataset", str(folder), "--importer", "KOR"]).exit_code == 0


def test_codes_and_importers_as_people_write_them(tmp_path: Path) -> None:
    """Dots and names are read; what is short of a code gets the one that was meant."""
    file, folder = tmp_path / "b.csv", tmp_path / "next"
    file.write_text(BACI, encoding="utf-8")
    words = ["data", "import", "--from", "baci", str(file), "--dataset", str(folder)]
    for wrong, right in ((["--hs", "2805"], "'280530'"), (["--importer", "JP"], "'JPN'")):
        result = runner.invoke(app, [*words, *wrong])
        assert result.exit_code == 2
        assert f"did you mean {right}?" in result.stderr
    result = runner.invoke(app, [*words, "--hs", "2805.30", "--importer", "japan"])
    assert result.exit_code == 0, result.output
    assert "JPN 2025 280530: 2 rows, 7,800.0 t gross, new" in result.output


def test_own_goods_do_not_dilute_the_concentration(tmp_path: Path) -> None:
    """China 5,000 of 9,000 t from abroad, and an index of .432, though 500 t came from the importer itself."""
    file, folder = TRADE_FILES / "own_goods.csv", tmp_path / "next"
    words = ["data", "import", "--from", "comtrade", str(file), "--dataset", str(folder)]
    assert runner.invoke(app, words).exit_code == 0
    shown = runner.invoke(app, ["indices", "--dataset", str(folder), "--years", "2025", "--hs", "280530"])
    assert "55.6" in shown.output
    assert "0.432" in shown.output


def test_bad_rows_stop_the_import(tmp_path: Path) -> None:
    """All of them with their lines, exit 2, nothing written; beyond fifty they are counted."""
    file, folder = tmp_path / "b.csv", tmp_path / "next"
    file.write_text(BACI + "2025,1x,392,280530,1,1\n" + "2025,156,392,284610,x,y\n" * 40, encoding="utf-8")
    result = runner.invoke(app, ["data", "import", "--from", "baci", str(file), "--dataset", str(folder)])
    assert result.exit_code == 2
    assert "b.csv:5: column 'i': '1x'" in result.stderr
    assert "b.csv:6: column 'v': 'x' is not a number" in result.stderr
    assert "and 31 further errors" in result.stderr
    assert "nothing was written" in result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.csv"]


def test_import_needs_a_known_format_and_a_dataset(tmp_path: Path) -> None:
    """Exit 2 with what is allowed."""
    file = tmp_path / "b.csv"
    file.write_text(BACI, encoding="utf-8")
    unknown = runner.invoke(app, ["data", "import", "--from", "wto", str(file), "--dataset", str(tmp_path / "x")])
    assert unknown.exit_code == 2
    assert "comtrade" in unknown.stderr
    assert runner.invoke(app, ["data", "import", "--from", "baci", str(file)]).exit_code == 2
    other = runner.invoke(
        app, ["data", "import", "--from", "comtrade", str(file), "--dataset", str(tmp_path / "x")]
    )
    assert "say --from baci" in other.stderr
