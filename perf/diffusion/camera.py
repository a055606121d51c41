"""Moving a picture by the camera: the homography of `core.camera` as one `grid_sample`."""

import torch
from torch import Tensor

from perf.core.camera import IDENTITY, Matrix


def warp(picture: Tensor, matrix: Matrix) -> Tensor:
    """A picture (1, 3, h, w) as seen through `matrix` (which looks up, half height = 1, y up); borders mirror."""
    if matrix == IDENTITY:
        return picture
    height, width = picture.shape[-2:]
    aspect = width / height
    x = (torch.arange(width, device=picture.device) + 0.5) / width * 2 * aspect - aspect
    y = 1 - (torch.arange(height, device=picture.device) + 0.5) / height * 2
    rows = torch.tensor(matrix, device=picture.device)
    points = torch.stack(
        [x.expand(height, width), y[:, None].expand(height, width), torch.ones_like(x).expand(height, width)], -1
    )
    moved = points @ rows.T
    depth = moved[..., 2].clamp(min=1e-3)
    grid = torch.stack([moved[..., 0] / depth / aspect, -moved[..., 1] / depth], -1)
    return torch.nn.functional.grid_sample(
        picture, grid[None], mode="bicubic", padding_mode="reflection", align_corners=False
    ).clamp(-1, 1)
