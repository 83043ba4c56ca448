"""A new dataset loads as it is written, for each subject, and its mix is what its example rows say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from minrisk import load_scenario
from minrisk.cli import app
from minrisk.data import DatasetError, central_mix, load_dataset
from minrisk.data.dataset import EXAMPLE_NOTE
from minrisk.data.tables import SUBJECTS, TABLES


@pytest.mark.parametrize("subject", SUBJECTS)
def test_loads_as_written(tmp_path: Path, subject: str) -> None:
    """Every required table is there with its unit; 693 of 990 t come from China."""
    folder = tmp_path / "mine"
    result = CliRunner().invoke(app, ["data", "new", str(folder), "--subject", subject])
    assert result.exit_code == 0, result.output
    assert {stem for stem, table in TABLES.items() if table.required} <= {path.stem for path in folder.iterdir()}
    dataset = load_dataset(folder)
    assert dataset.subject == subject
    tonnes = central_mix(dataset).tonnes[0, :, 0]
    assert tonnes[0] / tonnes.sum() == pytest.approx(0.7)
    assert tonnes.sum() * 12.0 == pytest.approx(1000.0, rel=0.011)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """A folder that is there stays as it is; a wrong subject is told the nearest."""
    result = CliRunner().invoke(app, ["data", "new", str(tmp_path)])
    assert result.exit_code != 0
    assert not list(tmp_path.iterdir())
    wrong = CliRunner().invoke(app, ["data", "new", str(tmp_path / "mine"), "--subject", "mineral"])
    assert wrong.exit_code != 0
    assert "did you mean 'minerals'" in wrong.output


@pytest.mark.parametrize("subject", SUBJECTS)
def test_its_first_scenario_is_valid(tmp_path: Path, subject: str) -> None:
    """A ban on the dataset beside it, on the packaged market, with stocks of no element named."""
    folder = tmp_path / "mine"
    CliRunner().invoke(app, ["data", "new", str(folder), "--subject", subject])
    scenario = load_scenario(folder / "ban.yaml")
    assert scenario.dataset == str(folder)
    assert scenario.market.stock_cover_factor == {}
    assert [event.name for event in scenario.events] == ["ban"]


def test_a_trade_file_takes_the_place_of_the_example_rows(tmp_path: Path) -> None:
    """Lithium in two codes: imported at once, in the mix, and the rows of the example are gone."""
    folder, file = tmp_path / "lithium", tmp_path / "baci.csv"
    new = ["data", "new", str(folder), "--element", "Li", "--hs", "282520,283691"]
    assert CliRunner().invoke(app, new).exit_code == 0
    assert central_mix(load_dataset(folder)).tonnes[0, 0, 0] > 0.0
    file.write_text("t,i,j,k,v,q\n2024,156,392,282520,500,40\n2024,152,392,283691,90,10\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["data", "import", str(file), "--from", "baci", "--dataset", str(folder)])
    assert done.exit_code == 0, done.output
    frame = load_dataset(folder).table("imports")
    assert list(zip(frame["hs"], frame["origin"], frame["quantity_t"], frame["in_mix"], strict=True)) == [
        ("282520", "CHN", 40.0, 1.0),
        ("283691", "CHL", 10.0, 1.0),
    ]
    assert not frame["note"].str.contains(EXAMPLE_NOTE).any()


def test_a_code_without_a_factor_is_said_to_be_out_of_the_mix(tmp_path: Path) -> None:
    """It is kept, and the user hears what it needs; where no row is in the mix, the error says which cell."""
    folder, file = tmp_path / "mine", tmp_path / "baci.csv"
    CliRunner().invoke(app, ["data", "new", str(folder)])
    file.write_text("t,i,j,k,v,q\n2024,156,392,810510,500,700\n2024,156,392,282200,90,10\n", encoding="utf-8")
    imported = ["data", "import", str(file), "--from", "baci", "--dataset", str(folder), "--hs", "810510,282200"]
    done = CliRunner().invoke(app, imported)
    assert "282200: not in the mix (in_mix 0): no row in reo_factors.csv" in done.output
    path = folder / "imports.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",1,t gross", ",0,t gross"), encoding="utf-8")
    with pytest.raises(DatasetError, match="column 'in_mix': 0 in all rows of the mix years 2024-2024"):
        load_dataset(folder)


def test_data_package_describes_the_tables(tmp_path: Path) -> None:
    """Every table that is there, its columns in the order of its header, numbers as numbers."""
    folder = tmp_path / "mine"
    CliRunner().invoke(app, ["data", "new", str(folder)])
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert {entry["path"] for entry in package["resources"]} == {path.name for path in folder.glob("*.csv")}
    demand = next(entry for entry in package["resources"] if entry["name"] == "demand")
    fields = {field["name"]: field["type"] for field in demand["schema"]["fields"]}
    header = (folder / "demand.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    assert set(header) <= set(fields)
    assert (fields["element"], fields["low"], demand["schema"]["primaryKey"]) == ("string", "number", ["element"])


@pytest.mark.parametrize(("option", "value", "said"), [("--hs", "8105", "'8105'"), ("--element", "a b", "'a b'")])
def test_a_wrong_code_or_label_is_refused(tmp_path: Path, option: str, value: str, said: str) -> None:
    """Nothing is written."""
    wrong = CliRunner().invoke(app, ["data", "new", str(tmp_path / "mine"), option, value])
    assert wrong.exit_code == 2
    assert said in wrong.output
    assert not (tmp_path / "mine").exists()


def test_pages_and_mix_of_minerals_do_not_speak_of_oxide() -> None:
    """What the terminal says of the sourcing mix, and of a decision on it."""
    for command in (["mix", "japan_controlled_minerals"], ["stress", "japan_controlled_minerals"]):
        done = CliRunner().invoke(app, command)
        assert done.exit_code == 0, done.output
        assert "Ga" in done.output
        for word in ("REO", "are earth", "oxide"):
            assert word not in done.output, command


def test_the_folder_names_the_dataset(tmp_path: Path) -> None:
    """Its name, title and first element; what would break a cell is left out of them."""
    folder = tmp_path / 'cobalt, "2024"'
    CliRunner().invoke(app, ["data", "new", str(folder), "--element", "Co"])
    dataset = load_dataset(folder)
    assert dataset.name == "cobalt_ _2024_"
    assert dataset.settings["title"].startswith("cobalt_ _2024_: ")
    assert list(dataset.table("elements")["name"]) == [dataset.name]
