"""Conditions add and scale, whatever they are made of."""

import torch

from perf.diffusion.embedding import Condition, batch


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
