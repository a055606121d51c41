"""Samplers against a closed form: for Gaussian data the ideal denoiser is known, so the answer is too."""

import math

import pytest
import torch

from perf.core.table import METHODS, SPACINGS
from perf.diffusion.sampler import (
    SAMPLERS,
    Chance,
    adams_bashforth,
    sample_ancestral,
    sample_consistency,
    sample_ddim,
    sample_euler,
    sample_plms,
    sample_tcd,
)
from perf.diffusion.schedule import Schedule, spaced

SPREAD = 0.5  # standard deviation of the data
VP = Schedule(tuple(float(a) for a in torch.cumprod(1 - torch.linspace(1e-4, 0.02, 1000), 0)))
SCHEDULES = pytest.mark.parametrize("schedule", [Schedule(), VP], ids=["flow", "variance preserving"])
X = torch.linspace(-2, 2, 41, dtype=torch.float64)
NONE = Chance(lambda i: pytest.fail("asked for noise"))


def ideal(schedule: Schedule):
    """E[x0 | x] for x0 ~ N(0, SPREAD²)."""

    def denoise(x: torch.Tensor, level: float) -> torch.Tensor:
        alpha, sigma = schedule.marginal(level)
        return x * alpha * SPREAD**2 / (alpha**2 * SPREAD**2 + sigma**2)

    return denoise


def exact(x: torch.Tensor, schedule: Schedule, start: float = 1.0) -> torch.Tensor:
    """The probability flow's end: Gaussians stay Gaussian, so it only scales (Song et al. 2021, section 4.3)."""
    alpha, sigma = schedule.marginal(start)
    return x * SPREAD / (alpha**2 * SPREAD**2 + sigma**2) ** 0.5


def order(sampler, schedule: Schedule, start: float, spacing: str = "trailing") -> tuple[float, float]:
    """The measured order of convergence between 32 and 64 steps, and the error at 64."""
    errors = []
    for steps in (32, 64):
        end = sampler(ideal(schedule), X, spaced(start, steps, spacing), schedule, NONE)
        errors.append(float((end - exact(X, schedule, start)).abs().max()))
    return math.log2(errors[0] / errors[1]), errors[1]


@SCHEDULES
@pytest.mark.parametrize("sampler", [sample_ddim, sample_euler, sample_tcd])
def test_without_chance_the_one_step_methods_converge_at_first_order(sampler, schedule: Schedule) -> None:
    assert order(sampler, schedule, 1.0)[0] == pytest.approx(1, abs=0.3)


@SCHEDULES
@pytest.mark.parametrize("spacing", ["trailing", "quadratic"])
def test_plms_converges_at_second_order_and_faster(schedule: Schedule, spacing: str) -> None:
    found, error = order(sample_plms, schedule, 0.8, spacing)
    assert found > 1.8
    assert error < 0.1 * order(sample_ddim, schedule, 0.8, spacing)[1]


def test_plms_is_the_papers_on_even_steps_and_exact_for_cubics() -> None:
    assert adams_bashforth([3.0, 2.0, 1.0, 0.0], 4.0) == pytest.approx([55 / 24, -59 / 24, 37 / 24, -9 / 24])
    places, end = [1.0, 1.7, 3.0, 3.2], 0.4
    weights = adams_bashforth(places, end)
    for power in range(4):
        found = sum(weight * place**power for weight, place in zip(weights, places, strict=True))
        assert found == pytest.approx((end ** (power + 1) - places[0] ** (power + 1)) / (power + 1))


def draws(seed: int):
    generator = torch.Generator().manual_seed(seed)
    return lambda i: torch.randn(5_000, generator=generator, dtype=torch.float64)


METHOD = pytest.mark.parametrize("sampler", SAMPLERS.values(), ids=SAMPLERS)


@SCHEDULES
@METHOD
@pytest.mark.parametrize("eta", [0.0, 0.5, 1.0])
def test_every_method_keeps_the_noise_that_a_level_says(sampler, schedule: Schedule, eta: float) -> None:
    """Data that is one point: at every level x is that point times alpha, and noise of sigma."""
    draw = draws(1)
    alpha, sigma = schedule.marginal(0.9)
    point = torch.full((), 0.7, dtype=torch.float64)
    levels = [0.9, 0.7, 0.45, 0.3]
    found = sampler(lambda x, level: point, alpha * point + sigma * draw(0), levels, schedule, Chance(draw, eta))
    alpha, sigma = schedule.marginal(0.3)
    assert float(found.std()) == pytest.approx(sigma, rel=0.03)
    assert float(found.mean()) == pytest.approx(alpha * 0.7, abs=0.02)


def two(x: torch.Tensor, level: float, schedule: Schedule) -> torch.Tensor:
    """E[x0 | x] for half the data around 1 and half around -1, each N(±1, 0.2²)."""
    alpha, sigma = schedule.marginal(level)
    spread = alpha**2 * 0.04 + sigma**2
    side = torch.tanh(alpha * x / spread)
    return (side * sigma**2 + alpha * 0.04 * x) / spread


@SCHEDULES
@pytest.mark.parametrize(
    ("name", "eta"), [("ddim", 0.0), ("ddim", 0.5), ("ddim", 1.0), ("plms", 0.0), ("euler", 0.0), ("ancestral", 0.0)]
)
def test_the_marginal_of_two_hills_is_reached(schedule: Schedule, name: str, eta: float) -> None:
    draw = draws(2)
    found = SAMPLERS[name](
        lambda x, level: two(x, level, schedule), draw(0), spaced(1.0, 150, "quadratic"), schedule, Chance(draw, eta)
    )
    assert float((found > 0).double().mean()) == pytest.approx(0.5, abs=0.02)
    assert float(found.abs().mean()) == pytest.approx(1.0, abs=0.02)
    assert float(found.abs().std()) == pytest.approx(0.2, rel=0.1)


@SCHEDULES
@pytest.mark.parametrize(("name", "eta"), [("lcm", 0.0), ("tcd", 1.0)])
def test_consistency_sampling_of_a_consistent_network_reaches_the_marginal(
    schedule: Schedule, name: str, eta: float
) -> None:
    """Their network answers with the flow's end, not with the mean; then any number of steps is right."""
    draw = draws(3)
    found = SAMPLERS[name](
        lambda x, level: exact(x, schedule, level),
        draw(0) * _std(schedule),
        spaced(1.0, 3),
        schedule,
        Chance(draw, eta),
    )
    assert float(found.std()) == pytest.approx(SPREAD, rel=0.03)


def _std(schedule: Schedule) -> float:
    alpha, sigma = schedule.marginal(1.0)
    return (alpha**2 * SPREAD**2 + sigma**2) ** 0.5


@SCHEDULES
def test_which_methods_coincide(schedule: Schedule) -> None:
    draw = {i: torch.randn(41, dtype=torch.float64) for i in range(9)}
    end = lambda sampler, eta: sampler(  # noqa: E731
        ideal(schedule), X, spaced(0.9, 6), schedule, Chance(draw.__getitem__, eta)
    )
    same = [
        (sample_euler, 1.0, sample_ddim, 0.0), (sample_ancestral, 0.0, sample_ddim, 1.0),
        (sample_tcd, 0.0, sample_ddim, 0.0), (sample_tcd, 1.0, sample_consistency, 0.0),
    ]  # fmt: skip
    for one, eta, other, eta_of_other in same:
        assert torch.allclose(end(one, eta), end(other, eta_of_other))
    assert not torch.allclose(end(sample_ddim, 0.0), end(sample_ddim, 1.0))
    assert not torch.allclose(end(sample_tcd, 1.0), end(sample_ddim, 1.0))


@METHOD
def test_one_step_is_the_denoiser_itself(sampler) -> None:
    for schedule in (VP, Schedule()):
        end = sampler(ideal(schedule), X, spaced(1.0, 1), schedule, NONE)
        assert torch.allclose(end, ideal(schedule)(X, 1.0))


@METHOD
@pytest.mark.parametrize("spacing", SPACINGS)
@pytest.mark.parametrize("start", [1e-3, 1.0])
def test_every_method_takes_every_spacing_from_every_start(sampler, spacing: str, start: float) -> None:
    for schedule in (VP, Schedule(), Schedule((*VP.alphas_cumprod[:-1], 0.0))):
        for steps in (1, 2, 50):
            levels = spaced(start, steps, spacing, (1.0, 0.5, 0.499))
            end = sampler(ideal(schedule), X.float(), levels, schedule, Chance(lambda i: X.float(), 0.5))
            assert torch.isfinite(end).all()


def test_consistency_asks_for_noise_between_its_steps_only() -> None:
    asked: list[int] = []
    x = torch.zeros(3)
    sample_consistency(ideal(VP), x, spaced(1.0, 4), VP, Chance(lambda i: (asked.append(i), x)[1]))
    assert asked == [1, 2, 3]


def test_the_performer_finds_every_method() -> None:
    assert list(METHODS) == ["auto", *SAMPLERS]
