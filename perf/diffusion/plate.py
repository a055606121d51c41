"""Plates as the engine takes them: the pictures of films that an image starts from, or is masked by."""

import numpy as np
import torch
from torch import Tensor

from perf.core.frame import Job

LUMA = (0.3, 0.59, 0.11)  # as the stage's mattes by luma


def film_of(job: Job, number: int, size: tuple[int, int], device: torch.device) -> Tensor | None:
    """What the film of layer `number` shows, (1, 3, height, width) in -1…1 at `size` (height, width); None where the
    job has no picture of it."""
    plate = next((plate for plate in job.plates if plate.number == number), None)
    if plate is None:
        return None
    width, height = plate.size
    rows = torch.from_numpy(np.frombuffer(plate.pixels, np.uint8).reshape(height, width, 3).copy()).to(device)
    picture = rows.permute(2, 0, 1)[None].float() / 127.5 - 1
    if (height, width) == size:
        return picture
    return torch.nn.functional.interpolate(picture, size, mode="bilinear", antialias=True)


def brightness(picture: Tensor) -> Tensor:
    """A picture's luma in 0…1: (1, 1, height, width)."""
    return (picture * torch.tensor(LUMA, device=picture.device).view(1, 3, 1, 1)).sum(1, keepdim=True) / 2 + 0.5
