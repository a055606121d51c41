"""The beat by ear as a clock: what the transport is told while `/clock/source` is sound."""

from perf.core.event import Event
from perf.hearing.beat import Beat

SOURCE = "clock:sound"
EVERY = 0.1  # seconds between two words to the transport
TRUST = 0.4  # confidence below which it is left to play on by itself, at the last tempo
ASTRAY = 0.75  # beats from the transport's beyond which another beat is taken for the same one


class Lead:
    """Tells the transport where the beat is; which one of the bar it is stays the transport's own count."""

    def __init__(self) -> None:
        self._offset, self._due = 0, 0.0

    def events(self, seconds: float, beat: Beat, counted: float) -> list[Event]:
        """What there is to say at clock time `seconds`, when the transport has counted to `counted`."""
        if seconds < self._due or not beat.tempo or beat.confidence < TRUST:
            return []
        self._due = seconds + EVERY
        if abs(beat.beat + self._offset - counted) > ASTRAY:
            self._offset = round(counted - beat.beat)
        where = max(beat.beat + self._offset, 0.0)
        return [Event(seconds, "/transport/follow", (where, beat.tempo), SOURCE)]
