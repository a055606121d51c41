"""What a listener has been told: values go out on change only, latest wins, never back to who made the change, unless
that one may be mistaken: its word was not taken, or one of ours has crossed it on the way.

Shared by OSC subscriptions, `[[osc]]` outputs and the page; sends nothing itself.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from perf.core.address import is_pattern, matches
from perf.core.apply import ALIASES, TEMPO
from perf.core.command import COMMANDS
from perf.core.event import Value

INTERVAL = 1 / 30  # seconds between two messages about one address
SETTLED = 0.1  # seconds after which a message has been through a tick
CROSSING = 0.1  # seconds in which a message of ours and one of the listener's may pass each other, on a local network
LOOKS = 3  # until the first values of another patch have come
WORDS = 512  # addresses of its own that are kept in mind


@dataclass(slots=True)
class Said:
    """When a listener last said something about `reach`, when what it said last moved, and to what."""

    since: float
    moved: float
    reach: tuple[str, ...]
    indirect: bool
    values: tuple[Value | None, ...] = ()


@dataclass(slots=True)
class Listener:
    """One subscriber. `wants` says which addresses, as `prefix` asked; `expires` (clock seconds) ends a lease."""

    source: str
    wants: Callable[[str], bool]
    expires: float = float("inf")
    prefix: str = "/"
    crossing: float = CROSSING
    told: dict[str, object] = field(default_factory=dict)
    said: dict[str, Said] = field(default_factory=dict)
    _sent: dict[str, float] = field(default_factory=dict)
    _next: float = 0.0
    _anew: int = 0  # looks in which a change that it did not ask for may be its own hand's

    def due(self, now: float, values: Mapping[str, Value], author: Callable[[str], str]) -> list[tuple[str, Value]]:
        """The changes to send now: everything wanted on the first call, then what differs from what was told."""
        if self.said:
            self._settle(now, values, author)
        if now < self._next:
            return []
        # On a grid, so that a tick which is a hair early does not halve the rate.
        self._next = max(self._next + INTERVAL, now + INTERVAL / 2)
        self._anew -= self._anew > 0
        told, out = self.told, []
        for address, value in values.items():
            known = told.get(address, _NOTHING)
            if known != value and self.wants(address):
                mine, moving = author(address) == self.source, known is not _NOTHING and address in self.said
                if moving and not mine:
                    continue  # it is told when it rests
                told[address] = value
                if not mine or known is _NOTHING or (not moving and (known is _MISTAKEN or self._anew)):
                    if known is not _NOTHING:
                        self._sent[address] = now
                    out.append((address, value))
        return out

    def knows(self, address: str, value: Value) -> None:
        """The listener said so itself."""
        self.told[address] = value

    def reloaded(self) -> None:
        """Another patch plays: what this one holds may have been cut to another range."""
        self._anew = LOOKS + 1

    def says(self, address: str, since: float) -> None:
        """The listener has sent a message to `address`, which a tick takes at clock time `since`."""
        meant = ALIASES.get(address, address.removeprefix("/norm"))
        moment = meant in COMMANDS and meant != TEMPO  # it happens, and has no value to be mistaken about
        if moment or (address not in self.said and len(self.said) >= WORDS):
            return
        reach = tuple(a for a in self.told if matches(meant, a)) if is_pattern(meant) else (meant,)
        self.said[address] = Said(since, since, reach, reach != (address,))

    def forget(self, address: str) -> None:
        """The listener wants it no more."""
        self.told.pop(address, None)
        self._sent.pop(address, None)

    def _settle(self, now: float, values: Mapping[str, Value], author: Callable[[str], str]) -> None:
        """Have the listener told what is true where its word was not taken, may have crossed ours on the way, or moved
        what it did not name. That is done when the value has come to rest: a word may start a glide."""
        for address, said in list(self.said.items()):
            present = tuple(values.get(a) for a in said.reach)
            mine = all(author(a) == self.source for a in said.reach)
            if mine and present != said.values:
                said.values, said.moved = present, max(now, said.moved)
            if now <= said.moved + SETTLED:
                continue
            del self.said[address]
            for a in self.told.keys() & said.reach:
                if not mine or said.indirect or self._sent.get(a, -math.inf) > said.since - self.crossing:
                    self.told[a] = _MISTAKEN


_NOTHING, _MISTAKEN = object(), object()
