"""The patch's destinations: looked up beside the show, and said with the cure where they are none."""

import socket
import threading
from collections.abc import Callable, Iterator

import pytest
from waiting import until

from perf.core.patch import Output
from perf.ports.destinations import Destinations
from perf.ports.mailbox import Inbox

Made = Callable[..., tuple[Destinations, Inbox]]


@pytest.fixture
def made() -> Iterator[Made]:
    """Destinations of a socket that is bound to a host."""
    sockets: list[socket.socket] = []

    def make(host: str = "127.0.0.1") -> tuple[Destinations, Inbox]:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        sockets.append(socket.socket(family, socket.SOCK_DGRAM))
        sockets[-1].bind((host, 0))
        inbox = Inbox()
        return Destinations(sockets[-1], inbox.fault), inbox

    yield make
    for each in sockets:
        each.close()


def found(destinations: Destinations) -> dict[str, str]:
    """What is found, as soon as it is."""
    heard: list[dict[str, str]] = []
    until(lambda: (got := destinations.found()) is not None and heard.append(got) is None, 10)
    return heard[0]


@pytest.mark.parametrize("host", ["no such host", "192.168..7", "tablet..local", ".local", 64 * "a" + ".local"])
def test_an_unknown_name_is_said_and_the_others_are_kept(made: Made, host: str) -> None:
    destinations, inbox = made()
    destinations.want([Output(host, 1), Output("127.0.0.1", 9002, "/master")])
    assert found(destinations) == {"osc:udp:127.0.0.1:9002": "/master"}
    assert destinations.found() is None
    ((kind, words),) = inbox.faults()[1]
    assert kind == "osc"
    assert words.startswith(f"[[osc]] host {host!r} is not known (")
    assert words.endswith("give an address of this network")


def test_a_slow_name_server_holds_up_nobody_and_comes_too_late(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    destinations, _ = made()
    answers, known = threading.Event(), socket.getaddrinfo

    def asked(host: str, *rest: int) -> list:  # type: ignore[type-arg]
        assert host != "slow.example" or answers.wait(10)
        return known("127.0.0.1", *rest)

    monkeypatch.setattr(socket, "getaddrinfo", asked)
    destinations.want([Output("slow.example", 9002)])
    destinations.want([Output("quick.example", 9003)])
    assert found(destinations) == {"osc:udp:127.0.0.1:9003": "/"}
    answers.set()
    until(lambda: "osc-names" not in [thread.name for thread in threading.enumerate()], 10)
    assert destinations.found() is None


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("127.0.0.1", "is out of reach: --host 127.0.0.1 reaches this machine alone; start with --host 0.0.0.0"),
        ("::", "give an address of this network in IPv6, or start with --host 0.0.0.0"),
    ],
)
def test_a_destination_out_of_reach_says_the_cure(made: Made, host: str, words: str) -> None:
    destinations, inbox = made(host)
    destinations.want([Output("192.0.2.7", 9002)])
    assert found(destinations) == {}
    assert words in inbox.faults()[1][0][1]
