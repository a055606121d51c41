"""The sheet: systems, each so many bars long, and the staves that lie in every one of them. Pixels are decided here."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from perf.core.meter import Meter

MARGIN = 56.0  # around the page
NAMES = 118.0  # left of the systems, for the staves' names
GAP, GROUP_GAP = 16.0, 27.0  # above a staff, above the first of a group
BELOW = 40.0  # under a system
HEAD, FOOT = 130.0, 120.0  # about what the title takes, and the legend
SHAPE = 1 / math.sqrt(2)  # of a page on the wall: height over width
LENGTHS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 1024, 2048, 4096)  # bars of a system
LEAST, MOST = 12.0, 64.0  # pixels of a bar, and of a beat where there are several systems


@dataclass(frozen=True, slots=True)
class Look:
    """What a person may ask for: width in pixels, bars of a system (0: as suits the page), the bars `first` to `last`
    as they are numbered (0: all)."""

    width: float = 1600.0
    bars: int = 0
    first: int = 0
    last: int = 0


@dataclass(frozen=True, slots=True)
class System:
    """A line of the score: the beats from `start` to `end`, `scale` pixels each, from `left` on, on a page so wide."""

    start: float
    end: float
    left: float
    scale: float
    page: float = math.inf

    def x(self, beat: float) -> float:
        """Where a beat lies."""
        return self.left + (beat - self.start) * self.scale

    @property
    def right(self) -> float:
        """Where it ends."""
        return self.x(self.end)

    def cut(self, start: float, end: float) -> tuple[float, float] | None:
        """What of a stretch of beats is in it, in pixels; None where nothing is."""
        low, high = max(start, self.start), min(end, self.end)
        return (self.x(low), self.x(high)) if low < high or (low == high and start == end and low < self.end) else None


Draw = Callable[[System, float], list[str]]


@dataclass(frozen=True, slots=True)
class Staff:
    """A line of one voice: what it is called, how high it is, and how it is drawn in a system with its top at y.

    `marks` are words beside it: (share of the height from the top, words); `unit` is what they count. `empty` says
    where it can be left out.
    """

    group: str
    name: str
    height: float
    draw: Draw
    marks: tuple[tuple[float, str], ...] = ()
    empty: Callable[[System], bool] = field(default=lambda system: False)
    unit: str = ""


def systems(meter: Meter, span: tuple[float, float], look: Look, height: float) -> list[System]:
    """The systems of a span of beats, where each is about `height` high."""
    room = look.width - 2 * MARGIN - NAMES
    first, last = round(meter.bars(span[0])), math.ceil(meter.bars(span[1]) - 1e-6)
    lengths = [look.bars] if look.bars else [n for n in LENGTHS if n == 1 or n / 2 < last - first]
    ways = [_broken(meter, first, last, length) for length in lengths]
    paces = [room / max(b - a for a, b in way) for way in ways]
    wide = [way for way, pace in zip(ways, paces, strict=True) if pace * meter.size(way[0][0]) >= LEAST] or ways[:1]
    wide = [way for way in wide if room / max(b - a for a, b in way) <= MOST] or wide[-1:]

    def off(way: list[tuple[float, float]]) -> float:
        missing = 1 - (way[-1][1] - way[-1][0]) / (way[0][1] - way[0][0])
        return abs(math.log((HEAD + FOOT + len(way) * height) / look.width / SHAPE)) + missing

    best = min(wide, key=off)
    scale = room / max(b - a for a, b in best)
    return [System(a, b, MARGIN + NAMES, scale, look.width) for a, b in best]


def _broken(meter: Meter, first: int, last: int, length: int) -> list[tuple[float, float]]:
    """Lines of `length` bars."""
    edges = [*range(first, last, length), last]
    return [(meter.beat(a), meter.beat(b)) for a, b in pairwise(edges)]


def stacked(staves: Sequence[Staff], system: System) -> tuple[list[tuple[float, Staff]], float]:
    """The staves that a system has, each with its distance from the first's top, and the height of all."""
    placed: list[tuple[float, Staff]] = []
    y, group = 0.0, ""
    for staff in staves:
        if staff.empty(system):
            continue
        y += 0.0 if not placed else GROUP_GAP if staff.group != group else GAP
        placed.append((y, staff))
        y, group = y + staff.height, staff.group
    return placed, y
