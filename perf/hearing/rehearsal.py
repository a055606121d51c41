"""A sound heard before its film is made: the events that a show would have had of it. The same ones every time.

The patch is ticked through ten times a second, so that settings may move and the beat may lead.
"""

from collections import deque
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from perf.core.event import Event, Value
from perf.core.frame import Frame
from perf.core.hearing import PREFIX, settings_of
from perf.core.moment import Moment
from perf.core.patch import Patch
from perf.core.state import State
from perf.core.tick import tick
from perf.hearing.ear import Ear
from perf.hearing.lead import Lead

TICK = 0.1  # seconds
Timed = tuple[float, Event]


def listens(patch: Patch) -> bool:
    """Whether anything in a patch depends on what is heard."""
    return any(address.startswith(PREFIX) for address in patch.timeline.reads) or _led(patch.floor)


def _led(values: Mapping[str, Value]) -> bool:
    return values["/clock/source"] == "sound"


def rehearsed(patch: Patch, events: Iterable[Timed], samples: NDArray[np.generic], rate: int) -> list[Timed]:
    """(seconds, event) of what is heard in `samples` (n, channels), the first at 0, while `events` happen too."""
    ear, lead = Ear(rate), Lead()
    wanted = [address for address in patch.timeline.reads if address.startswith(PREFIX)]
    told = dict.fromkeys(wanted, 0.0)
    state, coming, fresh = State(transport=patch.transport), deque(events), list[Timed]()
    heard: list[Timed] = []
    for index in range(-(-len(samples) // round(rate * TICK))):
        now = index * TICK
        due = [event for _, event in fresh]
        while coming and coming[0][0] <= now:
            due.append(coming.popleft()[1])
        result = tick(patch, state, due, Moment(index, now))
        state, fresh = result.state, list[Timed]()
        block = samples[round(now * rate) : round((now + TICK) * rate)]
        end = now + len(block) / rate
        for left in ear.feed(block, settings_of(result.frame.values)):
            fresh += [(end - left, event) for event in _said(ear, end - left, wanted, told)]
            fresh += [(end - left, event) for event in _leading(lead, ear, end - left, result.frame)]
        heard += fresh
    return heard


def _said(ear: Ear, seconds: float, wanted: list[str], told: dict[str, float]) -> list[Event]:
    """The readings that have changed."""
    if not wanted:
        return []
    readings = ear.readings()
    changed = {a: readings[a] for a in wanted if a in readings and readings[a] != told[a]}
    told.update(changed)
    return [Event(seconds, address, (value,), "status") for address, value in changed.items()]


def _leading(lead: Lead, ear: Ear, seconds: float, frame: Frame) -> list[Event]:
    moment = frame.moment
    if not _led(frame.values):
        return []
    return lead.events(seconds, ear.beat, moment.beat + (seconds - moment.seconds) * moment.tempo / 60)
