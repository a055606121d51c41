"""Plates: a film's picture at the sampler's size, as its layer fits it, decoded beside the show."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from clips import FPS, told, video
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from waiting import until

from perf.core.footage import FITS, Footage, MediaSpec, Shot
from perf.core.frame import Job, Plate
from perf.core.job import carried
from perf.core.patch import LayerSpec, Patch
from perf.ports import clip, plates
from perf.ports.hdr import PQ, tones
from perf.ports.mailbox import Inbox
from perf.ports.plates import Plates, plate


def shot(width: int, height: int, aspect: float = 0.0) -> Shot:
    """Red grows to the right, green downwards."""
    pixels = np.zeros((height, width, 4), np.uint8)
    pixels[..., 0] = np.linspace(0, 255, width)
    pixels[..., 1] = np.linspace(0, 255, height)[:, None]
    pixels[..., 3] = 255
    return Shot((width, height), pixels.tobytes(), aspect or width / height)


def rows(made: Plate) -> NDArray[np.int64]:
    return np.frombuffer(made.pixels, np.uint8).reshape(made.size[1], made.size[0], 3).astype(int)


def test_cover_cuts_what_is_too_much_and_keeps_the_middle() -> None:
    made = rows(plate(1, shot(200, 100), "cover", (50, 50)))
    assert made.shape == (50, 50, 3)
    assert (made[25, 0, 0], made[25, -1, 0]) == (pytest.approx(65, abs=4), pytest.approx(190, abs=4))
    assert (made[0, 25, 1], made[-1, 25, 1]) == (pytest.approx(0, abs=4), pytest.approx(255, abs=4))


def test_contain_shows_all_of_it_between_black_bars() -> None:
    made = rows(plate(1, shot(200, 100), "contain", (48, 48)))
    assert not made[:11].any()
    assert not made[37:].any()
    assert made[24, -1, 0] > 245
    assert made[34, 0, 1] > 235


def test_stretch_shows_all_of_it_everywhere() -> None:
    made = rows(plate(1, shot(200, 100), "stretch", (32, 32)))
    assert (made[16, -1, 0], made[-1, 16, 1]) == (pytest.approx(252, abs=4), pytest.approx(252, abs=4))


def test_pixels_that_are_not_square_count_as_they_are_seen() -> None:
    made = rows(plate(1, shot(100, 100, aspect=2.0), "cover", (50, 50)))
    assert made[25, 0, 0] == pytest.approx(65, abs=4)


sides = st.integers(1, 70)


@given(st.tuples(sides, sides), st.tuples(sides, sides), st.sampled_from(FITS), st.floats(0.05, 20.0))
def test_any_shot_fits_any_plate(inner: tuple[int, int], outer: tuple[int, int], fit: str, aspect: float) -> None:
    grey = Shot(inner, bytes([90, 90, 90, 255]) * (inner[0] * inner[1]), aspect)
    made = rows(plate(1, grey, fit, outer))
    assert made.shape == (outer[1], outer[0], 3)
    assert (made == 90).any()
    assert fit == "contain" or (made == 90).all()


def test_high_dynamic_range_comes_to_the_sampler_as_it_is_seen() -> None:
    grey = Shot((8, 8), bytes([148, 148, 148, 255] * 64), 1.0, tones=tones(PQ))
    assert rows(plate(1, grey, "cover", (4, 4)))[0, 0].tolist() == pytest.approx([232] * 3, abs=2)


def test_what_is_transparent_is_black() -> None:
    assert not rows(plate(1, Shot((2, 2), bytes([255, 255, 255, 0]) * 4, 1.0), "cover", (8, 8))).any()


@pytest.fixture
def stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Plates]:
    monkeypatch.setattr(plates, "RETRY", 0.01)
    patch = Patch(layers=tuple(LayerSpec("media", media=film) for film in (MediaSpec("a.mp4"), MediaSpec(camera="0"))))
    seen = Shot((1, 1), bytes([7, 7, 7, 255]), 1.0)
    made = Plates(patch, tmp_path, lambda number: seen if number == 2 else None, Inbox().fault)
    yield made
    made.close()


def taken(stand: Plates, *footage: tuple[int, Footage]) -> tuple[Plate, ...]:
    return stand.take(Job(size=(96, 64), footage=footage))


def test_the_picture_at_its_second_is_there_without_waiting_for_it(stand: Plates, tmp_path: Path) -> None:
    video(tmp_path / "a.mp4")

    def number(run: float) -> int:
        found = taken(stand, (1, Footage(run)))
        return told(rows(found[0])[32, :, 1]) if found else -1

    for picture in (0, 30, 7):
        until(lambda picture=picture: number((picture + 0.5) / FPS) == picture, 10.0)
    same = taken(stand, (1, Footage(7.5 / FPS)))
    assert taken(stand, (1, Footage(7.5 / FPS))) is same
    assert taken(stand) == ()


def test_a_missing_film_is_opened_when_it_is_there_and_a_camera_is_its_layer_s(stand: Plates, tmp_path: Path) -> None:
    until(lambda: [found.number for found in taken(stand, (1, Footage()), (2, Footage()))] == [2], 10.0)
    assert rows(taken(stand, (1, Footage()), (2, Footage()))[0])[0, 0].tolist() == [7, 7, 7]
    video(tmp_path / "a.mp4")
    until(lambda: [found.number for found in taken(stand, (1, Footage()), (2, Footage()))] == [1, 2], 10.0)


def test_for_an_image_that_is_too_large_it_is_as_large_as_that_will_be(stand: Plates) -> None:
    found = until(lambda: stand.take(Job(size=(3840, 2160), footage=((2, Footage()),))), 10.0)
    assert found[0].size == carried((3840, 2160))


def test_a_picture_that_cannot_be_used_is_told_and_the_next_one_plays(tmp_path: Path) -> None:
    shots, inbox = iter([Shot((4, 4), b"", 1.0)]), Inbox()
    patch = Patch(layers=(LayerSpec("media", media=MediaSpec(camera="0")),))
    stand = Plates(patch, tmp_path, lambda number: next(shots, shot(4, 4)), inbox.fault)
    until(lambda: taken(stand, (1, Footage())), 10.0)
    counts, messages = inbox.faults()
    assert counts["media"] == 1
    assert "the sampler's film cannot be used" in messages[0][1]
    stand.close()


def test_a_film_that_is_written_anew_comes_anew(stand: Plates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clip, "LOOK", 0.0)
    video(tmp_path / "a.mp4", 3)
    until(lambda: taken(stand, (1, Footage())), 10.0)
    video(tmp_path / "b.mp4").replace(tmp_path / "a.mp4")

    def fiftieth() -> bool:
        return any(told(rows(made)[8, :, 1]) == 50 for made in taken(stand, (1, Footage(50 / FPS, fit="stretch"))))

    until(fiftieth, 10.0)
