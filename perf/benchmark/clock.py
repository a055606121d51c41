"""How well the show follows a MIDI clock: ten minutes of a played clock in simulated time. No ports, no waiting."""

import heapq
import random
import statistics
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt

from perf.benchmark.row import Row, percentile
from perf.core.moment import SLEW, Moment
from perf.core.patch import Patch
from perf.core.state import State
from perf.core.tick import tick
from perf.wire.midiclock import TICKS, MidiClocks

JITTER = 0.002  # seconds, standard deviation of a tick's time
LOST = 1 / 500  # share of the ticks that never come
FPS = 60.0
SETTLED = 2.0  # seconds after a ramp: the fit's window at 124 BPM, which is then free of it
MINUTE = ((24, 124, 124), (8, 124, 132), (8, 132, 132), (4, 132, 116), (8, 116, 116), (8, 116, 124))  # s, BPM from, to


@dataclass(frozen=True, slots=True)
class Stretch:
    """So many seconds in which the tempo goes straight from `first` to `last` BPM, from clock time and beat on."""

    start: float
    beat: float
    seconds: float
    first: float
    last: float

    @property
    def _gain(self) -> float:
        return (self.last - self.first) / self.seconds / 60

    def tempo(self, seconds: float) -> float:
        """BPM at clock time `seconds`."""
        return self.first + (self.last - self.first) * (seconds - self.start) / self.seconds

    def at(self, seconds: float) -> float:
        """The beat at clock time `seconds`."""
        since = seconds - self.start
        return self.beat + self.first / 60 * since + self._gain / 2 * since * since

    def when(self, beat: float) -> float:
        """The clock time at which `beat` is reached."""
        speed, ahead = self.first / 60, beat - self.beat
        return self.start + 2 * ahead / (speed + sqrt(speed * speed + 2 * self._gain * ahead))


def stretches(minutes: int) -> list[Stretch]:
    """What the sequencer plays: each minute at 124 BPM with three ramps, the steepest 4 BPM a second."""
    made: list[Stretch] = []
    start = beat = 0.0
    for seconds, first, last in MINUTE * minutes:
        made.append(Stretch(start, beat, seconds, first, last))
        start, beat = start + seconds, made[-1].at(start + seconds)
    return made


def messages(played: list[Stretch], jitter: float, lost: float) -> Iterator[tuple[float, bytes]]:
    """(when it comes, bytes) of each message of the sequencer, in order of coming."""
    dice, waiting = random.Random(5), [(0.0, -1, b"\xfa")]
    number = 0
    for stretch in played:
        end = stretch.at(stretch.start + stretch.seconds)
        while number / TICKS < end:
            if not number or dice.random() >= lost:
                time = max(stretch.when(number / TICKS) + dice.gauss(0, jitter), 0.0)
                heapq.heappush(waiting, (time, number, b"\xf8"))
            number += 1
            while len(waiting) > 8:
                time, _, data = heapq.heappop(waiting)
                yield time, data
    yield from ((time, data) for time, _, data in sorted(waiting))


def bench_midi_clock(minutes: int = 10) -> Row:
    """Follow the clock through the tick itself, at 60 frames a second; compare each frame's beat with the true one."""
    played, clocks, patch, state = stretches(minutes), MidiClocks(), Patch(layers=()), State()
    coming = messages(played, JITTER, LOST)
    starts = [stretch.start for stretch in played]
    message = next(coming)
    phases, tempi, before, jumps = [], [], 0.0, 0
    for index in range(round(FPS * (60 * minutes - 1))):
        seconds, events = index / FPS, []
        while message[0] <= seconds:
            events += clocks.feed(message[1], message[0], "sequencer")
            message = next(coming)
        result = tick(patch, state, events, Moment(index, seconds))
        state, here = result.state, result.frame.moment
        stretch = played[bisect_right(starts, seconds) - 1]
        if seconds > SETTLED:
            phases.append(abs(here.beat - stretch.at(seconds)) * 60_000 / stretch.tempo(seconds))
            due = here.tempo / 60 / FPS
            jumps += abs(here.beat - before - due) > (SLEW + 0.05) * due
        if stretch.first == stretch.last and seconds > stretch.start + SETTLED:
            tempi.append(here.tempo - stretch.first)
        before = here.beat
    return _row(minutes, (percentile(phases, 0.5), percentile(phases, 0.99), max(phases)), tempi, jumps)


def _row(minutes: int, phase: tuple[float, float, float], tempi: list[float], jumps: int) -> Row:
    median, p99, worst = phase
    spread, mean = statistics.pstdev(tempi), statistics.mean(tempi)
    what = (
        f"{minutes} minutes of MIDI clock at 124 BPM, jitter 2 ms (standard deviation), ramps of up to 4 BPM/s, "
        "1 tick in 500 lost: each frame's beat against the true one, in ramps, too; the tempo in steady stretches"
    )
    found = (
        f"phase {median:.2f} ms median, {p99:.2f} ms p99, {worst:.1f} ms at most; "
        f"tempo off by {mean:+.3f} ± {spread:.3f} BPM; {jumps} jumps"
    )
    figures = {"phase_median_ms": median, "phase_p99_ms": p99, "phase_max_ms": worst}
    figures |= {"tempo_mean_bpm": mean, "tempo_std_bpm": spread, "jumps": float(jumps)}
    met = p99 <= 3 and spread <= 0.05 and not jumps
    return Row(what, found, "phase p99 ≤ 3 ms, tempo ± ≤ 0.05 BPM, no jump", met, figures)
