"""Planes of the field of view: a picture's near, middle and far slices, cut by depth and moved each by its distance.

Only what is at another distance moves otherwise: a turn of the camera is the same for all three (Hartley & Zisserman
2004, 13.1). Knows no network: a depth map comes in, `perf.diffusion.depth` makes one.
"""

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from perf.core.camera import Matrix, Pose, homography
from perf.core.frame import Planes
from perf.diffusion.camera import warp

REACH = (1.0, 0.0, -0.75)  # near, middle, far: how much faster than the middle they pass at parallax 1
SOFT = 0.04  # of the depth: half the width in which one slice becomes the next
LEAST = 1e-4  # weight below which there is nothing
EDGE = 0.25  # weight below which a place is filled from around


def sliced(depth: Tensor, planes: Planes) -> Tensor:
    """Shares of near, middle and far, (3, 1, h, w), which sum to 1, of a depth (1, 1, h, w) of 0 near … 1 far."""
    first, second = sorted((planes.near, planes.far))
    beyond = [((depth - cut) / (2 * SOFT) + 0.5).clamp(0, 1) if 0 < cut < 1 else (depth * 0 + (cut <= 0)).float()
              for cut in (first, second)]  # fmt: skip
    far = torch.minimum(beyond[0], beyond[1])
    return torch.cat([1 - beyond[0], beyond[0] - far, far])


def passing(move: Pose, parallax: float, fov: float) -> list[Matrix]:
    """The homographies of near, middle and far for a movement of the camera: nearer things pass faster."""
    speeds = [1 + parallax * reach for reach in REACH]
    return [homography(replace(move, x=move.x * v, y=move.y * v, z=move.z * v), fov) for v in speeds]


def moved(picture: Tensor, slices: Tensor, matrices: Sequence[Matrix]) -> tuple[Tensor, Tensor]:
    """A picture (1, 3, h, w) and its slices after each has moved by its own matrix, far ones behind near ones.

    What a slice uncovers is filled with its surroundings; the sampler paints over it.
    """
    if len(set(matrices)) == 1:
        return warp(picture, matrices[0]), warp(slices.transpose(0, 1), matrices[0]).clamp(0, 1).transpose(0, 1)
    near, middle, far = slices.split(1)
    behind = filled(torch.cat([picture, middle / (middle + far).clamp(min=LEAST)], 1), middle + far)
    canvas = warp(filled(picture, far), matrices[2])
    second = _carried(behind, matrices[1])
    cover = second[:, 3:]
    canvas = canvas + cover * (second[:, :3] - canvas)
    first = _carried(torch.cat([picture, near], 1), matrices[0])
    front = first[:, 3:]
    canvas = canvas + front * (first[:, :3] - canvas)
    rest = 1 - front
    return canvas, torch.cat([front, rest * cover, rest * (1 - cover)])


def _carried(layer: Tensor, matrix: Matrix) -> Tensor:
    """A picture with its cover as a fourth channel, warped; a cover is of 0…1."""
    found = warp(layer, matrix)
    return torch.cat([found[:, :3], found[:, 3:].clamp(0, 1)], 1)


def filled(layer: Tensor, weight: Tensor) -> Tensor:
    """A layer (1, c, h, w) whose places of no weight take on what is around them, from coarser and coarser means (the
    pull-push of Gortler, Grzeszczuk, Szeliski & Cohen 1996, section 3.4.3)."""
    height, width = weight.shape[-2:]
    if min(height, width) <= 1:
        return layer
    pool = torch.nn.functional.avg_pool2d
    sums, below = (pool(x, 2, ceil_mode=True) for x in (layer * weight, weight))
    coarse = filled(sums / below.clamp(min=LEAST), (below * 4).clamp(max=1))
    kept = (weight / EDGE).clamp(max=1)
    wide = torch.nn.functional.interpolate(coarse, size=(height, width), mode="bilinear", align_corners=False)
    return wide + kept * (layer - wide)


def pooled(slices: Tensor, size: tuple[int, int]) -> Tensor:
    """The slices at the (height, width) of a latent; they still sum to 1."""
    return torch.nn.functional.adaptive_avg_pool2d(slices, size)
