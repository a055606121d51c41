"""Between two frames: what has come is told to the sampler before its tick, and when the next frame had better come.

Part of the composition root; the `Haste` of a show's `Rest`.
"""

import math
import operator
from collections.abc import Callable

from perf.core.leaps import next_leap
from perf.core.state import State
from perf.core.tick import Tick
from perf.rig import Rig

SIGHT = 0.5  # seconds that leaps are foreseen
REACH = 1.2  # times half a frame that one is moved: no leap is between the places of two where one comes a little late
ROOM = 0.008  # seconds before a frame that is placed in which no image is taken in: it would be late


class Foresight:
    """`foreseen` gives the state as it is and the tick that would come, `now` the time. A leap is told once, here or by
    its tick."""

    def __init__(self, foreseen: Callable[[float], tuple[State, Tick]], rig: Rig, now: Callable[[], float]) -> None:
        self._foreseen, self._rig, self._now = foreseen, rig, now
        self._taken = self._fixed = False  # in this rest: an image was taken in, the frame is placed
        self._waits = False  # an image came too late for a frame that was placed
        self._told = 0  # touches that the sampler was told of before their tick
        self._leap, self._seen = 0.0, 0.0  # when the score leaps next, and until when that is known
        self._score: tuple[object, ...] = ()  # what it was known of

    def hear(self, now: float) -> bool:
        """Hand over the job of the tick that will come, as far as it is known; nothing happens but that. Whether the
        next frame shows what has come: it does unless an image is to show it."""
        before, result = self._foreseen(now)
        self._rig.sampler.submit(result.frame.job)
        self.ticked(before, result.state, now)
        self._told = result.state.touches
        return not self._rig.meters.waiting

    def ticked(self, before: State, after: State, now: float) -> None:
        """A tick at `now` has led from one state to the next: what leaps in it asks for an image."""
        if after.touches not in (before.touches, self._told):
            self._rig.meters.leapt(now)

    def answered(self, left: float) -> bool:
        """Take in an image that has come, one a frame: in a rest that costs nothing. Whether it is the one that
        something which leapt has asked for: a frame had better show it at once."""
        if self._taken or not self._rig.sampler.arrived or (self._fixed and left < ROOM):
            return False
        waited, self._taken = self._rig.meters.waiting, True
        self._take()
        return waited and not self._rig.meters.waiting

    def begun(self) -> None:
        """A frame begins: what came at last is taken in, unless that would make it miss its place; once, not again."""
        waits = self._fixed and not self._taken and not self._waits and self._rig.sampler.arrived
        if not self._taken and not waits:
            self._take()
        self._taken, self._fixed, self._waits = False, False, waits

    def _take(self) -> None:
        picture = self._rig.sampler.newest(self._rig.state.seconds)  # it came since: the next frame shows some of it
        if picture is None:
            return
        self._rig.compositor.show(picture)
        if not self._rig.meters.newest:
            self._rig.report(f"first image after {self._now():.1f} s")
        self._rig.meters.pictured(picture.seconds, picture.asked)

    def hold(self, now: float) -> float:
        """Seconds that a frame due `now` had better wait for that image."""
        if not self._rig.meters.waiting or self._rig.sampler.arrived:
            return 0.0
        return self._rig.meters.hold(now, self._rig.sampler.status().step_ms / 1000)

    def placed(self, due: float, early: float) -> tuple[float, bool]:
        """When a frame that is `due` had better begin, and whether a leap of the score is presented then as it happens.
        A window's frames are the screen's to place."""
        drawing, by = self._rig.meters.latency.drawing, REACH * early
        begin = math.inf if not self._rig.options.headless else self._next_leap(due - by + drawing) - drawing
        self._fixed = abs(begin - due) <= by
        return (begin if self._fixed else due), self._fixed

    def _next_leap(self, after: float) -> float:
        timeline, state = self._rig.patch.timeline, self._rig.state
        cues = state.cues  # made anew in every tick; these parts of it are not
        parts = (cues.current, cues.since, cues.pending, cues.clips)
        score = (timeline, state.transport, state.automated, state.automation.fresh, *parts)
        known = all(map(operator.is_, score, self._score)) and len(self._score) > 0
        if not known or not after < self._seen:
            self._score, self._leap = score, next_leap(self._rig.patch, state, after, SIGHT)
            self._seen = min(self._leap, after + SIGHT)
        return self._leap
