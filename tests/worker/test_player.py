"""The sampler's loop in this process, with the real engine: prompts beside the sampling, failures counted."""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from waiting import until

from perf.core.footage import Footage
from perf.core.frame import Job, Plate
from perf.core.picture import Picture
from perf.diffusion.embedding import Condition
from perf.diffusion.engine import Carry, Engine
from perf.diffusion.family import load
from perf.worker import player
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
from perf.worker.player import BROKEN, FAILURES, Boxes, Player

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


def test_what_a_hand_got_early_is_not_waited_for_after_it(hall: Hall) -> None:
    hall.play(replace(JOB, rate=0.5))
    for touch in range(1, 6):
        hall.boxes.jobs.put([encode_job(replace(JOB, rate=0.5, touch=touch))])
        looks = iter([True, True, False])
        hall.player.play(lambda looks=looks: next(looks))
    assert hall.boxes.last.images >= 6, "each answered at once"
    assert hall.player._due <= time.perf_counter() + 2.0


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


def test_settling_is_no_part_of_what_an_image_takes(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    hall, now = Hall(engine), [0.0]
    monkeypatch.setattr(player, "time", SimpleNamespace(perf_counter=lambda: now[0], sleep=lambda seconds: None))
    hall.player = Player(engine, hall.boxes, lambda: now.__setitem__(0, now[0] + 60.0))
    try:
        hall.play(JOB)
        assert (now[0], hall.boxes.last.images, hall.boxes.last.step_ms) == (60.0, 2, 0.0)
    finally:
        hall.close()


def test_another_rate_counts_from_the_last_image(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(player, "time", SimpleNamespace(perf_counter=lambda: now[0], sleep=lambda seconds: None))

    def images(at: float, rate: float) -> int:
        now[0], looks = at, iter([True, False])
        hall.boxes.jobs.put([encode_job(replace(JOB, rate=rate))])
        hall.player.play(lambda: next(looks))
        return hall.boxes.last.images

    score = [(0.0, 0.5, 1), (0.3, 0.5, 1), (0.3, 2.0, 1), (0.6, 2.0, 2), (1.1, 0.5, 2), (2.4, 0.5, 2), (2.6, 0.5, 3)]
    assert [images(at, rate) for at, rate, _ in score] == [count for *_, count in score]


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


def test_a_gpu_that_answers_no_more_ends_the_process_and_no_other_error_does(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = iter(["something else"] * 2 * BROKEN + ["CUDA error: an illegal memory access was encountered\nMore."] * 2)

    def broken(job: Job, carry: object) -> object:
        raise RuntimeError(next(words))

    monkeypatch.setattr(hall.player._engine, "step", broken)
    hall.play(*[JOB] * 2 * BROKEN)
    with pytest.raises(SystemExit) as ended:
        hall.play(JOB)
    last = hall.boxes.last
    assert (ended.value.code, last.state, last.errors) == (3, "failed", 2 * BROKEN + 1)
    assert last.message == "RuntimeError: CUDA error: an illegal memory access was encountered"


def test_a_gpu_may_answer_again(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(job: Job, carry: object) -> object:
        raise RuntimeError("CUDA error: launch timed out")

    with monkeypatch.context() as moment:
        moment.setattr(hall.player._engine, "step", broken)
        hall.play(*[JOB] * (BROKEN - 1))
    hall.play(JOB)
    assert hall.boxes.last.images >= 1


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


def test_a_prompt_that_is_not_encoded_holds_up_no_other(hall: Hall, engine: Engine) -> None:
    hall.play(JOB)
    steps, open_, plain, real = [], Event(), engine.encode, engine.step
    engine.encode = lambda text: (open_.wait(10), plain(text))[1]
    engine.step = lambda job, carry: (steps.append((job.prompts, job.regions)), real(job, carry))[1]
    both = ("inside", "both", "outside")
    hall.play(replace(JOB, prompts=(("sea", 0.4), ("word 1", 0.3), ("", 0.2)), regions=both))
    assert steps[-1] == ((("sea", 0.4), ("", 0.2)), ("inside", "outside")), "what is new waits, what is known moves"
    hall.play(replace(JOB, prompts=(("sea", 0.0), ("word 2", 0.3)), regions=both[:2]))
    assert steps[-1] == steps[-2], "nothing known weighs anything: what played plays on"
    hall.play(replace(JOB, prompts=(("word 3", 0.7),)))
    assert steps[-1] == ((("sea", 0.7),), ()), "the text that it had, at the weight that is asked"
    open_.set()


def test_texts_that_change_faster_than_they_are_encoded_are_heard(hall: Hall, engine: Engine) -> None:
    hall.play(JOB)
    steps, jobs, plain, real = [], [], engine.encode, engine.step

    def encode(text: str) -> Condition:
        """Until a text is encoded, some more are asked for."""
        before = len(jobs)
        until(lambda: len(jobs) > before + 2, 10)
        return plain(text)

    engine.encode = encode
    engine.step = lambda job, carry: (steps.append(job.prompts[0][0]), real(job, carry))[1]

    def heard() -> bool:
        jobs.append(replace(JOB, prompts=((f"word {len(jobs)}", 1.0),)))
        hall.play(jobs[-1])
        return len(set(steps)) > 3

    until(heard, 20)
    numbers = [int(text.removeprefix("word ")) for text in steps if text != "sea"]
    assert numbers == sorted(numbers)


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


def test_a_recursion_outlives_a_moment_without_memory(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    big = replace(JOB, size=(128, 128), skip=1.0)  # a picture that stays as it is
    hall.play(replace(big, skip=0.0), big)
    before = hall.player._carry

    def full(job: Job, carry: object) -> object:
        raise MemoryError

    with monkeypatch.context() as moment:
        moment.setattr(hall.player._engine, "step", full)
        hall.play(*[big] * (FAILURES + 1))
    hall.play(big)
    assert hall.player._carry.count > before.count
    assert hall.player._carry.image.shape[-1] < 64
    means = [carry.image.mean((2, 3)) for carry in (before, hall.player._carry)]
    assert torch.allclose(*means, atol=0.02)


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


def test_it_goes_on_from_a_preview_that_was_taken_while_an_image_was_made(
    hall: Hall, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall.play(JOB)
    coming = replace(JOB, seed=700.0)  # nothing leaps: the image in hand is not given up
    until(lambda: rehearsed(hall, Ahead(coming, 5, 0, 0.5)), 10)
    hall.player._rehearsal._paid = math.inf  # that was all
    plain, kept, begun = engine.step, hall.player._rehearsal._kept[1], []

    def step(job: Job, carry: Carry) -> object:
        begun.append(carry.image)
        hall.boxes.jobs.put([encode_job(replace(coming, seconds=3.0, touch=1, fired=1), Ahead(None, 6, 5, 0.5))])
        return plain(job, carry)

    monkeypatch.setattr(engine, "step", step)
    looks = iter([True, True, False])
    hall.player._due = 0.0
    hall.player.play(lambda: next(looks))
    assert hall.boxes.last.errors == 0
    assert torch.equal(begun[1], kept.image)


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
