"""Smaller when memory runs out, larger again after a while, of the shape that was asked for."""

from dataclasses import replace

import pytest

from perf.core.frame import Job, Plate
from perf.core.job import carried
from perf.worker.line import PIXELS, PLATE_BYTES
from perf.worker.message import encode_plates
from perf.worker.room import LEAST, PATIENCE, SHRINK, Room

JOB = Job(size=(320, 192))


def fit(size: tuple[int, int]) -> tuple[int, int]:
    """Sides are multiples of 16."""
    return size[1] // 16 * 16, size[0] // 16 * 16


def played(room: Room, now: float) -> tuple[int, int]:
    return fit(room.bearable(JOB, now).size)[::-1]


def test_with_room_for_all_a_job_is_as_it_is() -> None:
    assert Room(fit).bearable(JOB, 0.0) is JOB


def test_each_time_it_runs_out_is_smaller_and_keeps_the_shape() -> None:
    room = Room(fit)
    sizes = [played(room, 0.0)]
    for _ in range(2):
        room.ran_out(0.0)
        sizes.append(played(room, 0.0))
    assert sizes == [(320, 192), (240, 144), (160, 96)]
    for _ in range(9):
        room.ran_out(0.0)
    assert room.bearable(JOB, 0.0).size[0] >= 320 * LEAST * 0.85


def test_after_a_while_it_is_larger_again() -> None:
    room = Room(fit)
    room.bearable(JOB, 0.0)
    room.ran_out(5.0)
    assert played(room, 5.0 + PATIENCE) == (240, 144)
    assert room.bearable(JOB, 5.1 + PATIENCE) is JOB


def test_what_did_not_last_is_tried_half_as_often() -> None:
    room, now = Room(fit), 0.0
    room.bearable(JOB, now)
    room.ran_out(now)
    for patience in (PATIENCE, 2 * PATIENCE, 4 * PATIENCE):
        assert room.bearable(JOB, now + patience) is not JOB
        now += patience + 0.1
        assert room.bearable(JOB, now) is JOB
        room.ran_out(now)
    now += 9 * PATIENCE
    room.bearable(JOB, now)
    now += 9 * PATIENCE
    room.ran_out(now)
    assert room.bearable(JOB, now + PATIENCE + 0.1) is JOB, "it had lasted"


@pytest.mark.parametrize("patience", [0.0, 3 * PATIENCE])
def test_another_size_is_tried_whole(patience: float) -> None:
    room, other = Room(fit), replace(JOB, size=(640, 192))
    room.bearable(JOB, 0.0)
    room.ran_out(0.0)
    assert room.bearable(other, patience) is other
    assert room.bearable(JOB, patience) is JOB


def test_it_shrinks_by_the_sides() -> None:
    room = Room(lambda size: (size[1], size[0]))
    room.bearable(JOB, 0.0)
    room.ran_out(0.0)
    assert room.bearable(JOB, 0.0).size == (320 * SHRINK, 192 * SHRINK)


@pytest.mark.parametrize("size", [(2048, 2048), (3840, 2160), (8192, 8192), (16, 8192)])
def test_images_and_films_of_any_size_fit_into_their_boxes(size: tuple[int, int]) -> None:
    room, job = Room(fit), replace(JOB, size=size)
    width, height = room.bearable(job, 0.0).size
    assert 4 * width * height <= PIXELS
    plates = [Plate(n, (width, height), bytes(3 * width * height)) for n in (1, 2)]
    assert sum(map(len, encode_plates(plates))) <= PLATE_BYTES
    said = f"{size[0]}x{size[1]} is more than a show carries; played at {width}x{height}"
    assert room.said(job, 0.0) == ("" if size == carried(size) else said)
