"""Ableton Link: what the port asks of a session played by the test, and two real peers in a network of their own."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from perf.core.event import Event
from perf.core.meter import Meter
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
    from waiting import until

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


PEER = """
import sys, time
from perf.ports.link import LinkSession
session = LinkSession(float(sys.argv[1]))
until = time.time() + float(sys.argv[2])
while time.time() < until and not session.peers():
    time.sleep(0.05)
time.sleep(1.0)
for line in sys.stdin:
    if line.strip():
        session.set_tempo(float(line)); time.sleep(0.5)
    beat, tempo, _ = session.read(4.0)
    print(time.clock_gettime(time.CLOCK_MONOTONIC), beat % 4, tempo, session.peers(), flush=True)
"""

BOTH = """
import subprocess, sys, time
from pathlib import Path
def run(tempo):
    return subprocess.Popen([sys.executable, "-c", PEER, str(tempo), "15"], stdin=-1, stdout=-1, text=True)
def ask(peer, words=""):
    peer.stdin.write(words + "\\n"); peer.stdin.flush()
    return [float(word) for word in peer.stdout.readline().split()]
one = run(133.0); time.sleep(1.0); two = run(90.0)
a, b = ask(one), ask(two)
late = (b[1] - a[1] - (b[0] - a[0]) * a[2] / 60 + 2) % 4 - 2
ask(two, "101.5")
print(a[2], b[2], abs(late) * 60000 / a[2], a[3], b[3], ask(one)[2])
one.stdin.close(); two.stdin.close(); one.wait(); two.wait()
"""


def _namespace() -> bool:
    """Whether a network of one's own can be had."""
    if not shutil.which("unshare") or not shutil.which("ip"):
        return False
    return subprocess.run(["unshare", "-rn", "ip", "link", "set", "lo", "up"], capture_output=True).returncode == 0


@pytest.mark.skipif(
    importlib.util.find_spec("link") is None, reason="needs the extra link: pip install LinkPython-extern"
)
def test_two_peers_share_tempo_and_phase() -> None:
    """Two processes in a network namespace of their own: the second takes the first's tempo, and may change it."""
    if not _namespace():
        pytest.skip("needs unshare and ip, and the right to a network namespace")
    script = f"PEER = {PEER!r}\n{BOTH}"
    up = "ip link set lo up && ip link set lo multicast on && ip route add 224.0.0.0/4 dev lo"
    command = ["unshare", "-rn", "sh", "-c", f'{up} && exec "$0" -c "$1"', sys.executable, script]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=Path(__file__).parents[2])
    assert done.returncode == 0, done.stderr
    first, second, late, peers, others, changed = map(float, done.stdout.split())
    print(f"phase between two peers: {late:.3f} ms")
    assert (peers, others) == (1, 1)
    assert (first, second) == (pytest.approx(133.0, abs=1e-3), pytest.approx(133.0, abs=1e-3))  # Link counts µs a beat
    assert late < 3.0
    assert changed == pytest.approx(101.5, abs=1e-3)
