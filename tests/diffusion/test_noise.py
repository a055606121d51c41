"""Noise by seed: the same for the same, unit variance for every fraction, no jump between neighbours."""

from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from perf.diffusion.noise import noise, whole

SHAPE = (1, 4, 32, 32)


@given(st.floats(0, 1e6, width=32))
def test_every_seed_gives_unit_normal_noise(seed: float) -> None:
    sample = noise(seed, SHAPE)
    assert sample.std() == pytest.approx(1.0, abs=0.08)
    assert torch.equal(sample, noise(seed, SHAPE))


def test_a_seed_fader_never_jumps() -> None:
    steps = [noise(3 + i / 50, SHAPE) for i in range(101)]
    assert max(float((a - b).abs().mean()) for a, b in pairwise(steps)) < 0.05


def test_streams_and_seeds_differ() -> None:
    assert not torch.equal(whole(1, SHAPE), whole(1, SHAPE, 1))
    assert not torch.equal(whole(1, SHAPE), whole(2, SHAPE))
