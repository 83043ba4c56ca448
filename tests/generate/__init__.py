"""Pages that are made from code, and what makes each of them.

``python -m tests.generate`` writes them all. The record of past episodes takes a minute and has a command of its
own, ``python -m tests.generate.track_record``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from minrisk.scenario.reference import scenario_reference, schema_json
from tests import ROOT, SCENARIOS
from tests.generate.dataset_reference import dataset_reference
from tests.generate.episode_reference import episode_reference


def _schema() -> str:
    """As ``minrisk schema`` prints it."""
    return json.dumps(schema_json(), indent=1, ensure_ascii=False) + "\n"


def _scenario_page() -> str:
    return scenario_reference() + "\n"


PAGES: dict[Path, Callable[[], str]] = {
    ROOT / "minrisk" / "data" / "README.md": dataset_reference,
    ROOT / "minrisk" / "history" / "README.md": episode_reference,
    SCENARIOS / "REFERENCE.md": _scenario_page,
    SCENARIOS / "schema.json": _schema,
}
