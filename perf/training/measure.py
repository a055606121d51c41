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
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from diffusers import AutoencoderTiny
from torch import Tensor, nn
from torch.nn import functional

from perf.core.frame import Job as Order
from perf.diffusion.engine import Engine
from perf.records.bias import EVEN
from perf.records.catalogue import archive, values
from perf.records.record import KINDS as ATTRIBUTES
from perf.records.record import Record
from perf.training import autoencoder
from perf.training.gallery import draw, heldout, moved, tensor
from perf.training.loop import Job, Turn, fit
from perf.training.options import Report, Size, TrainOptions

KINDS = {kind: ATTRIBUTES[kind] for kind in ("subject", "palette", "process", "light")}
Prompts = tuple[tuple[str, float], ...]
SHRINK = 4
SHIFT = 4  # pixels of the shrunk pictures
LESSON_SEED = 4_000_037  # away from the archive's and from those of the held-out records
GUIDANCE = 3.0  # under which the model's pictures are read: the default patch's


class Residual(nn.Module):
    """Two convolutions added to what they read (He et al. 2016)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(width, width, 3, 1, 1), nn.GroupNorm(8, width), nn.ReLU(), nn.Conv2d(width, width, 3, 1, 1)
        )
        self.norm = nn.GroupNorm(8, width)

    def forward(self, seen: Tensor) -> Tensor:
        """As wide and as large as it came."""
        return functional.relu(self.norm(seen + self.body(seen)))


class Probe(nn.Module):
    """Nine convolutions and four answers, from pictures shrunk fourfold."""

    def __init__(self) -> None:
        super().__init__()
        widths = (3, 32, 64, 128)
        layers: list[nn.Module] = []
        for before, after in pairwise(widths):
            layers += [nn.Conv2d(before, after, 3, 2, 1), nn.GroupNorm(8, after), nn.ReLU(), Residual(after)]
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

    @cache
    def taught() -> Lesson:  # not drawn for a probe that has learnt
        report(f"drawing {options.lessons} records for the probe")
        return lesson(options, net)

    def loss(turn: Turn) -> dict[str, Tensor]:
        chosen = torch.from_numpy(turn.rng.integers(len(taught().shrunk), size=options.measure.batch))
        images = moved(taught().shrunk[chosen], turn.rng, SHIFT)
        scores = probe(images.flip(3) if turn.rng.random() < 0.5 else images)
        return {kind: functional.cross_entropy(scores[kind], taught().answers[kind][chosen]) for kind in KINDS}

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


def shot(engine: Engine, prompts: Prompts, seed: int, size: Size, steps: int = 1) -> Tensor:
    """One picture from noise, as it is played, (1, 3, h, w) in -1..1."""
    order = Order(
        prompts=prompts, source="noise", seed=float(seed), noise="fixed", steps=steps, guidance=GUIDANCE, size=size
    )
    return floats(engine.step(order, None)[0])


def floats(image: Tensor) -> Tensor:
    """An image of the engine's, (h, w, 3) bytes, as (1, 3, h, w) in -1..1."""
    return image.permute(2, 0, 1)[None].float() / 127.5 - 1.0


def paint(engine: Engine, records: Sequence[Record], steps: int, options: TrainOptions) -> Tensor:
    """The model's pictures for the records' full descriptions."""
    size = options.sizes[0]
    return torch.cat(
        [shot(engine, ((_described(one), 1.0),), options.seed + i, size, steps) for i, one in enumerate(records)]
    )


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


def measure(engine: Engine, probe: nn.Module, options: TrainOptions, report: Report) -> dict[str, Any]:
    """What the probe reads in held-out records and in the model's pictures of their descriptions."""
    records = heldout(options)
    images = tensor(np.asarray(draw(records, options.sizes[0], options.threads)))
    found: dict[str, Any] = {"size": list(options.sizes[0]), "records": read(probe, images, records)}
    for steps in (1, 2, 4):
        found[f"model_{steps}_step"] = read(probe, paint(engine, records, steps, options), records)
        report(f"measure: {steps} step(s): {json.dumps(found[f'model_{steps}_step'])}")
    return found


def measure_autoencoder(net: AutoencoderTiny, probe: nn.Module, options: TrainOptions) -> dict[str, Any]:
    """What the autoencoder keeps of held-out records, and what the probe reads in them afterwards."""
    records = heldout(options)
    images = tensor(np.asarray(draw(records, options.sizes[0], options.threads)))
    through = torch.cat([autoencoder.reconstruct(net, images[at : at + 32]) for at in range(0, len(images), 32)])
    return {
        "autoencoder": fidelity(net, images[:: max(1, len(images) // 108)]),
        "records_through_autoencoder": read(probe, through, records),
    }
