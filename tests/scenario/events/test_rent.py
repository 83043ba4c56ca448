"""Who gets the gap between market and contract price: each instrument writes its rent, against arithmetic."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from minrisk.axes import Calendar
from minrisk.engine.inputs import Levers
from minrisk.scenario.draws import stream
from minrisk.scenario.events.regime import Regime
from tests.scenario.example import LABELS

from .writing import DRAWS, event, is_neutral, profile, write

ON: dict[str, Any] = {"origin": "CHN", "start": "2026-03", "duration_months": 12}
HEAVY: dict[str, Any] = ON | {"elements": ["Tb", "Dy"]}
#: February, the first month in force, the last one, and the one after.
MONTHS = [1, 2, 13, 14]


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("quota", ON | {"t_per_year": {"Dy": 120}}),
        ("basket_quota", HEAVY | {"t_per_year": 1000}),
        ("export_tax", HEAVY | {"rate": 0.25}),
    ],
)
def test_under_a_quota_or_a_tax_cargo_costs_the_market_price(kind: str, fields: dict[str, Any]) -> None:
    """All of the gap while in force, on what is in scope; nothing where the event does not happen."""
    written = event(kind, **fields)
    assert profile(write(written), "rent")[MONTHS].tolist() == [0.0, 1.0, 1.0, 0.0]
    (rent,) = write(written).of("rent")
    assert rent.mask.any(axis=1).tolist() == [False, kind != "quota", True, False]
    assert is_neutral(write(written, happens=np.zeros(DRAWS)))


def test_licensed_cargo_costs_little_more_than_its_contract() -> None:
    """Drawn between 0 and .1 unless given; half of the trade under general licences halves it."""
    written = event("licensing", **HEAVY, general_licence_from="2026-06", general_licence_share=0.5)
    assert written.numbers()["rent_share"].support() == (0.0, 0.1)
    rent = profile(write(written, rent_share=np.full(DRAWS, 0.08)), "rent")
    assert rent[[1, 2, 4, 5, 13, 14]] == pytest.approx([0.0, 0.08, 0.08, 0.04, 0.04, 0.0])
    older = event("licensing", **HEAVY, general_licence_from="2026-01", general_licence_share=1)
    assert not profile(write(older), "rent").any()


def test_a_ban_without_leakage_has_no_rent() -> None:
    """What a ban of half the trade never stopped keeps its contract."""
    assert not write(event("export_ban", **HEAVY, destination="japan", severity=0.5)).of("rent")


def test_only_what_leaks_past_a_ban_costs_the_market_price() -> None:
    """Of .8 stopped a share l leaks: .8 l of the .2 + .8 l that ship, all of it where all is stopped."""
    leaks: dict[str, Any] = {"destination": "japan", "leakage_max": 0.3, "leakage_months": 12}
    written = event("export_ban", **HEAVY, **leaks, severity=0.8)
    levers = write(written)
    leaked = profile(levers, "availability") - 0.2
    expected = leaked / (0.2 + leaked)
    assert profile(levers, "rent")[2:14] == pytest.approx(expected[2:14], rel=1e-12)
    assert profile(levers, "rent")[[1, 14]].tolist() == [0.0, 0.0]
    assert 0.05 < expected[3] < expected[13] < 1.0
    total = write(event("export_ban", **HEAVY, **leaks, severity=1))
    assert profile(total, "rent")[2:14] == pytest.approx(1.0)


def test_a_regime_has_the_rents_of_its_instruments() -> None:
    """Months wholly in a regime: quotas and what leaks past a ban all, licences the share drawn, else nothing."""
    lasting = {"licensing": 60, "quota": 60, "ban": 60, "contingency": 60}
    for initial, rent in (("none", 0.0), ("licensing", 0.07), ("quota", 1.0), ("ban", 1.0), ("contingency", 0.0)):
        made = event("regime", origin="CHN", start="2026-01", initial=initial, onset_factor=0, ban_severity=1,
                     leakage_max=0.2, licensing_rent_share=0.07, duration_months=lasting)  # fmt: skip
        assert isinstance(made, Regime)
        values = {name: number.ppf(stream(3, name, 0, 5)) for name, number in made.numbers().items()}
        values |= {name: stream(3, name, 0, 5) for name in (*made.processes(), *made.noise())}
        levers = Levers()
        made.write(values, LABELS, Calendar("2026-01", 24), levers)
        (written,) = levers.of("rent")
        assert written.profile[1:] == pytest.approx(rent), initial
