"""A picture enlarged as it leaves, where the processor draws, too: a software rasteriser takes ten times as long."""

import torch
from torch import Tensor


def enlarge(image: Tensor, times: int) -> Tensor:
    """(h, w, 3 or 4) uint8, rows from the top, to (times·h, times·w, 4), as GL takes it: rows from the bottom.

    Catmull-Rom, whose a of −1/2 is what torch takes with `antialias`.
    """
    rgba = torch.nn.functional.pad(image.flip(0), (0, 4 - image.shape[2]), value=255)
    rows = rgba[None].permute(0, 3, 1, 2)  # torch sees that the channels come last, and keeps it so
    large = torch.nn.functional.interpolate(rows, scale_factor=times, mode="bicubic", antialias=True)
    return large.permute(0, 2, 3, 1)[0].contiguous()
