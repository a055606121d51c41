"""Samplers as functions of (denoise, x, levels, schedule, noise): from a noised x down the levels.

`denoise(x, level) -> x0` is the network's estimate of the picture. No state between calls; randomness is an argument.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

from torch import Tensor

from perf.diffusion.schedule import Schedule

Denoise = Callable[[Tensor, float], Tensor]
Noise = Callable[[int], Tensor]
Sampler = Callable[[Denoise, Tensor, Sequence[float], Schedule, Noise], Tensor]


def sample_ddim(denoise: Denoise, x: Tensor, levels: Sequence[float], schedule: Schedule, noise: Noise) -> Tensor:
    """DDIM with eta = 0 (Song, Meng & Ermon 2021, eq. 12); on the straight schedule the same step is Euler's."""
    for level, below in pairwise(levels):
        x0 = denoise(x, level)
        alpha, sigma = schedule.marginal(level)
        direction = (x - alpha * x0) / sigma
        alpha, sigma = schedule.marginal(below)
        x = alpha * x0 + sigma * direction
    return x


def sample_consistency(
    denoise: Denoise, x: Tensor, levels: Sequence[float], schedule: Schedule, noise: Noise
) -> Tensor:
    """Multistep consistency sampling (Song et al. 2023, Algorithm 1): estimate the picture, noise it anew, again."""
    for i, (level, below) in enumerate(pairwise(levels)):
        x0 = denoise(x, level)
        alpha, sigma = schedule.marginal(below)
        x = alpha * x0 + sigma * noise(i + 1) if below > 0 else x0
    return x
