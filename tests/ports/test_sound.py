"""A sound file that leads: its length, its samples as a card asks for them, and what is said without a card."""

import wave
from pathlib import Path

import av
import numpy as np
import pytest
from clips import video
from waiting import until

from perf.errors import DeviceError
from perf.ports import sound
from perf.ports.mailbox import Inbox
from perf.ports.sound import RATE, Sound, read_sound, sound_length


@pytest.fixture
def tone(tmp_path: Path) -> Path:
    """Two seconds at 24 kHz whose samples count upwards."""
    path = tmp_path / "tone.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(24000)
        file.writeframes(np.linspace(0, 20000, 48000).astype("<i2").repeat(2).tobytes())
    return path


class PlayedCard:
    """A card that the test asks with."""

    def __init__(self, callback) -> None:  # type: ignore[no-untyped-def]
        PlayedCard.ask = staticmethod(callback)

    def close(self) -> None:
        pass


def test_a_files_sound(tone: Path) -> None:
    assert sound_length(tone) == 2.0
    samples = read_sound(tone)
    assert samples.shape == (pytest.approx(2 * RATE, abs=64), 2)
    assert samples[RATE, 0] == pytest.approx(10000, abs=200)


def struck(path: Path) -> Path:
    """Four seconds of noise as FLAC, much louder for 10 ms at 3 s."""
    noise = np.random.default_rng(3).normal(0, 600, (4 * RATE, 2))
    noise[3 * RATE : 3 * RATE + 480] *= 40
    with av.open(str(path), "w") as file:
        stream = file.add_stream("flac", rate=RATE)
        frame = av.AudioFrame.from_ndarray(noise.clip(-32000, 32000).astype(np.int16).reshape(1, -1), "s16", "stereo")
        frame.sample_rate = RATE
        file.mux(stream.encode(frame))
        file.mux(stream.encode())
    return path


@pytest.mark.parametrize(("begin", "end"), [(0.3, 0.5), (0.2, 0.21)])
def test_what_is_damaged_is_left_out_and_the_rest_is_in_its_place(tmp_path: Path, begin: float, end: float) -> None:
    path = struck(tmp_path / "a.flac")
    data = bytearray(path.read_bytes())
    hole = slice(int(begin * len(data)), int(end * len(data)))
    data[hole] = bytes(len(data[hole]))
    path.write_bytes(data)
    samples = read_sound(path)
    assert np.abs(samples[2 * RATE :, 0]).argmax() == pytest.approx(RATE, abs=RATE * 0.03)


def test_what_is_cut_off_is_heard_as_far_as_it_goes(tmp_path: Path) -> None:
    path = struck(tmp_path / "a.flac")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert 1.5 * RATE < len(read_sound(path)) < 2.5 * RATE


def test_what_has_pictures_alone_has_no_sound(tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match=r"a.mp4 has no sound; give a .wav"):
        read_sound(video(tmp_path / "a.mp4", 2))


@pytest.mark.parametrize("content", [b"", b"not a sound"])
def test_what_is_no_sound_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.wav"
    path.write_bytes(content)
    with pytest.raises(DeviceError, match="cannot be read as sound"):
        sound_length(path)
    with pytest.raises(DeviceError, match="nowhere"):
        sound_length(tmp_path / "nowhere.wav")


def test_without_a_card_the_clock_stands_in_and_that_is_said(tone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(callback: object) -> None:
        raise OSError("no sound card")

    monkeypatch.setattr(sound, "Card", none)
    inbox, seconds = Inbox(), [0.0]
    played = Sound(tone, False, inbox, lambda: seconds[0])
    try:
        until(lambda: any("leads by the clock alone, unheard (no sound card)" in m for _, m in inbox.faults()[1]), 10.0)
        assert inbox.drain(0.0) == [], "it stands"
        played.observe(True)
        seconds[0] = 1.5
        until(lambda: any(e.args == (1.5,) and e.source == "clock:audio" for e in inbox.drain(0.0)), 10.0)
        assert played.words() == "audio tone.wav 0:01.5 of 0:02.0 (not heard)"
        played.seek(0.25)
        assert played.words().startswith("audio tone.wav 0:00.2")
        seconds[0] = 9.0
        until(lambda: any(e.address == "/transport/stop" for e in inbox.drain(0.0)), 10.0)
    finally:
        played.close()


@pytest.mark.parametrize("loop", [False, True])
def test_the_cards_samples_are_the_position(tone: Path, monkeypatch: pytest.MonkeyPatch, loop: bool) -> None:
    """Blocks of 10 ms that are heard 50 ms later; the card's clock is 1 % slow, and the position is the card's."""
    monkeypatch.setattr(sound, "Card", PlayedCard)
    seconds = [0.0]
    played = Sound(tone, loop, Inbox(), lambda: seconds[0])
    try:
        until(lambda: len(played._samples), 10.0)
        assert not PlayedCard.ask(480, 0.05).any(), "it stands"
        played.observe(True)
        blocks = []
        for n in range(150):
            seconds[0] = n * 0.0101
            blocks.append(PlayedCard.ask(480, 0.05))
        with played._clock as clock:
            assert clock.at(seconds[0]) == pytest.approx(149 * 0.01, abs=1e-4)
        heard = np.concatenate(blocks)[:, 0]
        assert heard[RATE // 2] == pytest.approx(20000 * (0.55 / 2), abs=200), "what is heard 50 ms later is asked now"
        assert np.abs(np.diff(heard.astype(int))).max() < 50, "no gap between blocks"
        for _ in range(100):
            last = PlayedCard.ask(480, 0.05)
        assert last.any() == loop
    finally:
        played.close()


def test_a_card_that_falls_silent_is_said_and_the_show_goes_on(tone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound, "Card", PlayedCard)
    inbox, seconds = Inbox(), [10.0]
    played = Sound(tone, True, inbox, lambda: seconds[0])
    try:
        until(lambda: len(played._samples), 10.0)
        played.observe(True)
        for n in range(1, 101):
            seconds[0] = 10.0 + n / 100
            PlayedCard.ask(480, 0.0)
        assert played.words() == "audio tone.wav 0:01.0 of 0:02.0"
        assert inbox.faults()[1] == []
        seconds[0] = 12.6
        until(lambda: any("unheard (the sound card has fallen silent)" in m for _, m in inbox.faults()[1]), 10.0)
        assert played.words() == "audio tone.wav 0:00.6 of 0:02.0 (not heard)"
        until(lambda: any(e.args == (pytest.approx(0.6),) for e in inbox.drain(0.0)), 10.0)
        PlayedCard.ask(480, 0.0)
        assert "not heard" not in played.words()
    finally:
        played.close()
