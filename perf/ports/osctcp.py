"""OSC over TCP: one thread serves every client. Packets go to whoever made it; nothing is decoded here.

No client can hurt another: sockets never block, what a client may have waiting is bounded, and one that breaks the
framing or stops reading is let go.
"""

import selectors
import socket
from collections.abc import Callable
from dataclasses import dataclass, field

from perf.ports.mailbox import Inbox, Queue, Stop
from perf.wire.slip import Framing, framing

CLIENTS = 32
BACKLOG = 1 << 20  # bytes that may wait for a client that reads slowly
OUTGOING = 4096  # packets handed over by the show and not yet taken

Packet = Callable[[bytes, str], None]


@dataclass(slots=True)
class _Client:
    """A connection. The framing is known once its first byte has come."""

    socket: socket.socket
    source: str
    framing: Framing | None = None
    waiting: bytearray = field(default_factory=bytearray)
    errors: int = 0
    heard: bool = False  # whether it has ever sent a whole packet


class TcpPort:
    """Listens on an open socket. `packet(bytes, source)` is called for each packet."""

    def __init__(self, listener: socket.socket, inbox: Inbox, packet: Packet) -> None:
        self._listener, self._inbox, self._packet = listener, inbox, packet
        self._clients: dict[str, _Client] = {}
        self._count = 0
        self._outgoing: Queue[tuple[str, bytes]] = Queue(OUTGOING)
        self._wake, self._woken = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        for each in (listener, self._wake, self._woken):
            each.setblocking(False)
        self._selector.register(listener, selectors.EVENT_READ, self._accept)
        self._selector.register(self._woken, selectors.EVENT_READ, self._hand_over)
        self._stop = Stop()

    def send(self, source: str, packet: bytes) -> bool:
        """Hand a packet over for a client, from any thread, without waiting; False when too much waits already."""
        taken = self._outgoing.offer((source, packet))
        self._ring()
        return taken

    def connected(self, source: str) -> bool:
        """Whether a client is still there."""
        return source in self._clients

    def close(self) -> None:
        """End `serve` within one round."""
        self._stop.set()
        self._ring()

    def _ring(self) -> None:
        try:
            self._wake.send(b"\0")
        except OSError:  # full: it is ringing already; closed: nobody is there to hear it
            return

    def serve(self) -> None:
        """The thread: until `close`."""
        try:
            while not self._stop:
                for key, events in self._selector.select():
                    self._attend(key, events)
        finally:
            for client in list(self._clients.values()):
                self._let_go(client)
            for each in (self._listener, self._wake, self._woken, self._selector):
                each.close()

    def _attend(self, key: selectors.SelectorKey, events: int) -> None:
        """One ready socket. Whatever goes wrong with a client ends that client alone."""
        client = key.data if isinstance(key.data, _Client) else None
        if client is not None and client.source not in self._clients:
            return  # it was let go since the round began
        try:
            if client is None:
                key.data()
            elif events & selectors.EVENT_READ:
                self._read(client)
            if client is not None and events & selectors.EVENT_WRITE:
                self._write(client)
        except Exception as error:  # noqa: BLE001 - the loop's edge: said and counted, and the others play on
            if not isinstance(error, ConnectionError):
                self._inbox.fault("osc", f"{client.source if client else 'OSC over TCP'}: {error}")
            if client is not None:
                self._let_go(client)

    def _accept(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except BlockingIOError:  # gone again before it was taken
            return
        except OSError as error:  # no file handles left: waiting is better than spinning
            self._inbox.fault("osc", f"a TCP client could not be taken: {error.strerror}")
            self._stop.wait(0.1)
            return
        silent = next((client for client in self._clients.values() if not client.heard), None)
        if len(self._clients) >= CLIENTS and silent is not None:  # nobody's: a scanner, or a half-open line
            self._inbox.fault(
                "osc", f"{silent.source} was disconnected: it has said nothing, and another wants its place"
            )
            self._let_go(silent)
        if len(self._clients) >= CLIENTS:
            self._inbox.fault("osc", f"a TCP client was refused: {CLIENTS} are connected already; close one")
            connection.close()
            return
        self._count += 1
        client = _Client(connection, f"osc:tcp:{self._count}")
        self._clients[client.source] = client
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)  # a peer that lost power frees its place
        self._selector.register(connection, selectors.EVENT_READ, client)

    def _read(self, client: _Client) -> None:
        try:
            data = client.socket.recv(65536)
        except BlockingIOError:
            return
        if not data:
            self._let_go(client)
            return
        client.framing = client.framing or framing(data)
        for packet in client.framing.feed(data):
            client.heard = True
            self._packet(packet, client.source)
        if client.framing.errors > client.errors:
            client.errors = client.framing.errors
            self._inbox.fault(
                "osc", f"{client.source} sent a packet that is not SLIP (RFC 1055), or one that is too long"
            )

    def _hand_over(self) -> None:
        """Take what the show has left for the clients."""
        try:
            self._woken.recv(4096)
        except BlockingIOError:
            return
        touched = {}
        for source, packet in self._outgoing.drain():
            client = self._clients.get(source)
            if client is not None:
                client.waiting += (client.framing or framing(b"")).frame(packet)
                touched[source] = client
        for client in touched.values():
            if len(client.waiting) > BACKLOG:
                self._inbox.fault("osc", f"{client.source} was disconnected: it does not read what it subscribed to")
                self._let_go(client)
            else:
                self._selector.modify(client.socket, selectors.EVENT_READ | selectors.EVENT_WRITE, client)

    def _write(self, client: _Client) -> None:
        if client.source not in self._clients:
            return
        try:
            sent = client.socket.send(client.waiting)
        except BlockingIOError:
            return
        del client.waiting[:sent]
        if not client.waiting:
            self._selector.modify(client.socket, selectors.EVENT_READ, client)

    def _let_go(self, client: _Client) -> None:
        if self._clients.pop(client.source, None) is None:
            return
        self._selector.unregister(client.socket)
        client.socket.close()
