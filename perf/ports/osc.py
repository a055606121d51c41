"""OSC over UDP, and over TCP with SLIP on the same number: packets to events, replies and changes to packets.

Decides nothing about parameters. Receiving threads put into the inbox; everything is sent by the show's thread, which
never waits for a network. No multicast. Time tags are honoured as `wire.timetag` says.
"""

import errno
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from threading import Thread

from perf.core.event import Event, Reply, Value
from perf.core.patch import Output
from perf.errors import DeviceError
from perf.ports.destinations import Destinations
from perf.ports.mailbox import HORIZON, Inbox, Queue, Stop
from perf.ports.osctcp import TcpPort
from perf.ports.subscribers import Author, Subscribers, subscription
from perf.wire.osc import decode, encode, encode_bundles
from perf.wire.osctypes import OscError
from perf.wire.timetag import TagClock, dated

RECEIVE_BUFFER = 8 << 20  # bytes asked of the system; it gives what it allows
SENDERS = 1024  # hosts whose clocks are remembered
NTP_EPOCH = 2208988800  # seconds from 1900 (NTP) to 1970
REQUESTS = 1024
SAID = 4096  # messages of listeners that are noted between two ticks; what more they say may come back to them

Clock = Callable[[], float]
Destination = tuple[str, int]


def ntp_now() -> float:
    """Seconds since 1900 by the system's wall clock, with which time tags are compared."""
    return time.time() + NTP_EPOCH


class Intake:
    """Packets to the inbox. One for each receiving thread, so that its counters need no lock."""

    def __init__(self, inbox: Inbox, now: Clock, request: Callable[[Event], None]) -> None:
        self.packets = self.size = 0
        self.policies: dict[str, str] = {}
        self.listeners: frozenset[str] = frozenset()  # whose messages are noted
        self.said: Queue[tuple[str, str, float]] = Queue(SAID)
        self._inbox, self._now, self._request = inbox, now, request
        self._clocks: dict[str, TagClock] = {}

    def take(self, packet: bytes, source: str) -> None:
        """Decode one packet and put its bundles; a broken one is counted and says why."""
        now = self._now()
        self.packets += 1
        self.size += len(packet)
        try:
            bundles = decode(packet, now, source)
        except OscError as error:
            self._inbox.fault("osc", f"a malformed packet from {source}: {error}")
            return
        for bundle in bundles:
            due = None if bundle.tag is None else self._due(bundle.tag, source, now)
            self._put(bundle.events, due, now)
            for reason in bundle.discarded:
                self._inbox.fault("osc", f"a message from {source} was discarded: {reason}")

    def _put(self, events: tuple[Event, ...], due: float | None, now: float) -> None:
        if any(event.address in _REQUESTS for event in events):
            for event in events:
                if event.address in _REQUESTS:
                    self._request(event)
            events = tuple(event for event in events if event.address not in _REQUESTS)
        if due is not None:
            events = tuple(replace(event, seconds=dated(due, now)) for event in events)
        for event in events:
            if event.source in self.listeners:
                self.said.offer((event.source, event.address, min(max(event.seconds, now), now + HORIZON)))
        if events:
            self._inbox.put(events, due, now)

    def _due(self, tag: float, source: str, now: float) -> float | None:
        host = source.rpartition(":")[0] if source.startswith("osc:udp:") else source
        clock = self._clocks.get(host)
        if clock is None:
            if len(self._clocks) >= SENDERS:
                self._clocks.clear()
            clock = self._clocks[host] = TagClock(self.policies.get(host.removeprefix("osc:udp:"), "auto"))
        mistrusted = clock.mistrusted
        due = clock.due(tag, ntp_now(), now)
        if clock.mistrusted > mistrusted:
            self._inbox.fault("time tag", f"{host}'s clock is not this machine's: its time tags are applied at once")
        return due


_REQUESTS = frozenset(("/subscribe", "/unsubscribe"))


class OscServer:
    """Binds UDP and TCP `port` of `host` (port 0: any free one) and receives at once. `now` gives clock seconds.

    Raises DeviceError when the port cannot be had. `send`, `publish` and `outputs` belong to one thread: the show's.
    """

    def __init__(self, host: str, port: int, inbox: Inbox, now: Clock) -> None:
        self.host, self._inbox = host, inbox
        self._udp, listener = _bound(host, port)
        self.port: int = self._udp.getsockname()[1]
        self._subscribers = Subscribers()
        self._destinations = Destinations(self._udp, inbox.fault)
        self._requests: Queue[Event] = Queue(REQUESTS)
        self._intakes = [Intake(inbox, now, self._ask) for _ in range(2)]
        self._tcp = TcpPort(listener, inbox, self._intakes[1].take)
        self._stop = Stop()
        self._threads = [
            Thread(target=self._receive, name="osc-udp", daemon=True),
            Thread(target=self._tcp.serve, name="osc-tcp", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def packets(self) -> int:
        """Packets received since the start, malformed ones among them (those are faults of kind `osc`)."""
        return sum(intake.packets for intake in self._intakes)

    @property
    def received(self) -> int:
        """Bytes received since the start."""
        return sum(intake.size for intake in self._intakes)

    @property
    def listeners(self) -> int:
        """Subscribers and fixed destinations that changes go to."""
        return len(self._subscribers)

    def trust(self, host: str, policy: str) -> None:
        """How time tags from `host` are treated: auto, honour, immediate or learn. Say it before the host sends."""
        TagClock(policy)  # refuses an unknown policy
        for intake in self._intakes:
            intake.policies[host] = policy

    def outputs(self, outputs: Iterable[Output]) -> None:
        """Send changes to these destinations of the patch without being asked, from when they have been looked up."""
        self._destinations.want(outputs)

    def send(self, reply: Reply) -> bool:
        """Send one message to the source it is for; False when that is nobody here, or the packet was dropped."""
        try:
            packet = encode(reply.address, tuple(reply.args))
        except OscError as error:
            self._inbox.fault("osc", f"{reply.address} could not be answered: {error}")
            return False
        return self._send(reply.source, packet)

    def publish(self, now: float, values: Mapping[str, Value], author: Author) -> None:
        """Tell every listener what changed: each address at most 30 times a second, latest wins, never its author.

        Call it every tick, after the tick; `author` gives the source that last set an address.
        """
        for event in self.requests():
            self._answer(event, now)
        if (targets := self._destinations.found()) is not None:
            self._subscribers.fix(targets)
        encoded: dict[str, bytes] = {}
        self._subscribers.keep(self._tcp.connected)
        for intake in self._intakes:
            for source, address, since in intake.said.drain():
                self._subscribers.says(source, address, since)
            intake.listeners = self._subscribers.sources
        for target, changes in self._subscribers.due(now, values, author):
            for address, value in changes:
                if address not in encoded:
                    encoded[address] = encode(address, (value,))
            for packet in encode_bundles(encoded[address] for address, _ in changes):
                self._send(target, packet)

    def requests(self) -> list[Event]:
        """Take what was asked of `publish` since the last call: `/subscribe` and `/unsubscribe`."""
        return self._requests.drain()

    def close(self) -> None:
        """Stop receiving and free the port; returns when both threads have ended."""
        self._stop.set()
        self._tcp.close()
        self._knock()
        for thread in self._threads:
            thread.join(timeout=2.0)
        self._udp.close()

    def _answer(self, event: Event, now: float) -> None:
        """A `/subscribe` or `/unsubscribe` that came since the last tick."""
        try:
            wish = subscription(event.source, event.args)
            if event.address == "/subscribe":
                self._subscribers.subscribe(wish, now)
            else:
                self._subscribers.unsubscribe(event.source, wish.target if wish.target != event.source else "")
        except ValueError as error:
            self._inbox.fault("osc", f"{event.address} from {event.source}: {error}")

    def _ask(self, event: Event) -> None:
        """Leave a request for the show's thread."""
        if not self._requests.offer(event):
            self._inbox.fault("osc", f"{event.address} from {event.source} was lost: {REQUESTS} others wait")

    def _send(self, target: str, packet: bytes) -> bool:
        if target.startswith("osc:tcp:"):
            return self._tcp.send(target, packet)
        destination = _destination(target)
        if destination is None:
            return False
        try:
            self._udp.sendto(packet, _DONT_WAIT, destination)
        except OSError as error:  # full buffer, no route, too long: the show plays on
            self._inbox.fault("osc", f"could not send {len(packet)} bytes to {target}: {error.strerror or error}")
            return False
        return True

    def _receive(self) -> None:
        """The UDP thread: blocks in the system, which needs no polling; `close` knocks."""
        take = self._intakes[0].take
        buffer = bytearray(65536)
        view = memoryview(buffer)
        while not self._stop:
            try:
                size, sender = self._udp.recvfrom_into(buffer)
                if size:
                    take(bytes(view[:size]), _source(sender[:2]))
            except ConnectionError:  # Windows: an earlier packet met a closed port
                continue
            except Exception as error:  # noqa: BLE001 - the loop's edge: said and counted, and the show plays on
                self._inbox.fault("osc", f"OSC over UDP: {error}")
                self._stop.wait(0.01)

    def _knock(self) -> None:
        """Wake the receiving thread with an empty packet."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(str(self._udp.getsockname()[0]))
        try:
            self._udp.sendto(b"", (host or self._udp.getsockname()[0], self.port))
        except OSError:  # the network is gone: the daemon thread ends with the process
            return


_DONT_WAIT = getattr(socket, "MSG_DONTWAIT", 0)


@lru_cache(maxsize=SENDERS)
def _source(sender: Destination) -> str:
    return f"osc:udp:{sender[0]}:{sender[1]}"


@lru_cache(maxsize=SENDERS)
def _destination(target: str) -> Destination | None:
    """Host and port of a source name over UDP; None for any other."""
    host, _, port = target.removeprefix("osc:udp:").rpartition(":")
    return (host, int(port)) if target.startswith("osc:udp:") and port.isdigit() else None


def _bound(host: str, port: int) -> tuple[socket.socket, socket.socket]:
    """A UDP socket and a listening TCP socket on one number. For port 0, numbers are tried until both are free."""
    for attempt in range(16):
        try:
            family = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0][0]
            udp = _socket(family, socket.SOCK_DGRAM, (host, port))
        except OSError as error:
            raise _refused("UDP", host, port, error) from error
        try:
            return udp, _socket(family, socket.SOCK_STREAM, (host, udp.getsockname()[1]))
        except OSError as error:
            udp.close()
            if port or attempt == 15:
                raise _refused("TCP", host, port, error) from error
    raise AssertionError("unreachable")


def _socket(family: int, kind: int, address: Destination) -> socket.socket:
    made = socket.socket(family, kind)
    try:
        if kind == socket.SOCK_DGRAM:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        elif _POSIX:  # a restarted show has its port at once; on Windows the option would share it with strangers
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        if kind == socket.SOCK_STREAM:
            made.listen(128)
    except OSError:
        made.close()
        raise
    return made


_POSIX = not hasattr(socket, "SO_EXCLUSIVEADDRUSE")


def _refused(kind: str, host: str, port: int, error: OSError) -> DeviceError:
    cure = "choose an address of this machine with --host and a free port with --osc-port"
    if error.errno == errno.EADDRINUSE:
        cure = f"another Retrograde or OSC program (TouchDesigner, Resolume, …) may hold it: close that, or {cure}"
    return DeviceError(f"OSC cannot listen on {host} {kind} port {port}: {error.strerror or error}; {cure}")
