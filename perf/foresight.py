"""Between two frames: what has come is told to the sampler before its tick, and when the next frame had better come.

Part of the composition root; the `Haste` of a show's `Rest`.
"""

import operator
from collections.abc import Callable

from perf.core.leaps import next_leap
from perf.core.state import State
from perf.core.tick import Tick
from perf.rig import Rig

SIGHT = 0.5  # seconds that leaps are foreseen


class Foresight:
    """`foreseen` gives the state as it is and the tick that would come. A leap is told once, here or by its tick."""

    def __init__(self, foreseen: Callable[[float], tuple[State, Tick]], rig: Rig) -> None:
        self._foreseen, self._rig = foreseen, rig
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

    def answered(self) -> bool:
        """Whether the image is there that something which leapt has asked for: a frame had better show it at once."""
        return self._rig.meters.waiting and self._rig.sampler.arrived

    def hold(self, now: float) -> float:
        """Seconds that a frame due `now` had better wait for that image."""
        if not self._rig.meters.waiting or self._rig.sampler.arrived:
            return 0.0
        return self._rig.meters.hold(now, self._rig.sampler.status().step_ms / 1000)

    def placed(self, due: float, by: float) -> float:
        """When a frame that is `due` had better begin, at most `by` seconds sooner or later: so that a leap of the
        score is presented as it happens. A window's frames are the screen's to place."""
        if not self._rig.options.headless:
            return due
        drawing = self._rig.meters.latency.drawing
        begin = self._next_leap(due - by + drawing) - drawing
        return begin if abs(begin - due) <= by else due

    def _next_leap(self, after: float) -> float:
        score = (self._rig.patch.timeline, self._rig.state.transport)
        known = all(map(operator.is_, score, self._score)) and len(self._score) > 0
        if not known or not after < self._seen:
            self._score, self._leap = score, next_leap(*score, after, SIGHT)
            self._seen = min(self._leap, after + SIGHT)
        return self._leap
