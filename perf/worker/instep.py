"""The engine in step with the tick, for rendering: images on the points of the sampler's time grid.

No process and no clock: the tick's seconds are the only time.
"""

import numpy as np

from perf.core.frame import Job, Picture
from perf.diffusion.engine import Carry, Engine


class InStep:
    """Has the client's `submit` and `newest`; image n is made from the first job at or after n / rate seconds."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._carry: Carry | None = None
        self._due = 0.0
        self._job: Job | None = None

    def submit(self, job: Job) -> None:
        """Take the job of this tick."""
        self._job = job

    def newest(self, now: float) -> Picture | None:
        """The image due at this tick, made now; None between two images."""
        job = self._job
        if job is None or now + 1e-9 < self._due:
            return None
        self._due = max(self._due + 1.0 / job.rate, now - 1.0 / job.rate)
        image, self._carry = self._engine.step(job, self._carry)
        height, width = image.shape[:2]
        pixels = np.ascontiguousarray(image.numpy()).tobytes()
        return Picture(job.index, pixels, (width, height), job.pose, job.fov, now, job.seconds)
