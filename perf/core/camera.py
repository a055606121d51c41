"""The camera: a pose that rates move, and the planar homography between two poses.

The stage and the sampler warp by the same matrix (Hartley & Zisserman 2004, 13.1: the homography that a plane at
depth 1 induces), so what the display interpolates is where the next sample will be. Coordinates: the picture's
half height is 1, x to the right, y up; matrices are rows of three floats.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from perf.core.event import Value

Matrix = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]

IDENTITY: Matrix = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
LIMIT = 0.9  # of an axis, in one warp: a longer jump (a restart, a stall) is cut, it would show nothing but border


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the camera has come to: angles in degrees, x/y/z in half heights, zoom as the logarithm of its factor.

    `orbit` is degrees about what lies a focal length away; only a shot has it, `walked` makes a way of it.
    """

    pan: float = 0.0
    tilt: float = 0.0
    roll: float = 0.0
    x: float = 0.0
    y: float = 0.0
    z: float = 0.0
    zoom: float = 0.0
    orbit: float = 0.0

    def walked(self, fov: float) -> "Pose":
        """The same with its orbit as steps to the side, each as the camera turns back to the middle, at a field of view
        in degrees. Each step is one of the turned camera, so there is no way forward in it."""
        way = math.radians(self.orbit) * focal(fov)
        return replace(self, x=self.x + way, pan=self.pan - self.orbit, orbit=0.0) if self.orbit else self

    def moved(self, values: Mapping[str, Value], seconds: float) -> "Pose":
        """The pose after `seconds` at the rates `/camera/…` (units per second)."""
        moved = [getattr(self, axis) + float(values[f"/camera/{axis}"]) * seconds for axis in AXES]  # type: ignore[arg-type]
        return Pose(*moved)

    def minus(self, other: "Pose") -> "Pose":
        """The movement from `other` to this pose, each axis cut to what one warp can show."""
        rest = [getattr(self, axis) - getattr(other, axis) for axis in AXES]
        limits = (30.0, 30.0, 90.0, LIMIT, LIMIT, LIMIT, LIMIT)
        return Pose(*(min(max(d, -limit), limit) for d, limit in zip(rest, limits, strict=True)))


AXES = tuple(f.name for f in fields(Pose) if f.name != "orbit")  # those that rates move


def focal(fov: float) -> float:
    """The focal length in half heights, of a vertical field of view in degrees."""
    return 1.0 / math.tan(math.radians(min(max(fov, 5.0), 150.0)) / 2)


def multiply(a: Matrix, b: Matrix) -> Matrix:
    """The product a·b."""
    rows = [tuple(sum(a[i][k] * b[k][j] for k in range(3)) for j in range(3)) for i in range(3)]
    return (rows[0], rows[1], rows[2])  # type: ignore[return-value]


def homography(move: Pose, fov: float) -> Matrix:
    """Where a point of the moved picture lies in the one before: the matrix a shader or `grid_sample` looks up with.

    `fov` is the vertical field of view in degrees. Pan and tilt turn the camera, x/y/z carry it past a plane at
    depth 1 focal length, roll and zoom act on the picture.
    """
    length = focal(fov)
    pan, tilt, roll = math.radians(move.pan), math.radians(move.tilt), math.radians(move.roll)
    cp, sp, ct, st = math.cos(pan), math.sin(pan), math.cos(tilt), math.sin(tilt)
    yaw: Matrix = ((cp, 0.0, sp), (0.0, 1.0, 0.0), (-sp, 0.0, cp))
    pitch: Matrix = ((1.0, 0.0, 0.0), (0.0, ct, st), (0.0, -st, ct))
    turn = multiply(yaw, pitch)
    lens: Matrix = ((1 / length, 0.0, 0.0), (0.0, 1 / length, 0.0), (0.0, 0.0, 1.0))
    back: Matrix = ((length, 0.0, 0.0), (0.0, length, 0.0), (0.0, 0.0, 1.0))
    depth = math.exp(-move.z)
    shift: Matrix = ((depth, 0.0, move.x), (0.0, depth, move.y), (0.0, 0.0, 1.0))
    scale = math.exp(-move.zoom)
    c, s = math.cos(roll) * scale, math.sin(roll) * scale
    spin: Matrix = ((c, s, 0.0), (-s, c, 0.0), (0.0, 0.0, 1.0))
    return multiply(shift, multiply(back, multiply(turn, multiply(lens, spin))))
