"""Enlarged as it leaves: what a stage's GL would have made of it."""

import numpy as np
import torch
from PIL import Image

from perf.diffusion.enlarge import enlarge


def picture() -> torch.Tensor:
    """A slope, an edge and some detail, different from row to row."""
    y, x = np.mgrid[0:48, 0:64]
    rows = np.stack([x * 4, y * 5, 128 + 100 * np.sin(x / 3) * np.cos(y / 5)], axis=2)
    rows[10:20, 30:50] = (250, 20, 60)
    return torch.from_numpy(rows.astype(np.uint8))


def test_it_is_catmull_rom_opaque_and_from_the_bottom() -> None:
    image = picture()
    large = enlarge(image, 2)
    assert large.shape == (96, 128, 4)
    assert large.is_contiguous()
    assert (large[..., 3] == 255).all()
    expected = np.asarray(Image.fromarray(image.numpy()).resize((128, 96), Image.Resampling.BICUBIC))
    assert np.abs(large.flip(0)[..., :3].numpy().astype(int) - expected).max() <= 1
