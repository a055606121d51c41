"""Masks: which cells of a picture or latent are inside, 0…1. Shapes are in half heights, as the camera's."""

import torch
from torch import Tensor

from perf.core.frame import Mask


def inside(mask: Mask, size: tuple[int, int], device: torch.device) -> Tensor:
    """How far each cell of `size`, (height, width), is inside: (1, 1, height, width) in 0…1; all are for kind none."""
    height, width = size
    if mask.kind == "none":
        return torch.ones(1, 1, height, width, device=device)
    aspect = width / height
    x = ((torch.arange(width, device=device) + 0.5) / width * 2 - 1 - mask.x) * aspect
    y = (1 - (torch.arange(height, device=device) + 0.5) / height * 2 - mask.y)[:, None]
    depth = _distance(mask, x.expand(size), y.expand(size))
    share = (0.5 - depth / max(mask.soft, 1e-6)).clamp(0, 1)
    return (1 - share if mask.invert else share)[None, None]


def _distance(mask: Mask, x: Tensor, y: Tensor) -> Tensor:
    """From the edge, in half heights; negative inside."""
    if mask.kind == "circle":
        return torch.hypot(x, y) - mask.size
    if mask.kind == "box":
        return torch.maximum(x.abs(), y.abs()) - mask.size
    return x if mask.kind == "horizontal" else y
