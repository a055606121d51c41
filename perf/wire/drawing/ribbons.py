"""Prompts as ribbons: as thick as their weight, one over the other, so that a dissolve is seen; what is kept away from
lies below the line."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from perf.core.prompts import BLACK
from perf.wire.drawing.reading import Reading
from perf.wire.drawing.sheet import Staff, System
from perf.wire.drawing.svg import Point, drawn, fitted, group, line, path, text, width

UNIT, ROOM = 36.0, 86.0  # pixels of weight 1, and the most of all weights together
TINTS = 4
SIZE = 13.0  # of the letters
COLUMN, LISTED = 6, 18.0  # of the list: lines before there are more columns, pixels of a line


@dataclass(frozen=True, slots=True)
class Ribbon:
    """A text for as long as it is shown: the beats, and both edges, as weights from the line on. `number` counts the
    texts in the order in which they come."""

    words: str
    number: int
    beats: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


def ribbons(reading: Reading) -> list[Ribbon]:
    """Every text in the time in which it is shown, those that come later over those that were there."""
    found: list[Ribbon] = []
    numbers = {words: n for n, words in enumerate(index(reading.prompts), 1)}
    for sign in (1.0, -1.0):
        open_: dict[str, list[tuple[float, float, float]]] = {}
        for n, beat in enumerate(reading.beats):
            shown = {words: weight for words, weight in reading.prompts[n].items() if weight * sign > 0}
            for words in [one for one in open_ if one not in shown]:
                found.append(_closed(words, numbers[words], open_.pop(words), beat))
            for words in shown:
                open_.setdefault(words, [])
            edge = 0.0
            for words in open_:
                open_[words].append((beat, edge, edge + shown[words]))
                edge += shown[words]
        found += [_closed(words, numbers[words], points, reading.end) for words, points in open_.items()]
    return found


def _closed(words: str, number: int, points: list[tuple[float, float, float]], end: float) -> Ribbon:
    points = [*points, (end, *points[-1][1:])]
    beats, low, high = zip(*points, strict=True)
    return Ribbon(words, number, beats, low, high)


def staff(reading: Reading, cut: set[str]) -> Staff | None:
    """The staff of the prompts; None where there are none. As it is drawn, texts that had no room go into `cut`."""
    found = ribbons(reading)
    if not found:
        return None
    above = max((max(one.high) for one in found), default=0.0)
    below = -min((min(one.high) for one in found), default=0.0)
    above, below = max(above, 0.0), max(below, 0.0)
    unit = min(UNIT, ROOM / max(above + below, 0.1))

    def draw(system: System, y: float) -> list[str]:
        zero = y + above * unit
        parts = [part for one in found for part in _ribbon(one, system, (zero, unit), cut)]
        return [*parts, line(system.left, zero, system.right, zero, "base")]

    return Staff("prompts", "", (above + below) * unit, draw)


def _ribbon(ribbon: Ribbon, system: System, place: tuple[float, float], cut: set[str]) -> list[str]:
    """A ribbon in a system, and its words where it is thickest at the beginning."""
    zero, unit = place
    inside = [n for n, beat in enumerate(ribbon.beats) if system.start <= beat < system.end]
    if not inside:
        return []
    first, last = inside[0], inside[-1]
    over = [(system.x(ribbon.beats[n]), zero - ribbon.high[n] * unit) for n in inside]
    under = [(system.x(ribbon.beats[n]), zero - ribbon.low[n] * unit) for n in inside]
    if last + 1 < len(ribbon.beats):
        end = min(system.x(ribbon.beats[last + 1]), system.right)
        over, under = [*over, (end, over[-1][1])], [*under, (end, under[-1][1])]
    negative = min(ribbon.high[n] for n in inside) < 0
    style = "black" if not ribbon.words else "away" if negative else f"tint{ribbon.number % TINTS}"
    shape = drawn(over) + "L" + drawn(under[::-1])[1:] + "Z"
    label, whole = _words(ribbon, over, under, first == 0)
    if not whole:
        cut.add(ribbon.words)
    return [group([path(shape, f"ribbon {style}"), *label], "prompt", ribbon.words or BLACK)]


def _words(ribbon: Ribbon, over: Sequence[Point], under: Sequence[Point], begins: bool) -> tuple[list[str], bool]:
    """The text in its ribbon, where that has grown, and whether it is all there; a cut one has its number.

    In brackets where it goes on from the system before."""
    thick = [abs(b[1] - a[1]) for a, b in zip(over, under, strict=True)]
    most = max(thick)
    grown = [n for n, one in enumerate(thick) if one >= most * 0.9]
    first = grown[0]
    x, end = over[first][0] + 8, over[grown[-1]][0] - 4
    size = min(SIZE, max(most * 0.72, 6.0))
    rows = 2 if most > 2.3 * size else 1
    words = ribbon.words or BLACK
    lines = _wrapped(words if begins else f"({words})", size, end - x, rows)
    whole = bool(lines) and not (lines[-1].endswith("…") and not words.endswith("…"))
    if not whole:
        if not begins:
            return [], True
        room = [f"{ribbon.number}"] if end - x < 40 else _wrapped(f"{ribbon.number} {words}", size, end - x, rows)
        lines = room if end - x > width(f"{ribbon.number}", size) else []
    middle = (over[first][1] + under[first][1]) / 2 + size * 0.32 - (len(lines) - 1) * size * 0.56
    style = "words inverse" if not ribbon.words else "words"
    return [text(x, middle + n * size * 1.12, one, f"{style} s{_step(size)}") for n, one in enumerate(lines)], whole


def _step(size: float) -> int:
    return max(min(round(size), 13), 6)


def _wrapped(words: str, size: float, room: float, most: int) -> list[str]:
    """Words in up to `most` lines."""
    if width(words, size) <= room or most == 1:
        return [one for one in [fitted(words, size, room)] if one]
    first = ""
    rest = words.split(" ")
    while rest and width(f"{first} {rest[0]}", size) <= room:
        first = f"{first} {rest.pop(0)}".strip()
    second = fitted(" ".join(rest), size, room)
    return [first, second] if first and second else [one for one in [fitted(words, size, room)] if one]


def index(prompts: Sequence[Mapping[str, float]]) -> list[str]:
    """The texts in the order in which they come."""
    return list(dict.fromkeys(words for shown in prompts for words in shown))


def listed(reading: Reading, cut: set[str], place: tuple[float, float], room: float) -> tuple[list[str], float]:
    """The texts that had no room, by their numbers, in columns; and the height of the list."""
    rows = [(n, words) for n, words in enumerate(index(reading.prompts), 1) if words in cut and words]
    if not rows:
        return [], 0.0
    (x, y), columns = place, min(math.ceil(len(rows) / COLUMN), 3)
    tall, wide = math.ceil(len(rows) / columns), room / columns
    parts = [text(x, y, "Prompts", "caption")]
    for i, (n, words) in enumerate(rows):
        left, base = x + i // tall * wide, y + 20 + i % tall * LISTED
        parts.append(text(left, base, f"{n}", "prose"))
        parts.append(text(left + 24, base, fitted(words, 12.0, wide - 44), "name"))
    return parts, 20 + tall * LISTED + 16
