"""One WebSocket each: OSCQuery with values both ways, the live picture, the status. They run on the server's loop.

A session sends what is newest when its own line is free, so a slow phone is told less and holds nobody up. Nothing
here decides what an event means: it goes into the inbox as `web:N`.
"""

import asyncio
import io
import json
import math
import socket
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from PIL import Image
from websockets.asyncio.server import ServerConnection

from perf.ports.feedback import Listener
from perf.ports.http_gate import Shown
from perf.ports.mailbox import HORIZON, Inbox
from perf.ports.osc import ntp_now
from perf.wire.osc import decode
from perf.wire.oscquery import packet
from perf.wire.osctypes import OscError
from perf.wire.timetag import TagClock, dated

CROSSING = 0.5  # seconds in which a client's message and ours may pass each other: a telephone may be far
VALUES_EVERY = 1 / 60  # seconds between looks for changed values; `Listener` paces each address to 1/30
PICTURE_EVERY = 1 / 15  # seconds between pictures
STATUS_EVERY = 1 / 10  # seconds between looks for a new status, messages and hands
PICTURE_SIDE = 960  # pixels; a larger picture is scaled down for the page
PICTURE_QUALITY = 82  # JPEG
UNSEEN = 2  # pictures under way to a watcher that confirms them
SEND_BUFFER = 65536  # bytes that the system may hold back for a watcher: the picture is to be new
MESSAGES = 40  # kept for a page that is opened later


@dataclass(slots=True)
class Bus:
    """The newest of a row of pictures, and who watches it."""

    raw: tuple[int, int, bytes] | None = None
    pictures: int = 0
    watchers: int = 0
    _jpeg: tuple[int, bytes] = (0, b"")

    def show(self, picture: tuple[int, int, bytes] | None) -> None:
        """Take a picture from the show, or none any more: two assignments."""
        self.raw = picture
        self.pictures += 1

    def jpeg(self) -> tuple[int, bytes]:
        """The newest picture's number and its JPEG, encoded once for all watchers. Raises ValueError when it is bad."""
        number, raw = self.pictures, self.raw
        if self._jpeg[0] != number:
            self._jpeg = (number, b"")  # a picture that cannot be encoded is not tried again
            self._jpeg = (number, _encoded(*raw) if raw is not None else b"")
        return self._jpeg


@dataclass(slots=True)
class Stage(Shown):
    """`Shown`, and what sessions send: the newest snapshot, pictures, status and messages."""

    programme: Bus = field(default_factory=Bus)
    preview: Bus = field(default_factory=Bus)
    status: Mapping[str, object] = field(default_factory=dict)
    messages: deque[tuple[int, str, str]] = field(default_factory=lambda: deque(maxlen=MESSAGES))
    _serial: "count[int]" = field(default_factory=lambda: count(1))

    def say(self, messages: Iterable[tuple[str, str]]) -> None:
        """Add messages to the performer; on the loop only."""
        self.messages.extend((next(self._serial), kind, words) for kind, words in messages)

    @property
    def held(self) -> list[str]:
        """The addresses that somebody's hand holds."""
        now = self.snapshot
        return [address for address in now.values if now.author(address)]


def _encoded(width: int, height: int, rgb: bytes) -> bytes:
    image = Image.frombuffer("RGB", (width, height), rgb)
    image.thumbnail((PICTURE_SIDE, PICTURE_SIDE), Image.Resampling.BILINEAR, reducing_gap=2.0)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=PICTURE_QUALITY)
    return out.getvalue()


class OscSession:
    """An OSCQuery client: LISTEN and IGNORE as text, values as binary OSC both ways."""

    def __init__(self, connection: ServerConnection, stage: Stage, inbox: Inbox, source: str) -> None:
        self._connection, self._stage, self._inbox, self.source = connection, stage, inbox, source
        self._wanted: set[str] = set()
        self._extra: deque[bytes | str] = deque(maxlen=256)
        self._listener = Listener(source, self._wanted.__contains__, crossing=CROSSING)
        self._tags = TagClock()

    async def run(self, now: Callable[[], float]) -> None:
        """Serve until the client leaves."""
        await _together(self._read(now), self._tell())

    async def _read(self, now: Callable[[], float]) -> None:
        async for message in self._connection:
            if isinstance(message, bytes):
                self._take(message, now())
            else:
                self._command(message)

    def later(self, message: bytes | str) -> None:
        """Send one message besides the values, when the line is free; too many of them replace the oldest."""
        self._extra.append(message)

    def changed(self) -> None:
        """Tell that the table was replaced; the client asks for the tree again."""
        table = self._stage.namespace.table
        for gone in [address for address in self._wanted if address not in table]:
            self._forget(gone)
        self.later(json.dumps({"COMMAND": "PATH_CHANGED", "DATA": "/"}))

    async def _tell(self) -> None:
        stage = self._stage
        while True:
            while self._extra:
                await self._connection.send(self._extra.popleft())
            now = stage.snapshot
            for address, value in self._listener.due(now.seconds, now.values, now.author):
                param = stage.namespace.table.get(address)
                if param is not None and "r" in param.access:
                    await self._connection.send(packet(param, value))
            await asyncio.sleep(VALUES_EVERY)

    def _take(self, data: bytes, now: float) -> None:
        try:
            bundles = decode(data, now, self.source)
        except OscError as error:
            self._inbox.fault("web", f"{self.source} sent what is not OSC: {error}")
            return
        for bundle in bundles:
            for reason in bundle.discarded:
                self._inbox.fault("web", f"{self.source}: {reason}")
            due = None if bundle.tag is None else self._tags.due(bundle.tag, ntp_now(), now)
            when = dated(due, now)
            events = [replace(event, seconds=when) for event in bundle.events] if when != now else bundle.events
            for event in events:
                self._listener.says(event.address, min(max(when, now), now + HORIZON))
            self._inbox.put(events, due, now)

    def _command(self, text: str) -> None:
        """`{"COMMAND": "LISTEN" | "IGNORE", "DATA": path}`; the path is exact."""
        try:
            order = json.loads(text)
            command, path = order["COMMAND"], order["DATA"]
        except (ValueError, KeyError, TypeError, RecursionError):
            command, path = None, None
        if command == "LISTEN" and isinstance(path, str) and path in self._stage.namespace.table:
            self._wanted.add(path)
        elif command == "IGNORE" and isinstance(path, str):
            self._forget(path)
        else:
            self._inbox.fault("web", f"{self.source} sent {text[:60]!r}; LISTEN or IGNORE and a parameter are known")

    def _forget(self, path: str) -> None:
        self._wanted.discard(path)
        self._listener.forget(path)


class PictureSession:
    """A watcher of one of the live pictures: JPEGs, the newest only.

    One that opened `/picture?ACK` answers each picture with any message and gets no more than `UNSEEN` ahead, so that
    nothing piles up in a slow radio link; others are paced by their connection alone.
    """

    def __init__(self, connection: ServerConnection, bus: Bus, inbox: Inbox, confirms: bool) -> None:
        self._connection, self._bus, self._inbox, self._confirms = connection, bus, inbox, confirms
        self._sent = self._confirmed = 0

    async def run(self) -> None:
        """Serve until the watcher leaves."""
        line = self._connection.transport.get_extra_info("socket")
        line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        self._bus.watchers += 1
        try:
            await _together(self._read(), self._push())
        finally:
            self._bus.watchers -= 1

    async def _read(self) -> None:
        async for _ in self._connection:
            self._confirmed = min(self._confirmed + 1, self._sent)

    async def _push(self) -> None:
        seen = 0
        while True:
            number, jpeg = self._newest()
            if number != seen and jpeg and not (self._confirms and self._sent - self._confirmed >= UNSEEN):
                seen = number
                self._sent += 1
                await self._connection.send(jpeg)
                await asyncio.sleep(PICTURE_EVERY)
            else:
                await asyncio.sleep(PICTURE_EVERY / 4)

    def _newest(self) -> tuple[int, bytes]:
        try:
            return self._bus.jpeg()
        except ValueError as error:
            self._inbox.fault("picture", f"a preview picture could not be encoded: {error}")
            return 0, b""


async def report(connection: ServerConnection, stage: Stage) -> None:
    """Push what is new of STATUS (an object), MESSAGES ([kind, words] pairs) and HELD (addresses) as JSON objects."""
    await _together(connection.wait_closed(), _report(connection, stage))


async def _report(connection: ServerConnection, stage: Stage) -> None:
    told: object = None
    held, last = None, 0
    while True:
        news: dict[str, object] = {}
        if stage.status is not told:
            told = stage.status
            news["STATUS"] = plain(told)
        if (hands := stage.held) != held:
            news["HELD"] = held = hands
        if fresh := [(kind, words) for number, kind, words in stage.messages if number > last]:
            news["MESSAGES"], last = fresh, stage.messages[-1][0]
        if news:
            await connection.send(json.dumps(news))
        await asyncio.sleep(STATUS_EVERY)


def plain(value: object) -> object:
    """`value` as JSON can say it: what is not finite becomes null, what is unknown its text."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return str(value)


async def _together(reading: Coroutine[Any, Any, None], sending: Coroutine[Any, Any, None]) -> None:
    """Run both until one ends; the other is stopped. What went wrong in either is raised."""
    tasks = [asyncio.create_task(reading), asyncio.create_task(sending)]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
