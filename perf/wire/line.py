"""A line through ticks that jitter: which tick it is at any time, and how long a tick lasts.

Least squares over the last 96 ticks: a straight line, or a bent one while the tempo is certainly on its way. Lost
ticks, late ones and a new tempo are told apart by how the ticks leave the line. Without I/O and without a clock.
"""

from collections import deque
from collections.abc import Sequence

WINDOW = 96  # ticks of the fit: one bar of MIDI clock in 4/4
NEEDED = 6  # ticks before a pace is believed
KNOWN = 10  # ticks before one can be said not to belong to the line: ticks may come in bunches
AWAY = 0.5  # ticks from the line, beyond which a tick does not belong to it
STRAYS = 12  # such ticks in a row, after which it is decided what they mean
LEAN = 0.03  # ticks a tick, from which strays that are all about as far off are a new tempo
CLEAR = 2.5  # how much better a new tempo must explain them than lost ticks do
BIAS, BLUR = 0.32, 0.002  # ticks by which lost ticks may lie off the whole ones, all together; each by itself, squared
LIKELY, CERTAIN = 2.5, 4.0  # standard errors of the bend from which the place, and the pace, are the bent line's
PRIOR = 100.0  # how much a former pace steadies a fit of few ticks; as much as some 10 ticks
FINEST = 1e-4  # seconds: no clock is taken to be more exact

Point = tuple[float, float]  # tick, seconds


class Line:
    """Seconds over tick numbers. `pace` is seconds a tick, 0 while nothing is known; `number` is the newest tick's."""

    def __init__(self, pace: float = 0.0, number: int = -1) -> None:
        self._prior, self.pace = pace, pace
        self._points: deque[Point] = deque(maxlen=WINDOW)
        self._strays: list[Point] = []
        self._last: Point = (0.0, 0.0)  # where the line is at the newest tick that belongs to it
        self._known = pace > 0  # enough was heard to say of a tick that it does not belong
        self.number = number

    def add(self, seconds: float) -> None:
        """Take the next tick. One that lies off the line waits until it is clear what that means."""
        self.number += 1
        point = (float(self.number), seconds)
        self._known = self._known or len(self._points) >= KNOWN
        if self.sound and self._known and abs(self.at(seconds) - self.number) > AWAY:
            self._strays.append(point)
            if len(self._strays) == STRAYS:
                self._judge()
        else:
            self._strays.clear()
            self._take([point])

    def _judge(self) -> None:
        """Strays that are whole numbers of ticks off: so many were lost. Others: the tempo is another."""
        strays, self._strays = self._strays, []
        apart = [self.at(seconds) - number for number, seconds in strays]
        lost = [round(distance) for distance in apart]
        if not _whole(apart, lost):
            self._points.clear()
            self._prior = 0.0
            self._take(strays)
        elif lost[-1] < 0:  # nobody sends ticks that were not: they come in bunches, and the line is a little slow
            self._take(strays)
        else:
            self.number += lost[-1]
            self._take([(number + gone, seconds) for (number, seconds), gone in zip(strays, lost, strict=True)])

    @property
    def sound(self) -> bool:
        """Whether there is enough to believe its pace."""
        return len(self._points) >= (1 if self._prior else NEEDED) and self.pace > 0

    def at(self, seconds: float) -> float:
        """The tick, with its fraction, at clock time `seconds`."""
        number, there = self._last
        return number + (seconds - there) / self.pace if self.pace else number

    def _take(self, points: Sequence[Point]) -> None:
        self._points.extend(points)
        end = self._points[-1]
        ticks = [number - end[0] for number, _ in self._points]
        times = [seconds - end[1] for _, seconds in self._points]
        place, pace = _fitted(ticks, times, self._prior)
        if pace > 0 or not self.pace:
            self.pace = max(pace, 0.0)
            self._last = (end[0], end[1] + place)


def _whole(apart: Sequence[float], lost: Sequence[int]) -> bool:
    """Whether distances from the line are whole numbers of ticks, rather than growing as those of a new tempo do."""
    rest = [distance - gone for distance, gone in zip(apart, lost, strict=True)]
    n, bias, mean = len(rest), sum(rest) / len(rest), sum(apart) / len(apart)
    u = [i - (n - 1) / 2 for i in range(n)]
    slope = sum(a * b for a, b in zip(u, apart, strict=True)) / sum(a * a for a in u)
    if lost[0] == lost[-1]:
        return abs(slope) <= LEAN and abs(bias) <= BIAS
    as_lost = sum((r - bias) ** 2 for r in rest)
    as_tempo = sum((distance - mean - slope * a) ** 2 for a, distance in zip(u, apart, strict=True))
    return abs(bias) <= BIAS and as_lost <= CLEAR * (as_tempo + n * BLUR)


def _fitted(x: Sequence[float], y: Sequence[float], prior: float) -> Point:
    """(value, slope) at x = 0, the newest, of the straight fit; of the bent one when its bend is certain."""
    n = len(x)
    middle, mean = sum(x) / n, sum(y) / n
    u = [value - middle for value in x]
    spread = sum(a * a for a in u)
    weight = PRIOR if prior else 0.0
    if not spread + weight:
        return 0.0, 0.0
    slope = (sum(a * b for a, b in zip(u, y, strict=True)) + weight * prior) / (spread + weight)
    straight = (mean - middle * slope, slope)
    if n < WINDOW // 4:
        return straight
    cubic = sum(a**3 for a in u) / spread  # the parabola that is at right angles to every straight line
    level = spread / n
    bow = [a * a - cubic * a - level for a in u]
    power = sum(b * b for b in bow)
    rest = [b - mean - slope * a for a, b in zip(u, y, strict=True)]
    bend = sum(a * b for a, b in zip(bow, rest, strict=True)) / power
    noise = max(sum((r - bend * b) ** 2 for r, b in zip(rest, bow, strict=True)) / (n - 3), FINEST**2)
    certainty = bend * bend * power / noise
    if certainty < LIKELY**2:
        return straight
    place = straight[0] + bend * (middle * middle + cubic * middle - level)
    return place, slope - bend * (2 * middle + cubic) if certainty >= CERTAIN**2 else slope
