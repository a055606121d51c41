"""The engine in step with the tick, for rendering: images on a time grid of their own, whatever the film's rate.

No process and no clock: image k is asked for at k / rate seconds, by ticks that no frame of the film takes part in. So
a film at 25 and one at 60 frames/s show the same images, and the camera between two of them goes the same way.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, fields
from typing import Any

import numpy as np
import torch

from perf.core.camera import Pose
from perf.core.frame import Frame, Job
from perf.core.performance import Performance
from perf.core.picture import Picture
from perf.core.tick import travelled
from perf.diffusion.carry import Carry
from perf.diffusion.coherence import Settled
from perf.diffusion.condition import Voice
from perf.diffusion.engine import Engine

STEP = 1 / 60  # seconds between two ticks, at most: how far the camera has come does not hang on the images' rate
NEAR = 1e-9  # seconds by which an image may lie behind the frame that it belongs to: 0.1 + 0.2 is not quite 0.3


def first(frame: Frame) -> Job:
    """What the first sampler is to do."""
    return frame.job


def second(frame: Frame) -> Job:
    """What the second sampler is to do, of a patch that has one."""
    assert frame.second is not None
    return frame.second


class InStep:
    """A performance's images. `alter` changes jobs on their way to the engine: other steps, another seed; `job_of` says
    which sampler's they are."""

    def __init__(
        self,
        engine: Engine,
        performance: Performance,
        alter: Callable[[Job], Job] = lambda job: job,
        job_of: Callable[[Frame], Job] = first,
    ) -> None:
        self._engine, self._performance, self._alter, self._job_of = engine, performance, alter, job_of
        self.carry: Carry | None = None
        self._anchor, self._since, self._rate = 0.0, 0, 1.0  # an image is due at anchor + since / rate
        self._count = 0

    def until(self, seconds: float) -> Iterator[Picture]:
        """The images from the last one on that are due up to `seconds`, each made as it is taken; the first is there at
        once: a film does not wait."""
        for job in self._jobs(seconds):
            image, self.carry = self._engine.step(self._alter(job), self.carry)
            height, width = image.shape[:2]
            pixels = np.ascontiguousarray(image.numpy()).tobytes()
            asked, motion = job.seconds, self.carry.motion if self.carry else None
            size, begins = (width, height), job.index == 0
            yield Picture(job.index, pixels, size, job.pose, job.fov, asked, asked, cuts=begins, motion=motion)

    def skip(self, seconds: float) -> None:
        """Go on to `seconds` without making an image: `restore` has what they led to."""
        for _ in self._jobs(seconds):
            pass

    def saved(self) -> dict[str, Any] | None:
        """What the next image needs of the last: mappings, lists, numbers, words and bytes."""
        carry = self.carry
        if carry is None:
            return None
        image = carry.image.float().cpu()
        return {
            **{f.name: getattr(carry, f.name) for f in fields(Carry) if f.name != "motion"},
            "image": image.contiguous().numpy().tobytes(),
            "shape": list(image.shape),
            "channels_last": image.is_contiguous(memory_format=torch.channels_last),
            "pose": asdict(carry.pose),
            "mix": [asdict(voice) for voice in carry.mix],
            "settled": asdict(carry.settled),
        }

    def restore(self, saved: Mapping[str, Any] | None) -> None:
        """Go on from there."""
        if saved is None:
            return
        image = torch.from_numpy(np.frombuffer(saved["image"], np.float32).copy()).reshape(saved["shape"])
        if saved["channels_last"]:  # another order in memory would sum in another order
            image = image.contiguous(memory_format=torch.channels_last)
        mix = tuple(Voice(**voice) for voice in saved["mix"])
        settled = Settled(**saved["settled"] | {k: tuple(saved["settled"][k]) for k in ("before", "look")})
        rest = (saved["seconds"], saved["epoch"], saved["count"], settled)
        self.carry = Carry(image.to(self._engine.family.device), Pose(**saved["pose"]), mix, *rest)

    def pose(self, frame: Frame) -> Pose:
        """Where the camera is at a frame that lies behind the last tick by less than `STEP`."""
        played = self._performance
        return travelled(played.patch, played.state, frame.values, frame.moment).pose

    def _jobs(self, seconds: float) -> Iterator[Job]:
        while True:
            due = self._anchor + self._since / self._rate
            at = min(due, self._performance.state.seconds + STEP)
            if at > seconds + NEAR:
                return
            job = self._job_of(self._performance.at(self._count, at))
            if at == due:
                self._count += 1
                self._asked(due, job.rate)
                yield job

    def _asked(self, due: float, rate: float) -> None:
        """One image was asked for; another rate counts from here, so that a steady one adds up no rounding."""
        if rate != self._rate:
            self._anchor, self._since, self._rate = due, 0, rate
        self._since += 1
