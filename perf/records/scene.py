"""What every painter starts from: coordinates, light, chance, and a few brushes on tone fields.

Tones are float32 fields in 0..1. May not know palettes or captions.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.floating[Any]]
Grid = tuple[Field, Field]


@dataclass(frozen=True, slots=True)
class Light:
    """Tones of a time of day: the sky's two ends, the nearest ground, how far haze reaches, the sun's strength."""

    name: str
    zenith: float
    horizon: float
    near: float
    haze: float
    sun: float
    low: float
    high: float


LIGHTS: dict[str, Light] = {
    light.name: light
    for light in (
        Light("day", zenith=0.56, horizon=0.93, near=0.27, haze=0.45, sun=0.45, low=0.20, high=1.00),
        Light("dusk", zenith=0.16, horizon=0.74, near=0.03, haze=0.60, sun=0.85, low=0.03, high=0.82),
        Light("night", zenith=0.04, horizon=0.30, near=0.00, haze=0.45, sun=0.75, low=0.00, high=0.56),
        Light("mist", zenith=0.66, horizon=0.80, near=0.42, haze=0.95, sun=0.20, low=0.42, high=0.88),
    )
}


@dataclass(frozen=True, slots=True)
class Scene:
    """A canvas: rolled and zoomed coordinates (y points up), the light, and the composition's own chance."""

    x: Field
    y: Field
    light: Light
    rng: np.random.Generator

    def pick(self, low: float, high: float) -> float:
        """A composition number between low and high."""
        return float(self.rng.uniform(low, high))

    def tone(self, value: Field) -> Field:
        """Maps an abstract form's 0..1 into the light's range."""
        return (self.light.low + (self.light.high - self.light.low) * np.clip(value, 0.0, 1.0)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Painting:
    """A finished painting before colour: tones, what shines by itself, and what is known of it.

    `depth` is 0 (at the viewer) to 1 (the sky); `mask` is 1 on the subject.
    """

    tone: Field
    shine: Field
    depth: Field
    mask: Field


@lru_cache(maxsize=8)
def grid(width: int, height: int) -> Grid:
    """Pixel centres with y in -1..1 (up) and x in -aspect..aspect."""
    y = 1.0 - (np.arange(height, dtype=np.float32) + 0.5) * (2.0 / height)
    x = ((np.arange(width, dtype=np.float32) + 0.5) * 2.0 - width) / height
    fields = np.meshgrid(x, y)
    return fields[0].astype(np.float32), fields[1].astype(np.float32)


def camera(x: Field, y: Field, roll: float, zoom: float) -> Grid:
    """Turns and scales the coordinates."""
    c, s = np.float32(np.cos(roll) / zoom), np.float32(np.sin(roll) / zoom)
    return x * c - y * s, x * s + y * c


def step(value: Field, soft: Field | float = 0.02) -> Field:
    """A soft edge: 0 below -soft, 1 above soft."""
    t = np.clip(value * np.float32(0.5 / soft) + np.float32(0.5), 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


def over(base: Field, mask: Field | float, paint: Field | float) -> Field:
    """Paints over the base where the mask is 1."""
    return base + (paint - base) * mask


def stack(scene: Scene, *layers: tuple[Field, Field | float]) -> Field:
    """Depth of layers painted one over the other on the sky: pairs of a mask and how far away it is."""
    depth: Field = np.ones_like(scene.x)
    for mask, distance in layers:
        depth = over(depth, mask, distance)
    return np.clip(depth, 0.0, 1.0)


def glow(x: Field, y: Field, radius: float) -> Field:
    """A round light that falls off like a lamp in air."""
    r2 = (x * x + y * y) * np.float32(1.0 / radius**2)
    return 1.0 / (1.0 + r2 * r2 * 0.35 + r2)


def wander(x: Field, rng: np.random.Generator, scale: float, octaves: int = 4) -> Field:
    """A smooth random curve: sines whose amplitude halves as their frequency doubles (fractional Brownian shape)."""
    total = np.zeros_like(x)
    for octave in range(octaves):
        rate = scale * 2.0**octave * rng.uniform(0.8, 1.2)
        total += np.sin(x * np.float32(rate) + np.float32(rng.uniform(0, 6.283))) * np.float32(0.5**octave)
    return total * np.float32(0.5)


def crags(x: Field, rng: np.random.Generator, scale: float, octaves: int = 4) -> Field:
    """A jagged random curve: folded sines, the ridged sum of Musgrave's terrains."""
    total = np.zeros_like(x)
    for octave in range(octaves):
        rate = scale * 2.1**octave * rng.uniform(0.8, 1.2)
        wave = np.abs(np.arcsin(np.sin(x * np.float32(rate) + np.float32(rng.uniform(0, 6.283))))) * np.float32(0.6366)
        total += (1.0 - wave) * np.float32(0.45**octave)
    return total * np.float32(0.62)


def clouds(scene: Scene, scale: float) -> Field:
    """Soft warped bands in 0..1."""
    a = wander(scene.x * 0.6 + scene.y * 1.4, scene.rng, scale, 2)
    b = wander(scene.y * 2.2 - scene.x * 0.3 + a, scene.rng, scale, 3)
    return np.clip(b * 0.6 + 0.5, 0.0, 1.0)


def sky(scene: Scene, horizon: float, sun: tuple[float, float], size: float) -> Painting:
    """A graded sky with a sun or moon disc, its halo, and a breath of cloud."""
    light = scene.light
    rise = np.clip((scene.y - horizon) / (1.15 - horizon), 0.0, 1.0) ** np.float32(0.7)
    tone = light.horizon + (light.zenith - light.horizon) * rise
    x, y = scene.x - sun[0], scene.y - sun[1]
    halo = glow(x, y, size * 3.5)
    tone = tone + halo * np.float32(0.30 * light.sun + 0.04) + (clouds(scene, 2.0) - 0.5) * np.float32(0.16)
    disc = step(size - np.sqrt(x * x + y * y), 0.025)
    shine = disc * np.float32(0.3 + 0.7 * light.sun) + halo**2 * np.float32(0.35 * light.sun)
    return Painting(np.clip(tone, 0, 1), shine, np.ones_like(tone), disc)


def depth(light: Light, distance: float) -> float:
    """The tone of a silhouette at a distance of 0 (near) to 1 (at the horizon): aerial perspective."""
    reach = distance ** (1.6 - light.haze)
    return light.near + (light.horizon * 0.9 - light.near) * reach * (0.55 + 0.4 * light.haze)
