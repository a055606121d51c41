"""Noise by seed. A fractional seed blends its two neighbours on the circle, so a seed fader never jumps.

The same seed gives the same noise on every device, since it is drawn on the CPU.
"""

import math
from functools import lru_cache

import torch
from torch import Tensor

Shape = tuple[int, ...]


@lru_cache(maxsize=64)
def whole(seed: int, shape: Shape, stream: int = 0) -> Tensor:
    """Unit normal noise of a whole seed; `stream` separates the uses of one seed. Shared: never write into it."""
    generator = torch.Generator().manual_seed((seed * 0x9E3779B1 + stream * 0x85EBCA77) % 2**63)
    return torch.randn(shape, generator=generator)


def noise(seed: float, shape: Shape, stream: int = 0) -> Tensor:
    """Unit normal noise of a fractional seed: cos·a + sin·b keeps the variance at 1 between neighbours a and b."""
    below = math.floor(seed)
    angle = (seed - below) * math.pi / 2
    if angle == 0.0:
        return whole(below, shape, stream)
    return math.cos(angle) * whole(below, shape, stream) + math.sin(angle) * whole(below + 1, shape, stream)
