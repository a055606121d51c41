"""The beat by ear: a flywheel that is nudged by what is heard, never moved at once.

It settles within a few seconds, turns on through a break, follows a tempo that changes slowly, and changes to another
one only when that has fitted better for a while. Its beats are counted; where the bar begins it does not know.
"""

import numpy as np

from perf.hearing.tempo import folded, peak, periods

MEMORY = 1024  # steps that are remembered: ten seconds
LOOK = 0.2  # seconds between two looks at them
NEEDED = 2.5  # seconds of sound before the first
LOUD = 0.05  # strength below which nothing has begun in all that time
SURE, HOLD = 0.3, 0.2  # likeness from which a period is believed at first, and is followed from then on
SAME = 0.04  # share by which a period may differ and be the same one
BETTER = 1.1  # times likelier another period must be, or another place of the beat
PATIENCE, HASTE = 3.0, 1.0  # seconds for which it must be, and when there is nothing to be lost
SLIDE = 0.05  # share of the tempo by which it runs faster or slower, to be where the beat is: as the transport slides
PULL = 0.3  # share of an error that one look corrects
LATE = 0.0065  # seconds after it begins at which a sound is strongest in the spectrum
SHORT, LONG = 3.0, 16.0  # beats of memory, for where the beat is and for which of its places it is
LATELY, AUDIBLE = 1.5, 0.25  # a break: nothing in so many seconds was such a share of the strongest remembered
BEND = 0.05  # share of an error, in beats, by which one look corrects the tempo: a ramp is followed without lagging
FULL = 0.6  # likeness that is as much as music has


class Beat:
    """Follows one source; strengths come `step` seconds apart. `beat` counts, `tempo` is in BPM (0: none yet)."""

    def __init__(self, step: float) -> None:
        self.beat, self.confidence = 0.0, 0.0
        self._step, self._period = step, 0.0
        self._past = np.zeros(MEMORY)
        self._heard = self._due = 0
        self._slip = 0.0  # beats still to be made up for
        self._rival, self._rivals = 0.0, 0.0  # another period, and the seconds for which it has been the better one
        self._aside = 0.0  # seconds for which another place in the period has been

    @property
    def tempo(self) -> float:
        """BPM, 0 while unknown."""
        return 60.0 / self._period if self._period else 0.0

    def add(self, strength: float, around: float) -> None:
        """Go on by a step, in which so much has begun; tempi near `around` (BPM) are the likelier ones."""
        self._past[:-1] = self._past[1:]
        self._past[-1] = strength
        self._heard = min(self._heard + 1, MEMORY)
        self._due += 1
        if self._period:
            passed = self._step / self._period
            made_up = min(max(self._slip, -SLIDE * passed), SLIDE * passed)
            self.beat += passed + made_up
            self._slip -= made_up
        if self._due * self._step >= LOOK:
            self._due = 0
            self._look(around)

    def _look(self, around: float) -> None:
        past = self._past[MEMORY - self._heard :]
        if len(past) * self._step < NEEDED or self._breaks(past):
            return self._trust(0.0)
        found = periods(past, self._step)
        best = found.best(around)
        if not self._period:
            return self._settle(best, found.at(best))
        here = found.at(self._period)
        self._trust(here / FULL)
        better = found.preferred(best, around) > BETTER * found.preferred(self._period, around)
        if abs(best / self._period - 1) < SAME or not better:
            self._rivals = 0.0
        elif found.at(best) > SURE:
            self._challenge(best)
        if here > HOLD:
            near = found.near(self._period)
            self._period += PULL * (near - self._period)
            self._place(past)
        return None

    def _breaks(self, past: np.ndarray) -> bool:
        """Whether nothing is heard that beats could be told from."""
        return bool(past[-round(LATELY / self._step) :].max() < max(AUDIBLE * past.max(), LOUD))

    def _trust(self, confidence: float) -> None:
        self.confidence += PULL * (min(confidence, 1.0) - self.confidence)

    def _settle(self, period: float, likeness: float) -> None:
        """The first period that is found twice, one look after the other."""
        if likeness > SURE and abs(period / (self._rival or period * 2) - 1) < SAME:
            self._period, self._rival = period, 0.0
            self.beat = self._phase(LONG, None)
            self._trust(likeness / FULL)
        else:
            self._rival = period

    def _challenge(self, period: float) -> None:
        """Another period fits better: believe it when it has for long enough."""
        same = abs(period / (self._rival or period * 2) - 1) < SAME
        self._rivals = self._rivals + LOOK if same else LOOK
        self._rival = period
        if self._rivals >= (PATIENCE if self.confidence > SURE else HASTE):
            self._period, self._rivals, self._aside = period, 0.0, PATIENCE

    def _place(self, past: np.ndarray) -> None:
        """Turn towards where the beat is heard: near where it is counted, or elsewhere if that was better for long."""
        counted = (self.beat + self._slip) % 1.0
        parts = folded(past, self._period / self._step, LONG)
        elsewhere = peak(parts)
        here, there = (_level(parts, place) for place in (peak(parts, counted, 0.2), elsewhere))
        self._aside = self._aside + LOOK if there > BETTER * here else 0.0
        if self._aside >= PATIENCE:
            self._slip, self._aside = _nearest(elsewhere + LATE / self._period - self.beat), 0.0
            return
        if abs(self._slip) < 0.1:
            error = _nearest(self._phase(SHORT, counted) - self.beat)
            self._slip = PULL * error
            self._period *= 1 - BEND * error

    def _phase(self, memory: float, near: float | None) -> float:
        """Where in the beat it is, 0…1, as heard."""
        parts = folded(self._past[MEMORY - self._heard :], self._period / self._step, memory)
        late = LATE / self._period
        return (peak(parts, None if near is None else (near - late) % 1.0, 0.2) + late) % 1.0


def _nearest(beats: float) -> float:
    """The same place in the beat, within half a beat."""
    return (beats + 0.5) % 1.0 - 0.5


def _level(parts: np.ndarray, place: float) -> float:
    return float(parts[round(place * len(parts)) % len(parts)])
