"""What a reader of a page meets, and whether it is English or Japanese."""

from __future__ import annotations

import re
from html.parser import HTMLParser

JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
#: Four words of English in a row; element symbols and units alone are none.
ENGLISH = re.compile(r"(?:[A-Za-z][A-Za-z'’-]*[ ,.;:]+){3,}[A-Za-z]+")


class _Visible(HTMLParser):
    """Collects what a reader meets, but for parts in another language, code and file names."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        own = tag in ("style", "script", "code", "pre") or ("lang" in given and tag != "html")
        if not own and not self._skipped():
            self.texts += [text for name in ("alt", "aria-label", "title") if (text := given.get(name))]
        if tag not in ("br", "img", "meta", "link"):
            self._open.append((tag, own))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._skipped():
            self.texts.append(data)

    def _skipped(self) -> bool:
        return any(own for _, own in self._open)


def visible(page: str) -> list[str]:
    reader = _Visible()
    reader.feed(page)
    return reader.texts
