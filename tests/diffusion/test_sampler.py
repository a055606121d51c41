"""Samplers against a closed form: for Gaussian data the ideal denoiser is known, so the answer is too."""

import pytest
import torch

from perf.diffusion.sampler import sample_consistency, sample_ddim
from perf.diffusion.schedule import Schedule, spaced

SPREAD = 0.5  # standard deviation of the data
VP = Schedule(tuple(float(a) for a in torch.cumprod(1 - torch.linspace(1e-4, 0.02, 1000), 0)))


def ideal(schedule: Schedule):
    """E[x0 | x] for x0 ~ N(0, SPREAD²)."""

    def denoise(x: torch.Tensor, level: float) -> torch.Tensor:
        alpha, sigma = schedule.marginal(level)
        return x * alpha * SPREAD**2 / (alpha**2 * SPREAD**2 + sigma**2)

    return denoise


def exact(x: torch.Tensor, schedule: Schedule) -> torch.Tensor:
    """The probability flow's end: Gaussians stay Gaussian, so it only scales (Song et al. 2021, section 4.3)."""
    alpha, sigma = schedule.marginal(1.0)
    return x * SPREAD / (alpha**2 * SPREAD**2 + sigma**2) ** 0.5


@pytest.mark.parametrize("schedule", [Schedule(), VP], ids=["flow", "variance preserving"])
def test_ddim_converges_at_first_order(schedule: Schedule) -> None:
    x = torch.linspace(-2, 2, 41, dtype=torch.float64)
    errors = []
    for steps in (16, 32, 64):
        end = sample_ddim(ideal(schedule), x, spaced(1.0, steps), schedule, lambda i: x)
        errors.append(float((end - exact(x, schedule)).abs().max()))
    assert errors[0] / errors[1] == pytest.approx(2, rel=0.35)
    assert errors[1] / errors[2] == pytest.approx(2, rel=0.35)


def test_one_step_is_the_denoiser_itself() -> None:
    x = torch.linspace(-2, 2, 41)
    for sampler in (sample_ddim, sample_consistency):
        end = sampler(ideal(VP), x, spaced(1.0, 1), VP, lambda i: x)
        assert torch.allclose(end, ideal(VP)(x, 1.0))


def test_consistency_asks_for_noise_between_its_steps_only() -> None:
    asked: list[int] = []
    x = torch.zeros(3)
    sample_consistency(ideal(VP), x, spaced(1.0, 4), VP, lambda i: (asked.append(i), x)[1])
    assert asked == [1, 2, 3]
