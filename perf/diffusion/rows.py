"""An image as rows of bytes, as it leaves the engine."""

import torch
from torch import Tensor


def rows(image: Tensor, *, stays: bool) -> Tensor:
    """(1, channels, h, w) in -1…1 to (h, w, channels) uint8, on the CPU unless it `stays` where it was made; all that
    made it is done then."""
    made = ((image[0] + 1) * 127.5).round().to(torch.uint8).permute(1, 2, 0).contiguous()
    if stays and made.is_cuda:
        torch.cuda.current_stream(made.device).synchronize()
    return made if stays else made.cpu()
