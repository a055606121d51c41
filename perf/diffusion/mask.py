"""Masks: which cells of a picture or latent are inside, 0…1. Shapes are in half heights, as the camera's."""

import torch
from torch import Tensor

from perf.core.frame import Job, Mask
from perf.diffusion.plate import brightness, film_of


def inside(job: Job, size: tuple[int, int], device: torch.device) -> Tensor:
    """How far each cell of `size`, (height, width), is inside of a job's mask: (1, 1, height, width) in 0…1. All are
    for kind none, and where a film has no picture yet."""
    mask, (height, width) = job.mask, size
    film = film_of(job, mask.layer, size, device) if mask.kind == "media" else None
    if film is not None:
        luma = brightness(film)
        return 1 - luma if mask.invert else luma
    if mask.kind in ("none", "media"):
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
