"""What stops: the output of uses, and which element each of them lacks most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from minrisk.results.findings import window
from minrisk.text.catalogue import say
from minrisk.text.numbers import capital, element_name, interval, join, month_after, number, percent, use_name

if TYPE_CHECKING:
    from minrisk.axes import Array
    from minrisk.pipeline.run import Run


@dataclass(frozen=True)
class Stopper:
    """An element that holds up a use.

    Attributes
    ----------
    word : str
        Name of the element.
    share, error : float
        Share of the draws with a constrained use in which it is what the use lacks most in its worst month,
        and the Monte Carlo standard error of it [1].
    """

    word: str
    share: float
    error: float


@dataclass(frozen=True)
class UseFinding:
    """One use over all draws.

    Attributes
    ----------
    position : int
        Row of the use.
    word, name : str
        Its name inside a sentence and at the start of one.
    constrained, error : float
        Share of draws in which it makes less than 95 % in some month, and its standard error [1].
    lowest : tuple of float
        Output in the worst month: 5 %, 50 % and 95 % of draws [1, calm = 1].
    lost : tuple of float
        Output lost in months of calm output: mean, 5 % and 95 % of draws [month].
    first : tuple of str
        First constrained month: 5 %, middle and 95 % of the draws that have one; dashes if none.
    stoppers : tuple of Stopper
        Most frequent first; empty for a use that no element stops alone.
    """

    position: int
    word: str
    name: str
    constrained: float
    error: float
    lowest: tuple[float, float, float]
    lost: tuple[float, float, float]
    first: tuple[str, str, str]
    stoppers: tuple[Stopper, ...]


def use_findings(run: Run) -> list[UseFinding]:
    """Describe every use of a run, the one that loses most first."""
    # Rounded so that noise in the last digits does not decide between equals.
    lost = np.round(run.use_metrics["output_lost_months"].mean(axis=1), 9)
    return [_finding(run, int(row)) for row in np.argsort(-lost, kind="stable")]


def stopper_shares(run: Run) -> tuple[Array, Array]:
    """How often each element is what a use lacks most in its worst month.

    Parameters
    ----------
    run : Run
        A finished run.

    Returns
    -------
    shares : ndarray, shape (use, element + 1)
        Share of the draws in which the use is constrained [1]; the last column is for draws in which no
        element stops it alone. NaN where the use never is constrained.
    draws : ndarray, shape (use,)
        Number of draws in which the use is constrained.
    """
    constrained = run.use_metrics["constrained"] > 0
    binding = run.use_metrics["binding_element"]
    wanted = [*range(len(run.elements)), -1]
    counts = np.stack([((binding == row) & constrained).sum(axis=1) for row in wanted], axis=1).astype(float)
    draws = constrained.sum(axis=1).astype(float)
    shares = np.divide(counts, draws[:, None], out=np.full_like(counts, np.nan), where=draws[:, None] > 0)
    return shares, draws


def share_error(share: float, draws: float) -> float:
    """Monte Carlo standard error of a share; half a draw is added to either side, as for probabilities."""
    likely = (share * draws + 0.5) / (draws + 1.0)
    return float(np.sqrt(likely * (1.0 - likely) / draws))


def use_sentences(run: Run) -> list[str]:
    """Say of every use that stops which element stops it, in which share of draws."""
    said = []
    for use in use_findings(run):
        if use.constrained == 0:
            continue
        share = percent(use.constrained)
        if use.stoppers:
            said.append(say("uses.constrained", use=use.name, share=share, stoppers=_stoppers(use)))
        else:
            said.append(say("uses.constrained_by_none", use=use.name, share=share))
    return said


def uses_message(run: Run) -> str:
    """One key message on uses: which is hit hardest, and for want of what."""
    use = use_findings(run)[0]
    low, middle, high = use.lowest
    values = {"window": window(run), "output": percent(middle), "band": interval(low, high, percent)}
    if use.constrained == 0:
        if low >= 1:
            return say("uses.none_stops", window=window(run))
        return say("uses.none_falls", use=use.word, **values)
    values |= {"share": percent(use.constrained), "month": use.first[1]}
    if use.constrained > 0.5:
        said = say("uses.loses_most", use=use.word, **values)
    else:
        rare = {key: values[key] for key in ("window", "share", "month")}
        said = say("uses.loses_sometimes", use=use.word, **rare, low=percent(low))
    if use.stoppers:
        said = say("messages.two_sentences", first=said, second=say("uses.lacks_most", stoppers=_stoppers(use)))
    others = [other.word for other in use_findings(run)[1:] if other.constrained > 0.5]
    if others:
        second = say("uses.others", uses=join(others, most=15))
        said = say("messages.two_sentences", first=said, second=second)
    return said


def use_rows(run: Run) -> list[dict[str, str]]:
    """One line per use for the page, the one that loses most first."""
    rows = []
    for use in use_findings(run):
        early, middle, late = use.first
        rows.append(
            {
                "name": use.name,
                "constrained": percent(use.constrained),
                "error": f"± {percent(use.error)}" if 0 < use.constrained < 1 else "",
                "first": middle,
                "first_band": "" if early == late else say("number.interval", low=early, high=late),
                "lowest": percent(use.lowest[1]),
                "lowest_band": interval(use.lowest[0], use.lowest[2], percent),
                "lost": number(use.lost[0]),
                "lost_band": interval(use.lost[1], use.lost[2]),
                "stopper": join([_stopper("uses.cell_stopper", s) for s in use.stoppers], most=4)
                or ("–" if use.constrained == 0 else say("uses.no_element_alone")),
            }
        )
    return rows


def _stoppers(use: UseFinding) -> str:
    first, *rest = use.stoppers
    if first.share < 1:
        most = say("uses.stopper", element=first.word, share=percent(first.share), error=percent(first.error))
    else:
        most = _stopper("uses.stopper_always", first)
    if rest:
        others = join([_stopper("uses.other_stopper", s) for s in rest])
        most = say("uses.stopper_and", first=most, others=others)
    return most


def _stopper(key: str, found: Stopper) -> str:
    return say(key, element=found.word, share=percent(found.share))


def _finding(run: Run, row: int) -> UseFinding:
    metrics = run.use_metrics
    word = use_name(run.dataset, run.uses[row])
    low, middle, high = (float(q) for q in _quantiles(metrics["lowest_output"][row]))
    little, _, much = (float(q) for q in _quantiles(metrics["output_lost_months"][row]))
    constrained = float(metrics["constrained"][row].mean())
    return UseFinding(
        position=row,
        word=word,
        name=capital(word),
        constrained=constrained,
        error=share_error(constrained, run.draws),
        lowest=(low, middle, high),
        lost=(float(metrics["output_lost_months"][row].mean()), little, much),
        first=_first(run, metrics["months_to_constrained"][row]),
        stoppers=_found(run, row),
    )


def _found(run: Run, row: int) -> tuple[Stopper, ...]:
    shares, draws = stopper_shares(run)
    found = [
        Stopper(element_name(run.dataset, symbol), float(share), share_error(float(share), float(draws[row])))
        for symbol, share in zip(run.elements, shares[row], strict=False)
        if share > 0
    ]
    return tuple(sorted(found, key=lambda stopper: -stopper.share))


def _quantiles(values: Array) -> Array:
    found: Array = np.quantile(values, (0.05, 0.5, 0.95), method="inverted_cdf")
    return found


def _first(run: Run, wait: Array) -> tuple[str, str, str]:
    known = wait[~np.isnan(wait)]
    if known.size == 0:
        return ("–", "–", "–")
    early, middle, late = (month_after(run.counted, float(q)) for q in _quantiles(known))
    return early, middle, late
