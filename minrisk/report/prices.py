"""Two prices: what the last tonne costs, and what all that is bought costs on average."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from minrisk.data import ceiling_range, has_ceilings, has_prices, price, price_year, reference_price
from minrisk.results import finding, price_stays_flat, worst
from minrisk.risk.spread import median
from minrisk.text import capital, element_name, interval, number, price_writer, say, window

if TYPE_CHECKING:
    from minrisk.pipeline.run import Run


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
