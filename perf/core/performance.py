"""A performance played again: a patch and a take's events, ticked at the times that its owner asks for.

Two of them may go through the same events on two grids of times, the sampler's and the film's.
"""

from collections import deque
from collections.abc import Iterable

from perf.core.event import Event
from perf.core.frame import Frame
from perf.core.moment import Moment
from perf.core.patch import Patch
from perf.core.state import State
from perf.core.tick import tick


class Performance:
    """A patch with (seconds, event) pairs in order of time; an event acts at the first tick at or after its time."""

    def __init__(self, patch: Patch, events: Iterable[tuple[float, Event]] = ()) -> None:
        self.patch = patch
        self.state = State(transport=patch.transport)
        self._coming = deque(events)

    def at(self, index: int, seconds: float) -> Frame:
        """The tick at `seconds`, which is not before the last one's."""
        due: list[Event] = []
        while self._coming and self._coming[0][0] <= seconds:
            due.append(self._coming.popleft()[1])
        result = tick(self.patch, self.state, due, Moment(index, seconds))
        self.state = result.state
        return result.frame
