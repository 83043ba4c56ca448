"""Figures are traced to a page: a random sample, and a list of what cannot be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from minrisk import load_dataset
from minrisk.data.dataset import Dataset
from minrisk.report.sources import UnknownEntryError
from minrisk.report.tracing import (
    NOT_KNOWN,
    TRANSCRIBED,
    head_line,
    random_figures,
    restatements,
    unplaced,
    untraced,
)


@pytest.fixture(scope="module")
def japan() -> Dataset:
    return load_dataset()


def test_head_line_says_what_today_is(japan: Dataset) -> None:
    assert head_line(japan) == "japan: Rare earths of Japan, sourcing and demand of 2024; as of 2026-09-30"
    assert head_line(replace(japan, settings={})) == "japan"


def test_a_seed_chooses_the_same_figures(japan: Dataset) -> None:
    """Ten figures anyone can draw again; another seed draws others, no figure comes twice."""
    first = random_figures(japan, 10, seed=5)
    assert len(first) == 10
    assert first.equals(random_figures(japan, 10, seed=5))
    assert not first.equals(random_figures(japan, 10, seed=6))
    assert not first.duplicated().any()
    assert (first[["source", "grade", "title"]] != "").all().all()


def test_long_tables_do_not_crowd_out_the_rest(japan: Dataset) -> None:
    """Governance and trade hold most of the rows; 60 figures still come from 20 tables or more."""
    assert random_figures(japan, 60, seed=0)["table"].nunique() >= 20


def test_figures_of_one_table_or_element(japan: Dataset) -> None:
    """All of them where more are asked for than there are."""
    assert set(random_figures(japan, 5, entry="demand")["table"]) == {"demand"}
    assert len(random_figures(japan, 10_000, entry="demand")) == len(japan.table("demand"))
    assert len(random_figures(japan, 3, entry="Dy")) == 3
    with pytest.raises(UnknownEntryError):
        random_figures(japan, 3, entry="Dx")


def test_every_figure_of_grade_a_has_a_place(japan: Dataset) -> None:
    """Page or table, or the words that say it was read elsewhere; then it is listed."""
    found = untraced(japan)
    assert found["place"].str.contains(TRANSCRIBED).all()
    listed = int(found["figures"].sum())
    assert 0 < listed < 100
    assert set(found["table"]) >= {"prices", "seabed_facts"}


def test_a_figure_without_a_place_is_listed(japan: Dataset) -> None:
    """The row's own place counts before that of its source."""
    table = japan.table("stocks").assign(grade="A", place="")
    own = replace(japan, tables={"SOURCES": japan.table("SOURCES").assign(place=""), "stocks": table})
    assert int(untraced(own)["figures"].sum()) == len(table)
    unknown = {
        "SOURCES": own.table("SOURCES"),
        "stocks": table.assign(place=f"{NOT_KNOWN}: only the site is noted"),
    }
    assert int(untraced(replace(japan, tables=unknown))["figures"].sum()) == len(table)
    placed = {"SOURCES": own.table("SOURCES"), "stocks": table.assign(place="p. 1")}
    assert untraced(replace(japan, tables=placed)).empty


def test_restatements_in_words(japan: Dataset) -> None:
    """Old, new and by how much; an outlier has no later figure, a break of scale no percentage."""
    frame = restatements(japan)
    assert len(frame) == len(japan.table("restatements"))
    rows = frame.set_index(["what", "year"])
    assert list(rows.loc[("price of neodymium oxide", "2021"), ["old", "new", "change"]]) == ["49", "98", "+100%"]
    assert rows.loc[("mine output of Thailand", "2024"), "change"] == "-84%"
    assert rows.loc[("price of dysprosium oxide", "2024"), "change"] == "-1.2%"
    assert rows.loc[("political stability of China", "2023"), "change"] == ""
    assert list(rows.loc[("cerium from India to Japan", "2023"), ["old", "new", "kind"]]) == [
        "3,368",
        "",
        "outlier",
    ]
    assert restatements(replace(japan, tables={})).empty


def test_every_source_says_where_its_figures_stand_or_that_nobody_knows(japan: Dataset) -> None:
    """No place is left empty, and those that are not known are listed with the figures that rest on them."""
    sources = japan.table("SOURCES")
    assert (sources["place"].fillna("") != "").all(), sources[sources["place"].fillna("") == ""]["id"].tolist()
    found = unplaced(japan).set_index("source")
    assert set(found.index) <= set(sources["id"])
    assert "allseas_2022" in found.index
    assert found.loc["allseas_2022", "figures"] == sum(
        int((table["source"] == "allseas_2022").sum()) for stem, table in japan.tables.items() if stem != "SOURCES"
    )
    assert found["place"].str.startswith("not known").all()
