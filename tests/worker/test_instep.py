"""Images in step: on their own grid of times, the same for every rate of frames, and the camera with them."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import torch

from perf.core.curve import Curve, Key
from perf.core.event import Event
from perf.core.frame import Job
from perf.core.patch import Patch
from perf.core.performance import Performance
from perf.core.timeline import Timeline, Track
from perf.worker.instep import STEP, InStep


class Recorder:
    """An engine that keeps its jobs and makes black images."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []

    def step(self, job: Job, carry: Any) -> tuple[torch.Tensor, Any]:
        self.jobs.append(job)
        return torch.zeros(2, 2, 3, dtype=torch.uint8), carry


TURN = Track("/camera/roll", Curve([Key(0.0, 3.0), Key(1.0, -20.0, "smooth"), Key(2.5, 8.0)]), "seconds", 3.0)
TEXTS = Track("/prompt/1/text", Curve([Key(0.0, "sea"), Key(1.0, "city")]), "seconds")
EVENTS = [
    (0.31, Event(0.305, "/sampler/skip", (0.2,), "osc")),
    (0.52, Event(0.52, "/sampler/seed", (7.0,), "osc")),
    (1.234, Event(1.23, "/camera/x", (0.5, 0.4), "osc")),
]


def patch(rate: float, *tracks: Track) -> Patch:
    return Patch(values={"/sampler/rate": rate}, timeline=Timeline((TURN, TEXTS, *tracks)), layers=())


def played(played: Patch, fps: float, seconds: float = 3.0, events: Sequence[tuple[float, Event]] = EVENTS) -> Any:
    """The jobs, and for each frame its values and the camera's roll."""
    engine = Recorder()
    sampler, show = InStep(engine, Performance(played, events)), Performance(played, events)  # type: ignore[arg-type]
    rolls = []
    for n in range(round(seconds * fps)):
        list(sampler.until(n / fps))
        frame = show.at(n, n / fps)
        rolls.append(sampler.pose(frame).roll)
    return engine.jobs, rolls


@pytest.mark.parametrize("rate", [15.0, 24.0, 7.3])
def test_images_lie_on_their_own_grid_whatever_the_frames(rate: float) -> None:
    slow, fast = (played(patch(rate), fps)[0] for fps in (25.0, 60.0))
    both = min(len(slow), len(fast))
    assert [job.seconds for job in fast] == [k / rate for k in range(len(fast))]
    assert abs(len(fast) - 3.0 * rate) <= 1
    assert len(fast) - both <= 1  # the last frame of the slower film is earlier
    assert slow[:both] == fast[:both]


def test_more_images_than_frames_are_all_made() -> None:
    assert len(played(patch(60.0), 10.0, 1.05)[0]) == 55  # up to the frame at 0.9 s


def test_the_first_image_is_there_at_once_and_the_others_come_by_degrees() -> None:
    sampler = InStep(Recorder(), Performance(patch(10.0)))  # type: ignore[arg-type]
    assert [picture.cuts for picture in sampler.until(0.35)] == [True, False, False, False]


def test_another_rate_counts_from_the_image_that_brought_it() -> None:
    faster = Track("/sampler/rate", Curve([Key(0.0, 10.0, "hold"), Key(0.5, 20.0)]), "seconds")
    jobs = played(patch(10.0, faster), 30.0, 1.01)[0]
    wanted = [*(k / 10 for k in range(5)), *(0.5 + k / 20 for k in range(10))]  # up to the frame at 29 / 30 s
    assert [job.seconds for job in jobs] == pytest.approx(wanted, abs=1e-12)


def test_events_act_at_their_own_seconds_in_every_film() -> None:
    for fps in (25.0, 60.0):
        jobs = played(patch(15.0), fps)[0]
        assert all((job.skip == 0.2) == (job.seconds >= 0.31) for job in jobs)
        assert all((job.seed == 7.0) == (job.seconds >= 0.52) for job in jobs)
        assert all(dict(job.prompts).keys() == {"city" if job.seconds >= 1.0 else "sea"} for job in jobs)


def test_the_camera_goes_by_time_and_not_by_frames() -> None:
    (_, slow), (_, fast) = (played(patch(15.0), fps) for fps in (20.0, 60.0))
    assert slow == pytest.approx(fast[::3], abs=1e-9)
    true = _integral(TURN, 2.95)
    assert slow[-1] == pytest.approx(true, abs=40 * STEP / 2 * 3)  # at most half a step times how far the rate moved


def test_a_rare_image_moves_as_far_as_the_camera_went() -> None:
    steady = Patch(values={"/sampler/rate": 0.5, "/camera/roll": 10.0}, layers=())
    jobs = played(steady, 25.0, 4.5, [])[0]
    assert [job.pose.roll for job in jobs] == pytest.approx([0.0, 20.0, 40.0], abs=1e-6)


def _integral(track: Track, seconds: float, steps: int = 20000) -> float:
    at: Callable[[float], Any] = lambda s: track.source.at(s % track.loop)  # noqa: E731
    return math.fsum(at((n + 0.5) * seconds / steps) for n in range(steps)) * seconds / steps
