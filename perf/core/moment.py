"""Musical time: a frozen moment, and the transport that places a moment on the beat.

Nothing here reads a clock: seconds come in as arguments, so live and offline are the same arithmetic.
"""

from dataclasses import dataclass, field, replace
from math import copysign

from perf.core.meter import FASTEST, SLOWEST, Meter, TempoMap

TEMPO_RANGE = (SLOWEST, FASTEST)  # BPM; Ableton Link's range (Link test plan, TEMPO-4)
TAP_TIMEOUT = 2.0  # seconds without a tap after which tapping starts anew
TAPS = 8
SLEW = 0.05  # share of the tempo by which a follower plays faster or slower until it is where its leader is
CLOSER = 8  # rounds in which the time of a beat is found while a lag is made up for: each leaves SLEW of the error
TOLERANCE = 0.25  # seconds between leader and follower; beyond it the follower jumps (Chataigne's, for time code)


@dataclass(frozen=True, slots=True)
class Moment:
    """One instant of the show. `seconds` is the clock's; `position` (s), `beat` and `bars` are the transport's, on its
    tempo curve where it follows one."""

    index: int
    seconds: float
    position: float = 0.0
    beat: float = 0.0
    bars: float = 0.0
    tempo: float = 120.0
    playing: bool = True
    course: TempoMap | None = field(default=None, compare=False, repr=False)

    @property
    def bar(self) -> int:
        """The bar, counted from 0."""
        return int(self.bars // 1)


@dataclass(frozen=True, slots=True)
class Transport:
    """Play state and tempo, anchored: `beat` and `position` are those of clock time `seconds`.

    So a tempo change never jumps. `course` is the patch's tempo curve, followed until somebody sets a tempo by hand.
    Nor does following jump: what a leader is ahead by (`lag`, beats) is made up for at 5 % of the tempo. `apart` is how
    many beats this count is kept before the leader's.
    """

    playing: bool = True
    tempo: float = 120.0
    seconds: float = 0.0
    position: float = 0.0
    beat: float = 0.0
    meter: Meter = field(default_factory=Meter)
    course: TempoMap | None = None
    taps: tuple[float, ...] = ()
    lag: float = 0.0
    apart: float = 0.0
    sliding: bool = False  # a new leader's bar is being reached, from however far
    leader: str = "auto"  # the source of time that was followed last
    cued: bool = False  # the tempo is one that a cue has set

    def place(self, index: int, seconds: float) -> Moment:
        """The moment at clock time `seconds`."""
        elapsed = seconds - self.seconds if self.playing else 0.0
        made_up = self._made_up(elapsed)
        beat, tempo = self.beat + elapsed * self.tempo / 60.0, self.tempo
        if self.course is not None:
            beat = self.course.beat(self.course.seconds(self.beat) + elapsed)
            tempo = self.course.tempo(beat)
        position = self.position + elapsed + made_up * 60.0 / tempo
        beat += made_up
        return Moment(index, seconds, position, beat, self.meter.bars(beat), tempo, self.playing, self.course)

    def _made_up(self, elapsed: float) -> float:
        """Beats of the lag that are made up for after so many seconds."""
        if not self.lag:
            return 0.0
        tempo = self.tempo if self.course is None else self.course.tempo(self.beat)
        return copysign(min(abs(self.lag), SLEW * max(elapsed, 0.0) * tempo / 60.0), self.lag)

    def when(self, beat: float) -> float:
        """The clock time at which `beat` is or was reached while it plays on; that of the anchor while it stands."""
        if not self.playing:
            return self.seconds
        elapsed = self._lasts(beat)
        for _ in range(CLOSER if self.lag else 0):
            elapsed = self._lasts(beat - self._made_up(elapsed))
        return self.seconds + elapsed

    def _lasts(self, beat: float) -> float:
        """Seconds from the anchor to `beat` where nothing is made up for."""
        if self.course is not None:
            return self.course.seconds(beat) - self.course.seconds(self.beat)
        return (beat - self.beat) * 60.0 / self.tempo

    def anchored(self, seconds: float) -> "Transport":
        """The same transport, anchored at clock time `seconds`."""
        moment = self.place(0, seconds)
        lag = self.lag - self._made_up(seconds - self.seconds if self.playing else 0.0)
        return replace(self, seconds=seconds, position=moment.position, beat=moment.beat, lag=lag)

    def with_tempo(self, seconds: float, tempo: float) -> "Transport":
        """Change the tempo (BPM, clamped to 20…999) from clock time `seconds` on."""
        low, high = TEMPO_RANGE
        return replace(self.anchored(seconds), tempo=min(max(tempo, low), high), course=None, cued=False)

    def with_course(self, seconds: float, course: TempoMap | None) -> "Transport":
        """Follow a tempo curve from clock time `seconds` on, from the beat that it stands at."""
        return replace(self.anchored(seconds), course=course)

    def with_playing(self, seconds: float, playing: bool) -> "Transport":
        """Start or stop at clock time `seconds`; a stop holds the position."""
        return replace(self.anchored(seconds), playing=playing)

    def sought(self, seconds: float, beat: float) -> "Transport":
        """Go to `beat`; the position in seconds follows by the tempo curve, else at the present tempo."""
        position = self.course.seconds(beat) if self.course is not None else beat * 60.0 / self.tempo
        return replace(self._settled(), seconds=seconds, beat=beat, position=position)

    def _settled(self) -> "Transport":
        """Where it is counts: nothing is left to make up for."""
        return replace(self, lag=0.0, apart=0.0, sliding=False)

    def nudged(self, seconds: float, milliseconds: float) -> "Transport":
        """Move the beat by milliseconds, keeping the tempo; it stays so far from a leader, too."""
        here = self.anchored(seconds)
        offset = milliseconds / 1000.0
        beats = offset * self.place(0, seconds).tempo / 60.0
        return replace(here, beat=here.beat + beats, position=here.position + offset, apart=here.apart + beats)

    def handed(self, seconds: float, beat: float, leader: str) -> "Transport":
        """Let another source of time lead, which is at `beat` at clock time `seconds`.

        The beat does not jump: bars are counted on as before, and the leader's place in the bar is reached by and by.
        """
        if leader == self.leader:
            return self
        here = self.anchored(seconds)
        bar = self.meter.size(here.beat)
        apart = bar * round((here.beat - beat) / bar)
        return replace(here, leader=leader, apart=apart, lag=beat + apart - here.beat, sliding=True)

    def followed(self, seconds: float, beat: float, tempo: float) -> "Transport":
        """Take beat and tempo from a leader, as it was at clock time `seconds`. One that stands still takes the tempo.

        Jumps where the leader itself has jumped, or has got away by more than 0.25 s.
        """
        here = self.with_tempo(seconds, tempo)
        if not here.playing:
            return here
        ahead, tolerance = beat + here.apart - here.beat, TOLERANCE * here.tempo / 60.0
        far = abs(ahead) > tolerance
        if far and not (here.sliding and abs(ahead - here.lag) <= tolerance):
            position = here.position + ahead * 60.0 / here.tempo
            return replace(here, beat=here.beat + ahead, position=position, lag=0.0, sliding=False)
        return replace(here, lag=ahead, sliding=here.sliding and far)

    def positioned(self, seconds: float, position: float) -> "Transport":
        """Be at `position` (seconds) at clock time `seconds`, as an outer time code or sound is; the tempo stays.

        Up to 0.25 s are made up for; farther, or while standing, it goes there, the beat by the tempo from 0.
        """
        here, tempo = self.anchored(seconds), self.place(0, seconds).tempo
        ahead = position + here.apart * 60.0 / tempo - here.position
        if here.playing and abs(ahead) <= TOLERANCE:
            return replace(here, lag=ahead * tempo / 60.0, sliding=False)
        beat = here.course.beat(position) if here.course is not None else position * tempo / 60.0
        return here.sought(seconds, beat)

    def tapped(self, seconds: float) -> "Transport":
        """Take one tap; from the second on, the mean of up to eight intervals sets the tempo."""
        taps = self.taps if self.taps and seconds - self.taps[-1] < TAP_TIMEOUT else ()
        taps = (*taps, seconds)[-TAPS - 1 :]
        here = replace(self, taps=taps)
        if len(taps) < 2 or taps[-1] <= taps[0]:
            return here
        return here.with_tempo(seconds, 60.0 * (len(taps) - 1) / (taps[-1] - taps[0]))
