"""Pictures that Pillow reads: still ones, numbered ones, and those that move."""

from pathlib import Path

import numpy as np
import pytest
from clips import barred, number, rgba
from PIL import Image

from perf.core.footage import MediaSpec
from perf.errors import DeviceError
from perf.ports import stills
from perf.ports.clip import open_clip


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
    shots = [open_clip(MediaSpec(name), tmp_path).at(0.0) for name in ("deep.png", "clear.webp")]
    assert (rgba(shots[1]) == (10, 20, 30, 40)).all()
    assert [shot.opaque for shot in shots] == [True, False]


def test_a_photograph_stands_as_the_camera_was_held(tmp_path: Path) -> None:
    picture, exif = Image.new("RGB", (40, 20)), Image.Exif()
    exif[0x0112] = 6
    picture.save(tmp_path / "a.jpg", exif=exif)
    assert open_clip(MediaSpec("a.jpg"), tmp_path).at(0.0).size == (20, 40)


def test_a_large_photograph_on_its_side_covers_the_stage(tmp_path: Path) -> None:
    picture, exif = Image.new("RGB", (1200, 800), (90, 90, 90)), Image.Exif()
    exif[0x0112] = 6
    picture.save(tmp_path / "a.jpg", exif=exif)
    shot = open_clip(MediaSpec("a.jpg"), tmp_path, (200, 100)).at(0.0)
    assert (shot.size, shot.aspect) == ((200, 300), pytest.approx(2 / 3))


def moving(path: Path, count: int = 12, **options: object) -> Path:
    """A film of barred pictures that are seen for 40, 80, 40 … ms."""
    pictures = [Image.fromarray(barred(n)) for n in range(count)]
    seen = [40 * (1 + n % 2) for n in range(count)]
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=seen, loop=0, **options)
    return path


def starts(count: int = 12) -> list[float]:
    return [0.06 * n if n % 2 == 0 else 0.06 * (n - 1) + 0.04 for n in range(count)]


@pytest.mark.parametrize(("name", "options"), [("a.png", {}), ("a.webp", {"lossless": True}), ("a.gif", {})])
@pytest.mark.parametrize("kept", [stills.KEPT, 1])
def test_pictures_that_move_play_forwards_and_backwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, options: dict, kept: int
) -> None:
    monkeypatch.setattr(stills, "KEPT", kept)
    moving(tmp_path / name, **options)
    clip = open_clip(MediaSpec(name), tmp_path)
    assert clip.length == pytest.approx(0.72, abs=0.002)
    for order in (range(12), range(11, -1, -1), (3, 11, 0, 5, 4)):
        assert [number(clip.at(starts()[n])) for n in order] == list(order)
        assert [number(clip.at(starts()[n] + 0.03)) for n in order] == list(order)
    assert number(clip.at(9.0)) == 11
    clip.close()


def test_one_that_moves_and_is_cut_off_plays_as_far_as_it_is_whole(tmp_path: Path) -> None:
    data = moving(tmp_path / "a.png").read_bytes()
    (tmp_path / "a.png").write_bytes(data[: len(data) * 2 // 3])
    clip = open_clip(MediaSpec("a.png"), tmp_path)
    assert 0.2 < clip.length < 0.6
    assert number(clip.at(0.0)) == 0
    clip.close()


def test_one_that_does_not_say_how_long_is_seen_for_a_tenth_of_a_second(tmp_path: Path) -> None:
    pictures = [Image.fromarray(barred(n)) for n in range(3)]
    pictures[0].save(tmp_path / "a.png", save_all=True, append_images=pictures[1:], duration=0)
    clip = open_clip(MediaSpec("a.png"), tmp_path)
    assert clip.length == pytest.approx(0.3)
    clip.close()


def test_pages_are_no_film(tmp_path: Path) -> None:
    pictures = [Image.fromarray(barred(n)) for n in (5, 6)]
    pictures[0].save(tmp_path / "a.tif", save_all=True, append_images=pictures[1:])
    clip = open_clip(MediaSpec("a.tif"), tmp_path)
    assert number(clip.at(0.5)) == 5


def test_one_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moving(tmp_path / "a.png")
    monkeypatch.setattr("perf.ports.still.LIMIT", 100)
    with pytest.raises(DeviceError, match="at most 100 are read"):
        open_clip(MediaSpec("a.png"), tmp_path)


def test_floats_are_seen_from_nought_to_one(tmp_path: Path) -> None:
    Image.fromarray(np.full((4, 4), 0.5, np.float32)).save(tmp_path / "a.tif")
    assert (rgba(open_clip(MediaSpec("a.tif"), tmp_path).at(0.0)) == (127, 127, 127, 255)).all()


def test_a_still_is_no_larger_than_covers_the_stage(tmp_path: Path) -> None:
    Image.new("RGBA", (400, 200), (10, 200, 30, 255)).save(tmp_path / "a.png")
    shot = open_clip(MediaSpec("a.png"), tmp_path, (100, 80)).at(0.0)
    assert (shot.size, shot.aspect) == ((160, 80), 2.0)
    assert (rgba(shot) == (10, 200, 30, 255)).all()
