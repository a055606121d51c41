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
SLIGHT, BRIEF = 0.25, 2.0  # seconds by which `in` is moved, and of film since it was, that are one turn of a knob
DEEP = 24  # changes of in, out and loop that are looked back on


@dataclass(frozen=True, slots=True)
class MediaSpec:
    """What a layer of source `media` shows: a `file` or folder beside the patch, whose numbered pictures come at `fps`
    a second; or a `camera`."""

    file: str = ""
    camera: str = ""
    fps: float = 30.0


@dataclass(frozen=True, slots=True)
class Footage:
    """Where a film is to be seen: `run` seconds from `start` on, round as `loop` says, and never at `end` (0: the
    film's own) or after it; all in seconds of film. `rate` is how fast it runs, for those who look ahead. `turns` are
    the ways that it went before `run` where it is seen once: at the film's ends each of them stops. It runs on from
    where it was `before`, between other bounds."""

    run: float = 0.0
    rate: float = 1.0
    start: float = 0.0
    end: float = 0.0
    loop: str = "loop"
    fit: str = "cover"
    turns: tuple[float, ...] = ()
    before: "Footage | None" = None

    def place(self, length: float) -> float:
        """The second of a film of `length` seconds: from `start` on and before the end, if that leaves anything."""
        return self._seen(length)[0]

    def _seen(self, length: float) -> tuple[float, bool]:
        """That second, and whether a pingpong is on its way back."""
        end = min(self.end, length) if self.end > 0.0 else length
        start = min(self.start, max(end - SLIVER, 0.0))
        span = end - start
        if span <= SLIVER:
            return start, False
        run = self._folded(span, self._entered(length, start, span))
        back = self.loop == "pingpong" and run > span
        return min(start + (2.0 * span - run if back else run), end - SLIVER), back

    def _entered(self, length: float, start: float, span: float) -> float:
        """The run at which it came between its bounds."""
        if self.before is None:
            return 0.0
        place, back = self.before._seen(length)
        run = min(max(place - start, 0.0), span)
        return -run if back and self.loop == "pingpong" else run

    def _folded(self, span: float, run: float = 0.0) -> float:
        """The run within `span` seconds; a pingpong's within two of them, of which the second is the way back."""
        if self.loop == "once":
            for way in (*self.turns, self.run):
                run = min(max(run + way, 0.0), span)
            return run
        turn = span if self.loop == "loop" else 2.0 * span
        return max((run + self.run + NEAR) % turn - NEAR, 0.0)

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
class Head:
    """A play head: it had run `run` seconds of film by clock time `seconds`, and runs on at `rate` since. `sought` is
    the position that was last written and when, so that writing it again seeks again; `bounds` are in, out and loop
    meanwhile; `turns` and `before` are a footage's."""

    seconds: float
    run: float
    rate: float
    sought: tuple[float, float]
    bounds: tuple[float, float, str] = (0.0, 0.0, "loop")
    turns: tuple[float, ...] = ()
    before: Footage | None = None

    def at(self, seconds: float) -> float:
        """How far it has run by clock time `seconds`."""
        return self.run + (seconds - self.seconds) * self.rate


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
        run = max(position - start, 0.0)
        if loop == "once":  # what lies behind the end is its end, from which it can go back at once
            return Head(seconds, 0.0, rate, sought, bounds, (-inf, run))
        return Head(seconds, run, rate, sought, bounds)
    if (head.rate, head.bounds) == (rate, bounds):
        return head
    run = head.at(seconds)
    if bounds == head.bounds:
        if loop != "once":
            return replace(head, seconds=seconds, run=run, rate=rate)
        turns = _turned(head.turns or (() if head.before else (-inf,)), run)
        return replace(head, seconds=seconds, run=0.0, rate=rate, turns=turns)
    moved = abs(start - head.bounds[0]) < SLIGHT and (0.0, loop) == (end, loop) == head.bounds[1:]
    if moved and head.before and abs(run) < BRIEF and not head.turns:
        return replace(head, seconds=seconds, run=run, rate=rate, bounds=bounds)
    before = Footage(run, head.rate, *head.bounds, turns=head.turns, before=head.before)
    return Head(seconds, 0.0, rate, sought, bounds, before=_shallow(before, DEEP))


def _turned(turns: tuple[float, ...], way: float) -> tuple[float, ...]:
    """One more way, and none that leaves no trace wherever the film ends: one that is no longer than that before it and
    that after it. Before the first of a whole film lies an endless one back, to the beginning."""
    if turns and (turns[-1] < 0.0) == (way < 0.0):
        turns, way = turns[:-1], turns[-1] + way
    turns = (*turns, way)
    while len(turns) > 2 and abs(turns[-2]) <= min(abs(turns[-3]), abs(turns[-1])):
        turns = (*turns[:-3], sum(turns[-3:]))
    return turns


def _shallow(one: Footage, deep: int) -> Footage:
    """At most so many, one after the other: the first two become one, at the same place if their ends are in the
    film."""
    if one.before is None:
        return one
    if deep > 1:
        return replace(one, before=_shallow(one.before, deep - 1))
    run = one.before.within(one.start, one.end, one.loop)
    if one.loop == "once":
        return replace(one, turns=(run, *one.turns), before=None)
    return replace(one, run=run + one.run, before=None)


def _bounds(values: Mapping[str, Value], at: str) -> tuple[float, float, str]:
    return _number(values, at + "in"), _number(values, at + "out"), str(values[at + "loop"])


def footage(values: Mapping[str, Value], number: int, head: Head | None, moment: Moment) -> Footage:
    """Where the film of layer `number` is to be seen at `moment`."""
    at = f"/layer/{number}/"
    start, end, loop = _bounds(values, at)
    clock, speed = values[at + "clock"], _number(values, at + "speed")
    turns, before = tuple[float, ...](), None
    if clock == "scrub":
        run, rate, loop = max(_number(values, at + "position") - start, 0.0), 0.0, "once"
    elif clock == "timeline":
        run, rate = moment.position * speed, speed if moment.playing else 0.0
    elif head:
        run, rate, turns, before = head.at(moment.seconds), head.rate, head.turns, head.before
    else:
        run, rate = 0.0, 0.0
    return Footage(run, rate, start, end, loop, str(values[at + "fit"]), turns, before)


def _number(values: Mapping[str, Value], address: str) -> float:
    return float(values[address])  # type: ignore[arg-type]
