"""The picture on the screen through corners, meshes and soft edges, against the same sums in numpy."""

from dataclasses import replace

import numpy as np
import pytest
from stagecraft import SIZE, frame, picture, rows

from perf.core.mapping import Slice, back, square_to
from perf.gl.compositor import Compositor
from perf.gl.mapper import spline, surface
from perf.gl.target import Target

SCREEN = (200, 120)
QUAD = ((0.1, 0.05), (0.8, 0.2), (0.2, 0.9), (0.95, 0.85))


def ramp() -> np.ndarray:
    """Red grows to the right, green upwards."""
    out = np.full((SIZE[1], SIZE[0], 3), 128, np.uint8)
    out[..., 0] = np.linspace(0, 255, SIZE[0])[None]
    out[..., 1] = np.linspace(255, 0, SIZE[1])[:, None]
    return out


def shown(compositor: Compositor, *parts: Slice, card: bool = False, pixels: np.ndarray | None = None) -> np.ndarray:
    """What is on a screen, as floats of 0…255, rows from the top."""
    compositor.show(picture(ramp() if pixels is None else pixels))
    compositor.draw(replace(frame(), mapping=parts, card=card))
    target = Target(compositor._tools.context, SCREEN, "f1")
    target.framebuffer.clear(1.0, 1.0, 1.0)
    compositor.present(target.framebuffer)
    raw = np.frombuffer(target.framebuffer.read(components=3, alignment=1), np.uint8)
    target.release()
    return raw.reshape(SCREEN[1], SCREEN[0], 3)[::-1].astype(float)


def places() -> np.ndarray:
    """The middle of every pixel of the screen, 0…1 from the lower left."""
    y, x = np.mgrid[0 : SCREEN[1], 0 : SCREEN[0]] + 0.5
    return np.stack([x / SCREEN[0], 1 - y / SCREEN[1]], -1)


def expected(part: Slice) -> tuple[np.ndarray, np.ndarray]:
    """What a pinned slice shows, and where it is well inside."""
    matrix = square_to(part.corners)
    inner = np.array([back(matrix, tuple(p)) for p in places().reshape(-1, 2)]).reshape(*SCREEN[::-1], 2)
    inside = ((inner > 0.02) & (inner < 0.98)).all(-1)
    left, right, bottom, top = part.crop
    seen = inner * [1 - left - right, 1 - bottom - top] + [left, bottom]
    return np.stack([seen[..., 0] * 255, seen[..., 1] * 255, np.full(SCREEN[::-1], 128)], -1), inside


@pytest.mark.parametrize("part", [Slice(), Slice(QUAD), Slice(QUAD, crop=(0.25, 0.1, 0.3, 0.0))])
def test_corners_carry_the_picture_in_perspective(compositor: Compositor, part: Slice) -> None:
    out = shown(compositor, part)
    wanted, inside = expected(part)
    assert np.abs(out - wanted)[inside].max() < 4
    outside = np.array([back(square_to(part.corners), tuple(p)) for p in places().reshape(-1, 2)])
    away = ((outside < -0.02) | (outside > 1.02)).any(-1).reshape(SCREEN[::-1])
    assert not out[away].any()  # black round it


def test_the_film_is_not_mapped(compositor: Compositor) -> None:
    shown(compositor, Slice(QUAD))
    assert np.abs(rows(compositor).astype(int) - ramp()).max() <= 2


def test_a_mesh_that_is_not_moved_changes_nothing(compositor: Compositor) -> None:
    plain = shown(compositor, Slice(QUAD))
    meshed = shown(compositor, Slice(QUAD, mesh=(4, 3), offsets=((0.0, 0.0),) * 12))
    assert np.abs(plain - meshed).mean() < 0.2


def test_a_mesh_moves_its_point_and_its_neighbours_stay(compositor: Compositor) -> None:
    offsets = [(0.0, 0.0)] * 25
    offsets[12] = (0.1, 0.0)  # the middle goes right
    out = shown(compositor, Slice(mesh=(5, 5), offsets=tuple(offsets)))
    still = shown(compositor, Slice())
    assert out[60, 119, 0] == pytest.approx(still[60, 100, 0], abs=3)
    corners = np.zeros(SCREEN[::-1], bool)
    corners[:20] = corners[-20:] = corners[:, :20] = corners[:, -20:] = True
    assert np.abs(out - still)[corners].max() <= 4  # a spline rings a little


def test_a_spline_goes_through_its_points_and_keeps_lines() -> None:
    points = np.array([0.0, 1.0, 0.5, 2.0], np.float32)[:, None]
    assert np.allclose(spline(points, 4)[::4], points)
    assert np.allclose(spline(np.arange(5, dtype=np.float32)[:, None], 4)[:, 0], np.arange(17) / 4)
    assert surface(Slice()).shape == (6, 4)


@pytest.mark.parametrize("gamma", [1.0, 2.2])
def test_two_soft_edges_add_up_to_one_in_light(compositor: Compositor, gamma: float) -> None:
    white = np.full((SIZE[1], SIZE[0], 3), 255, np.uint8)
    left = shown(compositor, Slice(edge=(0.0, 0.5, 0.0, 0.0), gamma=gamma), pixels=white)[60, :, 0] / 255
    right = shown(compositor, Slice(edge=(0.5, 0.0, 0.0, 0.0), gamma=gamma), pixels=white)[60, :, 0] / 255
    light = left[100:] ** gamma + right[:100] ** gamma  # the right projector's picture lies over the left one's half
    assert np.abs(light - 1).max() < 0.02
    assert left[:98].min() > 0.99
    assert left[-1] < 0.1


def test_of_two_slices_each_has_its_place(compositor: Compositor) -> None:
    one = Slice(((0.0, 0.0), (0.5, 0.0), (0.0, 1.0), (0.5, 1.0)), crop=(0.0, 0.5, 0.0, 0.0))
    two = Slice(((0.5, 0.0), (1.0, 0.0), (0.5, 1.0), (1.0, 1.0)), crop=(0.5, 0.0, 0.0, 0.0))
    assert np.abs(shown(compositor, one, two) - shown(compositor, Slice()))[:, 2:-2].max() <= 4


@pytest.mark.parametrize("at", [100.5 / 200, 0.7525])
def test_two_slices_side_by_side_show_no_seam(compositor: Compositor, at: float) -> None:
    """Also where it runs through the middle of pixels, which then lie on the very edge of a slice."""
    white, up = np.full((SIZE[1], SIZE[0], 3), 255, np.uint8), (at * 120 // 1 + 0.5) / 120
    sides = ((0.0, at, 0.0, 1.0), (at, 1.0, 0.0, up), (at, 1.0, up, 1.0))
    parts = [Slice(((x, y), (u, y), (x, v), (u, v)), (x, 1 - u, y, 1 - v)) for x, u, y, v in sides]
    assert shown(compositor, *parts, pixels=white).min() == 255


def test_a_slice_beside_one_with_a_mesh_shows_no_pinholes(compositor: Compositor) -> None:
    """Their common side is one line of the one, and many short ones of the other."""
    white, offsets = np.full((SIZE[1], SIZE[0], 3), 255, np.uint8), ((1e-9, 0.0), *((0.0, 0.0),) * 8)
    one = Slice(((0.0, 0.0), (0.77, 0.0), (0.0, 1.0), (0.73, 1.0)))
    two = Slice(((0.77, 0.0), (1.0, 0.0), (0.73, 1.0), (1.0, 1.0)), mesh=(3, 3), offsets=offsets)
    assert shown(compositor, one, two, pixels=white).min() == 255


def test_the_test_card_has_its_rim_and_its_handles(compositor: Compositor) -> None:
    card = shown(compositor, Slice(QUAD), card=True)
    assert card.std() > 20
    x, y = round(QUAD[1][0] * SCREEN[0]), round((1 - QUAD[1][1]) * SCREEN[1])
    assert card[y - 3 : y + 3, x - 3 : x + 3].max() > 150
    assert not np.array_equal(card, shown(compositor, Slice(QUAD)))


def test_corners_that_span_nothing_show_nothing_and_break_nothing(compositor: Compositor) -> None:
    shown(compositor, Slice(((0.5, 0.5),) * 4), card=True)
    shown(compositor, Slice(((0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0))))
    out = shown(compositor)
    assert out[60, 100].any()  # and without slices it is the whole picture again
