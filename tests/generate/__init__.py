"""Pages that are made from code, and what makes each of them.

``python -m tests.generate`` writes them all. The record of past episodes takes a minute and has a command of its
own, ``python -m tests.generate.track_record``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from minrisk.data import load_dataset
from minrisk.data.tables import datapackage
from minrisk.scenario.reference import scenario_reference, schema_json
from tests import ROOT, SCENARIOS
from tests.generate.dataset_reference import dataset_reference
from tests.generate.episode_reference import episode_reference

DATA = ROOT / "minrisk" / "data"


def _schema() -> str:
    """As ``minrisk schema`` prints it."""
    return json.dumps(schema_json(), indent=1, ensure_ascii=False) + "\n"


def _scenario_page() -> str:
    return scenario_reference() + "\n"


def _package(name: str) -> Callable[[], str]:
    """What describes the tables of a packaged dataset to other tools."""

    def text() -> str:
        dataset = load_dataset(name)
        sources = dataset.table("SOURCES").fillna("").astype(str).to_dict("records")
        texts = {stem: (dataset.folder / f"{stem}.csv").read_text(encoding="utf-8") for stem in dataset.tables}
        return datapackage(dataset.name, texts, dataset.settings["title"], sources)

    return text


PAGES: dict[Path, Callable[[], str]] = {
    DATA / "README.md": dataset_reference,
    ROOT / "minrisk" / "history" / "README.md": episode_reference,
    **{path.parent / "datapackage.json": _package(path.parent.name) for path in DATA.glob("*/dataset.csv")},
    SCENARIOS / "REFERENCE.md": _scenario_page,
    SCENARIOS / "schema.json": _schema,
}
