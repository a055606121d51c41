"""Easings and keyed curves: pure functions of a place in time.

Easings are Robert Penner's families (Penner 2002, "Motion, Tweening, and Easing"), as functions of 0…1.
A curve is compiled once into segments, since a tick evaluates hundreds.
"""

import math
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

from perf.core.event import Value
from perf.core.formula import Formula, Scope

Easing = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Cubic:
    """An easing b·x + c·x² + d·x³."""

    b: float
    c: float
    d: float

    def __call__(self, x: float) -> float:
        return x * (self.b + x * (self.c + x * self.d))


NEAR = 1e-9  # beats or seconds: keys closer than this are one step


def _in_out(ease_in: Easing) -> Easing:
    return lambda x: ease_in(2 * x) / 2 if x < 0.5 else 1 - ease_in(2 - 2 * x) / 2


def _out(ease_in: Easing) -> Easing:
    if isinstance(ease_in, Cubic):
        return Cubic(ease_in.b + 2 * ease_in.c + 3 * ease_in.d, -ease_in.c - 3 * ease_in.d, ease_in.d)
    return lambda x: 1 - ease_in(1 - x)


def _bounce_out(x: float) -> float:
    for start, shift in ((1 / 2.75, 0.0), (2 / 2.75, 1.5), (2.5 / 2.75, 2.25), (math.inf, 2.625)):
        if x < start:
            base = {0.0: 0.0, 1.5: 0.75, 2.25: 0.9375, 2.625: 0.984375}[shift]
            return 7.5625 * (x - shift / 2.75) ** 2 + base
    return 1.0


_FAMILIES: dict[str, Easing] = {
    "quad": Cubic(0.0, 1.0, 0.0),
    "cubic": Cubic(0.0, 0.0, 1.0),
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
    "linear": Cubic(1.0, 0.0, 0.0),
    "hold": Cubic(0.0, 0.0, 0.0),
    "jump": lambda x: 1.0,  # to the next key's value at once: a hold, backwards
    "smooth": Cubic(0.0, 3.0, -2.0),
    **{f"in-{name}": ease for name, ease in _FAMILIES.items()},
    **{f"out-{name}": _out(ease) for name, ease in _FAMILIES.items()},
    **{f"in-out-{name}": _in_out(ease) for name, ease in _FAMILIES.items()},
}


def easing(name: str) -> Easing | None:
    """An easing by name, or `bezier(x1, y1, x2, y2)` with x in 0…1 as in CSS; None for what is neither."""
    known = EASINGS.get(name)
    if known is not None:
        return known
    found = _BEZIER.fullmatch(name)
    if found is None:
        return None
    try:
        points = [float(number) for number in found[1].split(",")]
    except ValueError:
        return None
    good = len(points) == 4 and all(map(math.isfinite, points)) and 0 <= points[0] <= 1 and 0 <= points[2] <= 1
    return bezier(*points) if good else None


def bezier(x1: float, y1: float, x2: float, y2: float) -> Easing:
    """The cubic Bézier from (0, 0) to (1, 1) as a function of x (CSS Easing 1, section 2.3); x1 and x2 in 0…1."""

    def at(a: float, b: float, s: float) -> float:
        return 3 * (1 - s) ** 2 * s * a + 3 * (1 - s) * s * s * b + s * s * s

    def ease(x: float) -> float:
        if x <= 0 or x >= 1:
            return min(max(x, 0.0), 1.0)
        low, high = 0.0, 1.0
        for _ in range(32):  # x rises with s, so halving always gets there
            middle = (low + high) / 2
            low, high = (middle, high) if at(x1, x2, middle) < x else (low, middle)
        return at(y1, y2, (low + high) / 2)

    return ease


_BEZIER = re.compile(r"bezier\(([^()]*)\)")
SPLINE = "spline"  # through this key and its neighbours, without a corner


@dataclass(frozen=True, slots=True)
class Key:
    """A value, or a formula for one, at a place (beats, bars or seconds); `ease` shapes the way to the next key: an
    easing's name, a Bézier (`easing`), or `spline`."""

    at: float
    value: Value | Formula
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


# A curve of numbers between two keys, from `start` until just before `end`: a + b·x + c·x² + d·x³, where x is
# (place - origin) · span; or a + b · ease(x), where there is an ease.
Piece = tuple[float, float, float, float, float, float, float, float, Easing | None]


class Curve:
    """Keys compiled for evaluation. Before the first key its value holds, after the last the last's."""

    __slots__ = ("_eases", "_formulas", "_leaps", "_numeric", "_spans", "_steps", "_times", "_values", "keys")

    def __init__(self, keys: Iterable[Key]) -> None:
        self.keys = tuple(sorted(keys, key=lambda key: key.at))
        if not self.keys:
            raise ValueError("a curve needs at least one key")
        self._times = [key.at for key in self.keys]
        self._values = [0.0 if isinstance(key.value, Formula) else key.value for key in self.keys]
        self._formulas = {i: key.value for i, key in enumerate(self.keys) if isinstance(key.value, Formula)}
        eases = {name: self._easing(name) for name in {key.ease for key in self.keys}}
        self._eases = [eases[key.ease] for key in self.keys]
        self._numeric = all(type(value) is float for value in self._values)
        pairs = list(pairwise(self.keys))
        self._spans = [1 / (b.at - a.at) if b.at - a.at > NEAR else 0.0 for a, b in pairs] + [0.0]
        self._leaps = not self._numeric or not eases.keys().isdisjoint(("hold", "jump")) or 0.0 in self._spans[:-1]
        floats = [float(v) if isinstance(v, float) else 0.0 for v in self._values]
        self._steps = [b - a for a, b in pairwise(floats)] + [0.0]

    @staticmethod
    def _easing(name: str) -> Easing | None:
        """How far to the next key at a share of the way; None is linear. Raises ValueError for what is no easing."""
        if name == "linear":
            return None
        ease = _unseen if name == SPLINE else easing(name)
        if ease is None:
            raise ValueError(f"{name!r} is not an easing")
        return ease

    def _ease(self, i: int) -> Easing | None:
        """Key i's easing. A spline is made when it is first played: a long score has many that never are."""
        if self._eases[i] is _unseen:
            self._eases[i] = self._spline(i)
        return self._eases[i]

    def _spline(self, i: int) -> Easing:
        """Hermite's cubic with the tangents of Catmull and Rom, made flat where they would overshoot (Fritsch & Carlson
        1980), as a share of the way; smooth where values have no numbers."""
        around = [self.keys[min(max(i + n, 0), len(self.keys) - 1)] for n in (-1, 0, 1, 2)]
        if not all(type(key.value) in (int, float) for key in around):
            return EASINGS["smooth"]
        (t0, v0), (t1, v1), (t2, v2), (t3, v3) = ((key.at, float(key.value)) for key in around)  # type: ignore[arg-type]
        rise, span = v2 - v1, t2 - t1
        if abs(rise) < NEAR or span < NEAR:
            return EASINGS["linear"]
        before, after = (_tangent((t0, v0), (t1, v1), (t2, v2)), _tangent((t1, v1), (t2, v2), (t3, v3)))
        a, b = before * span / rise, after * span / rise
        return Cubic(a, 3 - 2 * a - b, a + b - 2)

    def at(self, place: float) -> Value:
        """The value at `place`, in the unit of the keys."""
        i = bisect_right(self._times, place) - 1
        if i < 0:
            return self._values[0]
        share = (place - self._times[i]) * self._spans[i]
        ease = self._eases[i]
        if ease is not None:
            share = (self._ease(i) if ease is _unseen else ease)(share)  # type: ignore[misc]
        if self._numeric:
            return self._values[i] + self._steps[i] * share  # type: ignore[operator]
        return blend(self._values[i], self._values[min(i + 1, len(self._values) - 1)], share)

    @property
    def numeric(self) -> bool:
        """Whether its values are floats, so that it has pieces."""
        return self._numeric and not self._formulas

    def piece(self, place: float) -> Piece:
        """What it is about `place`, for those that read many curves at once."""
        i = bisect_right(self._times, place) - 1
        if i < 0:
            return (-math.inf, self._times[0], 0.0, 0.0, self._values[0], 0.0, 0.0, 0.0, None)  # type: ignore[return-value]
        start, span, value, step = self._times[i], self._spans[i], self._values[i], self._steps[i]
        end = self._times[i + 1] if i + 1 < len(self._times) else math.inf
        ease = self._ease(i)
        b, c, d = (ease.b, ease.c, ease.d) if isinstance(ease, Cubic) else (1.0, 0.0, 0.0)
        other = None if isinstance(ease, Cubic) else ease
        return (start, end, start, span, value, step * b, step * c, step * d, other)  # type: ignore[return-value]

    def leap(self, after: float, until: float) -> float:
        """The first place in (after, until] where the value is another at once; infinite without one."""
        if not self._leaps:
            return math.inf
        for i in range(bisect_right(self._times, after), bisect_right(self._times, until)):
            held = i > 0 and (self.keys[i - 1].ease == "hold" or not self._spans[i - 1])
            if held or self.keys[i].ease == "jump" or not self._numeric:
                return self._times[i]
        return math.inf

    @property
    def span(self) -> float:
        """Where the last key is."""
        return self.keys[-1].at

    @property
    def scoped(self) -> bool:
        """Whether a key's value is a formula."""
        return bool(self._formulas)

    def seen(self, place: float, scope: Scope) -> Value:
        """The value at `place` where keys may be formulas: each is what it is now."""
        i = bisect_right(self._times, place) - 1
        if i < 0 or i == len(self.keys) - 1:
            return self._now(max(i, 0), scope)
        share, ease = (place - self._times[i]) * self._spans[i], self._ease(i)
        return blend(self._now(i, scope), self._now(i + 1, scope), ease(share) if ease is not None else share)

    def _now(self, i: int, scope: Scope) -> Value:
        formula = self._formulas.get(i)
        return self._values[i] if formula is None else formula.at(scope)


def _unseen(share: float) -> float:
    """Stands for a spline that was not yet made."""
    return share


def _tangent(before: tuple[float, float], here: tuple[float, float], after: tuple[float, float]) -> float:
    """The slope at the middle of three (place, value); 0 at a turn, never steeper than thrice the flatter side."""
    slopes = [(b[1] - a[1]) / (b[0] - a[0]) if b[0] - a[0] > NEAR else 0.0 for a, b in ((before, here), (here, after))]
    if slopes[0] * slopes[1] <= 0:
        return 0.0
    mean = (after[1] - before[1]) / (after[0] - before[0])
    limit = 3 * min(map(abs, slopes))
    return min(max(mean, -limit), limit)
