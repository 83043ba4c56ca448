"""Adds the lines of trade files up to one row for each importer, year, code and origin, none counted twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from math import isclose

from minrisk.data.trade.layouts import WORLD

#: What identifies a row: importer, year, customs code, origin.
Key = tuple[str, int, str, str]

_DETAILS = "details of a total by mode of transport, procedure or second partner"
_NATIONAL = "details of a total by national customs code"


@dataclass(frozen=True)
class Entry:
    """A line of a file, or several added up.

    Attributes
    ----------
    line : int
        Where it stands in its file.
    at : str
        The same with the file, for messages.
    code : str
        Customs code as the file has it, of six digits or more.
    breakdown : tuple of (str, str)
        What it is a part of a total by, and which part.
    months_t : tuple of float
        Tonnes by month where the file has them [t].
    span : tuple of int
        Months that it is the sum of, from 1; empty for a line of the whole year.
    """

    key: Key
    quantity_t: float | None
    value_kusd: float | None
    notes: tuple[str, ...]
    line: int
    at: str
    file: str
    code: str
    breakdown: tuple[tuple[str, str], ...] = ()
    revision: str = ""
    gross_t: float = 0.0
    months_t: tuple[float, ...] = ()
    span: tuple[int, ...] = ()


@dataclass
class Collector:
    """Lines by what they are rows of.

    Attributes
    ----------
    several : bool
        Whether they come from several files, of which two may hold the same line.
    spans : dict of int to set of int
        Months of the lines that are no lines of a whole year, by year.
    """

    several: bool = False
    entries: dict[Key, list[Entry]] = field(default_factory=dict)
    parts: dict[str, set[str]] = field(default_factory=dict)
    spans: dict[int, set[int]] = field(default_factory=dict)

    def add(self, entry: Entry) -> None:
        """Take one line in."""
        self.entries.setdefault(entry.key, []).append(entry)
        for what, part in entry.breakdown:
            self.parts.setdefault(what, set()).add(part)
        if entry.span:
            self.spans.setdefault(entry.key[1], set()).update(entry.span)

    def resolve(
        self, problems: list[str], left_out: Counter[str], notes: list[str]
    ) -> tuple[list[Entry], tuple[str, ...]]:
        """One entry for each row.

        Parameters
        ----------
        problems, left_out, notes : list of str, Counter, list of str
            What is wrong, was left out, or was added up is appended.

        Returns
        -------
        entries : list of Entry
            In the order of the lines.
        revisions : tuple of str
            Revisions of the harmonised system met.
        """
        found = []
        added: Counter[str] = Counter()
        clash: list[Entry] = []
        for key, entries in self.entries.items():
            whole = self._totals(entries, left_out)
            if not whole:
                part = entries[0]
                if key[3] != WORLD:
                    problems.append(f"{part.at}: {_label(key)} stands there by {_parts(part)} only; {_DOWNLOAD}")
                continue
            if len({entry.revision for entry in whole}) > 1:
                clash = clash or [whole[0], next(e for e in whole if e.revision != whole[0].revision)]
                whole = whole[:1]
            one = self._one(whole, problems, left_out)
            if len(whole[0].code) > len(key[2]):
                added["national customs codes of more than six digits"] += len(whole)
            if whole[0].breakdown:
                added[_parts(whole[0])] += len(whole)
            found.append(one)
        if clash:
            problems.append(
                f"{clash[1].at}: column 'classificationCode': {_label(clash[1].key)} stands there under "
                f"{clash[1].revision or 'none'} and at {clash[0].at} under {clash[0].revision or 'none'}; "
                "keep the lines of one revision of the harmonised system"
            )
        notes += [f"lines added up over {what}: {number:,}" for what, number in sorted(added.items())]
        return found, tuple(sorted({entry.revision for entry in found} - {""}))

    def _totals(self, entries: list[Entry], left_out: Counter[str]) -> list[Entry]:
        """The lines that are no part of another line here; none where only parts of an unknown total are there."""
        shortest = min(len(entry.code) for entry in entries)
        kept = [entry for entry in entries if len(entry.code) == shortest]
        left_out[_NATIONAL] += len(entries) - len(kept)
        fewest = min((entry.breakdown for entry in kept), key=len)
        broken = tuple(what for what, _ in fewest)
        whole = [entry for entry in kept if tuple(what for what, _ in entry.breakdown) == broken]
        left_out[_DETAILS] += len(kept) - len(whole)
        # One mode of transport in the whole file is a selection, several are a breakdown.
        if any(len(self.parts[what]) < 2 for what in broken):
            left_out[_DETAILS] += len(whole)
            return []
        return whole

    def _one(self, entries: list[Entry], problems: list[str], left_out: Counter[str]) -> Entry:
        """Lines added up; two of the same code, part and month are a fault, or one line in two files."""
        first: dict[tuple[str, object, object], Entry] = {}
        for entry in entries:
            place = (entry.code, entry.breakdown, entry.span)
            before = first.get(place)
            if before and self.several and before.file != entry.file and _same(before, entry):
                left_out["lines that stand in another of the files too"] += 1
                continue
            before = before or next((other for other in first.values() if _overlap(other, entry)), None)
            if before is None:
                first[place] = entry
                continue
            where = f"line {before.line}" if before.file == entry.file else before.at
            problems.append(f"{entry.at}: {_label(entry.key)} is already on {where}")
        parts = list(first.values())
        if len(parts) == 1:
            return parts[0]
        notes = dict.fromkeys(note for entry in parts for note in entry.notes)
        return replace(
            parts[0],
            quantity_t=_sum(entry.quantity_t for entry in parts),
            value_kusd=_sum(entry.value_kusd for entry in parts),
            notes=(*notes, f"{len(parts)} lines added up"),
            gross_t=sum(entry.gross_t for entry in parts),
            months_t=tuple(map(sum, zip(*(entry.months_t for entry in parts if entry.months_t), strict=True))),
            span=tuple(sorted({month for entry in parts for month in entry.span})),
        )


_DOWNLOAD = "download the totals (mode of transport, customs procedure, second partner: all)"


def _sum(amounts: Iterable[float | None]) -> float | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known else None


def _overlap(one: Entry, other: Entry) -> bool:
    """Whether two lines of one code and part have months in common; a line of the year has them all."""
    if (one.code, one.breakdown) != (other.code, other.breakdown):
        return False
    return not (one.span and other.span and set(one.span).isdisjoint(other.span))


def _same(one: Entry, other: Entry) -> bool:
    pairs = ((one.quantity_t, other.quantity_t), (one.value_kusd, other.value_kusd))
    return all(a == b or (a is not None and b is not None and isclose(a, b, rel_tol=1e-9)) for a, b in pairs)


def _label(key: Key) -> str:
    return " ".join(str(part) for part in key)


def _parts(entry: Entry) -> str:
    return " and ".join(dict.fromkeys(what for what, _ in entry.breakdown))
