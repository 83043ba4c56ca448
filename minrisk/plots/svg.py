"""A figure's SVG without what no eye sees: hundredths of a point, points on straight lines, idle names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TypeAlias

#: In tenths of a point.
Point: TypeAlias = tuple[int, int]

#: Steps to a point: lines keep tenths of a point, a seventh of a pixel on a screen.
_TENTHS = 10

_TAG = re.compile(r"<[^>]*>")
_STYLE = re.compile(r' style="([^"]*)"')
_GROUP = re.compile(r"<g(?: [^>]*)?>|</g>")
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_PATH = re.compile(r' d="([^"]*)"')
_CORNER = re.compile(r"([MLz])\s*(?:(\S+)\s+(\S+))?")
_FONT = re.compile(r"font-family: ([^;\"]*)(?:; ?)?")
#: Prologue, metadata, names that nothing refers to, turns by nothing.
_IDLE = re.compile(
    r'<\?xml.*?\?>|<!DOCTYPE.*?>|<metadata>.*?</metadata>|(?<=<g) id="[^"]*"| transform="rotate\(-0 [^"]*\)"', re.S
)


def compact(svg: str) -> str:
    """Write a figure of matplotlib shorter; it looks the same.

    Parameters
    ----------
    svg : str
        As `matplotlib.figure.Figure.savefig` writes it.

    Returns
    -------
    str
        Lines to a tenth of a point, other numbers to a hundredth, texts untouched.
    """
    svg = _IDLE.sub("", svg)
    fonts = _FONT.findall(svg)
    if fonts and len(set(fonts)) == 1:
        svg = _FONT.sub("", svg).replace("<svg ", f'<svg font-family="{fonts[0]}" ', 1)
    svg = _named_styles(svg)
    svg = _PATH.sub(lambda found: f' d="{_path(found[1])}"', svg)
    svg = _without_idle_groups(_TAG.sub(lambda tag: _LONG_NUMBER.sub(_hundredths, tag[0]), svg))
    return re.sub(r"\s*\n\s*", "\n", svg).strip() + "\n"


def _named_styles(svg: str) -> str:
    """Give a name to each style that is said three times or more."""
    said = Counter(_STYLE.findall(svg))
    names = {style: f"s{place}" for place, style in enumerate(s for s, times in said.items() if times > 2)}
    rules = "".join(f".{name}{{{style}}}" for style, name in names.items())
    svg = _STYLE.sub(lambda found: f' class="{names[found[1]]}"' if found[1] in names else found[0], svg)
    return svg.replace("</style>", f"{rules}</style>", 1)


def _hundredths(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")


def _without_idle_groups(svg: str) -> str:
    """Drop groups that say nothing of what they hold."""
    idle: list[bool] = []

    def seen(tag: re.Match[str]) -> str:
        if tag[0].startswith("<g"):
            idle.append(tag[0] == "<g>")
            return "" if idle[-1] else tag[0]
        return "" if idle.pop() else tag[0]

    return _GROUP.sub(seen, svg)


def _path(data: str) -> str:
    """A path to tenths of a point, each corner relative to the one before; curves keep their form."""
    if re.search("[A-KN-Ya-y]", data):
        return " ".join(data.split())
    text, strokes = "", list(_strokes(data))
    here = (0, 0)
    for points, closed in strokes:
        first, *rest = _corners(points)
        text += f"M{_number(first[0])} {_number(first[1])}"
        here = first
        for x, y in rest:
            text += _step(x - here[0], y - here[1])
            here = x, y
        text += "z" * closed
    return text


def _strokes(data: str) -> Iterator[tuple[list[Point], bool]]:
    """Lines of a path that are drawn without lifting the pen, in tenths, and whether each is closed."""
    points: list[Point] = []
    for command, x, y in _CORNER.findall(data):
        if command == "z":
            yield points, True
            points = []
            continue
        if command == "M" and points:
            yield points, False
            points = []
        points.append((round(float(x) * _TENTHS), round(float(y) * _TENTHS)))
    if points:
        yield points, False


def _corners(points: list[Point]) -> list[Point]:
    """Points of a line without those that lie within a tenth of a point of the way between others."""
    kept, passed = points[:1], list[Point]()
    for point in points[1:]:
        if passed and not _on_the_way(kept[-1], point, passed):
            kept.append(passed[-1])
            passed = []
        passed.append(point)
    return kept + passed[-1:]


def _on_the_way(start: Point, end: Point, passed: list[Point]) -> bool:
    """Whether points that lie on the way to the last of them lie between two others, within a tenth of the line."""
    (x, y), (last_x, last_y) = start, passed[-1]
    along_x, along_y = end[0] - x, end[1] - y
    length = along_x * along_x + along_y * along_y
    last_x, last_y = last_x - x, last_y - y
    if along_x * last_y == along_y * last_x and 0 < along_x * last_x + along_y * last_y <= length:
        return True  # straight on
    for point_x, point_y in reversed(passed):
        across_x, across_y = point_x - x, point_y - y
        if not 0 <= along_x * across_x + along_y * across_y <= length:
            return False
        off = along_x * across_y - along_y * across_x
        if off * off > length:
            return False
    return True


def _step(dx: int, dy: int) -> str:
    if dx == 0 and dy:
        return f"v{_number(dy)}"
    if dy == 0:
        return f"h{_number(dx)}"
    down = _number(dy)
    return f"l{_number(dx)}{'' if down.startswith('-') else ' '}{down}"


def _number(tenths: int) -> str:
    whole, rest = divmod(abs(tenths), _TENTHS)
    digits = f"{whole or ''}.{rest}" if rest else str(whole)
    return f"-{digits}" if tenths < 0 else digits
