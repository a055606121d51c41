"""A record of the archive: a subject, a palette, a light, a seed and a caption; and the picture they determine.

The same record gives the same picture at any size, for ever. May not read the clock, files or global chance.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from perf.records import forms, places, town
from perf.records.caption import compose
from perf.records.palette import PALETTES, colour
from perf.records.scene import LIGHTS, Painting, Scene, camera, grid

Picture = NDArray[np.uint8]

PAINTERS: Mapping[str, Callable[[Scene], Painting]] = {
    "sea": places.sea,
    "island": places.island,
    "river": places.river,
    "mountains": places.mountains,
    "volcano": places.volcano,
    "desert": places.desert,
    "forest": places.forest,
    "field": places.field,
    "city": places.city,
    "moon": places.moon,
    "harbour": town.harbour,
    "street": town.street,
    "room": town.room,
    "garden": town.garden,
    "sky": town.sky_open,
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
SUBJECTS: tuple[str, ...] = tuple(PAINTERS)
PALETTE_NAMES: tuple[str, ...] = tuple(PALETTES)
LIGHT_NAMES: tuple[str, ...] = tuple(LIGHTS)
_PLACES = frozenset(SUBJECTS[:15])


@dataclass(frozen=True, slots=True)
class Record:
    """One entry of the archive."""

    seed: int
    subject: str
    palette: str
    light: str
    caption: str

    def __post_init__(self) -> None:
        _check("subject", self.subject, SUBJECTS)
        _check("palette", self.palette, PALETTE_NAMES)
        _check("light", self.light, LIGHT_NAMES)


def _check(kind: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ValueError(f"{kind} {value!r} is not in the archive; use one of {', '.join(allowed)}")


def render(record: Record, width: int, height: int) -> Picture:
    """Draws the record: uint8, (height, width, 3)."""
    if min(width, height) < 8:
        raise ValueError(f"size {width}x{height} is too small to draw; use at least 8x8 pixels")
    rng = np.random.default_rng((record.seed, SUBJECTS.index(record.subject)))
    turn = 0.025 if record.subject in _PLACES else 0.5
    x, y = camera(*grid(width, height), float(rng.normal(0, turn)), float(rng.uniform(0.95, 1.2)))
    painting = PAINTERS[record.subject](Scene(x, y, LIGHTS[record.light], rng))
    picture = colour(record.palette, painting.tone, painting.shine)
    x0, y0 = grid(width, height)
    edge = 1.0 - 0.10 * np.clip((x0 / (width / height)) ** 2 + y0**2 - 0.4, 0.0, 2.0)
    return (np.clip(picture * edge[..., None], 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8)


def archive(n: int, seed: int = 0) -> list[Record]:
    """The first n records of the archive with this seed; a longer archive begins with a shorter one."""
    return [_draw(seed, index) for index in range(n)]


def _draw(seed: int, index: int) -> Record:
    rng = np.random.default_rng((seed, index))
    subject = SUBJECTS[index % len(SUBJECTS)]
    palette, light = str(rng.choice(PALETTE_NAMES)), str(rng.choice(LIGHT_NAMES))
    return Record(int(rng.integers(2**31)), subject, palette, light, compose(subject, palette, light, rng))


def counts(records: Iterable[Record]) -> dict[str, dict[str, int]]:
    """How many records there are of each subject, palette and light."""
    kept = list(records)
    kinds = ("subject", "palette", "light")
    return {kind: dict(Counter(str(getattr(record, kind)) for record in kept)) for kind in kinds}
