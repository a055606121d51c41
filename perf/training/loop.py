"""The training loop that every stage shares: seeded steps, a cosine rate, an average of the weights, checkpoints.

All chance of a step comes from (run seed, stage, step), so a run that was killed goes on as if it had not been. May not
know what is being learnt.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from perf.training.device import housed
from perf.training.muon import optimizers
from perf.training.notes import TRAINED, edit
from perf.training.options import UNLIMITED, Budget, Report, TrainOptions

CHECKPOINT_SECONDS = 60.0
PREVIEW_SECONDS = 300.0  # one takes as long as some steps
REPORT_STEPS = 50


@dataclass(frozen=True, slots=True)
class Turn:
    """One step's place in the run and its chance."""

    step: int
    progress: float
    rng: np.random.Generator
    torch_rng: torch.Generator


@dataclass(slots=True)
class Job:
    """What a stage hands to the loop.

    `average` follows `module` (exponential moving average) and is what is kept. `memory` is what the stage carries from
    step to step; it is changed in place and kept in checkpoints.
    """

    name: str
    module: nn.Module
    average: nn.Module
    loss: Callable[[Turn], dict[str, Tensor]]
    preview: Callable[[nn.Module], None]
    decay: float = 0.999
    memory: dict[str, Tensor] = field(default_factory=dict)


@dataclass(slots=True)
class _Run:
    optimizers: list[torch.optim.Optimizer]
    step: int = 0
    seconds: float = 0.0


def turn(options: TrainOptions, name: str, step: int, progress: float) -> Turn:
    """The chance of one step, from nothing but the run's seed, the stage and the step."""
    key = (options.seed, sum(name.encode()), step)
    rng = np.random.default_rng(key)
    return Turn(step, progress, rng, torch.Generator().manual_seed(int(rng.integers(2**62))))


def fit(job: Job, budget: Budget, options: TrainOptions, report: Report) -> None:
    """Learns until the budget's steps are made; goes on from a checkpoint where there is one. Says if its minutes ended
    it before."""
    path = options.work / f"{job.name}.pt"
    for net in (job.module, job.average):
        housed(net, torch.device(options.device))
    run = _Run(optimizers(job.module, budget.rate))
    if options.resume and path.exists():
        _restore(path, job, run)
        report(f"{job.name}: resumed at step {run.step}")
    saved = shown = run.seconds
    last = time.monotonic()
    while not budget.over(run.step, run.seconds):
        progress = budget.progress(run.step, run.seconds)
        losses = _step(job, run, turn(options, job.name, run.step, progress))
        now = time.monotonic()
        run.seconds, last = run.seconds + now - last, now
        if run.step % REPORT_STEPS == 0:
            words = " ".join(f"{key} {float(value.detach()):.4f}" for key, value in losses.items())
            report(f"{job.name}: step {run.step} ({progress:.0%}, {run.seconds / 60:.1f} min) {words}")
        if run.seconds - saved > CHECKPOINT_SECONDS:
            store(path, job, run)
            if run.seconds - shown > PREVIEW_SECONDS:
                job.preview(job.average)
                shown = run.seconds
            saved, last = run.seconds, time.monotonic()
    store(path, job, run)
    job.preview(job.average)
    stopped = run.step < budget.steps < UNLIMITED
    told = {"steps": run.step, "minutes": round(run.seconds / 60, 1)} | ({"of": budget.steps} if stopped else {})
    edit(options.folder / TRAINED, {job.name: told | ({} if options.device == "cpu" else {"device": options.device})})
    if stopped:
        report(
            f"{job.name}: stopped by its {budget.minutes:g} minutes at step {run.step:,} of {budget.steps:,}: not the "
            "whole run; on a slow machine --minutes fits the rate to the clock"
        )
    else:
        report(f"{job.name}: finished at step {run.step} after {run.seconds / 60:.1f} minutes")


def _step(job: Job, run: _Run, now: Turn) -> dict[str, Tensor]:
    share = min(1.0, (now.step + 1) / 100) * (0.03 + 0.97 * 0.5 * (1 + math.cos(math.pi * now.progress)))
    for optimizer in run.optimizers:
        for group in optimizer.param_groups:
            group["lr"] = share * optimizer.defaults["lr"]
    losses = job.loss(now)
    job.module.zero_grad(set_to_none=True)
    torch.stack(list(losses.values())).sum().backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(job.module.parameters(), 1.0)
    for optimizer in run.optimizers:
        optimizer.step()
    run.step += 1
    # The early average forgets faster, or it would remember the first random weights (Karras et al. 2024, section 3).
    follow(job.average, job.module, min(job.decay, (run.step + 1) / (run.step + 10)))
    return losses


@torch.no_grad()
def follow(average: nn.Module, module: nn.Module, decay: float) -> None:
    """Moves the average towards the module: a <- decay a + (1 - decay) m; what batch normalisation has seen, too."""
    target, source = (_floats(net) for net in (average, module))
    torch._foreach_mul_(target, decay)
    torch._foreach_add_(target, source, alpha=1.0 - decay)


def _floats(net: nn.Module) -> list[Tensor]:
    return [*net.parameters(), *(buffer for buffer in net.buffers() if buffer.is_floating_point())]


def store(path: Path, job: Job, run: _Run) -> None:
    """Writes a checkpoint whole or not at all."""
    state: dict[str, Any] = {
        "module": job.module.state_dict(),
        "average": job.average.state_dict(),
        "optimizers": [optimizer.state_dict() for optimizer in run.optimizers],
        "memory": job.memory,
        "step": run.step,
        "seconds": run.seconds,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    torch.save(state, part)
    os.replace(part, path)


def _restore(path: Path, job: Job, run: _Run) -> None:
    state = torch.load(path, map_location="cpu", weights_only=True)
    job.module.load_state_dict(state["module"])
    job.average.load_state_dict(state["average"])
    for optimizer, kept in zip(run.optimizers, state["optimizers"], strict=True):
        optimizer.load_state_dict(kept)
    for name, value in state.get("memory", {}).items():
        job.memory[name].copy_(value)
    run.step, run.seconds = int(state["step"]), float(state["seconds"])


def reached(path: Path) -> tuple[int, float]:
    """The steps and seconds of a checkpoint; its weights are not read."""
    state = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    return int(state["step"]), float(state["seconds"])


def recall(path: Path, average: nn.Module) -> int:
    """Loads the averaged weights of a finished stage and gives its number of steps."""
    if not path.exists():
        raise FileNotFoundError(
            f"{path} is missing: this stage builds on an earlier one; train stage {path.stem!r} first"
        )
    state = torch.load(path, map_location="cpu", weights_only=True)
    average.load_state_dict(state["average"])
    return int(state["step"])
