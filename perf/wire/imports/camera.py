"""Deforum's camera in ours. Deforum moves the picture once a frame; ours has speeds, so each value is taken `fps`
times.

2D: `angle` turns counter-clockwise in degrees; `zoom` is a factor, as e-folds log(zoom); `translation_x/y` move the
picture right and down in pixels, of which H / 2 are our half height, and our camera goes the other way in x. 3D: the
camera goes right, up and forward by translation / 200 past a plane at depth 1 (what lies there moves by translation /
(200 tan(fov / 2)) half heights, and grows by 1 / (1 - z / 200)); `rotation_3d_x/y/z` turn it up, right and
counter-clockwise in degrees. There is no depth map here: everything lies on that plane.
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
    """What a conversion depends on: frames a second, the height in pixels, 3D or 2D."""

    fps: float
    height: float
    depth: bool

    def address(self, field: str) -> str:
        """The parameter that a field of Deforum moves, "" for one that does nothing in this mode."""
        axis = AXES[self.depth].get(field)
        return f"/camera/{axis}" if axis else ""

    def factor(self, field: str, fov: float) -> float:
        """What a linear field is multiplied by; `fov` in degrees."""
        if not field.startswith("translation"):
            return self.fps
        if self.depth:
            return self.fps / (200.0 * math.tan(math.radians(min(max(fov, 1.0), 179.0)) / 2))
        return self.fps * 2.0 / self.height * (-1.0 if field == "translation_x" else 1.0)

    def rate(self, field: str, value: float, fov: float) -> float:
        """A field's value on one frame as a speed of ours."""
        if field == "zoom":
            return self.fps * math.log(max(value, NEVER))
        if field == "translation_z":
            return -self.fps * math.log(max(1.0 - value / 200.0, NEVER))
        return self.factor(field, fov) * value

    def formula(self, field: str, inner: str, fov: float) -> str:
        """The same of a formula's text."""
        if field == "zoom":
            return f"{self.fps:.12g} * log({inner})"
        if field == "translation_z":
            return f"-{self.fps:.12g} * log(1 - ({inner}) / 200)"
        factor = self.factor(field, fov)
        return inner if factor == 1 else f"{factor:.12g} * ({inner})"
