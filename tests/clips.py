"""Videos that say in black and white bars which picture of them one sees: no codec takes that away."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from perf.core.footage import Shot

SIZE, FPS, PICTURES = (96, 64), 25, 60
BARS = 8  # a bit each


def barred(number: int, size: tuple[int, int] = SIZE) -> np.ndarray:
    """The picture of that number."""
    bits = np.array([255 * (number >> bit & 1) for bit in range(BARS)], np.uint8)
    columns = bits[np.arange(size[0]) * BARS // size[0]]
    return np.ascontiguousarray(np.broadcast_to(columns[None, :, None], (size[1], size[0], 3)))


def video(path: Path, count: int = PICTURES, size: tuple[int, int] = SIZE, **stream: object) -> Path:
    """A film of `count` pictures, with three B-pictures in a row and a key picture every 12, unless told otherwise."""
    codec = str(stream.pop("codec", "libx264"))
    wanted = {"width": size[0], "height": size[1], "pix_fmt": "yuv420p", "gop_size": 12, "max_b_frames": 3} | stream
    with av.open(str(path), "w") as file:
        made = file.add_stream(codec, rate=FPS)
        for name, value in wanted.items():
            setattr(made, name, value)
        for number in range(count):
            file.mux(made.encode(av.VideoFrame.from_ndarray(barred(number, size), format="rgb24")))
        file.mux(made.encode())
    return path


def timed(path: Path, times: list[float]) -> Path:
    """A film whose pictures come at these seconds."""
    with av.open(str(path), "w") as file:
        made = file.add_stream("libx264", rate=1000)
        made.width, made.height, made.pix_fmt, made.time_base = *SIZE, "yuv420p", Fraction(1, 1000)
        for number, seconds in enumerate(times):
            frame = av.VideoFrame.from_ndarray(barred(number), format="rgb24")
            frame.pts, frame.time_base = round(seconds * 1000), Fraction(1, 1000)
            file.mux(made.encode(frame))
        file.mux(made.encode())
    return path


def rgba(shot: Shot) -> np.ndarray:
    return np.frombuffer(shot.pixels, np.uint8).reshape(shot.size[1], shot.size[0], 4)


def number(shot: Shot) -> int:
    """Which picture it is."""
    return told(rgba(shot)[shot.size[1] // 2, :, 1])


def told(row: np.ndarray) -> int:
    """The number that a row of bars says."""
    middles = (np.arange(BARS) + 0.5) * len(row) / BARS
    return sum(int(row[int(place)] > 127) << bit for bit, place in enumerate(middles))
