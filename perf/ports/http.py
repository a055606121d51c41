"""The web port: page, OSCQuery server, live picture and status on one port, in a thread of its own.

The show's thread only hands things over: every method returns at once, whatever the network does. What comes from
outside becomes events in the inbox (source `web:N`) or a counted fault; nothing here decides what it means.

    GET /            the page (a browser), or the address space as JSON (everybody else); attribute queries
    WS  /            OSCQuery: LISTEN, IGNORE, PATH_CHANGED as text; values as binary OSC both ways
    WS  /picture     JPEG frames, the newest only; with ?ACK the watcher confirms each
    WS  /preview     the same of the cue that comes: the sampler's picture alone
    WS  /status      STATUS, MESSAGES, HELD as JSON, whenever one is new
"""

import asyncio
import errno
import logging
import socket
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from http import HTTPStatus
from itertools import count
from threading import Thread
from typing import Any
from weakref import WeakSet

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from perf.core.event import Reply, Value
from perf.errors import DeviceError
from perf.ports.http_gate import Site, Snapshot, refusal, respond, text
from perf.ports.http_sessions import PICTURE_EVERY, OscSession, PictureSession, Stage, report
from perf.ports.mailbox import Inbox
from perf.wire.osc import encode
from perf.wire.oscquery import HostInfo, Namespace, split

MESSAGE_LIMIT = 65536  # bytes of one message from a client: a long prompt is 4096 characters
CONNECTIONS = 64  # at once; a page opens three
CLOSING = 0.5  # seconds that a client is given to say goodbye
JOIN = 5.0  # seconds that `close` waits at most


class HttpServer:
    """Serves until `close`. Raises DeviceError when the port cannot be had."""

    def __init__(self, site: Site, namespace: Namespace, inbox: Inbox, now: Callable[[], float]) -> None:
        self._socket = _bound(site)
        self.port: int = self._socket.getsockname()[1]
        self._site, self._inbox, self._now = site, inbox, now
        self._stage = Stage(namespace, HostInfo(site.osc_port, self.port))
        self._sessions: dict[str, OscSession] = {}
        self._connections: WeakSet[ServerConnection] = WeakSet()
        self._numbers = count(1)
        self._last_picture = -PICTURE_EVERY
        self._runner = asyncio.Runner(loop_factory=asyncio.SelectorEventLoop)
        self._loop = self._runner.get_loop()
        self._stop = asyncio.Event()
        self._thread = Thread(target=self._run, name="http", daemon=True)
        self._thread.start()

    @property
    def watching(self) -> bool:
        """Whether anybody watches the picture; when not, the show need not read it back."""
        return self._stage.programme.watchers > 0

    def picture_due(self, now: float) -> bool:
        """Whether somebody watches and the last picture is 1/15 s old at clock time `now`: read one back then."""
        if not self.watching or now - self._last_picture < PICTURE_EVERY:
            return False
        self._last_picture = now
        return True

    def publish(self, now: float, values: Mapping[str, Value], author: Callable[[str], str]) -> None:
        """Hand over a tick's values at clock time `now`; `author` names whose hand holds an address, or is "".

        Both must not change afterwards: they are read on the server's thread.
        """
        self._stage.snapshot = Snapshot(now, values, author)

    def picture(self, width: int, height: int, rgb: bytes) -> None:
        """Hand over what the stage shows: rows from the top, 8 bits a channel. Encoded here only if it is watched."""
        if self.watching:
            self._stage.programme.show((width, height, rgb))

    def preview(self, picture: tuple[int, int, bytes] | None) -> None:
        """Hand over what the next cue will look like, as `picture` does; None when it is not known."""
        self._stage.preview.show(picture)

    def status(self, status: Mapping[str, object], messages: Iterable[tuple[str, str]] = ()) -> None:
        """Hand over the status (say, twice a second) and new messages to the performer, as of `Inbox.faults`."""
        self._stage.status = status
        fresh = tuple(messages)
        if fresh:
            self._call(self._stage.say, fresh)

    def send(self, reply: Reply) -> bool:
        """Send one message to the client that it names, when it is one of ours. OscError: OSC cannot carry it."""
        if reply.source not in self._sessions:
            return False
        self._call(self._send, reply.source, encode(reply.address, reply.args))
        return True

    def replace_table(self, namespace: Namespace) -> None:
        """Publish another address space (a patch was reloaded); every client is told PATH_CHANGED.

        Until its first values come, those of parameters that are of another kind now are not shown.
        """
        table, now = self._stage.namespace.table, self._stage.snapshot
        same = {a for a, param in namespace.table.items() if a in table and table[a].kind == param.kind}
        self._stage.snapshot = replace(now, values={a: value for a, value in now.values.items() if a in same})
        self._stage.namespace = namespace
        self._call(self._changed)

    def close(self) -> None:
        """Say goodbye to everybody and end the thread."""
        self._call(self._stop.set)
        self._thread.join(JOIN)
        self._socket.close()

    def _call(self, act: Callable[..., object], *args: object) -> None:
        with suppress(RuntimeError):  # the loop is closed: there is nobody left to tell
            self._loop.call_soon_threadsafe(act, *args)

    def _run(self) -> None:
        try:
            with self._runner:
                self._runner.run(self._serve())
        except Exception as error:  # noqa: BLE001 - the thread's edge: the show plays on without its page
            self._inbox.fault("web", f"the page stopped: {error!r}; restart to have it back")

    async def _serve(self) -> None:
        server = await serve(
            self._handle,
            sock=self._socket,
            process_request=self._answer,
            compression=None,  # pictures do not shrink, and small messages wait for nothing
            max_size=MESSAGE_LIMIT,
            max_queue=64,
            close_timeout=CLOSING,
            create_connection=self._connected,  # type: ignore[arg-type]  # any maker of connections will do
            logger=_logger(self._inbox),
        )
        await self._stop.wait()
        self._loop.remove_reader(self._socket)  # asyncio loses the socket of whom it accepts while it closes
        await _rounds()
        server.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(server.wait_closed()), 2 * CLOSING)
        for connection in self._connections:  # who never said what it wants would be waited for
            connection.transport.abort()
        await server.wait_closed()
        await _rounds()  # an aborted transport lets its socket go in the loop's next round

    def _connected(self, *args: Any, **options: Any) -> ServerConnection:
        connection = ServerConnection(*args, **options)
        self._connections.add(connection)
        return connection

    def _answer(self, connection: ServerConnection, request: Request) -> Response | None:
        """Refuse, answer a plain GET, or (None) let a WebSocket be opened."""
        refused = refusal(request, self._site.loopback)
        if refused is not None:
            self._inbox.fault("web", f"a request was refused: {refused.body.decode('ascii', 'replace').strip()}")
            return refused
        if request.headers.get("Upgrade", "").lower() != "websocket":
            return respond(request, self._stage)
        if len(connection.server.connections) >= CONNECTIONS:
            return text(HTTPStatus.SERVICE_UNAVAILABLE, f"{CONNECTIONS} connections are open; close one\n")
        return None

    async def _handle(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        path, query = split(connection.request.path)
        with suppress(ConnectionClosed, OSError):
            if path in ("/picture", "/preview"):
                bus = self._stage.programme if path == "/picture" else self._stage.preview
                await PictureSession(connection, bus, self._inbox, query == "ACK").run()
            elif path == "/status":
                await report(connection, self._stage)
            else:
                await self._osc(connection)

    async def _osc(self, connection: ServerConnection) -> None:
        source = f"web:{next(self._numbers)}"
        session = self._sessions[source] = OscSession(connection, self._stage, self._inbox, source)
        try:
            await session.run(self._now)
        finally:
            del self._sessions[source]

    def _send(self, source: str, packet: bytes) -> None:
        session = self._sessions.get(source)
        if session is not None:
            session.later(packet)

    def _changed(self) -> None:
        for session in self._sessions.values():
            session.changed()


async def _rounds() -> None:
    """The rounds of the loop that asyncio takes from an accepted socket to its connection."""
    for _ in range(3):
        await asyncio.sleep(0)


def _bound(site: Site) -> socket.socket:
    """The listening socket, or DeviceError naming the port and the cure."""
    where = f"port {site.port} on {site.host}"
    if not 0 <= site.port <= 65535:
        raise DeviceError(f"{where} does not exist; choose 0…65535 with --http-port")
    try:
        family = socket.getaddrinfo(site.host, site.port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((site.host, site.port), family=family, backlog=CONNECTIONS)
    except socket.gaierror as error:
        raise DeviceError(f"{site.host!r} is no address of this machine ({error}); choose one with --host") from error
    except OSError as error:
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            why = "is in use by another program" if error.errno == errno.EADDRINUSE else "needs more rights"
            raise DeviceError(f"{where} {why}; choose another with --http-port") from error
        raise DeviceError(f"{where} cannot be opened ({error}); choose another with --host, --http-port") from error


class _Faults(logging.Handler):
    """What the library would log becomes a counted fault. A connection closed unused (browsers do it) is none."""

    def __init__(self, inbox: Inbox) -> None:
        super().__init__(logging.ERROR)
        self._inbox = inbox

    def emit(self, record: logging.LogRecord) -> None:
        """Count one error of the library."""
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, ConnectionClosed | EOFError | ConnectionError):
            self._inbox.fault("web", f"{record.getMessage()}: {error!r}"[:300])


def _logger(inbox: Inbox) -> logging.Logger:
    """A logger of this server alone, which writes nowhere."""
    logger = logging.Logger("retrograde.http", logging.ERROR)
    logger.addHandler(_Faults(inbox))
    return logger
