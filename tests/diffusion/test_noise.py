"""Noise by seed: the same for the same, unit variance for every fraction, no jump between neighbours."""

from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from perf.diffusion.noise import blend, noise, whole

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


WEIGHED = st.tuples(st.sampled_from([3.0, 3.5, 4.0, 77.0]), st.floats(-2, 2))


@given(st.lists(WEIGHED, max_size=4))
def test_a_blend_of_any_seeds_is_unit_normal_noise(others: list[tuple[float, float]]) -> None:
    """Also of a seed with itself, or with one that it is half of."""
    assert blend(3.5, others, SHAPE).std() == pytest.approx(1.0, abs=0.08)


def test_a_blend_goes_from_its_seed_to_the_others_without_a_jump() -> None:
    steps = [blend(3.0, [(9.0, weight / 25), (20.25, -weight / 50)], SHAPE) for weight in range(51)]
    assert torch.allclose(steps[0], noise(3.0, SHAPE))
    assert max(float((a - b).abs().mean()) for a, b in pairwise(steps)) < 0.05
    assert float((steps[-1] * whole(9, SHAPE)).mean()) == pytest.approx(2 / 6**0.5, abs=0.05)
    assert torch.equal(blend(3.25, [], SHAPE, 2), noise(3.25, SHAPE, 2))
