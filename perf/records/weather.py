"""Weather over a finished painting: rain that darkens and slants, snow that lies and falls. May not know colours."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from perf.records.scene import Field, Painting, Scene, over, step


def _chance(cell: Field, salt: float) -> Field:
    """A fixed number in 0…1 for each cell."""
    found: Field = np.modf(np.abs(np.sin(cell * 12.9898 + salt) * 43758.547))[0]
    return found


def clear(scene: Scene, painting: Painting) -> Painting:
    """Nothing falls."""
    return painting


def rain(scene: Scene, painting: Painting) -> Painting:
    """A darker, flatter scene behind slanting streaks in three distances."""
    light, tone = scene.light, painting.tone * 0.78 + scene.light.zenith * 0.10
    slant, salt = scene.pick(0.12, 0.3), scene.pick(0, 9)
    for pace, length in ((0.045, 0.34), (0.075, 0.5), (0.13, 0.8)):
        lane = (scene.x + slant * scene.y) / pace
        cell = np.floor(lane)
        drop = np.mod(scene.y / length + _chance(cell, salt) * 7.0, 1.0)
        streak = (
            step(0.07 - np.abs(lane - cell - 0.5), 0.05) * step(drop - 0.35, 0.3) * step(_chance(cell, salt + 3) - 0.35)
        )
        tone = over(tone, streak * 0.34, light.horizon * 0.6 + 0.38 * light.high)
    return Painting(np.clip(tone, 0, 1), painting.shine * 0.75, painting.depth, painting.mask)


def snow(scene: Scene, painting: Painting) -> Painting:
    """Ground and roofs turn white, flakes fall, near ones large."""
    light, near = scene.light, 1.0 - painting.depth
    lying = step(near - 0.12, 0.1) * step(-0.1 - scene.y, 0.5) * 0.75
    tone = over(painting.tone, lying, 0.35 * painting.tone + 0.65 * light.high)
    tone = over(tone, 0.14, light.horizon)
    salt = scene.pick(0, 9)
    for pace, size in ((0.09, 0.11), (0.16, 0.12), (0.34, 0.11)):
        u, v = scene.x / pace + scene.pick(0, 5), scene.y / pace + scene.pick(0, 5)
        cell = np.floor(u) + 57.0 * np.floor(v)
        a, b = _chance(cell, salt), _chance(cell, salt + 5)
        x, y = u - np.floor(u) - 0.2 - 0.6 * a, v - np.floor(v) - 0.2 - 0.6 * b
        flake = step(size - np.sqrt(x * x + y * y), 0.05) * step(a + b - 0.75)
        tone = over(tone, flake * 0.9, min(light.high + 0.12, 1.0))
    return Painting(np.clip(tone, 0, 1), painting.shine * (1 - 0.5 * lying), painting.depth, painting.mask)


WEATHERS: Mapping[str, Callable[[Scene, Painting], Painting]] = {"clear": clear, "rain": rain, "snow": snow}
