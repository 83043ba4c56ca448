"""Prices, products and end uses in words and in tables: what is paid, what buyers go short of, what stops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minrisk.data import ceiling_range, has_ceilings, has_prices, price, price_year, reference_price
from minrisk.report.results_table import band, when_stopped
from minrisk.results import (
    Stopper,
    UseFinding,
    earliest_use,
    finding,
    price_stays_flat,
    spreads_of,
    use_findings,
    worst,
)
from minrisk.risk.spread import median, spread
from minrisk.text import (
    capital,
    element_name,
    hundredths,
    interval,
    join,
    month_cell,
    month_text,
    number,
    percent,
    price_digits,
    price_writer,
    say,
    use_name,
    window,
)

if TYPE_CHECKING:
    from minrisk.pipeline.run import Run
    from minrisk.report.finished import Finished


def price_rows(run: Run) -> list[dict[str, str]]:
    """One line per element: reference price, marginal peak and average, as index and in USD/kg.

    The costliest first; money is left empty where the dataset has no prices.
    """
    priced, references = has_prices(run.dataset), reference_price(run.dataset)
    order = np.argsort(-median(run.metrics["peak_price_index"]), kind="stable")
    rows = []
    for e in (int(i) for i in order):
        write = price_writer(run, e)
        reference = float(references[e])
        peak, paid = finding(run, "peak_price_index", e), finding(run, "average_price_index", e)
        row = {
            "symbol": run.elements[e],
            "name": capital(element_name(run.dataset, peak.symbol)),
            "reference": number(reference) if priced else "",
        }
        for key, found in (("peak", peak), ("paid", paid)):
            row[key] = write(found.middle)
            row[f"{key}_band"] = interval(found.low, found.high, write)
            row[f"{key}_usd"] = write(found.middle * reference) if priced else ""
            row[f"{key}_usd_band"] = (
                interval(found.low * reference, found.high * reference, write) if priced else ""
            )
        rows.append(row)
    return rows


def ceiling_words(run: Run, element: int) -> str:
    """Ceiling price of an element in USD/kg, lowest to highest; empty where the dataset has none."""
    if not has_ceilings(run.dataset):
        return ""
    low, high = ceiling_range(run.dataset)[element]
    return say("prices.usd", amount=interval(float(low), float(high)))


def price_sentence(run: Run) -> str:
    """Say how far the two prices lie apart, and on how many tonnes the higher one is paid."""
    if price_stays_flat(run):
        return say("prices.flat", window=window(run))
    hit = worst(run, "peak_price_index")
    element = run.elements.index(hit.symbol)
    paid, write = finding(run, "average_price_index", element), price_writer(run, element)
    values = {
        "window": window(run),
        "element": element_name(run.dataset, hit.symbol),
        "peak": write(hit.middle),
        "average": write(paid.middle),
    }
    if has_prices(run.dataset):
        reference = float(price(run.dataset)[element])
        money = {"peak_usd": write(hit.middle * reference), "average_usd": write(paid.middle * reference)}
        values["year"] = str(price_year(run.dataset))
        said = say("prices.apart_usd", **values, **money)
    else:
        said = say("prices.apart", **values)
    return say("messages.two_sentences", first=said, second=say("prices.contracts"))


def products_section(run: Run, found: Finished) -> dict[str, Any] | None:
    """What the section on products shows; nothing for a dataset without."""
    if not run.product_metrics:
        return None
    return {"sentences": [stoppage_sentence(run)], "rows": product_rows(run, found)}


def stoppage_sentence(run: Run) -> str:
    """Say in which share of draws some line stops, and when, beside the share in which a twentieth is lost."""
    stopped = run.stoppage_metrics["first_stoppage"] > 0.0
    lost = (run.product_metrics["constrained"] > 0.0).any(axis=0)
    values = {"window": window(run), "lost": percent(float(lost.mean()))}
    if not stopped.any():
        return say("products.no_stop", **values)
    when = spread(run.stoppage_metrics["months_to_first_stoppage"][stopped])
    return say("products.first_stop", **values, **when_stopped(run.counted, float(stopped.mean()), when))


def stoppage_message(run: Run) -> list[str]:
    """One sentence on the first line that stops; none where no draw has one."""
    stops = run.product_metrics and (run.stoppage_metrics["first_stoppage"] > 0.0).any()
    return [stoppage_sentence(run)] if stops else []


def product_rows(run: Run, summed: Finished) -> list[dict[str, str]]:
    """One line a product for the page, the one of which most is lost first."""
    table, makers = summed.products, run.dataset.labels.products
    assert makers is not None
    found = {product: spreads_of(table[table["product"] == product]) for product in run.products}
    order = sorted(run.products, key=lambda product: -found[product]["output_lost_months"].mean)
    uses = dict(zip(makers.names, makers.makers, strict=True))
    rows = []
    for product in order:
        of, price = found[product], price_digits(run.product_metrics["peak_price_index"].max() > 1.0)
        share, error = of["constrained_probability"].mean, of["constrained_probability"].mc_error
        rows.append(
            {
                "name": capital(say("products.buyers", product=use_name(run.dataset, uses[product]))),
                "constrained": percent(share),
                "error": f"± {percent(error)}" if 0 < share < 1 else "",
                "lowest": percent(of["lowest_output"].p50),
                "lowest_band": band(of["lowest_output"], percent),
                "lost": hundredths(of["output_lost_months"].mean),
                "lost_band": band(of["output_lost_months"], hundredths),
                "price": price(of["peak_price_index"].p50),
                "price_band": band(of["peak_price_index"], price),
                "cover": hundredths(of["months_of_cover"].p50),
                "cover_band": band(of["months_of_cover"], hundredths),
            }
        )
    return rows


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


def first_to_stop(run: Run) -> str:
    """Say which end use falls short first in most draws, when, and how little it makes at worst."""
    early = earliest_use(run)
    if early is None:
        return say("uses.none_likely", window=window(run))
    low, middle, high = early.lowest
    return say(
        "uses.first_to_stop",
        use=capital(use_name(run.dataset, early.use)),
        month=month_text(early.first[1]),
        share=percent(early.constrained),
        output=percent(middle),
        band=interval(low, high, percent),
    )


def use_rows(run: Run) -> list[dict[str, str]]:
    """One line per use for the page, the one that loses most first."""
    rows = []
    for use in use_findings(run):
        early, middle, late = (month_cell(month) for month in use.first)
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
