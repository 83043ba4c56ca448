"""A page as Markdown: the same headings, sentences and tables, for mail, issues and plain editors."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

#: First line of a page; tells an index page of minrisk from somebody else's file.
MARK = "<!-- Written by minrisk -->"

_SKIPPED = ("head", "nav", "style", "script")
_HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)}
_BLOCKS = (*_HEADINGS, "p", "li", "figcaption", "caption", "summary", "th", "td", "pre")
#: What Markdown or the HTML inside it would read as markup; brackets and underscores in words are left readable.
_SPECIAL = re.compile(r"([\\`*<>|~]|\b_|_\b|(?<=\])[(:\[])")
_FIGURE = "figure-"


def markdown(page: str, figures: str = "figures/") -> str:
    """Turn a page of minrisk into Markdown.

    Parameters
    ----------
    page : str
        HTML from `minrisk.report.html`.
    figures : str
        Where the figures' files lie, seen from the text.

    Returns
    -------
    str
        Headings, sentences, lists and tables in the page's order. A figure becomes a link to its file;
        what the page shows only when unfolded is named, not printed.
    """
    writer = _Writer(figures)
    writer.feed(page)
    writer.close()
    blocks = [MARK, *writer.blocks]
    text = blocks[0]
    for before, block in pairwise(blocks):
        text += ("\n" if before.startswith("- ") and block.startswith("- ") else "\n\n") + block
    return text + "\n"


class _Writer(HTMLParser):
    """Collects blocks of Markdown from the tags that the templates use."""

    def __init__(self, figures: str) -> None:
        super().__init__(convert_charrefs=True)
        self._figures = figures
        self.blocks: list[str] = []
        self._text = ""
        self._skipped: list[str] = []
        self._folded = 0
        self._rows: list[list[str]] = []
        self._right: list[bool] = []
        self._code: str | None = None
        self._href = ""
        self._figure = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        if tag in _SKIPPED or given.get("class") == "skip":
            self._skipped.append(tag)
        if self._skipped:
            return
        if tag in _BLOCKS:
            self._text = ""
        if tag == "details":
            self._folded += 1
        elif tag == "table":
            self._rows, self._right = [], []
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("th", "td") and len(self._rows) == 1:
            self._right.append("n" in given.get("class", "").split())
        else:
            self._inline(tag, given)

    def _inline(self, tag: str, given: dict[str, str]) -> None:
        if tag == "br":
            self._text += " "
        elif tag == "span" and given.get("class") == "band":
            self._text += " ("
        elif tag == "code":
            self._code = ""
        elif tag == "a":
            self._href = given.get("href", "")
            self._text += "[" if self._leads_out() else ""
        elif tag == "figure":
            self._figure = given.get("id", "").removeprefix(_FIGURE)
        elif tag == "img" and self._figure:
            self.blocks.append(f"![{_plain(given.get('alt', ''))}]({self._figures}{self._figure}.svg)")

    def handle_data(self, data: str) -> None:
        if self._skipped:
            return
        if self._code is not None:
            self._code += data
        else:
            self._text += _plain(data)

    def handle_endtag(self, tag: str) -> None:
        if self._skipped:
            if tag == self._skipped[-1]:
                self._skipped.pop()
            return
        if tag == "code":
            self._end_code()
        elif tag == "span" and self._text.rfind(" (") > self._text.rfind(")"):
            self._text += ")"
        elif tag == "a":
            self._text += f"]({_address(self._href)})" if self._leads_out() else ""
            self._href = ""
        elif tag == "details":
            self._folded -= 1
        elif tag == "table" and not self._folded:
            self.blocks.append(self._table())
        elif tag in ("th", "td"):
            self._rows[-1].append(_one_line(self._text))
        elif tag in _BLOCKS:
            self._end_block(tag)

    def _end_code(self) -> None:
        code, self._code = self._code or "", None
        fence = "``" if "`" in code else "`"
        # A pipe would end the cell of a table even inside code.
        self._text += f"{fence}{' '.join(code.split())}{fence}".replace("|", "\\|")

    def _end_block(self, tag: str) -> None:
        text = _one_line(self._text)
        if not text or (self._folded and tag != "summary"):
            return
        if tag in _HEADINGS:
            self.blocks.append(f"{_HEADINGS[tag]} {text}")
        elif tag in ("li", "summary"):
            self.blocks.append(f"- {text}")
        elif tag == "pre":
            self.blocks.append(f"```sh\n{text.strip('`')}\n```")
        elif tag == "figcaption":
            self.blocks.append(f"**{text}**")
        else:
            self.blocks.append(text)

    def _table(self) -> str:
        width = max((len(cells) for cells in self._rows), default=0)
        rows = [[*cells, *[""] * (width - len(cells))] for cells in self._rows]
        sides = ["---:" if right else "---" for right in [*self._right, *[False] * width][:width]]
        return "\n".join(f"| {' | '.join(cells)} |" for cells in [*rows[:1], sides, *rows[1:]])

    def _leads_out(self) -> bool:
        """Whether a link leads to another document; anchors have no place in Markdown."""
        return bool(self._href) and not self._href.startswith("#")


def _plain(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _address(href: str) -> str:
    safe = href.replace(" ", "%20").replace("(", "%28").replace(")", "%29")
    # A report beside this one has its Markdown beside it, too.
    return safe if "://" in safe else re.sub(r"(^|/)(report|assumptions)\.html$", r"\1\2.md", safe)


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("( ", "(")
