"""Muon: orthogonal steps, in the direction of the momentum, for matrices alone."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from perf.training.muon import Muon, optimizers, orthogonal


@settings(deadline=None)
@given(st.integers(1, 24), st.integers(1, 24), st.integers(0, 1000), st.sampled_from([1e-3, 1.0, 1e3]))
def test_singular_values_come_near_one_and_directions_stay(rows: int, columns: int, seed: int, scale: float) -> None:
    matrix = scale * torch.randn((rows, columns), generator=torch.Generator().manual_seed(seed))
    u, values, v = torch.linalg.svd(matrix, full_matrices=False)
    turned = u.T @ orthogonal(torch.stack([matrix, -matrix]))[0] @ v.T
    large = values > 0.05 * values[0]
    assert ((turned.diagonal()[large] - 1).abs() < 0.35).all()
    assert (turned - torch.diag(turned.diagonal())).abs().max() < 0.05


def test_a_gradient_of_nothing_moves_nothing() -> None:
    assert not orthogonal(torch.zeros(1, 3, 5)).any()


def test_it_solves_what_adamw_solves() -> None:
    torch.manual_seed(0)
    x, true = torch.randn(64, 6), torch.randn(4, 6)
    net = torch.nn.Linear(6, 4)
    both = optimizers(net, 0.02)
    for _ in range(200):
        loss = (net(x) - x @ true.T).square().mean()
        net.zero_grad()
        loss.backward()
        for optimizer in both:
            optimizer.step()
    assert loss < 0.05


def test_matrices_are_its_own_and_the_rest_is_adamws() -> None:
    net = torch.nn.Sequential(torch.nn.Embedding(5, 4), torch.nn.Conv2d(3, 4, 3), torch.nn.LayerNorm(4))
    matrices, others = (optimizer.param_groups[0]["params"] for optimizer in optimizers(net, 1e-3))
    assert [tuple(param.shape) for param in matrices] == [(4, 3, 3, 3)]
    assert sorted(tuple(param.shape) for param in others) == [(4,), (4,), (4,), (5, 4)]
    with pytest.raises(ValueError, match=r"\(4,\) is no matrix"):
        Muon([torch.zeros(4)], 1e-3)
