"""Conditions add and scale, whatever they are made of."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from perf.diffusion.embedding import Condition, batch, slerp


def test_a_sum_of_shares_is_linear_and_looks_by_shares() -> None:
    one = Condition(torch.ones(1, 2, 3), torch.ones(1, 4), torch.tensor([[1.0, 0.0]]))
    two = Condition(2 * torch.ones(1, 2, 3), 3 * torch.ones(1, 4), torch.tensor([[1.0, 1.0]]))
    mixed = one * 0.5 + two * -0.25
    assert torch.equal(mixed.tokens, torch.zeros(1, 2, 3))
    assert torch.equal(mixed.pooled, torch.full((1, 4), -0.25))
    assert torch.equal(mixed.mask, torch.tensor([[0.75, 0.25]]))
    assert torch.equal(one.bias(), torch.tensor([[[0.0, -10000.0]]]))


def test_a_batch_has_all_the_parts_in_order() -> None:
    plain = Condition(torch.zeros(1, 2, 3))
    assert batch([plain, plain]).tokens.shape == (2, 2, 3)
    assert batch([plain, plain]).pooled is None
    full = Condition(torch.zeros(1, 2, 3), torch.zeros(1, 4), torch.zeros(1, 2))
    assert (batch([full, full]).pooled.shape, batch([full, full]).mask.shape) == ((2, 4), (2, 2))


@given(st.floats(0.01, 0.99))
def test_two_prompts_meet_on_the_arc_between_them(share: float) -> None:
    one, two = torch.tensor([[[2.0, 0.0, 0.0]]]), torch.tensor([[[0.0, 4.0, 0.0]]])
    found = slerp([Condition(one), Condition(two)], [1 - share, share]).tokens[0, 0]
    angle = share * math.pi / 2
    length = 2 * (1 - share) + 4 * share
    assert found.tolist() == pytest.approx([length * math.cos(angle), length * math.sin(angle), 0.0], abs=1e-4)


def test_the_mean_of_three_is_as_far_from_each() -> None:
    points = [Condition(point.view(1, 1, 3), point.view(1, 3)) for point in torch.eye(3)]
    found = slerp(points, [1 / 3] * 3)
    assert found.tokens.flatten().tolist() == pytest.approx([3**-0.5] * 3, abs=1e-5)
    assert found.pooled is not None
    assert torch.allclose(found.pooled, found.tokens[0])


def test_equal_opposite_and_empty_tokens_stay_numbers() -> None:
    token = torch.tensor([[[1.0, 0.0], [0.0, 0.0]]])
    assert torch.allclose(slerp([Condition(token), Condition(token)], [0.3, 0.7]).tokens, token)
    assert slerp([Condition(token), Condition(-token)], [0.5, 0.5]).tokens.isfinite().all()
