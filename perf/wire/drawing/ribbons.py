"""Prompts as ribbons: as thick as their weight, one over the other, so that a dissolve is seen; what is kept away from
lies below the line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from perf.core.prompts import BLACK
from perf.wire.drawing.reading import Reading
from perf.wire.drawing.sheet import Staff, System
from perf.wire.drawing.svg import Point, drawn, fitted, group, line, path, text, width

UNIT, ROOM = 36.0, 86.0  # pixels of weight 1, and the most of all weights together
TINTS = 4
SIZE = 13.0  # of the letters


@dataclass(frozen=True, slots=True)
class Ribbon:
    """A text for as long as it is shown: the beats, and both edges, as weights from the line on."""

    words: str
    tint: int
    beats: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


def ribbons(reading: Reading) -> list[Ribbon]:
    """Every text in the time in which it is shown, those that come later over those that were there."""
    found: list[Ribbon] = []
    tints: dict[str, int] = {}
    for sign in (1.0, -1.0):
        open_: dict[str, list[tuple[float, float, float]]] = {}
        for n, beat in enumerate(reading.beats):
            shown = {words: weight for words, weight in reading.prompts[n].items() if weight * sign > 0}
            for words in [one for one in open_ if one not in shown]:
                found.append(_closed(words, tints, open_.pop(words), beat))
            for words in shown:
                open_.setdefault(words, [])
            edge = 0.0
            for words in open_:
                open_[words].append((beat, edge, edge + shown[words]))
                edge += shown[words]
        found += [_closed(words, tints, points, reading.end) for words, points in open_.items()]
    return found


def _closed(words: str, tints: dict[str, int], points: list[tuple[float, float, float]], end: float) -> Ribbon:
    points = [*points, (end, *points[-1][1:])]
    tint = tints.setdefault(words, len(tints) % TINTS)
    beats, low, high = zip(*points, strict=True)
    return Ribbon(words, tint, beats, low, high)


def staff(reading: Reading) -> Staff | None:
    """The staff of the prompts; None where there are none."""
    found = ribbons(reading)
    if not found:
        return None
    above = max((max(one.high) for one in found), default=0.0)
    below = -min((min(one.high) for one in found), default=0.0)
    above, below = max(above, 0.0), max(below, 0.0)
    unit = min(UNIT, ROOM / max(above + below, 0.1))

    def draw(system: System, y: float) -> list[str]:
        zero = y + above * unit
        parts = [part for one in found for part in _ribbon(one, system, (zero, unit))]
        return [*parts, line(system.left, zero, system.right, zero, "base")]

    return Staff("prompts", "", (above + below) * unit, draw)


def _ribbon(ribbon: Ribbon, system: System, place: tuple[float, float]) -> list[str]:
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
    style = "black" if not ribbon.words else "away" if negative else f"tint{ribbon.tint}"
    shape = drawn(over) + "L" + drawn(under[::-1])[1:] + "Z"
    begins = first == 0
    parts = [path(shape, f"ribbon {style}"), *_words(ribbon, over, under, begins)]
    return [group(parts, "prompt", ribbon.words or BLACK)]


def _words(ribbon: Ribbon, over: Sequence[Point], under: Sequence[Point], begins: bool) -> list[str]:
    """The text in its ribbon, where that has become thick enough for it; in brackets where it goes on from before."""
    thick = [abs(b[1] - a[1]) for a, b in zip(over, under, strict=True)]
    most = max(thick)
    size = min(SIZE, max(most * 0.72, 6.0))
    at = next(n for n, one in enumerate(thick) if one >= most * 0.72)
    enough = [n for n in range(at, len(over)) if thick[n] >= most * 0.45]
    x, end = over[at][0] + 7, over[enough[-1]][0] - 5
    words = ribbon.words or BLACK
    lines = _wrapped(words if begins else f"({words})", size, end - x, 2 if most > 2.3 * size else 1)
    middle = (over[at][1] + under[at][1]) / 2 + size * 0.34 - (len(lines) - 1) * size * 0.56
    style = "words inverse" if not ribbon.words else "words"
    return [text(x, middle + n * size * 1.12, one, f"{style} s{_step(size)}") for n, one in enumerate(lines)]


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
    if not first:
        return [one for one in [fitted(words, size, room)] if one]
    second = fitted(" ".join(rest), size, room)
    return [first, second] if second else [first]


def index(prompts: Sequence[Mapping[str, float]]) -> list[str]:
    """The texts in the order in which they come."""
    return list(dict.fromkeys(words for shown in prompts for words in shown))
