"""MIDI clock from a program that isn't ours: jack_midi_clock on a JACK server of the test's own.

The truth is JACK's transport, as jack_showtime tells it: frames since the start, and when they were.
"""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from waiting import until

from perf.core.event import Event
from perf.core.table import table
from perf.ports import midi, mididriver
from perf.ports.mailbox import Inbox
from perf.ports.midi import MidiPorts
from perf.wire.midi import MidiMap

BPM, RATE, PERIOD = 124.0, 48000, 256
PATIENCE = 30.0
MISSING = [name for name in ("jackd", "jack_midi_clock", "jack_transport", "jack_showtime") if not shutil.which(name)]

pytestmark = [
    pytest.mark.skipif(bool(MISSING), reason=f"needs {', '.join(MISSING)} (Debian: jackd2, jack-midi-clock)"),
    pytest.mark.skipif(os.path.exists("/dev/snd/seq"), reason="ALSA comes first here; JACK is not looked for"),
]


def hurries() -> bool:
    """Whether programs may have threads in real time here; without, a busy machine holds JACK up."""
    return (
        bool(shutil.which("chrt")) and not subprocess.run(["chrt", "-f", "10", "true"], capture_output=True).returncode
    )


def now() -> float:
    """Seconds by the clock that JACK counts with."""
    return time.clock_gettime(time.CLOCK_MONOTONIC_RAW)


@contextmanager
def running(*command: str, heard: bool = False) -> Iterator[Any]:
    """A program at work; it is ended in the end."""
    out = subprocess.PIPE if heard else subprocess.DEVNULL
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=out, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()


class Sender:
    """A JACK transport that jack_midi_clock follows."""

    def __init__(self, transport: Any) -> None:
        self._transport = transport

    def do(self, words: str) -> None:
        """What jack_transport takes: play, stop, locate FRAME."""
        self._transport.stdin.write(words + "\n")
        self._transport.stdin.flush()

    def places(self) -> Iterator[tuple[float, float]]:
        """(seconds, beat) of the transport, again and again."""
        with running("jack_showtime", heard=True) as process:
            for line in process.stdout:
                if found := re.match(r"frame = (\d+).* usecs = (\d+)", line):
                    yield int(found[2]) / 1e6, int(found[1]) / RATE * BPM / 60


@pytest.fixture
def sender(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sender]:
    if not hurries():
        pytest.skip("needs the right to real-time threads (the group audio)")
    name = f"retrograde-clock-{os.getpid()}"
    monkeypatch.setenv("JACK_DEFAULT_SERVER", name)
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")
    monkeypatch.setattr(midi, "SCAN", 0.05)
    dummy = ("-d", "dummy", "-r", str(RATE), "-p", str(PERIOD))
    with ExitStack() as stack:
        server = stack.enter_context(running("jackd", "-R", "--port-max", "64", "-n", name, *dummy))
        until(lambda: mididriver._jack_runs() or server.poll() is not None, PATIENCE)
        if server.poll() is not None:
            pytest.skip("a JACK server cannot be started here")
        stack.enter_context(running("jack_midi_clock", "-b", str(BPM)))
        yield Sender(stack.enter_context(running("jack_transport")))


@pytest.fixture
def followed(sender: Sender) -> Iterator[tuple[MidiPorts, Inbox]]:
    inbox = Inbox()
    ports = MidiPorts((), MidiMap((), table()), inbox, now)
    until(lambda: ports.inputs == ("jack_midi_clock:mclk_out",), PATIENCE)
    yield ports, inbox
    ports.close()


def told(inbox: Inbox) -> Callable[[str], Event]:
    """A function that waits for the next event of an address; what comes before it is passed over."""
    events: list[Event] = []

    def next_of(address: str) -> Event:
        def found() -> bool:
            events.extend(inbox.drain(0.0))
            while events and events[0].address != address:
                del events[0]
            return bool(events)

        until(found, PATIENCE)
        return events.pop(0)

    return next_of


def test_the_transport_of_jack_is_followed(sender: Sender, followed: tuple[MidiPorts, Inbox]) -> None:
    """Start, tempo and phase, stop, and on from there."""
    ports, inbox = followed
    event = told(inbox)
    sender.do("locate 0")
    sender.do("play")
    assert event("/transport/seek").args == (0.0,)
    started, ours = event("/transport/play").seconds, (0.0, 0.0)
    for seconds, beat in sender.places():
        assert seconds < started + PATIENCE, (ours, beat)
        ours = ports.beat(seconds) or (0.0, 0.0)
        if seconds > started + 2.0 and ours == (pytest.approx(beat, abs=0.02), pytest.approx(BPM, abs=0.2)):
            break  # 0.02 beats are 10 ms, half a tick
    else:
        pytest.fail("JACK has gone")
    assert ports.words("midi").startswith("midi: jack_midi_clock:mclk_out 12")
    sender.do("stop")
    event("/transport/stop")
    held = next(sender.places())[1]
    assert (ports.beat(now()) or (0.0,))[0] == pytest.approx(held, abs=0.1)
    sender.do("play")
    assert event("/transport/seek").args == (pytest.approx(held, abs=0.1),)
    assert event("/transport/play").seconds > started
    until(lambda: (ports.beat(now()) or (0.0,))[0] > held + 1.0, PATIENCE)
