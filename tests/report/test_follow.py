"""One element followed: the table, its sentences and the figure are the same tonnes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from minrisk.plots.follow import MOST_OWNERS, _stocks
from minrisk.report.folder import write_report
from minrisk.report.follow import follow_sentences, quarter_rows
from minrisk.results.follow import destinations, follow, follow_table, followed_element, origins, wanted, worst_year
from minrisk.text.numbers import number


@pytest.mark.parametrize("element", ["Dy", "Y", "Nd"])
def test_what_came_is_what_went(element: str, ban: Any) -> None:
    """Conservation: supply and stocks on one side = uses, stocks and exports on the other, every month."""
    path = follow(ban, element)
    came = sum(origins(ban, path).values())
    went = sum(destinations(ban, path).values())
    beyond = path.flows["to:stocks"] + path.flows["to:exports"]
    np.testing.assert_allclose(came, went + beyond, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(went + path.flows["unserved"], wanted(path), rtol=1e-9, atol=1e-9)


def test_element_hit_hardest_unless_told(ban: Any) -> None:
    """Highest mean unserved share; a name the run does not have is refused before anything is written."""
    hardest = ban.elements[int(np.argmax(ban.metrics["unserved_share"].mean(axis=1)))]
    assert followed_element(ban) == hardest
    with pytest.raises(ValueError, match="no element 'Xx'"):
        write_report(ban, "/nonexistent", element="Xx")


def test_sentences_and_quarters_add_up(ban: Any) -> None:
    """The tonnes unserved in the sentence are those of its twelve months; quarters sum to the whole."""
    path = follow(ban, "Dy")
    span = worst_year(ban, path)
    lost = path.flows["unserved"].to_numpy()
    assert lost[span].sum() == pytest.approx(max(lost[at : at + 12].sum() for at in range(25)))
    assert f"so {number(float(lost[span].sum()))} t" in follow_sentences(ban, path)[1]
    header, rows = quarter_rows(ban, path)
    assert len(rows) == 12
    assert all(len(row) == len(header) for row in rows)
    told = sum(float(row[header.index("unserved")].replace(",", "")) for row in rows)
    assert told == pytest.approx(lost.sum(), abs=12 * 0.5)


def test_table_names_units(ban: Any) -> None:
    """Every column of the file says what it is in: tonnes or an index."""
    table = follow_table(follow(ban, "Dy"))
    assert list(table["month"]) == list(ban.months)
    kinds = {str(column).split(":")[0] for column in table.columns}
    assert kinds == {
        "month", "from_t", "to_t", "wanted_t", "unserved_t", "given_back_t",
        "stock_t", "price_index", "output_index",
    }  # fmt: skip


def test_many_stocks_are_a_few_and_others(ban: Any) -> None:
    """A hundred official stocks leave room for the panel: the largest are named, and no tonne is lost."""
    path = follow(ban, "Dy")
    months = len(path.stocks)
    stores = pd.DataFrame({f"store{n}": np.full(months, float(n)) for n in range(1, 101)}, index=path.stocks.index)
    layers = _stocks(replace(path, stocks=stores))
    assert len(layers) == MOST_OWNERS + 1
    assert "Store100" in [name for name, _, _ in layers] or "store100" in [name for name, _, _ in layers]
    assert np.allclose(sum(tonnes for _, tonnes, _ in layers), stores.sum(axis=1))
