"""The supervised process, for real: images come, `kill -9` does not end the show, closing frees everything."""

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from waiting import until

from perf.core.frame import Frame, Job, Preview
from perf.core.moment import Moment
from perf.core.picture import Picture
from perf.worker.client import SamplerClient, SamplerOptions
from perf.worker.line import Line
from perf.worker.message import encode_picture

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


def test_a_process_that_cannot_be_started_is_told_and_tried_again(
    model_folder: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where the folder has gone that the show was started in."""
    ticks = count(1)
    clock = lambda: next(ticks)  # noqa: E731
    client = SamplerClient(SamplerOptions(str(model_folder("flow")), "cpu", threads=1))
    with monkeypatch.context() as gone:
        gone.setattr(os, "getcwd", lambda: os.stat("/nowhere"))
        client.start()
        assert "no process can be started: No such file" in client.supervise(0.0)
        until(lambda: "starts again in 2 s" in client.supervise(float(clock())))
        client.change(client.options)
        assert "the old one plays on" in client.supervise(float(clock()))
    try:
        until(lambda: arrived(client, clock))
    finally:
        client.close()


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


def test_only_a_process_beside_another_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[tuple[str, bool]] = []
    monkeypatch.setattr(Line, "start", lambda line, beside=False: started.append((line.options.model, beside)))
    client = SamplerClient(SamplerOptions("old"))
    try:
        client.start()
        client.change(SamplerOptions("new"))
        client._take_over()
        client.supervise(1.0)
        assert started == [("old", False), ("new", True), ("new", False)], "the last starts again by itself"
    finally:
        client.close()


def test_after_a_taken_picture_comes_none_of_what_was_left() -> None:
    client = SamplerClient(SamplerOptions("nobody plays", "cpu"))
    sea, city = replace(JOB, seconds=2.0), replace(JOB, prompts=(("city", 1.0),), fade=0.0)

    def follow(job: Job, fired: int, coming: Preview | None) -> Picture | None:
        job, moment = replace(job, fired=fired), Moment(0, job.seconds)
        frame = Frame(moment, {"/preview/share": 0.1}, job, (), cue=(0, fired), preview=coming)
        return client.follow(frame, job.seconds)

    def newest(job: Job) -> Picture | None:
        client._line.images.put([encode_picture(job, (1, 1), 0), bytes(3)])
        return client.newest(9.0)

    try:
        follow(sea, 0, Preview(0, "city", city))
        client._line.previews.put([encode_picture(city, (1, 1), client.bus.order.subject), bytes(3)])
        assert newest(sea) is not None
        assert follow(replace(city, seconds=3.0), 1, None) is not None, "the cue goes, and its picture is taken"
        assert newest(replace(sea, seconds=2.9)) is None, "in the making when it went"
        assert client._line.kept is not None
        assert newest(replace(city, seconds=3.0)) is not None
        assert newest(replace(city, seconds=3.1)) is not None
    finally:
        client.close()
