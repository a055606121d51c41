"""Prompt tracks: weighted sets of prompts in time, and how one becomes the next.

A set stands in one half of the prompt slots, its neighbour in the other: the next one's texts are there, at weight 0,
before they are needed, so the sampler has encoded them by then. "Black." is the empty prompt: an event, not an absence.
"""

import math
from bisect import bisect_right
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

from perf.core.event import Value
from perf.core.table import PROMPTS
from perf.core.transform import Transform, moved_by

HALF = PROMPTS // 2  # prompts in a set
WAYS = {"cut": "linear", "dissolve": "linear", "slerp": "slerp"}  # the way from set to set: /prompt/blend meanwhile
BLACK = "Black."
WRITTEN = (
    *(f"/prompt/{n}/{part}" for n in range(1, PROMPTS + 1) for part in ("text", "weight")),
    "/prompt/fade", "/prompt/blend",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PromptKey:
    """A set of up to four (text, weight) from `at` on, reached in `length` of the track's unit by `way`.

    `pace` are the shares of the way, rising in 0…1, after equal parts of the length: with those that `retrograde pace`
    has measured, the picture moves as far in each of them. Empty: the way is gone evenly.
    """

    at: float
    prompts: tuple[tuple[str, float], ...]
    way: str = "cut"
    length: float = 0.0
    pace: tuple[float, ...] = ()

    def share(self, passed: float) -> float:
        """How much of the way is gone when `passed`, 0…1, of its length is over."""
        passed = min(max(passed, 0.0), 1.0)
        if not self.pace or passed >= 1.0:
            return passed
        marks = (0.0, *self.pace, 1.0)
        part, rest = divmod(passed * (len(marks) - 1), 1.0)
        before, after = marks[int(part)], marks[int(part) + 1]
        return before + rest * (after - before)


@dataclass(frozen=True, slots=True)
class PromptTrack:
    """Sets in order of place, in `unit`. `loop` is a length, 0 plays once; before the first key the first one holds,
    in a loop the last. A key beyond the loop is none of its `_round`: neither it nor its set is ever come to."""

    keys: tuple[PromptKey, ...]
    unit: str = "beats"
    loop: float = 0.0
    _round: tuple[PromptKey, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        inside = tuple(key for key in self.keys if 0.0 < self.loop > key.at)
        object.__setattr__(self, "_round", inside or self.keys)

    @property
    def span(self) -> float:
        """Its loop, or the place at which its last set is there."""
        return self.loop or self.keys[-1].at + self.keys[-1].length

    def transformed(self, transform: Transform) -> "PromptTrack":
        """The track under a transform: reverse goes the same ways back, retrograde keeps the rhythm and turns the sets
        about. Raises ValueError for what means nothing for texts."""
        keys, name = self._round, transform.name
        if name == "retrograde":
            sets = [key.prompts for key in reversed(keys)]
            return replace(self, keys=tuple(replace(k, prompts=s) for k, s in zip(keys, sets, strict=True)))
        moved, scale, loop = moved_by(transform, "texts cannot be turned upside down"), 1.0, self.loop
        if name == "reverse":
            keys = tuple(self._mirrored())
        elif name == "augment":
            scale, loop = transform.amount, loop * transform.amount
        found = [replace(key, at=moved(key.at, self.span), length=key.length * scale) for key in keys]
        found = [replace(key, at=key.at % loop) if loop else key for key in found]
        return replace(self, keys=tuple(sorted(found, key=lambda key: key.at)), loop=loop)

    def _mirrored(self) -> Iterator[PromptKey]:
        """Each set becomes the one before it, on the way on which it came from that; places are those of the ends."""
        last, first = self._round[-1], self._round[0]
        if not self.loop:
            yield PromptKey(self.span, last.prompts)
        for before, key in reversed([(last, first)] * bool(self.loop) + list(pairwise(self._round))):
            pace = tuple(1.0 - share for share in reversed(key.pace))
            yield PromptKey(key.at + key.length, before.prompts, key.way, key.length, pace)

    def write(self, values: MutableMapping[str, Value], place: float) -> None:
        """Write prompts, weights, fade and blend at `place` into `values`."""
        turn, inside = divmod(place, self.loop) if self.loop else (0.0, place)
        count = len(self._round)
        number = int(turn) * count + bisect_right(self._round, inside, key=lambda key: key.at) - 1
        if not self.loop:
            number = max(number, 0)
        key = self._round[number % count]
        since = inside - key.at if number % count == number - int(turn) * count else inside - key.at + self.loop
        share = key.share(since / key.length) if key.length > 0 and (number > 0 or self.loop) else 1.0
        self._slots(values, number, key, share)
        other = self._round[(number - 1) % count] if share < 1.0 else self._next(number)
        self._slots(values, number + 1, other, 1.0 - share)
        values["/prompt/fade"] = 0.0
        values["/prompt/blend"] = WAYS[key.way] if share < 1.0 else "linear"

    def _next(self, number: int) -> PromptKey:
        """The set that comes after, as far as there is one."""
        last = number >= len(self._round) - 1 and not self.loop
        return PromptKey(math.inf, ()) if last else self._round[(number + 1) % len(self._round)]

    def _slots(self, values: MutableMapping[str, Value], number: int, key: PromptKey, share: float) -> None:
        """A set into the half of the slots that is its own, every weight times `share`."""
        first = number % 2 * HALF + 1
        for slot in range(HALF):
            text, weight = key.prompts[slot] if slot < len(key.prompts) else ("", 0.0)
            values[f"/prompt/{first + slot}/text"] = text
            values[f"/prompt/{first + slot}/weight"] = weight * share
