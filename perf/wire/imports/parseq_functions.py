"""Parseq's functions: transitions, oscillators, chance, arithmetic.

Chance is of another kind than Parseq's (whose default seed is the time of day): the same range and pace, other numbers.
"""

import math
from collections.abc import Callable, Mapping, Sequence

from perf.core.curve import bezier
from perf.core.formula import drift, noise, rand
from perf.wire.imports.parseq_place import NAMES, Place

Default = float | str | Callable[[Place], float] | None
Args = Sequence[tuple[tuple[str, ...], Default]]  # names and default of each argument; None: it must be given
_FROM: Args = (
    (("from", "start", "s"), NAMES["S"]),
    (("to", "end", "t"), NAMES["next_keyframe_value"]),
    (("span", "in"), lambda place: float(place.frames[place.after] - place.active)),
    (("offset", "os"), 2.0),
)
_BEZ: Args = (
    (("x1",), 0.5),
    (("y1",), 0.0),
    (("x2",), 0.5),
    (("y2",), 1.0),
    *_FROM,
    (("curve", "c"), ""),
    (("d", "delta"), 0.0),
)
_WAVE: Args = (
    (("p", "period"), None), (("ps", "ph", "phase"), 0.0), (("a", "amp"), 1.0), (("c", "centre"), 0.0),
    (("li", "limit"), 0.0), (("pw", "pulse"), 5.0),
)  # fmt: skip
_CHANCE: Args = ((("min", "n"), 0.0), (("max", "x"), 1.0), (("s", "seed"), 0.0))
_SMOOTH: Args = ((("sm", "smooth"), 10.0), *_CHANCE, (("y",), 0.0))
_VIBE: Args = (
    *_BEZ[:4], (("offset", "os"), 2.0), (("pmin",), 1.0), (("pmax",), 20.0), (("p",), math.nan), (("min",), 0.0),
    (("max",), 1.0), (("s", "seed"), 0.0), (("curve", "c"), ""),
)  # fmt: skip
CURVES: Mapping[str, tuple[float, float, float, float]] = {  # as in CSS
    "linear": (0, 0, 1, 1),
    "ease": (0.25, 0.1, 0.25, 1),
    "ease-in": (0.42, 0, 1, 1),
    "ease-out": (0, 0, 0.58, 1),
    "ease-in-out": (0.42, 0, 0.58, 1),
}
PLAIN = (
    "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "exp", "log",
    "log2", "log10", "sqrt",
)  # fmt: skip
CHANCES = ("rand", "smrand", "perlin", "vibe")


def _bez(place: Place, *args: float | str) -> float:
    x1, y1, x2, y2, start, end, span, offset, curve, delta = args
    points = CURVES.get(str(curve)) if curve else (float(x1), float(y1), float(x2), float(y2))
    if points is None:
        raise ValueError(f"the curve {curve!r} is not known here")
    end = float(start) + float(delta) if delta else float(end)
    if span == 0:
        return float(start)
    share = float(offset) if abs(float(offset)) < 1 else (place.frame - place.active) / float(span)
    return end if share >= 1 else float(start) + bezier(*points)(share) * (end - float(start))


def _slide(place: Place, start: float, end: float, span: float, offset: float) -> float:
    passed = place.frame - place.active
    if span == 0:
        return start
    share = offset if abs(offset) < 1 else passed / span
    return end if passed >= span else start + (end - start) * share


def _wave(shape: Callable[[float, float], float]) -> Callable[..., float]:
    """An oscillator: `shape` of the place in turns, and of the pulse's width in turns."""

    def wave(place: Place, *args: float) -> float:
        period, phase, amp, centre, limit, width = args
        if limit > 0 and place.frame - place.active > limit * period:
            return 0.0
        return centre + amp * shape(math.fmod(place.frame + phase, period) / period, width / period)

    return wave


def _rounded(how: Callable[[float], float]) -> tuple[Args, Callable[..., float]]:
    return ((("v",), None), (("p",), 0.0)), lambda place, v, p: how(v * 10.0**p) / 10.0**p


def _smooth(place: Place, smooth: float, low: float, high: float, seed: float, y: float) -> float:
    return (low + high) / 2 + (high - low) / 2 * noise(place.frame / (smooth or 1.0), seed + 97 * y)


def _vibe(place: Place, *args: float | str) -> float:
    fewest, most, period, low, high, seed = (float(arg) for arg in args[5:11])
    pace = (fewest + most) / 2 if period != period else period
    return low + (high - low) * drift(place.frame / max(pace, 1.0), seed)


def _rand(place: Place, low: float, high: float, seed: float, hold: float) -> float:
    return low + (high - low) * rand(place.active * 31 + (place.frame - place.active) // max(hold, 1e-6), seed)


def _plain(name: str) -> Callable[..., float]:
    function: Callable[[float], float] = getattr(math, name)
    return lambda place, v: function(v)


_ONE: Args = ((("v",), None),)
_TWO: Args = ((("a",), None), (("b",), None))
FUNCTIONS: Mapping[str, tuple[Args, Callable[..., float]]] = {
    "min": (_TWO, lambda place, a, b: min(a, b)),
    "max": (_TWO, lambda place, a, b: max(a, b)),
    "abs": (_ONE, lambda place, v: abs(v)),
    "round": _rounded(lambda v: math.floor(v + 0.5)),
    "floor": _rounded(math.floor),
    "ceil": _rounded(math.ceil),
    "bez": (_BEZ, _bez),
    "slide": (_FROM, _slide),
    "sin": (_WAVE, _wave(lambda x, width: math.sin(2 * math.pi * x))),
    "cos": (_WAVE, _wave(lambda x, width: math.cos(2 * math.pi * x))),
    "tri": (_WAVE, _wave(lambda x, width: math.asin(math.sin(2 * math.pi * x)) * 2 / math.pi)),
    "saw": (_WAVE, _wave(lambda x, width: x)),
    "sq": (_WAVE, _wave(lambda x, width: 1.0 if math.sin(2 * math.pi * x) >= 0 else -1.0)),
    "pulse": (_WAVE, _wave(lambda x, width: 1.0 if x < width - 1e-12 else 0.0)),
    "rand": ((*_CHANCE, (("h", "hold"), 1.0)), _rand),
    "smrand": (_SMOOTH, _smooth),
    "perlin": (_SMOOTH, _smooth),
    "vibe": (_VIBE, _vibe),
    **{f"_{name}": (_ONE, _plain(name)) for name in PLAIN},
}
