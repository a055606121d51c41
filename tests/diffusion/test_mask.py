"""Masks: shapes in half heights with y up, edges as wide as asked, values in 0…1."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from perf.core.frame import Job, Mask, Plate
from perf.core.table import MASKS
from perf.diffusion.mask import inside

CPU = torch.device("cpu")
HARD = Mask(kind="circle", soft=0.0)


def area(mask: Mask, size: tuple[int, int] = (200, 300)) -> float:
    """In squared half heights."""
    return float(inside(Job(mask=mask), size, CPU).mean()) * 4 * size[1] / size[0]


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
    left, below = (inside(Job(mask=Mask(kind)), (8, 8), CPU)[0, 0] for kind in ("horizontal", "vertical"))
    assert (left[0, 0], left[0, -1], below[-1, 0], below[0, 0]) == (1, 0, 1, 0)


def test_the_edge_is_as_wide_as_asked() -> None:
    row = inside(Job(mask=Mask("horizontal", soft=1.0)), (100, 100), CPU)[0, 0, 0]
    assert int(((row > 0) & (row < 1)).sum()) == 50


def test_of_kind_media_inside_is_where_the_film_is_bright() -> None:
    pixels = bytes([255, 255, 255, 0, 0, 0]) * 2
    job = Job(mask=Mask("media", layer=3), plates=(Plate(3, (2, 2), pixels),))
    assert torch.allclose(inside(job, (2, 2), CPU)[0, 0], torch.tensor([[1.0, 0.0], [1.0, 0.0]]), atol=1e-6)
    inverted = inside(replace(job, mask=replace(job.mask, invert=True)), (2, 2), CPU)
    assert torch.allclose(inverted[0, 0, 0], torch.tensor([0.0, 1.0]), atol=1e-6)
    assert inside(job, (4, 8), CPU).shape == (1, 1, 4, 8)
    assert bool(inside(replace(job, plates=()), (2, 2), CPU).all())  # no picture yet: no mask yet


@given(
    st.builds(
        Mask, kind=st.sampled_from(MASKS), x=st.floats(-1, 1), y=st.floats(-1, 1), size=st.floats(0, 2),
        soft=st.floats(0, 2), invert=st.booleans(),
    ),
    st.tuples(st.integers(2, 9), st.integers(2, 9)),
)  # fmt: skip
def test_every_mask_is_in_0_1(mask: Mask, size: tuple[int, int]) -> None:
    values = inside(Job(mask=mask), size, CPU)
    assert values.shape == (1, 1, *size)
    assert float(values.min()) >= 0 <= float(values.max()) <= 1
    inverted = inside(Job(mask=replace(mask, invert=not mask.invert)), size, CPU)
    assert mask.kind in ("none", "media") or torch.allclose(values + inverted, torch.ones(()))
