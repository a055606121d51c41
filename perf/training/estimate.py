"""How long a training run would take on this machine: each stage is begun three times, from few records.

What steps cost is the difference that more of them make, and what pictures and pairs cost that of twice as many.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from perf.training.options import STAGES, UNLIMITED, Report, TrainOptions
from perf.training.run import train

STEPS = 4, 16  # few, and more
PART = 48  # one in so many records and pairs


def estimate(options: TrainOptions, report: Report, part: int = PART, steps: tuple[int, int] = STEPS) -> float:
    """Minutes that the stages take, all but `measure`, told one by one; tried with one in `part` of the records, for
    a few steps and for more."""
    total, wanted = 0.0, [stage for stage in STAGES[:-1] if stage in options.stages]
    with TemporaryDirectory() as name:
        here = replace(options, folder=Path(name) / "model", work=Path(name) / "work")
        for stage in STAGES[: STAGES.index(wanted[-1]) + 1 if wanted else 0]:
            if stage not in wanted:
                _seconds(here, stage, 1 / part, steps[0])  # a later one may build on it
                continue
            budget = options.budget(stage)
            twice, more, few = (
                _seconds(here, stage, *how)
                for how in ((2 / part, steps[0]), (1 / part, steps[1]), (1 / part, steps[0]))
            )
            step, pictures = max(more - few, 0.0) / (steps[1] - steps[0]), max(twice - few, 0.0) * (part - 1)
            learning = min(step * (budget.steps - steps[0]) / 60, budget.minutes)
            minutes = (few + pictures) / 60 + learning
            count = "" if budget.steps == UNLIMITED else f"{budget.steps} "
            report(f"{stage}: {count}steps of {step:.2f} s, {learning:.0f} minutes; all of it {minutes:.0f}")
            total += minutes
    report(f"in all {total:.0f} minutes, before it is measured")
    return total


def _seconds(options: TrainOptions, stage: str, share: float, steps: int) -> float:
    """What so many steps of a stage take from its beginning, with a share of the records."""
    for kept in options.work.glob("*.pt"):
        if kept.stem == stage or kept.stem not in STAGES:  # latents and pairs are a part of it
            kept.unlink()
    counts = {name: round(getattr(options, name) * share) for name in ("records", "pairs", "lessons")}
    short = replace(options.budget(stage), steps=steps, minutes=1e9)
    began = time.perf_counter()
    train(replace(options, stages=(stage,), **counts).given(stage, short), lambda line: None)
    return time.perf_counter() - began
