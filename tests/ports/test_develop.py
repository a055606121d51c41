"""Frames of a decoder become pictures for the stage: upright, in their colours, and no larger than is seen."""

from pathlib import Path

import av
import numpy as np
import pytest
from clips import number, video

from perf.ports import still
from perf.ports.develop import Developer, upright
from perf.ports.hdr import HLG, PQ, tones
from perf.ports.still import reduced
from perf.ports.video import Video


def test_a_large_video_is_made_smaller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(still, "SIDE", 48)
    assert Video(video(tmp_path / "a.mp4", 2)).at(0.0).size == (48, 32)


def test_a_turned_video_is_set_upright() -> None:
    rows = np.zeros((2, 4, 4), np.uint8)
    rows[0, 0] = 255
    assert upright(rows, -90).shape == (4, 2, 4)
    assert upright(rows, -90)[0, 1, 0] == 255, "clockwise: what was at the left top is at the right top"
    assert np.array_equal(upright(rows, 0), rows)


def test_no_more_is_kept_of_a_picture_than_covers_the_stage() -> None:
    stage = (1280, 720)
    assert reduced((640, 360), 16 / 9, stage) == (640, 360), "what is smaller stays as it is"
    assert reduced((3840, 2160), 16 / 9, stage) == (1280, 720)
    assert reduced((4000, 4000), 1.0, stage) == (1280, 1280)
    assert reduced((2160, 3840), 9 / 16, stage) == (1280, 2276)
    assert reduced((1440, 1080), 16 / 9, stage) == (1280, 720), "pixels need not be square"
    assert reduced((30000, 2), 15000.0, stage)[0] == 4096


def test_a_video_is_made_smaller_for_its_stage_and_keeps_its_aspect(tmp_path: Path) -> None:
    clip = Video(video(tmp_path / "a.mp4", 3), (48, 20))
    shot = clip.at(2 / 25)
    assert (shot.size, shot.aspect, number(shot)) == ((48, 32), 1.5, 2)
    clip.close()


def test_a_turned_video_covers_the_stage_as_it_stands() -> None:
    frame = av.VideoFrame.from_ndarray(np.zeros((64, 96, 3), np.uint8), format="rgb24")
    frame.make_writable()
    lying = Developer((48, 48))(frame, None)
    assert lying.size == (72, 48)


@pytest.mark.parametrize("transfer", [1, PQ, HLG])
def test_high_dynamic_range_comes_with_its_table(transfer: int) -> None:
    frame = av.VideoFrame.from_ndarray(np.zeros((2, 2, 3), np.uint8), format="rgb24")
    frame.color_trc = transfer
    assert Developer()(frame, None).tones is tones(transfer)
    assert (tones(transfer) is None) == (transfer == 1)
