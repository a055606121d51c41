"""When what is on the stage next leaps: the moments at which the score has another value at once.

Tracks, formulas, clips and what they play, lanes and cues. A frame is best shown just then. Only values; what a formula
looks at is taken as it is when it is asked.
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from operator import attrgetter

from perf.core.cue import Cue
from perf.core.curve import NEAR, Curve
from perf.core.event import Value
from perf.core.formula import Formula
from perf.core.job import ASKED
from perf.core.lane import BELOW, Lane
from perf.core.moment import CLOSER, Moment, Transport
from perf.core.patch import Patch
from perf.core.pattern import Markov, Steps
from perf.core.resolve import resolve
from perf.core.state import State
from perf.core.timeline import UNITS, Clip, Sequence, Track, place
from perf.core.transform import Source

LOOKS = 8  # places of a window at which is looked for what a formula has leapt over
HALVED = 12  # times that such a place is halved: what is found is 15 µs off at most
MOST = 16  # edges of a formula that may be crossed to no effect, in one such place
STEADY = 1e-3  # by which a value may differ on the two sides of what is no leap
LAST = 64  # leaps of a clip that runs backwards among which the last is looked for


@dataclass(frozen=True, slots=True)
class Scale:
    """How the places of a unit lie on the beats of what is played: `of` gives that of a beat, `beat` goes back."""

    of: Callable[[float], float]
    beat: Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Score:
    """Where and among what something is played: the scales of the units, the moment at a beat, what values are now."""

    scales: Mapping[str, Scale]
    moment: Callable[[float], Moment]
    values: Mapping[str, Value]


def next_leap(patch: Patch, state: State, seconds: float, span: float) -> float:
    """The clock time of the first leap in the `span` seconds after clock time `seconds`; infinite without one."""
    transport, timeline = state.transport, patch.timeline
    if not (transport.playing and state.automated):
        return math.inf
    here, there = transport.place(0, seconds), transport.place(0, seconds + span)
    beat: dict[str, Callable[[float], float]] = {
        "beats": lambda at: at,
        "bars": transport.meter.beat,
        "seconds": lambda at: _reached(transport, here, at),
    }
    scales = {unit: Scale(_ends(unit, here, there), beat[unit]) for unit in UNITS}
    now = resolve(patch, state, here) if timeline.reads else {}
    score = Score(scales, cache(lambda at: transport.place(0, transport.when(at))), now)
    window = (here.beat, there.beat)
    lanes = {**timeline.lanes, **state.automation.fresh}
    leaps = [_lane(lanes[address].playing, *window) for address in lanes if not address.startswith(ASKED)]
    leaps.append(_first(timeline.tracks, (*timeline.clips, *state.cues.clips), window, score))
    leaps.append(_cues(timeline.cues, state, window))
    return min((transport.when(at) for at in leaps if at < math.inf), default=math.inf)


def _reached(transport: Transport, here: Moment, position: float) -> float:
    """The beat at a position: while a lag is made up for, its seconds are shorter or longer than the clock's."""
    clock = here.seconds + position - here.position
    for _ in range(CLOSER if transport.lag else 0):
        clock += position - transport.place(0, clock).position
    return transport.place(0, clock).beat


def _ends(unit: str, here: Moment, there: Moment) -> Callable[[float], float]:
    """The places of the two beats that are asked for."""
    return lambda beat: place(unit, here if beat == here.beat else there)


def _cues(cues: tuple[Cue, ...], state: State, window: tuple[float, float]) -> float:
    """The first beat at which a cue goes that does not fade."""
    standing, (after, until) = state.cues, window
    going = [(cue.at, cue) for cue in cues if cue.at is not None]
    if standing.pending is not None and standing.pending[0] < len(cues):
        going.append((standing.pending[1], cues[standing.pending[0]]))
    current = cues[standing.current] if 0 <= standing.current < len(cues) else None
    if current is not None and current.follow:
        going += [(standing.since + current.after, cue) for cue in cues if cue.name == current.follow]
    return min((at for at, cue in going if after < at <= until and not cue.fade), default=math.inf)


def _lane(lane: Lane, after: float, until: float) -> float:
    """The first beat at which a lane begins, steps or ends."""
    first, last = (bisect_right(lane.keys, beat, key=attrgetter("at")) for beat in (after, until))
    for i in range(first, last):
        way, key = lane.keys[i - 1].ease if i else BELOW, lane.keys[i]
        if way in ("hold", BELOW) or key.ease == BELOW or not isinstance(key.value, int | float):
            return key.at
    return math.inf


def _first(tracks: Iterable[Track], clips: Iterable[Clip], window: tuple[float, float], score: Score) -> float:
    """The first beat in the window (after, until] at which one of them leaps."""
    after, until = window
    found = [_clip(clip, after, until, score) for clip in clips]
    for track in tracks:
        if track.address.startswith(ASKED):
            continue
        if _plain(track):
            scale = score.scales[track.unit]
            at = _leap(track, scale.of(after), scale.of(until))
            found.append(scale.beat(at) if at < math.inf else at)
        if _moved(track):
            found.append(_looked(track, (after, min([until, *found])), score))
    return min(found, default=math.inf)


def _clip(clip: Clip, after: float, until: float, score: Score) -> float:
    """The first beat in (after, until] at which a clip begins, ends, or what it plays leaps. One that fades has what
    does not go by degrees where it is wholly there."""
    end = clip.at + clip.length
    found = min((at for at in (clip.at + clip.fade, end - clip.fade) if after < at <= until), default=math.inf)
    low, high = max(after, clip.at), min(until, end)
    return min(found, _inside(clip, low, high, score)) if low < high else found


def _inside(clip: Clip, low: float, high: float, score: Score) -> float:
    """The first beat in (low, high] at which what a clip plays leaps, comes round or ends."""
    sequence, size = clip.sequence, clip.sequence.length
    start, stop = (sequence.local((beat - clip.at) * clip.rate) + clip.offset for beat in (low, high))
    begun = start - start % size if clip.loop else 0.0
    window = (start - begun, min(stop - begun, size))
    inner = begun + (_backwards if clip.reverse else _played)(sequence, window, score)
    if inner == math.inf:
        inner = begun + size if stop >= begun + size > start else inner
    passed = inner - clip.offset
    if sequence.course is not None and passed < math.inf:
        passed = sequence.course.seconds(passed) * sequence.reference / 60.0
    return clip.at + passed / clip.rate


def _backwards(sequence: Sequence, window: tuple[float, float], score: Score) -> float:
    """How far from a sequence's end, within the window (after, until], it first leaps as it is played from there."""
    size = sequence.length
    after, until, found = size - window[1] - NEAR, size - window[0], math.inf
    for _ in range(LAST):
        at = _played(sequence, (after, until), score)
        if at >= until:
            break
        found, after = at, at + NEAR
    return size - found if found < math.inf else found


def _played(sequence: Sequence, window: tuple[float, float], score: Score) -> float:
    """The first of a sequence's own beats in (after, until] at which it leaps."""
    course, minute = sequence.course, 60.0 / sequence.reference
    seconds = Scale(course.seconds, course.beat) if course else Scale(lambda b: b * minute, lambda s: s / minute)
    scales = {
        "beats": Scale(lambda beat: beat, lambda at: at),
        "bars": Scale(sequence.meter.bars, sequence.meter.beat),
        "seconds": seconds,
    }
    now = score.moment(0.0)
    own = Score(scales, lambda beat: sequence.moment(beat, now), score.values)
    return _first(sequence.tracks, sequence.clips, window, own)


def _plain(track: Track) -> bool:
    """Whether it says itself where it leaps."""
    return track.scale > 0.0 and isinstance(track.source, Curve | Steps | Markov)


def _moved(track: Track) -> bool:
    """Whether one has to look at it: a formula with edges, or for what has no degrees, or steps that are bent."""
    if isinstance(track.source, Formula):
        return bool(track.source.edges or track.loop) or _whole(track)
    return not _plain(track) or (track.scoped and any(formula.edges for formula in _formulas(track)))


def _whole(track: Track) -> bool:
    return track.limits is not None and track.limits.kind != "float"


def _formulas(track: Track) -> Iterable[Formula]:
    if isinstance(track.source, Formula):
        return (track.source,)
    return [key.value for key in getattr(track.source, "keys", ()) if isinstance(key.value, Formula)]


def _looked(track: Track, window: tuple[float, float], score: Score) -> float:
    """The first beat in the window (after, until] at which a track leaps that has to be looked at."""
    edges = [edge for formula in _formulas(track) for edge in formula.edges]
    whole = _whole(track) or not track.scoped

    def at(beat: float) -> tuple[float, float, Moment]:
        """The round, the place in it and the moment."""
        moment = score.moment(beat)
        here = place(track.unit, moment) * track.scale + track.shift
        return (*divmod(here, track.loop), moment) if track.loop else (0.0, here, moment)

    def value(beat: float) -> Value:
        _, inside, moment = at(beat)
        if not track.scoped:
            return track.source.at(inside)  # type: ignore[arg-type]
        found = track.computed(inside, moment, score.values, {})
        return found if track.limits is None else track.limits.coerce((found,))[0]

    def kind(beat: float) -> tuple[Value, ...]:
        """What stays as it is from leap to leap."""
        rounds, inside, moment = at(beat)
        scope = track.scope(inside, moment, score.values, {}) if edges else None
        crossed = (math.floor(edge(scope)) for edge in edges) if scope else ()
        return (rounds, *crossed, value(beat)) if whole else (rounds, *crossed)

    return _crossed(kind, value, window)


def _crossed(kind: Callable[[float], object], value: Callable[[float], Value], window: tuple[float, float]) -> float:
    """The first beat in the window at which `kind` becomes another and the value leaps, by halves."""
    after, until = window
    low, was = after, kind(after)
    for n in range(1, LOOKS + 1):
        end = after + (until - after) * n / LOOKS
        last = kind(end)
        for _ in range(MOST):
            if last == was:
                break
            left, right = low, end
            for _ in range(HALVED):
                middle = (left + right) / 2
                left, right = (middle, right) if kind(middle) == was else (left, middle)
            if _apart(value(left), value(right)):
                return right + NEAR  # so that a rounding does not lead back before it
            low, was = right, kind(right)
        low, was = end, last
    return math.inf


def _apart(one: Value, other: Value) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) > STEADY
    return one != other


def _leap(track: Track, after: float, until: float) -> float:
    """The first place in (after, until] where a track leaps, in its unit."""
    assert isinstance(track.source, Curve | Steps | Markov)
    low, high = after * track.scale + track.shift, until * track.scale + track.shift
    begun = low - low % track.loop if track.loop else 0.0  # where this round of it began
    end = begun + track.loop if track.loop else math.inf
    found = begun + _within(track.source, low - begun, min(high, end) - begun)
    if found == math.inf and high >= end:
        found = end
    return (found - track.shift) / track.scale


def _within(source: Source, after: float, until: float) -> float:
    """The first place in (after, until] where a source leaps."""
    if isinstance(source, Curve):
        return source.leap(after, until)
    assert isinstance(source, Steps | Markov)
    at = (math.floor(after / source.step + 1e-9) + 1) * source.step
    return at if at <= until else math.inf
