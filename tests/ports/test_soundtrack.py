"""A film hears its own sound: the events that a show would have had, the same each time, and what shaders see."""

import wave
from pathlib import Path

import numpy as np
import pytest

from perf.benchmark.loops import RATE, loop
from perf.core.event import Event
from perf.core.performance import Performance
from perf.errors import DeviceError, UsageError
from perf.hearing.spectrum import SIZE
from perf.options import RenderOptions
from perf.ports.sound import read_sound
from perf.ports.soundtrack import Soundtrack
from perf.score import score
from perf.wire.take import TakeHead, encode, encode_head

PATCH = """
[[layer]]
source = "colour"
[[track]]
address = "/master/opacity"
formula = "[/status/sound/onset] > 0.5"
"""


def write(path: Path, samples: np.ndarray, rate: int = RATE) -> Path:
    """(n, channels) samples of ±1 as a file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


@pytest.fixture
def song(tmp_path: Path) -> Path:
    """Two seconds, struck at half a second and at one and a half."""
    samples = np.zeros((2 * RATE, 2))
    for time in (0.5, 1.5):
        samples[round(time * RATE) : round(time * RATE) + 480] = np.random.default_rng(1).normal(0, 0.3, (480, 2))
    return write(tmp_path / "song.wav", samples.clip(-1, 1))


def options(tmp_path: Path, text: str = PATCH, **changes: object) -> RenderOptions:
    (tmp_path / "p.toml").write_text(text)
    return RenderOptions(str(tmp_path / "p.toml"), tmp_path / "film.mp4", **changes)  # type: ignore[arg-type]


def lit(made: RenderOptions, fps: int) -> list[float]:
    """When the picture is there, at `fps` frames a second."""
    read = score(made)
    show = Performance(read.patch, read.events)
    return [index / fps for index in range(2 * fps) if show.at(index, index / fps).values["/master/opacity"]]


@pytest.mark.parametrize("fps", [25, 60])
def test_a_film_moves_with_its_sound(tmp_path: Path, song: Path, fps: int) -> None:
    times = lit(options(tmp_path, sound=str(song)), fps)
    first = [time for time in times if time < 1.0]
    assert 0.5 <= first[0] <= 0.5 + 0.02 + 1 / fps
    assert first[-1] - first[0] < 0.13, "half of a fall of 0.25 s"
    assert len([time for time in times if time > 1.0]) == pytest.approx(len(first), abs=1)


def test_the_same_events_twice(tmp_path: Path, song: Path) -> None:
    made = options(tmp_path, sound=str(song))
    assert score(made).events == score(made).events != []


def test_the_patchs_own_file_is_heard_where_the_film_has_none(tmp_path: Path, song: Path) -> None:
    made = options(tmp_path, PATCH + '[sound]\nfile = "song.wav"\n', seconds=1.0)
    read = score(made)
    assert read.sound is None
    assert read.track is not None
    assert read.track.path == song
    assert read.events[-1][0] <= 1.0, "what comes after the film is not listened to"
    with pytest.raises(UsageError, match=r"nowhere\.wav"):
        score(options(tmp_path, PATCH + '[sound]\nfile = "nowhere.wav"\n'))


def test_who_does_not_listen_hears_nothing(tmp_path: Path, song: Path) -> None:
    assert score(options(tmp_path, "[[layer]]\n", sound=str(song))).events == []


def test_a_take_that_has_heard_is_played_as_it_was(tmp_path: Path, song: Path) -> None:
    heard, other = Event(0.3, "/status/sound/onset", (1.0,), "status"), Event(0.2, "/camera/roll", (1.0,), "osc")
    for name, event, count in (("heard", heard, 1), ("other", other, 50)):
        (tmp_path / name).write_text(encode_head(TakeHead("p.toml", "", "flow")) + encode(0.3, event))
        events = score(options(tmp_path, sound=str(song), take=str(tmp_path / name))).events
        assert len(events) >= count
        assert (len(events) == 1) == (name == "heard")
        assert [time for time, _ in events] == sorted(time for time, _ in events)


def test_settings_may_move(tmp_path: Path, song: Path) -> None:
    deaf = '[[track]]\naddress = "/sound/gain"\nunit = "seconds"\nkeys = [[0, 0.0, "hold"], [1, -40.0, "hold"]]\n'
    assert all(time < 1.0 for time in lit(options(tmp_path, PATCH + deaf, sound=str(song)), 50))


def test_the_beat_may_lead_a_film(tmp_path: Path) -> None:
    song = write(tmp_path / "song.wav", loop("four with hats", 132, 10.0)[:, None])
    read = score(options(tmp_path, '[clock]\nsource = "sound"\n', sound=str(song)))
    show = Performance(read.patch, read.events)
    moments = [show.at(index, index / 50).moment for index in range(500)]
    assert moments[0].tempo == 120.0
    assert moments[-1].tempo == pytest.approx(132, rel=0.005)
    off = (moments[-1].beat - 499 / 50 * 132 / 60 + 0.5) % 1.0 - 0.5
    assert abs(off) < 0.07
    steps = np.diff([moment.beat for moment in moments])
    assert steps.max() < 132 / 60 / 50 * 1.2


@pytest.mark.parametrize(("rate", "channels", "count"), [(8000, 1, 4000), (48000, 8, 24000), (44100, 2, 100)])
def test_files_of_other_shapes(tmp_path: Path, rate: int, channels: int, count: int) -> None:
    tone = np.sin(np.arange(count) * 2 * np.pi * 440 / rate)[:, None].repeat(channels, 1) * 0.5
    samples = read_sound(write(tmp_path / "tone.wav", tone, rate))
    assert samples.shape == (pytest.approx(count * RATE / rate, abs=64), 2)
    made = options(tmp_path, sound=str(tmp_path / "tone.wav"), seconds=0.2)
    assert all(np.isfinite(event.args[0]) for _, event in score(made).events)


def test_what_is_no_sound_is_said(tmp_path: Path) -> None:
    (tmp_path / "x.wav").write_text("not a sound")
    with pytest.raises(DeviceError, match="cannot be read as sound"):
        read_sound(tmp_path / "x.wav")


def test_shaders_see_what_has_just_been_heard(song: Path) -> None:
    track, values = Soundtrack(song), dict.fromkeys(_SETTINGS, 0.0) | {"/sound/auto": True}
    silent, loud = (track.window(seconds, values) for seconds in (0.4, 0.51))
    assert silent.samples.shape == (SIZE, 2)
    assert (silent.wave() == 0.5).all()
    assert np.ptp(loud.wave()[:, -480:]) > 0.3
    assert (loud.wave()[:, :-490] == 0.5).all()
    for seconds in (-1.0, 0.0, 0.001, 99.0):
        assert track.window(seconds, values).wave(32).shape == (2, 32)
    quieter = track.window(0.51, values | {"/sound/gain": -20.0})
    assert np.ptp(quieter.wave()) == pytest.approx(np.ptp(loud.wave()) / 10, rel=0.01)


_SETTINGS = [f"/sound/{name}" for name in ["gain", "attack", "release", "low", "high", "threshold", "decay", "around"]]
