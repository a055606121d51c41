"""Musical time: a frozen moment, and the transport that places a moment on the beat.

Nothing here reads a clock: seconds come in as arguments, so live and offline are the same arithmetic.
"""

from dataclasses import dataclass, replace

TEMPO_RANGE = (20.0, 999.0)  # BPM; Ableton Link's range (Link test plan, TEMPO-4)
TAP_TIMEOUT = 2.0  # seconds without a tap after which tapping starts anew
TAPS = 8


@dataclass(frozen=True, slots=True)
class Moment:
    """One instant of the show. `seconds` is the clock's; `position` (seconds) and `beat` are the transport's."""

    index: int
    seconds: float
    position: float = 0.0
    beat: float = 0.0
    bar: int = 0
    tempo: float = 120.0
    playing: bool = True


@dataclass(frozen=True, slots=True)
class Transport:
    """Play state and tempo, anchored: `beat` and `position` are those of clock time `seconds`.

    So a tempo change never jumps.
    """

    playing: bool = True
    tempo: float = 120.0
    seconds: float = 0.0
    position: float = 0.0
    beat: float = 0.0
    beats_per_bar: int = 4
    taps: tuple[float, ...] = ()

    def place(self, index: int, seconds: float) -> Moment:
        """The moment at clock time `seconds`."""
        elapsed = seconds - self.seconds if self.playing else 0.0
        beat = self.beat + elapsed * self.tempo / 60.0
        bar = int(beat // self.beats_per_bar)
        return Moment(index, seconds, self.position + elapsed, beat, bar, self.tempo, self.playing)

    def anchored(self, seconds: float) -> "Transport":
        """The same transport, anchored at clock time `seconds`."""
        moment = self.place(0, seconds)
        return replace(self, seconds=seconds, position=moment.position, beat=moment.beat)

    def with_tempo(self, seconds: float, tempo: float) -> "Transport":
        """Change the tempo (BPM, clamped to 20…999) from clock time `seconds` on."""
        low, high = TEMPO_RANGE
        return replace(self.anchored(seconds), tempo=min(max(tempo, low), high))

    def with_playing(self, seconds: float, playing: bool) -> "Transport":
        """Start or stop at clock time `seconds`; a stop holds the position."""
        return replace(self.anchored(seconds), playing=playing)

    def sought(self, seconds: float, beat: float) -> "Transport":
        """Go to `beat`; the position in seconds follows at the present tempo."""
        return replace(self, seconds=seconds, beat=beat, position=beat * 60.0 / self.tempo)

    def nudged(self, seconds: float, milliseconds: float) -> "Transport":
        """Move the beat by milliseconds, keeping the tempo."""
        here = self.anchored(seconds)
        offset = milliseconds / 1000.0
        return replace(here, beat=here.beat + offset * self.tempo / 60.0, position=here.position + offset)

    def followed(self, seconds: float, beat: float, tempo: float) -> "Transport":
        """Take beat and tempo from an outer clock, as it was at clock time `seconds`."""
        here = self.with_tempo(seconds, tempo)
        return replace(here, beat=beat, position=here.position + (beat - here.beat) * 60.0 / here.tempo)

    def tapped(self, seconds: float) -> "Transport":
        """Take one tap; from the second on, the mean of up to eight intervals sets the tempo."""
        taps = self.taps if self.taps and seconds - self.taps[-1] < TAP_TIMEOUT else ()
        taps = (*taps, seconds)[-TAPS - 1 :]
        here = replace(self, taps=taps)
        if len(taps) < 2 or taps[-1] <= taps[0]:
            return here
        return here.with_tempo(seconds, 60.0 * (len(taps) - 1) / (taps[-1] - taps[0]))
