"""Musical time: a frozen moment, and the transport that places a moment on the beat.

Nothing here reads a clock: seconds come in as arguments, so live and offline are the same arithmetic.
"""

from dataclasses import dataclass, field, replace

from perf.core.meter import FASTEST, SLOWEST, Meter, TempoMap

TEMPO_RANGE = (SLOWEST, FASTEST)  # BPM; Ableton Link's range (Link test plan, TEMPO-4)
TAP_TIMEOUT = 2.0  # seconds without a tap after which tapping starts anew
TAPS = 8


@dataclass(frozen=True, slots=True)
class Moment:
    """One instant of the show. `seconds` is the clock's; `position` (s), `beat` and `bars` are the transport's."""

    index: int
    seconds: float
    position: float = 0.0
    beat: float = 0.0
    bars: float = 0.0
    tempo: float = 120.0
    playing: bool = True

    @property
    def bar(self) -> int:
        """The bar, counted from 0."""
        return int(self.bars // 1)


@dataclass(frozen=True, slots=True)
class Transport:
    """Play state and tempo, anchored: `beat` and `position` are those of clock time `seconds`.

    So a tempo change never jumps. `course` is the patch's tempo curve, followed until somebody sets a tempo by hand.
    """

    playing: bool = True
    tempo: float = 120.0
    seconds: float = 0.0
    position: float = 0.0
    beat: float = 0.0
    meter: Meter = field(default_factory=Meter)
    course: TempoMap | None = None
    taps: tuple[float, ...] = ()

    def place(self, index: int, seconds: float) -> Moment:
        """The moment at clock time `seconds`."""
        elapsed = seconds - self.seconds if self.playing else 0.0
        beat, tempo = self.beat + elapsed * self.tempo / 60.0, self.tempo
        if self.course is not None:
            beat = self.course.beat(self.course.seconds(self.beat) + elapsed)
            tempo = self.course.tempo(beat)
        return Moment(index, seconds, self.position + elapsed, beat, self.meter.bars(beat), tempo, self.playing)

    def when(self, beat: float) -> float:
        """The clock time at which `beat` is or was reached while it plays on; that of the anchor while it stands."""
        if not self.playing:
            return self.seconds
        if self.course is not None:
            return self.seconds + self.course.seconds(beat) - self.course.seconds(self.beat)
        return self.seconds + (beat - self.beat) * 60.0 / self.tempo

    def anchored(self, seconds: float) -> "Transport":
        """The same transport, anchored at clock time `seconds`."""
        moment = self.place(0, seconds)
        return replace(self, seconds=seconds, position=moment.position, beat=moment.beat)

    def with_tempo(self, seconds: float, tempo: float) -> "Transport":
        """Change the tempo (BPM, clamped to 20…999) from clock time `seconds` on."""
        low, high = TEMPO_RANGE
        return replace(self.anchored(seconds), tempo=min(max(tempo, low), high), course=None)

    def with_course(self, seconds: float, course: TempoMap | None) -> "Transport":
        """Follow a tempo curve from clock time `seconds` on, from the beat that it stands at."""
        return replace(self.anchored(seconds), course=course)

    def with_playing(self, seconds: float, playing: bool) -> "Transport":
        """Start or stop at clock time `seconds`; a stop holds the position."""
        return replace(self.anchored(seconds), playing=playing)

    def sought(self, seconds: float, beat: float) -> "Transport":
        """Go to `beat`; the position in seconds follows by the tempo curve, else at the present tempo."""
        position = self.course.seconds(beat) if self.course is not None else beat * 60.0 / self.tempo
        return replace(self, seconds=seconds, beat=beat, position=position)

    def nudged(self, seconds: float, milliseconds: float) -> "Transport":
        """Move the beat by milliseconds, keeping the tempo."""
        here = self.anchored(seconds)
        offset = milliseconds / 1000.0
        beat = here.beat + offset * self.place(0, seconds).tempo / 60.0
        return replace(here, beat=beat, position=here.position + offset)

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
