"""Shot templates: the moves of film grammar as displacements of the camera over a share of their time.

A shot says where the camera has got to, not how fast it is, so it ends at the same place at any frame rate. Zoom turns
the lens, dolly carries the camera: on a flat picture they look alike, with depth they do not.
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from operator import itemgetter

from perf.core.camera import AXES, Pose
from perf.core.curve import EASINGS
from perf.core.formula import noise
from perf.core.transform import Transform, moved_by

LENGTH = 4.0  # seconds (or the track's unit) of a shot that does not say
PARTS = (*AXES, "orbit")
STRIDE = 0.55  # seconds of a walker's step
STRIDES = {"beats": 0.5, "bars": 2.0, "seconds": 1.0}  # seconds of somebody who walks: on the beat, at any tempo

Move = Callable[[float, float], Pose]  # the eased share 0…1 of the shot, and the seconds that have passed of it


@dataclass(frozen=True, slots=True)
class Shot:
    """A template by name, its `length` (seconds, or the unit of its track) and how much of it: -2…2, negative: back."""

    name: str
    length: float = LENGTH
    amount: float = 1.0

    def at(self, passed: float, seconds: float = 1.0) -> Pose:
        """Where the camera has got to when `passed` of the length is over; a unit of it is so many `seconds`."""
        share = min(max(passed / self.length, 0.0), 1.0) if self.length > 0 else 1.0
        ease, move = SHOTS[self.name]
        return scaled(move(EASINGS[ease](share), min(max(passed, 0.0), self.length) * seconds), self.amount)


def scaled(pose: Pose, amount: float) -> Pose:
    """A displacement, so many times."""
    return Pose(*(getattr(pose, axis) * amount for axis in PARTS))


def plus(one: Pose, other: Pose) -> Pose:
    """Both displacements, one after the other."""
    return Pose(*(getattr(one, axis) + getattr(other, axis) for axis in PARTS))


def _straight(**axes: float) -> Move:
    return lambda share, seconds: scaled(Pose(**axes), share)


def _handheld(share: float, seconds: float) -> Pose:
    """The unsteadiness of a hand, still at both ends."""
    grip = math.sin(math.pi * min(share, 1.0)) ** 0.5 if 0 < share < 1 else 0.0
    return Pose(
        pan=1.6 * grip * noise(0.9 * seconds, 1), tilt=1.2 * grip * noise(0.8 * seconds, 2),
        roll=0.9 * grip * noise(0.6 * seconds, 3), x=0.02 * grip * noise(1.7 * seconds, 4),
    )  # fmt: skip


def _walk(share: float, seconds: float) -> Pose:
    """Point of view of somebody who walks: forward, with the rise, sway and roll of steps."""
    step = math.pi * seconds / STRIDE
    settle = min(1.0, seconds, 4 * (1 - share) + 1e-9) if share < 1 else 0.0
    return Pose(
        z=0.14 * seconds, y=0.03 * settle * abs(math.sin(step)), x=0.015 * settle * math.sin(step),
        roll=0.5 * settle * math.sin(step),
    )  # fmt: skip


_SIDES: Mapping[str, tuple[str, dict[str, float], tuple[str, str]]] = {  # name: (easing, displacement, (there, back))
    "pan": ("in-out-sine", {"pan": 25.0}, ("right", "left")),
    "tilt": ("in-out-sine", {"tilt": 18.0}, ("up", "down")),
    "roll": ("in-out-sine", {"roll": 20.0}, ("right", "left")),
    "truck": ("in-out-sine", {"x": 0.7}, ("right", "left")),
    "pedestal": ("in-out-sine", {"y": 0.6}, ("up", "down")),
    "dolly": ("in-out-sine", {"z": 0.6}, ("in", "out")),
    "zoom": ("in-out-sine", {"zoom": 0.6}, ("in", "out")),
    "crane": ("in-out-sine", {"y": 0.7, "tilt": -15.0}, ("up", "down")),
    "whip": ("in-out-quint", {"pan": 75.0}, ("right", "left")),
}

_PLACES: Mapping[str, dict[str, float]] = {  # angles, and sizes from a medium shot's: where the camera goes, and stays
    "high": {"y": 0.5, "tilt": -14.0},
    "low": {"y": -0.45, "tilt": 14.0},
    "overhead": {"y": 1.0, "tilt": -28.0},
    "dutch-right": {"roll": 15.0},
    "dutch-left": {"roll": -15.0},
    "extreme-close-up": {"zoom": 1.1},
    "close-up": {"zoom": 0.7},
    "medium-close-up": {"zoom": 0.35},
    "medium-long": {"zoom": -0.25},
    "long": {"zoom": -0.5},
    "extreme-long": {"zoom": -0.8},
}

SHOTS: Mapping[str, tuple[str, Move]] = {  # an easing, and the move
    "static": ("linear", _straight()),
    **{
        f"{name}-{side}": (ease, _straight(**{axis: sign * value for axis, value in axes.items()}))
        for name, (ease, axes, sides) in _SIDES.items()
        for side, sign in zip(sides, (1.0, -1.0), strict=True)
    },
    **{name: ("in-out-sine", _straight(**axes)) for name, axes in _PLACES.items()},
    "dolly-zoom": ("in-out-sine", _straight(z=0.6, zoom=-0.6)),
    "orbit-right": ("in-out-sine", _straight(orbit=28.0)),
    "orbit-left": ("in-out-sine", _straight(orbit=-28.0)),
    "handheld": ("linear", _handheld),
    "walk": ("linear", _walk),
    "pov": ("linear", _walk),
}


def read(text: str) -> Shot:
    """A shot as it is written: `NAME`, `NAME LENGTH` or `NAME LENGTH AMOUNT`. Raises ValueError with what is known."""
    words = text.split()
    if not words or words[0] not in SHOTS or len(words) > 3:
        raise ValueError(f"{text[:60]!r} is no shot; it takes NAME LENGTH AMOUNT, and known are {', '.join(SHOTS)}")
    try:
        numbers = [float(word) for word in words[1:]]
    except ValueError:
        numbers = [math.nan]
    length, amount = [*numbers, LENGTH, 1.0][:2] if len(numbers) != 1 else (numbers[0], 1.0)
    if not 0 < length <= 1e4 or not -2 <= amount <= 2:
        raise ValueError(f"{text[:60]!r}: a shot's length is above 0, up to 10000, its amount -2…2")
    return Shot(words[0], length, amount)


@dataclass(frozen=True, slots=True)
class ShotTrack:
    """Shots one after another on the timeline: (place, shot) in order, in `unit`; `loop` is a length, 0 plays once.

    What the camera has done stays done: each round of a loop goes on from the one before.
    """

    shots: tuple[tuple[float, Shot], ...]
    unit: str = "beats"
    loop: float = 0.0
    _before: tuple[Pose, ...] = field(init=False, repr=False, compare=False)  # where each shot begins

    def __post_init__(self) -> None:
        poses = [Pose()]
        for (at, shot), (end, _) in pairwise(self.shots):  # the next shot cuts this one short
            poses.append(plus(poses[-1], shot.at(end - at, STRIDES[self.unit])))
        object.__setattr__(self, "_before", tuple(poses))

    @property
    def span(self) -> float:
        """Its loop, or the place at which its last shot ends."""
        return self.loop or max((at + shot.length for at, shot in self.shots), default=0.0)

    def transformed(self, transform: Transform) -> "ShotTrack":
        """The track under a transform: reverse retraces the way, retrograde keeps the rhythm and turns the shots about.
        Raises ValueError for what means nothing for shots."""
        shots, name = self.shots, transform.name
        if name == "retrograde":
            turned = zip((at for at, _ in shots), (shot for _, shot in reversed(shots)), strict=True)
            return replace(self, shots=tuple(turned))
        moved, scale, loop = moved_by(transform, "an amount of -1 leads a shot back"), 1.0, self.loop
        if name == "reverse":
            shots = tuple((at + shot.length, replace(shot, amount=-shot.amount)) for at, shot in reversed(shots))
        elif name == "augment":
            scale, loop = transform.amount, loop * transform.amount
        found = [(moved(at, self.span), replace(shot, length=shot.length * scale)) for at, shot in shots]
        found = [(at % loop, shot) if loop else (at, shot) for at, shot in found]
        return replace(self, shots=tuple(sorted(found, key=lambda one: one[0])), loop=loop)

    def at(self, place: float) -> Pose:
        """Where the camera has got to at `place`."""
        rounds, inside = divmod(place, self.loop) if self.loop else (0.0, place)
        here = self._sum(inside)
        return plus(here, scaled(self._sum(self.loop), rounds)) if rounds else here

    def _sum(self, place: float) -> Pose:
        i = bisect_right(self.shots, place, key=itemgetter(0)) - 1
        if i < 0:
            return Pose()
        at, shot = self.shots[i]
        return plus(self._before[i], shot.at(place - at, STRIDES[self.unit]))
