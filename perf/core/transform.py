"""Transforms of a whole track, as composers use them: each gives another source of the same kind.

Keys are transformed exactly; what has no keys is read at another place.
"""

import math
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Protocol

from perf.core.curve import Curve, Key
from perf.core.event import Value
from perf.core.formula import Formula, call, constant
from perf.core.pattern import Steps

TRANSFORMS = {  # name: (what its number is, its default; None: there is none)
    "reverse": ("", None),
    "retrograde": ("", None),
    "invert": ("axis", math.nan),
    "augment": ("factor", 2.0),
    "offset": ("length", math.nan),
    "quantise": ("grid", math.nan),
}
BEFORE = 1e-9  # what lies just before a place: steps last until just before the next


class Source(Protocol):
    """What gives a track its values: a curve, a pattern."""

    @property
    def span(self) -> float:
        """Its length in the track's unit."""

    def at(self, place: float) -> Value:
        """The value at a place in the track's unit."""


@dataclass(frozen=True, slots=True)
class Transform:
    """One transform by name, and its number where it has one (NaN: left out)."""

    name: str
    amount: float = math.nan


@dataclass(frozen=True, slots=True)
class Bent:
    """A source read at other places, or with other values."""

    source: Source
    span: float
    place: Callable[[float], float] = lambda place: place
    value: Callable[[Value], Value] = lambda value: value

    def at(self, place: float) -> Value:
        """The value at `place`."""
        return self.value(self.source.at(self.place(place)))


def transformed(source: Source, transform: Transform, span: float, line: float = 0.0) -> Source:
    """A source under a transform that keeps its length `span`: reverse, retrograde, invert or quantise, whose grid has
    a line at `line`.

    Raises ValueError where it means nothing for this source.
    """
    if transform.name == "reverse":
        return _reversed(source, span)
    if transform.name == "retrograde":
        return _retrograde(source)
    if transform.name == "invert":
        return _inverted(source, transform.amount)
    if not transform.amount > 0:
        raise ValueError("quantise takes a grid above 0, such as quantise 1/4")
    return _quantised(source, transform.amount, line)


def moved_by(transform: Transform, otherwise: str) -> Callable[[float, float], float]:
    """Where a transform takes a place of what is so long. Raises ValueError, with the words `otherwise`, for one of
    values."""
    amount = transform.amount
    if transform.name == "quantise" and amount > 0:
        return lambda at, span: round(at / amount) * amount
    if transform.name == "augment":
        return lambda at, span: at * amount
    if transform.name == "offset":
        return lambda at, span: at + amount
    if transform.name == "reverse":
        return lambda at, span: span - at
    raise ValueError(f"{transform.name} means nothing here: {otherwise}")


def _reversed(source: Source, span: float) -> Source:
    """From the end to the beginning, every easing mirrored."""
    if isinstance(source, Curve):
        return Curve(list(_mirrored(source.keys, span)))
    return Bent(source, span, lambda place: max(span - place - BEFORE, 0.0))


def _mirrored(keys: tuple[Key, ...], span: float) -> list[Key]:
    found = [Key(0.0, keys[-1].value, "hold")] if span > keys[-1].at else []
    for before, after in reversed(list(pairwise(keys))):  # one beyond the span, that of a loop, comes to lie before 0
        found.append(Key(span - after.at, after.value, mirrored(before.ease)))
    return [*found, Key(span - keys[0].at, keys[0].value, "hold")]


def mirrored(ease: str) -> str:
    """The easing that is `ease` seen backwards."""
    if ease.startswith("bezier("):
        x1, y1, x2, y2 = (float(number) for number in ease[7:-1].split(","))
        return f"bezier({1 - x2}, {1 - y2}, {1 - x1}, {1 - y1})"
    for one, other in (("in-out-", "in-out-"), ("in-", "out-"), ("out-", "in-"), ("hold", "jump"), ("jump", "hold")):
        if ease.startswith(one):
            return other + ease.removeprefix(one)
    return ease


def _retrograde(source: Source) -> Source:
    """The values from last to first, on the rhythm as it was."""
    if isinstance(source, Curve):
        values = [key.value for key in reversed(source.keys)]
        return Curve(replace(key, value=value) for key, value in zip(source.keys, values, strict=True))
    if isinstance(source, Steps):
        return source.backwards()
    raise ValueError("retrograde turns a row of values about, so it takes keys or steps; use reverse here")


def _inverted(source: Source, axis: float) -> Source:
    """Up is down, about `axis`; without one about the middle of the values."""
    values = _numbers(source)
    if values is None:
        raise ValueError("invert turns numbers upside down, and this track has others")
    if axis != axis:
        if not values:
            raise ValueError("invert takes an axis here, such as invert 0.5")
        axis = (min(values) + max(values)) / 2
    if isinstance(source, Curve):
        return Curve(replace(key, value=_turned(key.value, axis)) for key in source.keys)
    return Bent(source, source.span, value=lambda value: _flipped(value, axis))


def _turned(value: Value | Formula, axis: float) -> Value | Formula:
    """A key's value upside down, where it is a formula, too."""
    if not isinstance(value, Formula):
        return _flipped(value, axis)
    node = call(operator.sub, (constant(2 * axis), value.node))
    return replace(value, text=f"{2 * axis:g} - ({value.text})", node=node)


def _flipped(value: Value, axis: float) -> Value:
    assert isinstance(value, int | float)
    flipped = 2 * axis - value
    return round(flipped) if type(value) is int else flipped


def _numbers(source: Source) -> list[float] | None:
    """A source's numbers; none of them where they are computed; None where there are texts, colours or switches."""
    kept = source.keys if isinstance(source, Curve) else ()
    values = [key.value for key in kept] if kept else list(getattr(source, "values", getattr(source, "states", ())))
    if any(isinstance(value, str | tuple | bool) for value in values):
        return None
    return [] if any(isinstance(value, Formula) for value in values) else [float(value) for value in values]  # type: ignore[arg-type]


def _quantised(source: Source, grid: float, zero: float) -> Source:
    """Keys on the nearest line of the grid; what has no keys is held from line to line."""
    if not isinstance(source, Curve):
        return Bent(source, source.span, lambda place: zero + math.floor((place - zero) / grid + BEFORE) * grid)
    keys = {round((key.at - zero) / grid): key for key in source.keys}
    return Curve(replace(key, at=zero + line * grid) for line, key in keys.items())


_TEXT = re.compile(r"([a-z]+)(?:\s+(-?[0-9.]+)(?:\s*/\s*([0-9.]+))?)?")


def read(text: str) -> Transform:
    """A transform as a patch writes it: `reverse`, `invert 0.5`, `quantise 1/4`. Raises ValueError."""
    found = _TEXT.fullmatch(text.strip())
    known = ", ".join(name + (f" {what.upper()}" if what else "") for name, (what, _) in TRANSFORMS.items())
    if found is None or found[1] not in TRANSFORMS:
        raise ValueError(f"{text!r} is not a transform; known are {known}")
    what, default = TRANSFORMS[found[1]]
    if found[2] is None:
        if what in ("length", "grid"):
            raise ValueError(f"{text!r} lacks its {what}, as in {found[1]} 1/4")
        return Transform(found[1], math.nan if default is None else default)
    try:
        amount = float(found[2]) / float(found[3] or 1)
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"{text!r} has a number that is none; write it as in {found[1]} 1/4") from None
    if not what:
        raise ValueError(f"{found[1]} takes no number")
    if found[1] in ("augment", "quantise") and not amount > 0:
        raise ValueError(f"{found[1]} takes a {what} above 0")
    return Transform(found[1], amount)
