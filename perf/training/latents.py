"""The archive as the image network sees it: latents of unit scale, and captions drawn afresh for every step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from perf.records import catalogue
from perf.records.record import Record
from perf.training.device import brief
from perf.training.gallery import Wall, tensor
from perf.training.loop import Turn
from perf.training.network import tokenize
from perf.training.options import Size

SILENT = 0.1


@dataclass(frozen=True, slots=True)
class Shelf:
    """Latents of one size: (2, n, channels, h, w), plain and mirrored, and the records they belong to."""

    size: Size
    records: tuple[Record, ...]
    latents: Tensor


def shelve(walls: Sequence[Wall], autoencoder: nn.Module, path: Path) -> tuple[list[Shelf], float]:
    """The latents of all walls; kept in a file beside a print of the autoencoder that made them."""
    mark = float(sum(weights.double().abs().sum() for weights in autoencoder.parameters()))
    kept = torch.load(path, weights_only=True) if path.exists() else {}
    if kept.get("mark") != mark or kept.get("records") != sum(len(wall.records) for wall in walls):
        shelves, scale = encode(walls, autoencoder)
        latents = [shelf.latents for shelf in shelves]
        kept = {"mark": mark, "records": sum(len(wall.records) for wall in walls), "latents": latents, "scale": scale}
        torch.save(kept, path)
    pairs = zip(walls, kept["latents"], strict=True)
    return [Shelf(wall.size, wall.records, latents) for wall, latents in pairs], kept["scale"]


@torch.no_grad()
def encode(walls: Sequence[Wall], autoencoder: nn.Module) -> tuple[list[Shelf], float]:
    """All latents, and the factor that brings them to unit variance (as latent diffusion does, Rombach et al. 2022)."""
    shelves = [Shelf(wall.size, wall.records, _encode_wall(wall, autoencoder)) for wall in walls]
    values = torch.cat([shelf.latents.flatten() for shelf in shelves])
    scale = round(1.0 / float(values.std()), 4)
    return [Shelf(shelf.size, shelf.records, shelf.latents * scale) for shelf in shelves], scale


def _encode_wall(wall: Wall, autoencoder: nn.Module) -> Tensor:
    both = []
    for flipped in (False, True):
        parts = []
        for start in range(0, len(wall.records), 32):
            images = wall.pictures[start : start + 32]
            with brief(autoencoder):
                parts.append(autoencoder.encoder(tensor(images[:, :, ::-1] if flipped else images)).float())
        both.append(torch.cat(parts))
    return torch.stack(both)


@dataclass(frozen=True, slots=True)
class Batch:
    """Clean latents and the tokens of their captions."""

    latents: Tensor
    tokens: Tensor


class Tokens:
    """Captions to tokens, each phrase worked out once."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._known: dict[str, Tensor] = {}

    def __call__(self, captions: Sequence[str]) -> Tensor:
        """Token ids (n, length)."""
        fresh = sorted(set(captions) - self._known.keys())
        if fresh:
            self._known.update(zip(fresh, tokenize(self._tokenizer, fresh), strict=True))
        return torch.stack([self._known[caption] for caption in captions])


def caption(record: Record, rng: np.random.Generator) -> str:
    """A fresh paraphrase of the record, or, one time in ten, nothing (classifier-free guidance, Ho & Salimans 2022)."""
    if rng.random() < SILENT:
        return ""
    return catalogue.caption(record, rng)


def batch(shelves: Sequence[Shelf], tokens: Tokens, size: int, turn: Turn) -> Batch:
    """Random records of one size; the sizes take turns."""
    shelf = shelves[turn.step % len(shelves)]
    picks = turn.rng.integers(len(shelf.records), size=size)
    mirrored = turn.rng.integers(2, size=size)
    captions = [caption(shelf.records[int(pick)], turn.rng) for pick in picks]
    return Batch(shelf.latents[torch.from_numpy(mirrored), torch.from_numpy(picks)], tokens(captions))
