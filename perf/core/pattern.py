"""Patterns: values in steps, on a rhythm, by chance or by a Markov chain. Pure functions of place, so they can be
sought; what is drawn by lot is drawn from the step's number and a seed."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from perf.core.event import Value
from perf.core.formula import euclid, rand

LONGEST = 65_536  # steps of a walk; then it begins again
BACK = 256  # hits to look back for the last one that chance let sound


def euclidean(hits: int, steps: int, turn: int = 0) -> tuple[bool, ...]:
    """A Euclidean rhythm (Toussaint 2005): `hits` spread as evenly as can be over `steps`, turned by `turn`."""
    return tuple(bool(euclid(hits, steps, n, turn)) for n in range(steps))


@dataclass(frozen=True, slots=True)
class Steps:
    """Values in turn, one on each hit of the rhythm, held until the next; `rest` between hits instead, where given.

    `step` is the length of one step in the track's unit; a hit sounds with `chance` (0…1).
    """

    values: tuple[Value, ...]
    step: float = 1.0
    rhythm: tuple[bool, ...] = (True,)
    rest: Value | None = None
    chance: float = 1.0
    seed: int = 0
    _hits: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not any(self.rhythm) or not self.values:
            raise ValueError("steps need at least one value and one hit")
        object.__setattr__(self, "_hits", (0, *accumulate(map(int, self.rhythm))))

    @property
    def span(self) -> float:
        """The length of one round of the values, or of the rhythm where that is longer."""
        rounds = math.lcm(len(self.values), self._hits[-1]) // self._hits[-1]
        return rounds * len(self.rhythm) * self.step

    def at(self, place: float) -> Value:
        """The value at `place`."""
        n = math.floor(place / self.step + 1e-9)
        hit, on = self._hit(n), self.struck(n)
        if self.chance < 1.0:
            hit = next((h for h in range(hit, hit - BACK, -1) if self._sounds(h)), hit)
        return self.rest if self.rest is not None and not on else self.values[hit % len(self.values)]

    def backwards(self) -> "Steps":
        """The row of values from its end, on the same rhythm."""
        return Steps(self.values[::-1], self.step, self.rhythm, self.rest, self.chance, self.seed)

    def struck(self, n: int) -> bool:
        """Whether a value begins on step `n`: the rhythm has a hit there, and chance lets it sound."""
        return self.rhythm[n % len(self.rhythm)] and (self.chance >= 1.0 or self._sounds(self._hit(n)))

    def _hit(self, n: int) -> int:
        """The number of the last hit up to step `n`."""
        rounds, inside = divmod(n, len(self.rhythm))
        return rounds * self._hits[-1] + self._hits[inside + 1] - 1

    def _sounds(self, hit: int) -> bool:
        return rand(hit, self.seed) < self.chance


class Markov:
    """A walk through states: row i of the matrix says how likely each state is to follow state i."""

    def __init__(self, states: Sequence[Value], matrix: Sequence[Sequence[float]], step: float, seed: int) -> None:
        size = len(states)
        if not size or len(matrix) != size or any(len(row) != size for row in matrix):
            raise ValueError(f"a chain of {size} states takes {size} rows of {size} numbers")
        if any(not math.isfinite(n) or n < 0 for row in matrix for n in row) or not all(map(any, matrix)):
            raise ValueError("a row of a chain has numbers from 0 up, and at least one above 0")
        self.states, self.step, self.seed = tuple(states), step, seed
        self.rows = tuple(tuple(accumulate(row)) for row in matrix)
        self._walk = [0]

    @property
    def span(self) -> float:
        """As long as there are states."""
        return len(self.states) * self.step

    def at(self, place: float) -> Value:
        """The state at `place`; the walk begins again after 65,536 steps."""
        n = max(math.floor(place / self.step + 1e-9), 0) % LONGEST
        while len(self._walk) <= n:
            row = self.rows[self._walk[-1]]
            self._walk.append(min(bisect_right(row, rand(len(self._walk), self.seed) * row[-1]), len(row) - 1))
        return self.states[self._walk[n]]
