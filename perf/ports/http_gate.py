"""The page's front door: who may come in, and what a GET is answered with. Opens no socket itself.

A browser sends any page's requests to a server on this machine. So a server bound to loopback answers only to
loopback names (a name that was rebound to 127.0.0.1 is not one), and a WebSocket opened by a page must come from our
own page or another one on this machine. Programs that are not browsers send no Origin and pass.
"""

import ipaddress
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from urllib.parse import urlsplit

from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from perf.core.event import Value
from perf.wire.oscquery import HostInfo, Namespace, answer, split

PAGE = "/page/"  # static files live here; no parameter has a dot in its name
TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "json": "application/manifest+json",
}
POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'self'"
)


@dataclass(frozen=True, slots=True)
class Site:
    """Where the server listens, and the OSC port that it tells OSCQuery clients. Port 0 takes any free one."""

    host: str = "127.0.0.1"
    port: int = 9001
    osc_port: int = 9000

    @property
    def loopback(self) -> bool:
        """Whether only programs on this machine can connect."""
        return is_loopback(self.host)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A tick's values at clock time `seconds`; `author` names whose hand holds an address, or is ""."""

    seconds: float = 0.0
    values: Mapping[str, Value] = field(default_factory=dict)
    author: Callable[[str], str] = field(default=lambda address: "")


@dataclass(slots=True)
class Shown:
    """What the show handed over last. Each field is replaced whole, so any thread may read it."""

    namespace: Namespace
    host: HostInfo
    snapshot: Snapshot = field(default_factory=Snapshot)


def is_loopback(name: str) -> bool:
    """Whether a host name or address means this machine to everybody."""
    if name.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False


def refusal(request: Request, loopback: bool) -> Response | None:
    """Why this request may not come in, or None."""
    if getattr(request, "method", "GET") != "GET":
        return text(HTTPStatus.METHOD_NOT_ALLOWED, "only GET is answered here\n", Allow="GET")
    host, origin = (request.headers.get_all(name) for name in ("Host", "Origin"))
    if len(host) > 1 or len(origin) > 1:
        return text(HTTPStatus.BAD_REQUEST, "one Host and one Origin at most\n")
    if loopback and host and not is_loopback(_name(host[0])):
        message = f"{host[0][:80]!r} is not this machine; use http://127.0.0.1 or start with --host to open the port\n"
        return text(HTTPStatus.FORBIDDEN, message)
    if origin and not _same(origin[0], host[0] if host else ""):
        message = f"a page from {origin[0][:80]!r} may not play this instrument; open the page that it serves itself\n"
        return text(HTTPStatus.FORBIDDEN, message)
    return None


def _name(host: str) -> str:
    """The name in a Host header, without the port."""
    try:
        return urlsplit("//" + host).hostname or ""
    except ValueError:
        return ""


def _same(origin: str, host: str) -> bool:
    """Whether a page's origin is this machine or the very address that it asks."""
    try:
        parts = urlsplit(origin)
        return parts.scheme in ("http", "https") and (is_loopback(parts.hostname or "") or parts.netloc == host)
    except ValueError:
        return False


def respond(request: Request, shown: Shown) -> Response:
    """The answer to a plain GET: the page, a file of the page, or a node of the address space as JSON."""
    target = request.path
    path, attribute = split(target)
    if attribute == "HTML" or (target == "/" and "text/html" in request.headers.get("Accept", "")):
        return _file("index.html")
    if path.startswith(PAGE) and path.removeprefix(PAGE) in _files():
        return _file(path.removeprefix(PAGE))
    found = answer(target, shown.namespace, shown.snapshot.values, shown.host)
    if found.status == HTTPStatus.NO_CONTENT:
        return _response(HTTPStatus.NO_CONTENT, b"", {})
    body = json.dumps(found.body, ensure_ascii=False, allow_nan=False).encode(errors="replace")
    return _response(HTTPStatus(found.status), body, {"Content-Type": "application/json", "Vary": "Accept"})


def text(status: HTTPStatus, message: str, **headers: str) -> Response:
    """A line of plain text."""
    content = message.encode("ascii", "backslashreplace")
    return _response(status, content, {"Content-Type": "text/plain; charset=utf-8", **headers})


def _file(name: str) -> Response:
    kind = TYPES[name.rpartition(".")[2]]
    return _response(HTTPStatus.OK, _files()[name], {"Content-Type": kind, "Vary": "Accept"})


@cache
def _files() -> Mapping[str, bytes]:
    """The page's files, read once."""
    folder = files("perf") / "page"
    return {f.name: f.read_bytes() for f in folder.iterdir() if f.name.rpartition(".")[2] in TYPES}


def _response(status: HTTPStatus, body: bytes, headers: Mapping[str, str]) -> Response:
    common = {
        "Connection": "close",
        "Cache-Control": "no-store",
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    length = {} if status == HTTPStatus.NO_CONTENT else {"Content-Length": str(len(body))}
    return Response(status.value, status.phrase, Headers({**common, **length, **headers}), body)
