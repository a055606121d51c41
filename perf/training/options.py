"""What a training run is told: where, how long, from which records. Values only."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

STAGES = (
    "autoencoder",
    "decoder",
    "guide",
    "encoder",
    "captioner",
    "depth",
    "flow",
    "distil",
    "transformer",
    "measure",
)
UNLIMITED = sys.maxsize  # steps
Size = tuple[int, int]
Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Budget:
    """How long a stage learns: so many steps, which the rate falls with; the minutes stop what hangs or crawls.

    With UNLIMITED steps it learns for the minutes, and the rate falls with the clock.
    """

    steps: int
    minutes: float
    batch: int
    rate: float

    def progress(self, steps: int, seconds: float) -> float:
        """How far it is, 0…1: what sets the rate. The clock may only where there is nothing else to go by."""
        return seconds / (60.0 * self.minutes) if self.steps == UNLIMITED else steps / self.steps

    def over(self, steps: int, seconds: float) -> bool:
        """Whether no further step is to be made."""
        return steps >= self.steps or seconds >= 60.0 * self.minutes


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of the networks."""

    autoencoder: int = 32
    unet: tuple[int, ...] = (64, 128, 160)
    text: int = 128
    heads: int = 4
    width: int = 192  # of the second family's transformer
    layers: int = 8


@dataclass(frozen=True, slots=True)
class TrainOptions:
    """One run. Its steps fit into five hours of two quiet cores; its minutes are a few times what they take there, and
    a stage that they stop is not the one that the seed stands for."""

    folder: Path
    work: Path = Path(".training")
    seed: int = 7
    records: int = 6144
    stages: tuple[str, ...] = STAGES
    sizes: tuple[Size, ...] = ((320, 192), (256, 256))
    crop: int = 128
    pairs: int = 12288
    heldout: int = 432
    lessons: int = 9216  # records that the probe, and others that the captioner, learns from
    recursions: int = 9  # that are measured, each of another prompt
    frames: int = 300  # of each
    shots: int = 24  # pictures of one prompt
    resume: bool = True
    threads: int = 2
    device: str = "cpu"  # of the networks; all else is the processor's
    shape: Shape = field(default_factory=Shape)
    # As two quiet cores make in 5 hours, with 30 minutes for pairs and 16 for measuring; minutes are for what hangs.
    autoencoder: Budget = Budget(steps=5500, minutes=90.0, batch=16, rate=1.5e-3)  # 0.2 s a step
    decoder: Budget = Budget(steps=2500, minutes=60.0, batch=16, rate=1e-3)  # 0.4
    flow: Budget = Budget(steps=6000, minutes=240.0, batch=64, rate=6e-4)  # 0.6
    distil: Budget = Budget(steps=4200, minutes=180.0, batch=64, rate=3e-4)  # 0.55
    encoders: Budget = Budget(steps=1200, minutes=45.0, batch=128, rate=1e-3)  # 0.57 and 0.48
    captioner: Budget = Budget(steps=2800, minutes=90.0, batch=64, rate=1e-3)  # 0.46
    depth: Budget = Budget(steps=1300, minutes=60.0, batch=12, rate=1.5e-3)  # 0.8
    transformer: Budget = Budget(steps=3800, minutes=180.0, batch=64, rate=6e-4)  # 0.66
    measure: Budget = Budget(steps=3500, minutes=40.0, batch=64, rate=2e-3)  # 0.16

    def within(self, minutes: float) -> TrainOptions:
        """The same, with so many minutes for each stage, however many steps that makes: no two runs are the same."""
        budgets = (one.name for one in fields(self) if isinstance(getattr(self, one.name), Budget))
        return replace(self, **{one: replace(getattr(self, one), steps=UNLIMITED, minutes=minutes) for one in budgets})

    def budget(self, stage: str) -> Budget:
        """How long a stage learns."""
        named: Budget = getattr(self, _budget(stage))
        return named

    def given(self, stage: str, budget: Budget) -> TrainOptions:
        """The same, with another budget for a stage (guide and encoder share theirs)."""
        changed: dict[str, Any] = {_budget(stage): budget}
        return replace(self, **changed)

    @property
    def second(self) -> Path:
        """The second family's folder, beside the first's."""
        return self.folder.with_name(f"{self.folder.name}_transformer")

    def __post_init__(self) -> None:
        unknown = [stage for stage in self.stages if stage not in STAGES]
        if unknown:
            raise ValueError(f"stage {unknown[0]!r} is not a stage of training; use some of {', '.join(STAGES)}")
        for width, height in self.sizes:
            if width % 32 or height % 32:
                raise ValueError(f"size {width}x{height} does not fit the networks; use sides of multiples of 32")


def _budget(stage: str) -> str:
    return "encoders" if stage in ("guide", "encoder") else stage


def smoke(folder: Path, work: Path) -> TrainOptions:
    """A run of seconds that touches every line: for tests, and to try an installation. Its pictures mean nothing."""
    tiny = Budget(steps=2, minutes=1.0, batch=4, rate=1e-3)
    return TrainOptions(
        folder=folder,
        work=work,
        records=36,
        sizes=((64, 32), (32, 32)),
        crop=32,
        pairs=8,
        heldout=18,
        lessons=36,
        recursions=2,
        frames=30,
        shots=1,
        shape=Shape(autoencoder=8, unet=(32, 32), text=32, heads=2, width=64, layers=2),
        autoencoder=tiny,
        decoder=tiny,
        encoders=tiny,
        captioner=tiny,
        depth=tiny,
        flow=tiny,
        distil=tiny,
        transformer=tiny,
        measure=tiny,
    )
