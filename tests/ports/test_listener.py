"""Listening while a show plays: a card that a test speaks into, a card that goes, a file at the show's place."""

import sys
import wave
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from waiting import until

from perf.benchmark.ears import clicks
from perf.benchmark.loops import RATE, loop
from perf.core.event import Value
from perf.core.hearing import PREFIX, SoundSpec
from perf.core.moment import Transport
from perf.core.patch import Patch
from perf.ports import listener as module
from perf.ports.listener import NOTHING, Listener, cut
from perf.ports.mailbox import Inbox
from perf.ports.soundcard import SoundInput, inputs

PATCH = Patch(layers=())
LEVEL, ONSETS, SOURCE = PREFIX + "level", PREFIX + "onsets", PREFIX + "source"


class Spoken:
    """A card that hears what the test says."""

    made: list["Spoken"]

    def __init__(self, name: str, hear: Callable) -> None:
        self.name, self.rate, self.hear, self.open = name or "built-in", RATE, hear, True
        Spoken.made.append(self)

    def close(self) -> None:
        self.open = False


class Stand:
    """A listener, its clock and its inbox."""

    def __init__(self, patch: Patch = PATCH, folder: Path = Path()) -> None:
        self.inbox, self.seconds = Inbox(), 0.0
        self.listener = Listener(patch, folder, self.inbox, lambda: self.seconds)
        self.values: dict[str, Value] = patch.floor
        self.messages: list[str] = []

    def observe(self, transport: Transport = Transport(), **values: Value) -> None:  # noqa: B008 - frozen
        self.values |= {"/" + name.replace("__", "/"): value for name, value in values.items()}
        self.listener.observe(self.values, transport)

    def status(self) -> dict[str, Value]:
        return self.listener.status(self.seconds)

    def said(self, words: str) -> bool:
        self.messages += [message for _, message in self.inbox.faults()[1]]
        return any(words in message for message in self.messages)


@pytest.fixture
def stand(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    Spoken.made = []
    monkeypatch.setattr(module, "SoundInput", Spoken)
    monkeypatch.setattr(module, "RETRY", 0.01)
    made = Stand(replace(PATCH, hearing=SoundSpec(input="line")))
    yield made
    made.listener.close()


def speak(stand: Stand, samples: np.ndarray, card: int = -1) -> None:
    for start in range(0, len(samples), 480):
        stand.seconds += 0.01
        Spoken.made[card].hear(samples[start : start + 480], 0.002)
        heard = stand.seconds - 0.005  # each block is heard before the next one comes
        until(lambda heard=heard: stand.listener._shared._value.seconds > heard, 10.0)


def test_nothing_is_opened_that_was_not_chosen(stand: Stand) -> None:
    stand.observe()
    assert Spoken.made == []
    assert stand.status() == {**NOTHING, SOURCE: "none"}
    assert stand.listener.events([LEVEL], 0.0) == []


def test_what_a_card_hears_is_read_before_the_next_tick(stand: Stand) -> None:
    stand.observe(sound__source="input")
    until(lambda: Spoken.made, 10.0)
    assert Spoken.made[0].name == "line"
    speak(stand, clicks(1.2))
    events = until(lambda: stand.listener.events([LEVEL, ONSETS, "/status/motion"], stand.seconds), 10.0)
    assert {event.address for event in events} == {LEVEL, ONSETS}
    assert all(event.source == "status" and event.seconds == stand.seconds for event in events)
    assert stand.status()[ONSETS] == 3.0
    assert stand.status()[SOURCE] == "input: line"
    assert stand.listener.events([ONSETS], stand.seconds) == [], "only what has changed"
    assert stand.listener.window().spectrum(64).max() > 0.0
    stand.observe(sound__source="none")
    assert stand.status() == {**NOTHING, SOURCE: "none"}
    until(lambda: not Spoken.made[0].open, 10.0)
    assert {event.args for event in stand.listener.events([LEVEL, ONSETS], 9.0)} == {(0.0,)}


def test_the_settings_are_those_of_the_moment(stand: Stand) -> None:
    stand.observe(sound__source="input", sound__auto=False, sound__release=0.01)
    until(lambda: Spoken.made, 10.0)
    hum = (0.05 * np.sin(np.arange(9600) * 0.06))[:, None].astype(np.float32)
    speak(stand, hum)
    assert stand.status()[LEVEL] == pytest.approx(0.05, rel=0.2)
    stand.observe(sound__gain=20.0)
    speak(stand, hum)
    assert stand.status()[LEVEL] == pytest.approx(0.5, rel=0.2)


def test_a_device_that_goes_away_is_said_and_found_again(stand: Stand) -> None:
    stand.observe(sound__source="input")
    until(lambda: Spoken.made, 10.0)
    speak(stand, clicks(1.2))
    stand.seconds += 60.0
    until(lambda: stand.said("line has gone silent"), 10.0)
    until(lambda: len(Spoken.made) > 1, 10.0)
    assert not Spoken.made[0].open
    speak(stand, clicks(1.2))
    assert stand.status()[SOURCE] == "input: line"
    assert stand.status()[ONSETS] == 3.0


def test_a_missing_card_is_said_once(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = []

    def none(name: str, hear: object) -> None:
        tries.append(name)
        raise OSError("no such device")

    monkeypatch.setattr(module, "SoundInput", none)
    stand.observe(sound__source="input")
    until(lambda: len(tries) > 3, 10.0)
    assert stand.said("nothing is heard: no such device")
    assert stand.said("it is looked for again")
    assert len(stand.messages) == 1
    assert stand.status()[SOURCE] == "input: no such device"


def test_the_beat_leads_when_it_is_chosen(stand: Stand) -> None:
    transport = Transport(tempo=120.0, beat=32.0, seconds=0.0)
    stand.observe(transport, sound__source="input", clock__source="sound")
    until(lambda: Spoken.made, 10.0)
    speak(stand, loop("four with hats", 126, 6.0)[:, None])
    events = stand.listener.events([], stand.seconds)
    assert {(event.address, event.source) for event in events} == {("/transport/follow", "clock:sound")}
    beat, tempo = events[-1].args
    assert tempo == pytest.approx(126, rel=0.01)
    assert abs(beat - transport.place(0, events[-1].seconds).beat) <= 0.75, "which beat it is stays the show's own"


@pytest.fixture
def song(tmp_path: Path) -> Path:
    """A second of silence, then two of a tone; 8 kHz, mono."""
    tone = np.concatenate([np.zeros(8000), 16000 * np.sin(np.arange(16000) * 2 * np.pi * 440 / 8000)])
    with wave.open(str(tmp_path / "song.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(tone.astype("<i2").tobytes())
    return tmp_path / "song.wav"


def test_a_file_is_heard_where_the_show_is(song: Path) -> None:
    stand = Stand(replace(PATCH, hearing=SoundSpec(file="song.wav")), song.parent)
    try:
        stand.observe(Transport(position=0.2, playing=False), sound__source="file", sound__release=0.001)
        until(lambda: stand.status()[SOURCE] == "file: song.wav", 10.0)

        def level(transport: Transport) -> float:
            """What is heard a few looks later."""
            stand.observe(transport)
            for _ in range(12):
                stand.seconds += 0.02
                since = stand.seconds - 0.01
                until(lambda since=since: stand.listener._shared._value.seconds > since, 10.0)
            return float(stand.status()[LEVEL])  # type: ignore[arg-type]

        assert level(Transport(position=2.0, playing=False)) == 0.0, "it stands"
        assert level(Transport(position=1.5, seconds=stand.seconds)) > 0.9
        assert level(Transport(position=0.2, seconds=stand.seconds)) < 0.1, "it was sought"
        assert level(Transport(position=7.0, seconds=stand.seconds)) < 0.1, "it is over"
    finally:
        stand.listener.close()


def test_a_show_that_slides_takes_the_file_along(song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It makes up for a fifth of a second: every sample is heard once, and none is left out."""
    cuts: list[tuple[int, int]] = []
    monkeypatch.setattr(
        module, "cut", lambda samples, start, end: cuts.append((start, end)) or cut(samples, start, end)
    )
    stand = Stand(replace(PATCH, hearing=SoundSpec(file="song.wav")), song.parent)
    try:
        stand.observe(Transport().followed(0.0, 0.4, 120.0), sound__source="file")
        for _ in range(40):
            stand.seconds += 0.02
            since = stand.seconds - 0.01
            until(lambda since=since: stand.listener._shared._value.seconds > since, 10.0)
        assert cuts[-1][1] == pytest.approx(stand.seconds * 1.05 * RATE, abs=RATE * 0.025)
        assert all(before[1] == after[0] for before, after in pairwise(cuts))
    finally:
        stand.listener.close()


@pytest.mark.parametrize(
    ("file", "words"), [("", "the patch names none"), ("nowhere.wav", "cannot be read"), ("text.wav", "cannot be read")]
)
def test_a_file_that_cannot_be_heard_is_said(tmp_path: Path, file: str, words: str) -> None:
    (tmp_path / "text.wav").write_text("not a sound")
    stand = Stand(replace(PATCH, hearing=SoundSpec(file=file)), tmp_path)
    try:
        stand.observe(sound__source="file")
        until(lambda: stand.said(words), 10.0)
    finally:
        stand.listener.close()


def test_a_file_that_comes_later_is_heard_and_was_missed_once(song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRY", 0.01)
    stand = Stand(replace(PATCH, hearing=SoundSpec(file="later.wav")), song.parent)
    try:
        stand.observe(sound__source="file")
        until(lambda: stand.said("later.wav cannot be read as sound: No such file"), 10.0)
        song.replace(song.with_name("later.wav"))
        until(lambda: stand.status()[SOURCE] == "file: later.wav", 10.0)
        assert stand.said("it is looked for again")
        assert len(stand.messages) == 1
    finally:
        stand.listener.close()


def test_another_patch_may_name_another_file(song: Path) -> None:
    stand = Stand(PATCH, song.parent)
    try:
        stand.observe(sound__source="file")
        until(lambda: stand.said("names none"), 10.0)
        stand.listener.adopt(replace(PATCH, hearing=SoundSpec(file="song.wav")))
        stand.observe()
        until(lambda: stand.status()[SOURCE] == "file: song.wav", 10.0)
    finally:
        stand.listener.close()


def test_cut_gives_silence_around_the_samples() -> None:
    samples = np.arange(1, 6)[:, None]
    assert cut(samples, -2, 3)[:, 0].tolist() == [0, 0, 1, 2, 3]
    assert cut(samples, 3, 8)[:, 0].tolist() == [4, 5, 0, 0, 0]
    assert cut(samples, -5, -3)[:, 0].tolist() == [0, 0]
    assert cut(samples, 9, 11)[:, 0].tolist() == [0, 0]
    assert cut(samples, 2, 2).shape == (0, 1)


class PortAudio:
    """The driver as `soundcard` uses it, with two inputs and an output."""

    class PortAudioError(Exception):
        pass

    def __init__(self, chosen: int = 2) -> None:
        self.default = SimpleNamespace(device=(chosen, 1))
        self.streams: list[SimpleNamespace] = []
        self.fails = False

    def query_devices(self) -> list[dict]:
        rows = [("Mic", 1, 44100.0), ("Speakers", 0, 48000.0), ("Line In 8", 8, 96000.0)]
        keys = ("name", "max_input_channels", "default_samplerate")
        return [{"index": index, **dict(zip(keys, row, strict=True))} for index, row in enumerate(rows)]

    def InputStream(self, rate, block, device, channels, dtype, latency, callback):  # type: ignore[no-untyped-def]
        if self.fails:
            raise self.PortAudioError("Device unavailable")
        stream = SimpleNamespace(start=lambda: None, close=lambda: None, callback=callback)
        stream.asked = (rate, block, device, channels, dtype)
        self.streams.append(stream)
        return stream


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> PortAudio:
    made = PortAudio()
    monkeypatch.setitem(sys.modules, "sounddevice", made)
    return made


def test_inputs_are_listed_the_chosen_one_first(driver: PortAudio) -> None:
    assert inputs() == (("Line In 8 (8 channels at 96000 Hz)", "Mic (1 channels at 44100 Hz)"), "")


def test_a_device_is_opened_by_a_part_of_its_name(driver: PortAudio) -> None:
    heard: list[tuple[np.ndarray, float]] = []
    device = SoundInput("mic", lambda block, ago: heard.append((block, ago)))
    assert driver.streams[0].asked == (44100, 441, 0, 1, "float32")
    buffer = np.ones((441, 1), np.float32)
    times = SimpleNamespace(currentTime=5.0, inputBufferAdcTime=4.97)
    driver.streams[0].callback(buffer, 441, times, None)
    buffer[:] = 0
    assert heard[0][0].all(), "a copy: the driver uses its memory again"
    assert heard[0][1] == pytest.approx(0.02)
    driver.streams[0].callback(buffer, 441, SimpleNamespace(currentTime=5000.0, inputBufferAdcTime=0.0), None)
    assert heard[1][1] == 0.0, "a driver that does not say when"
    device.close()
    SoundInput("", lambda block, ago: None)
    assert driver.streams[1].asked == (96000, 960, 2, 8, "float32")


def broken() -> list[dict]:
    raise PortAudio.PortAudioError("Device unavailable")


def test_what_is_wrong_with_a_card_is_said(driver: PortAudio, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OSError, match="no sound input is called 'tape'; there are Line In 8, Mic"):
        SoundInput("tape", lambda block, ago: None)
    driver.fails = True
    with pytest.raises(OSError, match="Mic: Device unavailable"):
        SoundInput("Mic", lambda block, ago: None)
    driver.query_devices = broken  # type: ignore[method-assign]
    with pytest.raises(OSError, match="Device unavailable"):
        SoundInput("", lambda block, ago: None)
    driver.query_devices = list  # type: ignore[method-assign]
    assert inputs() == ((), "the system has none; connect one, on Linux look at `arecord -l`")
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    assert inputs()[0] == ()
    assert "pip install sounddevice" in inputs()[1]
