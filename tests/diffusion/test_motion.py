"""The motion from one image to the next: what has moved is found, what has not stays, and a cut has none."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from perf.core.camera import Pose, homography
from perf.core.frame import Job, Planes
from perf.core.motion import Motion
from perf.diffusion.camera import warp
from perf.diffusion.motion import flow, motion

FILM = Job(source="media")


def texture(seed: int, wide: int = 320) -> Tensor:
    """Soft noise, (1, 3, 192, wide) in -1…1."""
    coarse = torch.rand(1, 3, 12, wide // 16, generator=torch.Generator().manual_seed(seed)) * 2 - 1
    return torch.nn.functional.interpolate(coarse, size=(192, wide), mode="bicubic").clamp(-1, 1)


def ways(found: Motion | None) -> np.ndarray:
    """(rows, columns, 2), the lowest row first."""
    assert found is not None
    return np.frombuffer(found.cells, np.float16).reshape(found.size[1], found.size[0], 2).astype(float)


@pytest.mark.parametrize(("right", "down"), [(12, 0), (-9, 0), (0, 8), (10, -6)])
def test_what_has_moved_is_found(right: int, down: int) -> None:
    large = texture(1, 400)
    large = torch.cat([large, large.flip(2)], 2)
    before, after = large[:, :, 40:232, 40:360], large[:, :, 40 - down : 232 - down, 40 - right : 360 - right]
    found = ways(motion(FILM, before, Pose(), after))[4:-4, 6:-6].reshape(-1, 2)
    assert np.median(found, 0) == pytest.approx([-right / 320, down / 192], abs=0.008)


def test_an_in_between_is_nearer_to_what_was_there_than_a_dissolve() -> None:
    large = texture(2, 400)
    before, between, after = (large[..., at : at + 320] for at in (40, 32, 24))
    y, x = torch.meshgrid((torch.arange(192) + 0.5) / 96 - 1, (torch.arange(320) + 0.5) / 160 - 1, indexing="ij")
    cells = [torch.nn.functional.adaptive_avg_pool2d(image, (24, 40)) for image in (before, after)]
    way = torch.nn.functional.interpolate(flow(*cells), size=(192, 320), mode="bilinear").permute(0, 2, 3, 1)
    place = torch.stack([x, y], -1)[None]
    looked = [
        torch.nn.functional.grid_sample(image, place + share * way, padding_mode="border", align_corners=False)
        for image, share in ((before, 0.5), (after, -0.5))
    ]
    off = [float((image - between).abs()[..., 16:-16].mean()) for image in ((before + after) / 2, sum(looked) / 2)]
    assert off[1] < 0.6 * off[0], off


def test_what_the_camera_does_is_no_motion() -> None:
    picture, pose = texture(3), Pose(pan=2.0, zoom=0.1)
    there = warp(picture, homography(pose, 60.0))
    found = motion(replace(FILM, pose=pose), picture, Pose(), there)
    assert found is None or np.abs(ways(found)[4:-4, 6:-6]).max() < 0.01


def test_other_pictures_and_flat_ones_have_none() -> None:
    one, other = texture(4), texture(5)
    assert motion(FILM, one, Pose(), one) is None
    assert np.abs(ways(motion(FILM, one, Pose(), other))).mean() < 0.01  # a cut dissolves
    flat = ways(motion(FILM, torch.zeros(1, 3, 192, 320), Pose(), torch.ones(1, 3, 192, 320)))
    assert np.abs(flat).max() == 0.0


def test_only_films_and_planes_of_depth_are_followed() -> None:
    one, other = texture(6), texture(6).roll(8, 3)
    assert motion(Job(), one, Pose(), other) is None
    for job in (FILM, Job(mix=0.2), Job(planes=Planes(parallax=0.5))):
        assert motion(job, one, Pose(), other) is not None
    assert motion(Job(planes=Planes(parallax=0.5)), one, Pose(), other, deep=False) is None, "no head, no planes"


@pytest.mark.parametrize("size", [(64, 64), (96, 512), (512, 64), (8, 8)])
def test_any_size_has_cells(size: tuple[int, int]) -> None:
    generator = torch.Generator().manual_seed(7)
    before, after = (torch.rand(1, 3, *size, generator=generator) for _ in range(2))
    found = motion(FILM, before, Pose(), after)
    assert found is not None
    assert max(found.size) <= 40
    assert len(found.cells) == 4 * found.size[0] * found.size[1]
    assert np.isfinite(ways(found)).all()
