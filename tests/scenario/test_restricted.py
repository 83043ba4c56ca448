"""Where paths are restricted, somebody else's file reads nothing outside its folder, and learns nothing of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from minrisk.cli import app
from minrisk.scenario import ScenarioError, load_scenario, patched, restrict_paths
from tests.data.tiny import write_tiny

SECRET = "title: a secret title\nmonths: 12\n"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Path]:
    """A folder of uploads beside somebody's own files; restrictions end with the test."""
    (tmp_path / "uploads").mkdir()
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "secret.yaml").write_text("extends: calm\n" + SECRET, encoding="utf-8")
    write_tiny(tmp_path / "private" / "dataset")
    yield tmp_path
    restrict_paths(None)


def upload(desk: Path, text: str) -> Path:
    path = desk / "uploads" / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def said(path: Path) -> str:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    assert "secret title" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize(
    "text",
    [
        "extends: {place}/secret.yaml\n",
        "extends: ../private/secret.yaml\n",
        "extends: link.yaml\n",
        "extends: calm\ndataset: ../private/dataset\n",
        "extends: calm\ndataset: {place}/dataset\n",
        "extends: calm\ndataset: linked\n",
    ],
)
def test_nothing_outside_is_read_nor_told(text: str, there: bool, desk: Path) -> None:
    """By whole path, by .. or by a link: the same words whether the file is there or not."""
    path = upload(desk, text.format(place=desk / "private"))
    (desk / "uploads" / "link.yaml").symlink_to(desk / "private" / "secret.yaml")
    (desk / "uploads" / "linked").symlink_to(desk / "private" / "dataset")
    restrict_paths(desk / "uploads")
    if not there:
        for inside in sorted((desk / "private").rglob("*"), reverse=True):
            inside.rmdir() if inside.is_dir() else inside.unlink()
    assert re.search(r"mine\.yaml:\d .*lies outside the folder of --restrict-paths", said(path))


def test_a_scenario_that_is_itself_a_link_is_not_followed(desk: Path) -> None:
    link = desk / "uploads" / "mine.yaml"
    link.symlink_to(desk / "private" / "secret.yaml")
    restrict_paths(desk / "uploads")
    assert "lies outside" in said(link)
    assert "lies outside" in said(desk / "private" / "secret.yaml")


def test_what_lies_inside_or_is_packaged_is_read(desk: Path) -> None:
    """Bare names, files beside, own datasets and packaged ones; a patch in Python too."""
    restrict_paths(desk / "uploads")
    (desk / "uploads" / "base.yaml").write_text("extends: calm\ntitle: base\nmonths: 12\n", encoding="utf-8")
    found = load_scenario(upload(desk, "extends: base.yaml\ntitle: mine\n"))
    assert found.months == 12
    assert patched(found, {"months": 6}).months == 6
    assert load_scenario("embargo_2010_replay").dataset is not None
    write_tiny(desk / "uploads" / "dataset")
    text = "extends: calm\ntitle: mine\ndataset: dataset\nmarket: {choke_price_index: 20}\n"
    with pytest.raises(ScenarioError) as caught:
        load_scenario(upload(desk, text + "evnts: []\n"))
    assert "lies outside" not in str(caught.value)


def test_the_option_and_the_environment(desk: Path) -> None:
    path = upload(desk, "extends: ../private/secret.yaml\n")
    free = CliRunner().invoke(app, ["validate", str(path)])
    assert free.exit_code == 0, free.output
    option = CliRunner().invoke(app, ["--restrict-paths", str(desk / "uploads"), "validate", str(path)])
    variable = CliRunner(env={"MINRISK_RESTRICT_PATHS": str(desk / "uploads")}).invoke(app, ["validate", str(path)])
    for found in (option, variable):
        assert found.exit_code == 2
        assert "lies outside the folder of --restrict-paths" in found.output
    nowhere = CliRunner().invoke(app, ["--restrict-paths", str(desk / "nowhere"), "validate", "calm"])
    assert nowhere.exit_code == 2
