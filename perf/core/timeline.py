"""Virtual timelines: tracks that move parameters, and clips that play sequences of tracks, nested, each in its time.

The timeline is the middle floor of value: over the default, under the performer's hand. It is a pure function of the
moment, so seeking, playing and rendering agree. Later tracks lie over earlier ones, clips over tracks.
"""

from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING

from perf.core.camera import Pose
from perf.core.cue import Cue
from perf.core.curve import Curve, blend
from perf.core.event import Value
from perf.core.formula import Formula, Scope
from perf.core.lane import Book
from perf.core.meter import Meter, TempoMap
from perf.core.moment import Moment, Transport
from perf.core.param import Param
from perf.core.prompts import WRITTEN, PromptTrack
from perf.core.shot import ShotTrack, plus
from perf.core.transform import Source

if TYPE_CHECKING:
    from perf.core.bank import Bank

UNITS = ("beats", "bars", "seconds")
NOTHING: Mapping[str, Value] = MappingProxyType({})
MANY = 48  # tracks, from which on a bank of them is quicker than one after the other
DEEPEST = 8  # sequences within sequences


@dataclass(frozen=True, slots=True)
class Track:
    """A source of values on one address. `loop` is a length in the track's unit; 0 plays once and holds.

    The source is read at `scale` · place + `shift`. `limits` is the parameter whose range the values are brought into,
    where the source could leave it.
    """

    address: str
    source: Source | Formula
    unit: str = "beats"
    loop: float = 0.0
    scale: float = 1.0
    shift: float = 0.0
    limits: Param | None = None
    scoped: bool = field(init=False, repr=False)

    def __post_init__(self) -> None:
        computed = isinstance(self.source, Formula) or (isinstance(self.source, Curve) and self.source.scoped)
        object.__setattr__(self, "scoped", computed)

    @property
    def span(self) -> float:
        """How long it lasts in its unit: its loop, or up to where its source ends; 0 for a formula without a loop."""
        inner = self.loop or (0.0 if isinstance(self.source, Formula) else self.source.span)
        return (inner - self.shift * (not self.loop)) / self.scale if inner else 0.0

    def computed(self, place: float, moment: Moment, values: Mapping[str, Value], held: Mapping[str, Value]) -> Value:
        """The value of a source that looks at other values, at `place` of the source; those `held` go first."""
        scope = self.scope(place, moment, values, held)
        if isinstance(self.source, Formula):
            return self.source.at(scope)
        assert isinstance(self.source, Curve)
        return self.source.seen(place, scope)

    def scope(self, place: float, moment: Moment, values: Mapping[str, Value], held: Mapping[str, Value]) -> Scope:
        """What its formulas look at."""
        moment = self._moved(moment) if isinstance(self.source, Formula) else moment
        below = values.get(self.address, 0.0)
        return Scope(
            seconds=moment.position,
            beat=moment.beat,
            bars=moment.bars,
            tempo=moment.tempo,
            place=place / self.loop if self.loop else place,
            below=float(below) if isinstance(below, int | float) else 0.0,
            values=ChainMap(held, values) if held else values,  # type: ignore[arg-type]
        )

    def _moved(self, moment: Moment) -> Moment:
        """The moment that a formula of time is read at: offset and augment move it in its unit, and the others as the
        tempo curve, or the tempo, and the metre are."""
        if self.scale == 1.0 and not self.shift:
            return moment
        bar, course = moment.bars / moment.beat if moment.beat else 0.25, moment.course
        beat, bars, position = (here * self.scale for here in (moment.beat, moment.bars, moment.position))
        if self.unit == "seconds":
            seconds = self.shift
            beats = course.beat(position + seconds) - course.beat(position) if course else seconds * moment.tempo / 60.0
        else:
            beats = self.shift if self.unit == "beats" else self.shift / bar
            seconds = course.seconds(beat + beats) - course.seconds(beat) if course else beats * 60.0 / moment.tempo
        return replace(moment, beat=beat + beats, bars=bars + beats * bar, position=position + seconds)


Plan = tuple["Track | Bank", ...]


def planned(tracks: tuple[Track, ...]) -> Plan:
    """The tracks in their order, with a bank for many curves of numbers that follow one another."""
    plan: list[Track | Bank] = []
    for numeric, group in groupby(tracks, _is_numeric):
        row = list(group)
        plan += [_banked(row)] if numeric and len(row) >= MANY else row
    return tuple(plan)


def _is_numeric(track: Track) -> bool:
    return isinstance(track.source, Curve) and track.source.numeric and track.limits is None


def _banked(tracks: list[Track]) -> "Bank":
    from perf.core.bank import Bank  # numpy's import is only theirs who have such a score

    curves = [track.source for track in tracks if isinstance(track.source, Curve)]
    units = [UNITS.index(track.unit) for track in tracks]
    return Bank([track.address for track in tracks], curves, units, [(t.scale, t.shift, t.loop) for t in tracks])


def play(plan: Plan, values: dict[str, Value], moment: Moment, held: Mapping[str, Value]) -> None:
    """Write each track's value at `moment` into `values`; formulas that look at what hands hold see that."""
    beat, bars, position = moment.beat, moment.bars, moment.position
    for track in plan:
        if not isinstance(track, Track):
            track.write(values, (beat, bars, position))
            continue
        place = beat if track.unit == "beats" else bars if track.unit == "bars" else position
        place = place * track.scale + track.shift
        if track.loop:
            place %= track.loop
        value = track.computed(place, moment, values, held) if track.scoped else track.source.at(place)  # type: ignore[arg-type]
        values[track.address] = value if track.limits is None else track.limits.coerce(_args(value))[0]


def place(unit: str, moment: Moment) -> float:
    """Where a moment is, in one of the units."""
    return moment.beat if unit == "beats" else moment.bars if unit == "bars" else moment.position


def _args(value: Value) -> tuple[Value, ...]:
    return value if isinstance(value, tuple) else (value,)


@dataclass(frozen=True, slots=True)
class Sequence:
    """Tracks and clips under a name, `length` beats long, with a metre of its own.

    `course` is its own tempo: it runs so while the show runs at `reference` BPM, and with the show.
    """

    name: str
    length: float
    tracks: tuple[Track, ...] = ()
    clips: "tuple[Clip, ...]" = ()
    meter: Meter = field(default_factory=Meter)
    course: TempoMap | None = None
    reference: float = 120.0
    prompts: tuple[PromptTrack, ...] = ()
    plan: Plan = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "plan", planned(self.tracks))

    def local(self, beats: float) -> float:
        """Its own beat when `beats` of the one who plays it have passed."""
        return beats if self.course is None else self.course.beat(beats * 60.0 / self.reference)

    def moment(self, beat: float, outer: Moment) -> Moment:
        """Its own moment at its own `beat`, and at that of the one who plays it."""
        tempo = self.course.tempo(beat) if self.course is not None else outer.tempo
        seconds = self.course.seconds(beat) if self.course is not None else beat * 60.0 / self.reference
        bars = self.meter.bars(beat)
        return replace(outer, beat=beat, bars=bars, position=seconds, tempo=tempo, course=self.course)

    def play(self, values: dict[str, Value], beat: float, moment: Moment, held: Mapping[str, Value]) -> None:
        """Write what its prompts, tracks and clips say at its own `beat`."""
        here = self.moment(beat, moment)
        for track in self.prompts:
            track.write(values, place(track.unit, here))
        play(self.plan, values, here, held)
        for clip in self.clips:
            clip.play(values, here, held)


@dataclass(frozen=True, slots=True)
class Clip:
    """A sequence from beat `at` on, for `length` beats of the timeline that it lies on.

    `offset` is the sequence's beat that it begins with, `rate` how many of its beats pass in one; with `loop` it goes
    round, with `reverse` it runs from its end. `fade` is the beats in which it comes in over what is below, and goes.
    """

    sequence: Sequence
    at: float
    length: float
    offset: float = 0.0
    rate: float = 1.0
    loop: bool = False
    reverse: bool = False
    fade: float = 0.0

    def play(self, values: dict[str, Value], moment: Moment, held: Mapping[str, Value]) -> None:
        """Write the sequence's values over `values` while the clip lasts."""
        passed = moment.beat - self.at
        if not 0.0 <= passed < self.length:
            return
        beat = self.sequence.local(passed * self.rate) + self.offset
        size = self.sequence.length
        if self.loop:
            beat %= size
        elif beat >= size:
            return
        if self.reverse:
            beat = max(size - beat - 1e-9, 0.0)
        share = min(passed, self.length - passed) / self.fade if self.fade else 1.0
        if share >= 1.0:
            self.sequence.play(values, beat, moment, held)
            return
        over = dict(values)
        self.sequence.play(over, beat, moment, held)
        for address, value in over.items():
            if value is not values[address]:
                values[address] = blend(values[address], value, share)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Tracks, clips and cues of a patch, in its order; `course` is its tempo curve, where it has one; `sequences` are
    those that clips and cues play, by name; `shots` move the camera, `prompts` say what is seen; `lanes` were recorded,
    and lie over all of it; `reads` are the addresses that its formulas look at, and its titles of what is measured."""

    tracks: tuple[Track, ...] = ()
    cues: tuple[Cue, ...] = ()
    clips: tuple[Clip, ...] = ()
    course: TempoMap | None = None
    sequences: Mapping[str, Sequence] = field(default_factory=dict)
    shots: tuple[ShotTrack, ...] = ()
    prompts: tuple[PromptTrack, ...] = ()
    lanes: Book = field(default_factory=dict)
    reads: frozenset[str] = frozenset()
    addresses: frozenset[str] = field(init=False, repr=False)  # that a track anywhere in it moves
    plan: Plan = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "plan", planned(self.tracks))
        prompts = WRITTEN if self.prompts or any(one.prompts for one in self.sequences.values()) else ()
        object.__setattr__(self, "addresses", frozenset([*prompts, *(track.address for track in self.every_track())]))

    def transport(self, tempo: float, meter: Meter) -> Transport:
        """The transport as it starts: at this tempo, or on its tempo curve."""
        return Transport(tempo=tempo, meter=meter, course=self.course)

    def resolve(self, values: dict[str, Value], moment: Moment, held: Mapping[str, Value] = NOTHING) -> None:
        """Write what prompt tracks, then tracks, then clips say at `moment` into `values`. `held` is what hands hold of
        the addresses that formulas look at."""
        for track in self.prompts:
            track.write(values, place(track.unit, moment))
        play(self.plan, values, moment, held)
        for clip in self.clips:
            clip.play(values, moment, held)

    def camera(self, moment: Moment) -> Pose:
        """Where the shots have taken the camera by `moment`."""
        total = Pose()
        for track in self.shots:
            total = plus(total, track.at(place(track.unit, moment)))
        return total

    def every_track(self) -> Iterator[Track]:
        """Its tracks, and those of its sequences."""
        yield from self.tracks
        for sequence in self.sequences.values():
            yield from sequence.tracks

    def beats(self, meter: Meter, tempo: float) -> float:
        """Where the last track and the last clip end."""
        every: list[Track | PromptTrack | ShotTrack] = [*self.tracks, *self.prompts, *self.shots]
        ends = [(track.unit, track.span) for track in every]
        beats = (_beats(unit, span, meter, self.course or TempoMap(lambda beat: tempo, [0.0])) for unit, span in ends)
        recorded = (lanes.span for lanes in self.lanes.values())
        return max([*beats, *recorded, *(clip.at + clip.length for clip in self.clips)], default=0.0)


def _beats(unit: str, span: float, meter: Meter, course: TempoMap) -> float:
    """The beat at a place in one of the units."""
    return meter.beat(span) if unit == "bars" else course.beat(span) if unit == "seconds" else span
