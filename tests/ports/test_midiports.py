"""MIDI ports: hot-plugging, learning, clock and lights on a driver played by the test, and a real round trip through
JACK where its server is installed."""

import os
import select
import shutil
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import pytest
from waiting import until

from perf.core.clock import ClockSpec
from perf.core.event import Event, Outcome
from perf.core.moment import Transport
from perf.core.patch import Binding
from perf.core.table import table
from perf.ports import midi, mididriver
from perf.ports.mailbox import Inbox
from perf.ports.midi import MidiPorts, list_ports
from perf.wire.midi import MidiMap

TABLE = table()
FADER = Binding("cc", 1, "/camera/fov", takeover="none")
PAD = "LPD8:LPD8 MIDI 1"
PATIENCE = 10.0


class PlayedPort:
    """An input or output of the played driver."""

    def __init__(self) -> None:
        self.messages: deque[tuple[list[int], float]] = deque()
        self.sent: list[bytes] = []
        self.closed = False
        self.seconds = 0.0

    def get_message(self) -> tuple[list[int], float] | None:
        """The next message, at once: time passes as its stamp says."""
        self.seconds += self.messages[0][1] if self.messages else 0.0
        return self.messages.popleft() if self.messages else None

    def send_message(self, data: bytes) -> None:
        self.sent.append(bytes(data))

    def close_port(self) -> None:
        self.closed = True

    def delete(self) -> None:
        pass


class PlayedDriver:
    """A MIDI system whose devices the test plugs in and out."""

    devices: dict[str, tuple[PlayedPort, PlayedPort | None]]
    alive = True
    broken = ""

    def __init__(self) -> None:
        if type(self).broken:
            raise OSError(type(self).broken)

    def inputs(self) -> list[str]:
        return list(self.devices)

    def outputs(self) -> list[str]:
        return [name for name, (_, out) in self.devices.items() if out]

    def open_input(self, key: tuple[str, int]) -> PlayedPort:
        return self.devices[key[0]][0]

    def open_output(self, key: tuple[str, int]) -> PlayedPort | None:
        return None if "Midi Through" in key[0] else self.devices[key[0]][1]

    def close(self) -> None:
        pass


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> type[PlayedDriver]:
    made = type("Driver", (PlayedDriver,), {"devices": {}, "alive": True, "broken": ""})
    monkeypatch.setattr(midi, "Driver", made)
    monkeypatch.setattr(midi, "SCAN", 0.01)
    return made


def plug(driver: type[PlayedDriver], name: str) -> tuple[PlayedPort, PlayedPort]:
    ports = PlayedPort(), PlayedPort()
    driver.devices = {**driver.devices, name: ports}
    return ports


@pytest.fixture
def opened() -> Iterator[Callable[..., tuple[MidiPorts, Inbox]]]:
    """Open ports with bindings; they are closed in the end."""
    made: list[MidiPorts] = []

    def make(
        *bindings: Binding, names: tuple[str, ...] = (), now: Callable[[], float] = time.perf_counter
    ) -> tuple[MidiPorts, Inbox]:
        inbox = Inbox()
        made.append(MidiPorts(names, MidiMap(bindings, TABLE), inbox, now))
        return made[-1], inbox

    yield make
    for ports in made:
        ports.close()
        assert not ports._thread.is_alive()


def heard(inbox: Inbox, count: int = 1) -> list[Event]:
    """The next events."""
    events: list[Event] = []

    def enough() -> bool:
        events.extend(inbox.drain(0.0))
        return len(events) >= count

    until(enough, PATIENCE)
    return events


def said(inbox: Inbox, words: str) -> None:
    """Until a fault says `words`."""
    until(lambda: any(words in message for _, message in inbox.faults()[1]), PATIENCE)


Opened = Callable[..., tuple[MidiPorts, Inbox]]


def test_a_control_moves_its_parameter(driver: type[PlayedDriver], opened: Opened) -> None:
    port, _ = plug(driver, "nano:nano MIDI 1 20:0")
    _, inbox = opened(FADER)
    port.messages.append(([0xB0, 1, 127], 0.0))
    [event] = heard(inbox)
    assert (event.address, event.args, event.source) == ("/camera/fov", (150.0,), "midi:nano:nano MIDI 1")
    assert event.seconds <= time.perf_counter()


def test_a_machine_without_midi_is_said_once_and_the_show_plays_on(driver: type[PlayedDriver], opened: Opened) -> None:
    driver.broken = "no MIDI here"
    ports, inbox = opened(FADER)
    said(inbox, "no MIDI here; the show plays without MIDI")
    assert ports.observe({"/camera/fov": 60.0}) is None
    assert ports.bindings == (FADER,)
    driver.broken = ""
    port, _ = plug(driver, "late")
    port.messages.append(([0xB0, 1, 0], 0.0))
    heard(inbox)
    assert inbox.faults()[0]["midi"] == 0


def test_want_of_midi_is_a_fault_where_a_port_was_asked_for(driver: type[PlayedDriver], opened: Opened) -> None:
    driver.broken = "no MIDI here"
    _, inbox = opened(FADER, names=("nano",))
    said(inbox, "the show plays without MIDI")
    assert inbox.faults()[0]["midi"] == 1


def test_the_real_driver_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rtmidi", None)
    assert "libasound2" in list_ports().missing
    monkeypatch.undo()
    monkeypatch.setattr(mididriver, "_api", lambda rtmidi: (_ for _ in ()).throw(OSError("no MIDI here")))
    assert list_ports().missing == "no MIDI here"


def test_a_device_that_comes_back_is_taken_up_again(driver: type[PlayedDriver], opened: Opened) -> None:
    first, _ = plug(driver, "nano 20:0")
    ports, inbox = opened(FADER)
    until(lambda: ports.inputs == ("nano",), PATIENCE)
    driver.devices = {}
    said(inbox, "is gone")
    assert first.closed
    again, _ = plug(driver, "nano 24:0")
    again.messages.append(([0xB0, 1, 0], 0.0))
    assert heard(inbox)[0].source == "midi:nano"


def test_two_of_a_make_are_two_controllers(driver: type[PlayedDriver], opened: Opened) -> None:
    """ALSA tells them apart by numbers that are others tomorrow."""
    names = "LPD8:LPD8 MIDI 1 20:0", "LPD8:LPD8 MIDI 1 24:0"
    first, second = (plug(driver, name)[0] for name in names)
    zoom = Binding("cc", 1, "/camera/zoom", port=PAD, takeover="none")
    roll = Binding("cc", 1, "/camera/roll", port=f"{PAD} #2", takeover="none")
    ports, inbox = opened(zoom, roll)
    for port in (first, second):
        port.messages.append(([0xB0, 1, 127], 0.0))
    assert sorted((e.address, e.source) for e in heard(inbox, 2)) == [
        ("/camera/roll", f"midi:{PAD} #2"),
        ("/camera/zoom", f"midi:{PAD}"),
    ]
    driver.devices = {names[1]: driver.devices[names[1]]}
    said(inbox, "20:0 is gone")
    plug(driver, "LPD8:LPD8 MIDI 1 28:0")
    until(lambda: sorted(ports.inputs) == [PAD, f"{PAD} #2"], PATIENCE)


def test_a_midi_system_that_dies_comes_back(driver: type[PlayedDriver], opened: Opened) -> None:
    port, _ = plug(driver, "nano")
    ports, inbox = opened(FADER)
    until(lambda: ports.inputs, PATIENCE)
    driver.alive = False
    said(inbox, "has gone")
    driver.alive = True
    port.messages.append(([0xB0, 1, 0], 0.0))
    heard(inbox)


def test_a_port_that_fails_while_reading_is_opened_anew(driver: type[PlayedDriver], opened: Opened) -> None:
    port, _ = plug(driver, "nano")
    port.messages.append((None, 0.0))  # type: ignore[arg-type]
    port.messages.append(([0xB0, 1, 0], 0.0))
    _, inbox = opened(FADER)
    heard(inbox)
    said(inbox, "MIDI was interrupted")


def test_only_the_ports_that_were_asked_for(driver: type[PlayedDriver], opened: Opened) -> None:
    for name in ("nanoKONTROL2", "Launchpad"):
        plug(driver, name)
    ports, _ = opened(names=("launch",))
    until(lambda: ports.inputs, PATIENCE)
    assert ports.inputs == ("Launchpad",)
    _, inbox = opened(names=("xylophone",))
    said(inbox, "no MIDI input is called xylophone; there are: nanoKONTROL2, Launchpad")


def learn(ports: MidiPorts, address: str, command: str = "/midi/learn", kind: str = "command") -> None:
    ports.command(Outcome(Event(0.0, command, (address,)), kind))


def test_learn_and_forget_are_commands(driver: type[PlayedDriver], opened: Opened) -> None:
    port, _ = plug(driver, "nano 20:0")
    ports, inbox = opened()
    learn(ports, "/sampler/skip", kind="rejected")
    learn(ports, "/prompt/1/text")
    said(inbox, "is a text")
    learn(ports, "/sampler/skip")
    for value in (1, 60):
        port.messages.append(([0xB0, 9, value], 0.01))
    until(lambda: ports.observe({}), PATIENCE)
    assert ports.bindings == (Binding("cc", 9, "/sampler/skip", channel=1, port="nano"),)
    ports.adopt(MidiMap((FADER,), TABLE))
    assert {binding.address for binding in ports.bindings} == {"/camera/fov", "/sampler/skip"}
    learn(ports, "/sampler/skip", "/midi/forget")
    assert ports.bindings == (FADER,)


def test_a_binding_that_cannot_be_is_said(driver: type[PlayedDriver], opened: Opened) -> None:
    _, inbox = opened(Binding("cc", 1, "/nowhere"))
    said(inbox, "a [[midi]] binding was left out: no parameter is called '/nowhere'")


def test_the_clock_plays_the_transport(driver: type[PlayedDriver], opened: Opened) -> None:
    port, _ = plug(driver, "drums")
    ports, inbox = opened(now=lambda: port.seconds)
    port.messages.append(([0xFA], 0.0))
    port.messages.extend([([0xF8], 0.5 / 24)] * 49)
    events = heard(inbox, 10)
    assert [event.address for event in events[:3]] == ["/transport/seek", "/transport/play", "/transport/follow"]
    last = events[-1]
    assert last.args == (pytest.approx(2.0, abs=0.01), pytest.approx(120.0, abs=0.1))
    assert ports.beat(last.seconds + 0.5) == (pytest.approx(3.0, abs=0.01), pytest.approx(120.0, abs=0.1))


def test_a_second_clock_is_not_followed_and_that_is_said(driver: type[PlayedDriver], opened: Opened) -> None:
    first, _ = plug(driver, "drums")
    second, _ = plug(driver, "keys")
    _, inbox = opened(now=lambda: max(first.seconds, second.seconds))
    first.messages.extend([([0xF8], 0.5 / 24)] * 49)
    second.messages.extend([([0xF8], 0.4 / 24)] * 49)
    events = heard(inbox, 1)
    leader = events[0].source.removeprefix("clock:midi:")
    other = ({"drums", "keys"} - {leader}).pop()
    said(inbox, f"{other} sends a clock, too: {leader} leads until it has been silent for 2 seconds")


def test_time_code_plays_the_transport_and_stops_it_when_it_goes(driver: type[PlayedDriver], opened: Opened) -> None:
    port, _ = plug(driver, "deck")
    ports, inbox = opened(now=lambda: port.seconds)
    ports.clock(ClockSpec(mtc_start="00:00:00:00", freewheel=0.5))
    port.messages.append(([0xF0, 0x7F, 0x7F, 1, 1, 1 << 5, 0, 10, 0, 0xF7], 0.0))
    assert [event.address for event in heard(inbox, 2)] == ["/transport/stop", "/transport/position"]
    pieces = ([0xF1, n % 8 << 4 | (n // 8 * 2 % 16 if n % 8 == 0 else 2 if n % 8 == 7 else 0)] for n in range(40))
    port.messages.extend((piece, 0.01) for piece in pieces)
    events = heard(inbox, 3)
    assert [event.address for event in events[:2]] == ["/transport/position", "/transport/play"]
    assert events[0].source == "clock:mtc:deck"
    assert ports.words("mtc") == "mtc 00:00:00:09 at 25"
    port.seconds += 1.0
    assert heard(inbox)[-1].address == "/transport/stop"


def test_our_clock_goes_where_the_patch_says(driver: type[PlayedDriver], opened: Opened) -> None:
    _, synth = plug(driver, "Synth 20:0")
    _, other = plug(driver, "Other 24:0")
    plug(driver, "Midi Through Port-0 14:0")
    seconds = [0.0]
    ports, inbox = opened(now=lambda: seconds[0])
    ports.clock(ClockSpec(out=("synth", "through", "harp")))
    seconds[0] = 0.1
    said(inbox, "[clock] out: no MIDI output is called harp; there are: Synth 20:0, Other 24:0, Midi Through")
    assert synth.sent == [], "nothing goes out before the first tick"
    ports.lead(Transport(playing=False), "internal")
    until(lambda: synth.sent, PATIENCE)
    ports.lead(Transport(tempo=125.0, seconds=1.0), "internal")
    seconds[0] = 1.0
    until(lambda: b"\xfa" in synth.sent, PATIENCE)
    for n in range(1, 49):
        seconds[0] = 1.0 + n * 0.02 + 0.001
        until(lambda: synth.sent[synth.sent.index(b"\xfa") :].count(b"\xf8") > n, PATIENCE)  # noqa: B023
    assert b"\xf8" not in other.sent
    ports.clock(ClockSpec())
    seconds[0] = 9.0
    until(lambda: synth.closed, PATIENCE)
    assert synth.sent[-1] == b"\xfc", "who is no longer led is told to stop"


def test_a_clock_is_not_sent_back_to_the_port_that_leads(driver: type[PlayedDriver], opened: Opened) -> None:
    port, out = plug(driver, "Live 20:0")
    ports, inbox = opened(now=lambda: port.seconds)
    ports.lead(Transport(playing=False), "midi")
    ports.clock(ClockSpec(out=("live",)))
    port.messages.extend([([0xF8], 0.02)] * 200)
    said(inbox, "Live 20:0 leads; its clock is not sent back to it")
    sent = len(out.sent)
    port.messages.extend([([0xF8], 0.02)] * 200)
    until(lambda: not port.messages, PATIENCE)
    assert len(out.sent) <= sent + 1
    ports.lead(Transport(), "internal")
    until(lambda: b"\xfb" in out.sent, PATIENCE)


def test_an_echo_of_our_clock_does_not_lead(driver: type[PlayedDriver], opened: Opened) -> None:
    port, out = plug(driver, "Drums 20:0")
    ports, _ = opened(now=lambda: port.seconds)
    ports.clock(ClockSpec(out=("drums",)))
    ports.lead(Transport(), "auto")
    until(lambda: out.sent, PATIENCE)
    port.messages.extend([([0xF8], 0.02)] * 100)
    until(lambda: not port.messages, PATIENCE)
    assert ports.words("midi") == "midi: no clock"


def test_the_controller_shows_the_parameter_and_only_its_own_device(driver: type[PlayedDriver], opened: Opened) -> None:
    _, nano = plug(driver, "nano 20:0")
    _, other = plug(driver, "other")
    ports, _ = opened(Binding("cc", 1, "/sampler/skip", port="nano"))
    ports.observe({"/sampler/skip": 1.0})
    until(lambda: nano.sent[-1:] == [bytes((0xB0, 1, 127))], PATIENCE)
    ports.observe({"/sampler/skip": 0.0})
    until(lambda: nano.sent[-1:] == [bytes((0xB0, 1, 0))], PATIENCE)
    assert other.sent == []


class Peer(Protocol):
    """A controller that is not this program."""

    name: str

    def play(self, *data: int) -> None: ...
    def shows(self) -> str: ...


class PlayedPeer:
    """Where there is no JACK: the played driver."""

    name = "Desk :Knobs"

    def __init__(self, driver: type[PlayedDriver]) -> None:
        self._in, self._out = plug(driver, self.name)

    def play(self, *data: int) -> None:
        self._in.messages.append((list(data), 0.01))

    def shows(self) -> str:
        until(lambda: self._out.sent, PATIENCE)
        return self._out.sent[0].hex()


PEER = """
import sys, rtmidi
out = rtmidi.MidiOut(rtapi=rtmidi.API_UNIX_JACK, name="Desk capture")
out.open_virtual_port("Knobs")
lights = rtmidi.MidiIn(rtapi=rtmidi.API_UNIX_JACK, name="Desk playback")
lights.set_callback(lambda message, data: print(bytes(message[0]).hex(), flush=True))
lights.open_virtual_port("Knobs")
print("up", flush=True)
for line in sys.stdin:
    out.send_message([int(word) for word in line.split()])
out.delete()
lights.cancel_callback()
lights.delete()
"""


class JackPeer:
    """Another process with virtual ports on a JACK server of the test's own."""

    name = "Desk capture:Knobs"

    def __init__(self) -> None:
        command = [sys.executable, "-c", PEER]
        self.process: Any = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "up\n"

    def play(self, *data: int) -> None:
        self.process.stdin.write(" ".join(map(str, data)) + "\n")
        self.process.stdin.flush()

    def shows(self) -> str:
        until(lambda: select.select([self.process.stdout], [], [], 0)[0], PATIENCE)
        return str(self.process.stdout.readline()).strip()

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(PATIENCE)
        self.process.stdout.close()


@pytest.fixture
def jack(monkeypatch: pytest.MonkeyPatch) -> Iterator[bool]:
    """A JACK server with the dummy driver under a name of its own; False where there is none, or ALSA comes first."""
    name = f"retrograde-{os.getpid()}"
    monkeypatch.setenv("JACK_DEFAULT_SERVER", name)
    if not shutil.which("jackd") or os.path.exists("/dev/snd/seq"):
        yield False
        return
    command = ["jackd", "--no-realtime", "--port-max", "64", "-n", name, "-d", "dummy", "-p", "64"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until(lambda: mididriver._jack_runs() or server.poll() is not None, PATIENCE)
    yield server.poll() is None
    server.terminate()
    server.wait(PATIENCE)


@pytest.fixture
def peer(jack: bool, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Peer]:
    monkeypatch.setattr(midi, "SCAN", 0.05)
    if jack:
        made = JackPeer()
        yield made
        made.close()
    else:
        yield PlayedPeer(request.getfixturevalue("driver"))


def test_a_round_trip_with_another_program(peer: Peer) -> None:
    """What the parameter is comes to the other's light; the other's knob moves the parameter."""
    inbox = Inbox()
    ports = MidiPorts((), MidiMap([FADER], TABLE), inbox, time.perf_counter)
    try:
        until(lambda: ports.inputs == (peer.name,), PATIENCE)
        assert peer.name in midi.list_ports().inputs
        assert peer.shows() == "b00130"  # 60° of 5…150 in seven bits: what the parameter is
        asked = time.perf_counter()
        peer.play(0xB0, 1, 127)
        [event] = heard(inbox)
        assert event.args == (150.0,)
        assert asked - 0.05 <= event.seconds <= time.perf_counter()
    finally:
        ports.close()
