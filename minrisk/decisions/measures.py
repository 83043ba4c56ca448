"""Measures as scenario patches, with what they cost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from minrisk.axes import Array
from minrisk.data.dataset import Dataset
from minrisk.decisions.prices import day_of_demand_usd
from minrisk.decisions.vary import VaryError, patched
from minrisk.scenario.distributions import Distribution, Fixed
from minrisk.scenario.errors import unknown
from minrisk.scenario.fields import NAME, Bounds
from minrisk.scenario.sample import stream
from minrisk.scenario.schema import Scenario
from minrisk.scenario.translation import Translations
from minrisk.scenario.yaml_nodes import parse, read_text

#: Fields of a measure's file.
FIELDS = ("title", "translations", "sources", "cost_musd", "market", "events")

_NOTHING = Fixed(0.0)
_NO_TRANSLATIONS = Translations()


@dataclass(frozen=True)
class Measure:
    """Something a government or firm can do.

    Attributes
    ----------
    name, title : str
    patch : mapping
        ``market`` and ``events`` laid over a scenario.
    cost_musd : Distribution
        Money spent over the scenario's months [million USD], beside what stock costs.
    sources : tuple of str
    translations : Translations
        The title in other languages.
    """

    name: str
    title: str
    patch: Mapping[str, Any]
    cost_musd: Distribution = _NOTHING
    sources: tuple[str, ...] = ()
    translations: Translations = _NO_TRANSLATIONS

    def cost_usd(self, scenario: Scenario, dataset: Dataset, draws: int, seed: int, rate: float) -> Array:
        """Money spent in each draw: its own cost, and stock at current prices with carrying [USD]."""
        own = self.cost_musd
        low, high = own.support()
        cost = np.full(draws, low) if low == high else own.ppf(stream(seed, f"{self.name}/cost_musd", 0, draws))
        years, price = scenario.months / 12.0, day_of_demand_usd(dataset)
        for event in patched(scenario, self.patch).events:
            if event.type == "stockpile" and any(event.name == e["name"] for e in self.patch.get("events", ())):
                held = [event.elements == "all" or e in event.elements for e in dataset.labels.elements]
                days = event.days_of_demand.mean()
                cost = cost + days * float(price @ np.array(held, dtype=float)) * (1.0 + rate * years) / 1e6
        return 1e6 * cost


def load_measure(path: Path) -> Measure:
    """Measure from a YAML file: title, translations, sources, cost_musd, market, events.

    Raises
    ------
    ScenarioError
        If the file cannot be read as YAML.
    VaryError
        If a field is unknown or missing, or the cost is not a number of at least 0.
    """
    node = parse(read_text(path, str(path)), str(path))
    plain, lines = node.plain(), node.value if isinstance(node.value, dict) else {}
    problems = [str(n.problem(unknown("field", k, FIELDS))) for k, n in lines.items() if k not in FIELDS]
    if not isinstance(plain.get("title"), str):
        problems.append(f"{path}: title: required field is missing")
    if not any(isinstance(plain.get(key), kind) for key, kind in (("market", dict), ("events", list))):
        problems.append(f"{path}: a measure changes the market or adds events; it has neither")
    if not re.fullmatch(NAME, path.stem):
        problems.append(
            f"{path}: {path.stem!r} is no name of a measure: lower case letters, digits, _ and -, at most 64"
        )
    cost: Distribution = _NOTHING
    try:
        cost = Bounds().parse(plain.get("cost_musd", 0.0))
    except ValueError as error:
        problems.append(f"{path}: cost_musd: {error}")
    translations = _NO_TRANSLATIONS
    try:
        translations = Translations.model_validate(plain.get("translations") or {})
    except ValidationError as error:
        problems += [
            f"{path}: translations.{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()
        ]
    if problems:
        raise VaryError(problems)
    patch = {key: plain[key] for key in ("market", "events") if key in plain}
    return Measure(path.stem, plain["title"], patch, cost, tuple(plain.get("sources", ())), translations)
