"""The mailbox: how threads hand events, faults and frames to one another. All locks of the project are in this file.

Rules: `put` never blocks for long and never raises; a full box drops and counts; whoever takes, takes all at once.
"""

import heapq
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from itertools import count
from threading import Condition, Lock
from typing import Generic, TypeVar

from perf.core.event import Event

T = TypeVar("T")

CAPACITY = 65536  # events between two ticks
AHEAD_CAPACITY = 4096  # events that wait for their time tag
HORIZON = 10.0  # seconds ahead that a time tag may lie; farther ones are applied at once and counted (control.md 1.1)


class Inbox:
    """Events from every port to the tick, and the faults that ports met. Bundles stay together and in order."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._lock = Lock()
        self._now: list[Event] = []
        self._ahead: list[tuple[float, int, tuple[Event, ...]]] = []
        self._order = count()
        self._capacity = capacity
        self._received = 0
        self._faults: Counter[str] = Counter()
        self._messages: deque[tuple[str, str]] = deque(maxlen=200)

    def put(self, events: Sequence[Event], due: float | None = None, now: float = 0.0) -> None:
        """Put one message or bundle; `due` (clock seconds) holds it until then, unless it has passed by `now`."""
        with self._lock:
            self._received += len(events)
            if due is not None and now < due <= now + HORIZON and len(self._ahead) < AHEAD_CAPACITY:
                heapq.heappush(self._ahead, (due, next(self._order), tuple(events)))
                return
            if due is not None and due > now:
                self._fault("time tag", f"a time tag {due - now:.1f} s ahead was applied at once")
            room = self._capacity - len(self._now)
            self._now.extend(events[:room] if room < len(events) else events)
            if room < len(events):
                self._faults["full inbox"] += len(events) - max(room, 0)

    def drain(self, now: float) -> list[Event]:
        """Take what has come and what is due, in order of arrival."""
        with self._lock:
            events, self._now = self._now, []
            while self._ahead and self._ahead[0][0] <= now:
                events.extend(heapq.heappop(self._ahead)[2])
        return events

    def fault(self, kind: str, message: str) -> None:
        """Count something that a port could not use, and keep the message for the performer."""
        with self._lock:
            self._fault(kind, message)

    def _fault(self, kind: str, message: str) -> None:
        self._faults[kind] += 1
        self._messages.append((kind, message))

    def faults(self) -> tuple[Counter[str], list[tuple[str, str]]]:
        """Counts since the start, and the messages since the last call."""
        with self._lock:
            messages = list(self._messages)
            self._messages.clear()
            return Counter(self._faults), messages

    @property
    def received(self) -> int:
        """Events put since the start."""
        return self._received


class Slot(Generic[T]):
    """The newest of something: putting replaces, taking empties."""

    def __init__(self) -> None:
        self._condition = Condition()
        self._item: T | None = None
        self._closed = False

    def put(self, item: T) -> None:
        """Replace what is there."""
        with self._condition:
            self._item = item
            self._condition.notify()

    def take(self) -> T | None:
        """What is there, or None."""
        with self._condition:
            item, self._item = self._item, None
            return item

    def wait(self) -> T | None:
        """Wait for the next item; None when closed."""
        with self._condition:
            self._condition.wait_for(lambda: self._item is not None or self._closed)
            item, self._item = self._item, None
            return item

    def close(self) -> None:
        """Let every waiter go."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()


class Queue(Generic[T]):
    """A short bounded line from one thread to another; a full one refuses, so that the show never waits."""

    def __init__(self, capacity: int) -> None:
        self._condition = Condition()
        self._items: deque[T] = deque()
        self._capacity = capacity
        self._closed = False

    def offer(self, item: T) -> bool:
        """Put, unless the line is full or closed."""
        with self._condition:
            if self._closed or len(self._items) >= self._capacity:
                return False
            self._items.append(item)
            self._condition.notify()
            return True

    def put(self, item: T) -> bool:
        """Put, waiting for room (offline only); False when closed."""
        with self._condition:
            self._condition.wait_for(lambda: self._closed or len(self._items) < self._capacity)
            if not self._closed:
                self._items.append(item)
                self._condition.notify_all()
            return not self._closed

    def __iter__(self) -> Iterator[T]:
        while True:
            with self._condition:
                self._condition.wait_for(lambda: self._items or self._closed)
                if not self._items:
                    return
                item = self._items.popleft()
                self._condition.notify_all()
            yield item

    def close(self) -> None:
        """No more items; what is there is still given out."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()
