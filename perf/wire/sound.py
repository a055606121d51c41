"""A sound as the clock: samples that have been heard to transport events. Without I/O and without a clock.

The device says which sample is heard when; between its words, and where there is no device, time passes as it does.
"""

from perf.core.event import Event

SOURCE = "clock:audio"


class SoundClock:
    """Where a sound of `length` seconds is, `rate` samples a second. It stands at 0; `loop`: its end is its start."""

    def __init__(self, length: float, rate: int, loop: bool = False) -> None:
        self.length, self._rate, self._loop = length, rate, loop
        self.playing = False
        self._position, self._seconds = 0.0, 0.0  # at clock time `_seconds` it was at `_position`
        self._over = False

    def heard(self, sample: int, seconds: float) -> None:
        """The device: `sample`, counted on through loops, is heard at clock time `seconds`."""
        self._position, self._seconds = sample / self._rate, seconds

    def at(self, seconds: float) -> float:
        """The position at clock time `seconds`, 0…length."""
        position = self._position + (max(seconds - self._seconds, 0.0) if self.playing else 0.0)
        return position % self.length if self._loop and self.length else min(max(position, 0.0), self.length)

    def play(self, seconds: float, playing: bool) -> None:
        """Go on or hold at clock time `seconds`. At its end it begins anew."""
        here = self.at(seconds)
        self._position, self._seconds = (0.0 if playing and here >= self.length else here), seconds
        self.playing, self._over = playing, False

    def seek(self, seconds: float, position: float) -> None:
        """Be at `position` at clock time `seconds`."""
        self._position, self._seconds, self._over = min(max(position, 0.0), self.length), seconds, False

    def events(self, seconds: float) -> list[Event]:
        """Where the show is to be; at the sound's end, that it stops, once."""
        if not self.playing or self._over:
            return []
        here = self.at(seconds)
        said = [Event(seconds, "/transport/position", (here,), SOURCE)]
        if here >= self.length and not self._loop:
            self._over = True
            said.append(Event(seconds, "/transport/stop", (True,), SOURCE))
        return said
