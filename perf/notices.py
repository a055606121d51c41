"""What a performer is told that is no fault: what a command led to, and what the sampler cannot play as asked."""

from collections.abc import Iterable

from perf.core.event import Outcome
from perf.core.recorder import RECORD
from perf.core.state import State
from perf.worker.message import Status

PANIC = ("/panic", "/master/panic")
UNARMED = "nothing is armed, so nothing is recorded; send /automation/arm /camera/* or arm parameters on the page"
HELD = "recording begins when the timeline plays: /transport/play, or P in the window"
RECORDING = "recording what is done to what is armed"


class Notices:
    """Gathered from tick to tick, and given out once a second."""

    def __init__(self) -> None:
        self._fresh: list[tuple[str, str]] = []
        self._sampler = self._recording = ""

    def heard(self, outcomes: Iterable[Outcome], state: State) -> None:
        """What these commands led to that is not seen at once."""
        for outcome in outcomes:
            if outcome.event.address in PANIC and outcome.kind == "command" and not state.automated:
                self._fresh.append(("panic", outcome.detail))
        recording = _recording(state)
        if recording != self._recording:
            self._fresh.append(("automation", recording or "recording has ended"))
        self._recording = recording

    def said(self, sampler: Status) -> list[tuple[str, str]]:
        """What is new: (kind, words). What the sampler says is new when it changes: words that its archive has not."""
        now, before = sampler.message if sampler.state == "playing" else "", self._sampler
        self._sampler = now
        fresh, self._fresh = self._fresh, []
        return [*fresh, ("sampler", now)] if now and now != before else fresh


def _recording(state: State) -> str:
    """What a hand that has switched recording on is told; nothing without one."""
    hand = state.hands.get(RECORD)
    if hand is None or not hand.value:
        return ""
    if not state.automation.armed:
        return UNARMED
    return RECORDING if state.automated and state.transport.playing else HELD
