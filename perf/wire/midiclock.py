"""MIDI clock: beat and tempo at any time from ticks that jitter (MIDI 1.0, "System Real Time"; 24 ticks a quarter).

A line is fitted to the last 96 ticks, one bar of 4/4, and read where it is needed: the last tick itself is never
sampled. Without I/O and without a clock; ticks come in with their time.
"""

from collections.abc import Sequence

from mido import Message

from perf.core.event import Event
from perf.wire.line import Line

TICKS = 24  # a quarter note
EVERY = 3  # ticks between two messages
SILENT = 2.0  # seconds without a tick after which another port may lead, and the fit is begun anew
LEAK = 3e-4  # seconds a second by which the driver's clock may run differently
LOST = 0.1  # seconds of delay after which the driver's clock was lost (its buffer ran over)
SLOWEST, FASTEST = 20.0, 999.0  # BPM, as the transport's
CLOCK, START, CONTINUE, STOP, SONG_POSITION = 0xF8, 0xFA, 0xFB, 0xFC, 0xF2


class MidiClock:
    """Follows one sender of clock. `playing` is what Start, Continue and Stop said."""

    def __init__(self) -> None:
        self.playing = False
        self._line = Line()
        self._seconds, self._since = float("-inf"), 0
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
            self._held = self._held if self._pending else max(self._line.number + 1 - self._zero, 0)
            self.playing = self._pending = False
            return [Event(seconds, "/transport/stop", (True,), source)]
        elif status == SONG_POSITION and len(data) >= 3 and max(data[1:3]) < 0x80:
            return self._located((data[2] << 7 | data[1]) * TICKS // 4, seconds, source)
        return []

    def _started(self, held: int) -> None:
        """The next tick is where it starts; nothing is to be heard of it before."""
        self._held, self.playing, self._pending = held, True, True
        self._line = Line(self._line.pace if self.tempo else 0.0, self._line.number)

    def _located(self, ticks: int, seconds: float, source: str) -> list[Event]:
        """Song position, in sixteenths; what is playing goes on from there with the next tick."""
        self._held = ticks
        self._pending = self.playing
        return [Event(seconds, "/transport/seek", (ticks / TICKS,), source)]

    def _ticked(self, seconds: float) -> list[tuple[str, tuple[float | bool, ...]]]:
        if not -1.0 <= seconds - self._seconds <= SILENT:
            self._line = Line(number=self._line.number)
        self._seconds = seconds
        self._line.add(seconds)
        if self._pending:
            self._zero, self._pending = self._line.number - self._held, False
            return [("/transport/seek", (self._held / TICKS,)), ("/transport/play", (True,))]
        self._since += 1
        return self._told_now(seconds) if self._since % EVERY == 0 else []

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

    def leading(self, seconds: float) -> str:
        """The port that is followed and was heard in the last two seconds, or nothing."""
        return self._leader if seconds - self._heard <= SILENT else ""

    def words(self, seconds: float) -> str:
        """Who leads and how fast, for people."""
        here = self.at(seconds)
        if not self._leader:
            return "midi: no clock"
        tempo = f"{here[1]:.1f} BPM" if here else "no tempo yet"
        return f"midi: {self._leader} {tempo}" + ("" if self.leading(seconds) else " silent")

    def feed(self, message: Message | Sequence[int], seconds: float, port: str) -> list[Event]:
        """The transport events of a message from `port`; those of ports that do not lead are kept in mind only."""
        data = message.bytes() if isinstance(message, Message) else message
        if not len(data) or data[0] not in (CLOCK, START, CONTINUE, STOP, SONG_POSITION):
            return []
        events = self._clocks.setdefault(port, MidiClock()).feed(data, seconds, f"clock:midi:{port}")
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
