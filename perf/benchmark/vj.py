"""What the stage's rows play: four layers with six filters, as a VJ would, and test pictures in the sampler's place."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from perf.core.camera import Pose
from perf.core.picture import Picture
from perf.ports.film import FilmOptions
from perf.ports.film_writers import Shape, writer
from perf.ports.library import Library

PATCH = """
name = "vj"
[model]
size = [256, 256]
[stage]
size = [1280, 720]
fps = 60
[clock]
tempo = 126
[params]
"/shader/kaleido/mirrors" = 6
"/shader/trails/amount" = 0.6
"/shader/aurora/sky" = 0.0
"/layer/3/text" = "RETROGRADE"
"/layer/3/size" = 0.16
"/layer/4/colour" = "#26063380"
"/layer/4/opacity" = 0.5
[[layer]]
source = "sampler"
filters = ["latent", "kaleido", "trails"]
[[layer]]
source = "aurora"
filters = ["grade", "halftone"]
blend = "screen"
[[layer]]
source = "text"
filters = ["mirror"]
[[layer]]
source = "colour"
"""
WORDS = (
    "4 layers (sampler, aurora screened onto it, a title, a wash of colour), "
    "6 filters (latent, kaleido, trails; grade, halftone; mirror)"
)
# A film of two seconds that goes round, in a corner.
LOOPED = """
[[layer]]
source = "media"
file = "loop.mp4"
scale = 0.4
x = 0.7
y = -0.5
"""
SIDE = 256  # pixels
RATE = 20.0  # pictures a second


def library(folder: str, *, looped: bool = False) -> Library:
    """The patch as a file in a folder, `looped` with a film that goes round."""
    path = Path(folder) / "vj.toml"
    path.write_text(PATCH + (LOOPED if looped else ""))
    if looped:
        _film(path.with_name("loop.mp4"))
    return Library(path)


def _film(path: Path) -> None:
    """Two seconds of test pictures, 25 a second."""
    film = writer(path, Shape((SIDE, SIDE), 25.0), FilmOptions())
    for number in range(50):
        film.add(pixels(number))
    film.close()


def pixels(number: int) -> bytes:
    """One of a sequence of test pictures: bands of colour that move, and noise."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    bands = [np.sin(6.28 * (3 * x + c * y + 0.05 * number + c / 3)) for c in range(3)]
    noise = np.random.default_rng(number).normal(0.0, 0.1, (SIDE, SIDE, 3))
    return np.clip(127.5 + 100.0 * (np.stack(bands, -1) + noise), 0, 255).astype(np.uint8).tobytes()


def picture(number: int) -> Picture:
    """The same as the sampler would give it."""
    return Picture(number, pixels(number), (SIDE, SIDE), Pose(), 60.0, number / RATE)


def test_pictures() -> Callable[[], object]:
    """A loop that gives pictures at an even rate and takes hardly any time of the processor."""
    made = [np.frombuffer(pixels(number), np.uint8) for number in range(8)]
    state = {"number": 0}

    def step() -> object:
        time.sleep(1.0 / RATE)
        state["number"] += 1
        return made[state["number"] % len(made)]

    return step
