"""The supervised process, for real: images come, `kill -9` does not end the show, closing frees everything."""

import os
import signal
from collections.abc import Callable
from itertools import count
from pathlib import Path

from waiting import until

from perf.core.frame import Job
from perf.core.picture import Picture
from perf.worker.client import SamplerClient, SamplerOptions

JOB = Job(size=(64, 64), prompts=(("sea", 1.0),))


def image(client: SamplerClient, clock: Callable[[], int]) -> Picture | None:
    now = float(clock())
    client.submit(JOB)
    client.supervise(now)
    return client.newest(now)


def arrived(client: SamplerClient, clock: Callable[[], int]) -> bool:
    return image(client, clock) is not None


def test_a_killed_sampler_is_back_by_itself(model_folder: Callable[[str], Path]) -> None:
    ticks = count()
    clock = lambda: next(ticks)  # noqa: E731
    client = SamplerClient(SamplerOptions(str(model_folder("flow")), "cpu", threads=1))
    client.start()
    try:
        until(lambda: arrived(client, clock))
        until(lambda: client.status().state == "playing")
        victim = client.pid
        os.kill(victim, signal.SIGKILL)
        until(lambda: "it starts again" in client.supervise(float(clock())))
        until(lambda: arrived(client, clock))
        assert client.restarts == 1
        assert client.pid != victim
    finally:
        client.close()
    assert client._line.process.exitcode is not None


def test_a_model_that_cannot_be_loaded_is_told_and_tried_again_later(tmp_path: Path) -> None:
    client = SamplerClient(SamplerOptions(str(tmp_path), "cpu"))
    client.start()
    try:
        said: list[str] = []
        until(lambda: said.append(client.supervise(0.0)) or any(said))
        assert "model_index.json" in "".join(said)
        assert client.newest(0.0) is None
    finally:
        client.close()


def test_another_model_takes_over_without_a_gap(model_folder: Callable[[str], Path], tmp_path: Path) -> None:
    ticks = count()
    clock = lambda: next(ticks)  # noqa: E731
    client = SamplerClient(SamplerOptions(str(model_folder("flow")), "cpu", threads=1))
    client.start()
    try:
        until(lambda: arrived(client, clock))
        old = client.pid
        client.change(SamplerOptions(str(tmp_path), "cpu"))
        until(lambda: "the old one plays on" in client.supervise(float(clock())))
        assert client.options.model == str(model_folder("flow"))
        client.change(SamplerOptions(str(model_folder("sdxl")), "cpu", threads=1))
        assert "is being loaded beside" in client.status().message
        images, entered = 0, []
        while client.pid == old:
            entered.append(until(lambda: image(client, clock)).enters)
            images += client.pid == old
        assert entered == [False] * images + [True]
        assert images > 3, "the old model played while the new one was loaded"
        assert client.status().model == "sdxl"
        assert client.restarts == 0
        until(lambda: not client.supervise(float(clock())) and not client._leaving)
    finally:
        client.close()
