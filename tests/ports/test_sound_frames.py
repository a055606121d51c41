"""A file's sound as one line, whatever happens in it."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame

from perf.ports.film_sound import SoundTrack, measured
from perf.ports.sound import RATE, read_sound
from perf.ports.sound_frames import gapless, resampled


def tone(seconds: float, form: str, layout: str, rate: int, begin: float = 0.0) -> Iterator[AudioFrame]:
    """A sine of half of full scale in every channel, in frames that say when they are."""
    for at in range(0, round(seconds * rate), 1000):
        times = (at + np.arange(min(1000, round(seconds * rate) - at))) / rate
        frame = av.AudioFrame(form, layout, len(times))
        wave = (0.5 * np.sin(2 * np.pi * 440 * times) * (32767 if form.startswith("s16") else 1)).astype(
            np.int16 if form.startswith("s16") else np.float32
        )
        channels = frame.layout.nb_channels
        for plane in frame.planes:
            plane.update(np.repeat(wave, channels // len(frame.planes)).tobytes())
        frame.sample_rate, frame.time_base = rate, Fraction(1, rate)
        frame.pts = round(begin * rate) + at
        yield frame


def joined(frames: Iterator[AudioFrame]) -> np.ndarray:
    return np.concatenate([frame.to_ndarray().reshape(-1, 2) for frame in frames])


def test_what_changes_midway_is_brought_to_one_format() -> None:
    parts = [("s16", "stereo", 44100), ("fltp", "stereo", 48000), ("fltp", "stereo", 22050), ("s16", "stereo", 44100)]
    frames = [frame for n, part in enumerate(parts) for frame in tone(1.0, *part, begin=n)]
    sound = joined(resampled(gapless(frames), "s16", "stereo", 48000))
    assert len(sound) == pytest.approx(4 * 48000, abs=64)
    loudest = np.abs(sound[: 4 * 48000 - 64].astype(int)).reshape(-1, 2)
    for n in range(4):
        assert loudest[n * 48000 + 2000 : (n + 1) * 48000 - 2000].max() == pytest.approx(0.5 * 32767, rel=0.02)


@pytest.mark.parametrize("form", ["s16", "fltp"])
@pytest.mark.parametrize("layout", ["stereo", "quad", "5.1", "7.1"])
def test_many_channels_stay_within_full_scale(layout: str, form: str) -> None:
    blocks = [frame.to_ndarray() for frame in resampled(tone(0.5, "s16", layout, 48000), form, "stereo", 48000)]
    peak = max(float(np.abs(block.astype(float)).max()) for block in blocks) / (32767 if form == "s16" else 1)
    assert 0.3 < peak < 0.51, "all channels have the same, so their sum is as loud as one"


def test_what_is_missing_for_a_while_is_silence() -> None:
    frames = [*tone(0.5, "s16", "stereo", 8000), *tone(0.5, "s16", "stereo", 8000, begin=3.25)]
    sound = joined(gapless(frames))
    assert len(sound) == 3.75 * 8000
    assert not sound[4000 : round(3.25 * 8000)].any()


def dropouts(path: Path) -> Path:
    """A click at 0.5 s and one at 4.5 s, and nothing in the file from 1 s to 4 s."""
    click = np.zeros((1, RATE * 2), np.int16)
    click[0, RATE : RATE + 400] = 20000
    with av.open(str(path), "w") as file:
        stream = file.add_stream("pcm_s16le", rate=RATE)
        for second in (0, 4):
            frame = av.AudioFrame.from_ndarray(click, "s16", "stereo")
            frame.sample_rate, frame.time_base, frame.pts = RATE, Fraction(1, RATE), second * RATE
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


def test_a_film_s_sound_is_heard_where_its_tracks_hear_it(tmp_path: Path) -> None:
    sound = measured(dropouts(tmp_path / "s.mkv"))
    assert sound.seconds == 5.0
    with av.open(str(tmp_path / "film.mkv"), "w") as film:
        film.add_stream("ffv1", rate=30)
        track = SoundTrack(film, sound, Fraction(5))
        track.upto(Fraction(5))
        track.close()
    for path in (tmp_path / "s.mkv", tmp_path / "film.mkv"):
        loud = np.flatnonzero(read_sound(path)[:, 0] > 10000)
        assert [loud[0] / RATE, loud[-1] / RATE] == pytest.approx([0.5, 4.5 + 199 / RATE], abs=0.001)


def spliced(path: Path) -> Path:
    """An MP3 of a second at 44.1 kHz and one at 48 kHz, one after the other."""
    pieces = b""
    for rate in (44100, 48000):
        with av.open(str(path), "w", format="mp3") as file:
            stream = file.add_stream("libmp3lame", rate=rate)
            stream.layout = "stereo"
            for frame in tone(1.0, "fltp", "stereo", rate):
                file.mux(stream.encode(frame))
            file.mux(stream.encode(None))
        pieces += path.read_bytes()
    path.write_bytes(pieces)
    return path


def test_a_file_whose_rate_changes_is_read_to_its_end(tmp_path: Path) -> None:
    sound = read_sound(spliced(tmp_path / "s.mp3"))
    assert len(sound) == pytest.approx(2 * RATE, abs=RATE / 5)
    assert np.abs(sound[-RATE // 2 : -RATE // 4]).max() == pytest.approx(0.5 * 32767, rel=0.1)
