"""Warping moves what is seen as the matrix says."""

import pytest
import torch

from perf.core.camera import IDENTITY, Pose, homography
from perf.diffusion.camera import warp


def spot(x: int, y: int) -> torch.Tensor:
    picture = torch.full((1, 3, 40, 60), -1.0)
    picture[..., y - 2 : y + 2, x - 2 : x + 2] = 1.0
    return picture


def centre(picture: torch.Tensor) -> tuple[float, float]:
    weight = picture[0, 0] + 1
    ys, xs = torch.meshgrid(torch.arange(40.0) + 0.5, torch.arange(60.0) + 0.5, indexing="ij")
    return float((xs * weight).sum() / weight.sum()), float((ys * weight).sum() / weight.sum())


@pytest.mark.parametrize(
    ("move", "found"),
    [
        (Pose(x=0.5), (20.0, 20.0)),  # the camera goes right by half a half height: 10 pixels, the spot left
        (Pose(y=0.5), (30.0, 30.0)),  # up: the spot goes down
        (Pose(), (30.0, 20.0)),
    ],
)
def test_a_spot_moves_against_the_camera(move: Pose, found: tuple[float, float]) -> None:
    assert centre(warp(spot(30, 20), homography(move, 60))) == pytest.approx(found, abs=0.3)


def test_zoom_moves_a_spot_outwards() -> None:
    x, _ = centre(warp(spot(40, 20), homography(Pose(zoom=0.4055), 60)))
    assert x == pytest.approx(30 + 10 * 1.5, abs=0.4)


def test_standing_still_is_the_same_picture() -> None:
    picture = torch.rand(1, 3, 40, 60)
    assert warp(picture, IDENTITY) is picture
