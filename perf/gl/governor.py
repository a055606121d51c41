"""What keeps one slow shader from freezing a show: its time is measured, and what it draws is made less until it fits.

First fewer pixels (a half of each side, a quarter … a thirty-second), then fewer frames. Decides only; draws nothing
and reads no clock.
"""

from collections import deque
from dataclasses import dataclass, field
from math import inf

DIVISORS = (1, 2, 4, 8, 16, 32)  # of a picture's sides
RARELY, OFTEN = 60, 4  # draws between two measurements, of a shader that fits and of one that may not
LATE = 4.0  # limits since the frame before, after which is measured at once
SURE = 3  # measurements in a row that change anything
ROOM = 0.8  # of the limit, in which more must fit before it is tried
SOON, PATIENT = 1200, 64  # draws after more was tried, in which less again says that to wait longer; measurements
EASED = 0.5  # of what more was thought to take when it was tried last, below which it is another load
SELDOM = 60  # frames that a picture may stand, at most


@dataclass(slots=True)
class Limit:
    """What one shader may take of a frame, in seconds; 0 takes no measure of any. `said` gathers words to a person."""

    seconds: float = 0.0
    said: list[str] = field(default_factory=list)


class Governor:
    """One use of a shader: how finely (`divisor` of the sides) and how often (`every` so many frames) it is drawn."""

    def __init__(self, limit: Limit, name: str, guess: float = 0.0) -> None:
        self._limit, self.name = limit, name
        self.divisor, self.every = 1, 1
        self.cost = 0.0  # seconds of a draw as it is now, as last measured
        self._last: deque[float] = deque(maxlen=SURE)
        self._next, self._late = OFTEN, False
        self._roomy, self._wanted = 0, 1  # measurements with room, and those that it takes to try more
        self._tried, self._hoped = -SOON, 0.0  # the draw in which that was, and the seconds that it was thought to take
        self._before = (inf, 1)  # seconds of a draw when it was made less last, and its divisor
        if limit.seconds and guess > 2.0 * limit.seconds:
            self._set(guess, 1)

    @property
    def words(self) -> str:
        """How it is drawn, in words; "" where it is drawn whole."""
        size = f"at 1/{self.divisor} of its size" if self.divisor > 1 else ""
        rate = f"every {self.every} frames" if self.every > 1 else ""
        return ", ".join(filter(None, (size, rate)))

    @property
    def summary(self) -> str:
        """Its name, what a draw takes and how it is drawn."""
        return f"{self.name} {1000 * self.cost:.1f} ms" + (f" {self.words}" if self.words else "")

    def due(self, draws: int, delta: float = 0.0) -> bool:
        """Whether the draw after `draws` others, `delta` seconds after the frame before, is to be measured."""
        self._late = delta > LATE * self._limit.seconds
        return self._limit.seconds > 0.0 and (self._late or draws >= self._next)

    def measured(self, seconds: float, draws: int) -> None:
        """A draw took so long."""
        self.cost = seconds
        limit = self._limit.seconds
        again = self._late and seconds > LATE * limit  # the frame before was as late, so this is no hiccup
        self._last.extend([seconds] * (SURE if again else 1))
        least, most = min(self._last), max(self._last)
        sure = len(self._last) == SURE
        room = self.every * limit  # what is drawn in fewer frames fits where they all make up for it
        more = self._more(most)
        self._wanted = 1 if sure and more < EASED * self._hoped else self._wanted
        self._roomy = self._roomy + 1 if sure and self.words and more < ROOM * limit else 0
        if limit and (sure or seconds > 8.0 * room) and least > room:
            self._wanted = min(2 * self._wanted, PATIENT) if draws - self._tried < SOON else 1
            self._set(sorted(self._last)[len(self._last) // 2], self.divisor)
        elif self._roomy >= self._wanted:
            self._finer(most)
            self._roomy, self._tried, self._hoped = 0, draws, more
        calm = seconds < limit and len(self._last) == SURE
        self._next = draws + (RARELY if calm else 1 if self.every > 1 else OFTEN)

    def free(self) -> None:
        """There is no limit any more."""
        if self.words:
            self.divisor = self.every = 1
            self._before = (inf, 1)
            self._last.clear()

    def _more(self, seconds: float) -> float:
        """What a frame would take, on average, of the next finer way to draw."""
        return seconds / (self.every // 2) if self.every > 1 else 4.0 * seconds

    def _finer(self, seconds: float) -> None:
        self._before = (inf, 1)
        if self.every > 1:
            self.every = min(self._share(seconds / ROOM), self.every // 2)
        else:
            self.divisor = DIVISORS[max(DIVISORS.index(self.divisor) - 1, 0)]
        self._last.clear()
        self._limit.said.append(f"{self.name} is drawn {self.words or 'whole'} again")

    def _set(self, seconds: float, divisor: int) -> None:
        """Draw so much less that what took `seconds` at `divisor` fits: fewer pixels, or where those were no help, as
        when the machine is busy with something else, the same pixels in fewer frames."""
        limit, (before, finer), words = self._limit.seconds, self._before, self.words
        helped = divisor == finer or seconds < before * finer / divisor  # pixels alone take that squared
        whole = seconds * divisor**2 if helped else seconds
        if helped:
            self._before = (seconds, divisor)
            self.divisor = next((d for d in DIVISORS if whole / d**2 <= limit and d >= divisor), DIVISORS[-1])
        self.every = self._share(whole / self.divisor**2 if helped else seconds)
        self._last.clear()
        took = f"takes {1000 * whole:.0f} ms of each frame, more than {1000 * limit:.0f} ms"
        if self.words != words:
            self._limit.said.append(f"{self.name} {took}: it is drawn {self.words}")

    def _share(self, seconds: float) -> int:
        """Every how many frames a draw of so many seconds is to be made."""
        limit = self._limit.seconds
        return min(max(round(seconds / limit + 0.5), 1), SELDOM) if seconds > limit else 1
