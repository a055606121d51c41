"""The looks of photographic processes, from the daguerreotype to today: what an era does to a picture.

Large marks (frames, mats, blocks, bands) beside fine ones (grain, scratches), since a small autoencoder keeps
the large. Years are those of common use. May not know subjects.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from perf.records.scene import Field, grid, step

LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)  # ITU-R BT.709


@dataclass(frozen=True, slots=True)
class Process:
    """A way of making pictures: its years, whether it has colour, and its look (picture (h, w, 3) 0…1 → the same)."""

    name: str
    first: int
    last: int
    colour: bool
    look: Callable[[Field, np.random.Generator], Field]


def _grid(picture: Field) -> tuple[Field, Field, float]:
    height, width = picture.shape[:2]
    return *grid(width, height), width / height


def _grey(picture: Field) -> Field:
    grey: Field = picture @ LUMA
    return grey


def _toned(grey: Field, dark: tuple[float, ...], middle: tuple[float, ...], bright: tuple[float, ...]) -> Field:
    """A monochrome in the tones of its material."""
    levels = np.array([dark, middle, bright], np.float32)
    at = np.clip(grey, 0, 1)
    return np.stack([np.interp(at, (0.0, 0.5, 1.0), levels[:, c]) for c in range(3)], axis=-1).astype(np.float32)


def _grain(picture: Field, rng: np.random.Generator, size: int) -> Field:
    """Noise (h, w) of one standard deviation in cells of `size` pixels, softened."""
    height, width = picture.shape[:2]
    cells = rng.standard_normal((height // size + 2, width // size + 2)).astype(np.float32)
    spread = cells.repeat(size, 0).repeat(size, 1)[:height, :width]
    return spread


def _inside(x: Field, y: Field, half: tuple[float, float], corner: float) -> Field:
    """1 within a rectangle of these half sides with rounded corners (a signed distance, softened)."""
    dx, dy = np.abs(x) - (half[0] - corner), np.abs(y) - (half[1] - corner)
    outside = np.sqrt(np.maximum(dx, 0) ** 2 + np.maximum(dy, 0) ** 2) + np.minimum(np.maximum(dx, dy), 0)
    return step(corner - outside, 0.012)


def _unit(height: int) -> int:
    """A fine mark's size: 4 pixels at 256, a power of two, so that marks fall alike into every cell of a latent."""
    return 2 ** max(round(float(np.log2(height / 64))), 0)


def _framed(picture: Field, inside: Field, frame: Field | tuple[float, ...]) -> Field:
    mask = inside[..., None]
    return picture * mask + np.asarray(frame, np.float32) * (1 - mask)


def daguerreotype(picture: Field, rng: np.random.Generator) -> Field:
    """A silvered plate under an oval brass mat, blue where it is brightest, tarnished at the rim."""
    x, y, aspect = _grid(picture)
    grey = np.clip(_grey(picture) * 1.25 - 0.05, 0, 1) ** 0.95
    plate = _toned(grey, (0.05, 0.045, 0.05), (0.47, 0.45, 0.44), (0.90, 0.93, 0.97))
    r = np.sqrt((x / (aspect * 0.90)) ** 2 + (y / 0.92) ** 2)
    tarnish = step(r - 0.80, 0.2)[..., None]
    plate = plate * (1 - tarnish * 0.55) + np.array([0.20, 0.17, 0.24], np.float32) * tarnish * 0.45
    plate = plate + (_grain(picture, rng, 2) * 0.018)[..., None]
    brass = np.array([0.42, 0.30, 0.13], np.float32) * (0.75 + 0.20 * y + 0.10 * np.sin(x * 3.0 + 1))[..., None]
    rim = np.exp(-(((r - 1.0) / 0.03) ** 2))[..., None] * 0.35
    return _framed(plate, step(1.0 - r, 0.012), brass) + rim * np.array([0.8, 0.62, 0.3], np.float32)


def silver_print(picture: Field, rng: np.random.Generator) -> Field:
    """Black and white on baryta paper: full blacks, a white border, grain."""
    x, y, aspect = _grid(picture)
    grey = np.clip((_grey(picture) - 0.5) * 1.18 + 0.5, 0, 1)
    grey = grey + _grain(picture, rng, 1) * 0.022 * (1 - np.abs(grey - 0.5))
    paper = (0.93, 0.91, 0.86)
    printed = _toned(grey, (0.035, 0.033, 0.032), (0.46, 0.455, 0.445), paper)
    border = 0.085
    return _framed(printed, _inside(x, y, (aspect - border, 1 - border), 0.004), paper)


def autochrome(picture: Field, rng: np.random.Generator) -> Field:
    """Dyed starch grains on glass: muted colour in a coarse mosaic, soft, darker and warmer to the edge."""
    x, y, aspect = _grid(picture)
    soft = _blur(picture, 2)
    muted = _grey(soft)[..., None] * 0.32 + soft * 0.68
    muted = muted * np.array([0.92, 0.80, 0.66], np.float32) + np.array([0.09, 0.065, 0.055], np.float32)
    dyes = np.stack([_grain(picture, rng, 3), _grain(picture, rng, 3), _grain(picture, rng, 3)], axis=-1)
    muted = muted * (1 + 0.08 * dyes)
    edge = np.maximum(np.abs(x) / aspect, np.abs(y))
    fall = 1 - 0.75 * step(edge - 0.86 + 0.03 * np.sin(x * 7 + rng.uniform(0, 6)) * np.cos(y * 6), 0.13)
    return muted * fall[..., None]


def kodachrome(picture: Field, rng: np.random.Generator) -> Field:
    """A projected slide: rich, deep-shadowed, warm, in its mount with rounded corners."""
    x, y, aspect = _grid(picture)
    grey = _grey(picture)[..., None]
    rich = grey + (picture - grey) * 1.35
    rich = np.clip(rich, 0, 1) ** np.array([1.12, 1.22, 1.30], np.float32) * np.array([1.06, 1.0, 0.94], np.float32)
    rich = rich + (_grain(picture, rng, 1) * 0.012)[..., None]
    mount = (0.028, 0.024, 0.026)
    return _framed(rich, _inside(x, y, (aspect - 0.06, 0.94), 0.12), mount)


def polaroid(picture: Field, rng: np.random.Generator) -> Field:
    """An instant print: milky shadows, yellowed light, green in the middle, the white frame with its broad foot."""
    x, y, aspect = _grid(picture)
    grey = _grey(picture)[..., None]
    faded = grey + (picture - grey) * 0.72
    low = np.array([0.16, 0.17, 0.20], np.float32)
    high = np.array([0.98, 0.93, 0.80], np.float32)
    faded = (low + np.clip(faded, 0, 1) * (high - low)).astype(np.float32)
    cast = np.array([0.5, 1.0, -0.6], np.float32) * np.float32(rng.uniform(0.01, 0.05))
    faded = faded + np.sin(y * 1.6 + 0.5)[..., None] * cast
    frame = np.array([0.94, 0.93, 0.90], np.float32) * (1 - 0.008 * _grain(picture, rng, 2))[..., None]
    return _framed(faded, _inside(x, y - 0.13, (aspect - 0.12, 0.75), 0.01), frame)


def vhs(picture: Field, rng: np.random.Generator) -> Field:
    """Tape: colour that lags to the right, dark lines between the lines, a torn band at the foot."""
    height, width = picture.shape[:2]
    lag = max(width // 36, 2)
    grey = _blur(picture, 1) @ LUMA
    tint = _smear(picture - (picture @ LUMA)[..., None], lag)
    tape = grey[..., None] + tint * 1.25 + np.array([0.035, 0.03, 0.06], np.float32)
    rows = np.arange(height)
    lines = 0.78 + 0.22 * ((rows // _unit(height)) % 2)
    noise = rng.standard_normal((height, 1)).astype(np.float32) * 0.02
    tape = tape * lines[:, None, None].astype(np.float32) + noise[..., None]
    torn = rows > height * 0.93
    shift = (rng.standard_normal(height) * width * 0.03 + width * 0.10).astype(int)
    for row in np.flatnonzero(torn):
        tape[row] = np.roll(tape[row], shift[row], axis=0) * 0.8 + 0.12 * rng.random((width, 1))
    return tape


def early_digital(picture: Field, rng: np.random.Generator) -> Field:
    """A first digital camera: few pixels, few levels, burnt light, a magenta cast."""
    height, width = picture.shape[:2]
    size = 2 * _unit(height)
    rows, columns = -(-height // size), -(-width // size)
    padded = np.pad(picture, ((0, rows * size - height), (0, columns * size - width), (0, 0)), mode="edge")
    blocks = padded.reshape(rows, size, columns, size, 3).mean((1, 3))
    hot = np.clip((blocks - 0.5) * 1.35 + 0.56, 0, 1) * np.array([1.0, 0.95, 1.02], np.float32)
    hot = hot + rng.standard_normal(hot.shape).astype(np.float32) * 0.012
    levels = np.round(np.clip(hot, 0, 1) * 14) / 14
    wide: Field = levels.repeat(size, 0).repeat(size, 1)[:height, :width].astype(np.float32)
    return wide


def today(picture: Field, rng: np.random.Generator) -> Field:
    """A clean sensor: the picture as it is, a little local contrast."""
    return picture + (picture - _blur(picture, 4)) * 0.25


def _blur(picture: Field, radius: int) -> Field:
    """A box blur over 2·radius + 1 pixels each way, by running sums; edges repeat."""
    width = 2 * radius + 1
    for axis in (0, 1):
        pad = [(0, 0)] * picture.ndim
        pad[axis] = (radius + 1, radius)
        sums = np.cumsum(np.pad(picture, pad, mode="edge"), axis=axis, dtype=np.float32)
        high = np.take(sums, range(width, sums.shape[axis]), axis=axis)
        low = np.take(sums, range(0, sums.shape[axis] - width), axis=axis)
        picture = (high - low) / width
    return picture


def _smear(picture: Field, width: int) -> Field:
    """Each pixel as the mean of the `width` before it in its row."""
    sums = np.cumsum(np.pad(picture, ((0, 0), (width, 0), (0, 0)), mode="edge"), axis=1, dtype=np.float32)
    smeared: Field = (sums[:, width:] - sums[:, :-width]) / width
    return smeared


PROCESSES: Mapping[str, Process] = {
    process.name: process
    for process in (
        Process("daguerreotype", 1840, 1862, False, daguerreotype),
        Process("silver print", 1863, 1975, False, silver_print),
        Process("autochrome", 1904, 1937, True, autochrome),
        Process("kodachrome", 1936, 2009, True, kodachrome),
        Process("polaroid", 1972, 2008, True, polaroid),
        Process("vhs", 1978, 2003, True, vhs),
        Process("early digital", 1993, 2008, True, early_digital),
        Process("today", 2009, 2025, True, today),
    )
}
