"""The depth head: how far away each pixel of a picture is. Any family can use it.

Lies in a model folder as `depth/`, or in another that its retrograde.json names: an AutoencoderTiny from three channels
to one, in -1 near … 1 far, as `retrograde train` makes it.
"""

from typing import Any

import torch
from torch import Tensor

from perf.diffusion.folder import fetch, lent
from perf.diffusion.parts import choose_device, loaded_beside
from perf.errors import ModelError

FOLDER = "depth"
CELLS = 16  # pixels: what sizes are divisible by


class Depth:
    """A loaded head."""

    def __init__(self, network: Any) -> None:
        self._network = network

    def of(self, picture: Tensor) -> Tensor:
        """The depth (1, 1, h, w), 0 near … 1 far, of a picture (1, 3, h, w) in -1…1."""
        height, width = picture.shape[-2:]
        fit = [max(round(side / CELLS), 1) * CELLS for side in (height, width)]
        asked = torch.nn.functional.interpolate(picture, size=fit, mode="bilinear", align_corners=False)
        found = self._network.decoder(self._network.encoder(asked.to(self._network.dtype))).float()
        found = torch.nn.functional.interpolate(found, size=(height, width), mode="bilinear", align_corners=False)
        return (found / 2 + 0.5).clamp(0, 1)


def load_depth(model: str, device: str = "auto") -> Depth | None:
    """The head of a model folder or hub id, its own or lent; None when it has none. Raises ModelError for one that is
    broken."""
    folder = lent(fetch(model), FOLDER)
    if folder is None:
        return None
    from diffusers import AutoencoderTiny

    network = loaded_beside(AutoencoderTiny, folder, choose_device(device))
    if network.config.out_channels != 1:
        raise ModelError(f"{folder}: gives {network.config.out_channels} channels; a depth head gives one")
    return Depth(network)
