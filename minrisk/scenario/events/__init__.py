"""The kinds of event a scenario may hold, in files by what they do: a new one is a class, and a line here."""

from __future__ import annotations

from typing import get_args

from minrisk.scenario.events.base import ALTERNATIVES, Event, TimedEvent, check_faulty
from minrisk.scenario.events.licensing import Licensing
from minrisk.scenario.events.project import Project
from minrisk.scenario.events.quotas_and_taxes import BasketQuota, ExportTax, Quota
from minrisk.scenario.events.regime import Regime
from minrisk.scenario.events.seabed_mud import SeabedMud
from minrisk.scenario.events.shocks import (
    DemandShock,
    ExportBan,
    ExtraterritorialRule,
    ShippingStop,
    SupplierStop,
    idle_pairs,
)
from minrisk.scenario.events.supply import MineProject, NewSupply, PriceFloor, SourcingMix, Stockpile

#: All kinds of event, for the schema.
AnyEvent = (
    ExportBan
    | Licensing
    | Quota
    | BasketQuota
    | ExportTax
    | PriceFloor
    | Regime
    | ExtraterritorialRule
    | ShippingStop
    | SupplierStop
    | SeabedMud
    | Stockpile
    | DemandShock
    | NewSupply
    | MineProject
    | SourcingMix
)

#: Class of each kind of event by the word a scenario file uses.
EVENT_TYPES: dict[str, type[Event]] = {
    get_args(kind.model_fields["type"].annotation)[0]: kind for kind in get_args(AnyEvent)
}

__all__ = [
    "ALTERNATIVES",
    "EVENT_TYPES",
    "AnyEvent",
    "BasketQuota",
    "DemandShock",
    "Event",
    "ExportBan",
    "ExportTax",
    "ExtraterritorialRule",
    "Licensing",
    "MineProject",
    "NewSupply",
    "PriceFloor",
    "Project",
    "Quota",
    "Regime",
    "SeabedMud",
    "ShippingStop",
    "SourcingMix",
    "Stockpile",
    "SupplierStop",
    "TimedEvent",
    "check_faulty",
    "idle_pairs",
]
