"""The depth head: how far away each pixel of a picture is, 0 near to 1 far, for the planes of a camera's view.

An AutoencoderTiny from colour to one channel, taught with the depth that the archive knows. The first of them sees a
record, the second what the autoencoder makes of it: the model's own pictures look like those.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import AutoencoderTiny
from numpy.typing import NDArray
from torch import Tensor, nn

from perf.diffusion.depth import Depth
from perf.records.record import Record, develop
from perf.records.sheet import save, tile
from perf.training import autoencoder
from perf.training.device import brief
from perf.training.gallery import Wall, heldout, picture, tensor
from perf.training.loop import Job, Turn
from perf.training.options import Size, TrainOptions

WIDTH = 24
THIRDS = (1 / 3, 2 / 3)  # near, middle, far


def build(seed: int) -> AutoencoderTiny:
    """The head, not yet taught. Its last stage works at full size, without blocks."""
    torch.manual_seed(seed)
    return AutoencoderTiny(
        out_channels=1,
        latent_channels=WIDTH,
        encoder_block_out_channels=(WIDTH,) * 5,
        decoder_block_out_channels=(WIDTH,) * 5,
        num_encoder_blocks=(0, 1, 1, 2, 2),
        num_decoder_blocks=(2, 2, 1, 1, 0),
        scaling_factor=1.0,
    )


def maps(records: Sequence[Record], size: Size, processes: int = 2) -> NDArray[np.uint8]:
    """The records' true depth as bytes, (n, height, width)."""
    paint = partial(_map, size=size)
    if len(records) < 256:
        return np.stack([paint(record) for record in records])
    with ProcessPoolExecutor(processes) as pool:
        return np.stack(list(pool.map(paint, records, chunksize=64)))


def _map(record: Record, size: Size) -> NDArray[np.uint8]:
    return (develop(record, *size).depth * 255.0 + 0.5).astype(np.uint8)


def _depth(levels: NDArray[np.uint8]) -> Tensor:
    """Bytes (n, h, w) to (n, 1, h, w) in -1..1, as an autoencoder gives its answer."""
    return torch.from_numpy(np.ascontiguousarray(levels)).unsqueeze(1).float() / 127.5 - 1.0


def job(walls: Sequence[Wall], net: AutoencoderTiny, options: TrainOptions) -> Job:
    """The stage for the loop."""
    module = build(options.seed + 3).to(memory_format=torch.channels_last)
    average = copy.deepcopy(module).requires_grad_(False)
    true = [maps(wall.records, wall.size, options.threads) for wall in walls]

    def loss(turn: Turn) -> dict[str, Tensor]:
        wall, levels = walls[turn.step % len(walls)], true[turn.step % len(walls)]
        picks = turn.rng.integers(len(wall.records), size=options.depth.batch)
        images, meant = tensor(wall.pictures[picks]), _depth(levels[picks])
        with torch.no_grad(), brief(net):
            images[::2] = autoencoder.reconstruct(net, images[::2]).float()
        if turn.rng.random() < 0.5:
            images, meant = images.flip(3), meant.flip(3)
        with brief(module):
            found = estimate(module, images.contiguous(memory_format=torch.channels_last))
        return {"depth": distance(found.float(), meant)}

    return Job("depth", module, average, loss, lambda one: preview(one, options), decay=0.995)


def estimate(module: nn.Module, images: Tensor) -> Tensor:
    """Depth (n, 1, h, w) in -1..1 of pictures in -1..1."""
    answer: Tensor = module.decoder(module.encoder(images))
    return answer


def distance(found: Tensor, meant: Tensor) -> Tensor:
    """L1 of the depth and of its edges: planes are cut along them."""
    error = found - meant
    return error.abs().mean() + error.diff(dim=2).abs().mean() + error.diff(dim=3).abs().mean()


@torch.no_grad()
def measure(head: Depth, options: TrainOptions) -> dict[str, Any]:
    """On held-out records: mean error of 0..1, and the share of pixels in their right third (near, middle, far)."""
    records = heldout(options)[:108]
    plates = [develop(record, *options.sizes[0]) for record in records]
    depth = np.concatenate([head.of(tensor(plate.picture[None]))[0].numpy() for plate in plates])
    true = np.stack([plate.depth for plate in plates])
    right = np.digitize(depth, THIRDS) == np.digitize(true, THIRDS)
    constant = np.abs(true - np.median(true)).mean()
    return {
        "mean_error": round(float(np.abs(depth - true).mean()), 4),
        "mean_error_of_the_median": round(float(constant), 4),
        "right_third": round(float(right.mean()), 4),
        "n": len(records),
    }


def publish(module: AutoencoderTiny, folder: Path) -> None:
    """Writes an ordinary AutoencoderTiny in half precision."""
    copy.deepcopy(module).half().save_pretrained(folder)


@torch.no_grad()
def preview(module: nn.Module, options: TrainOptions) -> None:
    """Held-out records, their true depth, and the head's."""
    plates = [develop(record, *options.sizes[0]) for record in heldout(options)[:8]]
    images = tensor(np.stack([plate.picture for plate in plates]))
    true = torch.from_numpy(np.stack([plate.depth for plate in plates])).unsqueeze(1) * 2 - 1
    rows = torch.cat([images, true.expand(-1, 3, -1, -1), estimate(module, images).expand(-1, 3, -1, -1)])
    save(options.work / "preview-depth.png", tile(list(picture(rows)), 8))
