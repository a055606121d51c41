"""The archive drawn into memory: pictures by aspect, as bytes, with their captions. May not learn anything."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from perf.records.bias import EVEN
from perf.records.catalogue import archive
from perf.records.record import Picture, Record, render
from perf.training.options import Size, TrainOptions

HELDOUT_SEED = 1_000_003


@dataclass(frozen=True, slots=True)
class Wall:
    """Records of one size, and their pictures as (n, height, width, 3) bytes."""

    size: Size
    records: tuple[Record, ...]
    pictures: Picture


def draw(records: Sequence[Record], size: Size, processes: int = 2) -> Picture:
    """Draws the records, in several processes when there are many."""
    paint = partial(_paint, size=size)
    if len(records) < 256:
        return np.stack([paint(record) for record in records])
    with ProcessPoolExecutor(processes) as pool:
        return np.stack(list(pool.map(paint, records, chunksize=64)))


def _paint(record: Record, size: Size) -> Picture:
    return render(record, *size)


def hang(options: TrainOptions) -> list[Wall]:
    """The training archive, shared out evenly over the sizes."""
    records = archive(options.records, options.seed)
    count = len(options.sizes)
    block = len(records) // count
    shares = [records[index * block : (index + 1) * block] for index in range(count)]
    return [
        Wall(size, tuple(share), draw(share, size, options.threads))
        for size, share in zip(options.sizes, shares, strict=True)
    ]


def heldout(options: TrainOptions, part: int = 0) -> list[Record]:
    """Records that no stage trains on, every subject, palette and process equally often.

    Part 0 is measured with; part 1 is for what must be set before, such as how sure is sure.
    """
    return archive(options.heldout, options.seed + (1 + part) * HELDOUT_SEED, EVEN)


def tensor(pictures: Picture) -> Tensor:
    """Bytes (n, h, w, 3) to floats in -1..1 (n, 3, h, w), channels last in memory."""
    return torch.from_numpy(np.ascontiguousarray(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1.0


def picture(images: Tensor) -> Picture:
    """Floats in -1..1 back to bytes."""
    levels = ((images.detach().float().clamp(-1, 1) + 1.0) * 127.5).round().to(torch.uint8)
    return levels.permute(0, 2, 3, 1).contiguous().numpy()


def moved(images: Tensor, rng: np.random.Generator, most: int) -> Tensor:
    """Pictures (n, 3, h, w) moved by up to `most` pixels, their edges repeated."""
    height, width = images.shape[2:]
    top, left = rng.integers(0, 2 * most + 1, size=2)
    return functional.pad(images, [most] * 4, mode="replicate")[:, :, top : top + height, left : left + width]
