"""MIDI bytes to readings of controls (MIDI 1.0 Detailed Specification): what was moved, and how far in 0…1.

One message at a time, with the state that 14-bit controllers need. Rubbish gives no reading and never raises.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

NOTE_OFF, NOTE_ON, POLY, CONTROL, PROGRAM, PRESSURE, BEND = 0x80, 0x90, 0xA0, 0xB0, 0xC0, 0xD0, 0xE0
_LENGTH = {NOTE_OFF: 3, NOTE_ON: 3, POLY: 3, CONTROL: 3, PROGRAM: 2, PRESSURE: 2, BEND: 3}
FINE = 32  # controllers n + 32 carry the low 7 bits of controllers n < 32


@dataclass(frozen=True, slots=True)
class Control:
    """One control of one device. `kind` is cc, cc14, note, bend, pressure or program; `channel` is 1…16."""

    kind: str
    number: int
    channel: int
    port: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A control at `place` (0…1). `raw` is its 7-bit value, `pressed` whether a button would call that down."""

    control: Control
    place: float
    raw: int
    pressed: bool


class MidiInput:
    """Decodes the messages of every port."""

    def __init__(self) -> None:
        self._coarse: dict[tuple[str, int, int], int] = {}

    def read(self, message: Sequence[int], port: str) -> list[Reading]:
        """The readings of one message; none for anything that is not a whole channel message."""
        if len(message) < 2 or not 0x80 <= message[0] < 0xF0:
            return []
        status, channel = message[0] & 0xF0, (message[0] & 0x0F) + 1
        data = message[1 : _LENGTH[status]]
        if len(data) != _LENGTH[status] - 1 or any(not 0 <= byte < 0x80 for byte in data):
            return []
        if status == CONTROL:
            return self._controller(data[0], data[1], (channel, port))
        return [_READ[status](data[0], data[-1], (channel, port))]

    def _controller(self, number: int, value: int, where: tuple[int, str]) -> list[Reading]:
        """A controller is read as itself, and as its half of a 14-bit pair; a new high half sets the low half to 0."""
        channel, port = where
        readings = [_seven("cc", number, value, where)]
        pair = number % FINE
        if number < FINE:
            self._coarse[port, channel, pair] = value
            readings.append(_fourteen(pair, value << 7, where))
        elif number < 2 * FINE and (port, channel, pair) in self._coarse:
            readings.append(_fourteen(pair, self._coarse[port, channel, pair] << 7 | value, where))
        return readings


def _seven(kind: str, number: int, value: int, where: tuple[int, str]) -> Reading:
    return Reading(Control(kind, number, *where), value / 127, value, value >= 64)


def _fourteen(number: int, value: int, where: tuple[int, str]) -> Reading:
    return Reading(Control("cc14", number, *where), value / 16383, value >> 7, value >= 8192)


def _note(number: int, velocity: int, where: tuple[int, str]) -> Reading:
    """Any velocity is a press; velocity 0 is a release."""
    return Reading(Control("note", number, *where), velocity / 127, velocity, velocity > 0)


def _bend(low: int, high: int, where: tuple[int, str]) -> Reading:
    """The wheel at rest is exactly one half, though it has one step more below than above."""
    value = high << 7 | low
    place = value / 16384 if value <= 8192 else 0.5 + (value - 8192) / 16382
    return Reading(Control("bend", 0, *where), place, high, value >= 12288)


_READ: dict[int, Callable[[int, int, tuple[int, str]], Reading]] = {
    NOTE_OFF: lambda number, velocity, where: _note(number, 0, where),
    NOTE_ON: _note,
    POLY: lambda number, value, where: _seven("pressure", number, value, where),
    PRESSURE: lambda value, same, where: _seven("pressure", 0, value, where),
    PROGRAM: lambda number, same, where: Reading(Control("program", number, *where), number / 127, number, True),
    BEND: _bend,
}
