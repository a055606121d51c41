"""Jobs, statuses and pictures come back as they were sent."""

from dataclasses import replace

from perf.core.camera import Pose
from perf.core.frame import Job
from perf.core.motion import Motion
from perf.worker.message import (
    HEAD_BYTES,
    STOP,
    Ahead,
    Status,
    decode_job,
    decode_picture,
    decode_status,
    encode_job,
    encode_picture,
    encode_status,
)

JOB = Job(index=7, seconds=2.5, prompts=(("日本 🎛", -0.5),), pose=Pose(zoom=1.5), epoch=3)


def test_round_trips() -> None:
    assert decode_job(encode_job(JOB)) == (JOB, Ahead(), ())
    ahead = Ahead(replace(JOB, seed=2.0), 3, 2, 0.1)
    assert decode_job(encode_job(JOB, ahead, (0, 1))) == (JOB, ahead, (0, 1))
    assert decode_job(STOP) is None
    status = Status("playing", "a message", 12, 99, 1, 3.5, 800.0, "embedded")
    assert decode_status(encode_status(status)) == status


def test_a_picture_carries_its_pixels_its_pose_and_its_times() -> None:
    picture, epoch = decode_picture(encode_picture(JOB, (2, 1), JOB.epoch) + bytes(range(6)), 9.0)
    assert (bytes(picture.pixels), picture.size, epoch) == (bytes(range(6)), (2, 1), 3)
    assert (picture.pose, picture.seconds, picture.asked) == (JOB.pose, 9.0, 2.5)
    assert picture.motion is None


def test_a_picture_carries_how_it_came_and_its_head_fits_its_box() -> None:
    longest = Motion((40, 40), bytes(range(256)) * 25)
    head = encode_picture(JOB, (2, 1), JOB.epoch, motion=longest)
    found = decode_picture(head + bytes(6), 9.0)[0].motion
    assert found is not None
    assert (found.size, found.cells) == (longest.size, longest.cells)
    assert len(head) <= HEAD_BYTES


def test_a_job_as_long_as_it_gets_fits_its_box() -> None:
    from perf.worker.message import JOB_BYTES

    longest = replace(JOB, prompts=tuple(("🎛" * 4096, 1.0) for _ in range(9)))
    assert len(encode_job(longest, Ahead(longest))) < JOB_BYTES
