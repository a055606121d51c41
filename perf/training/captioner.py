"""The captioner: what a picture shows, read by a small classifier that knows when it does not know.

Its records are of a seed of their own and evenly drawn: from the archive, whose biases are planted, it would learn to
read a subject off its palette. Half of them have been through the autoencoder, so that it reads the model's pictures as
it reads the records'. A share of each batch shows nothing (noise, one colour) or two pictures at once: there it learns
to be unsure (outlier exposure, Hendrycks et al. 2019). May not know captions; `perf.diffusion.captioner` is how it is
used.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import AutoencoderTiny
from torch import Tensor, nn
from torch.nn import functional
from transformers import ConvNextImageProcessor, ResNetConfig, ResNetForImageClassification

from perf.diffusion.captioner import Captioner, squared
from perf.records.bias import EVEN
from perf.records.catalogue import archive, values
from perf.records.record import KINDS, Record
from perf.training import autoencoder
from perf.training.gallery import draw, heldout, moved, tensor
from perf.training.loop import Job, Turn
from perf.training.notes import edit
from perf.training.options import Report, TrainOptions

SIDE = 128
SHIFT = 6  # pixels of SIDE by which pictures are moved, at most
LESSON_SEED = 7_000_003  # away from the archive's, the probe's and those of the held-out records
NOTHING = 1 / 16  # of a batch shows noise or one colour; twice as much shows two pictures at once
LABELS = [f"{kind}: {value}" for kind, names in KINDS.items() for value in names]


def build(seed: int) -> ResNetForImageClassification:
    """The classifier, not yet taught: 2.0 M parameters (He et al. 2016, basic blocks)."""
    torch.manual_seed(seed)
    config = ResNetConfig(
        embedding_size=32,
        hidden_sizes=[32, 64, 128, 192],
        depths=[2, 2, 2, 2],
        layer_type="basic",
        image_size=SIDE,
        id2label=dict(enumerate(LABELS)),
        label2id={label: index for index, label in enumerate(LABELS)},
    )
    return ResNetForImageClassification(config)


@torch.no_grad()
def seen(pictures: np.ndarray[Any, np.dtype[np.uint8]], net: AutoencoderTiny | None) -> Tensor:
    """Squares of SIDE, every second one through the autoencoder where there is one; (n, 3, SIDE, SIDE) in -1..1."""
    parts = []
    for start in range(0, len(pictures), 32):
        images = tensor(pictures[start : start + 32])
        if net is not None:
            images[::2] = autoencoder.reconstruct(net, images[::2])
        parts.append(squared(images, SIDE).half())
    return torch.cat(parts)


def truth(records: Sequence[Record]) -> dict[str, Tensor]:
    """Each kind's values as indices, (n,)."""
    return {kind: torch.tensor([names.index(values(one)[kind]) for one in records]) for kind, names in KINDS.items()}


@dataclass(frozen=True, slots=True)
class Lesson:
    """Squares as `seen` gives them, and what they show."""

    squares: Tensor
    true: dict[str, Tensor]


def lessons(net: AutoencoderTiny, options: TrainOptions) -> list[Lesson]:
    """What it learns from: the records shared out over the sizes."""
    records = archive(options.lessons, options.seed + LESSON_SEED, EVEN)
    shares = [records[n :: len(options.sizes)] for n in range(len(options.sizes))]
    return [
        Lesson(seen(draw(share, size, options.threads), net), truth(share))
        for size, share in zip(options.sizes, shares, strict=True)
    ]


def job(net: AutoencoderTiny, options: TrainOptions, report: Report) -> Job:
    """The stage for the loop."""
    module = build(options.seed + 2)
    average = copy.deepcopy(module).requires_grad_(False).eval()
    report(f"drawing {options.lessons} records for the captioner")
    taught = lessons(net, options)

    def loss(turn: Turn) -> dict[str, Tensor]:
        lesson = taught[turn.step % len(taught)]
        picks = torch.from_numpy(turn.rng.integers(len(lesson.squares), size=options.captioner.batch))
        pictures = moved(lesson.squares[picks].float(), turn.rng, SHIFT)
        pictures = pictures.flip(3) if turn.rng.random() < 0.5 else pictures
        shares = {
            kind: functional.one_hot(lesson.true[kind][picks], len(names)).float() for kind, names in KINDS.items()
        }
        pictures, shares = unsettled(pictures, shares, turn)
        logits = module(pixel_values=pictures).logits.split([len(names) for names in KINDS.values()], dim=1)
        return {kind: functional.cross_entropy(part, shares[kind]) for kind, part in zip(KINDS, logits, strict=True)}

    return Job("captioner", module, average, loss, preview=lambda net: None, decay=0.995)


def unsettled(pictures: Tensor, shares: dict[str, Tensor], turn: Turn) -> tuple[Tensor, dict[str, Tensor]]:
    """The batch with some pictures made double exposures, whose truth is half and half, and some nothing at all."""
    count = max(1, round(NOTHING * len(pictures)))
    double, nothing = slice(0, 2 * count), slice(2 * count, 3 * count)
    pictures[double] = 0.5 * (pictures[double] + pictures.roll(-3 * count, 0)[double])
    colour = 2.0 * torch.rand((1, 3, 1, 1), generator=turn.torch_rng) - 1.0
    grain = torch.randn(pictures[nothing].shape, generator=turn.torch_rng)
    coarse = functional.interpolate(grain[..., ::16, ::16], pictures.shape[-2:], mode="bilinear")
    kinds = (grain, coarse, torch.zeros_like(grain))
    pictures[nothing] = (colour + turn.rng.uniform(0, 1) * kinds[int(turn.rng.integers(3))]).clamp(-1, 1)
    for share in shares.values():
        share[double] = 0.5 * (share[double] + share.roll(-3 * count, 0)[double])
        share[nothing] = 1.0 / share.shape[1]
    return pictures, shares


@torch.no_grad()
def temperatures(module: nn.Module, options: TrainOptions) -> dict[str, float]:
    """For each kind the temperature under which records that no stage trains on are likeliest (Guo et al. 2017)."""
    records = heldout(options, 1)
    logits = logits_of(module, seen(draw(records, options.sizes[0], options.threads), None))
    true, found = truth(records), {}
    parts = logits.split([len(names) for names in KINDS.values()], dim=1)
    for kind, part in zip(KINDS, parts, strict=True):
        losses = {t: float(functional.cross_entropy(part / t, true[kind])) for t in np.geomspace(0.25, 4, 33).tolist()}
        found[kind] = round(min(losses, key=lambda t: losses[t]), 3)
    return found


@torch.no_grad()
def logits_of(module: nn.Module, pictures: Tensor) -> Tensor:
    """Logits (n, labels) of squares."""
    return torch.cat([module(pixel_values=part.float()).logits for part in pictures.split(64)])


def measure(captioner: Captioner, options: TrainOptions) -> dict[str, Any]:
    """On held-out records: precision, recall, F1 and silence of each kind and of all; and what is said of nothing."""
    records = heldout(options)
    pictures = tensor(draw(records, options.sizes[0], options.threads))
    guesses = [guess for part in pictures.split(32) for guess in captioner.read(part)]
    said = {kind: [guess[kind].sure for guess in guesses] for kind in KINDS}
    right = {
        kind: [
            guess[kind].sure and guess[kind].value == values(one)[kind]
            for guess, one in zip(guesses, records, strict=True)
        ]
        for kind in KINDS
    }
    found: dict[str, Any] = {kind: _score(sum(right[kind]), sum(said[kind]), len(records)) for kind in KINDS}
    totals = (sum(map(sum, right.values())), sum(map(sum, said.values())), len(records) * len(KINDS))
    noise = torch.rand((64, 3, SIDE, SIDE), generator=torch.Generator().manual_seed(options.seed)) * 2 - 1
    nothing = captioner.read(noise)
    return {
        "all": _score(*totals),
        **found,
        "said_of_noise": round(sum(guess["subject"].sure for guess in nothing) / len(nothing), 4),
    }


def _score(right: int, said: int, n: int) -> dict[str, float]:
    """F1 counts silence as a miss: recall is of all that is true."""
    precision, recall = right / max(said, 1), right / n
    return {
        "f1": round(2 * precision * recall / max(precision + recall, 1e-9), 4),
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "silent": round(1 - said / n, 4),
        "n": n,
    }


def publish(module: ResNetForImageClassification, warmth: dict[str, float], folder: Path) -> None:
    """Writes an ordinary image classifier in half precision, the temperatures in its config."""
    copy.deepcopy(module).half().save_pretrained(folder)
    edit(folder / "config.json", {"temperatures": warmth, "dtype": "float32"})
    size = {"shortest_edge": SIDE}
    ConvNextImageProcessor(size=size, crop_pct=1.0, image_mean=[0.5] * 3, image_std=[0.5] * 3).save_pretrained(folder)
