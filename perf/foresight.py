"""Between two frames: what has come is told to the sampler before its tick, and when the next frame had better come.

Part of the composition root; the `Haste` of a show's `Rest`.
"""

from collections.abc import Callable

from perf.core.state import State
from perf.core.tick import Tick
from perf.rig import Rig


class Foresight:
    """`foreseen` gives the state as it is and the tick that would come. A leap is told once, here or by its tick."""

    def __init__(self, foreseen: Callable[[float], tuple[State, Tick]], rig: Rig) -> None:
        self._foreseen, self._rig = foreseen, rig
        self._told = 0  # touches that the sampler was told of before their tick

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
