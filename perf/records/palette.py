"""Named colour ramps: how a tone between 0 and 1 becomes a colour.

A picture is painted in tones and coloured last, so one composition exists in every palette. May not know subjects.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Palette:
    """Stops from the darkest to the brightest tone (sRGB hex), and the colour of what shines by itself."""

    name: str
    stops: tuple[str, ...]
    accent: str


PALETTES: dict[str, Palette] = {
    palette.name: palette
    for palette in (
        Palette("ember", ("0a0414", "35082e", "98141c", "e2480f", "ff9a2a", "ffe6a6"), "ffb347"),
        Palette("ocean", ("04041c", "06285a", "04668c", "12a5a8", "7fdcc0", "fff2d8"), "ff9a6b"),
        Palette("neon", ("06021a", "2a0a63", "7a0fb5", "e0199f", "ff5fa8", "7ff6ff"), "33f0ff"),
        Palette("moss", ("03100f", "0d3330", "2c6b35", "7ba32e", "c8cf56", "fff3c4"), "ffc24d"),
        Palette("rose", ("140a24", "4a1d55", "9c3f72", "e07f93", "f8bdae", "fff3dc"), "ffe0a8"),
        Palette("silver", ("050506", "242528", "56585d", "8f9297", "c6c8cb", "fbfbfa"), "ffffff"),
        Palette("gold", ("06090f", "1f2b33", "6f5420", "c8952a", "efcb5e", "fff8d6"), "3fb7b0"),
        Palette("ice", ("0c0a30", "33348a", "5c7cd6", "98bdf2", "cfe8fb", "ffffff"), "d9c2ff"),
    )
}


def _rgb(code: str) -> list[float]:
    return [int(code[i : i + 2], 16) / 255.0 for i in (0, 2, 4)]


@cache
def ramp(name: str) -> Field:
    """The palette as a table of 1024 colours; interpolated in squared values, which keeps the middle tones vivid."""
    stops = np.array([_rgb(code) for code in PALETTES[name].stops], dtype=np.float32) ** 2
    at = np.linspace(0, len(stops) - 1, 1024)
    table = [np.interp(at, np.arange(len(stops)), stops[:, channel]) for channel in range(3)]
    return np.sqrt(np.stack(table, axis=-1)).astype(np.float32)


def accent(name: str) -> Field:
    """The colour of lamps, suns and lava in this palette."""
    return np.array(_rgb(PALETTES[name].accent), dtype=np.float32)


def colour(name: str, tone: Field, shine: Field) -> Field:
    """Colours a tone field and screens the shine over it."""
    base = ramp(name)[(np.clip(tone, 0.0, 1.0) * 1023).astype(np.int32)]
    glow = np.clip(shine, 0.0, 1.0)[..., None] * accent(name)
    return 1.0 - (1.0 - base) * (1.0 - glow)
