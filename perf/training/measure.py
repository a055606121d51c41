"""What the model can do, in numbers with n and an interval.

A small probe learns subject, palette and light from records only (half of them seen through the autoencoder, so that it
reads form and not compression), is checked on records it never saw, and then reads the model's pictures. Its records
are of a seed of their own and evenly drawn: in the archive, whose biases are planted, it would read a subject off its
palette.
"""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from diffusers import AutoencoderTiny
from torch import Tensor, nn
from torch.nn import functional

from perf.records.bias import EVEN
from perf.records.catalogue import archive, values
from perf.records.record import KINDS as ATTRIBUTES
from perf.records.record import Record
from perf.training import autoencoder
from perf.training.flow import sample
from perf.training.folder import Parts
from perf.training.gallery import draw, heldout, tensor
from perf.training.latents import Tokens
from perf.training.loop import Job, Turn, fit
from perf.training.network import Painter
from perf.training.options import Report, Size, TrainOptions

KINDS = {kind: ATTRIBUTES[kind] for kind in ("subject", "palette", "process", "light")}
SHRINK = 4
LESSON_SEED = 4_000_037  # away from the archive's and from those of the held-out records
GUIDANCE = 3.0  # under which the model's pictures are read: the default patch's


class Probe(nn.Module):
    """Four convolutions and three answers, from pictures shrunk fourfold."""

    def __init__(self) -> None:
        super().__init__()
        widths = (3, 32, 48, 64, 96)
        layers: list[nn.Module] = []
        for before, after in pairwise(widths):
            layers += [nn.Conv2d(before, after, 3, 2, 1), nn.GroupNorm(8, after), nn.ReLU()]
        self.body = nn.Sequential(*layers)
        self.heads = nn.ModuleDict({kind: nn.Linear(2 * widths[-1], len(names)) for kind, names in KINDS.items()})

    def forward(self, shrunk: Tensor) -> dict[str, Tensor]:
        """Scores of every kind, from the mean and the maximum over the picture."""
        seen = self.body(shrunk)
        seen = torch.cat([seen.mean(dim=(2, 3)), seen.amax(dim=(2, 3))], dim=1)
        return {kind: head(seen) for kind, head in self.heads.items()}


@dataclass(frozen=True, slots=True)
class Lesson:
    """Shrunk pictures, and their attributes as numbers."""

    shrunk: Tensor
    answers: dict[str, Tensor]


def answers(records: Sequence[Record]) -> dict[str, Tensor]:
    """The records' attributes as indices."""
    return {
        kind: torch.tensor([names.index(values(record)[kind]) for record in records]) for kind, names in KINDS.items()
    }


def shrink(images: Tensor) -> Tensor:
    """A quarter of the size, by averaging."""
    return functional.avg_pool2d(images, SHRINK)


def lesson(options: TrainOptions, net: AutoencoderTiny) -> Lesson:
    """What the probe learns from, every second record seen through the autoencoder."""
    records = archive(options.lessons, options.seed + LESSON_SEED, EVEN)
    pictures, parts = draw(records, options.sizes[0], options.threads), []
    for start in range(0, len(records), 32):
        images = tensor(pictures[start : start + 32])
        with torch.no_grad():
            images[::2] = autoencoder.reconstruct(net, images[::2])
        parts.append(shrink(images))
    return Lesson(torch.cat(parts), answers(records))


def train_probe(net: AutoencoderTiny, options: TrainOptions, report: Report) -> nn.Module:
    """The probe, after its stage."""
    torch.manual_seed(options.seed + 1)
    probe = Probe()
    average = copy.deepcopy(probe).requires_grad_(False)
    report(f"drawing {options.lessons} records for the probe")
    taught = lesson(options, net)

    def loss(turn: Turn) -> dict[str, Tensor]:
        chosen = torch.from_numpy(turn.rng.integers(len(taught.shrunk), size=options.measure.batch))
        images = taught.shrunk[chosen]
        scores = probe(images.flip(3) if turn.rng.random() < 0.5 else images)
        return {kind: functional.cross_entropy(scores[kind], taught.answers[kind][chosen]) for kind in KINDS}

    fit(Job("measure", probe, average, loss, lambda net: None, decay=0.98), options.measure, options, report)
    return average


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    z, share = 1.96, hits / n
    middle, spread = share + z * z / (2 * n), z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return round((middle - spread) / (1 + z * z / n), 4), round((middle + spread) / (1 + z * z / n), 4)


@torch.no_grad()
def answer(probe: nn.Module, images: Tensor) -> dict[str, Tensor]:
    """What the probe reads in pictures (n, 3, h, w) in -1..1: each kind's value as an index, (n,)."""
    return {kind: scores.argmax(1) for kind, scores in probe(shrink(images)).items()}


def share(hits: int, n: int) -> dict[str, Any]:
    """A share with its n and its interval."""
    return {"share": round(hits / n, 4), "n": n, "interval": wilson(hits, n)}


def read(probe: nn.Module, images: Tensor, records: Sequence[Record]) -> dict[str, Any]:
    """How often the probe reads the attributes that were asked for."""
    found, truth = answer(probe, images), answers(records)
    return {kind: share(int((found[kind] == truth[kind]).sum()), len(records)) for kind in KINDS}


@dataclass(frozen=True, slots=True)
class Subject:
    """What is measured: a folder's parts and the factor between its latents and the network's."""

    parts: Parts
    scale: float
    size: Size


@torch.no_grad()
def paint(subject: Subject, records: Sequence[Record], steps: int, seed: int) -> Tensor:
    """The model's pictures for the records' full descriptions."""
    tokens, rng = Tokens(subject.parts.tokenizer), torch.Generator().manual_seed(seed)
    width, height = subject.size
    painter: Painter = subject.parts.painter
    images = []
    for start in range(0, len(records), 32):
        part = records[start : start + 32]
        ids = tokens([_described(record) for record in part])
        noise = torch.randn((len(part), autoencoder.CHANNELS, height // 16, width // 16), generator=rng)
        latents = sample(painter, noise, painter.asked(ids, GUIDANCE), steps)
        images.append(subject.parts.autoencoder.decoder(latents / subject.scale).clamp(-1, 1))
    return torch.cat(images)


def _described(record: Record) -> str:
    of = record.attributes
    return f"{of.subject} in {of.palette}, {of.light}, {of.process}"


def fidelity(net: AutoencoderTiny, images: Tensor) -> dict[str, Any]:
    """The autoencoder on records it never saw: once, and thirty and two hundred times through."""
    result: dict[str, Any] = {"n": len(images)}
    for times in (1, 30, 200):
        some = images if times == 1 else images[:18]
        output = autoencoder.reconstruct(net, some, times)
        shift = (output.mean(dim=(2, 3)) - some.mean(dim=(2, 3))).abs().mean() * 127.5
        ratio = autoencoder.psnr(output, some)
        result[f"passes_{times}"] = {
            "psnr_db": round(float(ratio.mean()), 2),
            "psnr_sd": round(float(ratio.std()), 2),
            "mean_colour_shift_of_255": round(float(shift), 2),
            "n": len(some),
        }
    return result


def measure(subject: Subject, probe: nn.Module, options: TrainOptions, report: Report) -> dict[str, Any]:
    """What the autoencoder keeps, and what the probe reads in records and in the model's pictures."""
    net, records = subject.parts.autoencoder, heldout(options)
    images = tensor(np.asarray(draw(records, subject.size, options.threads)))
    with torch.no_grad():
        through = torch.cat([autoencoder.reconstruct(net, images[at : at + 32]) for at in range(0, len(images), 32)])
    found: dict[str, Any] = {
        "size": list(subject.size),
        "autoencoder": fidelity(net, images[:: max(1, len(images) // 108)]),
        "records": read(probe, images, records),
        "records_through_autoencoder": read(probe, through, records),
    }
    for steps in (1, 2, 4):
        found[f"model_{steps}_step"] = read(probe, paint(subject, records, steps, options.seed), records)
        report(f"measure: {steps} step(s): {json.dumps(found[f'model_{steps}_step'])}")
    return found
