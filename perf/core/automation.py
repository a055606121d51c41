"""Recorded automation as a state: what is armed, what is being written, the lanes so far, and the way back. Frozen.

What the performer does to it is `core.recorder`'s; how lanes play is `core.lane`'s.
"""

import math
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

from perf.core.curve import Key
from perf.core.event import Value
from perf.core.lane import Book, Lanes
from perf.core.moment import Transport
from perf.core.param import Table

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

    def adopted(self, book: Book, params: Table, before: Table) -> "Automation":
        """Over another patch, whose parameters are `params`: lanes that it does not have stay, those that it has are
        its own from now on. What a parameter does not take any more is gone, from what can be undone, too."""
        same = frozenset(a for a in before if before[a] == params.get(a))
        fitted = partial(_fitted, params=params, same=same)
        fresh = {a: kept for a, kept in fitted(self.fresh).items() if book.get(a, Lanes()) != kept}
        done, undone = (tuple(filter(None, map(fitted, books))) for books in (self.done, self.undone))
        writing = {a: one for a, one in self.writing.items() if a in same}
        armed = frozenset(a for a in self.armed if a in params)
        return replace(self, armed=armed, writing=writing, fresh=fresh, done=done, undone=undone, stale=True)


def _fitted(book: Book, params: Table, same: Collection[str]) -> dict[str, Lanes]:
    """What parameters take of a book of lanes; those of the `same` ones need no look."""
    fitted = {}
    for address, lanes in book.items():
        with suppress(KeyError, ValueError):
            fitted[address] = lanes if address in same else lanes.of(params[address])
    return fitted
