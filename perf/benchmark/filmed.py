"""A long film with sound: is what is heard with what is seen, at its end, too?"""

import tempfile
import wave
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from perf.benchmark.row import Row
from perf.offline import Render, RenderOptions

PATCH = """
name = "clapper"
[model]
size = [64, 64]
[stage]
size = [160, 90]
[clock]
tempo = 120
[params]
"/layer/1/colour" = "#ffffff"
"/sampler/rate" = 0.5
[[layer]]
source = "colour"
[[track]]
address = "/layer/1/opacity"
loop = 10
keys = [[0, 1.0, "hold"], [0.5, 0.0, "hold"]]
"""
EVERY = 5.0  # seconds between two claps
SECONDS = 600.37  # no whole number of seconds, frames or blocks
FPS = 24000 / 1001
RATE = 44100
CLAP = 0.25  # seconds


def bench_sound(seconds: float = SECONDS) -> Row:
    """A film of ten minutes at 23.976 frames/s: white at each clap of its sound, all else black and silent."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "clapper.toml").write_text(PATCH)
        heard = clapped(folder / "clapper.wav", seconds)
        film = folder / "clapper.mp4"
        made = Render(RenderOptions(str(folder / "clapper.toml"), film, fps=FPS, sound=str(folder / "clapper.wav")))
        for _ in made.frames():
            pass
        made.close()
        seen, frames, length = watched(film)
        ears, sound = listened(film)
    count = min(len(seen), len(ears))
    off = np.abs(seen[:count] - ears[:count]) * FPS if count else np.full(1, np.inf)
    met = len(seen) == len(ears) == heard and off.max() <= 1.0 and 0 <= length - seconds < 1 / FPS + 1e-6
    found = (
        f"{off[-1]:.2f} frames at the last of {count} claps of {heard}, at most {off.max():.2f}; pictures {length:.3f} "
        f"s ({frames} frames), sound {sound:.3f} s, given {seconds} s"
    )
    figures = {"last_frames": float(off[-1]), "most_frames": float(off.max()), "pictures_s": length, "sound_s": sound}
    what = "a film of ten minutes with sound, 23.976 frames/s, MP4: from a clap heard to the clap seen"
    return Row(what, found, "≤ 1 frame at the end; nothing cut to whole seconds", bool(met), figures)


def clapped(path: Path, seconds: float) -> int:
    """Write the sound; how many claps there are."""
    time = np.arange(round(seconds * RATE)) / RATE
    loud = (time % EVERY < CLAP) * np.sin(2 * np.pi * 880 * time)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((loud * 20000).astype("<i2").tobytes())
    return int(seconds // EVERY) + 1


def watched(path: Path) -> tuple[NDArray[np.float64], int, float]:
    """(seconds at which the picture turns white, how many frames, seconds of pictures)."""
    with av.open(str(path)) as film:
        rows = [(frame.time or 0.0, float(frame.to_ndarray(format="gray").mean())) for frame in film.decode(video=0)]
    dark = [(0.0, 0.0), *rows]
    seen = [time for (_, before), (time, now) in pairwise(dark) if before < 128 <= now]
    return np.asarray(seen), len(rows), rows[-1][0] + 1 / FPS


def listened(path: Path) -> tuple[NDArray[np.float64], float]:
    """(seconds at which a clap begins, seconds of sound)."""
    ears: list[float] = []
    quiet, end = 1.0, 0.0  # seconds without a sound
    with av.open(str(path)) as film:
        for block in film.decode(audio=0):
            start, rate = block.time or 0.0, block.sample_rate
            level = np.abs(block.to_ndarray().astype(np.float64).reshape(-1, block.samples)).max(0)
            for place in np.flatnonzero(level > 0.1 * 20000 / 32768):
                now = start + place / rate
                if now - quiet > 1.0 or not ears:
                    ears.append(now)
                quiet = now
            end = start + block.samples / rate
    return np.asarray(ears), end
