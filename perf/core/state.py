"""The live parameter state: what the performer's hands hold, where the transport and the camera are. Frozen.

A value resolves in three floors: default < timeline < hand. A glide is stored as its start, end and times, so that a
state needs no tick to be true: two loops at different rates read the same value at the same second.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TypeVar

from perf.core.automation import Automation
from perf.core.camera import Pose
from perf.core.curve import blend
from perf.core.event import Value
from perf.core.footage import Head
from perf.core.frame import Preview
from perf.core.moment import Transport
from perf.core.param import Param, Table
from perf.core.patch import Patch
from perf.core.shot import Shot
from perf.core.standing import Standing


@dataclass(frozen=True, slots=True)
class Hand:
    """A value held by the performer since `since`, reached from `start` in `glide` seconds. `source` is who set it."""

    value: Value
    start: Value
    since: float
    glide: float = 0.0
    source: str = ""

    def at(self, seconds: float) -> Value:
        """The held value at clock time `seconds`."""
        if self.glide <= 0.0 or seconds >= self.since + self.glide:
            return self.value
        return blend(self.start, self.value, max(seconds - self.since, 0.0) / self.glide)

    def of(self, param: Param) -> "Hand":
        """The same on another patch's parameter. Raises ValueError where that does not take the value."""
        return replace(self, value=_taken(param, self.value), start=_taken(param, self.start))


@dataclass(frozen=True, slots=True)
class Release:
    """A parameter on its way from the hand's last value back to the floor below."""

    start: Value
    since: float
    glide: float

    def over(self, below: Value, seconds: float) -> Value:
        """The value at clock time `seconds`, with `below` the floor's."""
        return blend(self.start, below, min(max(seconds - self.since, 0.0) / self.glide, 1.0))

    def done(self, seconds: float) -> bool:
        """Whether the floor below has it back."""
        return seconds >= self.since + self.glide

    def of(self, param: Param) -> "Release":
        """The same on another patch's parameter. Raises ValueError where that does not take the value."""
        return replace(self, start=_taken(param, self.start))


Held = TypeVar("Held", Hand, Release)


@dataclass(frozen=True, slots=True)
class State:
    """Everything that a tick carries to the next.

    `shots` are those asked for by hand, with the clock times since when; `placed` is where shots had taken the camera
    at the last tick (None: it is cut to another place). `readings` are what was measured, by `/status/…` address.
    `touches` counts what the sampler is not to wait with: what a hand set of its own, and leaps of `leap`, a part of
    the last job; `second_touches` what a hand set of the second's.
    `preview` is what the coming cue would ask for, as of a little while ago. `heads` are the play heads of layers that
    show films, by their numbers.
    """

    transport: Transport = field(default_factory=Transport)
    hands: Mapping[str, Hand] = field(default_factory=dict)
    releases: Mapping[str, Release] = field(default_factory=dict)
    automated: bool = True
    pose: Pose = field(default_factory=Pose)
    shots: tuple[tuple[float, Shot], ...] = ()
    placed: Pose | None = None
    drift: float = 0.0
    seconds: float = 0.0
    epoch: int = 0
    cues: Standing = field(default_factory=Standing)
    readings: Mapping[str, Value] = field(default_factory=dict)
    touches: int = 0
    second_touches: int = 0
    leap: tuple[object, ...] = ()
    preview: Preview | None = None
    automation: Automation = field(default_factory=Automation)
    heads: Mapping[int, Head] = field(default_factory=dict)

    def on(self, patch: Patch, before: Patch) -> "State":
        """The same state for another patch than the one `before`: what is held, armed and recorded of parameters that
        it still has stays, cues are known by their names, and its tempo track and metre are followed where they are
        others."""
        hands, releases = _kept(self.hands, patch.table), _kept(self.releases, patch.table)
        automation = self.automation.adopted(patch.timeline.lanes, patch.table, before.table)
        transport = self.transport
        if patch.meter != before.meter:
            transport = replace(transport, meter=patch.meter)
        if patch.timeline.course != before.timeline.course:
            transport = transport.with_course(self.seconds, patch.timeline.course)
        alike = (patch.timeline.shots, patch.meter) == (before.timeline.shots, before.meter)
        return replace(
            self,
            transport=transport,
            hands=hands,
            releases=releases,
            cues=self.cues.on(patch.timeline, before.timeline),
            preview=None,
            automation=automation,
            placed=self.placed if alike else None,  # by other shots the camera goes on from where it is
        )


def _kept(held: Mapping[str, Held], table: Table) -> dict[str, Held]:
    """What another patch's parameters take of it: a choice may be there no more."""
    kept = {}
    for address, one in held.items():
        if address in table:
            with suppress(ValueError):
                kept[address] = one.of(table[address])
    return kept


def _taken(param: Param, value: Value) -> Value:
    return param.coerce(value if isinstance(value, tuple) else (value,))[0]
