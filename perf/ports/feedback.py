"""What a listener has been told: values go out on change only, latest wins, never back to who made the change.

Shared by OSC subscriptions, `[[osc]]` outputs and the page; sends nothing itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from perf.core.event import Value

INTERVAL = 1 / 30  # seconds between two messages about one address


@dataclass(slots=True)
class Listener:
    """One subscriber. `wants` says which addresses, as `prefix` asked; `expires` (clock seconds) ends a lease."""

    source: str
    wants: Callable[[str], bool]
    expires: float = float("inf")
    prefix: str = "/"
    told: dict[str, Value] = field(default_factory=dict)
    _next: float = 0.0

    def due(self, now: float, values: Mapping[str, Value], author: Callable[[str], str]) -> list[tuple[str, Value]]:
        """The changes to send now: everything wanted on the first call, then what differs from what was told."""
        if now < self._next:
            return []
        # On a grid, so that a tick which is a hair early does not halve the rate.
        self._next = max(self._next + INTERVAL, now + INTERVAL / 2)
        told, out = self.told, []
        for address, value in values.items():
            known = told.get(address, _NOTHING)
            if known != value and self.wants(address):
                told[address] = value
                if known is _NOTHING or author(address) != self.source:
                    out.append((address, value))
        return out

    def knows(self, address: str, value: Value) -> None:
        """The listener said so itself."""
        self.told[address] = value


_NOTHING = object()
