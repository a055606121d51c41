"""When what is on the stage next leaps: the moments at which the score has another value at once.

Tracks, clips and what they play, lanes and cues. A frame is best shown just then. Only values; what formulas, sources
that are bent and clips that run backwards do is not foreseen.
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import attrgetter

from perf.core.cue import Cue
from perf.core.curve import Curve
from perf.core.job import ASKED
from perf.core.lane import BELOW, Lane
from perf.core.moment import Moment
from perf.core.pattern import Markov, Steps
from perf.core.state import State
from perf.core.timeline import UNITS, Clip, Sequence, Timeline, Track, place
from perf.core.transform import Source


@dataclass(frozen=True, slots=True)
class Scale:
    """How the places of a unit lie on the beats of what is played: `of` gives that of a beat, `beat` goes back."""

    of: Callable[[float], float]
    beat: Callable[[float], float]


def next_leap(timeline: Timeline, state: State, seconds: float, span: float) -> float:
    """The clock time of the first leap in the `span` seconds after clock time `seconds`; infinite without one."""
    transport = state.transport
    if not (transport.playing and state.automated):
        return math.inf
    here, there = transport.place(0, seconds), transport.place(0, seconds + span)
    beat: dict[str, Callable[[float], float]] = {
        "beats": lambda at: at,
        "bars": transport.meter.beat,
        "seconds": lambda at: transport.place(0, seconds + at - here.position).beat,
    }
    scales = {unit: Scale(_ends(unit, here, there), beat[unit]) for unit in UNITS}
    window = (here.beat, there.beat)
    lanes = {**timeline.lanes, **state.automation.fresh}
    leaps = [_lane(lanes[address].playing, *window) for address in lanes if not address.startswith(ASKED)]
    leaps.append(_first(timeline.tracks, (*timeline.clips, *state.cues.clips), window, scales))
    leaps.append(_cues(timeline.cues, state, window))
    return min((transport.when(at) for at in leaps if at < math.inf), default=math.inf)


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


def _first(
    tracks: Iterable[Track], clips: Iterable[Clip], window: tuple[float, float], scales: dict[str, Scale]
) -> float:
    """The first beat in the window (after, until] at which one of them leaps."""
    after, until = window
    found = [_clip(clip, after, until) for clip in clips]
    for track in tracks:
        if not track.address.startswith(ASKED):
            scale = scales[track.unit]
            at = _leap(track, scale.of(after), scale.of(until))
            found.append(scale.beat(at) if at < math.inf else at)
    return min(found, default=math.inf)


def _clip(clip: Clip, after: float, until: float) -> float:
    """The first beat in (after, until] at which a clip begins, ends, or what it plays leaps."""
    end = clip.at + clip.length
    found = min((at for at in (clip.at, end) if after < at <= until and not clip.fade), default=math.inf)
    low, high = max(after, clip.at), min(until, end)
    return found if clip.reverse or low >= high else min(found, _inside(clip, low, high))


def _inside(clip: Clip, low: float, high: float) -> float:
    """The first beat in (low, high] at which what a clip plays leaps, comes round or ends."""
    sequence, size = clip.sequence, clip.sequence.length
    start, stop = (sequence.local((beat - clip.at) * clip.rate) + clip.offset for beat in (low, high))
    begun = start - start % size if clip.loop else 0.0
    inner = begun + _played(sequence, start - begun, min(stop - begun, size))
    if inner == math.inf:
        inner = begun + size if stop >= begun + size > start else inner
    passed = inner - clip.offset
    if sequence.course is not None and passed < math.inf:
        passed = sequence.course.seconds(passed) * sequence.reference / 60.0
    return clip.at + passed / clip.rate


def _played(sequence: Sequence, after: float, until: float) -> float:
    """The first of a sequence's own beats in (after, until] at which it leaps."""
    course, minute = sequence.course, 60.0 / sequence.reference
    seconds = Scale(course.seconds, course.beat) if course else Scale(lambda b: b * minute, lambda s: s / minute)
    scales = {
        "beats": Scale(lambda beat: beat, lambda at: at),
        "bars": Scale(sequence.meter.bars, sequence.meter.beat),
        "seconds": seconds,
    }
    return _first(sequence.tracks, sequence.clips, (after, until), scales)


def _leap(track: Track, after: float, until: float) -> float:
    """The first place in (after, until] where a track leaps, in its unit."""
    if track.scale <= 0.0 or not isinstance(track.source, Curve | Steps | Markov):
        return math.inf
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
