"""When what is on the stage next leaps: the moments at which tracks have another value at once.

A frame is best shown just then. Only values; what clips, lanes and formulas do is not foreseen.
"""

import math

from perf.core.curve import Curve
from perf.core.job import ASKED
from perf.core.moment import Transport
from perf.core.pattern import Markov, Steps
from perf.core.timeline import Timeline, Track, place
from perf.core.transform import Source


def next_leap(timeline: Timeline, transport: Transport, seconds: float, span: float) -> float:
    """The clock time of the first leap in the `span` seconds after clock time `seconds`; infinite without one."""
    if not transport.playing:
        return math.inf
    here, there = transport.place(0, seconds), transport.place(0, seconds + span)

    def clock(unit: str, at: float) -> float:
        if unit == "seconds":
            return seconds + at - here.position
        return transport.when(transport.meter.beat(at) if unit == "bars" else at)

    shown = (track for track in timeline.tracks if not track.address.startswith(ASKED))
    leaps = ((track.unit, _leap(track, place(track.unit, here), place(track.unit, there))) for track in shown)
    return min((clock(unit, at) for unit, at in leaps if at < math.inf), default=math.inf)


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
