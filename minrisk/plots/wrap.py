"""Text broken to a width: at spaces in English, between characters in Japanese, which count twice."""

from __future__ import annotations

import re
from unicodedata import east_asian_width

#: What is never parted: a word in Latin letters with what clings to it, 60 at most, or one other character.
_PIECE = re.compile(r"[^ \u2e80-\uffef]{1,60}|.")
#: Characters that no Japanese line begins with, and those that none ends with.
_NEVER_FIRST = set("、。，．・：；？！）］｝」』】〉》ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ％～")
_NEVER_LAST = set("（［｛「『【〈《")


def width(text: str) -> int:
    """Width of a text in characters; one of full width, as in Japanese, counts twice."""
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def wrap(text: str, widest: int, most: int) -> str:
    """Break a text into lines.

    Parameters
    ----------
    text : str
        In any language.
    widest : int
        Greatest width of a line, as `width` counts it; one mark that may not begin the next is let stand.
    most : int
        Greatest number of lines; what does not fit is left out, and dots say so.

    Returns
    -------
    str
        Lines joined by line breaks.
    """
    lines = [""]
    for piece in _PIECE.findall(text):
        line = lines[-1]
        if line and width(line) + width(piece) > widest and piece not in _NEVER_FIRST:
            carried = line[-1] if line[-1] in _NEVER_LAST else ""
            lines[-1] = line.removesuffix(carried).rstrip(" ")
            lines.append(carried)
        lines[-1] = (lines[-1] + piece).lstrip(" ")
    if len(lines) > most:
        lines[most - 1 :] = [shorten(" ".join(lines[most - 1 :]), widest)]
    return "\n".join(lines)


def shorten(text: str, widest: int) -> str:
    """Cut a text to a width, as `width` counts it; dots stand for what is left out."""
    if width(text) <= widest:
        return text
    while width(text) > widest - 2:
        text = text[:-1]
    return f"{text.rstrip(' ,;、。')} …"
