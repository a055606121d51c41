"""What a training run is told: where, how long, from which records. Values only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

STAGES = ("autoencoder", "guide", "encoder", "flow", "distil", "measure")
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
    pairs: int = 8192
    heldout: int = 432
    resume: bool = True
    threads: int = 2
    remark: str = ""  # what the model card should say of this run beside its numbers
    shape: Shape = field(default_factory=Shape)
    autoencoder: Budget = Budget(steps=5000, minutes=60.0, batch=16, rate=1.5e-3)
    flow: Budget = Budget(steps=14000, minutes=120.0, batch=64, rate=6e-4)
    distil: Budget = Budget(steps=3000, minutes=30.0, batch=64, rate=3e-4)
    encoders: Budget = Budget(steps=5000, minutes=12.0, batch=128, rate=1e-3)
    measure: Budget = Budget(steps=2500, minutes=2.0, batch=64, rate=2e-3)

    def __post_init__(self) -> None:
        unknown = [stage for stage in self.stages if stage not in STAGES]
        if unknown:
            raise ValueError(f"stage {unknown[0]!r} is not a stage of training; use some of {', '.join(STAGES)}")
        for width, height in self.sizes:
            if width % 16 or height % 16:
                raise ValueError(f"size {width}x{height} does not fit the autoencoder; use multiples of 16")


def smoke(folder: Path, work: Path) -> TrainOptions:
    """A run of seconds that touches every line: for tests, and to try an installation. Its pictures mean nothing."""
    tiny = Budget(steps=2, minutes=1.0, batch=4, rate=1e-3)
    return TrainOptions(
        folder=folder,
        work=work,
        records=36,
        sizes=((48, 32), (32, 32)),
        crop=32,
        pairs=8,
        heldout=18,
        shape=Shape(autoencoder=8, unet=(32, 32), text=32, heads=2),
        autoencoder=tiny,
        encoders=tiny,
        flow=tiny,
        distil=tiny,
        measure=tiny,
    )
