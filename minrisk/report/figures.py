"""A figure in a page: its heading, what it shows in words, and the image itself."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from markupsafe import Markup

from minrisk.report.exceedance import exceedance_section, exceedance_sentence
from minrisk.report.losses import loss_summary
from minrisk.report.mix import mix_sentence
from minrisk.report.uses import use_sentences
from minrisk.results.findings import lowest_stocks, price_stays_flat, stocks_at_target, worst
from minrisk.results.losses import LOSS_FIGURES
from minrisk.results.mix import mix_shift
from minrisk.text import capital, element_name, join, say

if TYPE_CHECKING:
    from minrisk.pipeline.run import Run


#: Characters that neither end a URI nor an attribute; all others are escaped.
_PLAIN = " /:;,=()'!*+-._~?@$|{}[]^`"


def data_uri(svg: bytes) -> Markup:
    """Write an SVG as a data URI.

    Parameters
    ----------
    svg : bytes

    Returns
    -------
    Markup
        Safe in a quoted attribute: text is a quarter shorter so than in base64.
    """
    text = " ".join(svg.decode().split("\n")).strip()
    return Markup("data:image/svg+xml," + quote(text, safe=_PLAIN))  # neither quotes nor < > & are left


def figure_part(name: str, svg: bytes, run: Run) -> dict[str, str]:
    """What a template needs to show a figure: ``name``, ``heading``, ``message``, ``alt`` and ``uri``.

    Parameters
    ----------
    name : str
        A key of `minrisk.plots.FIGURES`.
    svg : bytes
    run : Run
        A finished run.

    Returns
    -------
    dict of str to str
    """
    heading = say(f"figures.{name}")
    message = _message(name, run)
    alt = say("figure_messages.alt", heading=heading, message=message)
    return {"name": name, "heading": heading, "message": message, "alt": alt, "uri": data_uri(svg)}


def _message(name: str, run: Run) -> str:
    """What a figure shows in one sentence, for those who cannot see it."""
    if name in ("use_output", "use_stoppers"):
        return (use_sentences(run) or [say("figure_messages.calm")])[0]
    if name in LOSS_FIGURES:
        return loss_summary(run)
    if name == "exceedance":
        return exceedance_sentence(run) if exceedance_section(run) else say("figure_messages.calm")
    if name == "mix_before_after":
        return mix_sentence(run, mix_shift(run))
    measure = {
        "shortage_map": "shortage",
        "supply_by_route": "unserved_share",
        "shortage_fan": "unserved_share",
        "price_fan": "peak_price_index",
        "average_price_fan": "average_price_index",
        "stock_cover": "months_of_cover",
        "follow_element": "unserved_share",
    }[name]
    hit = worst(run, measure)
    priced = name in ("price_fan", "average_price_fan")
    flat = price_stays_flat(run) if priced else stocks_at_target(run) if name == "stock_cover" else hit.mean == 0
    if flat:
        return say("figure_messages.calm")
    if name == "stock_cover":
        lowest = [element_name(run.dataset, found.symbol) for found in lowest_stocks(run)]
        key = "stock_cover" if len(lowest) == 1 else "stock_cover_several"
        return say(f"figure_messages.{key}", element=capital(join(lowest, most=15)))
    return say(f"figure_messages.{name}", element=capital(element_name(run.dataset, hit.symbol)))
