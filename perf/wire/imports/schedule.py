"""Deforum's schedules: `0: (1.02), 50: (1 + 0.1 * sin(t / 10))`, as a value for each frame.

After a key that is a plain number the value goes on a line to the next key; any other is an expression, computed at
each frame up to the next. Before the first key and after the last number the value holds; keys after the last frame do
nothing.
"""

import ast
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from perf.wire.imports import numexpr
from perf.wire.imports.series import joined

KEYS = 10_000
_NUMBER = re.compile(r"(?=.)[+-]?[0-9]*(\.[0-9]+)?")  # what is one for Deforum: neither 1e3 nor 1/2


@dataclass(frozen=True, slots=True)
class Schedule:
    """Keys in the order of their frames: (frame, expression), and the frames of those that are plain `numbers`; `twice`
    are frames with several, whose last counts."""

    keys: tuple[tuple[int, ast.expr], ...]
    numbers: frozenset[int]
    twice: tuple[int, ...] = ()

    @property
    def whole(self) -> ast.expr | None:
        """The expression, where one key says it all."""
        return self.keys[0][1] if len(self.keys) == 1 else None

    def values(self, frames: int, names: Mapping[str, float]) -> list[float]:
        """The value at each frame; `names` are s and max_f."""
        keys = [key for key in self.keys if key[0] < frames] or self.keys[:1]
        fixed = [(frame, numexpr.value(node, {**names, "t": float(frame)})) for frame, node in keys]
        values = joined(fixed, frames)
        for i, (frame, node) in enumerate(keys):
            if frame not in self.numbers:
                end = keys[i + 1][0] if i + 1 < len(keys) else frames
                start = 0 if i == 0 else frame
                values[start:end] = [
                    numexpr.value(node, {**names, "t": float(t)}) for t in range(start, min(end, frames))
                ]
        return values


def parse(text: str, names: Mapping[str, float]) -> Schedule:
    """The schedule in a text. Raises ValueError saying what is wrong."""
    keys: dict[int, ast.expr] = {}
    plain: dict[int, bool] = {}
    twice: list[int] = []
    for piece in split(text):
        frame, colon, rest = piece.partition(":")
        inner = rest.strip()
        if not colon or not inner:
            raise ValueError(f"{piece.strip()[:60]!r} is not a key; a key is FRAME: (EXPRESSION)")
        at = place(frame, names)
        twice += [at] if at in keys else []
        keys[at] = numexpr.parse(inner)
        plain[at] = _NUMBER.fullmatch(re.sub("[()]", "", inner)) is not None
    if not 0 < len(keys) <= KEYS:
        raise ValueError(f"a schedule of {len(keys)} keys; 1…{KEYS} are read")
    numbers = frozenset(filter(plain.__getitem__, plain))
    return Schedule(tuple(sorted(keys.items(), key=lambda key: key[0])), numbers, tuple(twice))


def place(text: str, names: Mapping[str, float]) -> int:
    """A key's frame, which may be an expression over max_f. Raises ValueError."""
    found = numexpr.value(numexpr.parse(text.strip().strip("\"'")), {"t": 0.0, **names})
    if not 0 <= found <= 1e9 or not math.isfinite(found):
        raise ValueError(f"{text.strip()[:40]!r} is not a frame; it takes a number from 0 on")
    return int(found)


def split(text: str) -> list[str]:
    """The pieces between commas that lie in no parentheses; an unmatched parenthesis stays where it is."""
    pieces, depth, start = [], 0, 0
    for i, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            pieces.append(text[start:i])
            start = i + 1
    return [piece for piece in [*pieces, text[start:]] if piece.strip()]
