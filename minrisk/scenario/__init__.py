"""Scenarios: strict files, distributions, events, and the draws made from them."""

from minrisk.scenario.change import patched
from minrisk.scenario.conditional import AtLeast
from minrisk.scenario.distributions import (
    Beta,
    Chance,
    Discrete,
    Distribution,
    Fixed,
    Lognormal,
    Mixture,
    Normal,
    Triangular,
    Uniform,
    Weibull,
    number_text,
)
from minrisk.scenario.draws import Draws, sample, stream
from minrisk.scenario.errors import (
    FieldError,
    Loc,
    Problem,
    ScenarioError,
    nearest,
    replaced,
    shorten,
    unknown,
)
from minrisk.scenario.events import (
    DemandShock,
    Event,
    ExportBan,
    MineProject,
    NewSupply,
    PriceFloor,
    SeabedMud,
    Stockpile,
)
from minrisk.scenario.events.base import ExportRestriction
from minrisk.scenario.events.licensing import Licensing
from minrisk.scenario.events.project import (
    Plant,
    Project,
    first_production,
    operating_months,
    planned_months,
    project_tonnes,
    running_share,
    spent_share,
)
from minrisk.scenario.fields import NAME, Bounds, Date, ScenarioPart, unit_of
from minrisk.scenario.library import LibraryError, copy_library, locate, scenarios
from minrisk.scenario.load import load_scenario
from minrisk.scenario.schema import Scenario, Translation, Translations

__all__ = [
    "NAME",
    "AtLeast",
    "Beta",
    "Bounds",
    "Chance",
    "Date",
    "DemandShock",
    "Discrete",
    "Distribution",
    "Draws",
    "Event",
    "ExportBan",
    "ExportRestriction",
    "FieldError",
    "Fixed",
    "LibraryError",
    "Licensing",
    "Loc",
    "Lognormal",
    "MineProject",
    "Mixture",
    "NewSupply",
    "Normal",
    "Plant",
    "PriceFloor",
    "Problem",
    "Project",
    "Scenario",
    "ScenarioError",
    "ScenarioPart",
    "SeabedMud",
    "Stockpile",
    "Translation",
    "Translations",
    "Triangular",
    "Uniform",
    "Weibull",
    "copy_library",
    "first_production",
    "load_scenario",
    "locate",
    "nearest",
    "number_text",
    "operating_months",
    "patched",
    "planned_months",
    "project_tonnes",
    "replaced",
    "running_share",
    "sample",
    "scenarios",
    "shorten",
    "spent_share",
    "stream",
    "unit_of",
    "unknown",
]
