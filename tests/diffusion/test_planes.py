"""Planes of the field of view, seen in pictures: parallax, slices, what a slice uncovers; and a shot's motion."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from perf.core.camera import Pose, homography
from perf.core.frame import Planes
from perf.core.shot import Shot
from perf.diffusion.camera import warp
from perf.diffusion.planes import REACH, filled, moved, passing, pooled, sliced

SIZE = 128
PATCH = 40  # pixels: where displacements are measured
STEPS = (0.1, 0.5, 0.9)


def texture(seed: int, size: int = SIZE) -> Tensor:
    """Soft noise, (1, 3, size, size) in -1…1."""
    coarse = torch.rand(1, 3, size // 6, size // 6, generator=torch.Generator().manual_seed(seed)) * 2 - 1
    return torch.nn.functional.interpolate(coarse, size=(size, size), mode="bicubic").clamp(-1, 1)


def displacement(before: Tensor, after: Tensor, at: tuple[int, int]) -> tuple[float, float]:
    """By how many pixels, right and down, what is around `at` (row, column) has moved: the peak of the normalised
    cross-correlation, a parabola through it."""
    row, column = at
    reach, half = 9, PATCH // 2
    patch = before[..., row - half : row + half, column - half : column + half]
    patch = patch - patch.mean()
    scores = torch.full((2 * reach + 1, 2 * reach + 1), -1.0)
    for down in range(-reach, reach + 1):
        for right in range(-reach, reach + 1):
            top, left = row - half + down, column - half + right
            other = after[..., top : top + PATCH, left : left + PATCH]
            other = other - other.mean()
            scores[down + reach, right + reach] = (patch * other).sum() / (patch.norm() * other.norm() + 1e-9)
    peak = divmod(int(scores.argmax()), 2 * reach + 1)
    return _vertex(scores[peak[0]], peak[1]) - reach, _vertex(scores[:, peak[1]], peak[0]) - reach


def _vertex(line: Tensor, i: int) -> float:
    if not 0 < i < len(line) - 1:
        return float(i)
    a, b, c = (float(line[i + n]) for n in (-1, 0, 1))
    return i + (a - c) / (2 * (a - 2 * b + c))


def depth_of_halves(near: float = 0.1, far: float = 0.9) -> Tensor:
    """The left half near, the right half far."""
    depth = torch.full((1, 1, SIZE, SIZE), far)
    depth[..., : SIZE // 2] = near
    return depth


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 2**31))
def test_slices_share_the_picture_out(near: float, far: float, seed: int) -> None:
    depth = torch.rand(1, 1, 8, 8, generator=torch.Generator().manual_seed(seed))
    slices = sliced(depth, Planes(near=near, far=far))
    assert slices.shape == (3, 1, 8, 8)
    assert slices.min() >= 0
    assert torch.allclose(slices.sum(0), torch.ones(1, 8, 8), atol=1e-5)
    assert torch.allclose(pooled(slices, (2, 2)).sum(0), torch.ones(1, 2, 2), atol=1e-5)


def test_a_slice_is_what_lies_between_its_bounds() -> None:
    depth = torch.tensor([0.1, 0.5, 0.9]).view(1, 1, 1, 3)
    assert sliced(depth, Planes()).view(3, 3).tolist() == torch.eye(3).tolist()
    assert sliced(depth, Planes(near=0.0, far=1.0)).view(3, 3)[1].tolist() == [1, 1, 1]
    assert sliced(depth, Planes(near=0.0, far=0.0)).view(3, 3)[2].tolist() == [1, 1, 1]


def test_moving_a_bound_changes_only_what_lies_in_that_range() -> None:
    depth = torch.linspace(0, 1, 64).view(1, 1, 1, 64)
    changed = (sliced(depth, Planes(near=0.2)) - sliced(depth, Planes(near=0.4))).abs().sum(0).view(-1) > 1e-6
    assert changed.any()
    assert all(0.15 < float(d) < 0.45 for d in depth.view(-1)[changed])


def test_near_things_pass_faster_than_far_ones() -> None:
    picture, parallax = texture(1), 0.6
    slices = sliced(depth_of_halves(), Planes())
    after, _ = moved(picture, slices, passing(Pose(x=0.05), parallax, 60.0))
    near, _ = displacement(picture, after, (64, 34))
    far, _ = displacement(picture, after, (64, 94))
    pixels = 0.05 * SIZE / 2
    assert near == pytest.approx(-pixels * (1 + parallax * REACH[0]), abs=0.25)
    assert far == pytest.approx(-pixels * (1 + parallax * REACH[2]), abs=0.25)


@pytest.mark.parametrize("move", [Pose(pan=3.0), Pose(roll=3.0), Pose(zoom=0.05)])
def test_a_turn_shows_no_parallax(move: Pose) -> None:
    picture = texture(2)
    after, _ = moved(picture, sliced(depth_of_halves(), Planes()), passing(move, 1.0, 60.0))
    inner = slice(16, -16)
    expected = warp(picture, homography(move, 60.0))
    away = (after - expected)[..., inner, inner].abs()
    assert away.mean() < 0.02  # but along the edge, which is soft


def test_flat_planes_move_as_one_picture() -> None:
    picture = texture(3)
    slices = torch.zeros(3, 1, SIZE, SIZE)
    slices[1] = 1.0
    after, kept = moved(picture, slices, passing(Pose(x=0.1, z=0.05), 1.0, 60.0))
    assert torch.allclose(after, warp(picture, homography(Pose(x=0.1, z=0.05), 60.0)), atol=1e-4)
    assert kept[1].min() > 0.99


def test_what_a_slice_uncovers_looks_like_what_is_behind_it() -> None:
    picture = torch.full((1, 3, SIZE, SIZE), -0.5)
    picture[..., 50:80, 50:80] = 1.0  # a bright box in front of a dark wall
    depth = torch.where(picture[:, :1] > 0, 0.1, 0.9)
    after, _ = moved(picture, sliced(depth, Planes()), passing(Pose(x=0.2), 1.0, 60.0))
    uncovered = after[0, 0, 55:75, 66:76]  # where the box was, and nothing is seen in the picture before
    assert uncovered.max() < 0.0


def test_filling_keeps_what_is_there() -> None:
    layer = texture(4)
    weight = torch.ones(1, 1, SIZE, SIZE)
    weight[..., 40:60, 40:60] = 0.0
    found = filled(layer, weight)
    assert torch.allclose(found * weight, layer * weight, atol=1e-5)
    assert found.abs().max() <= 1.0


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("truck-right", lambda x, y: (-1, 0)),
        ("truck-left", lambda x, y: (1, 0)),
        ("pedestal-up", lambda x, y: (0, 1)),
        ("pan-right", lambda x, y: (-1, 0)),
        ("tilt-up", lambda x, y: (0, 1)),
        ("zoom-in", lambda x, y: (x, y)),
        ("zoom-out", lambda x, y: (-x, -y)),
        ("dolly-in", lambda x, y: (x, y)),
        ("static", lambda x, y: (0, 0)),
    ],
)
def test_the_motion_of_a_shot_is_found_again_in_its_pictures(name: str, seen: object) -> None:
    """Down is positive in pixels, so that what moves down (a camera that goes up) is (0, 1)."""
    picture, shot = texture(5), Shot(name, 4.0)
    for share in STEPS:
        a, b = shot.at(share * 4.0), shot.at(share * 4.0 + 0.15)
        after = warp(picture, homography(b.minus(a), 60.0))
        for row, column in ((40, 40), (40, 88), (88, 40), (88, 88)):
            right, down = displacement(picture, after, (row, column))
            wanted = seen(column / 64 - 1, row / 64 - 1)  # type: ignore[operator]
            for moved_by, way in ((right, wanted[0]), (down, wanted[1])):
                assert moved_by * way > 0.03 if way else abs(moved_by) < 0.3, (share, row, column, right, down)


def test_a_field_of_view_warps_as_a_pinhole_predicts() -> None:
    picture = texture(6)
    for fov in (40.0, 60.0):
        after = warp(picture, homography(Pose(pan=2.0), fov))
        right, _ = displacement(picture, after, (64, 64))
        focal = 64 / torch.tan(torch.deg2rad(torch.tensor(fov / 2)))
        assert right == pytest.approx(-float(focal * torch.tan(torch.deg2rad(torch.tensor(2.0)))), abs=0.25)


def test_parallax_nothing_is_one_homography() -> None:
    move = Pose(x=0.1, y=-0.1, z=0.2, pan=3.0)
    assert set(passing(move, 0.0, 50.0)) == {homography(move, 50.0)}
    assert len(set(passing(replace(move, x=0.0, y=0.0, z=0.0), 1.0, 50.0))) == 1
