"""Metre and tempo over time: bars of changing length, and a tempo curve whose beats and seconds are exact inverses.

Beats are quarter notes. Both are compiled once and only looked up in a tick.
"""

import math
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

CELLS = 64  # of constant tempo between two keys of a tempo curve: the bend between them is never seen
SLOWEST, FASTEST = 20.0, 999.0  # BPM


@dataclass(frozen=True, slots=True)
class Meter:
    """Time signatures: (bar, beats in a bar) from that bar on, rising, the first at bar 0."""

    changes: tuple[tuple[int, float], ...] = ((0, 4.0),)
    _beats: tuple[float, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.changes or self.changes[0][0] != 0:
            raise ValueError("the first time signature is that of bar 0")
        beats, last, length = [0.0], 0, self.changes[0][1]
        for bar, size in self.changes[1:]:
            if bar <= last:
                raise ValueError(f"the time signature of bar {bar} comes after that of bar {last}; put them in order")
            beats.append(beats[-1] + (bar - last) * length)
            last, length = bar, size
        object.__setattr__(self, "_beats", tuple(beats))

    def bars(self, beat: float) -> float:
        """The place of a beat in bars: 2.5 is the middle of the third bar."""
        i = max(bisect_right(self._beats, beat) - 1, 0)
        bar, size = self.changes[i]
        return bar + (beat - self._beats[i]) / size

    def beat(self, bars: float) -> float:
        """The beat at a place in bars."""
        i = max(bisect_right(self.changes, bars, key=lambda change: change[0]) - 1, 0)
        bar, size = self.changes[i]
        return self._beats[i] + (bars - bar) * size

    def size(self, beat: float) -> float:
        """Beats in the bar that `beat` is in."""
        return self.changes[max(bisect_right(self._beats, beat) - 1, 0)][1]

    def next_bar(self, beat: float) -> float:
        """The first beat of the bar after the one that `beat` is in."""
        return self.beat(math.floor(self.bars(beat) + 1e-9) + 1)


class TempoMap:
    """A tempo curve over beats as the way from beats to seconds and back.

    Between its knots the tempo stands, at the mean of the curve there, so both ways are exact and never jump.
    """

    __slots__ = ("_beats", "_paces", "_seconds")

    def __init__(self, tempo: Callable[[float], float], knots: list[float]) -> None:
        """`tempo` gives BPM at a beat, 20…999; it changes between the `knots` (beats, rising) and holds after them."""
        cells = [a + (b - a) * i / CELLS for a, b in pairwise(knots) for i in range(CELLS)]
        self._beats = sorted({0.0, *cells, *knots})
        middles = [(a + b) / 2 for a, b in pairwise(self._beats)]
        bpm = [tempo(beat) for beat in (*middles, self._beats[-1] + 1e-6)]
        self._paces = [60.0 / min(max(one, SLOWEST), FASTEST) for one in bpm]
        self._seconds = [0.0]
        for i, pace in enumerate(self._paces[:-1]):
            self._seconds.append(self._seconds[-1] + (self._beats[i + 1] - self._beats[i]) * pace)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TempoMap) and (self._beats, self._paces) == (other._beats, other._paces)

    def __hash__(self) -> int:
        return hash((*self._beats, *self._paces))

    def seconds(self, beat: float) -> float:
        """Seconds from beat 0 to `beat`."""
        i = max(bisect_right(self._beats, beat) - 1, 0)
        return self._seconds[i] + (beat - self._beats[i]) * self._paces[i]

    def beat(self, seconds: float) -> float:
        """The beat that is reached in `seconds`."""
        i = max(bisect_right(self._seconds, seconds) - 1, 0)
        return self._beats[i] + (seconds - self._seconds[i]) / self._paces[i]

    def tempo(self, beat: float) -> float:
        """BPM at a beat."""
        return 60.0 / self._paces[max(bisect_right(self._beats, beat) - 1, 0)]
