"""What a training run is told: where, how long, from which records. Values only."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

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
Size = tuple[int, int]
Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Budget:
    """How long a stage learns: a number of steps, or fewer when the minutes are used up first."""

    steps: int
    minutes: float
    batch: int
    rate: float


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
    """One run. Steps alone make a run reproducible; minutes are a limit for people in a hurry."""

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
    frames: int = 300  # of a recursion that is measured
    shots: int = 24  # pictures of one prompt
    resume: bool = True
    threads: int = 2
    device: str = "cpu"  # of the networks; all else is the processor's
    shape: Shape = field(default_factory=Shape)
    autoencoder: Budget = Budget(steps=5500, minutes=90.0, batch=16, rate=1.5e-3)
    decoder: Budget = Budget(steps=2500, minutes=30.0, batch=16, rate=1e-3)
    flow: Budget = Budget(steps=6500, minutes=240.0, batch=64, rate=6e-4)
    distil: Budget = Budget(steps=5000, minutes=150.0, batch=64, rate=3e-4)
    encoders: Budget = Budget(steps=5000, minutes=12.0, batch=128, rate=1e-3)
    captioner: Budget = Budget(steps=3000, minutes=30.0, batch=64, rate=1e-3)
    depth: Budget = Budget(steps=1500, minutes=20.0, batch=12, rate=1.5e-3)
    transformer: Budget = Budget(steps=4000, minutes=90.0, batch=64, rate=6e-4)
    measure: Budget = Budget(steps=3500, minutes=10.0, batch=64, rate=2e-3)

    def within(self, minutes: float) -> TrainOptions:
        """The same, with so many minutes for each stage, however many steps that makes."""
        budgets = (one.name for one in fields(self) if isinstance(getattr(self, one.name), Budget))
        return replace(
            self, **{one: replace(getattr(self, one), steps=sys.maxsize, minutes=minutes) for one in budgets}
        )

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
