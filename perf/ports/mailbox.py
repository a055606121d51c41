"""The mailbox: how threads hand events, faults and frames to one another. All locks of the project are in this file.

Rules: `put` never blocks for long and never raises; a full box drops and counts, first the values that newer ones have
overtaken; whoever takes, takes all at once.
"""

import heapq
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from operator import attrgetter
from threading import Condition, Lock
from threading import Event as Flag
from time import sleep
from typing import Generic, Protocol, TypeVar

from perf.core.event import Event

T = TypeVar("T")

CAPACITY = 65536  # events between two ticks
AHEAD_CAPACITY = 4096  # events that wait for their time tag
MESSAGES = 200  # different fault messages kept between two looks
BREATH = 0.004  # seconds: a rest's end is slept through
AGAIN = 0.008  # seconds from one look at what has come to the next: a flood leaves time for others
ADMIT = 0.0001  # seconds for threads that a call into GL has kept from the interpreter to hand over what they have
LOOK = 0.003  # seconds between two questions whether a rest had better end
HORIZON = 10.0  # seconds ahead that a time tag may lie; farther ones are applied at once and counted (control.md 1.1)


class Inbox:
    """Events from every port to the tick, and the faults that ports met. Bundles stay together and in order."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._lock = Condition()
        self._fresh = False  # something has come since anybody looked
        self._now: list[Event] = []
        self._ahead: list[tuple[float, int, tuple[Event, ...]]] = []
        self._waiting = 0
        self._order = count()
        self._capacity = capacity
        self._received = 0
        self._faults: Counter[str] = Counter()
        self._messages: dict[tuple[str, str], None] = {}

    def put(self, events: Sequence[Event], due: float | None = None, now: float = 0.0) -> None:
        """Put one message or bundle; `due` (clock seconds) holds it until then, unless it has passed by `now`."""
        with self._lock:
            self._received += len(events)
            if due is not None and due > now:
                if due <= now + HORIZON and self._waiting + len(events) <= AHEAD_CAPACITY:
                    heapq.heappush(self._ahead, (due, next(self._order), tuple(events)))
                    self._waiting += len(events)
                    return
                self._fault("time tag", f"a time tag {due - now:.1f} s ahead was applied at once")
            self._add(events)

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until there is something that nobody has looked at; whether there is."""
        with self._lock:
            return self._lock.wait_for(lambda: self._fresh, seconds)

    def peek(self, now: float) -> list[Event]:
        """What `drain` would give, which it still will."""
        with self._lock:
            self._fresh = False
            ahead = (events for due, _, events in sorted(self._ahead) if due <= now)
            return _merged(self._now, [event for events in ahead for event in events])

    def drain(self, now: float) -> list[Event]:
        """Take what has come and what is due, in order of time; those who wait to put something are let in first."""
        sleep(ADMIT)
        with self._lock:
            self._fresh = False
            events, self._now = self._now, []
            ahead: list[Event] = []
            while self._ahead and self._ahead[0][0] <= now:
                ahead.extend(heapq.heappop(self._ahead)[2])
            self._waiting -= len(ahead)
        return _merged(events, ahead)

    def fault(self, kind: str, message: str) -> None:
        """Count something that a port could not use, and keep the message for the performer."""
        with self._lock:
            self._fault(kind, message)

    def say(self, kind: str, message: str) -> None:
        """Keep a message for the performer that is no fault: nothing is counted."""
        with self._lock:
            self._fault(kind, message, 0)

    def _add(self, events: Sequence[Event]) -> None:
        room = self._capacity - len(self._now)
        if len(events) > room:
            room += self._overtaken()
        if len(events) > room:
            self._faults["full inbox"] += len(events) - room
            events = events[:room]
        self._now.extend(events)
        self._fresh = True
        self._lock.notify()

    def _overtaken(self) -> int:
        """Make room in a full box: of each address only the newest event stays. How many went."""
        before = len(self._now)
        newest = {event.address: index for index, event in enumerate(self._now)}
        self._now = [self._now[index] for index in sorted(newest.values())]
        gone = before - len(self._now)
        self._faults["full inbox"] += gone
        return gone

    def _fault(self, kind: str, message: str, times: int = 1) -> None:
        self._faults[kind] += times
        if len(self._messages) < MESSAGES:  # a flood of one message is told once, and counted
            self._messages[kind, message] = None

    def faults(self) -> tuple[Counter[str], list[tuple[str, str]]]:
        """Counts since the start, and the different messages since the last call."""
        with self._lock:
            messages = list(self._messages)
            self._messages.clear()
            return Counter(self._faults), messages

    @property
    def received(self) -> int:
        """Events put since the start."""
        return self._received


def _merged(come: list[Event], due: list[Event]) -> list[Event]:
    """What has come in its order, and what had been put off where its time is."""
    return list(heapq.merge(come, due, key=attrgetter("seconds"))) if due else [*come]


class Haste(Protocol):
    """Who knows better when a frame is to come."""

    def answered(self, left: float) -> bool:
        """Take in what has come, `left` seconds before it is due; whether it had better come at once."""

    def hold(self, now: float) -> float:
        """Seconds by which one that is due at `now` had better come later."""

    def placed(self, due: float, early: float) -> tuple[float, bool]:
        """When one that is `due`, and may come so `early`, had better come; and whether at no other time."""


class Rest:
    """The wait for the next frame, as a clock's `rest`; `hear` is called with the time when something has come, and
    says whether the next frame shows it.
    """

    def __init__(self, now: Callable[[], float], inbox: Inbox, hear: Callable[[float], bool], haste: Haste) -> None:
        self._now, self._inbox, self._hear, self._haste = now, inbox, hear, haste
        self._soon = False

    def glance(self) -> None:
        """Hear what has come, without a wait."""
        if self._inbox.wait(ADMIT):
            self._soon = self._hear(self._now())

    def __call__(self, seconds: float, early: float) -> None:
        """Wait so long, or less, or as much longer as the frame is to be held; until `early` seconds before the end
        where the frame shows something that has come."""
        due, fixed = self._haste.placed(self._now() + seconds, early)
        until = due + (0.0 if fixed else self._haste.hold(due))
        while (left := until - self._now()) > BREATH:
            better = self._haste.answered(left) or (self._soon and left <= early and until == due)
            if better and not fixed:
                break
            if self._inbox.wait(min(left - BREATH, LOOK)):
                self._soon = self._hear(self._now())
                end = until - (early if self._soon else BREATH)
                sleep(min(AGAIN, max(end - self._now(), 0.0)))
        else:
            sleep(max(until - self._now(), 0.0))
        self._soon = False


class Guarded(Generic[T]):
    """A value that several threads use in turn: `with guarded as value:`."""

    def __init__(self, value: T) -> None:
        self._lock = Lock()
        self._value = value

    def __enter__(self) -> T:
        self._lock.acquire()
        return self._value

    def __exit__(self, *error: object) -> None:
        self._lock.release()


class Stop:
    """Tells a thread to end, and lets it wait meanwhile."""

    def __init__(self) -> None:
        self._event = Flag()

    def set(self) -> None:
        """End."""
        self._event.set()

    def __bool__(self) -> bool:
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until the end is asked for; whether it was."""
        return self._event.wait(seconds)


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

    def drain(self, seconds: float = 0.0) -> list[T]:
        """Take all that is there, waiting up to `seconds` for the first."""
        with self._condition:
            if seconds:
                self._condition.wait_for(lambda: self._items or self._closed, seconds)
            items = list(self._items)
            self._items.clear()
            self._condition.notify_all()
            return items

    def close(self) -> None:
        """No more items; what is there is still given out."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()
