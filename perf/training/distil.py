"""Stage three: the few-step student, by reflow (Liu, Gong & Liu 2022, section 2.2), with guidance as an input.

The teacher's own pairs of noise and picture are joined by straight lines, which one step can follow. Each pair was
drawn under its own guidance weight, away from its own negative caption, and the student is told both: plain consistency
distillation bakes one weight in and makes negatives inert.

A recursive show starts from re-noised pictures: there a network that has only learnt the mean of what may lie behind
them blurs a little more each time. So a share of the pairs are restarts: a record, worn or under another caption,
re-noised to some level, and the teacher's way from there (consistency at every level: Song et al. 2023; Kim et al.
2024). The teacher is guided the less, the lower the start: unguided, noising and drawing again changes no statistics.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor

from perf.records.bias import HELD_OUT, TAUGHT
from perf.records.caption import parse
from perf.records.catalogue import archive, values
from perf.records.record import KINDS, Record
from perf.training.autoencoder import CHANNELS
from perf.training.flow import Ways, mix, recorded, velocity
from perf.training.latents import Shelf, Tokens, batch
from perf.training.loop import Job, Turn
from perf.training.network import WEIGHTS, Ask, Learner, Painter
from perf.training.notes import TRAINED, edit, noted
from perf.training.options import Report, Size, TrainOptions

TEACHER_STEPS = 10
SILENT = 0.1  # share of pairs without a caption
RECORD_SHARE = 0.1  # of a batch: flow matching on records
RESTART_STEPS = 6
MASTER_STEPS = 4
MASTER_TIMES = 3
LEVELS = (0.12, 0.95)  # of restarts
GUIDED = (0.3, 0.9)  # levels of a restart between which guidance comes in
OTHER = 0.35  # share of restarts under another record's caption
WALKED = (0.2, 0.7)  # the least time at which a line is turned to the network's own way, and the share of them


@dataclass(frozen=True, slots=True)
class Pairs:
    """Noise, the teacher's latent for it, and what was asked of the teacher; all of one size.

    A restart at level `top` below 1 keeps the noise in which the line through its start would end at 1.
    """

    noise: Tensor
    latents: Tensor
    top: Tensor
    share: Tensor
    weight: Tensor
    captions: list[str]
    away: list[str]

    def only(self, kept: Tensor) -> Pairs:
        """Those of which `kept` (n,) is true."""
        tensors = [part[kept] for part in (self.noise, self.latents, self.top, self.share, self.weight)]
        texts = [[text for text, kept_ in zip(part, kept, strict=True) if kept_] for part in (self.captions, self.away)]
        return Pairs(*tensors, *texts)

    def ask(self, chosen: Tensor, tokens: Tokens) -> Ask:
        """What was asked for the chosen pairs."""
        captions, away = ([texts[index] for index in chosen.tolist()] for texts in (self.captions, self.away))
        return Ask(tokens(captions), tokens(away), self.share[chosen], self.weight[chosen])


Accept = Callable[[Pairs], Tensor]  # whether each pair (n,) is one to learn from


@dataclass(frozen=True, slots=True)
class Master:
    """Who draws the pairs: `draw` takes starts, what is asked, a number of steps and the levels (n,) of the starts.
    Of pairs from noise only those that `accept` passes are kept.

    From noise it draws `times` as many as the options say: one who draws in few steps can draw more, and a way from
    pure noise is learnt by heart when it comes too often (after eleven times the error on new noise is a third more).
    """

    name: str
    draw: Callable[[Tensor, Ask, int, Tensor], Tensor]
    tokens: Tokens
    steps: tuple[int, int]  # of a picture from noise, of a restart
    times: int = 1
    accept: Accept | None = None


def teacher(painter: Painter, tokens: Tokens) -> Master:
    """The first family's own teacher."""
    return Master("", partial(draw, painter), tokens, (TEACHER_STEPS, RESTART_STEPS))


def master(student: Painter, tokens: Tokens, accept: Accept) -> Master:
    """A student that has become one: its lines are nearly straight, and it knows guidance."""
    return Master("student-", partial(redraw, student), tokens, (MASTER_STEPS, MASTER_STEPS), MASTER_TIMES, accept)


def bank(by: Master, shelves: Sequence[Shelf], options: TrainOptions, report: Report, behind: int = 0) -> list[Pairs]:
    """Pairs and restarts for each size, each made once and kept in the work folder; others for weights with other
    steps `behind` them, which know the first by heart."""
    count = options.pairs // len(options.sizes)
    found: list[Pairs] = []
    for name, ways in ((f"{by.name}pairs", [None] * len(shelves)), (f"{by.name}restarts", list(shelves))):
        for index, (size, shelf) in enumerate(zip(options.sizes, ways, strict=True)):
            path = options.work / f"{name}-{size[0]}x{size[1]}.pt"
            if options.resume and path.exists():
                found.append(Pairs(*torch.load(path, weights_only=True)))
                continue
            key = (options.seed + index + behind, count * by.times if shelf is None else count // 2)
            one = _fill(by, (size, shelf), key, report)
            torch.save(astuple(one), path)
            _note(f"{by.name}pairs", one.captions, options, options.resume or bool(found))
            found.append(one)
    return found


def _note(name: str, captions: Sequence[str], options: TrainOptions, more: bool) -> None:
    """For the card: how many pairs were drawn, and how many ask for what no record has; `more`: beside those of
    before, from which weights that are gone on with have learnt."""
    before = noted(options.folder / TRAINED).get(name, {}) if more else {}
    now = {"drawn": len(captions), "held_out": untaught(captions)}
    edit(options.folder / TRAINED, {name: {key: count + before.get(key, 0) for key, count in now.items()}})


def untaught(captions: Sequence[str]) -> int:
    """How many captions say a pair of subject and palette that is held out."""
    return sum((said.subject, said.palette) in HELD_OUT for said in map(parse, captions))


def _fill(by: Master, where: tuple[Size, Shelf | None], key: tuple[int, int], report: Report) -> Pairs:
    """Pairs from noise, or restarts from a shelf's records."""
    (size, shelf), (seed, count) = where, key
    rng, torch_rng = np.random.default_rng((seed, 99)), torch.Generator().manual_seed(seed)
    noise = torch.randn((count, CHANNELS, size[1] // 16, size[0] // 16), generator=torch_rng)
    records = archive(count, seed + 99, TAUGHT)
    captions = ["" if rng.random() < SILENT else record.caption for record in records]
    away = [_negative(record, rng) if index % 2 else "" for index, record in enumerate(records)]
    share = torch.from_numpy(rng.uniform(0.0, 1.0, count).astype(np.float32))
    share = torch.where(torch.tensor([bool(text) for text in away]), share, torch.zeros(()))
    weight = torch.from_numpy(rng.uniform(*WEIGHTS, count).astype(np.float32))
    top = torch.ones(count)
    starts = noise
    if shelf is not None:
        top = torch.from_numpy(rng.uniform(*LEVELS, count).astype(np.float32))
        picks = rng.integers(len(shelf.records), size=count)
        other = rng.random(count) < OTHER
        captions = [
            text if else_ else shelf.records[int(pick)].caption
            for text, pick, else_ in zip(captions, picks, other, strict=True)
        ]
        clean = shelf.latents[torch.from_numpy(rng.integers(2, size=count)), torch.from_numpy(picks)].float()
        starts = mix(worn(clean, torch.from_numpy(rng.uniform(0.0, 1.0, count).astype(np.float32))), noise, top)
    pairs = Pairs(noise, torch.empty_like(noise), top, share, weight, captions, away)
    steps = by.steps[0 if shelf is None else 1]
    for at in torch.arange(count).split(64):
        pairs.latents[at] = by.draw(starts[at], pairs.ask(at, by.tokens), steps, top[at])
        drawn, kind = int(at[-1]) + 1, "pairs" if shelf is None else "restarts"
        if drawn % 1024 == 0 or drawn == count:
            report(f"{by.name}{kind}: {drawn} of {count} drawn at {size[0]}x{size[1]}")
    level = top.view(-1, 1, 1, 1)
    pairs.noise.copy_(pairs.latents + (starts - pairs.latents) / level)
    return pairs.only(by.accept(pairs)) if by.accept and shelf is None else pairs


def worn(latents: Tensor, wear: Tensor) -> Tensor:
    """Latents as a recursion leaves them: softer, by `wear` 0…1 (n,) towards the mean of their neighbours."""
    soft = torch.nn.functional.avg_pool2d(latents, 3, 1, 1, count_include_pad=False)
    return latents + wear.view(-1, 1, 1, 1) * (soft - latents)


def _negative(record: Record, rng: np.random.Generator) -> str:
    """Something to keep away from: one value of the archive, as often as not one that the record itself has."""
    kind = str(rng.choice(("subject", "palette", "light", "process")))
    return values(record)[kind] if rng.random() < 0.5 else str(rng.choice(KINDS[kind]))


@torch.no_grad()
def draw(teacher: Painter, starts: Tensor, ask: Ask, steps: int, top: Tensor) -> Tensor:
    """The teacher's pictures from latents at levels `top` (n,) under classifier-free guidance (Ho & Salimans 2022),
    away from `ask.against`.

    Two-step Adams-Bashforth (Hairer, Norsett & Wanner 1993, III.1), which costs what Euler costs: from 8 steps on the
    probe reads as many subjects as after 24 (91 %), from Euler's 6 it reads 81 %.
    """
    assert ask.weight is not None
    guided = ((top - GUIDED[0]) / (GUIDED[1] - GUIDED[0])).clamp(0.0, 1.0)
    scale = (1.0 + (ask.weight - 1.0) * guided).view(-1, 1, 1, 1)
    latents, before, step = starts, None, (top / steps).view(-1, 1, 1, 1)
    for index in range(steps):
        time = top * (1.0 - index / steps)
        towards = velocity(teacher, latents, time, Ask(ask.tokens))
        away = _away(teacher, latents, time, ask)
        slope = away + scale * (towards - away)
        latents = latents - step * (slope if before is None else 1.5 * slope - 0.5 * before)
        before = slope
    return latents


@torch.no_grad()
def redraw(student: Painter, starts: Tensor, ask: Ask, steps: int, top: Tensor) -> Tensor:
    """A student's pictures from latents at levels `top` (n,), by Euler's rule; it was taught what guidance does."""
    latents, step = starts, (top / steps).view(-1, 1, 1, 1)
    for index in range(steps):
        latents = latents - step * velocity(student, latents, top * (1.0 - index / steps), ask)
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
        alone = turn.step % 7 == 0  # stock pipelines say nothing of what to keep away from
        kept = (lines.share == 0).nonzero().flatten() if alone else torch.arange(len(lines.noise))
        chosen = kept[torch.from_numpy(turn.rng.integers(len(kept), size=batch_size - len(real.latents)))]
        ask = lines.ask(chosen, sources.tokens) + module.asked(real.tokens, 1.0)
        ask = Ask(ask.tokens, weight=ask.weight) if alone else ask
        ways = walked(module, straight(lines, chosen, turn), lines.top[chosen], ask, turn)
        # One pass for both: of a few pictures it would take a good part of what it takes of all.
        error = (ways + recorded(real, turn)).error(module, ask)
        return {
            "straight": huber(error[: len(chosen)]),
            "records": RECORD_SHARE * error[len(chosen) :].square().mean(),
        }

    return Job(name, module, average, loss, preview=lambda net: None, decay=0.998)


def straight(lines: Pairs, chosen: Tensor, turn: Turn) -> Ways:
    """Chosen lines, mostly at their noisy end. A line seen in a mirror is one as good: the archive is as often mirrored
    as not."""
    noise, latents = lines.noise[chosen], lines.latents[chosen]
    if turn.rng.random() < 0.5:
        noise, latents = noise.flip(3), latents.flip(3)
    time = torch.rand(len(noise), generator=turn.torch_rng)
    time = torch.where(torch.rand(len(noise), generator=turn.torch_rng) < 0.55, torch.ones_like(time), time)
    return Ways(latents, noise, time * lines.top[chosen])


@torch.no_grad()
def walked(painter: Learner, lines: Ways, top: Tensor, ask: Ask, turn: Turn) -> Ways:
    """The lines, some of them turned to where the network itself gets in one step from their start at `top` (n,).

    A network that has only seen the lines is lost where its own first step has left them a little, and in four steps
    it draws worse than in one (exposure bias: Ning et al. 2023). From there the way leads to the same picture.
    """
    off = (lines.time >= WALKED[0]) & (lines.time < top) & (torch.rand(len(top), generator=turn.torch_rng) < WALKED[1])
    rows = off.nonzero().flatten()
    if not len(rows):
        return lines
    latents, noise, time, start = (part[rows] for part in (lines.latents, lines.noise, lines.time, top))
    begun = mix(latents, noise, start)
    here = begun - (start - time).view(-1, 1, 1, 1) * velocity(painter, begun, start, ask.of(rows))
    lines.noise[rows] = latents + (here - latents) / time.view(-1, 1, 1, 1)
    return lines


def huber(error: Tensor) -> Tensor:
    """Pseudo-Huber distance of each picture from none, in the mean (Song & Dhariwal 2024, equation 7)."""
    bend = 0.06 * math.sqrt(error[0].numel())
    return ((error.square().sum(dim=(1, 2, 3)) + bend**2).sqrt() - bend).mean() / math.sqrt(error[0].numel())
