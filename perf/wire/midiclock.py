"""MIDI clock: beat and tempo at any time from ticks that jitter (MIDI 1.0, "System Real Time"; 24 ticks a quarter).

A straight line is fitted to the last 96 ticks, one bar of 4/4, and read where it is needed: the last tick itself is
never sampled. Without I/O and without a clock; ticks come in with their time.
"""

from collections import deque
from collections.abc import Sequence

from mido import Message

from perf.core.event import Event

TICKS = 24  # a quarter note
WINDOW = 96  # ticks of the fit
NEEDED = 6  # ticks before a tempo is believed
GAP = 3.5  # ticks without one, after which the clock is taken to have been away
STRAY = 12  # ticks more than half a tick off the line, after which the tempo has changed
PRIOR = 100.0  # how much the former tempo steadies a fit of few ticks; as much as some 10 ticks
EVERY = 6  # ticks between two messages
SILENT = 2.0  # seconds without a tick after which another port may lead
LEAK = 3e-4  # seconds a second by which the driver's clock may run differently
LOST = 0.1  # seconds of delay after which the driver's clock was lost (its buffer ran over)
SLOWEST, FASTEST = 20.0, 999.0  # BPM, as the transport's
CLOCK, START, CONTINUE, STOP, SONG_POSITION = 0xF8, 0xFA, 0xFB, 0xFC, 0xF2


class _Line:
    """Seconds as a straight line over tick numbers, by least squares; `pace` is seconds a tick."""

    def __init__(self, pace: float = 0.0) -> None:
        self._prior, self.pace = pace, pace
        self._times: deque[float] = deque(maxlen=WINDOW)
        self._last, self._origin, self._strays = 0, 0.0, 0

    def add(self, tick: int, seconds: float) -> None:
        """Take a tick; ticks are consecutive."""
        self._times.append(seconds)
        self._last = tick
        n = len(self._times)
        middle, mean = (n - 1) / 2, sum(self._times) / n
        spread = n * (n * n - 1) / 12
        slope = sum((i - middle) * (t - mean) for i, t in enumerate(self._times))
        weight = PRIOR if self._prior else 0.0
        if spread + weight:
            self.pace = (slope + weight * self._prior) / (spread + weight)
        self._origin = mean + middle * self.pace  # where the line is at the last tick
        stray = abs(seconds - self._origin) > self.pace / 2
        self._strays = self._strays + 1 if stray else 0

    @property
    def sound(self) -> bool:
        """Whether there is enough to believe its pace."""
        return len(self._times) >= (1 if self._prior else NEEDED) and self.pace > 0

    @property
    def lost(self) -> bool:
        """Whether the ticks have left the line for good: the tempo changed at once."""
        return self._strays >= STRAY

    def at(self, seconds: float) -> float:
        """The tick, with its fraction, at clock time `seconds`."""
        return self._last + (seconds - self._origin) / self.pace if self.pace else float(self._last)


class MidiClock:
    """Follows one sender of clock. `playing` is what Start, Continue and Stop said."""

    def __init__(self) -> None:
        self.playing = False
        self._line = _Line()
        self._tick, self._seconds = -1, float("-inf")
        self._zero = 0  # the tick number of beat 0 while playing
        self._held = 0  # ticks from beat 0 at which it stands while stopped
        self._pending = False
        self._told = 0.0

    @property
    def tempo(self) -> float:
        """BPM, 0 while unknown."""
        tempo = 60.0 / (TICKS * self._line.pace) if self._line.sound else 0.0
        return tempo if SLOWEST <= tempo <= FASTEST else 0.0

    def at(self, seconds: float) -> tuple[float, float] | None:
        """(beat, BPM) at clock time `seconds`; None while the tempo is unknown."""
        tempo = self.tempo
        if not tempo:
            return None
        ticks = self._line.at(seconds) - self._zero if self.playing and not self._pending else self._held
        return max(ticks / TICKS, 0.0), tempo

    def feed(self, message: Message | Sequence[int], seconds: float, source: str = "") -> list[Event]:
        """The transport events of one message at clock time `seconds`; none for what is no clock."""
        data = message.bytes() if isinstance(message, Message) else message
        status = data[0] if len(data) else 0
        if status == CLOCK:
            return [Event(seconds, address, args, source) for address, args in self._ticked(seconds)]
        if status in (START, CONTINUE):
            self._started(0 if status == START else self._held)
        elif status == STOP and self.playing:
            self._held = self._held if self._pending else max(self._tick + 1 - self._zero, 0)
            self.playing = self._pending = False
            return [Event(seconds, "/transport/stop", (True,), source)]
        elif status == SONG_POSITION and len(data) >= 3 and max(data[1:3]) < 0x80:
            return self._located((data[2] << 7 | data[1]) * TICKS // 4, seconds, source)
        return []

    def _started(self, held: int) -> None:
        """The next tick is where it starts; nothing is to be heard of it before."""
        self._held, self.playing, self._pending = held, True, True
        self._line = _Line(self._line.pace if self.tempo else 0.0)

    def _located(self, ticks: int, seconds: float, source: str) -> list[Event]:
        """Song position, in sixteenths; what is playing goes on from there with the next tick."""
        self._held = ticks
        self._pending = self.playing
        return [Event(seconds, "/transport/seek", (ticks / TICKS,), source)]

    def _ticked(self, seconds: float) -> list[tuple[str, tuple[float | bool, ...]]]:
        if (
            self._line.lost
            or (self._line.pace and seconds - self._seconds > GAP * self._line.pace)
            or (seconds <= self._seconds - 1.0)
        ):
            self._line = _Line()
        self._tick, self._seconds = self._tick + 1, seconds
        self._line.add(self._tick, seconds)
        if self._pending:
            self._zero, self._pending = self._tick - self._held, False
            return [("/transport/seek", (self._held / TICKS,)), ("/transport/play", (True,))]
        return self._told_now(seconds) if self._tick % EVERY == 0 else []

    def _told_now(self, seconds: float) -> list[tuple[str, tuple[float | bool, ...]]]:
        """Where the clock is; while it stands only its tempo, for the show may be playing by itself."""
        here = self.at(seconds)
        if here is None:
            return []
        if self.playing:
            return [("/transport/follow", here)]
        if abs(here[1] - self._told) < 0.05:
            return []
        self._told = here[1]
        return [("/transport/tempo", (here[1],))]


class Stamps:
    """When messages of one port happened, by the driver's clock: it marks them before any thread is late.

    The driver gives the time since the message before; the least delay seen ties its clock to the show's.
    """

    def __init__(self) -> None:
        self._driver, self._offset = 0.0, float("inf")

    def at(self, since: float, arrival: float) -> float:
        """Clock seconds of a message `since` seconds after the last one, read at clock time `arrival`."""
        since = since if 0.0 <= since < 1e9 else 0.0
        self._driver += since
        offset = arrival - self._driver
        self._offset = min(offset, self._offset + since * LEAK)
        if offset - self._offset > LOST:
            self._offset = offset
        return self._driver + self._offset


class MidiClocks:
    """Followers for every port. The first to tick leads until it has been silent for two seconds."""

    def __init__(self) -> None:
        self._clocks: dict[str, MidiClock] = {}
        self._leader, self._heard = "", float("-inf")

    @property
    def leader(self) -> str:
        """The port that is followed, or nothing."""
        return self._leader

    def feed(self, message: Message | Sequence[int], seconds: float, port: str) -> list[Event]:
        """The transport events of a message from `port`; those of ports that do not lead are kept in mind only."""
        data = message.bytes() if isinstance(message, Message) else message
        if not len(data) or data[0] not in (CLOCK, START, CONTINUE, STOP, SONG_POSITION):
            return []
        events = self._clocks.setdefault(port, MidiClock()).feed(data, seconds, f"midi:{port}")
        if port != self._leader and seconds - self._heard > SILENT:
            self._leader = port
        if port != self._leader:
            return []
        self._heard = seconds
        return events

    def at(self, seconds: float) -> tuple[float, float] | None:
        """(beat, BPM) of the leader at clock time `seconds`; None when nobody leads or its tempo is unknown."""
        clock = self._clocks.get(self._leader)
        return clock.at(seconds) if clock else None
