"""Who leads, as the show's second half wires it: what is opened, what a performer's hand reaches, what is said."""

from pathlib import Path

import pytest

from perf import clocks
from perf.benchmark.clock import bench_midi_clock
from perf.clocks import Clocks
from perf.core.clock import ClockSpec
from perf.core.event import Event
from perf.core.frame import Delays
from perf.core.moment import Moment
from perf.core.patch import Patch
from perf.core.state import State
from perf.core.tick import Tick, tick
from perf.errors import DeviceError
from perf.ports.mailbox import Inbox

NONE = Delays()
PATCH = Patch(layers=(), clock=ClockSpec(audio="song.wav"))


class Noted:
    """A part that notes what it is told: MIDI, Link or sound."""

    def __init__(self) -> None:
        self.told: list[tuple] = []

    def __getattr__(self, name: str):  # type: ignore[no-untyped-def]
        return lambda *args: self.told.append((name, *args)) or f"{name} said"

    def beat(self, seconds: float) -> None:
        return None

    def names(self) -> list[str]:
        return [name for name, *_ in self.told]


class Stage:
    """Clocks at work, with noted parts."""

    def __init__(self) -> None:
        self.inbox, self.midi, self.state = Inbox(), Noted(), State()
        self.clocks = Clocks(PATCH, Path("folder"), self.inbox, lambda: 0.0)

    def play(self, *events: Event, delays: Delays = NONE) -> Tick:
        result = tick(PATCH, self.state, events, Moment(0, 0.0), delays)
        self.state = result.state
        self.clocks.heard(result, self.midi)  # type: ignore[arg-type]
        return result

    def says(self) -> list[str]:
        return [words for _, words in self.inbox.faults()[1]]


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> dict[str, Noted]:
    made: dict[str, Noted] = {}

    def noted(name: str):  # type: ignore[no-untyped-def]
        return lambda *args: made.setdefault(name, Noted())

    for name in ("LinkPort", "LinkSession", "Sound"):
        monkeypatch.setattr(clocks, name, noted(name))
    return made


def choose(source: str) -> Event:
    return Event(0.0, "/clock/source", (source,), "key")


def test_nothing_is_opened_that_was_not_chosen(parts: dict[str, Noted]) -> None:
    stage = Stage()
    result = stage.play()
    assert parts == {}
    assert stage.midi.told == [("lead", result.state.transport, "auto")]
    assert stage.clocks.words(result.frame.values, stage.midi) == "internal 120.0 BPM"  # type: ignore[arg-type]


def test_link_is_joined_when_chosen_and_left_when_not(parts: dict[str, Noted]) -> None:
    stage = Stage()
    result = stage.play(choose("link"))
    link = parts["LinkPort"]
    assert link.told == [("start",), ("observe", result.state.transport, True, True, False)]
    stage.play(Event(0.0, "/transport/tempo", (99.0,), "key"))
    assert link.told[-1] == ("propose", 99.0)
    stage.play(Event(0.0, "/transport/tempo", (77.0,), "patch"))
    stage.play(Event(0.0, "/transport/follow", (1.0, 55.0), "clock:link"))
    assert link.names().count("propose") == 1, "loading a patch, and the session itself, propose nothing"
    stage.play(
        Event(0.0, "/transport/tempo", (1e9,), "key"), Event(0.0, "/transport/follow", (1.0, 55.0), "clock:link")
    )
    assert link.told[-1] == ("propose", 999.0), "what the session said of its tempo in the same tick is no answer"
    assert stage.clocks.words({}, stage.midi) == "words said"  # type: ignore[arg-type]
    stage.play(choose("internal"))
    assert link.told[-1] == ("close",)


def test_the_sound_goes_where_a_performer_seeks(parts: dict[str, Noted]) -> None:
    stage = Stage()
    stage.play(choose("audio"))
    stage.play(Event(0.0, "/transport/seek", (8.0,), "key"))
    assert ("seek", 4.0) in parts["Sound"].told
    stage.play(Event(0.0, "/transport/stop", (True,), "key"))
    assert parts["Sound"].told[-1] == ("observe", False)


def test_a_sound_that_is_sought_begins_there_however_late_the_stage_is_seen(parts: dict[str, Noted]) -> None:
    stage = Stage()
    stage.play(choose("audio"))
    stage.play(Event(0.0, "/transport/seek", (8.0,), "key"), delays=Delays(stage=0.05))
    assert ("seek", 4.0) in parts["Sound"].told


def test_a_clock_that_cannot_be_had_is_said_and_the_show_plays(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(tempo: float) -> None:
        raise DeviceError("Ableton Link is not installed; pip install LinkPython-extern")

    monkeypatch.setattr(clocks, "LinkSession", missing)
    stage = Stage()
    for _ in range(3):
        stage.play(choose("link"))
    assert stage.says() == ["Ableton Link is not installed; pip install LinkPython-extern; the show plays by itself"]
    stage.clocks.adopt(Patch(layers=(), clock=ClockSpec()))
    stage.play(choose("audio"))
    assert "the patch names no sound" in stage.says()[0]


def test_a_clock_that_does_not_lead_is_said_once(parts: dict[str, Noted]) -> None:
    stage = Stage()
    stage.play(choose("mtc"))
    for n in range(5):
        stage.play(Event(0.0, "/transport/follow", (float(n), 120.0), "clock:midi:drums"))
    assert stage.says() == ["midi does not lead: /clock/source is mtc"]
    assert stage.inbox.faults()[0]["clock"] == 1


def test_a_minute_of_jittering_clock_is_followed_as_the_benchmark_says() -> None:
    row = bench_midi_clock(1)
    assert row.met, row.found
    assert row.figures["phase_p99_ms"] > 0.5, "there is jitter in it"
