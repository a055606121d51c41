"""Conformance: one patch played on several models; whether the same happens, and whether the pictures tell the same.

Part of the composition root, beside `offline`. A model is played in step, as a render plays it, without a stage. What
happens are the values, cues and jobs of every tick; what a picture tells is its likeness to each text that the patch
asks for, read by a measuring encoder that no model steered by.
"""

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from perf.core.frame import Frame, Job
from perf.core.patch import Patch
from perf.core.performance import Performance
from perf.diffusion.engine import Engine
from perf.diffusion.guide import Guide
from perf.worker.instep import InStep

FPS = 60.0  # ticks a second
SPACING = 0.5  # seconds between two images that are read
BLOCK = 8.0  # seconds: what lies farther apart counts as a reading of its own, in the interval
DRAWS = 1000  # of the interval
Trajectory = NDArray[np.float64]  # (times, texts)


@dataclass(frozen=True, slots=True)
class Run:
    """One model's play: `ticks` and `events` counted, `digest` of all that happened, likeness to each of `texts`."""

    ticks: int
    events: int
    digest: str
    texts: tuple[str, ...]
    likeness: Trajectory


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two runs: whether the same happened; the correlation r of their likeness with its 95 % interval (block
    bootstrap), the 95th percentile and p of the null (every circular shift in time), and n, the times read."""

    events: bool
    r: float
    interval: tuple[float, float]
    null: float
    p: float
    n: int


def play(patch: Patch, engine: Engine, judge: Guide, seconds: float) -> Run:
    """Plays the first `seconds` of a patch on one model."""
    ticks, played = Performance(patch), Journal()
    jobs: list[Job] = []

    def heard(job: Job) -> Job:
        jobs.append(job)
        return job

    sampler = InStep(engine, Performance(patch), heard)
    seen: list[torch.Tensor] = []
    for index in range(round(seconds * FPS)):
        for picture in sampler.until(index / FPS):
            if picture.seconds >= len(seen) * SPACING - 1e-9:
                pixels = torch.frombuffer(bytearray(picture.rgb), dtype=torch.uint8)
                image = pixels.view(picture.size[1], picture.size[0], 3).permute(2, 0, 1)[None] / 127.5 - 1
                seen.append(judge.embed_image(image))
        played.add(ticks.at(index, index / FPS))
    for job in jobs:
        played.ask(job)
    texts = tuple(dict.fromkeys(text for job in jobs for text, weight in job.prompts if text and weight > 0))
    asked = torch.cat([judge.embed_text(text) for text in texts]) if texts else torch.zeros((0, 1))
    pictures = torch.cat(seen or [asked[:0]])
    likeness = (pictures @ asked.T if texts else pictures[:, :0]).double().numpy()
    return Run(played.ticks, played.events, played.digest(), texts, likeness)


class Journal:
    """What happened in a row of ticks, and what was asked of the sampler: counted, and one digest of it all."""

    def __init__(self) -> None:
        self.ticks = self.events = 0
        self._values: dict[str, object] = {}
        self._sum = hashlib.sha256()

    def add(self, frame: Frame) -> None:
        """A tick: every value that changed but the faders of a model's own LoRAs, and the cue that stands."""
        values = {name: value for name, value in frame.values.items() if not name.startswith("/lora/")}
        now: dict[str, object] = {**values, "cue": frame.cue, "blackout": frame.blackout}
        for name, value in now.items():
            if self._values.get(name) != value:
                self._note(frame.moment.seconds, f"{name} {value!r}")
        self.ticks, self._values = self.ticks + 1, now

    def ask(self, job: Job) -> None:
        """A job for the sampler."""
        self._note(job.seconds, repr(replace(job, size=(0, 0), loras=())))  # sizes are as the family can

    def _note(self, seconds: float, words: str) -> None:
        self.events += 1
        self._sum.update(struct.pack("<d", seconds) + words.encode())

    def digest(self) -> str:
        """Of everything up to now."""
        return self._sum.hexdigest()


def agree(first: Run, second: Run, seed: int = 0) -> Agreement:
    """Where two runs of one patch agree."""
    a, b = centred(first.likeness), centred(second.likeness)
    r, n = correlation(a, b), len(a)
    null = sorted(correlation(a, np.roll(b, shift, axis=0)) for shift in range(1, n))
    draws = sorted(correlation(a[pick], b[pick]) for pick in blocks(n, np.random.default_rng(seed)))
    return Agreement(
        events=first.digest == second.digest,
        r=r,
        interval=(draws[int(0.025 * DRAWS)], draws[int(0.975 * DRAWS)]),
        null=null[int(0.95 * len(null))] if null else float("nan"),
        p=(1 + sum(one >= r for one in null)) / (1 + len(null)),
        n=n,
    )


def centred(likeness: Trajectory) -> Trajectory:
    """Without what a text is always like, and without what a picture is like to any text."""
    only = likeness - likeness.mean(0)
    return only - only.mean(1, keepdims=True) if only.shape[1] > 1 else only


def correlation(a: Trajectory, b: Trajectory) -> float:
    """Pearson's r of two trajectories; 0 where one stands still."""
    a, b = a - a.mean(), b - b.mean()
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / size if size > 1e-12 else 0.0


def blocks(n: int, rng: np.random.Generator) -> Sequence[NDArray[np.int64]]:
    """DRAWS resamples of the times 0…n-1, in blocks that go round (Politis & Romano 1992)."""
    length = max(1, min(n, round(BLOCK / SPACING)))
    starts = rng.integers(n, size=(DRAWS, -(-n // length)))
    return list((starts[:, :, None] + np.arange(length)).reshape(DRAWS, -1)[:, :n] % n)
