"""Clocks: the only place where time is read. A clock gives (index, seconds) and, live, waits; nothing else waits."""

import time
from collections.abc import Callable, Iterator


class SystemClock:
    """Seconds since the clock was made, from the monotonic clock, and frames paced to `fps`.

    `rest` waits so many seconds for the next frame (0 where it is due), and may use them, or fewer, or more.
    """

    def __init__(self, fps: float) -> None:
        self.rest: Callable[[float], None] = time.sleep
        self._zero = time.perf_counter()
        self._interval = 1.0 / fps

    def now(self) -> float:
        """Seconds since the start; safe from any thread."""
        return time.perf_counter() - self._zero

    def pace(self, fps: float) -> None:
        """Change the rate of frames."""
        self._interval = 1.0 / fps

    def frames(self) -> Iterator[tuple[int, float]]:
        """(index, seconds) of each frame, for ever. The next is due an interval after one that is late or early."""
        index, due = 0, self.now()
        while True:
            now = self.now()
            self.rest(max(due - now, 0.0))
            now = self.now()
            due = max(min(due, now) + self._interval, now)
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
