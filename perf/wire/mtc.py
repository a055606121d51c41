"""MIDI time code: where it is at any time, from quarter frames that jitter and full frames that locate.

MIDI 1.0, "MIDI Time Code": eight quarter frames spell one time code, that of the first of them; at the next one it is
two frames old. Without I/O and without a clock; bytes come in with their time, transport events go out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from perf.core.event import Event
from perf.wire.line import Line

QUARTER_FRAME, SYSEX = 0xF1, 0xF0
NOMINAL = (24, 25, 30, 30)  # frames of a counted second, by the two bits of the rate
DROP = 2  # the rate whose count leaves out two frames a minute, but for every tenth: 30000/1001 frames a second
NAMES = ("24", "25", "29.97 drop", "30")
SILENT = 2.0  # seconds after which another port may lead
LOST = 0.1  # seconds without a quarter frame after which the code is away: freewheeling
GAP = 0.5  # seconds after which the line through the quarter frames is begun anew


@dataclass(frozen=True, slots=True)
class TimeCode:
    """Hours 0…23, minutes and seconds 0…59, frames; `rate` is 0…3: 24, 25, 29.97 drop, 30 frames a second."""

    hours: int
    minutes: int
    seconds: int
    frames: int
    rate: int = 3

    @property
    def valid(self) -> bool:
        """Whether there is such a time. The two that drop frame leaves out pass: senders that count wrongly live."""
        parts = ((self.hours, 24), (self.minutes, 60), (self.seconds, 60), (self.frames, NOMINAL[self.rate]))
        return all(0 <= part < limit for part, limit in parts)

    @property
    def number(self) -> int:
        """Frames since 00:00:00:00."""
        minutes = self.hours * 60 + self.minutes
        dropped = 2 * (minutes - minutes // 10) if self.rate == DROP else 0
        return (minutes * 60 + self.seconds) * NOMINAL[self.rate] + self.frames - dropped

    def __str__(self) -> str:
        frames = ";" if self.rate == DROP else ":"
        return f"{self.hours:02}:{self.minutes:02}:{self.seconds:02}{frames}{self.frames:02}"


def frame_rate(rate: int) -> float:
    """Frames a real second."""
    return 30000 / 1001 if rate == DROP else float(NOMINAL[rate])


def code_at(number: int, rate: int) -> TimeCode:
    """The time code of a frame, counted from midnight to midnight."""
    nominal = NOMINAL[rate]
    if rate == DROP:
        tens, rest = divmod(number % (24 * 6 * 17982), 17982)  # frames of ten minutes
        number = tens * 18000 + rest + 2 * max((rest - 2) // 1798, 0)
    seconds, frames = divmod(number, nominal)
    return TimeCode(seconds // 3600 % 24, seconds // 60 % 60, seconds % 60, frames, rate)


def parse_code(text: str) -> TimeCode:
    """`HH:MM:SS:FF` (`;` or `.` before the frames will do) as a time code of 30. Raises ValueError."""
    found = re.fullmatch(r"(\d\d):(\d\d):(\d\d)[:;.](\d\d)", text.strip())
    code = TimeCode(*map(int, found.groups())) if found else None
    if code is None or not code.valid:
        raise ValueError(f"{text[:40]!r} is not a time code; it is written HH:MM:SS:FF, such as 01:00:00:00")
    return code


class MtcClock:
    """Follows one sender of time code; the first to speak leads until it has been silent for two seconds.

    `start` is the time code of position 0, before which the show waits; `freewheel` the seconds for which a code that
    went silent is believed to go on.
    """

    def __init__(self, start: TimeCode = TimeCode(0, 0, 0, 0), freewheel: float = 1.0) -> None:
        self._start, self._freewheel = start, max(freewheel, LOST)
        self.port = ""
        self._heard = float("-inf")
        self._pieces = [0] * 8
        self._piece, self._run = -1, 0  # the last piece; how many have come in order, below 0 backwards
        self._line, self._base = Line(), 0  # quarter frames: those of midnight are the line's and the base
        self._rate = 3
        self._running = self._waiting = self._known = False

    def set_up(self, start: TimeCode, freewheel: float) -> None:
        """Another patch's start and freewheel; what plays plays on."""
        self._start, self._freewheel = start, max(freewheel, LOST)

    def feed(self, data: Sequence[int], seconds: float, port: str = "") -> list[Event]:
        """The transport events of one message at clock time `seconds`; none for what is no time code."""
        quarter = len(data) == 2 and data[0] == QUARTER_FRAME and data[1] < 0x80
        full = _full_frame(data)
        if not (quarter or full) or (port != self.port and seconds - self._heard <= SILENT):
            return []
        if port != self.port or not -GAP <= seconds - self._heard <= GAP:
            self._begin()
        self.port, self._heard = port, seconds
        said = self._located(full) if full else self._quartered(data[1], seconds)
        return [Event(seconds, address, (value,), f"clock:mtc:{port}") for address, value in said]

    def idle(self, seconds: float) -> list[Event]:
        """To be asked again and again: the stop of a code that has been away for longer than it may."""
        if not self._running or seconds - self._heard <= self._freewheel:
            return []
        self._running = False
        return [Event(seconds, "/transport/stop", (True,), f"clock:mtc:{self.port}")]

    def words(self, seconds: float) -> str:
        """The time code at clock time `seconds`, and whether it is there, for people."""
        if not self._known:
            return "mtc: no time code"
        quarter = self._base + (int(self._line.at(seconds)) if self._running else self._line.number)
        state = "" if seconds - self._heard <= LOST else " freewheeling" if self._running else " stopped"
        return f"mtc {code_at(quarter // 4, self._rate)} at {NAMES[self._rate]}{state}"

    def _begin(self) -> None:
        self._line, self._piece, self._run, self._waiting = Line(), -1, 0, False

    def _located(self, code: TimeCode) -> list[tuple[str, float | bool]]:
        """A full frame goes there, and stands until quarter frames run."""
        self._begin()
        self._rate, self._known = code.rate, True
        self._base = code.number * 4 - self._line.number
        place: tuple[str, float | bool] = ("/transport/position", max(self._position(code.number * 4), 0.0))
        return [place] if self._running else [("/transport/stop", True), place]

    def _quartered(self, value: int, seconds: float) -> list[tuple[str, float | bool]]:
        piece, step = value >> 4, (value >> 4) - self._piece
        way = 1 if step % 8 == 1 else -1 if step % 8 == 7 else 0
        self._run = self._run + way if way * self._run >= 0 and way else way
        self._piece = piece
        self._pieces[piece] = value & 15
        self._line.add(seconds)
        code = _assembled(self._pieces) if abs(self._run) >= 7 else None
        if code is None or not code.valid:
            return []
        if self._run > 0 and piece == 7:
            return self._forwards(code, seconds)
        return self._backwards(code) if self._run < 0 and piece == 0 else []

    def _forwards(self, code: TimeCode, seconds: float) -> list[tuple[str, float | bool]]:
        self._rate, self._known = code.rate, True
        self._base = code.number * 4 + 7 - self._line.number
        position = self._position(self._base + self._line.at(seconds))
        if position < 0:
            told, self._waiting, self._running = self._waiting, True, False
            return [] if told else [("/transport/stop", True), ("/transport/position", 0.0)]
        self._waiting = False
        said: list[tuple[str, float | bool]] = [("/transport/position", position)]
        if not self._running:
            self._running = True
            said.append(("/transport/play", True))
        return said

    def _backwards(self, code: TimeCode) -> list[tuple[str, float | bool]]:
        """Time runs backwards: the show stands, and is taken along."""
        self._rate, self._known = code.rate, True
        self._base = code.number * 4 - self._line.number
        running, self._running = self._running, False
        place = ("/transport/position", max(self._position(code.number * 4), 0.0))
        return [("/transport/stop", True), place] if running else [place]

    def _position(self, quarter: float) -> float:
        """Seconds from the start's time code, which is counted at the rate that comes."""
        start = TimeCode(self._start.hours, self._start.minutes, self._start.seconds, self._start.frames, self._rate)
        return (quarter / 4 - start.number) / frame_rate(self._rate)


def _assembled(pieces: Sequence[int]) -> TimeCode:
    low, high = pieces[::2], pieces[1::2]
    frames, seconds, minutes, hours = (a | b << 4 for a, b in zip(low, high, strict=True))
    return TimeCode(hours & 31, minutes, seconds, frames, hours >> 5 & 3)


def _full_frame(data: Sequence[int]) -> TimeCode | None:
    """F0 7F device 01 01 hours minutes seconds frames F7; None for anything else."""
    if len(data) != 10 or data[0] != SYSEX or data[1] != 0x7F or list(data[3:5]) != [1, 1] or data[9] != 0xF7:
        return None
    code = TimeCode(data[5] & 31, data[6], data[7], data[8], data[5] >> 5 & 3)
    return code if code.valid else None
