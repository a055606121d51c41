"""Perceptual speed and match cuts: how far the picture moves on the ways of a patch's prompt tracks, measured.

Part of the composition root, beside `offline`. What is measured are pictures from noise, with the noise that the patch
has there: without the recursion, which a place on the timeline does not know. The distance between two pictures is
the RMS difference of their cells (`diffusion.sight`), as a share of the full range.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from perf.core.event import Value
from perf.core.frame import Job
from perf.core.patch import Patch
from perf.core.performance import Performance
from perf.core.prompts import PromptKey, PromptTrack
from perf.core.table import PROMPTS
from perf.diffusion.engine import Engine
from perf.diffusion.sight import cells

PARTS = 16  # of a way, between which the picture is looked at
MARKS = 8  # parts of a pace
SEEDS = 4  # of the noise, for the measuring
OTHERS = range(SEEDS, 2 * SEEDS)  # for checking it
APART = 101.0  # between two seeds: far from what drift reaches
STEP = 0.1  # seconds between the ticks that lead to a place
GRID = 0.25  # of the track's unit: where a cut may go
SHORTEST = 0.25  # of the track's unit: a way that a speed asks for is no shorter
Blend = tuple[str, tuple[tuple[str, float], ...]]  # how prompts are blended, and the prompts with their weights
Movement = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: `speed`, movement in a unit of the track (0: keep the lengths); `match`, how far a cut may be
    moved (0: not at all)."""

    speed: float = 0.0
    match: float = 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """What became of one key: `moved` is the whole way's movement, `even` the spread of its parts' (sd / mean) before
    and after, on other noise; of a cut, `apart` are the distance at its place and the median of the others'."""

    track: int
    key: PromptKey
    moved: float = 0.0
    even: tuple[float, float] = (0.0, 0.0)
    apart: tuple[float, float] = (0.0, 0.0)


class Pacing:
    """The prompt tracks of a patch, measured with an engine. `report` hears of each key."""

    def __init__(self, engine: Engine, patch: Patch, report: Callable[[Found], None] = lambda found: None) -> None:
        self._engine, self._patch, self._report = engine, patch, report

    def tracks(self, wish: Wish) -> tuple[PromptTrack, ...]:
        """The patch's prompt tracks with measured paces, and lengths and cuts as wished."""
        found = enumerate(self._patch.timeline.prompts)
        return tuple(replace(track, keys=tuple(self._keys(n, track, wish))) for n, track in found)

    def _keys(self, number: int, track: PromptTrack, wish: Wish) -> Iterator[PromptKey]:
        for n, key in enumerate(track.keys):
            room = (track.keys[n + 1].at if n + 1 < len(track.keys) else track.loop or key.at + 1e9) - key.at
            result = Found(number, key)
            if key.way != "cut" and (n or track.loop):
                result = self._paced(number, track, n, (wish.speed, room))
            elif key.way == "cut" and wish.match and n:
                result = self._matched(number, track, n, (wish.match, room))
            self._report(result)
            yield result.key

    def _paced(self, number: int, track: PromptTrack, n: int, asked: tuple[float, float]) -> Found:
        key, (speed, room) = replace(track.keys[n], pace=()), asked
        even = replace(track, keys=(*track.keys[:n], key, *track.keys[n + 1 :]))
        at = key.at + (track.loop if n == 0 else 0.0)
        job = self._job(track, at)

        def movement(one: PromptKey, seeds: range) -> Movement:
            shares = (one.share(part / PARTS) for part in range(PARTS + 1))
            return self._movement(job, [prompts(even, at + key.length * share) for share in shares], seeds)

        whole = movement(key, range(SEEDS))
        total = float(whole.sum())
        found = replace(key, pace=pace(whole))
        spread = [float(m.std() / max(m.mean(), 1e-9)) for m in (movement(one, OTHERS) for one in (key, found))]
        if speed and total:
            found = replace(found, length=min(max(total / speed, SHORTEST), room))
        return Found(number, found, total, (spread[0], spread[1]))

    def _matched(self, number: int, track: PromptTrack, n: int, asked: tuple[float, float]) -> Found:
        key, (reach, room) = track.keys[n], asked
        least = track.keys[n - 1].at + track.keys[n - 1].length + GRID
        count = int(reach / GRID)
        grid = [key.at + GRID * i for i in range(-count, count + 1)]
        places = [at for at in grid if least <= at <= key.at + room - GRID] or [key.at]
        sides = [prompts(track, at) for at in (key.at - 1e-6, key.at)]
        apart = [float(self._movement(self._job(track, at), sides, range(1))[0]) for at in places]
        best = int(np.argmin(apart))
        return Found(number, replace(key, at=places[best]), apart=(apart[best], float(np.median(apart))))

    def _job(self, track: PromptTrack, at: float) -> Job:
        """What the patch asks of the sampler at a place of the track, played up to there."""
        show = Performance(self._patch)
        transport = show.state.transport
        beat = self._patch.meter.beat(at) if track.unit == "bars" else at
        seconds = at if track.unit == "seconds" else transport.when(beat)
        frame = show.at(0, 0.0)
        for i in range(1, int(seconds / STEP) + 1):
            frame = show.at(i, i * STEP)
        return replace(show.at(frame.moment.index + 1, max(seconds, frame.moment.seconds)).job, fade=0.0)

    def _movement(self, job: Job, steps: Sequence[Blend], seeds: range) -> Movement:
        """How far the picture moves from each step to the next: the mean over some seeds of the noise."""
        runs = []
        for seed in seeds:
            noise = replace(job, source="noise", noise="fixed", seed=job.seed + job.drift + APART * seed, regions=())
            looks = [self._look(replace(noise, blend=blend, prompts=texts)) for blend, texts in steps]
            runs.append([float((b - a).square().mean().sqrt()) for a, b in pairwise(looks)])
        return np.asarray(runs).mean(0)

    def _look(self, job: Job) -> Tensor:
        return cells(torch.as_tensor(self._engine.step(replace(job, depth=False), None)[0]))


def prompts(track: PromptTrack, at: float) -> Blend:
    """The blend and the weighted prompts at a place of a track."""
    values: dict[str, Value] = {}
    track.write(values, at)
    rows = [(str(values[f"/prompt/{n}/text"]), float(values[f"/prompt/{n}/weight"])) for n in range(1, PROMPTS + 1)]  # type: ignore[arg-type]
    return str(values["/prompt/blend"]), tuple(row for row in rows if row[1]) or (("", 1.0),)


def pace(movement: Movement) -> tuple[float, ...]:
    """The shares of a way that are gone after equal parts of its movement; () where nothing moves."""
    gone = np.concatenate([[0.0], np.cumsum(movement)])
    if gone[-1] <= 0:
        return ()
    marks = np.interp(np.linspace(0, gone[-1], MARKS + 1)[1:-1], gone, np.linspace(0, 1, len(gone)))
    return tuple(round(float(mark), 4) for mark in marks)
