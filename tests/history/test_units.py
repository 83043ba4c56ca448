from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minrisk.axes import Calendar
from minrisk.history.units import parse_period, parse_unit, regular


@pytest.mark.parametrize(
    ("text", "shown", "window"),
    [
        ("2010-10", "2010-10", slice(9, 10)),
        ("2010", "2010", slice(0, 12)),
        ("2011-Q2", "2011-Q2", slice(15, 18)),
        ("2011q2", "2011-Q2", slice(15, 18)),
        ("2010-01..2010-08", "2010-01..2010-08", slice(0, 8)),
        (" 2010-11 .. 2011-02 ", "2010-11..2011-02", slice(10, 14)),
    ],
)
def test_a_period_is_its_months(text: str, shown: str, window: slice) -> None:
    """Months counted by hand from January 2010."""
    period = parse_period(text)
    assert (period.text, period.window(Calendar("2010-01", 24))) == (shown, window)
    assert period.inside(Calendar("2010-01", 24))
    assert not period.inside(Calendar("2010-01", window.stop - 1))
    assert not period.inside(Calendar("2012-01", 24))


@pytest.mark.parametrize("text", ["", "2010-13", "2010-Q5", "10", "October 2010", "2010-08..2010-01", "2010..2011"])
def test_what_is_no_period_is_refused_with_the_forms(text: str) -> None:
    with pytest.raises(ValueError, match="allowed: a month"):
        parse_period(text)


@pytest.mark.parametrize(
    ("months", "first", "count"), [(1, "2009-11", 27), (3, "2010-Q1", 8), (12, "2010", 2), (8, "2009-11", 27)]
)
def test_regular_periods_lie_wholly_on_the_calendar(months: int, first: str, count: int) -> None:
    """November 2009 to January 2012: 27 months, the quarters and years of 2010 and 2011."""
    periods = regular(months, Calendar("2009-11", 27))
    assert (periods[0].text, len(periods)) == (first, count)


def test_an_index_names_its_base() -> None:
    unit = parse_unit("index  2010-01..2010-08  = 100")
    assert (unit.kind, unit.scale, unit.text) == ("index", 100.0, "index 2010-01..2010-08 = 100")
    assert unit.base == parse_period("2010-01..2010-08")
    assert parse_unit("Index 2010").scale == 100.0
    assert parse_unit("index 2010 = 1").scale == 1.0


@pytest.mark.parametrize("text", ["index", "index = 100", "index 2010 = -5", "index 2010 = 0", "index May = 100"])
def test_an_index_without_a_proper_base_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"index|period"):
        parse_unit(text)


def test_units_by_word_and_the_nearest_word() -> None:
    assert parse_unit("t/yr") == parse_unit("t/year")
    assert (parse_unit("t/year").scale, parse_unit("t gross/month").gross) == (12.0, True)
    with pytest.raises(ValueError, match="did you mean 't/month'"):
        parse_unit("t/mon")


@given(
    year=st.integers(1900, 2100),
    month=st.integers(1, 12),
    months=st.integers(1, 600),
    length=st.sampled_from([1, 3, 12]),
)
def test_regular_periods_read_back_and_follow_without_gaps(year: int, month: int, months: int, length: int) -> None:
    """Each name stands for the period it names; one begins where the last ended; none leaves the calendar."""
    calendar = Calendar(f"{year}-{month:02d}", months)
    periods = regular(length, calendar)
    assert all(parse_period(period.text) == period and period.inside(calendar) for period in periods)
    assert all(a.first + a.months == b.first for a, b in itertools.pairwise(periods))
    assert months - length * len(periods) < 2 * length - 1 or not periods
