"""What a sourcing mix lacks is known before anything is said about it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from minrisk.cli import app
from minrisk.data import DatasetError, lacks, lacks_in_words, load_dataset
from minrisk.data.dataset import PACKAGED
from minrisk.data.mix.estimate import Lack
from minrisk.pipeline.run import run
from minrisk.report.messages import key_messages
from minrisk.results import in_demand, lowest_stocks
from minrisk.scenario import load_scenario
from tests.data.tiny import write_tiny

FILES = Path(__file__).parent / "trade_files"
SCENARIOS = Path(__file__).parents[2] / "scenarios"

runner = CliRunner()


def one_code(folder: Path) -> Path:
    """A dataset whose mix is made of one customs code of one year."""
    target = folder / "own"
    words = ["data", "import", str(FILES / "comtrade.csv"), "--from", "comtrade", "--dataset", str(target)]
    assert runner.invoke(app, words).exit_code == 0
    text = (target / "dataset.csv").read_text(encoding="utf-8")
    (target / "dataset.csv").write_text(text.replace("mix_years,2024,", "mix_years,2025,"), encoding="utf-8")
    return target


def test_the_packaged_mix_lacks_nothing(tmp_path: Path) -> None:
    """Nor does a dataset whose supply meets its demand."""
    assert lacks(load_dataset()) == ()
    assert lacks_in_words(load_dataset()) == ""
    assert lacks(load_dataset(write_tiny(tmp_path))) == ()


def test_elements_of_the_codes_that_are_missing(tmp_path: Path) -> None:
    """Metals hold no europium: said by validate and run as a warning, first by the report."""
    folder = one_code(tmp_path)
    none = [lack.element for lack in lacks(load_dataset(folder)) if lack.mix_t == 0.0]
    assert none == ["Eu", "Er", "Tm", "Yb", "Lu"]
    assert Lack("Eu", 8.0, 0.0) in lacks(load_dataset(folder))
    path = tmp_path / "mine.yaml"
    base = SCENARIOS.joinpath("ban_full_3m.yaml")
    path.write_text(f"extends: {base}\ntitle: own data\ndataset: own\n", encoding="utf-8")
    checked = runner.invoke(app, ["validate", str(path)])
    assert checked.exit_code == 0
    assert f"warning: dataset {folder}: the sourcing mix of 2025 has no source of Eu (8 t), Er" in checked.stderr
    finished = run(load_scenario(path), draws=20)
    first = key_messages(finished)[0]
    assert "no source of europium, erbium, thulium, ytterbium and lutetium" in first
    never = [message for message in key_messages(finished) if "never short" in message and message != first]
    assert all("europium" not in message for message in never)


def test_a_mix_without_tonnes_is_refused(tmp_path: Path) -> None:
    """Rows of value alone make no mix."""
    folder = write_tiny(tmp_path)
    text = (folder / "imports.csv").read_text(encoding="utf-8")
    (folder / "imports.csv").write_text(text.replace("SRC,1200,", "SRC,,"), encoding="utf-8")
    with pytest.raises(DatasetError, match="no tonnes in the mix years 2024"):
        load_dataset(folder)


def test_an_element_that_nobody_uses_is_not_spoken_of(tmp_path: Path) -> None:
    """Demand of 0 t in every draw: no warning of numpy, no lowest stocks, no lowest share of China."""
    folder = tmp_path / "own"
    shutil.copytree(PACKAGED, folder)
    rows = (folder / "demand.csv").read_text(encoding="utf-8").splitlines()
    none = [re.sub(r"^Tm,[^,]*,[^,]*,[^,]*,", "Tm,0,0,0,", row) for row in rows]
    assert none != rows
    (folder / "demand.csv").write_text("\n".join(none) + "\n", encoding="utf-8")
    calm = load_scenario(SCENARIOS / "calm.yaml").model_copy(update={"dataset": str(folder), "months": 12})
    finished = run(calm, draws=20)
    unused = finished.elements.index("Tm")
    assert finished.metrics["demand_t"][unused].max() == 0.0
    assert in_demand(finished).tolist() == [symbol != "Tm" for symbol in finished.elements]
    assert "Tm" not in [found.symbol for found in lowest_stocks(finished)]
    assert not any("lowest for thulium" in message for message in key_messages(finished))
