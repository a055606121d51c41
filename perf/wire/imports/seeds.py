"""Deforum's seeds by frame. Ours are below a million: a larger one is taken modulo a million, and paints another noise
in any case, since each renderer draws its own."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from perf.core.formula import rand
from perf.wire.imports.draft import Draft, Lane

TOP = 1_000_000
BEHAVIOURS = ("iter", "fixed", "random", "schedule", "ladder", "alternate")


def seed_lane(draft: Draft, document: Mapping[str, Any], seed: float, values: Callable[[str], list[float]]) -> Lane:
    """The seed of each frame."""
    behaviour = document.get("seed_behavior", "iter")
    if behaviour not in BEHAVIOURS:
        draft.note(f"seed_behavior is {str(behaviour)[:40]!r}; known are {', '.join(BEHAVIOURS)}, and iter is played")
        behaviour = "iter"
    frames = len(values("strength"))
    first = float(within(draft, seed))
    step = _step(draft, document) if behaviour == "iter" else 1
    origin = f"seed {seed:.0f}, behaviour {behaviour}" + (f", every {step} frames" if step > 1 else "")
    if behaviour == "schedule":
        scheduled = [seed if value == -1 else float(within(draft, value)) for value in values("seed")]
        return Lane("/sampler/seed", [first if value < 0 else value for value in scheduled], "seed_schedule", held=True)
    frame = f"floor(t * {draft.fps:.12g} + 0.001)"
    if behaviour == "random":
        draft.note("seed_behavior random: other random seeds, the same ones each time")
        chance = [float(math.floor(rand(n, first) * TOP)) for n in range(frames)]
        return Lane("/sampler/seed", chance, origin, f"floor(rand({frame}, {first:.0f}) * {TOP})", held=True)
    offsets = [float(offset(behaviour, n, step)) for n in range(frames)]
    text = {
        "iter": f"{first:.0f} + {frame}" if step == 1 else f"{first:.0f} + ceil({frame} / {step})",
        "ladder": f"{first:.0f} + floor({frame} / 2) + 2 * ({frame} % 2)",
        "alternate": f"{first:.0f} + {frame} % 2",
    }.get(behaviour, "")
    return Lane("/sampler/seed", [first + n for n in offsets], origin, text, held=True)


def offset(behaviour: str, frame: int, step: int = 1) -> int:
    """How far the seed has come from the first: iter goes up, ladder goes 2 up and 1 down, alternate to and fro."""
    if behaviour == "iter":
        return math.ceil(frame / step)
    if behaviour == "ladder":
        return frame // 2 + 2 * (frame % 2)
    return frame % 2 if behaviour == "alternate" else 0


def _step(draft: Draft, document: Mapping[str, Any]) -> int:
    value = document.get("seed_iter_N", 1)
    if isinstance(value, int) and 1 <= value <= TOP:
        return int(value)
    draft.note(f"seed_iter_N is {str(value)[:40]!r}; it takes a whole number from 1 on, and 1 is played")
    return 1


def within(draft: Draft, seed: float) -> int:
    """A seed below a million; -1 stands for any, and is 1."""
    if seed < 0:
        draft.note("seed -1 stands for any: 1 is played, so that it is the same each time")
        return 1
    if seed >= TOP:
        draft.note(f"seeds from {TOP} on are taken modulo {TOP}: {seed:.0f} is {int(seed) % TOP}")
    return int(seed) % TOP
