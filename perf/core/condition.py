"""Conditions of cues, of jumps and of those that wait: whether one holds, and since when, however rare ticks are.

What hangs on time alone is found between two ticks; what a message changes is looked at as it comes.
"""

from collections.abc import Mapping
from typing import Protocol

from perf.core.event import Value
from perf.core.formula import Formula, Scope
from perf.core.moment import Transport
from perf.core.patch import Patch
from perf.core.standing import Standing

HALVED = 12  # times that the time between two ticks is halved: 8 µs
LOOKS = 32  # for messages of one tick, of some 0.1 ms each: in a flood of them conditions wait for the tick's end


class Desk(Protocol):
    """What conditions look at: `core.apply.Desk`."""

    transport: Transport
    cues: Standing
    looked: float  # the clock time at which it was last looked at: that of the last tick, or of a message since
    looks: int  # for messages of this tick

    @property
    def patch(self) -> Patch:
        """The patch."""

    def values(self, seconds: float) -> Mapping[str, Value]:
        """Every parameter as it stands at clock time `seconds`."""


def hangs_on(desk: Desk, address: str) -> bool:
    """Whether a condition that is waited for hangs on what a message to an address does: it looks at it; or the message
    moves the transport, or reaches more than one."""
    cues, standing = desk.patch.timeline.cues, desk.cues
    current = cues[standing.current] if 0 <= standing.current < len(cues) else None
    if current is None or not (current.jumps or standing.waiting) or desk.looks >= LOOKS:
        return False
    asked = [jump.when for jump in current.jumps] + ([current.until] if current.until else [])
    elsewhere = address not in desk.patch.table or address.startswith("/transport/")
    return elsewhere or any(address in condition.reads for condition in asked)


def holds(desk: Desk, condition: Formula, seconds: float) -> bool:
    """Whether a condition is not 0 then; it may look at `since`, the beats since its cue, and `times` that it fired."""
    moment, standing = desk.transport.place(0, seconds), desk.cues
    name = desk.patch.timeline.cues[standing.current].name
    scope = Scope(
        seconds=moment.position,
        beat=moment.beat,
        bars=moment.bars,
        tempo=moment.tempo,
        values=desk.values(seconds),
        since=moment.beat - standing.since,
        times=float(standing.times.get(name, 0)),
    )
    return condition.at(scope) != 0.0


def began(desk: Desk, condition: Formula, seconds: float) -> float:
    """Since when a condition holds that does at clock time `seconds`: at the earliest since it was last looked at, or
    since its cue went; then, where it held before."""
    went = desk.transport.when(desk.cues.since)
    if desk.looked < went <= seconds:
        if holds(desk, condition, went):
            return went
        if not desk.cues.waiting:  # a chain that is quicker than the frames does not fall behind
            return seconds
    low, high = max(desk.looked, desk.transport.seconds), seconds
    if not low < high or holds(desk, condition, low):
        return low if desk.looked < low < high else seconds  # the transport has gone elsewhere since
    for _ in range(HALVED):
        middle = (low + high) / 2
        low, high = (low, middle) if holds(desk, condition, middle) else (middle, high)
    return high
