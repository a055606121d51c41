"""Lanes: what was recorded of one parameter, every pass a lane of its own. Frozen values; nothing here records.

A lane is a row of keys in beats over the timeline. Before its first key, and from a key whose way is `below` to the
next, the timeline below plays: a pass changes what lies between its ends and nothing else, whatever the timeline is
made of. Lanes know straight ways and steps only, so that they can be cut anywhere.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from operator import attrgetter

from perf.core.curve import Key, blend
from perf.core.event import Value
from perf.core.param import Param
from perf.core.simplify import LINES

BELOW = "below"  # the way from a key to the next on which the timeline below plays
WAYS = ("linear", "hold", BELOW)
MOST = 64  # lanes of a parameter; the oldest goes


@dataclass(frozen=True, slots=True)
class Lane:
    """Keys in order of place; their values are plain, their ways are of `WAYS`."""

    keys: tuple[Key, ...]

    def at(self, place: float) -> Value | None:
        """The value at `place`; None where the timeline below plays."""
        i = bisect_right(self.keys, place, key=attrgetter("at")) - 1
        if i < 0 or self.keys[i].ease == BELOW:
            return None
        here = self.keys[i]
        if here.ease == "hold" or i == len(self.keys) - 1:
            return here.value  # type: ignore[return-value]
        after = self.keys[i + 1]
        return blend(here.value, after.value, (place - here.at) / (after.at - here.at))  # type: ignore[arg-type]

    def punched(self, keys: tuple[Key, ...]) -> "Lane":
        """This lane with `keys` in the place of what was between the first and the last of them."""
        start, end = keys[0].at, keys[-1].at
        return Lane((*self._before(start), *keys[:-1], *self._after(end, keys[-1])))

    def _before(self, start: float) -> tuple[Key, ...]:
        """Up to `start`, where a line that was under way ends in a key that holds."""
        kept = tuple(key for key in self.keys if key.at < start)
        rest = self.keys[len(kept) :]
        if not kept or not rest or kept[-1].ease != "linear":
            return kept
        last, after = kept[-1], rest[0]
        value = blend(last.value, after.value, (start - last.at) / (after.at - last.at))  # type: ignore[arg-type]
        return (*kept, Key(start, value, "hold"))

    def _after(self, end: float, last: Key) -> tuple[Key, ...]:
        """From `end` on: the last key of what was put in, and this lane as it was."""
        value = self.at(end)
        if value is None:
            return (replace(last, ease=BELOW), *(key for key in self.keys if key.at > end))
        here = self.keys[bisect_right(self.keys, end, key=attrgetter("at")) - 1]
        rest = (key for key in self.keys if key.at > end)
        return (replace(last, ease="hold"), Key(end, value, here.ease), *rest)


@dataclass(frozen=True, slots=True)
class Lanes:
    """The lanes of a parameter, the oldest first; `chosen` is the number of the one that plays, 0 for none."""

    lanes: tuple[Lane, ...] = ()
    chosen: int = 0

    def at(self, beat: float) -> Value | None:
        """The value at `beat`; None where the timeline below plays."""
        return self.lanes[self.chosen - 1].at(beat) if self.chosen else None

    @property
    def playing(self) -> Lane:
        """The lane that plays; an empty one for none."""
        return self.lanes[self.chosen - 1] if self.chosen else Lane(())

    def added(self, lane: Lane) -> "Lanes":
        """With a lane more, which plays."""
        lanes = (*self.lanes, lane)[-MOST:]
        return Lanes(lanes, len(lanes))

    def mended(self, lane: Lane) -> "Lanes":
        """With `lane` in the place of the newest."""
        return Lanes((*self.lanes[:-1], lane), len(self.lanes))

    def of(self, param: Param) -> "Lanes":
        """The same on another patch's parameter. Raises ValueError where that does not take the values."""
        return replace(self, lanes=tuple(Lane(tuple(_of(key, param) for key in lane.keys)) for lane in self.lanes))

    @property
    def span(self) -> float:
        """The beat at which what plays ends."""
        keys = self.playing.keys
        return keys[-1].at if keys else 0.0


def _of(key: Key, param: Param) -> Key:
    value: Value = key.value  # type: ignore[assignment]
    taken, _ = param.coerce(value if isinstance(value, tuple) else (value,))
    return replace(key, value=taken, ease=key.ease if param.kind in LINES or key.ease == BELOW else "hold")


Book = Mapping[str, Lanes]  # lanes by address


def write(values: dict[str, Value], beat: float, book: Book, fresh: Book) -> None:
    """Write what lanes play at `beat` over `values`; those of `fresh` stand for the book's of the same address."""
    for address, lanes in fresh.items():
        if lanes.chosen and (value := lanes.at(beat)) is not None:
            values[address] = value
    for address, lanes in book.items():
        if lanes.chosen and address not in fresh and (value := lanes.at(beat)) is not None:
            values[address] = value
