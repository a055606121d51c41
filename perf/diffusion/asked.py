"""What a job asks of the engine, looked at before anything is computed."""

import math
from collections.abc import Iterator
from functools import partial

from perf.core.camera import Pose
from perf.core.frame import Job, Knobs, Mask, Plane, Planes
from perf.core.table import PLANES

AS_ALL = Plane()


def check(job: Job) -> None:
    """Refuse numbers that are none: they would spread through the recursion and never leave it."""
    for name in Job.__slots__:
        value = getattr(job, name)
        if not all(map(math.isfinite, _numbers(value))):
            raise ValueError(f"{name} is {str(value)[:80]}; a job's numbers are finite")


def _numbers(value: object) -> Iterator[float]:
    if isinstance(value, int | float):
        yield value
    elif isinstance(value, tuple | Mask | Knobs | Plane | Planes | Pose):
        for part in value if isinstance(value, tuple) else map(partial(getattr, value), value.__slots__):
            yield from _numbers(part)


def planar(job: Job) -> bool:
    """Whether a plane is to be made otherwise than the others."""
    return any(plane != AS_ALL for plane in job.planes.slices) or any(region in PLANES for region in job.regions)


def between(job: Job, count: int) -> bool:
    """Whether this image of a recursion only moves."""
    return job.source == "feedback" and count % max(job.every, 1) > 0
