"""OSC time tags on the show's clock. OSC synchronises no clocks, so what a tag is worth depends on who sent it.

TouchDesigner counts from its first message and a laptop may be minutes off: such tags must not make a fader late
(reference: OSC 1.0 "Temporal Semantics"; python-osc issue 110). Pure arithmetic: both clocks come in as arguments.
"""

from collections import deque
from dataclasses import dataclass, field
from statistics import median

POLICIES = ("auto", "honour", "immediate", "learn")
APART = 10.0  # seconds by which a sender's clock may differ before `auto` stops believing its tags
RECENT = 31  # packets from which the difference of the clocks is judged
LATE = 0.25  # seconds by which a tag may lie in the past and still date its events: network jitter, not a wrong clock


@dataclass(slots=True)
class TagClock:
    """One sender's clock. `policy`: honour its tags; apply them immediately; learn its offset and honour what is left;
    auto honours them while the clocks agree within 10 s and applies them immediately otherwise."""

    policy: str = "auto"
    mistrusted: int = 0
    _offsets: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT))

    def __post_init__(self) -> None:
        if self.policy not in POLICIES:
            raise ValueError(f"{self.policy!r} is no way to treat time tags; use one of {', '.join(POLICIES)}")

    def due(self, tag: float, ntp: float, now: float) -> float | None:
        """When a bundle tagged `tag` (NTP seconds) is due, in clock seconds; None for at once.

        `ntp` and `now` are the two clocks at its arrival.
        """
        ahead = tag - ntp
        if self.policy == "immediate":
            return None
        if self.policy == "honour":
            return now + ahead
        self._offsets.append(ahead)
        if self.policy == "learn":
            return now + ahead - median(self._offsets)
        if abs(ahead) > APART and abs(median(self._offsets)) > APART:
            self.mistrusted += 1
            return None
        return now + ahead


def dated(due: float | None, now: float) -> float:
    """The time that events due at `due` carry: their tag's, unless it lies too far back to be jitter."""
    return now if due is None or due < now - LATE else due
