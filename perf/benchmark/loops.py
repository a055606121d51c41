"""Loops of known tempo, drawn sample by sample: what the beat tracker is measured and tested with."""

import numpy as np
from numpy.typing import NDArray

RATE = 48000
Samples = NDArray[np.float32]

# Sixteenths of two bars of 4/4: x strikes, o strikes softly.
PATTERNS = {
    "four on the floor": {"kick": "x...x...x...x...", "clap": "....x.......x...", "hat": ""},
    "four with hats": {"kick": "x...x...x...x...", "clap": "....x.......x...", "hat": "o.x.o.x.o.x.o.x."},
    "breakbeat": {
        "kick": "x.x.......xx....x.x.......x.....",
        "snare": "....x..o.o..x..o....x..o.o....x.",
        "hat": "x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.",
    },
    "syncopated": {"kick": "x..x..x...x..x..", "snare": "....x.......x...", "hat": "x.xox.xox.xox.xo"},
    "melodic": {"kick": "x.....x.x.......", "snare": "....x.......x...", "hat": "o.o.o.o.o.o.o.o."},
}
STYLES = tuple(PATTERNS)


def loops() -> list[tuple[str, float]]:
    """The twenty (style, BPM): 80…170, each style at four tempi."""
    return [(STYLES[n % 5], round(80 + 90 * n / 19, 2)) for n in range(20)]


def loop(style: str, tempo: float, seconds: float, seed: int = 0) -> Samples:
    """(n,) samples of a style at a steady tempo; the first beat is at 0."""
    beats = np.arange(0, seconds * tempo / 60, 0.25)
    return drawn(style, beats * 60 / tempo, seconds, seed)


def drawn(style: str, times: NDArray[np.float64], seconds: float, seed: int = 0) -> Samples:
    """(n,) samples whose n-th sixteenth is at `times[n]` seconds; as people play, a few ms off, never equally loud."""
    dice = np.random.default_rng(seed)
    out = np.zeros(round(seconds * RATE) + RATE)
    for name, pattern in PATTERNS[style].items():
        for n, time in enumerate(times):
            force = {"x": 1.0, "o": 0.45}.get(pattern[n % len(pattern)] if pattern else ".", 0.0)
            if force:
                sound = _INSTRUMENTS[name](dice) * force * dice.uniform(0.8, 1.0)
                start = max(round((time + dice.normal(0, 0.002)) * RATE), 0)
                out[start : start + len(sound)] += sound[: len(out) - start]
    if style == "melodic":
        out += _bed(times, len(out), dice)
    out = out[: round(seconds * RATE)]
    return (0.5 * out / max(np.abs(out).max(), 1e-9)).astype(np.float32)


def _decay(seconds: float, time: float) -> NDArray[np.float64]:
    return np.exp(-np.arange(round(seconds * RATE)) / RATE / time)


def _kick(dice: np.random.Generator) -> NDArray[np.float64]:
    fall = _decay(0.25, 0.08)
    return np.sin(np.cumsum(2 * np.pi * (48 + 110 * _decay(0.25, 0.02)) / RATE)) * fall


def _snare(dice: np.random.Generator) -> NDArray[np.float64]:
    fall = _decay(0.18, 0.05)
    skin = np.sin(np.arange(len(fall)) * 2 * np.pi * 190 / RATE)
    return (0.5 * dice.normal(0, 0.5, len(fall)) + 0.4 * skin) * fall


def _clap(dice: np.random.Generator) -> NDArray[np.float64]:
    fall = _decay(0.12, 0.03)
    return 0.5 * dice.normal(0, 0.5, len(fall)) * fall


def _hat(dice: np.random.Generator) -> NDArray[np.float64]:
    fall = _decay(0.05, 0.012)
    return 0.5 * np.diff(dice.normal(0, 0.4, len(fall) + 1)) * fall


_INSTRUMENTS = {"kick": _kick, "snare": _snare, "clap": _clap, "hat": _hat}


def _bed(times: NDArray[np.float64], length: int, dice: np.random.Generator) -> NDArray[np.float64]:
    """A soft chord that changes each bar, a tune in uneven steps, and noise."""
    out = dice.normal(0, 0.03, length)
    t = np.arange(length) / RATE
    for bar in range(0, len(times), 16):
        start, end = round(times[bar] * RATE), round(times[min(bar + 16, len(times) - 1)] * RATE)
        edge = np.clip(np.minimum(np.arange(end - start), np.arange(end - start)[::-1]) / (0.2 * RATE), 0, 1)
        for note in (0, 4, 7):
            pitch = 220 * 2 ** ((note + bar // 16 % 4 * 5 % 12) / 12)
            out[start:end] += 0.12 * edge * np.sin(2 * np.pi * pitch * t[start:end])
    for n in np.flatnonzero(dice.random(len(times)) < 0.2):
        fall = np.minimum(np.arange(RATE // 2) / (0.02 * RATE), 1) * _decay(0.5, 0.15)
        tone = np.sin(np.arange(RATE // 2) * 2 * np.pi * 440 * 2 ** (dice.integers(0, 12) / 12) / RATE) * fall
        start = round(times[n] * RATE)
        out[start : start + len(tone)] += 0.2 * tone[: length - start]
    return out
