"""Stage three: the few-step student, by reflow (Liu, Gong & Liu 2022, section 2.2), with guidance as an input.

The teacher's own pairs of noise and picture are joined by straight lines, which one step can follow. Each pair was
drawn under its own guidance weight, away from its own negative caption, and the student is told both: plain consistency
distillation bakes one weight in and makes negatives inert. A share of ordinary flow matching on records keeps restarts
from re-noised pictures good: the recursive show's use of it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from perf.records.bias import EVEN
from perf.records.catalogue import archive, values
from perf.records.record import KINDS, Record
from perf.training.autoencoder import CHANNELS
from perf.training.flow import matching, mix, velocity
from perf.training.latents import Shelf, Tokens, batch
from perf.training.loop import Job, Turn
from perf.training.network import WEIGHTS, Ask, Learner, Painter
from perf.training.options import Report, Size, TrainOptions

TEACHER_STEPS = 10
SILENT = 0.1  # share of pairs without a caption
RECORD_SHARE = 0.27


@dataclass(frozen=True, slots=True)
class Pairs:
    """Noise, the teacher's latent for it, and what was asked of the teacher; all of one size."""

    noise: Tensor
    latents: Tensor
    share: Tensor
    weight: Tensor
    captions: list[str]
    away: list[str]

    def ask(self, chosen: Tensor, tokens: Tokens) -> Ask:
        """What was asked for the chosen pairs."""
        captions, away = ([texts[index] for index in chosen.tolist()] for texts in (self.captions, self.away))
        return Ask(tokens(captions), tokens(away), self.share[chosen], self.weight[chosen])


def bank(teacher: Painter, tokens: Tokens, options: TrainOptions, report: Report) -> list[Pairs]:
    """The teacher's pairs for each size, made once and kept in the work folder."""
    path = options.work / "pairs.pt"
    if options.resume and path.exists():
        return [Pairs(*entry) for entry in torch.load(path, weights_only=True)]
    share = options.pairs // len(options.sizes)
    pairs = [_fill(teacher, tokens, size, (options.seed + index, share)) for index, size in enumerate(options.sizes)]
    torch.save([astuple(one) for one in pairs], path)
    report(f"distil: {share * len(pairs)} pairs by {TEACHER_STEPS} steps of the teacher")
    return pairs


def _fill(teacher: Painter, tokens: Tokens, size: Size, key: tuple[int, int]) -> Pairs:
    seed, count = key
    rng, torch_rng = np.random.default_rng((seed, 99)), torch.Generator().manual_seed(seed)
    noise = torch.randn((count, CHANNELS, size[1] // 16, size[0] // 16), generator=torch_rng)
    records = archive(count, seed + 99, EVEN)
    captions = ["" if rng.random() < SILENT else record.caption for record in records]
    away = [_negative(record, rng) if index % 2 else "" for index, record in enumerate(records)]
    share = torch.from_numpy(rng.uniform(0.0, 1.0, count).astype(np.float32))
    share = torch.where(torch.tensor([bool(text) for text in away]), share, torch.zeros(()))
    weight = torch.from_numpy(rng.uniform(*WEIGHTS, count).astype(np.float32))
    pairs = Pairs(noise, torch.empty_like(noise), share, weight, captions, away)
    for at in torch.arange(count).split(64):
        pairs.latents[at] = draw(teacher, noise[at], pairs.ask(at, tokens), TEACHER_STEPS)
    return pairs


def _negative(record: Record, rng: np.random.Generator) -> str:
    """Something to keep away from: one value of the archive, as often as not one that the record itself has."""
    kind = str(rng.choice(("subject", "palette", "light", "process")))
    return values(record)[kind] if rng.random() < 0.5 else str(rng.choice(KINDS[kind]))


@torch.no_grad()
def draw(teacher: Painter, noise: Tensor, ask: Ask, steps: int) -> Tensor:
    """The teacher's picture under classifier-free guidance (Ho & Salimans 2022), away from `ask.against`.

    Two-step Adams-Bashforth (Hairer, Norsett & Wanner 1993, III.1), which costs what Euler costs: from 8 steps on the
    probe reads as many subjects as after 24 (91 %), from Euler's 6 it reads 81 %.
    """
    assert ask.weight is not None
    latents, scale, before = noise, ask.weight.view(-1, 1, 1, 1), None
    for now, after in pairwise(torch.linspace(1.0, 0.0, steps + 1)):
        time = now.expand(len(latents))
        towards = velocity(teacher, latents, time, Ask(ask.tokens))
        away = _away(teacher, latents, time, ask)
        slope = away + scale * (towards - away)
        latents = latents + (after - now) * (slope if before is None else 1.5 * slope - 0.5 * before)
        before = slope
    return latents


def _away(teacher: Painter, latents: Tensor, time: Tensor, ask: Ask) -> Tensor:
    """The teacher's velocity under the empty prompt, moved towards that under `against` by its share."""
    assert ask.against is not None
    assert ask.share is not None
    empty = velocity(teacher, latents, time, Ask(teacher.nothing.expand_as(ask.tokens)))
    rows = ask.share.nonzero().flatten()
    if len(rows):
        opposed = velocity(teacher, latents[rows], time[rows], Ask(ask.against[rows]))
        empty[rows] += ask.share[rows].view(-1, 1, 1, 1) * (opposed - empty[rows])
    return empty


@dataclass(frozen=True, slots=True)
class Sources:
    """What the student learns from."""

    pairs: Sequence[Pairs]
    shelves: Sequence[Shelf]
    tokens: Tokens


def inherit(student: Painter, teacher: Painter) -> None:
    """The teacher's weights; the student's own input for guidance begins at nothing."""
    missing, unexpected = student.load_state_dict(teacher.state_dict(), strict=False)
    assert not unexpected
    assert all("cond_proj" in name for name in missing), missing
    torch.nn.init.zeros_(student.unet.time_embedding.cond_proj.weight)


def job(name: str, painters: tuple[Learner, Learner], sources: Sources, batch_size: int) -> Job:
    """A stage for the loop: a network learns lines and records."""
    module, average = painters

    def loss(turn: Turn) -> dict[str, Tensor]:
        real = batch(sources.shelves, sources.tokens, max(1, round(batch_size * RECORD_SHARE)), turn)
        lines = sources.pairs[turn.step % len(sources.pairs)]
        alone = turn.step % 6 < 1  # stock pipelines say nothing of what to keep away from
        kept = (lines.share == 0).nonzero().flatten() if alone else torch.arange(len(lines.noise))
        chosen = kept[torch.from_numpy(turn.rng.integers(len(kept), size=batch_size - len(real.latents)))]
        ask = lines.ask(chosen, sources.tokens)
        return {
            "straight": straight(module, lines, chosen, Ask(ask.tokens, weight=ask.weight) if alone else ask, turn),
            "records": RECORD_SHARE * matching(module, real, module.asked(real.tokens, 1.0), turn),
        }

    return Job(name, module, average, loss, preview=lambda net: None, decay=0.998)


def straight(painter: Learner, lines: Pairs, chosen: Tensor, ask: Ask, turn: Turn) -> Tensor:
    """Pseudo-Huber distance (Song & Dhariwal 2024, equation 7) to the line's direction, mostly at its noisy end.

    A line seen in a mirror is a line as good: the archive is as often mirrored as not.
    """
    noise, latents = lines.noise[chosen], lines.latents[chosen]
    if turn.rng.random() < 0.5:
        noise, latents = noise.flip(3), latents.flip(3)
    time = torch.rand(len(noise), generator=turn.torch_rng)
    time = torch.where(torch.rand(len(noise), generator=turn.torch_rng) < 0.55, torch.ones_like(time), time)
    error = velocity(painter, mix(latents, noise, time), time, ask) - (noise - latents)
    bend = 0.06 * math.sqrt(error[0].numel())
    return ((error.square().sum(dim=(1, 2, 3)) + bend**2).sqrt() - bend).mean() / math.sqrt(error[0].numel())
