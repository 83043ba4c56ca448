"""The sourcing mix before and after, in words: one sentence, and a table of shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minrisk.results.mix import OTHERS, MixShift, mix_shift, shares_of, shown_origins
from minrisk.text import group_name, number, percent, say, say_html, source_name, span

if TYPE_CHECKING:
    from minrisk.pipeline.run import Run


def mix_section(run: Run) -> dict[str, Any]:
    """What the section on the mix shows: one sentence, a table of shares before and after."""
    shift = mix_shift(run)
    focus, named = source_name(shift.focus), shown_origins(shift)
    mixes = (("mix.calm", shift.before), ("mix.scenario", shift.after))
    rows = [
        {
            "name": group_name(run.dataset, group, len(elements)),
            "when": say(label),
            "tonnes": number(mix.total(elements)),
            "cells": [_share(cell) for cell in shares_of(shift, mix, elements, named)],
        }
        for group, elements in shift.groups.items()
        for label, mix in mixes
    ]
    return {
        "sentence": mix_sentence(run, shift),
        "focus": focus,
        "span": span(shift.first, shift.last),
        "header": [
            say_html("mix.direct", origin=focus),
            say_html("mix.with_feed", origin=focus),
            *(source_name(origin) for origin in (*named, OTHERS)),
            say_html("mix.extra"),
        ],
        "rows": rows,
    }


def mix_sentence(run: Run, shift: MixShift) -> str:
    """Say what becomes of the focus origin's share, of all elements and of the one hit hardest."""
    changes = [_change(run, shift, group) for group in list(shift.groups)[:2]]
    key = "mix.sentence" if shift.departs else "mix.sentence_calm"
    return say(key, changes=say("mix.and").join(changes), span=span(shift.first, shift.last))


def _change(run: Run, shift: MixShift, group: str) -> str:
    was, now, rows = shift.before, shift.after, shift.groups[group]
    return say(
        "mix.change",
        name=group_name(run.dataset, group, len(rows)),
        origin=source_name(shift.focus),
        direct=_share(shift.direct(now, rows)),
        direct_calm=_share(shift.direct(was, rows)),
        effective=_share(shift.effective(now, rows)),
        effective_calm=_share(shift.effective(was, rows)),
        tonnes=number(now.total(rows)),
        tonnes_calm=number(was.total(rows)),
    )


def _share(value: float) -> str:
    return percent(0.0 if abs(value) < 1e-9 else min(1.0, value) if value < 1.0 - 1e-9 else 1.0)
