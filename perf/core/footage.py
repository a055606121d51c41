"""Footage: where a layer's film stands, as a function of what was done to its play head and of the moment.

How long a film is, is not known here: a head only counts how far it has run, and whoever has the film folds that into
it (`Footage.place`). So a show and a render that tick at other times see the same picture at the same second.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from math import inf

from perf.core.event import Value
from perf.core.moment import Moment

LOOPS = ("loop", "once", "pingpong")
CLOCKS = ("free", "timeline", "scrub")
FITS = ("cover", "contain", "stretch")
NEAR = 1e-6  # seconds by which a run may be short of a turn and is there all the same: 0.1 + 0.2 is not quite 0.3
SLIVER = 0.002  # seconds before `end` at which the last picture is looked up; what begins at `end` is not seen


@dataclass(frozen=True, slots=True)
class MediaSpec:
    """What a layer of source `media` shows: a `file` or folder beside the patch, whose numbered pictures come at `fps`
    a second; or a `camera`."""

    file: str = ""
    camera: str = ""
    fps: float = 30.0


@dataclass(frozen=True, slots=True)
class Head:
    """A play head: it had run `run` seconds of film by clock time `seconds`, and runs on at `rate` since. `sought` is
    the position that was last written and when, so that writing it again seeks again; `bounds` are in, out and loop
    meanwhile; `turns` are a footage's."""

    seconds: float
    run: float
    rate: float
    sought: tuple[float, float]
    bounds: tuple[float, float, str] = (0.0, 0.0, "loop")
    turns: tuple[float, ...] = ()

    def at(self, seconds: float) -> float:
        """How far it has run by clock time `seconds`."""
        return self.run + (seconds - self.seconds) * self.rate


@dataclass(frozen=True, slots=True)
class Footage:
    """Where a film is to be seen: `run` seconds from `start` on, round as `loop` says, and never at `end` (0: the
    film's own) or after it; all in seconds of film. `rate` is how fast it runs, for those who look ahead. `turns` are
    the ways that it went before `run` where it is seen once: at the film's ends each of them stops."""

    run: float = 0.0
    rate: float = 1.0
    start: float = 0.0
    end: float = 0.0
    loop: str = "loop"
    fit: str = "cover"
    turns: tuple[float, ...] = ()

    def place(self, length: float) -> float:
        """The second of a film of `length` seconds: from `start` on and before the end, if that leaves anything."""
        end = min(self.end, length) if self.end > 0.0 else length
        start = min(self.start, max(end - SLIVER, 0.0))
        span = end - start
        if span <= SLIVER:
            return start
        run = self._folded(span)
        run = min(run, 2.0 * span - run) if self.loop == "pingpong" else run
        return min(start + run, end - SLIVER)

    def _folded(self, span: float) -> float:
        """The run within `span` seconds; a pingpong's within two of them, of which the second is the way back."""
        if self.loop == "once":
            run = 0.0
            for way in (*self.turns, self.run):
                run = min(max(run + way, 0.0), span)
            return run
        turn = span if self.loop == "loop" else 2.0 * span
        return max((self.run + NEAR) % turn - NEAR, 0.0)

    def within(self, start: float, end: float, loop: str) -> float:
        """The run that is at the same place between other bounds. Where the end is the film's own, that is known in its
        first round only, and of what is seen once."""
        run, span = self.run, self.end - self.start if self.end > 0.0 else inf
        if span <= SLIVER or (span == inf and self.loop != "once"):
            return run + self.start - start
        run = self._folded(span)
        back = self.loop == "pingpong" and run > span
        run = max((2.0 * span - run if back else run) + self.start - start, 0.0)
        run = min(run, max(end - start, 0.0)) if end > 0.0 else run
        return -run if back and loop == "pingpong" else run

    def ahead(self, seconds: float) -> "Footage":
        """Where it will be if nobody does anything."""
        return replace(self, run=self.run + seconds * self.rate)


@dataclass(frozen=True, slots=True)
class Tones:
    """A table of colours that a picture is seen through: RGB of 8 bits at `nodes` steps of each, red running fastest,
    blue slowest. Between its nodes it is straight."""

    nodes: int
    pixels: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """One picture of a film, seen from `start` to `end`, in seconds of it: RGBA of 8 bits, not multiplied, rows from
    the top. `aspect` is the width over the height at which it is to be seen, `tones` what its colours go through,
    `opaque` whether no pixel of it is known to be transparent, which is drawn in less time."""

    size: tuple[int, int]
    pixels: bytes | bytearray | memoryview
    aspect: float
    start: float = 0.0
    end: float = inf
    tones: Tones | None = None
    opaque: bool = False


def rolled(
    heads: Mapping[int, Head],
    numbers: Iterable[int],
    values: Mapping[str, Value],
    written: Callable[[str], float],
    seconds: float,
) -> Mapping[int, Head]:
    """The heads of layers `numbers` at clock time `seconds`; `written` tells when an address was last set by hand."""
    return {number: _rolled(heads.get(number), f"/layer/{number}/", values, written, seconds) for number in numbers}


def _rolled(
    head: Head | None, at: str, values: Mapping[str, Value], written: Callable[[str], float], seconds: float
) -> Head:
    """A head is anchored anew only when something is done to it: between that, no time is added up."""
    rate = _number(values, at + "speed") if values[at + "play"] else 0.0
    bounds = start, end, loop = _bounds(values, at)
    position = _number(values, at + "position")
    sought = (position, written(at + "position"))
    if head is None or head.sought != sought:
        return Head(seconds, max(position - start, 0.0), rate, sought, bounds)
    if (head.rate, head.bounds) == (rate, bounds):
        return head
    run = head.at(seconds)
    if bounds == head.bounds and loop == "once" and end <= 0.0:
        return Head(seconds, 0.0, rate, sought, bounds, _turned(head.turns, run))
    before = Footage(run, head.rate, *head.bounds, turns=head.turns)
    return Head(seconds, before.within(*bounds), rate, sought, bounds)


def _turned(turns: tuple[float, ...], way: float) -> tuple[float, ...]:
    """One more way, and none that leaves no trace wherever the film ends: one that is no longer than that before it and
    that after it. Before the first lies an endless one back, to the beginning."""
    turns = (*(turns or (-inf,)), way)
    if (turns[-2] < 0.0) == (way < 0.0):
        turns = (*turns[:-2], turns[-2] + way)
    while len(turns) > 2 and abs(turns[-2]) <= min(abs(turns[-3]), abs(turns[-1])):
        turns = (*turns[:-3], sum(turns[-3:]))
    return turns


def _bounds(values: Mapping[str, Value], at: str) -> tuple[float, float, str]:
    return _number(values, at + "in"), _number(values, at + "out"), str(values[at + "loop"])


def footage(values: Mapping[str, Value], number: int, head: Head | None, moment: Moment) -> Footage:
    """Where the film of layer `number` is to be seen at `moment`."""
    at = f"/layer/{number}/"
    start, end, loop = _bounds(values, at)
    clock, speed = values[at + "clock"], _number(values, at + "speed")
    turns: tuple[float, ...] = ()
    if clock == "scrub":
        run, rate, loop = max(_number(values, at + "position") - start, 0.0), 0.0, "once"
    elif clock == "timeline":
        run, rate = moment.position * speed, speed if moment.playing else 0.0
    elif head:
        run, rate, turns = head.at(moment.seconds), head.rate, head.turns
    else:
        run, rate = 0.0, 0.0
    return Footage(run, rate, start, end, loop, str(values[at + "fit"]), turns)


def _number(values: Mapping[str, Value], address: str) -> float:
    return float(values[address])  # type: ignore[arg-type]
