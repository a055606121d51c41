"""Frames for films, films as a player would show them, and a disk that is full."""

import resource
from contextlib import contextmanager

import av
import numpy as np

SIZE = (96, 64)
COLOURS = [(200, 40, 40), (40, 200, 40), (40, 40, 200), (230, 230, 230), (10, 10, 10), (180, 160, 30)]


def flat(colour, size=SIZE):
    return bytes(colour) * (size[0] * size[1])


def counted(number, size=SIZE):
    """A frame that says its number in its grey."""
    return flat((number % 256,) * 3, size)


def noise(seed, size=SIZE):
    return np.random.default_rng(seed).integers(0, 256, size[0] * size[1] * 3, np.uint8).tobytes()


def decoded(path):
    with av.open(str(path)) as film:
        return [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]


def middle(picture):
    return tuple(int(c) for c in picture[picture.shape[0] // 2, picture.shape[1] // 2])


def near(a, b, tolerance):
    return all(abs(int(x) - int(y)) <= tolerance for x, y in zip(a, b, strict=True))


@contextmanager
def room(size):
    """As if the disk were full after `size` bytes of a file."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
