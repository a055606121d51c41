"""Chapters: what a film shows over time, in its file."""

import json
from fractions import Fraction
from pathlib import Path

import av
import pytest
from filming import SIZE, counted
from PIL import Image

from perf.ports.film import Film, FilmOptions
from perf.ports.film_chapters import LONGEST, MOST, Scenes, chapters, scene

FPS = 10.0
SET = ["sea, seed 1"] * 15 + ["the sea + dusk, seed 1"] * 12 + ["city, seed 2"] * 8
CHAPTERS = [("sea, seed 1", 0.0), ("the sea + dusk, seed 1", 1.5), ("city, seed 2", 2.7)]


def read(path: Path) -> list[tuple[str, float]]:
    with av.open(str(path)) as film:
        rows = film.chapters()
        assert [row["end"] * row["time_base"] for row in rows[:-1]] == [
            row["start"] * row["time_base"] for row in rows[1:]
        ]
        return [(row["metadata"]["title"], round(float(row["start"] * row["time_base"]), 3)) for row in rows]


@pytest.mark.parametrize(
    ("prompts", "seed", "words"),
    [
        ([("dusk", 0.4), ("the sea", 0.6)], 7.0, "the sea + dusk, seed 7"),
        ([("the sea", 1.0), ("fog", -0.5), ("city", 0.0), ("", 1.0)], 7.9, "the sea - fog, seed 7"),
        ([("a\nb", 1.0)], 0.0, "a b, seed 0"),
        ([], 3.0, "no prompt, seed 3"),
    ],
)
def test_a_scene_is_called_what_was_asked_for(prompts, seed: float, words: str) -> None:
    assert scene(prompts, seed) == words


def test_a_long_text_keeps_its_seed_and_fits() -> None:
    words = scene([("é" * 4000, 1.0)], 12.0)
    assert len(words.encode()) <= LONGEST
    assert words.endswith(", seed 12")


def test_a_change_that_comes_too_early_is_one_a_little_later() -> None:
    scenes = Scenes(FPS)
    began = [frame for frame in range(40) if scenes.begins(frame, "a" if frame < 3 else "b")]
    assert began == [0, 10]
    every = Scenes(FPS)
    assert [frame for frame in range(40) if every.begins(frame, str(frame))] == [0, 10, 20, 30]


def test_no_more_than_the_container_counts() -> None:
    made = chapters([(10 * n, str(n)) for n in range(MOST + 45)], 10 * (MOST + 45), Fraction(10))
    assert (len(made), made[-1]["start"], made[-1]["end"]) == (MOST, 10 * (MOST - 1), 10 * MOST)


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.mkv"])
@pytest.mark.parametrize("told", [{}, {"apart": True}, {"parts": True}], ids=["thread", "process", "parts"])
def test_a_film_has_its_chapters(tmp_path: Path, name: str, told: dict) -> None:
    film = Film(tmp_path / name, SIZE, FPS, FilmOptions(**told))
    for number, words in enumerate(SET):
        assert film.put(counted(number), words)
    assert film.close().failure == ""
    assert read(tmp_path / name) == CHAPTERS


def test_a_film_that_was_gone_on_with_has_them_all(tmp_path: Path) -> None:
    path, half = tmp_path / "a.mp4", 50
    long = ["one"] * 20 + ["two"] * 40 + ["three"] * 15
    film = Film(path, SIZE, FPS, FilmOptions(parts=True))
    for number, words in enumerate(long[:half]):
        film.put(counted(number), words)
    film.leave()
    film = Film(path, SIZE, FPS, FilmOptions(parts=True, begin=half))
    for number, words in enumerate(long[:half]):
        film.passed(number, words)
    for number, words in enumerate(long[half:], half):
        film.put(counted(number), words)
    film.close()
    assert read(path) == [("one", 0.0), ("two", 2.0), ("three", 6.0)]


def test_a_live_film_places_them_by_its_own_time(tmp_path: Path) -> None:
    film = Film(tmp_path / "a.mp4", SIZE, FPS, FilmOptions(waiting=99))
    for number, seconds in enumerate([5.0, 5.1, 7.0, 7.1]):
        film.offer(counted(number), seconds, "sea" if seconds < 6 else "city")
    film.close()
    assert read(tmp_path / "a.mp4") == [("sea", 0.0), ("city", 2.0)]


def test_numbered_pictures_say_it_each(tmp_path: Path) -> None:
    film = Film(tmp_path / "frames", SIZE, FPS, FilmOptions({"patch": "x"}))
    for number, words in enumerate(SET):
        film.put(counted(number), words)
    film.close()
    said = []
    for path in sorted((tmp_path / "frames").glob("*.png")):
        with Image.open(path) as picture:
            said.append(picture.text["Description"])
            assert json.loads(picture.text["Comment"]) == {"patch": "x"}
    assert said == SET
