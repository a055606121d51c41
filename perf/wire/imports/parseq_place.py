"""A frame among the keyframes of a Parseq field, and what is there by name: interpolations L, C, P and S, positions."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

Result = float | str
POLYNOMIAL = 64  # keyframes that a polynomial goes through, at most


@dataclass(slots=True)
class Place:
    """Where a value is asked for: a frame among the keyframes of a field. `active` is the keyframe before it, `names`
    are other fields' values, `loose` collects functions that give other numbers than Parseq's."""

    frames: Sequence[int]
    values: Sequence[float]
    fps: float
    bpm: float
    frame: int = 0
    active: int = 0
    names: dict[str, Result] = field(default_factory=dict)
    loose: set[str] = field(default_factory=set)
    slopes: list[float] = field(default_factory=list)

    @property
    def index(self) -> int:
        """The keyframe before, by its number."""
        return max(bisect_right(self.frames, self.frame) - 1, 0)

    @property
    def after(self) -> int:
        """The keyframe after, by its number: the last where there is none."""
        return min(bisect_right(self.frames, self.frame), len(self.frames) - 1)


def linear(place: Place) -> float:
    """Between the keyframes around, in a straight line."""
    i, j = place.index, place.after
    if i == j or place.frame <= place.frames[0]:
        return place.values[i]
    share = (place.frame - place.frames[i]) / (place.frames[j] - place.frames[i])
    return place.values[i] + (place.values[j] - place.values[i]) * share


def spline(place: Place) -> float:
    """The natural cubic spline through all keyframes."""
    xs, ys = place.frames, place.values
    if len(xs) < 3:
        return linear(place)
    if not place.slopes:
        place.slopes = natural(xs, ys)
    i = min(place.index, len(xs) - 2)
    span, rise = xs[i + 1] - xs[i], ys[i + 1] - ys[i]
    share = (place.frame - xs[i]) / span
    a, b = place.slopes[i] * span - rise, rise - place.slopes[i + 1] * span
    return (1 - share) * ys[i] + share * ys[i + 1] + share * (1 - share) * (a * (1 - share) + b * share)


def natural(xs: Sequence[int], ys: Sequence[float]) -> list[float]:
    """The slopes of the natural cubic spline at its knots: a system of three diagonals, by Thomas's elimination."""
    spans = [b - a for a, b in pairwise(xs)]
    pulls = [3 * (b - a) / span**2 for (a, b), span in zip(pairwise(ys), spans, strict=True)]
    ahead = [1 / span for span in spans]
    diagonal = [2 * ((ahead[i - 1] if i else 0) + (ahead[i] if i < len(ahead) else 0)) for i in range(len(xs))]
    wanted = [(pulls[i - 1] if i else 0) + (pulls[i] if i < len(pulls) else 0) for i in range(len(xs))]
    for i in range(1, len(xs)):
        factor = ahead[i - 1] / diagonal[i - 1]
        diagonal[i] -= factor * ahead[i - 1]
        wanted[i] -= factor * wanted[i - 1]
    slopes = [wanted[-1] / diagonal[-1]]
    for i in range(len(xs) - 2, -1, -1):
        slopes.append((wanted[i] - ahead[i] * slopes[-1]) / diagonal[i])
    return slopes[::-1]


def polynomial(place: Place) -> float:
    """The one polynomial through all keyframes (Neville's scheme)."""
    xs, rows = place.frames, list(place.values)
    if len(xs) > POLYNOMIAL:
        raise ValueError(f"P goes through {POLYNOMIAL} keyframes at most")
    for step in range(1, len(xs)):
        for i in range(len(xs) - step):
            a, b = xs[i], xs[i + step]
            rows[i] = ((place.frame - b) * rows[i] + (a - place.frame) * rows[i + 1]) / (a - b)
    return rows[0]


NAMES: Mapping[str, Callable[[Place], float]] = {
    "L": lambda place: linear(place),
    "C": lambda place: spline(place),
    "P": lambda place: polynomial(place),
    "S": lambda place: place.values[place.index],
    "f": lambda place: float(place.frame),
    "b": lambda place: place.frame / place.fps * place.bpm / 60.0,
    "s": lambda place: place.frame / place.fps,
    "k": lambda place: float(place.frame - place.active),
    "active_keyframe": lambda place: float(place.active),
    "prev_keyframe": lambda place: float(place.active),
    "next_keyframe": lambda place: float(place.frames[place.after]),
    "active_keyframe_value": lambda place: place.values[place.index],
    "prev_keyframe_value": lambda place: place.values[place.index],
    "next_keyframe_value": lambda place: place.values[place.after],
}
