"""Masks: shapes in half heights with y up, edges as wide as asked, values in 0…1."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from perf.core.frame import Mask
from perf.core.table import MASKS
from perf.diffusion.mask import inside

CPU = torch.device("cpu")
HARD = Mask(kind="circle", soft=0.0)


def area(mask: Mask, size: tuple[int, int] = (200, 300)) -> float:
    """In squared half heights."""
    return float(inside(mask, size, CPU).mean()) * 4 * size[1] / size[0]


@pytest.mark.parametrize(
    ("mask", "expected"),
    [
        (HARD, 3.1416 * 0.25), (replace(HARD, kind="box"), 1.0), (replace(HARD, kind="horizontal"), 3.0),
        (replace(HARD, kind="vertical", y=0.5), 4.5), (replace(HARD, kind="none"), 6.0),
        (replace(HARD, invert=True), 6 - 3.1416 * 0.25), (replace(HARD, x=1.0), 3.1416 * 0.125),
        (replace(HARD, kind="horizontal", soft=1.0), 3.0),
    ],
)  # fmt: skip
def test_areas(mask: Mask, expected: float) -> None:
    assert area(mask) == pytest.approx(expected, rel=0.02)


def test_sides_are_where_they_are_called() -> None:
    left, below = inside(Mask("horizontal"), (8, 8), CPU)[0, 0], inside(Mask("vertical"), (8, 8), CPU)[0, 0]
    assert (left[0, 0], left[0, -1], below[-1, 0], below[0, 0]) == (1, 0, 1, 0)


def test_the_edge_is_as_wide_as_asked() -> None:
    row = inside(Mask("horizontal", soft=1.0), (100, 100), CPU)[0, 0, 0]
    assert int(((row > 0) & (row < 1)).sum()) == 50


@given(
    st.builds(
        Mask, kind=st.sampled_from(MASKS), x=st.floats(-1, 1), y=st.floats(-1, 1), size=st.floats(0, 2),
        soft=st.floats(0, 2), invert=st.booleans(),
    ),
    st.tuples(st.integers(2, 9), st.integers(2, 9)),
)  # fmt: skip
def test_every_mask_is_in_0_1(mask: Mask, size: tuple[int, int]) -> None:
    values = inside(mask, size, CPU)
    assert values.shape == (1, 1, *size)
    assert float(values.min()) >= 0 <= float(values.max()) <= 1
    inverted = inside(replace(mask, invert=not mask.invert), size, CPU)
    assert mask.kind == "none" or torch.allclose(values + inverted, torch.ones(()))
