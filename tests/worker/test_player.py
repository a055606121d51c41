"""The sampler's loop in this process, with the real engine: prompts beside the sampling, failures counted."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from waiting import until

from perf.core.footage import Footage
from perf.core.frame import Job, Plate
from perf.core.picture import Picture
from perf.diffusion.engine import Carry, Engine
from perf.diffusion.family import load
from perf.worker.box import Box
from perf.worker.message import (
    JOB_BYTES,
    STATUS_BYTES,
    STOP,
    Ahead,
    decode_picture,
    encode_job,
    encode_picture,
    encode_plates,
)
from perf.worker.player import Boxes, Player

JOB = Job(size=(64, 64), prompts=(("sea", 1.0),), rate=120.0)


class Hall:
    """Both ends of the boxes, and a player that plays a score of jobs, one image each."""

    def __init__(self, engine: Engine) -> None:
        self.boxes = Boxes(Box(JOB_BYTES), *(Box(2**20) for _ in range(3)), Box(STATUS_BYTES))
        self.player = Player(engine, self.boxes)

    def play(self, *jobs: Job) -> None:
        for job in jobs:
            looks = iter([True, True, False])
            self.player._due = 0.0
            self.boxes.jobs.put([encode_job(job)])
            self.player.play(lambda looks=looks: next(looks))

    def close(self) -> None:
        for box in (self.boxes.jobs, self.boxes.plates, self.boxes.images, self.boxes.previews, self.boxes.status):
            box.close(unlink=True)


@pytest.fixture
def engine(model_folder: Callable[[str], Path]) -> Engine:
    return Engine(load(str(model_folder("flow")), "cpu"))


@pytest.fixture
def hall(engine: Engine) -> Iterator[Hall]:
    hall = Hall(engine)
    yield hall
    hall.close()


def test_a_job_becomes_an_image(hall: Hall) -> None:
    hall.play(JOB)
    message = hall.boxes.images.take()
    assert message is not None
    assert decode_picture(message, 0.0)[0].size == (64, 64)
    assert hall.boxes.last.images >= 1


def test_a_job_is_sampled_over_what_it_looks_at(hall: Hall) -> None:
    plates = (Plate(1, (64, 64), bytes([9, 8, 7]) * 4096), Plate(4, (2, 2), bytes([50, 60, 70]) * 4))
    hall.boxes.plates.put(encode_plates(plates))
    hall.play(replace(JOB, source="media", layer=4, skip=1.0, footage=((4, Footage()),)))
    message = hall.boxes.images.take()
    assert message is not None
    assert bytes(decode_picture(message, 0.0)[0].pixels[:3]) == bytes([50, 60, 70])


def test_an_image_leaves_with_how_it_came(hall: Hall) -> None:
    job = replace(JOB, source="media", layer=4, skip=1.0, footage=((4, Footage()),))
    square = np.zeros((64, 64, 3), np.uint8)
    square[20:40, 20:40] = 255
    for left, epoch, moves in ((0, 0, False), (3, 0, True), (6, 1, False)):  # a restart is a cut
        hall.boxes.plates.put(encode_plates([Plate(4, (64, 64), np.roll(square, left, 1).tobytes())]))
        hall.boxes.jobs.put([encode_job(replace(job, epoch=epoch))])
        hall.player._due, once = 0.0, iter([True, False])
        hall.player.play(lambda once=once: next(once))
        message = hall.boxes.images.take()
        assert message is not None
        assert (decode_picture(message, 0.0)[0].motion is not None) == moves


def test_an_image_leaves_enlarged_for_a_stage_that_is_much_larger(hall: Hall, engine: Engine) -> None:
    hall.play(JOB)
    small = decode_picture(hall.boxes.images.take(), 0.0)[0]
    hall.player = Player(engine, hall.boxes, stage=(1280, 720))
    hall.play(JOB)
    large = decode_picture(hall.boxes.images.take(), 0.0)[0]
    assert (small.times, small.size) == (1, (64, 64))
    assert (large.times, large.size) == (2, (128, 128))
    assert len(large.pixels) == 128 * 128 * 4
    carried, resumed = hall.player._carry, Player(engine, hall.boxes)._outgoing.resumed(engine.family, JOB)
    assert (carried.image - resumed.image).abs().mean() < 0.05


def test_an_image_that_would_not_fit_leaves_as_it_is(hall: Hall, engine: Engine) -> None:
    hall.player = Player(engine, hall.boxes, stage=(3840, 2160))
    hall.play(replace(JOB, size=(320, 320)))
    assert decode_picture(hall.boxes.images.take(), 0.0)[0].times == 1


def test_it_settles_once_when_the_first_image_is_out(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    hall, out = Hall(engine), []
    hall.player = Player(engine, hall.boxes, lambda: out.append(hall.boxes.images.take()))
    try:
        with monkeypatch.context() as broken:
            broken.setattr(engine, "step", lambda job, carry: 1 / 0)
            hall.play(JOB)
        assert not out
        hall.play(JOB, JOB)
        assert [message is not None for message in out] == [True]
    finally:
        hall.close()


def test_an_exception_is_counted_told_and_played_past(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = hall.player._engine.step, []

    def faulty(job: Job, carry: object) -> object:
        calls.append(job)
        if job.seed == 13:
            raise RuntimeError("out of memory")
        return real(job, carry)

    monkeypatch.setattr(hall.player._engine, "step", faulty)
    hall.play(JOB, replace(JOB, seed=13.0), replace(JOB, seed=13.0))
    assert hall.boxes.last.errors >= 2
    assert hall.boxes.last.message == "RuntimeError: out of memory"
    images = hall.boxes.last.images
    hall.play(JOB)
    assert hall.boxes.last.images > images


def test_an_image_is_given_up_when_something_leaps_but_not_two_in_a_row(
    hall: Hall, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, made, sources = engine.step, [], iter(["colour", "noise", "black", "colour"])

    def step(job: Job, carry: Carry | None) -> object:
        """In the middle of each step another source is asked for."""
        hall.boxes.jobs.put([encode_job(replace(job, source=next(sources), touch=job.touch + 1))])
        image = plain(job, carry)
        made.append(job.source)
        return image

    monkeypatch.setattr(engine, "step", step)
    hall.boxes.jobs.put([encode_job(replace(JOB, source="black"))])
    looks = iter([True] * 4 + [False])
    hall.player.play(lambda: next(looks))
    assert made == ["colour", "black"], "of every two the second is played to its end"
    assert hall.boxes.last.errors == 0


def test_what_goes_by_degrees_gives_nothing_up(hall: Hall, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, made = engine.step, []

    def step(job: Job, carry: Carry | None) -> object:
        hall.boxes.jobs.put([encode_job(replace(job, skip=job.skip + 0.1, touch=job.touch + 1))])
        image = plain(job, carry)
        made.append(job.skip)
        return image

    monkeypatch.setattr(engine, "step", step)
    hall.boxes.jobs.put([encode_job(replace(JOB, skip=0.1))])
    looks = iter([True] * 3 + [False])
    hall.player.play(lambda: next(looks))
    assert made == pytest.approx([0.1, 0.2, 0.3])


def test_what_cannot_be_done_as_asked_is_told_and_then_no_more(hall: Hall) -> None:
    hall.play(replace(JOB, mode="clip"))
    assert "has no guide" in hall.boxes.last.message
    hall.player._told = 0.0
    hall.play(JOB)
    assert hall.boxes.last.message == ""


def test_a_new_prompt_is_encoded_beside_the_sampling(hall: Hall) -> None:
    hall.play(JOB)
    steps = []
    real = hall.player._engine.step
    hall.player._engine.step = lambda job, carry: (steps.append(job.prompts), real(job, carry))[1]
    hall.play(replace(JOB, prompts=(("a city at night", 1.0),)))
    assert steps[0] == JOB.prompts, "the known prompts play on while the new one is encoded"

    def changed() -> bool:
        hall.play(replace(JOB, prompts=(("a city at night", 1.0),)))
        return bool(steps[-1] != JOB.prompts)

    until(changed, 10)
    assert steps[-1] == (("a city at night", 1.0),)


def test_stop_ends_the_loop(hall: Hall) -> None:
    hall.boxes.jobs.put([STOP])
    hall.player.play(lambda: True)
    assert hall.boxes.images.take() is None


def test_a_new_player_goes_on_from_the_last_image(hall: Hall, engine: Engine) -> None:
    hall.play(JOB)
    before, resumed = hall.player._carry, Player(engine, hall.boxes)._outgoing.resumed(engine.family, JOB)
    assert (before.image - resumed.image).abs().max() < 0.01
    assert resumed.epoch == JOB.epoch


def test_out_of_memory_plays_smaller_and_says_so(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    real = hall.player._engine.step

    def crowded(job: Job, carry: object) -> object:
        if job.size[0] > 96:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return real(job, carry)

    monkeypatch.setattr(hall.player._engine, "step", crowded)
    big = replace(JOB, size=(128, 128))
    hall.play(big, big)
    hall.player._told = 0.0
    hall.play(big)
    assert decode_picture(hall.boxes.images.take(), 0.0)[0].size == (96, 96)
    assert "out of memory at 128x128; played at 96x96" in hall.boxes.last.message
    hall.player._told = 0.0
    hall.play(JOB)
    assert hall.boxes.last.message == ""


def test_what_a_model_cannot_do_is_said(hall: Hall) -> None:
    hall.play(replace(JOB, size=(70, 64), loras=(("ink", 1.0),)))
    assert hall.boxes.last.message == "70x64 is played at 64x64; no LoRA ink in this model"


def test_another_models_image_is_taken_up_at_our_size(engine: Engine) -> None:
    hall = Hall(engine)
    try:
        hall.boxes.images.put([encode_picture(replace(JOB, index=7), (32, 16), 0), bytes(32 * 16 * 3)])
        hall.boxes.images.take()
        hall.play(replace(JOB, skip=1.0))
        picture, _ = decode_picture(hall.boxes.images.take(), 0.0)
        assert (picture.size, max(picture.pixels)) == ((64, 64), 0)
    finally:
        hall.close()


CITY = replace(JOB, prompts=(("a city at night", 1.0),), source="noise", noise="fixed")


def rehearsed(hall: Hall, ahead: Ahead) -> tuple[Picture, int] | None:
    """Play the programme's job with this one to come, and look at the preview."""
    hall.boxes.jobs.put([encode_job(JOB, ahead)])
    looks = iter([True, True, True, False])
    hall.player._due = 0.0
    hall.player.play(lambda: next(looks))
    message = hall.boxes.previews.take()
    return decode_picture(message, 0.0) if message else None


def test_what_comes_is_rendered_ahead_and_the_programme_never_sees_it(hall: Hall) -> None:
    hall.play(JOB)
    hall.play(JOB)
    plain = hall.player._carry
    picture, subject = until(lambda: rehearsed(hall, Ahead(CITY, 5, 0, 0.5)), 10)
    assert (picture.size, subject) == ((64, 64), 5)
    wanted, _ = hall.player._engine.step(CITY, None)
    assert bytes(picture.pixels) == bytes(wanted.numpy().tobytes()), "the picture that the cue makes"
    assert [voice.text for voice in hall.player._carry.mix] == ["sea"]
    assert hall.player._carry.count > plain.count


def test_the_programme_goes_on_from_a_preview_that_was_taken(hall: Hall) -> None:
    hall.play(JOB)
    until(lambda: rehearsed(hall, Ahead(CITY, 5, 0, 0.5)), 10)
    hall.boxes.jobs.put([encode_job(replace(CITY, seconds=3.0), Ahead(None, 6, 5, 0.5))])
    hall.player._listen()
    assert [voice.text for voice in hall.player._carry.mix] == ["a city at night"]


def test_an_error_ahead_is_counted_and_the_programme_plays(hall: Hall) -> None:
    hall.play(JOB)
    images, bad = hall.boxes.last.images, replace(JOB, seed=float("nan"))
    assert rehearsed(hall, Ahead(bad, 1, 0, 0.5)) is None
    assert rehearsed(hall, Ahead(bad, 1, 0, 0.5)) is None
    last = hall.boxes.last
    assert (last.preview_errors, last.errors, last.images > images) == (1, 0, True)
    assert "finite" in last.preview_message


def test_what_an_image_looks_like_is_told(hall: Hall) -> None:
    hall.play(replace(JOB, source="colour", colour=(1.0, 0.0, 0.0, 1.0), skip=1.0, likeness="sea"))
    seen = hall.boxes.last.seen
    assert (seen["saturation"], seen["hue"], seen["palette"], seen["likeness"]) == (1.0, 0.0, "#ff0000", 0.0)
