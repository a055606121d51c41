"""What a folder does when it is played: through the engine, as in a show, with n and interval where it is a share.

Recursion over hundreds of images, negative weights, attribute pairs that no record had, and whether the same job gives
the same bits. May not know how the weights came about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from perf.core.camera import Pose
from perf.core.frame import Job
from perf.diffusion.engine import Carry, Engine
from perf.records.bias import HELD_OUT
from perf.records.catalogue import archive, values
from perf.records.record import KINDS
from perf.records.sheet import save, tile
from perf.training.gallery import picture
from perf.training.measure import GUIDANCE, Prompts, answer, floats, share, shot
from perf.training.options import TrainOptions

EARLY = 20  # the image that later ones are compared with
PARTS = 30  # of a recursion whose course is kept
RATE = 15.0  # images a second of the recursion that is measured
COHERENCE = 0.5  # as a show has it that says nothing of it
ZOOM = 0.01  # of the picture, an image
WEIGHTS = (-1.0, -0.75, -0.5, -0.25, 0.0, 0.5, 1.0)
OTHER_SEED = 1009.0
COLUMNS = 9  # of the contact sheet: three rows of subjects, with two places to spare
HABIT = 0.4  # share of a subject's records from which an attribute counts as its habit
FEW = 3  # records of a subject below which it has none
LIGHTS = {"day": "by day", "dusk": "at dusk", "night": "at night", "mist": "in mist"}


def recursion(engine: Engine, options: TrainOptions, zoom: float) -> dict[str, Any]:
    """Sharpness, saturation and contrast at the end of a recursion at skip 0.5, as shares of those about image 20.

    Each of its images is led back to what it was by COHERENCE of the way (`diffusion.coherence`).

    `course` has the means over the prompts all the way, in PARTS parts. `seeds` has the same shares of another seed's
    pictures about image 20: so far apart are two that nothing has worn.
    """
    subjects = KINDS["subject"][:: max(1, len(KINDS["subject"]) // 8)][: options.recursions]
    prompts = [f"{one} in {KINDS['palette'][i % 8]}, today" for i, one in enumerate(subjects)]
    runs = np.array([_run(engine, prompt, options, zoom) for prompt in prompts])  # (prompts, images, 3)
    about = slice(EARLY - 5, EARLY + 6)
    early = np.maximum(runs[:, about].mean(1), 1e-6)
    ratio = runs[:, -10:].mean(1) / early
    course = np.stack(
        [part.mean(1) for part in np.array_split(runs / early[:, None], min(PARTS, options.frames), 1)]
    ).mean(1)
    briefly = replace(options, frames=min(EARLY + 6, options.frames))
    others = np.array([_run(engine, prompt, briefly, zoom, OTHER_SEED) for prompt in prompts])
    seeds = others[:, about].mean(1) / early
    names = ("sharpness", "saturation", "contrast")
    return {
        **{name: [round(float(v), 3) for v in ratio[:, i]] for i, name in enumerate(names)},
        **{f"{name}_mean": round(float(ratio[:, i].mean()), 3) for i, name in enumerate(names)},
        "seeds": {name: [round(float(v), 3) for v in seeds[:, i]] for i, name in enumerate(names)},
        "course": {name: [round(float(v), 3) for v in course[:, i]] for i, name in enumerate(names)},
        "n": len(prompts),
        "images": runs.shape[1],
        "coherence": COHERENCE,
    }


def _run(
    engine: Engine, prompt: str, options: TrainOptions, zoom: float, seed: float = 0.0
) -> list[tuple[float, float, float]]:
    found, carry = [], None
    for index in range(options.frames):
        job = Job(
            index=index,
            seconds=index / RATE,
            prompts=((prompt, 1.0),),
            drift=0.4 * index / RATE,
            pose=Pose(zoom=zoom * index),
            guidance=GUIDANCE,
            seed=seed,
            size=options.sizes[0],
            coherence=COHERENCE,
        )
        image, carry = engine.step(job, carry)
        found.append(look(floats(image)))
    return found


def look(image: Tensor) -> tuple[float, float, float]:
    """(sharpness: mean difference of neighbours, saturation: mean span of the channels, contrast: sd of the grey)."""
    grey = image.mean(dim=1)
    sharp = grey.diff(dim=1).abs().mean() + grey.diff(dim=2).abs().mean()
    span = image.amax(dim=1) - image.amin(dim=1)
    return float(sharp), float(span.mean()), float(grey.std())


def negatives(engine: Engine, probe: nn.Module, options: TrainOptions) -> dict[str, Any]:
    """How often a subject's habit is seen as a second prompt names it at weights from -1 to 1."""
    found, pairs, count = {}, habits(options), options.shots
    for weight in WEIGHTS:
        hits = 0
        for index, (subject, kind, value) in enumerate(pairs):
            prompts: Prompts = ((subject, 1.0), (value, weight)) if weight else ((subject, 1.0),)
            images = [shot(engine, prompts, 1000 * index + seed, options.sizes[0]) for seed in range(count)]
            hits += int((answer(probe, torch.cat(images))[kind] == KINDS[kind].index(value)).sum())
        found[f"{weight:+g}"] = share(hits, count * len(pairs))
    return {"shares": found, "habits": [f"{subject}: {value}" for subject, _, value in pairs]}


def habits(options: TrainOptions) -> list[tuple[str, str, str]]:
    """(subject, kind, value) where at least HABIT of the subject's records, and those not FEW, have the value."""
    records = [values(record) for record in archive(options.records, options.seed)]
    found = []
    for subject in KINDS["subject"]:
        own = [record for record in records if record["subject"] == subject]
        for kind in ("palette", "light", "process"):
            most = max(KINDS[kind], key=lambda value: sum(record[kind] == value for record in own))
            if len(own) >= FEW and sum(record[kind] == most for record in own) >= HABIT * len(own):
                found.append((subject, kind, most))
    return found


def pairs(engine: Engine, probe: nn.Module, options: TrainOptions) -> dict[str, Any]:
    """Subject and palette as read from pairs that no record had, and from as many that records had."""
    rng = np.random.default_rng(options.seed)
    seen = [
        (subject, str(rng.choice([name for name in KINDS["palette"] if (subject, name) not in HELD_OUT])))
        for subject, _ in HELD_OUT
    ]
    found: dict[str, Any] = {}
    for name, some in (("held_out", HELD_OUT), ("seen", seen)):
        for steps in (1, 4):
            found[f"{name}_{steps}_step"] = _read(engine, probe, (some, options.sizes[0], steps), options.shots)
    return found


def _read(
    engine: Engine, probe: nn.Module, what: tuple[Sequence[tuple[str, str]], tuple[int, int], int], count: int
) -> dict[str, Any]:
    some, size, steps = what
    hits = {"subject": 0, "palette": 0}
    for index, (subject, palette) in enumerate(some):
        prompts: Prompts = ((f"{subject} in {palette}", 1.0),)
        images = torch.cat([shot(engine, prompts, 1000 * index + seed, size, steps) for seed in range(count)])
        read = answer(probe, images)
        hits["subject"] += int((read["subject"] == KINDS["subject"].index(subject)).sum())
        hits["palette"] += int((read["palette"] == KINDS["palette"].index(palette)).sum())
    return {kind: share(number, count * len(some)) for kind, number in hits.items()}


def same_bits(engine: Engine, options: TrainOptions) -> bool:
    """Whether ten images of a recursion, played twice, are the same to the last bit."""
    first, second = (_ten(engine, options.sizes[0]) for _ in range(2))
    return all(torch.equal(a, b) for a, b in zip(first, second, strict=True))


def _ten(engine: Engine, size: tuple[int, int]) -> list[Tensor]:
    images: list[Tensor] = []
    carry: Carry | None = None
    job = Job(prompts=(("sea in ocean", 1.0), ("at night", -0.5)), size=size)
    for index in range(10):
        image, carry = engine.step(replace(job, index=index, seconds=index / RATE), carry)
        images.append(image)
    return images


def contact_sheet(engine: Engine, options: TrainOptions, path: Path) -> None:
    """Subjects in 1 step, the same in 4, one city in every process, and what a second prompt adds and takes away."""
    size = options.sizes[0]
    palettes, lights, processes = (KINDS[kind] for kind in ("palette", "light", "process"))
    named = [
        f"{subject} in {palettes[i * 3 % 8]} {LIGHTS[lights[i * 5 % 4]]}, {processes[(i * 5 + i // 8) % 8]}"
        for i, subject in enumerate(KINDS["subject"])
    ]
    groups = [[shot(engine, ((text, 1.0),), seed, size, steps) for seed, text in enumerate(named)] for steps in (1, 4)]
    groups.append([shot(engine, ((f"a city, {process}", 1.0),), 3, size, 4) for process in processes])
    sweep = ((), *(((("at night", weight),)) for weight in WEIGHTS))
    groups.append([shot(engine, (("sea", 1.0), *more), 5, size, 4) for more in sweep])
    images = [image for group in groups for image in filled(group)]
    small = functional.interpolate(torch.cat(images), scale_factor=0.625, mode="bilinear", antialias=True)
    save(path, tile(list(picture(small)), COLUMNS), quality=62)  # what is shipped has 40 MB in all


def filled(group: Sequence[Tensor]) -> list[Tensor]:
    """The pictures, and black ones after them until their last row is full."""
    return [*group, *[torch.full_like(group[0], -1.0)] * (-len(group) % COLUMNS)]


def measure(engine: Engine, probe: nn.Module, options: TrainOptions) -> dict[str, Any]:
    """All of it."""
    return {
        "same_bits": same_bits(engine, options),
        "recursion_still": recursion(engine, options, 0.0),
        "recursion_zoom": recursion(engine, options, ZOOM),
        "negatives": negatives(engine, probe, options),
        "pairs": pairs(engine, probe, options),
    }
