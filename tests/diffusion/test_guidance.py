"""Guidance, regions and guides as axes of their own, with a network whose answer is its condition."""

from dataclasses import dataclass, field

import pytest
import torch

from perf.diffusion.condition import Voice
from perf.diffusion.embedding import Condition
from perf.diffusion.guidance import REACH, Free, Regions, Wish, denoiser, kept, pulled
from perf.diffusion.schedule import Schedule

X = torch.zeros(1, 1, 2, 2)
NUMBERS = {"": 0.0, "sea": 1.0, "city": 3.0, "fog": -1.0}
TEXTS = {text: Condition(torch.full((1, 1, 1), value)) for text, value in NUMBERS.items()}
PLAIN = Free()
LEFT = torch.tensor([[[[1.0, 0.0], [1.0, 0.0]]]])


@dataclass
class Echo:
    """A family whose estimate is the sum of the condition's numbers. `passes` are the sizes of its batches."""

    passes: list[int] = field(default_factory=list)

    def denoise(self, x: torch.Tensor, level: float, condition: Condition, guidance: float) -> torch.Tensor:
        self.passes.append(len(x))
        return condition.tokens.sum(1).reshape(-1, 1, 1, 1).expand(x.shape)


def seen(mix: tuple[Voice, ...], free: Free = PLAIN, regions: Regions | None = None) -> tuple[list[float], int]:
    """The estimate's first row, and what the pass cost."""
    echo = Echo()
    estimate = denoiser(echo, TEXTS, Wish(mix, free, regions))(X, 0.5)  # type: ignore[arg-type]
    return estimate[0, 0, 0].tolist(), echo.passes[0]


SEA, CITY = Voice("sea", 1.0, 1.0, "inside"), Voice("city", 1.0, 1.0, "outside")
BOTH = Voice("sea", 1.0, 1.0)


@pytest.mark.parametrize(("ratio", "row"), [(1.0, [1.0, 3.0]), (0.0, [2.0, 2.0]), (0.5, [1.5, 2.5])])
def test_the_ratio_leads_from_one_picture_to_two_regions(ratio: float, row: list[float]) -> None:
    assert seen((SEA, CITY), regions=Regions(LEFT, ratio)) == (row, 2)


def test_free_guidance_works_on_each_side() -> None:
    fog = Voice("fog", -1.0, 1.0, "outside")
    row, cost = seen((SEA, CITY, fog), Free(True, 2.0), Regions(LEFT, 1.0))
    assert row == [0 + 2 * (1 - 0), -1 + 2 * (3 - -1)]
    assert cost == 4
    assert seen((SEA, CITY), Free(True, 2.0), Regions(LEFT, 1.0)) == ([2.0, 6.0], 3)


def test_equal_sides_cost_one_pass() -> None:
    assert seen((BOTH,), regions=Regions(LEFT, 1.0)) == ([1.0, 1.0], 1)
    assert seen((BOTH,), Free(True, 2.0), Regions(LEFT, 1.0)) == ([2.0, 2.0], 2)
    assert seen((BOTH,), Free(True, 1.0)) == ([1.0, 1.0], 1)


def test_a_network_that_is_told_needs_one_pass() -> None:
    fog = Voice("fog", -0.5, 1.0)
    assert seen((BOTH, fog), Free(True, 2.0, told=True)) == ([1.0 + 0.5] * 2, 1)
    assert seen((BOTH,), Free(True, 2.0, told=True)) == ([1.0, 1.0], 1)
    assert seen((SEA, CITY, fog), Free(True, 2.0, told=True), Regions(LEFT, 1.0)) == ([1.5, 3.5], 2)


def test_without_guidance_a_negative_weight_is_subtracted_from_the_blend() -> None:
    mix = (BOTH, Voice("city", -0.25, 1.0))
    blend = (1.0 - 0.25 * 3.0) / 0.75
    assert seen(mix)[0] == pytest.approx([blend, blend])
    assert seen(mix, Free(told=True))[0] == pytest.approx([blend, blend])


def test_at_weight_one_negatives_do_nothing() -> None:
    assert seen((BOTH, Voice("city", -1.0, 1.0)), Free(True, 1.0)) == ([1.0, 1.0], 1)


def test_a_side_without_prompts_is_the_empty_prompts() -> None:
    assert seen((SEA,), regions=Regions(LEFT, 1.0)) == ([1.0, 0.0], 2)


def test_a_pull_goes_as_far_as_scale_and_noise_say_and_never_beyond_its_reach() -> None:
    def at(scale: float, level: float) -> float:
        return float(pulled(lambda x, level: x, lambda x0: torch.ones_like(x0), scale, Schedule())(X, level).mean())

    assert at(REACH, 0.5) == pytest.approx(REACH / 4)
    assert at(0.5, 0.0) == 0.0
    lengths = [at(scale, 1.0) for scale in (0.0, 0.5, 2.0, 10.0, 1e9)]
    assert lengths == pytest.approx([0.0, 0.2 / 0.9, 0.8 / 2.4, 4.0 / 10.4, REACH])


def test_a_picture_draws_the_estimate_by_its_weight_and_never_past_itself() -> None:
    picture = torch.ones_like(X)
    rows = [kept(lambda x, level: x, picture, weight, Schedule())(X, 0.5).unique() for weight in (0.0, 1.0, 4.0, 1e9)]
    assert [float(row) for row in rows] == pytest.approx([0.0, 1 / 3, 2 / 3, 1.0])
    assert torch.equal(kept(lambda x, level: x, picture, 4.0, Schedule())(X, 0.0), X)
