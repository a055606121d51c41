"""A record of the archive: its attributes and seed; and the picture, mask and depth that they determine.

The same record gives the same picture at any size, for ever. May not read the clock, files or global chance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from perf.records import forms, places, town
from perf.records.palette import PALETTES, colour
from perf.records.process import PROCESSES
from perf.records.scene import LIGHTS, Field, Painting, Scene, camera, grid
from perf.records.weather import WEATHERS

Picture = NDArray[np.uint8]

PLACES: Mapping[str, Callable[[Scene], Painting]] = {
    "sea": places.sea,
    "island": places.island,
    "river": places.river,
    "mountains": places.mountains,
    "volcano": places.volcano,
    "desert": places.desert,
    "forest": places.forest,
    "field": places.field,
    "garden": town.garden,
    "sky": town.sky_open,
    "moon": places.moon,
    "harbour": town.harbour,
    "city": places.city,
    "street": town.street,
    "room": town.room,
}
FORMS: Mapping[str, Callable[[Scene], Painting]] = {
    "tunnel": forms.tunnel,
    "spiral": forms.spiral,
    "plasma": forms.plasma,
    "lattice": forms.lattice,
    "cells": forms.cells,
    "ribbons": forms.ribbons,
    "flower": forms.flower,
    "eye": forms.eye,
    "waves": forms.waves,
    "particles": forms.particles,
}
PAINTERS = {**PLACES, **FORMS}
SHOTS: Mapping[str, float] = {"wide": 0.85, "medium": 1.1, "close": 1.6}  # magnification
ANGLES: Mapping[str, float] = {"level": 0.0, "low": -0.3, "high": 0.3, "tilted": 0.0}  # how far the horizon rises
TILT = 0.28  # radians of a tilted camera

KINDS: Mapping[str, tuple[str, ...]] = {
    "subject": tuple(PAINTERS),
    "palette": tuple(PALETTES),
    "light": tuple(LIGHTS),
    "weather": tuple(WEATHERS),
    "process": tuple(PROCESSES),
    "shot": tuple(SHOTS),
    "angle": tuple(ANGLES),
}


@dataclass(frozen=True, slots=True)
class Attributes:
    """What is true of a picture. Each field is one of `KINDS[field]`; raises ValueError for another."""

    subject: str
    palette: str
    light: str = "day"
    weather: str = "clear"
    process: str = "today"
    shot: str = "medium"
    angle: str = "level"

    def __post_init__(self) -> None:
        for kind, allowed in KINDS.items():
            if getattr(self, kind) not in allowed:
                raise ValueError(
                    f"{kind} {getattr(self, kind)!r} is not in the archive; use one of {', '.join(allowed)}"
                )


@dataclass(frozen=True, slots=True)
class Record:
    """One entry of the archive. `date` is a year; collection and maker are invented, as the whole archive is."""

    seed: int
    attributes: Attributes
    date: int
    collection: str
    maker: str
    caption: str
    licence: str = "CC0-1.0"


@dataclass(frozen=True, slots=True)
class Plate:
    """A drawn record: picture (h, w, 3) uint8; mask of the subject and depth (0 near … 1 far), (h, w) float32."""

    picture: Picture
    mask: Field
    depth: Field


def render(record: Record, width: int, height: int) -> Picture:
    """Draws the record: uint8, (height, width, 3)."""
    return develop(record, width, height).picture


def develop(record: Record, width: int, height: int) -> Plate:
    """Draws the record with its mask and depth. Composition depends on seed and subject only."""
    if min(width, height) < 8:
        raise ValueError(f"size {width}x{height} is too small to draw; use at least 8x8 pixels")
    a = record.attributes
    rng = np.random.default_rng((record.seed, KINDS["subject"].index(a.subject)))
    x, y = _coordinates(a, rng, (width, height))
    scene = Scene(x, y, LIGHTS[a.light], rng)
    painting = PAINTERS[a.subject](scene)
    sky = Scene(*grid(width, height), LIGHTS[a.light], np.random.default_rng((record.seed, 7)))
    painting = WEATHERS[a.weather](sky, painting)
    picture = PROCESSES[a.process].look(_vignetted(a.palette, painting), np.random.default_rng((record.seed, 11)))
    pixels = (np.clip(picture, 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8)
    return Plate(pixels, painting.mask.astype(np.float32), np.clip(painting.depth, 0, 1).astype(np.float32))


def _coordinates(a: Attributes, rng: np.random.Generator, size: tuple[int, int]) -> tuple[Field, Field]:
    """Where the camera looks: shot size, angle, and the small unsteadiness of a hand."""
    roll = float(rng.normal(0, 0.02 if a.subject in PLACES else 0.3))
    sway = float(rng.uniform(0.95, 1.08))
    side = 1.0 if rng.random() < 0.5 else -1.0
    x, y = camera(*grid(*size), roll + (TILT * side if a.angle == "tilted" else 0.0), SHOTS[a.shot] * sway)
    return x, y - np.float32(ANGLES[a.angle] / SHOTS[a.shot])


def _vignetted(palette: str, painting: Painting) -> Field:
    height, width = painting.tone.shape
    x, y = grid(width, height)
    edge = 1.0 - 0.10 * np.clip((x / (width / height)) ** 2 + y**2 - 0.4, 0.0, 2.0)
    coloured: Field = (colour(palette, painting.tone, painting.shine) * edge[..., None]).astype(np.float32)
    return coloured
