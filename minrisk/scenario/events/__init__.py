"""The kinds of event a scenario may hold: one file each, and one line here."""

from __future__ import annotations

from minrisk.scenario.events.base import Event
from minrisk.scenario.events.demand_shock import DemandShock
from minrisk.scenario.events.export_ban import ExportBan
from minrisk.scenario.events.licensing import Licensing
from minrisk.scenario.events.mine_project import MineProject
from minrisk.scenario.events.new_supply import NewSupply
from minrisk.scenario.events.project import Project
from minrisk.scenario.events.seabed_mud import SeabedMud
from minrisk.scenario.events.stockpile import Stockpile

#: All kinds of event, for the schema.
AnyEvent = ExportBan | Licensing | SeabedMud | Stockpile | DemandShock | NewSupply | MineProject

#: Class of each kind of event by the word a scenario file uses.
EVENT_TYPES: dict[str, type[Event]] = {
    "export_ban": ExportBan,
    "licensing": Licensing,
    "seabed_mud": SeabedMud,
    "stockpile": Stockpile,
    "demand_shock": DemandShock,
    "new_supply": NewSupply,
    "mine_project": MineProject,
}

__all__ = [
    "EVENT_TYPES",
    "AnyEvent",
    "DemandShock",
    "Event",
    "ExportBan",
    "Licensing",
    "MineProject",
    "NewSupply",
    "Project",
    "SeabedMud",
    "Stockpile",
]
