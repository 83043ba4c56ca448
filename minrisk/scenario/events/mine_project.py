"""A mine, a separation plant or a recycling plant, with the stages, ramp-up and costs of a project."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import ConfigDict, Field, field_validator, model_validator

from minrisk.axes import Array, Calendar, Labels
from minrisk.data.projects import packaged_names, packaged_project
from minrisk.engine.inputs import Levers
from minrisk.scenario.distributions import Fixed
from minrisk.scenario.errors import unknown
from minrisk.scenario.events.base import Fault
from minrisk.scenario.events.project import Project
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
    """All that the deposit can give [t REO]; without end if left out."""

    committed: bool = Field(default=False, strict=True)
    """Whether the tonnes come whatever the price (take-or-pay) and are never declined."""

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
        self.write_tonnes(values, labels, calendar, levers, self.committed)

    def full_rate(self, values: Mapping[str, Array]) -> Array:
        """Oxide for the importer in a month at full output [t REO/month]."""
        rate: Array = values["share_to_importer"] * self.size(values) / 12.0
        return rate

    def handled_rate(self, values: Mapping[str, Array]) -> Array:
        """The importer's own tonnes: it bears its share of the cost."""
        return self.full_rate(values)

    def capital_share(self, values: Mapping[str, Array]) -> Array:
        """The importer's share of the output [1]."""
        return values["share_to_importer"]

    def size(self, values: Mapping[str, Array]) -> Array:
        """Full output of all elements and buyers [t REO/year]."""
        total = np.zeros_like(values["share_to_importer"])
        for element in self.t_per_year:
            total += values[f"t_per_year.{element}"]
        return total

    def shares(self, values: Mapping[str, Array], elements: tuple[str, ...]) -> Array:
        """Share of each element in the output [1]."""
        total = self.size(values)
        shares = np.zeros((len(elements), *total.shape))
        for row, element in enumerate(elements):
            if element in self.t_per_year:
                np.divide(values[f"t_per_year.{element}"], total, out=shares[row], where=total > 0.0)
        return shares

    def recoverable_t(self, values: Mapping[str, Array]) -> Array:
        """The importer's share of the deposit [t REO]."""
        share = values["share_to_importer"]
        return np.multiply(values["resource_t"], share, out=np.zeros_like(share), where=share > 0.0)

    def check(self, labels: Labels, calendar: Calendar) -> list[Fault]:
        """Faults of the date, the route and the elements."""
        return self.check_project(labels, calendar, "t_per_year", self.t_per_year)
