"""Datasets read again or sent to workers: one object while the files stay, another where tables are others."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import pytest

from minrisk import load_dataset
from minrisk.data.dataset import Dataset, DatasetError
from tests.data.tiny import write_tiny


def _sent(dataset: Dataset) -> Dataset:
    found = pickle.loads(pickle.dumps(dataset))
    assert isinstance(found, Dataset)
    return found


def test_the_same_dataset_arrives_as_one_object() -> None:
    """What a worker derives from it, it derives once for all blocks; sent on, it is still the same."""
    dataset = load_dataset()
    first = _sent(dataset)
    assert first is not dataset
    assert _sent(dataset) is first
    assert _sent(first) is first
    assert first.fingerprint == dataset.fingerprint
    assert first.table("demand").equals(dataset.table("demand"))


def test_a_changed_dataset_is_another() -> None:
    """The fingerprint of the files stays when a table is put in place of another; the object does not."""
    dataset = load_dataset()
    before = _sent(dataset)
    demand = dataset.table("demand").assign(central=1.0)
    after = _sent(replace(dataset, tables={**dataset.tables, "demand": demand}))
    assert after is not before
    assert (after.table("demand")["central"] == 1.0).all()
    assert not (before.table("demand")["central"] == 1.0).all()


def test_few_are_kept() -> None:
    """A sweep over many datasets does not fill a worker's memory."""
    first = load_dataset()
    kept = _sent(first)
    for _ in range(4):
        _sent(replace(first))
    assert _sent(first) is not kept


def test_files_that_did_not_change_are_read_once(tmp_path: Path) -> None:
    """One object; a changed, a renamed or a broken file is seen at once."""
    assert load_dataset() is load_dataset(None)
    folder = tmp_path / "tiny"
    write_tiny(folder)
    first = load_dataset(folder)
    assert load_dataset(folder) is first
    demand = folder / "demand.csv"
    before = demand.read_bytes()
    demand.write_bytes(before + b"\n")
    assert load_dataset(folder) is not first
    (folder / "demands.csv").write_bytes(before)
    with pytest.raises(DatasetError, match="unknown table"):
        load_dataset(folder)
    (folder / "demands.csv").unlink()
    demand.write_bytes(before)
    assert load_dataset(folder).fingerprint == first.fingerprint
