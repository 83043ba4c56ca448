"""Products in words and in a table: what their buyers go short of, and when the first line stops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minrisk.report.results_table import band, when_stopped
from minrisk.results import spreads_of
from minrisk.risk.spread import spread
from minrisk.text import capital, hundredths, percent, price_digits, say, use_name, window

if TYPE_CHECKING:
    from minrisk.pipeline.run import Run
    from minrisk.report.finished import Finished


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
