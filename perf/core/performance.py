"""A performance played again: a patch and a take's events, ticked at the times that its owner asks for.

Two of them may go through the same events on two grids of times, the sampler's and the film's.
"""

from collections import deque
from collections.abc import Iterable, Iterator

from perf.core.event import Event
from perf.core.frame import Frame
from perf.core.moment import Moment
from perf.core.patch import Patch
from perf.core.state import State
from perf.core.tick import tick


class Performance:
    """A patch with (seconds, event) pairs in order of time; an event acts at the first tick at or after its own time,
    which may be before the seconds of the tick that it had when it was played: a cue that went between the two would go
    before it otherwise, where these ticks are other ones."""

    def __init__(self, patch: Patch, events: Iterable[tuple[float, Event]] = ()) -> None:
        self.patch = patch
        self.state = State(transport=patch.transport)
        self._coming = deque(_dated(events))

    def at(self, index: int, seconds: float) -> Frame:
        """The tick at `seconds`, which is not before the last one's."""
        due: list[Event] = []
        while self._coming and self._coming[0][0] <= seconds:
            due.append(self._coming.popleft()[1])
        result = tick(self.patch, self.state, due, Moment(index, seconds))
        self.state = result.state
        return result.frame


def _dated(events: Iterable[tuple[float, Event]]) -> Iterator[tuple[float, Event]]:
    """Each event with when it acts: not after its tick, nor before those that were heard before it."""
    last = 0.0
    for ticked, event in events:
        last = max(last, min(ticked, event.seconds))
        yield last, event
