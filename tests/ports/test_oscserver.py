"""The OSC server on loopback: real sockets, real clients (python-osc, liblo), hostile ones too."""

import math
import select
import shutil
import socket
import struct
import subprocess
import time
from collections.abc import Iterator
from threading import Condition

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pythonosc.udp_client import SimpleUDPClient
from waiting import until

from perf.core.event import Event, Reply, Value
from perf.core.patch import Output
from perf.errors import DeviceError
from perf.ports import osctcp
from perf.ports.mailbox import Inbox
from perf.ports.osc import NTP_EPOCH, OscServer
from perf.ports.osctcp import TcpPort
from perf.wire.osc import decode, encode
from perf.wire.slip import Counted, Framing, Slip

HOST, PATIENCE = "127.0.0.1", 10.0


class HeardInbox(Inbox):
    """An inbox that tests can wait on."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Event] = []
        self._changed = Condition()

    def put(self, events, due=None, now=0.0) -> None:  # type: ignore[no-untyped-def]
        super().put(events, due, now)
        with self._changed:
            self.heard += events
            self._changed.notify_all()

    def fault(self, kind: str, message: str) -> None:
        super().fault(kind, message)
        with self._changed:
            self._changed.notify_all()

    def wait(self, address: str) -> Event:
        """The first event on an address, as soon as it is there."""
        found: list[Event] = []

        def there() -> bool:
            found[:] = [event for event in self.heard if event.address == address]
            return bool(found)

        with self._changed:
            assert self._changed.wait_for(there, PATIENCE), f"{address} never came; {self.faults()}"
        return found[0]

    def wait_fault(self, words: str) -> None:
        """Until a fault says `words`."""
        with self._changed:
            said = self._changed.wait_for(lambda: any(words in message for _, message in self._messages), PATIENCE)
            assert said, f"nobody said {words!r}: {self._messages}"


class Stage:
    """A server with the clock at the test's hand for publishing."""

    def __init__(self) -> None:
        self.inbox = HeardInbox()
        self.server = OscServer(HOST, 0, self.inbox, time.perf_counter)
        self.author = ""

    def publish(self, now: float, values: dict[str, Value]) -> None:
        self.server.publish(now, values, lambda address: self.author)


class Udp:
    """A client with one socket."""

    def __init__(self, server: OscServer) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((HOST, 0))
        self.socket.settimeout(PATIENCE)
        self.port = self.socket.getsockname()[1]
        self.source = f"osc:udp:{HOST}:{self.port}"
        self._server = (HOST, server.port)

    def send(self, packet: bytes) -> None:
        self.socket.sendto(packet, self._server)

    def hear(self) -> list[tuple[str, tuple[object, ...]]]:
        return [(e.address, e.args) for b in decode(self.socket.recv(65536)) for e in b.events]


class Tcp:
    """A client with a framing."""

    def __init__(self, server: OscServer, framing: Framing) -> None:
        self.socket = socket.create_connection((HOST, server.port), PATIENCE)
        self.framing = framing

    def send(self, packet: bytes) -> None:
        self.socket.sendall(self.framing.frame(packet))

    def hear(self) -> list[tuple[str, tuple[object, ...]]]:
        packets: list[bytes] = []
        while not packets:
            data = self.socket.recv(65536)
            assert data, "the server hung up"
            packets = self.framing.feed(data)
        return [(e.address, e.args) for p in packets for b in decode(p) for e in b.events]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    made = Stage()
    yield made
    made.server.close()


@pytest.fixture
def udp(stage: Stage) -> Iterator[Udp]:
    client = Udp(stage.server)
    stage.inbox.heard.clear()
    stage.inbox.faults()
    yield client
    client.send(encode("/unsubscribe"))
    client.send(encode("/end/of/test"))
    stage.inbox.wait("/end/of/test")
    stage.publish(1e9, {})
    client.socket.close()


def subscribed(stage: Stage, client: Udp | Tcp, *args: Value) -> None:
    """Subscribe and be sure that it has arrived."""
    stage.inbox.heard.clear()
    client.send(encode("/subscribe", args))
    client.send(encode("/then", ()))
    stage.inbox.wait("/then")


def test_a_message_becomes_an_event_with_its_time_and_sender(stage: Stage, udp: Udp) -> None:
    before = time.perf_counter()
    udp.send(encode("/sampler/skip", (0.5,)))
    event = stage.inbox.wait("/sampler/skip")
    assert (event.args, event.source) == ((0.5,), udp.source)
    assert before <= event.seconds <= time.perf_counter()


def test_python_osc_is_heard(stage: Stage, udp: Udp) -> None:
    with SimpleUDPClient(HOST, stage.server.port) as client:
        client.send_message("/prompt/1/text", "a red house")
    assert stage.inbox.wait("/prompt/1/text").args == ("a red house",)


def liblo(program: str, *args: str) -> list[str] | None:
    found = shutil.which(program)
    return [found, *args] if found else None


@pytest.mark.parametrize("protocol", ["udp", "tcp"])
def test_liblo_is_heard_over_udp_and_tcp(stage: Stage, udp: Udp, protocol: str) -> None:
    """liblo's `oscsend`, or where it is not installed the bytes it writes."""
    command = liblo("oscsend", f"osc.{protocol}://{HOST}:{stage.server.port}", "/layer/1/blend", "sifTFh", "add")
    if command:
        subprocess.run([*command, "3", "0.5", "7"], check=True, timeout=PATIENCE)
    else:
        client = Tcp(stage.server, Counted()) if protocol == "tcp" else udp
        client.send(b"/layer/1/blend\0\0,sifTFh\0add\0" + struct.pack(">ifq", 3, 0.5, 7))
        if isinstance(client, Tcp):
            client.socket.close()
    event = stage.inbox.wait("/layer/1/blend")
    assert event.args == ("add", 3, 0.5, True, False, 7)
    assert event.source.startswith(f"osc:{protocol}:")


def sent_to(stage: Stage, *outputs: Output) -> None:
    """Send to these destinations, as soon as they have been looked up."""
    stage.server.outputs(outputs)
    until(lambda: stage.publish(0.0, {}) or stage.server.listeners == len(outputs), PATIENCE)


def test_liblo_hears_what_is_published(stage: Stage, udp: Udp) -> None:
    """liblo's `oscdump` as a fixed destination of the patch, or where it is not installed a socket."""
    free = Udp(stage.server)
    free.socket.close()
    command = liblo("oscdump", "-L", str(free.port))
    sent_to(stage, Output(HOST, free.port if command else udp.port, "/master"))
    try:
        if command:
            heard = _dumped(stage, command)
        else:
            stage.publish(1.0, {"/master/opacity": 0.5, "/other": 1.0})
            heard = str(udp.hear())
    finally:
        sent_to(stage)
    assert "/master/opacity" in heard
    assert "0.5" in heard
    assert "/other" not in heard


def _dumped(stage: Stage, command: list[str]) -> str:
    """Publish until `oscdump`, which takes a moment to start, has written its lines."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as dump:
        assert dump.stdout is not None
        heard, end, now = "", time.monotonic() + PATIENCE, 0.0
        while "0.5" not in heard and time.monotonic() < end:
            now += 1.0
            stage.publish(now, {"/master/opacity": 0.5 if now % 2 else 0.25, "/other": now})
            if select.select([dump.stdout], [], [], 0.02)[0]:
                heard += dump.stdout.readline()
        dump.terminate()
    return heard


@pytest.mark.parametrize("framing", [Slip, Counted])
def test_tcp_is_answered_in_the_framing_it_speaks(stage: Stage, udp: Udp, framing: type[Slip] | type[Counted]) -> None:
    client = Tcp(stage.server, framing())
    client.send(encode("/ping", ("hello", 0xC0)))
    event = stage.inbox.wait("/ping")
    assert event.source.startswith("osc:tcp:")
    assert stage.server.send(Reply(event.source, "/pong", event.args))
    assert client.hear() == [("/pong", ("hello", 0xC0))]
    client.socket.close()


def test_a_reply_goes_to_its_sender_alone(stage: Stage, udp: Udp) -> None:
    assert stage.server.send(Reply(udp.source, "/pong", (1.5,)))
    assert udp.hear() == [("/pong", (1.5,))]
    assert not stage.server.send(Reply("key", "/pong"))
    assert not stage.server.send(Reply(udp.source, "/pong", ("x" * 70000,)))
    assert stage.server.send(Reply(udp.source, "/still", ()))
    assert udp.hear() == [("/still", ())]


def test_subscribers_hear_everything_then_changes(stage: Stage, udp: Udp) -> None:
    subscribed(stage, udp)
    stage.publish(0.0, {"/a": 0.5, "/b": "text", "/c": (0.0, 0.5, 1.0, 1.0), "/d": True})
    assert udp.hear() == [("/a", (0.5,)), ("/b", ("text",)), ("/c", (0.0, 0.5, 1.0, 1.0)), ("/d", (True,))]
    stage.publish(0.1, {"/a": 0.5, "/b": "other"})
    assert udp.hear() == [("/b", ("other",))]


def test_a_prefix_and_a_port_of_ones_own(stage: Stage, udp: Udp) -> None:
    listener = Udp(stage.server)
    subscribed(stage, udp, listener.port, "/prompt")
    stage.publish(0.0, {"/prompt/1/text": "x", "/prompts": 1.0})
    assert listener.hear() == [("/prompt/1/text", ("x",))]
    listener.socket.close()


def test_changes_never_go_back_to_who_made_them(stage: Stage, udp: Udp) -> None:
    other = Udp(stage.server)
    for client in (udp, other):
        subscribed(stage, client)
    stage.publish(0.0, {"/a": 0.0})
    assert udp.hear() == other.hear() == [("/a", (0.0,))]
    stage.author = udp.source
    stage.publish(0.1, {"/a": 0.5})
    stage.author = ""
    stage.publish(0.2, {"/a": 0.5, "/mark": 1.0})
    assert other.hear() == [("/a", (0.5,))]
    assert udp.hear() == [("/mark", (1.0,))]
    other.socket.close()


def test_who_moves_a_parameter_by_its_norm_is_told_where_it_is(stage: Stage, udp: Udp) -> None:
    subscribed(stage, udp)
    start = time.perf_counter()
    stage.publish(start, {"/a": 0.0})
    assert udp.hear() == [("/a", (0.0,))]
    udp.send(encode("/norm/a", (0.5,)))
    stage.inbox.wait("/norm/a")
    stage.author = udp.source
    stage.publish(start + 1.0, {"/a": 6.0})
    stage.publish(start + 20.0, {"/a": 6.0})
    stage.author = ""
    assert udp.hear() == [("/a", (6.0,))]


def test_a_large_table_goes_out_in_small_bundles(stage: Stage, udp: Udp) -> None:
    subscribed(stage, udp)
    values: dict[str, Value] = {f"/layer/{n}/opacity": float(n) for n in range(300)}
    stage.publish(0.0, values)
    heard: list[tuple[str, tuple[object, ...]]] = []
    while len(heard) < 300:
        packet = udp.socket.recv(65536)
        assert len(packet) <= 1400
        heard += [(e.address, e.args) for b in decode(packet) for e in b.events]
    assert heard == [(address, (value,)) for address, value in values.items()]


def test_a_tcp_subscriber_is_forgotten_with_its_connection(stage: Stage, udp: Udp) -> None:
    client = Tcp(stage.server, Slip())
    subscribed(stage, client)
    stage.publish(0.0, {"/a": 1.0})
    assert client.hear() == [("/a", (1.0,))]
    source = stage.inbox.wait("/then").source
    client.socket.close()
    while stage.server._tcp.connected(source):
        pass
    stage.publish(1.0, {"/a": 2.0})
    assert stage.server.listeners == 0


def test_nonsense_in_subscribe_is_said(stage: Stage, udp: Udp) -> None:
    subscribed(stage, udp, "over there")
    stage.publish(0.0, {})
    assert any("/subscribe takes" in message for _, message in stage.inbox.faults()[1])


def test_a_malformed_packet_is_counted_and_the_next_is_heard(stage: Stage, udp: Udp) -> None:
    packets, received = stage.server.packets, stage.server.received
    udp.send(b"/a\0\0,f\0\0")
    stage.inbox.wait_fault("need 4 bytes")
    udp.send(encode("/next"))
    stage.inbox.wait("/next")
    assert (stage.server.packets - packets, stage.server.received - received) == (2, 20)


def test_a_bundle_keeps_its_time(stage: Stage, udp: Udp) -> None:
    now = time.perf_counter()
    tag = struct.pack(">Q", int((time.time() + NTP_EPOCH + 0.2) * 2**32))
    message = encode("/timed", (1,))
    udp.send(b"#bundle\0" + tag + struct.pack(">i", len(message)) + message)
    event = stage.inbox.wait("/timed")
    assert event.seconds == pytest.approx(now + 0.2, abs=0.1)
    assert event not in stage.inbox.drain(event.seconds - 0.01)
    assert event in stage.inbox.drain(event.seconds)


@pytest.mark.parametrize("years", [-30, 30])
def test_a_clock_that_is_years_off_does_not_delay_a_fader(stage: Stage, udp: Udp, years: int) -> None:
    tag = struct.pack(">Q", int((time.time() + NTP_EPOCH + years * 3.15e7) * 2**32) & (2**64 - 1))
    message = encode("/fader", (1,))
    udp.send(b"#bundle\0" + tag + struct.pack(">i", len(message)) + message)
    event = stage.inbox.wait("/fader")
    assert event in stage.inbox.drain(time.perf_counter())
    stage.inbox.wait_fault("clock is not this machine's")


@given(noise=st.binary(max_size=400))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_noise_hurts_nobody(stage: Stage, udp: Udp, noise: bytes) -> None:
    """Whatever comes over UDP and over TCP, the next message of somebody else is heard."""
    stage.inbox.heard.clear()
    with socket.create_connection((HOST, stage.server.port), PATIENCE) as client:
        client.sendall(noise)
        udp.send(noise or b"/")
    udp.send(encode("/after"))
    stage.inbox.wait("/after")


def nested(depth: int) -> bytes:
    packet = encode("/deep")
    for _ in range(depth):
        packet = b"#bundle\0" + bytes(7) + b"\1" + struct.pack(">i", len(packet)) + packet
    return packet


HOSTILE = {
    "deep bundles": nested(3000),
    "a truncated bundle": nested(3)[:-4],
    "an unknown type": b"/a\0\0,X\0\0",
    "a huge blob": b"/a\0\0,b\0\0\x7f\xff\xff\xff",
    "no end": b"/" * 400,
    "open arrays": b"/a\0\0," + b"[" * 4003 + bytes(4),
}


@pytest.mark.parametrize("packet", HOSTILE.values(), ids=list(HOSTILE))
def test_hostile_packets_are_counted_over_udp_and_tcp(stage: Stage, udp: Udp, packet: bytes) -> None:
    """Each is a fault that says why, from either side, and the sender is still served."""
    client = Tcp(stage.server, Slip())
    for one in (udp, client):
        stage.inbox.faults()
        one.send(packet if one is client else packet[:65000])
        one.send(encode("/served", (math.nan, math.inf)))
        stage.inbox.wait_fault("from osc:")
        assert str(stage.inbox.wait("/served").args) == "(nan, inf)"
        stage.inbox.heard.clear()
    client.socket.close()


def test_the_longest_datagram(stage: Stage, udp: Udp) -> None:
    udp.send(encode("/prompt/2/text", ("y" * 65000,)))
    assert stage.inbox.wait("/prompt/2/text").args == ("y" * 65000,)


def test_a_long_text_over_tcp(stage: Stage, udp: Udp) -> None:
    client = Tcp(stage.server, Slip())
    client.send(encode("/prompt/1/text", ("x" * 65536,)))
    assert stage.inbox.wait("/prompt/1/text").args == ("x" * 65536,)
    client.socket.close()


def test_a_client_that_does_not_read_is_let_go_and_the_others_play(
    stage: Stage, udp: Udp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(osctcp, "BACKLOG", 1 << 16)
    sleeper, client = Tcp(stage.server, Slip()), Tcp(stage.server, Slip())
    for each in (sleeper, client):
        subscribed(stage, each, "/text")
    for n in range(1, 2000):
        stage.publish(float(n), {"/text": f"{n} " + "x" * 20000})
        assert str(client.hear()[0][1][0]).startswith(f"{n} ")
        if stage.server.listeners == 1:
            break
    assert stage.server.listeners == 1
    stage.inbox.wait_fault("does not read")
    for each in (sleeper, client):
        each.socket.close()


def test_a_client_let_go_in_a_round_is_not_read_in_it() -> None:
    """One that does not read may have written: it was said that it is disconnected, and that is all."""
    inbox = Inbox()
    port = TcpPort(socket.create_server((HOST, 0)), inbox, lambda packet, source: None)
    with socket.create_connection(port._listener.getsockname()) as line:
        while not port._clients:
            port._accept()
        line.sendall(b"\xc0")
        keys = [
            (key, events) for key, events in port._selector.select() if events and key.data in port._clients.values()
        ]
        port._let_go(keys[0][0].data)
        port._attend(*keys[0])
    port.close()
    port.serve()
    assert inbox.faults() == ({}, [])


def test_there_is_a_most_of_clients_and_those_that_say_nothing_give_way(stage: Stage, udp: Udp) -> None:
    """Half-open lines, and a scanner's, hold no place for ever."""
    silent = [socket.create_connection((HOST, stage.server.port), PATIENCE) for _ in range(osctcp.CLIENTS)]
    silent[0].sendall(b"\xc0/half")
    clients = [Tcp(stage.server, Slip()) for _ in range(osctcp.CLIENTS)]
    for number, client in enumerate(clients):
        client.send(encode(f"/client/{number}"))
        stage.inbox.wait(f"/client/{number}")
    stage.inbox.wait_fault("it has said nothing")
    last = socket.create_connection((HOST, stage.server.port), PATIENCE)
    stage.inbox.wait_fault("close one")
    for line in (*silent, *(client.socket for client in clients), last):
        line.close()
    udp.send(encode("/on"))
    stage.inbox.wait("/on")


def test_ten_thousand_messages_a_second_over_200_addresses() -> None:
    """Two seconds' worth as fast as they go, beside a show that computes: no last value is lost. No more come at once
    than in a tick of 60 a second: the system keeps some 270 for who is not at hand, and drops what is over."""
    stage = Stage()
    client = Udp(stage.server)
    state: dict[str, object] = {}
    for start in range(0, 20_000, 160):
        for n in range(start, start + 160):
            client.send(encode(f"/layer/1/p{n % 200}", (n,)))
        sum(n * n for n in range(20_000))  # the tick
        state |= {event.address: event.args[0] for event in stage.inbox.drain(0.0)}
    client.send(encode("/last", (0,)))
    stage.inbox.wait("/last")
    state |= {event.address: event.args[0] for event in stage.inbox.drain(0.0)}
    assert {state[f"/layer/1/p{n % 200}"] == n for n in range(19_800, 20_000)} == {True}
    stage.server.close()
    client.socket.close()


def test_a_taken_port_says_who_may_hold_it_and_the_cure(stage: Stage) -> None:
    with pytest.raises(DeviceError, match=rf"port {stage.server.port}.*TouchDesigner.*--osc-port"):
        OscServer(HOST, stage.server.port, Inbox(), time.perf_counter)


def test_an_address_of_another_machine_says_the_cure() -> None:
    with pytest.raises(DeviceError, match="--host"):
        OscServer("192.0.2.1", 0, Inbox(), time.perf_counter)


def test_what_is_no_name_ends_no_show(stage: Stage, udp: Udp) -> None:
    stage.server.outputs([Output("tablet..local", 1), Output(HOST, udp.port)])
    stage.inbox.wait_fault("give an address")
    sent_to(stage, Output(HOST, udp.port))
    sent_to(stage)


def test_closing_is_prompt_and_frees_the_port() -> None:
    first = OscServer("0.0.0.0", 0, Inbox(), time.perf_counter)
    with socket.create_connection((HOST, first.port), PATIENCE):
        before = time.perf_counter()
        first.close()
        assert time.perf_counter() - before < 1.0
        assert not any(thread.is_alive() for thread in first._threads)
    OscServer("0.0.0.0", first.port, Inbox(), time.perf_counter).close()
