"""MIDI clock out: which bytes are due, from a transport and the time (MIDI 1.0, "System Real Time", "Song Position").

Ticks are counted, never timed: 24 for each beat that the transport passes, however its tempo changes. Without I/O and
without a clock; the port asks each millisecond.
"""

from perf.core.moment import TOLERANCE, Moment, Transport

TICKS = 24  # a quarter note
STEP = 6  # ticks of a sixteenth, the unit of song position
LAST = 16383  # sixteenths: song position has 14 bits
HURRY = 2 / 3  # of a tick: the least distance between two, while ticks that are late are made up for
CLOCK, START, CONTINUE, STOP = b"\xf8", b"\xfa", b"\xfb", b"\xfc"


class ClockOut:
    """The clock for one port. While the transport stands, ticks go on at its tempo, as receivers expect."""

    def __init__(self) -> None:
        self._transport = Transport()
        self._running = False
        self._began = True  # whether Start or Continue has been sent for what is running
        self._next = 0  # the number of the next tick, from beat 0, while running
        self._sent = float("-inf")  # when the last tick went
        self._place = -1  # the song position last told, in sixteenths

    def due(self, transport: Transport, seconds: float) -> list[bytes]:
        """The messages that are due at clock time `seconds`; ask often, at least once a tick."""
        here = transport.place(0, seconds)
        beat, interval = here.beat, _interval(here)
        messages: list[bytes] = []
        if self._running and (not transport.playing or self._jumped(beat, seconds)):
            self._running = False
            self._place = _sixteenth(beat) if not transport.playing else -1
            messages.append(STOP)
        self._transport = transport
        if not transport.playing:
            return messages + self._standing(beat) + self._free(seconds, interval)
        if not self._running:
            self._begin(beat)
        return messages + self._counted(beat, seconds, interval)

    def next_in(self, seconds: float) -> float:
        """Seconds until the next tick is due, at least 0."""
        here = self._transport.place(0, seconds)
        interval = _interval(here)
        if not self._running:
            return max(self._sent + interval - seconds, 0.0)
        return max((self._next - here.beat * TICKS) * interval, 0.0)

    def _jumped(self, beat: float, seconds: float) -> bool:
        """Whether the transport is elsewhere than it would have been: it was sought, not led."""
        there = self._transport.place(0, seconds)
        return abs(beat - there.beat) > TOLERANCE * there.tempo / 60.0

    def _begin(self, beat: float) -> None:
        """Start at the nearest sixteenth: ahead it is waited for, behind it is made up for. Beyond the last that can be
        told receivers go on with the tick at which they were stopped: if that is here, it is the next."""
        self._running, self._began = True, False
        if _sixteenth(beat) <= LAST or abs(beat * TICKS - self._next) > STEP:
            self._next = _sixteenth(beat) * STEP

    def _standing(self, beat: float) -> list[bytes]:
        """While it stands, tell the song position when it has been sought."""
        place = _sixteenth(beat)
        return self._placed(place) if place != self._place else []

    def _placed(self, place: int) -> list[bytes]:
        self._place = place
        return [bytes((0xF2, place & 127, place >> 7))] if place <= LAST else []

    def _free(self, seconds: float, interval: float) -> list[bytes]:
        if seconds < self._sent + interval:
            return []
        self._sent = max(self._sent + interval, seconds - interval)
        return [CLOCK]

    def _counted(self, beat: float, seconds: float, interval: float) -> list[bytes]:
        """The next tick, when the beat has reached it. Start or Continue go half a tick ahead of the first."""
        messages: list[bytes] = []
        if not self._began:
            if beat * TICKS < self._next - 0.5:
                return self._free(seconds, interval) if beat * TICKS < self._next - 1.5 else []
            self._began = True
            place = _sixteenth(self._next / TICKS)
            messages += [START] if place == 0 else [*self._placed(place), CONTINUE]
        if beat * TICKS >= self._next and seconds >= self._sent + HURRY * interval:
            self._next += 1
            self._sent = seconds
            messages.append(CLOCK)
        return messages


def _interval(here: Moment) -> float:
    """Seconds from tick to tick at a moment."""
    return 60.0 / here.tempo / TICKS


def _sixteenth(beat: float) -> int:
    return max(round(beat * TICKS / STEP), 0)
