"""Videos: every second of one gives exactly its picture, however it is reached; what is broken says so."""

import os
import random
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from clips import FPS, PICTURES, number, rgba, timed, video

from perf.core.footage import Footage
from perf.errors import DeviceError
from perf.ports import video as module
from perf.ports.video import Video


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return video(tmp_path_factory.mktemp("clips") / "film.mp4")


def seen(clip: Video, numbers: list[int], fps: float = FPS) -> list[int]:
    """The pictures at the beginning of each of these, and shortly before their end."""
    found = [(number(clip.at(n / fps)), number(clip.at((n + 0.9) / fps))) for n in numbers]
    assert all(one == other for one, other in found)
    return [one for one, _ in found]


def scattered() -> list[int]:
    chance = random.Random(1)
    return [chance.randrange(PICTURES) for _ in range(60)]


@pytest.mark.parametrize(
    ("name", "stream"),
    [
        ("a.mp4", {}),
        ("a.mkv", {}),
        ("a.ts", {}),
        ("a.mpg", {"codec": "mpeg2video", "max_b_frames": 2}),
        ("a.avi", {"codec": "mpeg4", "max_b_frames": 2}),  # says that it begins before its first picture
        ("a.webm", {"codec": "libvpx-vp9", "max_b_frames": 0}),
        ("a.mov", {"codec": "prores_ks", "pix_fmt": "yuv422p10le", "max_b_frames": 0}),
    ],
)
def test_any_second_is_its_picture_forwards_backwards_and_anywhere(tmp_path: Path, name: str, stream: dict) -> None:
    clip = Video(video(tmp_path / name, **stream))
    every = list(range(PICTURES))
    assert clip.length == pytest.approx(PICTURES / FPS, abs=0.001)
    for numbers in (every, scattered(), every[::-1], every[::5], [0, 59, 0, 30]):
        assert seen(clip, numbers) == numbers
    clip.close()


def test_little_memory_gives_the_same_pictures(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT", 1)
    clip, back = Video(film), list(range(PICTURES))[::-1]
    assert seen(clip, back) == back
    clip.close()


def test_half_of_the_machine_is_left_to_the_show(film: Path) -> None:
    clip = Video(film)
    clip.at(0.0)
    assert clip._stream.codec_context.thread_count == max((os.cpu_count() or 2) // 2, 1)
    clip.close()


def test_a_picture_is_made_once(film: Path) -> None:
    clip = Video(film)
    assert clip.at(0.5) is clip.at(0.51)
    assert clip.at(0.5) is not clip.at(0.55)
    clip.close()


def test_footage_plays_it_backwards_and_between_in_and_out(film: Path) -> None:
    clip = Video(film)

    def played(count: int, **footage: Any) -> list[int]:
        return [number(clip.at(Footage(n / FPS, **footage).place(clip.length)))
                for n in range(count)]  # fmt: skip

    assert played(62) == [*range(60), 0, 1]
    assert played(6, start=0.4, end=0.56) == [10, 11, 12, 13, 10, 11]
    assert played(9, start=0.4, end=0.56, loop="pingpong")[:5] == [10, 11, 12, 13, 13]
    assert played(6, start=0.4, end=0.56, loop="once") == [10, 11, 12, 13, 13, 13]
    back = [number(clip.at(Footage(-n / FPS).place(clip.length))) for n in range(62)]
    assert back == [0, *range(59, -1, -1), 59]
    clip.close()


def test_a_loop_is_decoded_once_though_the_next_pictures_are_looked_at_ahead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One key picture alone: each way back over the seam would decode all of it again."""
    clip = Video(video(tmp_path / "a.mp4", gop_size=PICTURES))
    monkeypatch.setattr(module, "KEPT", 200_000)  # some twenty
    decoded = []
    find = Video._decoded
    monkeypatch.setattr(Video, "_decoded", lambda *args: (decoded.append(found) or found for found in find(*args)))
    clip.at(0.0)
    for picture in range(4 * PICTURES):
        now = Footage((picture + 0.5) / FPS)
        for ahead in (0.0, 0.04, 0.08, 0.12):
            place = now.ahead(ahead).place(clip.length)
            assert number(clip.at(place)) == int(place * FPS + 0.01)
    assert len(decoded) < 5 * PICTURES + 10
    clip.close()


def test_pictures_that_come_unevenly_are_seen_until_the_next(tmp_path: Path) -> None:
    clip = Video(timed(tmp_path / "uneven.mkv", [0.0, 0.1, 0.5, 0.52, 1.7]))
    places = (0.0, 0.05, 0.1, 0.49, 0.5, 0.53, 1.69, 1.7)
    assert [number(clip.at(place)) for place in places] == [0, 0, 1, 1, 2, 3, 3, 4]
    clip.close()


@pytest.mark.parametrize("size", [(2, 2), (98, 34), (16, 200)])
def test_sizes_that_fit_no_block(tmp_path: Path, size: tuple[int, int]) -> None:
    shot = Video(video(tmp_path / "odd.mp4", 3, size)).at(0.0)
    assert (shot.size, len(shot.pixels)) == (size, size[0] * size[1] * 4)


def test_an_odd_size_and_alpha_are_kept(tmp_path: Path) -> None:
    rows = np.zeros((33, 51, 4), np.uint8)
    rows[:, :25] = (200, 100, 50, 255)
    rows[:, 25:] = (200, 100, 50, 64)
    with av.open(str(tmp_path / "a.mkv"), "w") as file:
        made = file.add_stream("ffv1", rate=FPS)
        made.width, made.height, made.pix_fmt = 51, 33, "bgra"
        file.mux(made.encode(av.VideoFrame.from_ndarray(rows, format="rgba")))
        file.mux(made.encode())
    assert np.array_equal(rgba(Video(tmp_path / "a.mkv").at(0.0)), rows)


def test_a_cut_off_video_plays_as_far_as_it_goes(tmp_path: Path) -> None:
    whole = video(tmp_path / "whole.ts")
    data = whole.read_bytes()
    (tmp_path / "cut.ts").write_bytes(data[: len(data) // 2])
    clip = Video(tmp_path / "cut.ts")
    assert 0.2 < clip.length < 2.2
    last = number(clip.at(100.0))
    assert 5 < last < 58
    assert seen(clip, [3, 0, 4]) == [3, 0, 4]
    clip.close()


def test_a_codec_that_nobody_knows_is_said(tmp_path: Path) -> None:
    data = video(tmp_path / "a.mkv").read_bytes()
    assert data.count(b"V_MPEG4/ISO/AVC") == 1
    (tmp_path / "a.mkv").write_bytes(data.replace(b"V_MPEG4/ISO/AVC", b"V_MPEG4/ISO/XYZ"))
    with pytest.raises(DeviceError, match=r"a.mkv: nothing here knows its codec; export it again"):
        Video(tmp_path / "a.mkv")


def test_sound_alone_is_no_video(tmp_path: Path) -> None:
    import wave

    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(1600))
    with pytest.raises(DeviceError, match="it has no pictures; give a video"):
        Video(tmp_path / "a.wav")


@pytest.mark.parametrize(("codec", "decoder"), [("libvpx-vp9", "vp9"), ("libvpx", "vp8")])
def test_a_webm_with_alpha_keeps_it_after_a_seek_too(tmp_path: Path, codec: str, decoder: str) -> None:
    rows = np.full((64, 96, 4), 255, np.uint8)
    rows[:, :48, 3] = 64
    with av.open(str(tmp_path / "a.webm"), "w") as file:
        made = file.add_stream(codec, rate=FPS, options={"auto-alt-ref": "0"})
        made.width, made.height, made.pix_fmt = 96, 64, "yuva420p"
        for _ in range(40):
            file.mux(made.encode(av.VideoFrame.from_ndarray(rows, format="rgba")))
        file.mux(made.encode())
    clip = Video(tmp_path / "a.webm")
    assert clip._stream.codec.name == decoder
    for place in (0.0, 1.5, 0.1):
        left, right = rgba(clip.at(place))[32, (20, 80), 3]
        assert abs(int(left) - 64) < 6
        assert right == 255
    clip.close()
