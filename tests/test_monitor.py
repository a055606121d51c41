"""The monitor says of every message what it did, or why it did nothing."""

from argparse import Namespace
from pathlib import Path
from types import SimpleNamespace

import pytest

from perf.commands import monitor
from perf.commands.monitor import Controls, tell
from perf.core.clock import ClockSpec
from perf.core.event import Argument, Event, Outcome
from perf.core.patch import Binding
from perf.core.table import table
from perf.ports.mailbox import Inbox

SENDER = "osc:udp:127.0.0.1:5000"


def told(capsys: pytest.CaptureFixture[str], controls: Controls, *requests: Event, **result: list) -> list[str]:  # type: ignore[type-arg]
    """The lines that a tick prints."""
    osc = SimpleNamespace(requests=lambda: requests, send=lambda reply: None)
    came = SimpleNamespace(**({"outcomes": [], "replies": []} | result))
    tell(came, osc, controls, Inbox())  # type: ignore[arg-type]
    return capsys.readouterr().out.splitlines()


def test_a_message_that_does_something(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = Outcome(Event(1.5, "/camera/zoom", (9.0,), SENDER), "clamped", "(9.0,) became 4.0")
    lines = told(capsys, Controls([], table()), outcomes=[outcome])
    assert lines == [f"    1.500  {SENDER:28}  /camera/zoom 9.0  -> clamped: (9.0,) became 4.0"]


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ((0xB0, 99, 64), "cc 99 channel 1 at 64  -> bound to nothing"),
        ((0xB1, 21, 127), "cc 21 channel 2 at 127  -> /sampler/skip waits for takeover at 64 of 127"),
        ((0x90, 60, 0), "note 60 channel 1 at 0  -> /cue/next is not moved by a button let go"),
    ],
)
def test_a_control_that_does_nothing(capsys: pytest.CaptureFixture[str], message: tuple[int, ...], words: str) -> None:
    pad = Binding("note", 60, "/cue/next", mode="trigger")
    controls = Controls([Binding("cc", 21, "/sampler/skip"), pad], table())
    controls.observe({"/sampler/skip": 0.5})
    assert controls.feed(message, 2.0, "nano") == []
    ((line),) = told(capsys, controls)
    assert line.startswith(f"    2.000  {'midi:nano':28}  {words}")
    assert told(capsys, controls) == [], "and once"


def test_a_clock_is_no_control(capsys: pytest.CaptureFixture[str]) -> None:
    controls = Controls([], table())
    controls.feed((0xF8,), 1.0, "nano")
    assert told(capsys, controls) == []


def test_time_is_the_patchs_and_no_clock_of_ours_goes_out(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What a time code or a song position does depends on the tempo, and on the code that the patch calls its start."""
    clocks: list[ClockSpec] = []

    def ports(names: object, controls: object, inbox: Inbox, now: object) -> SimpleNamespace:
        inbox.put([Event(0.0, "/transport/seek", (8.0,), "clock:midi:nano")])
        return SimpleNamespace(clock=clocks.append, observe=lambda values: None, close=lambda: None)

    monkeypatch.setattr(monitor, "MidiPorts", ports)
    patch = tmp_path / "set.toml"
    patch.write_text('name = "set"\n[clock]\ntempo = 90\nmtc_start = "01:00:00:00"\nout = ["nano"]\n')
    monitor.run(Namespace(patch=str(patch), host="127.0.0.1", osc_port=0, midi=[], seconds=0.01))
    assert clocks == [ClockSpec(mtc_start="01:00:00:00")]
    assert "/transport/seek 8.0  -> command: beat 8.000 at 90 BPM" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("address", "args", "became"),
    [
        (
            "/subscribe",
            (9005, "/camera"),
            "command: while a show plays, for changes of /camera to osc:udp:127.0.0.1:9005",
        ),
        ("/subscribe", ("x",), "rejected: 'x'; /subscribe takes [port]"),
        ("/unsubscribe", (), f"command: while a show plays, for changes of / to {SENDER}"),
    ],
)
def test_a_subscription(
    capsys: pytest.CaptureFixture[str], address: str, args: tuple[Argument, ...], became: str
) -> None:
    (line,) = told(capsys, Controls([], table()), Event(3.0, address, args, SENDER))
    assert line.startswith(f"    3.000  {SENDER:28}  {address}")
    assert became in line
