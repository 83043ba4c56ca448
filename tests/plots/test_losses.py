"""Loss figures and tables on the library's own output: units, order, no overlap, nothing typed in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from minrisk import load_scenario, run
from minrisk.pipeline.run import Run
from minrisk.plots import figure_bytes
from minrisk.plots.losses import STEPS, loss_comparison, loss_over_time, loss_waterfall
from minrisk.results.losses import elasticity_table, loss_comparison_table, programme_table, published_losses
from minrisk.risk.spread import quantile
from minrisk.text.catalogue import catalogue
from minrisk.text.numbers import month_text
from tests import SCENARIOS
from tests.plots.layout import overlaps

AMOUNTS = dict(zip(STEPS, (8e9, 4.5e12, 1.2e12, 0.5e12, 0.88e12, 0.9e12), strict=True))


@pytest.fixture(scope="module")
def stop() -> Run:
    return run(load_scenario(SCENARIOS / "ban_full_12m.yaml"), draws=200)


def names(run_: Run) -> dict[str, str]:
    frame = run_.dataset.table("industries")
    return dict(zip(frame["industry"], frame["name"], strict=True))


def test_loss_over_time(stop: Run) -> None:
    """Message first, units, intervals; the title's month and amount are those of the series."""
    figure = loss_over_time(stop.industry_series, names(stop), "200 draws.")
    whole = stop.industry_series.query("variable == 'loss_with_suppliers_jpy'")
    peak = whole.loc[whole["mean"].idxmax()]
    assert f"{month_text(peak['month'])} at {peak['mean'] / 1e9:,.0f} bn yen" in figure.get_suptitle()
    assert any("[bn JPY/month]" in axes.get_ylabel() for axes in figure.axes)
    assert overlaps(figure) == []


def test_calm_loses_nothing() -> None:
    """The figures of a calm run say so."""
    calm = run(load_scenario(SCENARIOS / "calm.yaml"), draws=100)
    figure = loss_over_time(calm.industry_series, names(calm), "100 draws.")
    assert figure.get_suptitle() == "No value added is lost in any month"
    assert loss_waterfall(dict.fromkeys(STEPS, 0.0), "").get_suptitle().startswith("No value added is lost")
    assert overlaps(figure) == []


def test_waterfall_adds_up() -> None:
    """Each bar starts where the last ended; the last is the loss; amounts as written."""
    figure = loss_waterfall(AMOUNTS, "10 draws.")
    bars = figure.axes[0].patches
    assert [bar.get_height() for bar in bars] == pytest.approx([8, 4500, 3300, 700, 380, 20, 900])
    assert [bar.get_y() for bar in bars] == pytest.approx([0, 0, 1200, 500, 500, 880, 0])
    written = [text.get_text() for text in figure.axes[0].texts]
    assert written == ["8", "4,500", "−3,300", "−700", "+380", "+20", "900"]
    assert "8 bn yen is missing; 900 bn yen" in figure.get_suptitle()
    assert overlaps(figure) == []


def test_comparison_prints_every_estimate_and_what_parts_them(stop: Run) -> None:
    """Same shock, published figure, ours under their assumption, our own, which parameter differs."""
    table = loss_comparison_table(stop.dataset, stop)
    year = table[table["months"] == 12].set_index(["author", "scenario"])
    nri = year.xs("NRI", level="author").iloc[0]
    assert nri["published_high"] == pytest.approx(0.0043)
    three = table[(table["author"] == "NRI") & (table["months"] == 3)].iloc[0]
    assert nri["their_assumptions"] / three["their_assumptions"] == pytest.approx(4.0)
    assert f"loss_parameters.{nri['difference']}" in catalogue("en")
    assert nri["difference_share"] != 0.0
    drawn = stop.economy_metrics["worst_year_gdp_share"]
    assert nri["own_mean"] == drawn.mean()
    assert nri["own_p05"] <= np.median(drawn) <= nri["own_p95"]
    other = table[table["scenario"] == "rare earths and other rare metals"].iloc[0]
    assert np.isnan(other["own_mean"])  # another shock
    assert set(published_losses(stop.dataset)["author"]) == {"NRI", "Daiwa", "Mizuho", "IMF WP 2026/073", "Nikkei"}


def test_comparison_figure(stop: Run) -> None:
    """Logarithmic, so that a factor is a distance; one row per estimate."""
    table = loss_comparison_table(stop.dataset, stop)
    figure = loss_comparison(table, "200 draws.")
    assert figure.axes[0].get_xscale() == "log"
    assert len(figure.axes[0].get_yticks()) == len(table)
    assert "from 0.43 to 1.3 % of GDP" in figure.get_suptitle()  # the IMF speaks of less than a year
    assert overlaps(figure) == []
    without = loss_comparison(loss_comparison_table(stop.dataset), "")
    assert "ours" not in without.get_suptitle()
    first, second = (figure_bytes(loss_comparison(table, "200 draws."), "svg") for _ in range(2))
    assert first == second


def test_one_number_moves_a_closure_by_orders_of_magnitude(stop: Run) -> None:
    """Elasticity of substitution: the unpublished number on which a network estimate hangs."""
    table = elasticity_table(stop.dataset)
    assert list(table["closure"].unique()) == ["IMF"]
    assert table["gdp_share"].is_monotonic_decreasing
    assert table["gdp_share"].iloc[0] > 100 * table["gdp_share"].iloc[-1]


def test_programme_beside_the_bound(stop: Run) -> None:
    """Duals name the binding industries; first round <= programme <= loss, at chosen quantiles."""
    table = programme_table(stop, (0.5, 0.95))
    assert list(table["level"]) == [0.5, 0.95]
    assert isinstance(table, pd.DataFrame)
    for row in table.to_dict("records"):
        assert row["first_round_jpy"] <= row["programme_jpy"] * (1 + 1e-6) + 1.0
        assert row["programme_jpy"] <= row["loss_jpy"] * (1 + 1e-6) + 1.0
        assert row["loss_jpy"] == quantile(stop.economy_metrics["loss_jpy"], row["level"])
    assert set(table.iloc[-1]["binding"].split(", ")) <= set(stop.industries)
    assert table.iloc[-1]["binding"]
    with pytest.raises(ValueError, match="no industries"):
        programme_table(replace(stop, economy_metrics={}))
