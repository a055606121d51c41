"""Clips: every second of a video gives exactly its picture, however it is reached; what is broken says so."""

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from clips import FPS, PICTURES, barred, number, rgba, timed, video
from PIL import Image

from perf.core.footage import Footage, MediaSpec
from perf.errors import DeviceError
from perf.ports import clip as module
from perf.ports.clip import Stills, Video, open_clip, tried, upright


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return video(tmp_path_factory.mktemp("clips") / "film.mp4")


def seen(clip: Video | Stills, numbers: list[int], fps: float = FPS) -> list[int]:
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
    import av

    rows = np.zeros((33, 51, 4), np.uint8)
    rows[:, :25] = (200, 100, 50, 255)
    rows[:, 25:] = (200, 100, 50, 64)
    with av.open(str(tmp_path / "a.mkv"), "w") as file:
        made = file.add_stream("ffv1", rate=FPS)
        made.width, made.height, made.pix_fmt = 51, 33, "bgra"
        file.mux(made.encode(av.VideoFrame.from_ndarray(rows, format="rgba")))
        file.mux(made.encode())
    assert np.array_equal(rgba(Video(tmp_path / "a.mkv").at(0.0)), rows)


def test_a_large_video_is_made_smaller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SIDE", 48)
    assert Video(video(tmp_path / "a.mp4", 2)).at(0.0).size == (48, 32)


def test_a_turned_video_is_set_upright() -> None:
    rows = np.zeros((2, 4, 4), np.uint8)
    rows[0, 0] = 255
    assert upright(rows, -90).shape == (4, 2, 4)
    assert upright(rows, -90)[0, 1, 0] == 255, "clockwise: what was at the left top is at the right top"
    assert np.array_equal(upright(rows, 0), rows)


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


def broken(folder: Path) -> dict[str, Path]:
    data = video(folder / "good.mp4").read_bytes()
    files = {"empty.mp4": b"", "noise.mp4": random.Random(2).randbytes(5000), "cut.mp4": data[: len(data) // 3]}
    files |= {"text.png": b"no picture", "cut.png": b"\x89PNG\r\n\x1a\n" + bytes(40)}
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return {name: folder / name for name in files}


def test_what_is_broken_or_missing_says_what_it_is_and_what_to_do(tmp_path: Path) -> None:
    for name, path in broken(tmp_path).items():
        said = tried(MediaSpec(name), tmp_path)
        assert str(path) in said, name
        assert "export it again" in said or "save it again" in said, said
    assert "there is no such file; put it beside the patch" in tried(MediaSpec("none.mp4"), tmp_path)
    (tmp_path / "void").mkdir()
    assert "no pictures in it; it takes numbered ones" in tried(MediaSpec("void"), tmp_path)
    assert tried(MediaSpec("good.mp4"), tmp_path) == ""
    assert tried(MediaSpec(camera="7"), tmp_path) == ""


def test_sound_alone_is_no_video(tmp_path: Path) -> None:
    import wave

    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(1600))
    with pytest.raises(DeviceError, match="it has no pictures; give a video"):
        Video(tmp_path / "a.wav")


def test_a_folder_of_numbered_pictures_is_a_film(tmp_path: Path) -> None:
    folder = tmp_path / "frames"
    folder.mkdir()
    for n in (9, 10, 100, 8):
        Image.fromarray(barred(n)).save(folder / f"take1_{n}.png")
    (folder / "notes.txt").write_text("no picture")
    clip = open_clip(MediaSpec("frames", fps=10.0), tmp_path)
    assert clip.length == 0.4
    assert [number(clip.at(n / 10)) for n in (0, 1, 2, 3, 2, 40)] == [8, 9, 10, 100, 10, 100]


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp"])
def test_a_still_is_seen_for_ever(tmp_path: Path, name: str) -> None:
    Image.new("RGB", (31, 17), (120, 120, 120)).save(tmp_path / name)
    clip = open_clip(MediaSpec(name), tmp_path)
    assert clip.at(0.0) is clip.at(1e4)
    assert clip.at(0.0).size == (31, 17)
    assert rgba(clip.at(0.0))[8, 15].tolist() == [120, 120, 120, 255]


def test_sixteen_bits_and_alpha(tmp_path: Path) -> None:
    Image.fromarray(np.full((20, 20), 30720, np.uint16)).save(tmp_path / "deep.png")
    assert (rgba(open_clip(MediaSpec("deep.png"), tmp_path).at(0.0)) == (120, 120, 120, 255)).all()
    Image.new("RGBA", (20, 20), (10, 20, 30, 40)).save(tmp_path / "clear.webp", lossless=True, exact=True)
    assert (rgba(open_clip(MediaSpec("clear.webp"), tmp_path).at(0.0)) == (10, 20, 30, 40)).all()


def test_a_photograph_stands_as_the_camera_was_held(tmp_path: Path) -> None:
    picture, exif = Image.new("RGB", (40, 20)), Image.Exif()
    exif[0x0112] = 6
    picture.save(tmp_path / "a.jpg", exif=exif)
    assert open_clip(MediaSpec("a.jpg"), tmp_path).at(0.0).size == (20, 40)
