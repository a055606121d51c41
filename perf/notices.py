"""What a performer is told that is no fault: what a command led to, and what the sampler cannot play as asked."""

from collections.abc import Iterable

from perf.core.event import Outcome
from perf.core.recorder import RECORD
from perf.core.state import State
from perf.worker.message import Status

PANIC = ("/panic", "/master/panic")
UNARMED = "nothing is armed, so nothing is recorded; send /automation/arm /camera/* or arm parameters on the page"


class Notices:
    """Gathered from tick to tick, and given out once a second."""

    def __init__(self) -> None:
        self._fresh: list[tuple[str, str]] = []
        self._sampler = ""

    def heard(self, outcomes: Iterable[Outcome], state: State) -> None:
        """What these commands led to that is not seen at once."""
        for outcome in outcomes:
            if outcome.event.address in PANIC and outcome.kind == "command" and not state.automated:
                self._fresh.append(("panic", outcome.detail))
            if outcome.event.address == RECORD and outcome.kind == "set" and not state.automation.armed:
                hand = state.hands.get(RECORD)
                self._fresh += [("automation", UNARMED)] if hand and hand.value else []

    def said(self, sampler: Status) -> list[tuple[str, str]]:
        """What is new: (kind, words). What the sampler says is new when it changes: words that its archive has not."""
        now, before = sampler.message if sampler.state == "playing" else "", self._sampler
        self._sampler = now
        fresh, self._fresh = self._fresh, []
        return [*fresh, ("sampler", now)] if now and now != before else fresh
