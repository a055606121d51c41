"""Easings and keyed curves: pure functions of a place in time.

Easings are Robert Penner's families (Penner 2002, "Motion, Tweening, and Easing"), as functions of 0…1.
A curve is compiled once into segments, since a tick evaluates hundreds.
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

from perf.core.event import Value

Easing = Callable[[float], float]


NEAR = 1e-9  # beats or seconds: keys closer than this are one step


def _in_out(ease_in: Easing) -> Easing:
    return lambda x: ease_in(2 * x) / 2 if x < 0.5 else 1 - ease_in(2 - 2 * x) / 2


def _out(ease_in: Easing) -> Easing:
    return lambda x: 1 - ease_in(1 - x)


def _bounce_out(x: float) -> float:
    for start, shift in ((1 / 2.75, 0.0), (2 / 2.75, 1.5), (2.5 / 2.75, 2.25), (math.inf, 2.625)):
        if x < start:
            base = {0.0: 0.0, 1.5: 0.75, 2.25: 0.9375, 2.625: 0.984375}[shift]
            return 7.5625 * (x - shift / 2.75) ** 2 + base
    return 1.0


_FAMILIES: dict[str, Easing] = {
    "quad": lambda x: x * x,
    "cubic": lambda x: x * x * x,
    "quart": lambda x: x**4,
    "quint": lambda x: x**5,
    "sine": lambda x: 1 - math.cos(x * math.pi / 2),
    "expo": lambda x: 0.0 if x <= 0 else 2 ** (10 * x - 10),
    "circ": lambda x: 1 - math.sqrt(max(1 - x * x, 0.0)),
    "back": lambda x: x * x * (2.70158 * x - 1.70158),
    "elastic": lambda x: x if x in (0, 1) else -(2 ** (10 * x - 10)) * math.sin((x * 10 - 10.75) * 2 * math.pi / 3),
    "bounce": lambda x: 1 - _bounce_out(1 - x),
}

EASINGS: dict[str, Easing] = {
    "linear": lambda x: x,
    "hold": lambda x: 0.0,
    "smooth": lambda x: x * x * (3 - 2 * x),
    **{f"in-{name}": ease for name, ease in _FAMILIES.items()},
    **{f"out-{name}": _out(ease) for name, ease in _FAMILIES.items()},
    **{f"in-out-{name}": _in_out(ease) for name, ease in _FAMILIES.items()},
}


@dataclass(frozen=True, slots=True)
class Key:
    """A value at a place (beats or seconds); `ease` shapes the way to the next key."""

    at: float
    value: Value
    ease: str = "linear"


def blend(a: Value, b: Value, share: float) -> Value:
    """`a` at share 0, `b` at 1; what cannot be blended (texts, bools) steps at 1. Floats may overshoot."""
    if isinstance(a, str | bool) or isinstance(b, str | bool):
        return b if share >= 1 else a
    if isinstance(a, tuple) and isinstance(b, tuple):
        return tuple(x + (y - x) * share for x, y in zip(a, b, strict=True))
    if isinstance(a, tuple) or isinstance(b, tuple):
        return b if share >= 1 else a
    value = a + (b - a) * share
    return round(value) if isinstance(a, int) and isinstance(b, int) else value


class Curve:
    """Keys compiled for evaluation. Before the first key its value holds, after the last the last's."""

    __slots__ = ("_eases", "_numeric", "_spans", "_steps", "_times", "_values", "keys")

    def __init__(self, keys: Iterable[Key]) -> None:
        self.keys = tuple(sorted(keys, key=lambda key: key.at))
        if not self.keys:
            raise ValueError("a curve needs at least one key")
        self._times = [key.at for key in self.keys]
        self._values = [key.value for key in self.keys]
        self._eases = [None if key.ease == "linear" else EASINGS[key.ease] for key in self.keys]
        self._numeric = all(type(value) is float for value in self._values)
        pairs = list(pairwise(self.keys))
        self._spans = [1 / (b.at - a.at) if b.at - a.at > NEAR else 0.0 for a, b in pairs] + [0.0]
        floats = [float(v) if isinstance(v, float) else 0.0 for v in self._values]
        self._steps = [b - a for a, b in pairwise(floats)] + [0.0]

    def at(self, place: float) -> Value:
        """The value at `place`, in the unit of the keys."""
        i = bisect_right(self._times, place) - 1
        if i < 0:
            return self._values[0]
        share = (place - self._times[i]) * self._spans[i]
        ease = self._eases[i]
        if ease is not None:
            share = ease(share)
        if self._numeric:
            return self._values[i] + self._steps[i] * share  # type: ignore[operator]
        return blend(self._values[i], self._values[min(i + 1, len(self._values) - 1)], share)
