"""What is wrong with a scenario, where, the nearest valid word, and what replaced a word that went."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

#: A place inside a scenario: field names and list positions from the top down.
Loc = tuple[str | int, ...]

#: What is wrong at a place.
Fault = tuple[Loc, str]

_MOST_LISTED = 30


@dataclass(frozen=True)
class Replacement:
    """What stands in the place of a word that users may still write.

    Attributes
    ----------
    word : str
        The word to write now.
    since : str
        Version of minrisk in which it changed.
    where : str
        Type of the event whose field the new word is, where it stands somewhere else than the old one.
    """

    word: str
    since: str
    where: str = ""


#: Words that went, by where they stood: ``("licensing", "old_field")`` for a field of an event of that type,
#: ``("market", ...)`` and ``("scenario", ...)`` for other fields, ``("licensing.market", ...)`` for a word that a
#: field takes, ``("event type", ...)``, ``("command", ...)``, ``("command run", "--old-option")``.
RENAMED: dict[tuple[str, str], Replacement] = {
    ("market", "contract_share"): Replacement("rent_share", "0.2.0", "licensing"),
    ("market", "contract_lag_months"): Replacement("rent_share", "0.2.0", "licensing"),
    ("market", "finished_parts_withheld"): Replacement("products", "0.2.0", "export_ban"),
}


@dataclass(frozen=True)
class Problem:
    """One fault of a scenario file.

    Attributes
    ----------
    file : str
        The file as the user named it, or as its ``extends`` chain reaches it.
    line : int
        Line in that file, counted from 1; 0 where the file as a whole is at fault.
    path : str
        Place inside the file, such as ``events[0].elements[2]``; empty for the whole file.
    message : str
        What is wrong, what is allowed and the nearest valid word.
    """

    file: str
    line: int
    path: str
    message: str

    def __str__(self) -> str:
        """``file:line path: message`` on one line."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place} {self.path}: {self.message}" if self.path else f"{place}: {self.message}"


class ScenarioError(ValueError):
    """A scenario that cannot be used; carries every fault found.

    Parameters
    ----------
    problems : iterable of Problem
        All faults; ``str()`` gives them one per line.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[list[Problem]]]:
        """Pickle by the problems, so that a worker process can hand the error back."""
        return type(self), (self.problems,)


class FieldError(ValueError):
    """A fault that a validator can pin to one place below the value it was given.

    Parameters
    ----------
    loc : tuple of str or int
        Place below the validated value.
    message : str
        What is wrong.
    """

    def __init__(self, loc: Loc, message: str) -> None:
        self.loc = loc
        self.message = message
        super().__init__(message)


def nearest(word: str, options: Iterable[str]) -> str | None:
    """Valid word most like a wrong one, ignoring case; None where nothing is alike."""
    by_fold = {option.casefold(): option for option in options}
    cutoff = 0.5 if len(word) <= 4 else 0.6
    close = difflib.get_close_matches(word.casefold(), by_fold, n=1, cutoff=cutoff)
    return by_fold[close[0]] if close else None


def replaced(where: str, word: str) -> str | None:
    """Message for a word that went in an earlier version; None where there was none, see `RENAMED`."""
    now = RENAMED.get((where, word))
    if now is None:
        return None
    place = f" of {now.where}" if now.where else ""
    return f"'{shorten(word)}' was replaced by '{now.word}'{place} in {now.since}"


def unknown(kind: str, word: str, options: Iterable[str], where: str | None = None) -> str:
    """Message for a word that is not among the valid ones.

    Parameters
    ----------
    kind : str
        What the word should name, such as ``element``.
    word : str
        What was written.
    options : iterable of str
        Valid words.
    where : str, optional
        Where it stands, as `RENAMED` says it; the kind by default.

    Returns
    -------
    str
        What replaced the word; else the word, the nearest valid one and the list of valid ones.
    """
    gone = replaced(kind if where is None else where, word)
    if gone is not None:
        return gone
    words = list(options)
    guess = nearest(word, words)
    hint = f"; did you mean '{guess}'?" if guess else ";"
    listed = ", ".join(words[:_MOST_LISTED]) + (", ..." if len(words) > _MOST_LISTED else "")
    return f"unknown {kind} '{shorten(word)}'{hint} allowed: {listed}"


def shorten(text: object, width: int = 60) -> str:
    """One line of at most `width` characters, control characters shown as escapes."""
    line = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(text))
    return line if len(line) <= width else line[: width - 3] + "..."


def path_text(loc: Loc) -> str:
    """Place as text: ``("events", 0, "elements", 2)`` becomes ``events[0].elements[2]``."""
    text = ""
    for part in loc:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
