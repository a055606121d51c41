"""Rendering: the same command twice gives the same frames, a take plays again, and any rate tells the same story."""

import wave
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from clips import told, video

from perf.core.event import Event
from perf.errors import UsageError
from perf.offline import Render, RenderOptions
from perf.wire.take import TakeHead, encode, encode_head

Folder = Callable[[str], Path]
PATCH = """
[model]
size = [64, 64]
[stage]
size = [96, 64]
[clock]
tempo = 120
[params]
"/sampler/rate" = 10
[[layer]]
[[track]]
address = "/prompt/1/text"
loop = 4
keys = [[0, "sea"], [2, "city"]]
"""


def test_what_the_model_cannot_do_is_noted_once(tmp_path: Path, model_folder: Folder) -> None:
    patch = tmp_path / "p.toml"
    patch.write_text(PATCH.replace("[params]", '[params]\n"/sampler/mode" = "clip"'))
    film = Render(
        RenderOptions(str(patch), tmp_path / "f", model=str(model_folder("flow")), device="cpu", seconds=0.5, fps=10.0)
    )
    for _ in film.frames():
        pass
    film.close()
    assert len(film.notes) == 1
    assert "has no guide" in film.notes[0]


@pytest.fixture
def make(tmp_path: Path, model_folder: Folder) -> Callable[..., np.ndarray]:
    patch = tmp_path / "p.toml"
    patch.write_text(PATCH)

    def render(name: str, **changes: object) -> np.ndarray:
        options = {"seconds": 0.5, "fps": 20.0} | changes
        film = Render(
            RenderOptions(str(patch), tmp_path / name, model=str(model_folder("flow")), device="cpu", **options)
        )
        try:
            for _ in film.frames():
                pass
        finally:
            film.close()
        return frames(tmp_path / name)

    return render


def frames(path: Path) -> np.ndarray:
    if path.is_dir():
        files = sorted(path.glob("*.png"))
        return np.stack([next(av.open(str(f)).decode(video=0)).to_ndarray(format="rgb24") for f in files])
    with av.open(str(path)) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])


def test_twice_the_same_frames(make: Callable[..., np.ndarray], tmp_path: Path) -> None:
    one, two = make("one.mkv"), make("two.mkv")
    assert one.shape == (10, 64, 96, 3)
    assert np.array_equal(one, two)
    assert (tmp_path / "one.mkv").read_bytes() == (tmp_path / "two.mkv").read_bytes()


def test_a_film_begins_with_its_first_image(make: Callable[..., np.ndarray], tmp_path: Path) -> None:
    white = '[params]\n"/source/kind" = "colour"\n"/source/colour" = "#ffffff"\n"/sampler/skip" = 1\n'
    (tmp_path / "p.toml").write_text(white)
    found = make("white.mkv").mean(axis=(1, 2, 3))
    assert found.min() > 0.9 * found.max(), "no picture of waiting, which is dark"


LAYER = '[[layer]]\nsource = "media"\nfit = "stretch"\nfile = '


def test_a_film_in_a_film_shows_exactly_its_pictures_twice(make: Callable[..., np.ndarray], tmp_path: Path) -> None:
    video(tmp_path / "clip.mp4")
    (tmp_path / "p.toml").write_text(
        PATCH.replace("[[layer]]", f'{LAYER}"clip.mp4"\nspeed = -1.5\nin = 0.4\nout = 1.0')
    )
    first, again = make("one", fps=25.0, seconds=1.0), make("two", fps=25.0, seconds=1.0)
    assert np.array_equal(first, again)
    seconds = [0.4 + (-1.5 * index / 25) % 0.6 for index in range(25)]
    assert [told(picture[32, :, 1]) for picture in first] == [int(25 * place + 0.01) for place in seconds]


def test_the_sampler_starts_from_exactly_the_film_s_pictures(make: Callable[..., np.ndarray], tmp_path: Path) -> None:
    video(tmp_path / "clip.mp4")
    layer = f'{LAYER}"clip.mp4"\nopacity = 0.0\nspeed = 2.0'
    sampled = '"/sampler/rate" = 10\n"/sampler/skip" = 1.0\n"/source/kind" = "media"\n"/source/layer" = 2'
    (tmp_path / "p.toml").write_text(PATCH.replace('"/sampler/rate" = 10', sampled) + layer)
    film = make("film", fps=10.0, seconds=1.0)
    seen = [told(picture[32, :, 1]) for picture in film]
    assert seen[2:] == [int(2.0 * 25 * index / 10 + 0.01) % 60 for index in range(1, 9)]  # each is there a frame later


def test_a_film_of_what_cannot_be_shown_has_a_card_and_a_note(
    make: Callable[..., np.ndarray], tmp_path: Path, model_folder: Folder
) -> None:
    (tmp_path / "clip.mp4").write_bytes(b"no film")
    (tmp_path / "p.toml").write_text(PATCH.replace("[[layer]]", LAYER + '"clip.mp4"'))
    options = RenderOptions(
        str(tmp_path / "p.toml"), tmp_path / "f", model=str(model_folder("flow")), device="cpu", seconds=0.5, fps=10.0
    )
    film = Render(options)
    assert len(list(film.frames())) == 5
    film.close()
    assert [note for note in film.notes if "clip.mp4: cannot be played" in note] == film.notes
    (tmp_path / "clip.mp4").unlink()
    with pytest.raises(UsageError, match=r"clip.mp4: there is no such file; put it there, or correct `file`"):
        make("none")


def test_numbered_pictures_and_the_loop_as_length(make: Callable[..., np.ndarray]) -> None:
    assert make("frames", seconds=0.0, fps=5.0).shape == (10, 64, 96, 3)


def test_a_take_plays_again(make: Callable[..., np.ndarray], tmp_path: Path) -> None:
    lines = [encode_head(TakeHead("p.toml", "", "flow"))]
    lines += [encode(0.3, Event(0.29, "/master/blackout", (1,), "osc")), encode(0.4, Event(0.4, "/nowhere", (), "osc"))]
    (tmp_path / "t.jsonl").write_text("".join(lines))
    film = make("film", take=str(tmp_path / "t.jsonl"))
    dark = [bool(frame.max() == 0) for frame in film]
    assert dark == [False] * 6 + [True] * 4
    at_another_rate = make("film60", take=str(tmp_path / "t.jsonl"), fps=40.0)
    assert [bool(frame.max() == 0) for frame in at_another_rate] == [False] * 12 + [True] * 8


def test_steps_and_seed_are_over_the_patch(make: Callable[..., np.ndarray]) -> None:
    assert not np.array_equal(make("a"), make("b", seed=99.0))
    assert not np.array_equal(make("c"), make("d", steps=3))


def test_a_film_hears_its_own_sound(make: Callable[..., np.ndarray], tmp_path: Path) -> None:
    patch, song = tmp_path / "p.toml", tmp_path / "song.wav"
    patch.write_text(PATCH + '[[track]]\naddress = "/master/opacity"\nformula = "[/status/sound/onset] > 0.5"\n')
    with wave.open(str(song), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        quiet, noise = np.zeros(1600), np.random.default_rng(1).normal(0, 9000, 1600)
        file.writeframes(np.concatenate([quiet, noise]).astype("<i2").tobytes())
    one, two = (make(name, sound=str(song), seconds=0.4) for name in ("one.mkv", "two.mkv"))
    assert [bool(frame.max() > 0) for frame in one] == [False] * 5 + [True] * 2 + [False], "struck at 0.2 s"
    assert np.array_equal(one, two)


def test_a_film_of_no_known_kind_is_refused(make: Callable[..., np.ndarray]) -> None:
    with pytest.raises(UsageError, match="mp4"):
        make("film.gif")
