"""Units of observations: what each one means, and the index that names its own base period."""

from __future__ import annotations

import re
from dataclasses import dataclass

from minrisk.history.periods import Period, parse_period
from minrisk.scenario.errors import unknown

#: Units by word: kind, gross product weight or not, and how many of them make one natural unit.
_WORDS: dict[str, tuple[str, bool, float]] = {
    "t/month": ("t", False, 1.0),
    "t/year": ("t", False, 12.0),
    "t gross/month": ("t", True, 1.0),
    "t gross/year": ("t", True, 12.0),
    "1": ("1", False, 1.0),
    "%": ("1", False, 100.0),
    "1 gross": ("1", True, 1.0),
    "% gross": ("1", True, 100.0),
    "USD/kg": ("USD/kg", False, 1.0),
    "months": ("months", False, 1.0),
}

_ALIASES = {"t/yr": "t/year", "t gross/yr": "t gross/year", "month": "months"}

_INDEX = "index 2010-01..2010-08 = 100"


@dataclass(frozen=True)
class Unit:
    """What one unit of an observed value is.

    Attributes
    ----------
    text : str
        The unit as it is printed.
    kind : str
        ``t``, ``1``, ``USD/kg``, ``months`` or ``index``.
    gross : bool
        True for product weight as customs count it, False for contained rare-earth oxide.
    scale : float
        Number of these units in the natural one (t/month, 1, USD/kg, months, the mean of the base period).
    base : Period or None
        Period an index refers to.
    """

    text: str
    kind: str
    gross: bool
    scale: float
    base: Period | None = None


def parse_unit(text: str) -> Unit:
    """Read a unit.

    Parameters
    ----------
    text : str
        One of the units of `unit_words`, or an index with its base period, such as
        ``index 2010-01..2010-08 = 100``; without ``= 100`` the base is 100.

    Returns
    -------
    Unit

    Raises
    ------
    ValueError
        If it is none of these; the message says what is allowed.
    """
    words = " ".join(text.split())
    words = _ALIASES.get(words, words)
    if words in _WORDS:
        return Unit(words, *_WORDS[words])
    if words.split(" ")[0].casefold() == "index":
        match = re.fullmatch(r"index ([^=]+?)(?: ?= ?([0-9.]+))?", words, re.IGNORECASE)
        if match is None:
            raise ValueError(f"an index names its base period and the value there, such as '{_INDEX}'")
        scale = float(match[2]) if match[2] and re.fullmatch(r"\d+\.?\d*", match[2]) else 100.0
        if scale <= 0.0 or (match[2] and not re.fullmatch(r"\d+\.?\d*", match[2])):
            raise ValueError(f"an index is a number above 0 in its base period, such as '{_INDEX}'")
        base = parse_period(match[1])
        return Unit(f"index {base.text} = {scale:g}", "index", False, scale, base)
    raise ValueError(unknown("unit", text, unit_words()))


def unit_words(kinds: tuple[str, ...] = ("t", "1", "USD/kg", "months", "index")) -> list[str]:
    """Units of the given kinds, as an error message lists them."""
    words = [word for word, (kind, _, _) in _WORDS.items() if kind in kinds]
    return [*words, f"'{_INDEX}'"] if "index" in kinds else words
