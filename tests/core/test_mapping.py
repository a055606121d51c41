"""Corners and meshes: where a point goes, and what the mouse takes hold of."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.core.mapping import (
    CORNERS,
    Slice,
    SliceSpec,
    back,
    dragged,
    grabbed,
    handles,
    mapping_params,
    rests,
    slices_of,
    square_to,
    through,
)  # fmt: skip

QUAD = ((0.1, 0.05), (0.8, 0.2), (0.2, 0.9), (1.1, 1.0))
PLACES = st.floats(-1.0, 2.0, allow_subnormal=False)


def test_corners_go_where_they_are_pinned() -> None:
    for corner, pinned in zip(CORNERS.values(), QUAD, strict=True):
        assert through(square_to(QUAD), corner) == pytest.approx(pinned)


def test_straight_lines_stay_straight_and_the_diagonals_meet() -> None:
    """The middle of the square is where the quad's diagonals cross: perspective, not a stretch."""
    x, y = through(square_to(QUAD), (0.5, 0.5))
    for (x0, y0), (x1, y1) in ((QUAD[0], QUAD[3]), (QUAD[1], QUAD[2])):
        assert (x - x0) * (y1 - y0) == pytest.approx((y - y0) * (x1 - x0))


@given(st.tuples(PLACES, PLACES))
def test_there_and_back(point: tuple[float, float]) -> None:
    matrix = square_to(((0.0, 0.1), (1.0, 0.0), (0.1, 0.9), (0.9, 1.0)))
    assert back(matrix, through(matrix, point)) == pytest.approx(point, abs=1e-6)


@given(st.lists(st.tuples(PLACES, PLACES), min_size=4, max_size=4), st.tuples(PLACES, PLACES))
def test_corners_that_span_nothing_break_nothing(
    corners: list[tuple[float, float]], point: tuple[float, float]
) -> None:
    part = Slice(tuple(corners), mesh=(2, 2), offsets=((0.0, 0.0),) * 4)
    for place in handles(part).values():
        assert all(map(math.isfinite, place))
    assert all(map(math.isfinite, dragged(part, "mesh/1/1", point)))
    grabbed((part,), point)


def test_a_patch_s_values_make_slices() -> None:
    specs = (SliceSpec(), SliceSpec((3, 2)))
    values = {p.address: p.default for p in mapping_params(specs)}
    assert "/mapping/2/mesh/3/2" in values
    assert not list(mapping_params(()))
    values |= {"/mapping/1/upper-left": (0.1, 0.8), "/mapping/2/edge/right": 0.25, "/mapping/2/mesh/2/1": (0.0, 0.1)}
    one, two = slices_of(specs, values)
    assert one == Slice(((0.0, 0.0), (1.0, 0.0), (0.1, 0.8), (1.0, 1.0)))
    assert two.edge == (0.0, 0.25, 0.0, 0.0)
    assert two.offsets == ((0.0, 0.0), (0.0, 0.1), (0.0, 0.0), (0.0, 0.0), (0.0, 0.0), (0.0, 0.0))
    assert rests((3, 2)) == [(0.0, 0.0), (0.5, 0.0), (1.0, 0.0), (0.0, 1.0), (0.5, 1.0), (1.0, 1.0)]


def test_the_nearest_handle_within_reach_is_taken_and_corners_before_points() -> None:
    parts = (Slice(), Slice(QUAD, mesh=(3, 3), offsets=((0.0, 0.0),) * 9))
    assert grabbed(parts, (0.03, 0.0)) == (1, "lower-left")
    assert grabbed(parts, (0.1, 0.06)) == (2, "lower-left")
    middle = through(square_to(QUAD), (0.5, 0.5))
    assert grabbed(parts, middle) == (2, "mesh/2/2")
    assert grabbed(parts, (0.5, 0.06)) is None
    assert grabbed((), (0.5, 0.5)) is None


def test_what_is_dragged_lies_where_the_mouse_is() -> None:
    part = Slice(QUAD, mesh=(3, 3), offsets=((0.0, 0.0),) * 9)
    assert dragged(part, "upper-left", (0.3, 0.7)) == (0.3, 0.7)
    offset = dragged(part, "mesh/2/2", (0.45, 0.6))
    moved = Slice(QUAD, mesh=(3, 3), offsets=(*((0.0, 0.0),) * 4, offset, *((0.0, 0.0),) * 4))
    assert handles(moved)["mesh/2/2"] == pytest.approx((0.45, 0.6))


def test_the_mouse_takes_hold_in_the_main_window_only() -> None:
    assert grabbed((Slice(monitor=2),), (0.0, 0.0)) is None
    assert grabbed((Slice(monitor=2), Slice()), (0.0, 0.0)) == (2, "lower-left")
