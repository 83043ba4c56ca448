"""Title and description of a scenario in another language than its file's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from minrisk.scenario.errors import FieldError, unknown
from minrisk.scenario.part import Part

#: Languages that pages are written in beside English, which the scenario's own title and description are in.
TRANSLATED = ("ja",)


class Translation(Part):
    """What the title and the description of a scenario say in another language."""

    title: Annotated[str, Field(strict=True, min_length=1)]
    """The scenario's title in that language."""

    description: Annotated[str, Field(strict=True)] = ""
    """The scenario's description in that language."""


def _known(translations: Mapping[str, Translation]) -> Mapping[str, Translation]:
    for code in translations:
        if code not in TRANSLATED:
            raise FieldError((code,), unknown("language", code, TRANSLATED))
    return translations


#: Translations by language.
Translations = Annotated[dict[str, Translation], AfterValidator(_known)]
