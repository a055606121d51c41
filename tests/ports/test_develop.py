"""Frames of a decoder become pictures for the stage: upright, in their colours, and no larger than is seen."""

from pathlib import Path

import av
import numpy as np
import pytest
from clips import number, video

from perf.ports import still
from perf.ports.develop import Developer, combed, field, upright
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


@pytest.mark.parametrize(("channels", "alpha", "whole"), [(3, 255, True), (4, 255, True), (4, 254, False)])
def test_a_picture_says_whether_it_is_opaque(channels: int, alpha: int, whole: bool) -> None:
    pixels = np.full((2, 16, 4), 255, np.uint8)
    pixels[1, 3, 3] = alpha
    pixels = np.ascontiguousarray(pixels[..., :channels])
    frame = av.VideoFrame.from_ndarray(pixels, format="rgb24" if channels == 3 else "rgba")
    assert Developer()(frame, None).opaque is whole


def woven(path: Path, apart: int, noise: float = 0.0) -> Path:
    """An interlaced film of a box whose second fields are so many pixels further than their first."""
    rng = np.random.default_rng(1)
    with av.open(str(path), "w") as file:
        made = file.add_stream("libx264", rate=25, options={"x264-params": "tff=1", "crf": "10"})
        made.width, made.height, made.pix_fmt = 160, 96, "yuv420p"
        for turn in range(4):
            picture = np.zeros((96, 160, 3), np.uint8)
            for field in (0, 1):
                picture[32 + field : 64 : 2, 20 + 16 * turn + apart * field :][:, :40] = 255
            picture = np.clip(picture * 0.5 + rng.normal(64, noise, picture.shape), 0, 255).astype(np.uint8)
            file.mux(made.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        file.mux(made.encode())
    return path


@pytest.mark.parametrize("noise", [0.0, 12.0])
def test_an_interlaced_film_has_no_combs(tmp_path: Path, noise: float) -> None:
    moving = Video(woven(tmp_path / "moving.mkv", 8, noise))
    shot = moving.at(1 / 25)
    moving.close()
    assert (shot.size, shot.aspect) == ((160, 48), pytest.approx(160 / 96))
    box = np.frombuffer(shot.pixels, np.uint8).reshape(48, 160, 4)[18:30, :, 1].astype(float)
    assert np.ptp(box[:, 38:42].mean(0)) < 12, "the box is inside its first field's edges"
    assert box[:, 36:76].mean() > 180
    assert box[:, 76:84].mean() < 90


def boxed(left: int, height: int) -> av.VideoFrame:
    """A red box on blue."""
    picture = np.zeros((height, 160, 3), np.uint8)
    picture[..., 2] = 200
    picture[height // 3 : 2 * height // 3, left : left + 40] = (200, 0, 0)
    return av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p")


def weave(first: av.VideoFrame, second: av.VideoFrame) -> av.VideoFrame:
    """An interlaced frame of two fields."""
    both = av.VideoFrame(first.width, 2 * first.height, first.format.name)
    for index, plane in enumerate(both.planes):
        lines = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
        for start, given in enumerate((first, second)):
            own = np.frombuffer(given.planes[index], np.uint8).reshape(-1, given.planes[index].line_size)
            lines[start::2] = own[: len(lines[start::2])]
    return both


@pytest.mark.parametrize("height", [96, 90])
def test_a_field_of_an_interlaced_film_has_colours_of_its_own(height: int) -> None:
    both = weave(boxed(20, height // 2), boxed(60, height // 2))
    seen, meant = (frame.to_ndarray(format="rgb24").astype(int) for frame in (field(both), boxed(20, height // 2)))
    assert np.abs(seen - meant).max() <= 2
    mixed = both.to_ndarray(format="rgb24")[::2].astype(int)
    assert np.abs(mixed - meant).mean() > 10, "what it is without"


def test_an_interlaced_film_in_which_only_colours_move_has_no_combs(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "red.mkv"), "w") as file:
        made = file.add_stream("libx264", rate=25, options={"x264-params": "tff=1", "crf": "8"})
        made.width, made.height, made.pix_fmt = 160, 96, "yuv420p"
        for turn in range(4):
            file.mux(made.encode(weave(*(boxed(20 + 16 * turn + 8 * late, 48) for late in (0, 1)))))
        file.mux(made.encode())
    film = Video(tmp_path / "red.mkv")
    shot = film.at(1 / 25)
    film.close()
    assert shot.size == (160, 48)
    box = np.frombuffer(shot.pixels, np.uint8).reshape(48, 160, 4).astype(int)[18:30]
    assert box[:, 40:72, 0].min() > 150
    assert box[:, 80:, 0].max() < 50


@pytest.mark.parametrize("noise", [0.0, 12.0])
def test_whole_pictures_of_an_interlaced_film_stay_whole(tmp_path: Path, noise: float) -> None:
    film = Video(woven(tmp_path / "whole.mkv", 0, noise))
    assert film.at(1 / 25).size == (160, 96)
    film.close()


def test_lines_that_alternate_are_a_comb_and_smooth_or_single_ones_are_none() -> None:
    ramp = np.broadcast_to(np.arange(0, 240, 4, dtype=np.uint8)[:, None], (60, 80))
    assert not combed(ramp)
    line = ramp.copy()
    line[30] = 255
    assert not combed(line[:, :1])
    comb = ramp.copy()
    comb[::2, 20:40] = 255
    assert combed(comb)
    for odd in (np.zeros((1, 1), np.uint8), np.zeros((2, 5), np.uint8)):
        assert not combed(odd)
