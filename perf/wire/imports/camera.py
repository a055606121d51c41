"""Deforum's camera in ours. Deforum moves the picture once a frame; ours has speeds, so each value is taken `fps`
times.

2D: `angle` turns counter-clockwise in degrees; `zoom` is a factor, as e-folds log(zoom); `translation_x/y` move the
picture right and down in pixels, of which H / 2 are our half height, and our camera goes the other way in x. 3D: the
camera goes right, up and forward by translation / 200 past a plane at depth 1, and `rotation_3d_x/y/z` turn it up,
right and counter-clockwise in degrees. What `transform_image_3d` looks up is a place less the way that its projection
goes, and a projection is 1 / tan(fov / 2) times as large as the place: so a plane grows, and is rolled, so many times
as fast as by such a camera. Its projection has an aspect of its own, which is 1 since `aspect_ratio_schedule`.
There is no depth map here: everything lies on that plane.
"""

import math
from dataclasses import dataclass

NEVER = 1e-6  # a factor of 0 or less, or a plane passed through, as one that can be computed
AXES = {
    False: {"angle": "roll", "zoom": "zoom", "translation_x": "x", "translation_y": "y"},
    True: {
        "translation_x": "x", "translation_y": "y", "translation_z": "z",
        "rotation_3d_x": "tilt", "rotation_3d_y": "pan", "rotation_3d_z": "roll",
    },
}  # fmt: skip
MOTION = tuple(dict.fromkeys([*AXES[False], *AXES[True]]))


@dataclass(frozen=True, slots=True)
class Shot:
    """What a conversion depends on: frames a second, the height in pixels, 3D or 2D; the `aspect` of the picture, and
    that of the 3D projection (`lens`; 0: the picture's)."""

    fps: float
    height: float
    depth: bool
    aspect: float = 1.0
    lens: float = 0.0

    def address(self, field: str) -> str:
        """The parameter that a field of Deforum moves, "" for one that does nothing in this mode."""
        axis = AXES[self.depth].get(field)
        return f"/camera/{axis}" if axis else ""

    def factor(self, field: str, fov: float) -> float:
        """What a linear field is multiplied by; `fov` in degrees."""
        wide = self.aspect / self.lens if self.lens and field in ("translation_x", "rotation_3d_y") else 1.0
        if not field.startswith("translation"):
            return self.fps * wide
        if self.depth:
            return self.fps * wide * _focal(fov) / 200.0
        return self.fps * 2.0 / self.height * (-1.0 if field == "translation_x" else 1.0)

    def rate(self, field: str, value: float, fov: float) -> float:
        """A field's value on one frame as a speed of ours."""
        if field == "zoom":
            return self.fps * math.log(max(value, NEVER))
        if field == "translation_z":
            near = min(value / 200.0, 1.0 - NEVER)
            return -self.fps * math.log(max(1.0 - self._gain(fov) * near / (1.0 - near), NEVER))
        if field == "rotation_3d_z":
            turn, gain = math.radians(value), self._gain(fov)
            return self.fps * math.degrees(math.atan2(gain * math.sin(turn), 1.0 + gain * (1.0 - math.cos(turn))))
        return self.factor(field, fov) * value

    def _gain(self, fov: float) -> float:
        """How many times as fast a plane grows and is rolled: the mean of across and along."""
        return _focal(fov) / math.sqrt(self.lens or self.aspect)

    def formula(self, field: str, inner: str, fov: float) -> str:
        """The same of a formula's text."""
        if field == "zoom":
            return f"{self.fps:.12g} * log({inner})"
        if field == "translation_z":
            return f"-{self.fps:.12g} * log(1 - {self._gain(fov):.12g} * ({inner}) / (200 - ({inner})))"
        if field == "rotation_3d_z":
            turn, gain = f"({inner}) * {math.pi / 180:.12g}", f"{self._gain(fov):.12g}"
            return f"{self.fps * 180 / math.pi:.12g} * atan2({gain} * sin({turn}), 1 + {gain} * (1 - cos({turn})))"
        factor = self.factor(field, fov)
        return inner if factor == 1 else f"{factor:.12g} * ({inner})"


def _focal(fov: float) -> float:
    return 1.0 / math.tan(math.radians(min(max(fov, 1.0), 179.0)) / 2)
