"""Shapes and words as SVG: numbers short, texts escaped, nothing that runs. Knows nothing of music."""

import math
from collections.abc import Iterable, Sequence
from html import escape
from itertools import pairwise

Point = tuple[float, float]

NARROW, WIDE = frozenset("iljtfrI.,:;'|!()[] -"), frozenset("mwMWO@QGD%&—…")


def digits(value: float) -> str:
    """A length in pixels, to a tenth."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")


def plain(words: str) -> str:
    """A text that XML can hold, escaped."""
    return escape("".join(c if c.isprintable() else " " for c in words.encode("utf-8", "replace").decode()))


def text(x: float, y: float, words: str, style: str) -> str:
    """Words with their base line at y."""
    return f'<text x="{digits(x)}" y="{digits(y)}" class="{style}">{plain(words)}</text>'


def line(x: float, y: float, x2: float, y2: float, style: str) -> str:
    """A straight line."""
    return path(f"M{digits(x)} {digits(y)}L{digits(x2)} {digits(y2)}", style)


def path(shape: str, style: str) -> str:
    """A path as SVG writes it."""
    return f'<path d="{shape}" class="{style}"/>'


def box(x: float, y: float, width: float, height: float, style: str, fill: str = "") -> str:
    """A rectangle; `fill` is a colour of its own."""
    size = f'width="{digits(max(width, 0.0))}" height="{digits(max(height, 0.0))}"'
    own = f' fill="{plain(fill)}"' if fill else ""
    return f'<rect x="{digits(x)}" y="{digits(y)}" {size} class="{style}"{own}/>'


def dot(x: float, y: float, radius: float, style: str) -> str:
    """A dot."""
    return f'<circle cx="{digits(x)}" cy="{digits(y)}" r="{digits(radius)}" class="{style}"/>'


def head(x: float, y: float, size: float, style: str = "note") -> str:
    """The head of a note."""
    turn = f'transform="rotate(-20 {digits(x)} {digits(y)})"'
    radii = f'rx="{digits(size)}" ry="{digits(size * 0.72)}"'
    return f'<ellipse cx="{digits(x)}" cy="{digits(y)}" {radii} {turn} class="{style}"/>'


def group(parts: Iterable[str], style: str, title: str = "") -> str:
    """Parts that belong together; `title` is shown when the mouse rests on them."""
    tip = f"<title>{plain(title)}</title>" if title else ""
    return f'<g class="{style}">{tip}{"".join(parts)}</g>'


def drawn(points: Sequence[Point]) -> str:
    """Points as the shape of a line, without those that lie on it anyway."""
    return "M" + "L".join(f"{digits(x)} {digits(y)}" for x, y in thinned(points))


def thinned(points: Sequence[Point], near: float = 0.12) -> list[Point]:
    """Points without those that lie within `near` of the line that stays: each line goes on as long as one slope suits
    all that it passes."""
    kept, low, high = list(points[:1]), -math.inf, math.inf
    for before, point in pairwise(points):
        y, room = kept[-1][1], point[0] - kept[-1][0]
        slope = (point[1] - y) / room if room > 1e-6 else math.nan
        if not low <= slope <= high:
            if before != kept[-1]:
                kept.append(before)
            y, room = before[1], point[0] - before[0]
            low, high = -math.inf, math.inf
        if room > 1e-6:
            low, high = max(low, (point[1] - near - y) / room), min(high, (point[1] + near - y) / room)
        else:
            kept.append(point)
            low, high = -math.inf, math.inf
    return [*kept, points[-1]] if kept[-1:] != list(points[-1:]) else kept


def width(words: str, size: float) -> float:
    """About how wide words are in letters of a size; rather too wide."""
    return size * sum(0.31 if c in NARROW else 0.84 if c in WIDE else 0.63 if c.isupper() else 0.51 for c in words)


def fitted(words: str, size: float, room: float) -> str:
    """As much of words as has room, with an ellipsis where they are cut; "" where three letters have none."""
    if width(words, size) <= room:
        return words
    while words and width(words + "…", size) > room:
        words = words[:-1]
    return words.rstrip(" ,;") + "…" if len(words) > 2 else ""
