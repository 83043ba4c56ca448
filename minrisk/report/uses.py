"""What stops, in words: the output of end uses, and which element each of them lacks most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minrisk.results import Stopper, UseFinding, use_findings
from minrisk.text import capital, element_name, interval, join, month_text, number, percent, say, use_name, window

if TYPE_CHECKING:
    from minrisk.pipeline.run import Run


def use_sentences(run: Run) -> list[str]:
    """Say of every end use that stops which element stops it, in which share of draws."""
    said = []
    for use in use_findings(run):
        if use.constrained == 0:
            continue
        share, name = percent(use.constrained), capital(use_name(run.dataset, use.use))
        if use.stoppers:
            said.append(say("uses.constrained", use=name, share=share, stoppers=_stoppers(run, use)))
        else:
            said.append(say("uses.constrained_by_none", use=name, share=share))
    return said


def uses_message(run: Run) -> str:
    """One key message on uses: which is hit hardest, and which element limits it."""
    use = use_findings(run)[0]
    name = use_name(run.dataset, use.use)
    low, middle, high = use.lowest
    values = {"window": window(run), "output": percent(middle), "band": interval(low, high, percent)}
    if use.constrained == 0:
        if low >= 1:
            return say("uses.none_stops", window=window(run))
        return say("uses.none_falls", use=name, **values)
    values |= {"share": percent(use.constrained), "month": month_text(use.first[1])}
    if use.constrained > 0.5:
        said = say("uses.loses_most", use=name, **values)
    else:
        rare = {key: values[key] for key in ("window", "share", "month")}
        said = say("uses.loses_sometimes", use=name, **rare, low=percent(low))
    if use.stoppers:
        said = say(
            "messages.two_sentences", first=said, second=say("uses.lacks_most", stoppers=_stoppers(run, use))
        )
    others = [use_name(run.dataset, other.use) for other in use_findings(run)[1:] if other.constrained > 0.5]
    if others:
        second = say("uses.others", uses=join(others, most=15))
        said = say("messages.two_sentences", first=said, second=second)
    return said


def use_rows(run: Run) -> list[dict[str, str]]:
    """One line per use for the page, the one that loses most first."""
    rows = []
    for use in use_findings(run):
        early, middle, late = (month_text(month) for month in use.first)
        rows.append(
            {
                "name": capital(use_name(run.dataset, use.use)),
                "constrained": percent(use.constrained),
                "error": f"± {percent(use.error)}" if 0 < use.constrained < 1 else "",
                "first": middle,
                "first_band": "" if early == late else say("number.interval", low=early, high=late),
                "lowest": percent(use.lowest[1]),
                "lowest_band": interval(use.lowest[0], use.lowest[2], percent),
                "lost": number(use.lost[0]),
                "lost_band": interval(use.lost[1], use.lost[2]),
                "stopper": join([_stopper(run, "uses.cell_stopper", s) for s in use.stoppers], most=4)
                or ("–" if use.constrained == 0 else say("uses.no_element_alone")),
            }
        )
    return rows


def _stoppers(run: Run, use: UseFinding) -> str:
    first, *rest = use.stoppers
    if first.share < 1:
        name = element_name(run.dataset, first.symbol)
        most = say("uses.stopper", element=name, share=percent(first.share), error=percent(first.error))
    else:
        most = _stopper(run, "uses.stopper_always", first)
    if rest:
        others = join([_stopper(run, "uses.other_stopper", s) for s in rest])
        most = say("uses.stopper_and", first=most, others=others)
    return most


def _stopper(run: Run, key: str, found: Stopper) -> str:
    return say(key, element=element_name(run.dataset, found.symbol), share=percent(found.share))
