"""Recorded automation as a state: what is armed, what is being written, the lanes so far, and the way back. Frozen.

What the performer does to it is `core.recorder`'s; how lanes play is `core.lane`'s.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from perf.core.curve import Key
from perf.core.event import Value
from perf.core.lane import Book, Lanes
from perf.core.moment import Transport

DEEP = 100  # undos


@dataclass(frozen=True, slots=True)
class Writing:
    """A parameter that is being written: `keys` so far, simplified, then `points` as they were played.

    The last point may lie ahead, where a glide will have ended. `touched` is the clock time of the last move, infinite
    while a sensor says that it is held; `ends` the one at which it will have glided back.
    """

    keys: tuple[Key, ...] = ()
    points: tuple[Key, ...] = ()
    touched: float = 0.0
    ends: float = math.inf


@dataclass(frozen=True, slots=True)
class Automation:
    """`fresh` are the lanes that the patch file does not have, over those that it has. `passed` are the parameters
    of which this pass has made a lane; `transport` is the one that it has been seen with. `done` and `undone` are
    books of lanes to go back and forth to, the newest last. `status` is what is told of it.
    """

    armed: frozenset[str] = frozenset()
    writing: Mapping[str, Writing] = field(default_factory=dict)
    fresh: Book = field(default_factory=dict)
    passed: frozenset[str] = frozenset()
    transport: Transport = field(default_factory=Transport)
    done: tuple[Book, ...] = ()
    undone: tuple[Book, ...] = ()
    status: Mapping[str, Value] = field(default_factory=dict)
    stale: bool = True  # the status is to be said anew

    def told(self, book: Book) -> "Automation":
        """With its status as it stands, over a patch with this book of lanes."""
        lanes = {**book, **self.fresh}
        some = {address: kept for address, kept in lanes.items() if kept.lanes}
        status: dict[str, Value] = {
            "armed": " ".join(sorted(self.armed)),
            "writing": " ".join(self.writing),
            "lanes": " ".join(f"{address} {kept.chosen}/{len(kept.lanes)}" for address, kept in some.items()),
            "keys": float(sum(len(kept.playing.keys) for kept in some.values())),
            "unsaved": float(len(self.fresh)),
            "undo": float(len(self.done)),
            "redo": float(len(self.undone)),
        }
        status = {f"/status/automation/{name}": value for name, value in status.items()}
        return replace(self, status=status, stale=False)

    def adopted(self, book: Book, addresses: Mapping[str, object]) -> "Automation":
        """Over another patch: lanes that it does not have stay, those that it has are its own from now on."""
        fresh = {a: kept for a, kept in self.fresh.items() if a in addresses and book.get(a, Lanes()) != kept}
        writing = {a: one for a, one in self.writing.items() if a in addresses}
        armed = frozenset(a for a in self.armed if a in addresses)
        return replace(self, armed=armed, writing=writing, fresh=fresh, stale=True)
