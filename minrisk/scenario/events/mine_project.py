"""A mine, a separation plant or a recycling plant, with the stages, ramp-up and costs of a project."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import ConfigDict, Field, field_validator, model_validator

from minrisk.axes import Array, Calendar, Labels
from minrisk.data import packaged_names, packaged_project
from minrisk.engine.inputs import Addition, Levers, NetOf
from minrisk.scenario.distributions import Fixed
from minrisk.scenario.errors import Fault, unknown
from minrisk.scenario.events.base import by_element, check_elements, check_names, check_route, check_start
from minrisk.scenario.events.project import Plant, Project, project_tonnes
from minrisk.scenario.fields import NonNegative, NonNegativeOrInf, Share


def _only_name_and_type(schema: dict[str, Any]) -> None:
    """A packaged project brings its own start, route and tonnes."""
    schema["required"] = ["name", "type"]


class MineProject(Project):
    """A mine, separation plant or recycling plant: own numbers, or those of a packaged project.

    Mountain Pass idled in 2015, came back in 2018 (USGS) and took from mid-2023 to early 2026 to reach 917 t of
    neodymium and praseodymium oxide a quarter of 1,519 planned (MP Materials quarterly reports).
    """

    model_config = ConfigDict(json_schema_extra=_only_name_and_type)

    type: Literal["mine_project"]
    """Kind of event."""

    packaged: str | None = None
    """Name of a project of the packaged table, whose fields stand in for those left out here."""

    t_per_year: Annotated[dict[str, NonNegative], Field(min_length=1)]
    """Full output of each element [t REO/year]."""

    share_to_importer: Share = Fixed(1.0)
    """Share of the output that goes to the importing country [1]."""

    resource_t: NonNegativeOrInf = Fixed(np.inf)
    """All that the deposit can give [t REO]; unlimited if left out."""

    committed: bool = Field(default=False, strict=True)
    """Whether the tonnes come whatever the price (take-or-pay) and are never declined."""

    already_in_mix: tuple[str, ...] = ()
    """Routes that bring part of these tonnes in the baseline already: only what is beyond their tonnes of each
    element is added, in every draw."""

    @model_validator(mode="before")
    @classmethod
    def _fill_from_the_table(cls, raw: Any) -> Any:
        name = raw.get("packaged") if isinstance(raw, Mapping) else None
        return {**packaged_project(name), **raw} if isinstance(name, str) and name in packaged_names() else raw

    @field_validator("packaged")
    @classmethod
    def _known(cls, name: str | None) -> str | None:
        if name is not None and name not in packaged_names():
            raise ValueError(unknown("packaged project", name, packaged_names()))
        return name

    @property
    def basis_text(self) -> str:
        """What the tonnes rest on."""
        return "tonnes of oxide for the importer, as planned by the owner"

    def write(self, values: Mapping[str, Array], labels: Labels, calendar: Calendar, levers: Levers) -> None:
        """Append one addition."""
        plant = self.plant(values, labels.elements)
        tonnes = project_tonnes(self, plant, values, calendar)
        full = plant.reo_t_per_month * plant.element_shares
        net_of = NetOf(self.already_in_mix, full) if self.already_in_mix else None
        levers.additions.append(
            Addition(self.name, self.route, tonnes, plant.element_shares, committed=self.committed, net_of=net_of)
        )

    def plant(self, values: Mapping[str, Array], elements: tuple[str, ...]) -> Plant:
        """What it gives at full output; the importer bears its share of the cost."""
        total = np.zeros_like(values["share_to_importer"])
        for element in self.t_per_year:
            total += values[f"t_per_year.{element}"]
        tonnes = by_element(values, "t_per_year", elements)
        imported = values["share_to_importer"] * total / 12.0
        share, resource = values["share_to_importer"], values["resource_t"]
        return Plant(
            reo_t_per_month=imported,
            handled_t_per_month=imported,
            size=total,
            capital_share=share,
            # Without end times a share of 0 is 0.
            recoverable_t=np.multiply(resource, share, out=np.zeros_like(share), where=share > 0.0),
            element_shares=np.divide(tonnes, total, out=np.zeros_like(tonnes), where=total > 0.0),
            season=np.ones((12, 1)),
        )

    def check(self, labels: Labels, calendar: Calendar) -> list[Fault]:
        """Faults of the date, the route and the elements."""
        # A packaged project may come after a short scenario has ended: the list is the same for all.
        dates = [] if self.packaged is not None else check_start(self.start, calendar)
        return [
            *dates,
            *check_route(self.route, labels),
            *check_elements("t_per_year", self.t_per_year, labels),
            *check_names("already_in_mix", "route", self.already_in_mix, labels.route_names),
        ]
