"""Lines no wider than asked, whole words, and no Japanese line that begins with a full stop."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minrisk.plots.style import sheet, shorten, width, wrap

JAPANESE = "ジスプロシウム：限界価格は中央値で平時の23倍まで上がる（試行の5～95%区間：12～30倍）。輸出禁止が続く。"


def test_english_breaks_at_spaces() -> None:
    assert wrap("one two three four", 9, 3) == "one two\nthree\nfour"


def test_japanese_counts_twice_and_keeps_numbers_whole() -> None:
    assert width("年3.5") == 5
    for widest in range(10, 60):
        lines = wrap(JAPANESE, widest, 99).split("\n")
        assert "".join(lines) == JAPANESE
        # Marks may stand beyond the edge rather than begin a line.
        assert all(width(line) <= widest + 4 for line in lines)
        assert not any(line[0] in "。）、～：" or line[-1] in "（" for line in lines)
        assert any("23" in line for line in lines)
        assert any("95%" in line for line in lines)


def test_what_does_not_fit_is_dots() -> None:
    assert wrap("aa bb cc dd", 5, 1) == "aa …"
    assert shorten("short", 10) == "short"
    assert shorten("one, two, three", 11) == "one, two …"


@given(st.text(st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp")), max_size=300), st.integers(4, 80))
def test_any_text_keeps_to_its_lines(text: str, widest: int) -> None:
    lines = wrap(text, widest, 3).split("\n")
    assert len(lines) <= 3


@pytest.mark.parametrize("word", ["x" * 300, "年" * 300])
def test_a_word_without_end_is_broken(word: str) -> None:
    assert all(width(line) <= 92 for line in wrap(word, 92, 3).split("\n"))


def test_a_notebook_shows_a_figure() -> None:
    """The end of a cell asks for a picture and is given one, without any magic line."""
    figure, _ = sheet("Title", "Note", 2.0)
    assert figure._repr_png_().startswith(b"\x89PNG")
