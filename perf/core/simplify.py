"""Simplification of recorded curves: the fewest keys that stay within a tolerance (Ramer 1972, Douglas & Peucker 1973).

A point counts as met where the curve passes it within a share of the parameter's range, or within a moment: on a steep
way a point a little too early or too late is no mistake. What has no numbers between its values keeps its steps.
"""

import math
from collections.abc import Iterable
from dataclasses import replace

from perf.core.curve import NEAR, Key
from perf.core.event import Value
from perf.core.param import Param

MOMENT = 1 / 96  # beats by which a point may come too early or too late
WIDE = 2000.0  # a range wider than this (a seed's) says nothing: the share is one of what was moved
LINES = ("float", "colour", "point")  # kinds with values between values; the others go in steps
SPARE = 0.9  # of the tolerance is spent on leaving points out, the rest on rounding what stays


def simplify(keys: tuple[Key, ...], param: Param, tolerance: float) -> tuple[Key, ...]:
    """Fewer keys for the same curve, `tolerance` being a share of the parameter's range; the ends stay in place."""
    if param.kind not in LINES:
        return _steps(keys)
    kept: list[Key] = []
    for run in _runs(keys):
        allowed = tolerance * _span(param, run)
        chosen = _line(run, param, SPARE * allowed)
        kept += (replace(key, value=_rounded(key.value, param, allowed)) for key in chosen)
    return tuple(kept)


def _steps(keys: tuple[Key, ...]) -> tuple[Key, ...]:
    """Each value where it begins; of several at one place the last; and the last key, which says how long."""
    kept: list[Key] = []
    for number, key in enumerate(keys):
        while kept and kept[-1].at >= key.at - NEAR:
            kept.pop()
        if not kept or kept[-1].value != key.value or number == len(keys) - 1:
            kept.append(key)
    return tuple(kept)


def _runs(keys: tuple[Key, ...]) -> Iterable[list[Key]]:
    """The stretches that lines connect: a key that is held ends one, and so does a step in place."""
    run: list[Key] = []
    for key in keys:
        if run and (run[-1].ease != "linear" or key.at - run[-1].at <= NEAR):
            yield run
            run = []
        run.append(key)
    if run:
        yield run


def _line(run: list[Key], param: Param, allowed: float) -> list[Key]:
    places, relative = [key.at for key in run], param.warp == "exp"
    channels = list(zip(*(parts(key.value) for key in run), strict=True))
    kept, waiting = {0, len(run) - 1}, [(0, len(run) - 1)]
    while waiting:
        first, last = waiting.pop()
        ends = (_farthest(places, channel, (first, last), (allowed, relative)) for channel in channels)
        miss, place = max(ends)
        if miss > 1.0:
            kept.add(place)
            waiting += [(first, place), (place, last)]
    return [run[i] for i in sorted(kept)]


def _farthest(
    places: list[float], values: tuple[float, ...], ends: tuple[int, int], fit: tuple[float, bool]
) -> tuple[float, int]:
    """By how many tolerances the line between two points misses those between them, and which the most."""
    (first, last), (allowed, relative) = ends, fit
    start, end, miss, place = places[first], places[last], 0.0, first
    slope = (values[last] - values[first]) / (end - start) if last > first else 0.0
    for i in range(first + 1, last):
        at, value = places[i], values[i]
        early = min(MOMENT, at - start, end - at)  # beyond its ends there is no line
        good = max(allowed * value if relative else allowed, abs(slope) * early, 1e-12)
        off = abs(values[first] + slope * (at - start) - value) / good
        if off > miss:
            miss, place = off, i
    return miss, place


def _span(param: Param, run: list[Key]) -> float:
    """What tolerances are shares of. On an exponential range every octave is as long as every other."""
    if param.warp == "exp":
        return math.log(param.maximum / param.minimum)
    span = 1.0 if param.kind == "colour" else param.maximum - param.minimum
    if span <= WIDE:
        return span
    numbers = [part for key in run for part in parts(key.value)]
    return max(numbers) - min(numbers)


def parts(value: object) -> tuple[float, ...]:
    """The numbers of a value."""
    return value if isinstance(value, tuple) else (float(value),)  # type: ignore[arg-type]


def _rounded(value: object, param: Param, allowed: float) -> Value:
    """With no more digits than the tolerance has a use for, so that a patch stays readable."""
    if param.warp == "exp":
        allowed *= param.minimum
    if allowed <= 0.0:
        return value  # type: ignore[return-value]
    digits = max(1 - math.floor(math.log10(allowed)), 0)
    low, high = (0.0, 1.0) if param.kind == "colour" else (param.minimum, param.maximum)
    rounded = tuple(min(max(round(part, digits), low), high) for part in parts(value))
    return rounded if isinstance(value, tuple) else rounded[0]
