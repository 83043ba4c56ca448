"""Title and description of a scenario in another language than its file's own."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from minrisk.scenario.part import Part


class Translation(Part):
    """What the title and the description of a scenario say in another language."""

    title: Annotated[str, Field(strict=True, min_length=1)]
    """The scenario's title in that language."""

    description: Annotated[str, Field(strict=True)] = ""
    """The scenario's description in that language."""


class Translations(Part):
    """Translations by language; the scenario's own title and description are in English."""

    ja: Translation | None = None
    """In Japanese."""

    def into(self, language: str) -> Translation | None:
        """Translation into a language by its code; None where there is none."""
        found: Translation | None = getattr(self, language, None)
        return found
