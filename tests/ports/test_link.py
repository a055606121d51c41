"""Ableton Link: what the port asks of a session played by the test, and two real shows in a network of their own."""

import importlib.util
import os
import shutil
import subprocess
import sys
from bisect import bisect
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from waiting import until

from perf.core.event import Event
from perf.core.meter import Meter, TempoMap
from perf.core.moment import Transport
from perf.errors import DeviceError
from perf.ports.link import LinkPort, LinkSession
from perf.ports.mailbox import Inbox


class PlayedSession:
    """A session that the test plays: its beat is what it says, and what is asked of it is noted."""

    def __init__(self) -> None:
        self.others, self.beat, self.tempo, self.playing = 1, 0.0, 120.0, False
        self.asked: list[tuple] = []

    def peers(self) -> int:
        return self.others

    def read(self, quantum: float) -> tuple[float, float, bool]:
        return self.beat, self.tempo, self.playing

    def set_tempo(self, tempo: float) -> None:
        self.asked.append(("tempo", tempo))

    def set_beat(self, beat: float, quantum: float) -> None:
        self.asked.append(("beat", beat, quantum))

    def set_playing(self, playing: bool) -> None:
        self.asked.append(("playing", playing))

    def share(self, startstop: bool) -> None:
        self.asked.append(("share", startstop))

    def close(self) -> None:
        self.asked.append(("close",))


class Desk:
    """A port at a time that the test sets."""

    def __init__(self) -> None:
        self.session, self.seconds = PlayedSession(), 0.0
        self.port = LinkPort(self.session, Inbox(), lambda: self.seconds)

    def look(self, transport: Transport, **switches: bool) -> list[Event]:
        self.port.observe(transport, **{"send": True, "receive": True, "startstop": False} | switches)
        return self.port.look()


def test_alone_the_session_is_told_the_tempo_tracks_tempo() -> None:
    desk = Desk()
    desk.session.others = 0
    desk.look(Transport(tempo=120, playing=False, course=TempoMap(lambda beat: 90.0, [0.0])))
    assert desk.session.asked == [("tempo", pytest.approx(90.0))]


def test_the_bars_are_ours_and_the_phase_is_the_sessions() -> None:
    desk = Desk()
    desk.session.beat, desk.session.tempo, desk.seconds = 1000.5, 97.0, 10.0
    [event] = desk.look(Transport())  # ours: beat 20
    assert (event.address, event.source) == ("/transport/follow", "clock:link")
    assert event.args == (20.5, 97.0)
    assert desk.session.asked == [], "joining changes nothing for the others"
    assert desk.port.words() == "link 1 peer"


def test_the_quantum_is_the_bar() -> None:
    desk = Desk()
    desk.session.beat = 8.0
    assert desk.look(Transport(meter=Meter(((0, 3.0),)), beat=30.0))[0].args[0] == 29.0


def test_alone_the_session_is_as_the_show_is() -> None:
    desk = Desk()
    desk.session.others, desk.seconds = 0, 3.0
    assert desk.look(Transport(tempo=90.0)) == []
    assert desk.session.asked == [("tempo", 90.0), ("beat", 4.5, 4.0)]


def test_a_session_is_followed_when_its_phase_has_been_found() -> None:
    desk = Desk()
    desk.session.others = 0
    desk.look(Transport())
    desk.session.others = 1
    assert desk.look(Transport()) == []
    desk.seconds = 1.1
    assert desk.look(Transport()) != []


def test_a_tempo_is_proposed_only_when_a_performer_sets_it() -> None:
    desk = Desk()
    desk.look(Transport(tempo=140.0))
    assert desk.session.asked == []
    desk.port.propose(140.0)
    desk.look(Transport(tempo=140.0))
    desk.look(Transport(tempo=140.0))
    assert desk.session.asked == [("tempo", 140.0)]
    desk.port.propose(150.0)
    desk.look(Transport(tempo=150.0), send=False)
    assert desk.session.asked == [("tempo", 140.0)]


def test_without_receiving_nothing_is_followed() -> None:
    assert Desk().look(Transport(), receive=False) == []


def test_starts_and_stops_are_shared_only_when_asked_for() -> None:
    desk = Desk()
    desk.session.playing = True
    assert [event.address for event in desk.look(Transport(playing=False))] == ["/transport/follow"]
    desk = Desk()
    desk.look(Transport(playing=False), startstop=True)
    assert desk.session.asked == [("share", True)]
    desk.session.playing = True
    assert desk.look(Transport(playing=False), startstop=True)[0].address == "/transport/play"
    desk.look(Transport(playing=False), startstop=True)
    assert desk.session.asked == [("share", True)], "the start is on its way to the show; it is not taken back"
    desk.seconds = 2.0
    desk.look(Transport(), startstop=True)
    desk.look(Transport(playing=False), startstop=True)
    assert desk.session.asked[-1] == ("playing", False)


def test_a_session_that_fails_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    inbox, session = Inbox(), PlayedSession()
    monkeypatch.setattr(session, "peers", lambda: 1 / 0)
    port = LinkPort(session, inbox, lambda: 0.0)
    port.start()
    until(lambda: any("Link was interrupted" in words for _, words in inbox.faults()[1]), 10.0)
    port.close()
    assert session.asked == [("close",)]


def test_without_the_package_the_cure_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "link", None)
    with pytest.raises(DeviceError, match="pip install LinkPython-extern"):
        LinkSession(120.0)


SHOW = """
import select, sys, time
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from perf.clocks import Clocks
from perf.core.event import Event
from perf.core.moment import Moment
from perf.core.state import State
from perf.core.tick import tick
from perf.ports.mailbox import Inbox
from perf.wire.patch import parse
patch = parse(sys.argv[1], print, "link.toml")
inbox, now, state = Inbox(), time.perf_counter, State(transport=patch.transport)
clocks, midi = Clocks(patch, Path(), inbox, now), SimpleNamespace(lead=lambda *told: None)
for index in count():
    asked = select.select([sys.stdin], [], [], 1 / 60)[0]
    if asked and not (words := sys.stdin.readline().split()):
        break
    seconds = now()
    hand = [Event(seconds, words[0], (float(words[1]),), "key")] if asked else []
    result = tick(patch, state, hand or inbox.drain(seconds), Moment(index, seconds))
    state, place = result.state, result.frame.moment
    clocks.heard(result, midi)
    peers = clocks.words(result.frame.values, midi).split()[1]
    print(place.seconds, place.beat, place.tempo, int(state.transport.playing), peers, flush=True)
clocks.close()
"""
NETWORK = "ip link set lo up && ip link set lo multicast on && ip route add 224.0.0.0/4 dev lo && echo up && exec cat"
BAR = 3.0  # beats: the quantum


class Seen(NamedTuple):
    """A frame of a show in another process; seconds are everybody's."""

    seconds: float
    beat: float
    tempo: float
    playing: float
    peers: float


class Show:
    """A show in another process: tick, clocks and Link as `play` wires them, 60 times a second."""

    def __init__(self, process: Any) -> None:
        self._process, self._rest, self.seen = process, b"", [Seen(0.0, 0.0, 0.0, 1.0, 0.0)]
        os.set_blocking(process.stdout.fileno(), False)

    def do(self, address: str, value: float) -> None:
        """A performer's hand."""
        self._process.stdin.write(f"{address} {value}\n".encode())
        self._process.stdin.flush()

    def look(self) -> Seen:
        """Its newest frame."""
        *lines, self._rest = (self._rest + (self._process.stdout.read() or b"")).split(b"\n")
        self.seen += [Seen(*map(float, line.split())) for line in lines]
        return self.seen[-1]

    def leave(self) -> None:
        """End it."""
        self._process.stdin.close()


def off(show: Show, other: Show) -> float:
    """By how many ms the places in the bar were apart at most, in the last half second."""
    other.look()
    starts, last = [frame.seconds for frame in other.seen], show.look().seconds
    worst = 0.0
    for frame in (frame for frame in show.seen if frame.seconds > last - 0.5):
        before = other.seen[bisect(starts, frame.seconds) - 1]
        there = before.beat + (frame.seconds - before.seconds) * before.tempo / 60
        worst = max(worst, abs((frame.beat - there + BAR / 2) % BAR - BAR / 2) * 60000 / frame.tempo)
    return worst


@pytest.fixture
def shows() -> Iterator[Callable[[float], Show]]:
    """A function that starts a show at a tempo; all are in a network namespace of their own."""
    if importlib.util.find_spec("link") is None:
        pytest.skip("needs the extra link: pip install LinkPython-extern")
    if not all(map(shutil.which, ("unshare", "nsenter", "ip"))):
        pytest.skip("needs unshare, nsenter and ip")
    piped, folder = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}, Path(__file__).parents[2]
    with ExitStack() as stack:
        network: Any = stack.enter_context(subprocess.Popen(["unshare", "-rn", "sh", "-c", NETWORK], **piped))
        if network.stdout.readline() != b"up\n":
            pytest.skip("needs the right to a network namespace")

        def start(tempo: float) -> Show:
            enter = ["nsenter", "-t", str(network.pid), "-U", "-n", "--preserve-credentials", sys.executable, "-c"]
            patch = f'[clock]\nsource = "link"\nsignature = "3/4"\ntempo = {tempo}\n'
            patch += '[params]\n"/link/startstop" = true\n'
            return Show(stack.enter_context(subprocess.Popen([*enter, SHOW, patch], cwd=folder, **piped)))

        yield start


def test_two_shows_share_tempo_phase_starts_and_stops(shows: Callable[[float], Show]) -> None:
    """The second takes the first's tempo and slides into its bar; then each changes something for both."""
    one = shows(360.0)
    until(lambda: one.look() and len(one.seen) > 120)  # frames: of two sessions Link takes the older
    joined = len(one.seen)
    two = shows(90.0)
    until(lambda: two.look().tempo == pytest.approx(360.0, abs=0.01))  # Link counts whole microseconds a beat
    until(lambda: off(two, one) < 3.0)
    assert (one.look().peers, two.look().peers) == (1, 1)
    after = one.seen[joined:]
    assert {frame.tempo for frame in after} == {360.0}, "joining changes nobody's tempo"
    leaps = [b.beat - a.beat - (b.seconds - a.seconds) * 6.0 for a, b in pairwise(after)]
    assert max(map(abs, leaps)) < 0.1, "nor where anybody is"
    two.do("/transport/tempo", 300.0)
    until(lambda: one.look().tempo == pytest.approx(300.0, abs=0.01) and one.look().tempo == two.look().tempo)
    two.do("/transport/stop", 1)
    until(lambda: not one.look().playing)
    one.do("/transport/play", 1)
    until(lambda: two.look().playing)
    until(lambda: off(two, one) < 3.0)
    one.leave()
    until(lambda: not two.look().peers)
    assert two.look().tempo == pytest.approx(300.0, abs=0.01)
