"""Noise by seed. A fractional seed blends its two neighbours on the circle, so a seed fader never jumps; any number of
seeds blend by their weights.

The same seed gives the same noise on every device, since it is drawn on the CPU.
"""

import math
from collections.abc import Sequence
from functools import lru_cache

import torch
from torch import Tensor

Shape = tuple[int, ...]
LEAST = 1e-3  # of a blend's length: what is shorter has cancelled out


@lru_cache(maxsize=64)
def whole(seed: int, shape: Shape, stream: int = 0) -> Tensor:
    """Unit normal noise of a whole seed; `stream` separates the uses of one seed. Shared: never write into it."""
    generator = torch.Generator().manual_seed((seed * 0x9E3779B1 + stream * 0x85EBCA77) % 2**63)
    return torch.randn(shape, generator=generator)


def noise(seed: float, shape: Shape, stream: int = 0) -> Tensor:
    """Unit normal noise of a fractional seed: cos·a + sin·b keeps the variance at 1 between neighbours a and b."""
    parts = [
        share * whole(at, shape, stream) if share != 1.0 else whole(at, shape, stream) for at, share in _near(seed)
    ]
    return sum(parts[1:], parts[0])


def blend(seed: float, others: Sequence[tuple[float, float]], shape: Shape, stream: int = 0) -> Tensor:
    """Unit normal noise of a seed, whose weight is 1, and others (seed, weight). The weights of the whole seeds are
    divided by the root of their squares' sum, which keeps the variance at 1 whichever meet."""
    shares: dict[int, float] = {}
    for one, weight in [(seed, 1.0), *others]:
        for at, share in _near(one):
            shares[at] = shares.get(at, 0.0) + weight * share
    length = math.hypot(*shares.values())
    if length < LEAST or not others:
        return noise(seed, shape, stream)
    parts = [share / length * whole(at, shape, stream) for at, share in shares.items()]
    return sum(parts[1:], parts[0])


def _near(seed: float) -> list[tuple[int, float]]:
    """The whole seeds that a fractional one blends, and their shares, whose squares sum to 1."""
    below = math.floor(seed)
    angle = (seed - below) * math.pi / 2
    return [(below, math.cos(angle)), (below + 1, math.sin(angle))] if angle else [(below, 1.0)]
