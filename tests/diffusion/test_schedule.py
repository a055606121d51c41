"""Levels fall from the start to 0 in every spacing, and the marginals are a diffusion's."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.core.table import SPACINGS
from perf.diffusion.schedule import Schedule, spaced

VP = Schedule(tuple(0.999**i for i in range(1000)))


@given(st.floats(0.001, 1), st.integers(1, 50), st.sampled_from(SPACINGS))
def test_levels_fall_from_the_start_to_nothing(start: float, steps: int, spacing: str) -> None:
    levels = spaced(start, steps, spacing)
    assert len(levels) == steps + 1
    assert levels[0] == pytest.approx(start)
    assert levels[-1] == 0.0
    assert all(a > b for a, b in pairwise(levels))


def test_a_custom_list_is_taken_relative_to_the_start() -> None:
    assert spaced(0.5, 9, "custom", (1.0, 0.6, 0.2)) == pytest.approx([0.5, 0.3, 0.1, 0.0])
    assert spaced(0.5, 2, "custom") == spaced(0.5, 2)


@given(st.floats(0.001, 1), st.integers(1, 50), st.integers(1, 50), st.sampled_from(SPACINGS))
def test_the_number_of_steps_never_moves_the_start(start: float, few: int, many: int, spacing: str) -> None:
    assert spaced(start, few, spacing, (1.0, 0.5))[0] == spaced(start, many, spacing, (1.0, 0.5))[0] == start


@given(st.floats(0, 1))
def test_variance_is_preserved(level: float) -> None:
    alpha, sigma = VP.marginal(level)
    assert alpha**2 + sigma**2 == pytest.approx(1.0)
    assert Schedule().marginal(level) == (1 - level, level)


def test_the_ends() -> None:
    assert VP.marginal(0.0) == (1.0, 0.0)
    assert VP.timestep(1.0) == 999
    assert Schedule().timestep(0.5) == 500
