"""How much of the size that is asked for there is room for: in a show's boxes, and in memory: less each time that it
runs out, then more again.
"""

import math
from collections.abc import Callable
from dataclasses import replace

from perf.core.frame import Job
from perf.core.job import carried

SHRINK = 0.75  # of the sides, each time that memory runs out
LEAST = 0.25  # of the sides asked for
PATIENCE = 30.0  # seconds until the next larger size is tried; twice as long each time that it did not last
SLACK = 0.15  # of a share that is given up for a picture of the shape that was asked for

Fit = Callable[[tuple[int, int]], tuple[int, int]]


class Room:
    """A share of the sides, 1 where there is room for all. `fit` gives the (height, width) that plays for a size."""

    def __init__(self, fit: Fit) -> None:
        self._fit = fit
        self._share, self._asked = 1.0, (0, 0)
        self._since, self._patience, self._grown = 0.0, PATIENCE, False  # `_grown`: the share was made larger last

    def bearable(self, job: Job, now: float) -> Job:
        """The job at a size that there is room for; another size that is asked for is tried whole."""
        if job.size != self._asked:
            self._asked, self._share, self._patience, self._grown = job.size, 1.0, PATIENCE, False
        if self._share < 1.0 and now - self._since > self._patience:
            self._share, self._since, self._grown = min(self._share / SHRINK, 1.0), now, True
        size = carried(job.size) if self._share == 1.0 else self._shaped(carried(job.size))
        return job if size == job.size else replace(job, size=size)

    def said(self, job: Job, now: float) -> str:
        """Why a job is not played at its size, and at which it is; "" where it is."""
        played = self.bearable(job, now).size
        why = "out of memory at {}x{}" if self._share < 1.0 else "{}x{} is more than a show carries"
        return "" if played == job.size else f"{why}; played at {{}}x{{}}".format(*job.size, *played)

    def ran_out(self, now: float) -> None:
        """Memory ran out at the size that was played."""
        quiet = now - self._since
        if self._grown and quiet <= self._patience:
            self._patience *= 2
        elif quiet > self._patience:
            self._patience = PATIENCE
        self._share, self._since, self._grown = max(self._share * SHRINK, LEAST), now, False

    def _shaped(self, size: tuple[int, int]) -> tuple[int, int]:
        """The size next below the share whose sides are to one another as those that are asked for."""
        height, width = self._fit(size)

        def bent(size: tuple[int, int]) -> float:
            played = self._fit(size)
            return round(abs(math.log(played[1] / played[0] * height / width)), 6)

        shares = (self._share * (1.0 - SLACK * n / 32) for n in range(33))
        height, width = self._fit(min(((round(size[0] * share), round(size[1] * share)) for share in shares), key=bent))
        return width, height
