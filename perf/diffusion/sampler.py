"""Samplers as functions of (denoise, x, levels, schedule, chance): from a noised x down the levels.

`denoise(x, level) -> x0` is the network's estimate of the picture. No state between calls; randomness is an argument.

In terms of (alpha, sigma) some names coincide, on every schedule: Euler's step on the probability flow, be it in
sigma / alpha (Karras et al. 2022, Algorithm 1 without churn) or along the straight line of rectified flow (Liu, Gong &
Liu 2022, eq. 1), is DDIM's at eta 0; k-diffusion's ancestral step is DDIM's at eta 1, which is DDPM's posterior (Song,
Meng & Ermon 2021, section 4.1); TCD's at gamma 1 is LCM's, at gamma 0 DDIM's at eta 0.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from torch import Tensor

from perf.diffusion.schedule import Schedule

Denoise = Callable[[Tensor, float], Tensor]
ORDER = 4  # estimates that PLMS remembers


@dataclass(frozen=True, slots=True)
class Chance:
    """Where a sampler's randomness comes from: `noise(i)` is unit normal of x's shape for step i; `eta` in 0…1 is how
    much of a step's noise is drawn anew (gamma in TCD)."""

    noise: Callable[[int], Tensor]
    eta: float = 0.0


Sampler = Callable[[Denoise, Tensor, Sequence[float], Schedule, Chance], Tensor]


def sample_ddim(denoise: Denoise, x: Tensor, levels: Sequence[float], schedule: Schedule, chance: Chance) -> Tensor:
    """DDIM (Song, Meng & Ermon 2021, eq. 12); eq. 16's fresh noise for any alpha: DDPM's posterior times eta."""
    for i, (level, below) in enumerate(pairwise(levels)):
        x0 = denoise(x, level)
        alpha, sigma = schedule.marginal(level)
        noise = (x - alpha * x0) / sigma
        alpha_below, sigma_below = schedule.marginal(below)
        added = max(sigma**2 - (alpha / alpha_below * sigma_below) ** 2, 0.0) ** 0.5
        fresh = min(chance.eta * sigma_below / sigma * added, sigma_below)
        x = alpha_below * x0 + (sigma_below**2 - fresh**2) ** 0.5 * noise
        if fresh > 0:
            x = x + fresh * chance.noise(i + 1)
    return x


def sample_euler(denoise: Denoise, x: Tensor, levels: Sequence[float], schedule: Schedule, chance: Chance) -> Tensor:
    """Euler's steps on the probability flow (Karras et al. 2022, Algorithm 1): DDIM at eta 0, whatever chance says."""
    return sample_ddim(denoise, x, levels, schedule, replace(chance, eta=0.0))


def sample_ancestral(
    denoise: Denoise, x: Tensor, levels: Sequence[float], schedule: Schedule, chance: Chance
) -> Tensor:
    """DDPM's ancestral steps (Ho, Jain & Abbeel 2020, Algorithm 2): DDIM at eta 1, whatever chance says."""
    return sample_ddim(denoise, x, levels, schedule, replace(chance, eta=1.0))


def sample_plms(denoise: Denoise, x: Tensor, levels: Sequence[float], schedule: Schedule, chance: Chance) -> Tensor:
    """PLMS (Liu, Ren, Lin & Zhao 2022, eq. 12): Adams and Bashforth's mean of up to four estimates in DDIM's step.

    The means are for uneven steps of sigma / alpha, in which the flow is d(x / alpha) = noise d(sigma / alpha), so
    that they hold for every spacing; on even steps they are the paper's (55, -59, 37, -9) / 24. The first step, having
    no past, is DDIM's.
    """
    past: list[tuple[float, Tensor]] = []
    for level, below in pairwise(levels):
        x0 = denoise(x, level)
        alpha, sigma = schedule.marginal(level)
        noise = (x - alpha * x0) / sigma
        alpha_below, sigma_below = schedule.marginal(below)
        if alpha < 1e-4:  # pure noise: sigma / alpha has no end there, and the step is DDIM's
            x = alpha_below * x0 + sigma_below * noise
            continue
        past = [(sigma / alpha, noise), *past][:ORDER]
        shares = adams_bashforth([at for at, _ in past], sigma_below / alpha_below)
        flow = sum(share * noise for share, (_, noise) in zip(shares, past, strict=True))
        x = alpha_below * (x / alpha + flow)
    return x


def adams_bashforth(places: Sequence[float], end: float) -> list[float]:
    """Weights of a function's values at `places` (at most four, newest first) in its integral from the newest to `end`.

    The integral of the polynomial through them (Hairer, Norsett & Wanner 1993, section III.5), by Gauss and Legendre's
    rule of three points, which is exact to the fifth degree.
    """
    start, length = places[0], end - places[0]
    rule = ((0.5 - 0.15**0.5, 5 / 18), (0.5, 8 / 18), (0.5 + 0.15**0.5, 5 / 18))
    nodes = [(start + length * at, length * weight) for at, weight in rule]
    return [sum(weight * _lagrange(places, i, node) for node, weight in nodes) for i in range(len(places))]


def _lagrange(places: Sequence[float], i: int, at: float) -> float:
    product = 1.0
    for j, place in enumerate(places):
        if j != i:
            product *= (at - place) / (places[i] - place)
    return product


def sample_consistency(
    denoise: Denoise, x: Tensor, levels: Sequence[float], schedule: Schedule, chance: Chance
) -> Tensor:
    """Multistep consistency sampling (Song et al. 2023, Algorithm 1): estimate the picture, noise it anew, again."""
    return sample_tcd(denoise, x, levels, schedule, replace(chance, eta=1.0))


def sample_tcd(denoise: Denoise, x: Tensor, levels: Sequence[float], schedule: Schedule, chance: Chance) -> Tensor:
    """TCD's strategic stochastic sampling (Zheng et al. 2024, Algorithm 4), gamma = eta: down past the next level to
    (1 - gamma) of it, then back up with fresh noise."""
    for i, (level, below) in enumerate(pairwise(levels)):
        x0 = denoise(x, level)
        alpha, sigma = schedule.marginal(level)
        alpha_deep, sigma_deep = schedule.marginal((1.0 - chance.eta) * below)
        x = x0 if sigma_deep == 0.0 else alpha_deep * x0 + sigma_deep / sigma * (x - alpha * x0)
        if below > 0 and chance.eta > 0:
            alpha_below, sigma_below = schedule.marginal(below)
            scale = alpha_below / alpha_deep
            fresh = max(sigma_below**2 - (scale * sigma_deep) ** 2, 0.0) ** 0.5
            x = scale * x + fresh * chance.noise(i + 1)
    return x


SAMPLERS: Mapping[str, Sampler] = {
    "ddim": sample_ddim,
    "plms": sample_plms,
    "euler": sample_euler,
    "ancestral": sample_ancestral,
    "lcm": sample_consistency,
    "tcd": sample_tcd,
}
