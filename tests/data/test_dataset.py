"""Datasets sent to workers: one object however often it comes, another where its tables are others."""

from __future__ import annotations

import pickle
from dataclasses import replace

from minrisk import load_dataset
from minrisk.data.dataset import Dataset


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
        _sent(load_dataset())
    assert _sent(first) is not kept
