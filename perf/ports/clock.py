"""Clocks: the only place where time is read. A clock gives (index, seconds) and, live, waits; nothing else waits."""

import time
from collections.abc import Callable, Iterator

EARLY = 0.5  # of an interval: by so much a frame may come before it is due without putting off the next


class SystemClock:
    """Seconds since the clock was made, from the monotonic clock, and frames paced to `fps`.

    `rest` waits so many seconds for the next frame (0 where it is due), and may use them, or fewer, or more; the second
    number is by how many it may end early without a cost.
    """

    def __init__(self, fps: float) -> None:
        self.rest: Callable[[float, float], None] = lambda seconds, early: time.sleep(seconds)
        self._zero = time.perf_counter()
        self._interval = 1.0 / fps

    def now(self) -> float:
        """Seconds since the start; safe from any thread."""
        return time.perf_counter() - self._zero

    def pace(self, fps: float) -> None:
        """Change the rate of frames."""
        self._interval = 1.0 / fps

    def frames(self) -> Iterator[tuple[int, float]]:
        """(index, seconds) of each frame, for ever. The next is due an interval after one that is late, or too early;
        one that is a little early puts nothing off, or whatever hastens frames would make more of them."""
        index, due = 0, self.now()
        while True:
            now = self.now()
            early = EARLY * self._interval
            self.rest(max(due - now, 0.0), early)
            now = self.now()
            due = max(min(due, now + early) + self._interval, now)
            yield index, now
            index += 1


class OfflineClock:
    """The same frames without waiting: frame n is at n / fps seconds, exactly."""

    def __init__(self, fps: float, seconds: float) -> None:
        self._fps, self._count = fps, round(seconds * fps)
        self._index = 0

    def __len__(self) -> int:
        return self._count

    def now(self) -> float:
        """Seconds of the frame last given."""
        return self._index / self._fps

    def frames(self) -> Iterator[tuple[int, float]]:
        """(index, seconds) of each frame."""
        for index in range(self._count):
            self._index = index
            yield index, self.now()
