"""Cues as rehearsal marks over the systems, with arrows to what follows; and the list of all of them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from perf.core.cue import Cue
from perf.core.event import Value
from perf.core.patch import Patch
from perf.wire.drawing.reading import Mark, Reading
from perf.wire.drawing.sheet import System
from perf.wire.drawing.svg import box, digits, fitted, line, path, text, width

SIZE, TALL, ROW = 12.0, 18.0, 24.0  # of the letters, of a box, of a line of boxes
LISTED = 25.0  # pixels of a line in the list
COLUMN = 8  # cues under one another, before there are more columns
EDGE = 8.0  # pixels of the page that no box reaches
ARC = 15.0  # pixels between the arcs beside the list


@dataclass(frozen=True, slots=True)
class Placed:
    """A mark in a system: its number, the left edge of its box, how wide that is and in which line of boxes, and where
    it stands, which is further right where the page ends before the box would."""

    number: int
    mark: Mark
    x: float
    size: float
    row: int
    at: float


def placed(reading: Reading, system: System) -> list[Placed]:
    """The marks of a system, those that would touch in lines of their own."""
    found: list[Placed] = []
    for number, mark in enumerate(reading.marks):
        if system.start - 1e-6 <= mark.beat < system.end - 1e-6:
            at, size = system.x(mark.beat), width(mark.cue.name, SIZE) + 14
            x = max(min(at, system.page - EDGE - size), EDGE)
            taken = {one.row for one in found if one.x + one.size + 6 > x}
            row = next(n for n in range(len(found) + 1) if n not in taken)
            found.append(Placed(number, mark, x, size, row, at))
    return found


def height(found: Sequence[Placed]) -> float:
    """How much the marks take above a system."""
    return ROW * (1 + max(one.row for one in found)) if found else 0.0


def marks(found: Sequence[Placed], system: System, y: float, bottom: float) -> list[str]:
    """The boxes of a system from y on, their lines down to `bottom`, and the arrows between them."""
    parts = []
    for one in found:
        top = y + one.row * ROW
        style = "boxed" if one.mark.source < 0 else "boxed follows"
        parts.append(line(one.at, top + TALL, one.at, bottom, "markline"))
        parts.append(box(one.x, top, one.size, TALL, style))
        parts.append(text(one.x + 7, top + 13, one.mark.cue.name, "rehearsal"))
    by_number = {one.number: one for one in found}
    for one in found:
        if one.mark.source >= 0:
            end = (one.x - 2, y + one.row * ROW + TALL / 2)
            source = by_number.get(one.mark.source)
            start = (
                (source.x + source.size + 2, y + source.row * ROW + TALL / 2) if source else (system.left - 22, end[1])
            )
            parts += arrow(start, end)
    return parts


def arrow(start: tuple[float, float], end: tuple[float, float], style: str = "arrow") -> list[str]:
    """An arrow, bent where it has to change the line."""
    (x, y), (x2, y2) = start, end
    middle = (x + x2) / 2
    bend = (
        f"H{digits(x2)}"
        if y == y2
        else f"C{digits(middle)} {digits(y)} {digits(middle)} {digits(y2)} {digits(x2)} {digits(y2)}"
    )
    tip = f"M{digits(x2 - 5)} {digits(y2 - 3)}L{digits(x2)} {digits(y2)}L{digits(x2 - 5)} {digits(y2 + 3)}"
    return [path(f"M{digits(x)} {digits(y)}{bend}", style), path(tip, "arrow")]


def listed(patch: Patch, place: tuple[float, float], room: float) -> tuple[list[str], float]:
    """The list of the cues at a place: what each does, and arcs to where it leads; and its height."""
    cues, (x, y) = patch.timeline.cues, place
    if not cues:
        return [], 0.0
    links = _links(cues)
    columns = 1 if links else min(math.ceil(len(cues) / COLUMN), 3)
    gutter = min(ARC * (1 + max((lane for *_, lane in links), default=-1)), 220.0) + (10.0 if links else 0.0)
    tall = math.ceil(len(cues) / columns)
    spots = [(x + gutter + n // tall * room / columns, y + 14 + n % tall * LISTED) for n in range(len(cues))]
    names = max(width(cue.name, SIZE) for cue in cues) + 28
    parts = [text(x, y, "Cues", "caption")]
    for cue, (left, top) in zip(cues, spots, strict=True):
        told = fitted(does(patch, cue), 11.0, room / columns - gutter - names - 14)
        parts.append(box(left, top, width(cue.name, SIZE) + 14, TALL, "boxed"))
        parts.append(text(left + 7, top + 13, cue.name, "rehearsal"))
        parts.append(text(left + names, top + 13, told, "prose"))
    for start, end, jump, lane in links:
        rows = (spots[start][1] + TALL / 2, spots[end][1] + TALL / 2)
        parts += _arc(rows, x + gutter - 3, ARC * (lane + 1), jump)
    return parts, 14 + tall * LISTED + 16


def _links(cues: Sequence[Cue]) -> list[tuple[int, int, bool, int]]:
    """From which cue to which, whether by a jump, and how far out the arc runs: short ones within long ones."""
    numbers = {cue.name: n for n, cue in enumerate(cues)}
    found = [(n, numbers[cue.follow], False) for n, cue in enumerate(cues) if cue.follow]
    found += [(n, numbers[jump.to], True) for n, cue in enumerate(cues) for jump in cue.jumps]
    lanes: list[tuple[int, int, bool, int]] = []
    for start, end, jump in sorted(found, key=lambda link: abs(link[0] - link[1])):
        low, high = min(start, end), max(start, end)
        taken = {lane for a, b, _, lane in lanes if min(a, b) <= high and low <= max(a, b)}
        lanes.append((start, end, jump, next(n for n in range(len(lanes) + 1) if n not in taken)))
    return lanes


def _arc(rows: tuple[float, float], x: float, reach: float, jump: bool) -> list[str]:
    """An arc on the left of the list, from one line to another; back to itself as a loop."""
    start, end = (rows[0] - 4, rows[1] + 4) if rows[0] == rows[1] else (rows[0] + 3, rows[1] - 3)
    far = digits(x - reach)
    shape = f"M{digits(x)} {digits(start)}C{far} {digits(start)} {far} {digits(end)} {digits(x)} {digits(end)}"
    tip = f"M{digits(x - 5)} {digits(end - 3)}L{digits(x)} {digits(end)}L{digits(x - 5)} {digits(end + 3)}"
    return [path(shape, "arrow jump" if jump else "arrow"), path(tip, "arrow")]


def does(patch: Patch, cue: Cue) -> str:
    """What a cue does, in words."""
    parts = [f"at {_bar(patch, cue.at)}"] if cue.at is not None else []
    parts += (
        [f"on the next {'bar' if cue.quantise < 0 else f'multiple of {cue.quantise:g} beats'}"] if cue.quantise else []
    )
    parts += [f"to {_bar(patch, cue.seek)}"] if cue.seek is not None else []
    parts += [f"plays {', '.join(cue.plays)}"] if cue.plays else []
    parts += [f"waits until {cue.until.text}"] if cue.until is not None else []
    parts += [f"then {cue.follow} after {cue.after:g} beats"] if cue.follow else []
    parts += [f"or {jump.to}, when {jump.when.text}" for jump in cue.jumps]
    values = (f"{address[1:]} {_told(value)}" for address, value in cue.values.items())
    fade = f" in {cue.fade:g} s" if cue.fade and cue.values else ""
    told = ", ".join(values) + fade
    return "; ".join([*parts, told] if told else parts)


def _told(value: Value) -> str:
    if isinstance(value, tuple):
        return " ".join(f"{part:.4g}" for part in value)
    if isinstance(value, str):
        return f"“{value}”"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _bar(patch: Patch, beat: float) -> str:
    """A beat as people say it: bar 3, beat 2."""
    bar = int(patch.meter.bars(beat) + 1e-9)
    inside = beat - patch.meter.beat(bar)
    return f"bar {bar + 1}" + (f", beat {inside + 1:.4g}" if inside > 1e-6 else "")
