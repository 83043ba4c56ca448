"""Whether a page says at the prices of which year its sums stand."""

from __future__ import annotations

import re

from minrisk.decisions.page import Page

#: Dollars, in either language.
_DOLLARS = re.compile(r"USD|ドル")


def undated(page: Page, year: int) -> list[str]:
    """Title, headings and notes that speak of dollars without the year; and tables of sums without its column."""
    texts = [page.title, *page.notes, *page.shown]
    for frame in page.shown.values():
        texts += [str(name) for name in frame.columns]
    found = [text for text in texts if _DOLLARS.search(text) and str(year) not in text]
    for name, frame in page.data.items():
        if any("usd" in column for column in frame.columns) and set(frame.get("price_year", ())) != {year}:
            found.append(name)
    return found
