"""Stage three: the few-step student, by reflow (Liu, Gong & Liu 2022, section 2.2).

The teacher's own pairs of noise and picture are joined by straight lines, which one step can follow. A share of
ordinary flow matching on records keeps restarts from re-noised pictures good: the recursive show's use of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from perf.records.bias import EVEN
from perf.records.catalogue import archive
from perf.training.autoencoder import CHANNELS
from perf.training.flow import matching, mix, sample, velocity
from perf.training.latents import Shelf, Tokens, batch
from perf.training.loop import Job, Turn
from perf.training.network import Painter
from perf.training.options import Report, Size, TrainOptions

TEACHER_STEPS = 6
GUIDANCE = 1.8
SILENT_PAIRS = 0.12
RECORD_SHARE = 0.27


@dataclass(frozen=True, slots=True)
class Pairs:
    """Noise, the teacher's latent for it, and the caption's tokens; all of one size."""

    noise: Tensor
    latents: Tensor
    tokens: Tensor


def bank(teacher: Painter, tokens: Tokens, options: TrainOptions, report: Report) -> list[Pairs]:
    """The teacher's pairs for each size, made once and kept in the work folder."""
    path = options.work / "pairs.pt"
    if options.resume and path.exists():
        return [Pairs(**entry) for entry in torch.load(path, weights_only=True)]
    share = options.pairs // len(options.sizes)
    pairs = [_fill(teacher, tokens, size, (options.seed + index, share)) for index, size in enumerate(options.sizes)]
    torch.save([{"noise": p.noise, "latents": p.latents, "tokens": p.tokens} for p in pairs], path)
    report(f"distil: {share * len(pairs)} pairs by {TEACHER_STEPS} steps of the teacher")
    return pairs


def _fill(teacher: Painter, tokens: Tokens, size: Size, key: tuple[int, int]) -> Pairs:
    seed, count = key
    rng, torch_rng = np.random.default_rng((seed, 99)), torch.Generator().manual_seed(seed)
    noise = torch.randn((count, CHANNELS, size[1] // 16, size[0] // 16), generator=torch_rng)
    captions = [record.caption for record in archive(count, seed + 99, EVEN)]
    ids = tokens(["" if rng.random() < SILENT_PAIRS else caption for caption in captions])
    null = tokens([""]).expand_as(ids)
    parts = [
        sample(
            teacher, noise[at : at + 64], torch.stack([ids[at : at + 64], null[at : at + 64]]), TEACHER_STEPS, GUIDANCE
        )
        for at in range(0, count, 64)
    ]
    return Pairs(noise, torch.cat(parts), ids)


@dataclass(frozen=True, slots=True)
class Sources:
    """What the student learns from."""

    pairs: list[Pairs]
    shelves: list[Shelf]
    tokens: Tokens


def job(painters: tuple[Painter, Painter], sources: Sources, options: TrainOptions) -> Job:
    """The stage for the loop."""
    module, average = painters

    def loss(turn: Turn) -> dict[str, Tensor]:
        size = options.distil.batch
        real = batch(sources.shelves, sources.tokens, max(1, round(size * RECORD_SHARE)), turn)
        lines = sources.pairs[turn.step % len(sources.pairs)]
        chosen = torch.from_numpy(turn.rng.integers(len(lines.noise), size=size - len(real.latents)))
        return {
            "straight": straight(module, lines, chosen, turn),
            "records": RECORD_SHARE * matching(module, real, turn),
        }

    return Job("distil", module, average, loss, preview=lambda net: None, decay=0.995)


def straight(painter: Painter, lines: Pairs, chosen: Tensor, turn: Turn) -> Tensor:
    """Pseudo-Huber distance (Song & Dhariwal 2024, equation 7) to the line's direction, mostly at its noisy end."""
    noise, latents = lines.noise[chosen], lines.latents[chosen]
    time = torch.rand(len(noise), generator=turn.torch_rng)
    time = torch.where(torch.rand(len(noise), generator=turn.torch_rng) < 0.55, torch.ones_like(time), time)
    error = velocity(painter, mix(latents, noise, time), time, lines.tokens[chosen]) - (noise - latents)
    bend = 0.06 * math.sqrt(error[0].numel())
    return ((error.square().sum(dim=(1, 2, 3)) + bend**2).sqrt() - bend).mean() / math.sqrt(error[0].numel())
