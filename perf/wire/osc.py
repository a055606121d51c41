"""OSC packets to events and back (OSC 1.0 with the type tags of 1.1). Bytes and values only: no sockets, no clock.

The codec is the project's own because a server that faces a room must refuse what is broken instead of guessing (a
blob of negative size, an unknown tag, a bracket that never closes), must keep a bundle together, and has 10 µs a
message from packet to state. The tests hold it against python-osc and liblo in both directions.

A time tag becomes NTP seconds (since 1900); what they mean on the show's clock is `wire.timetag`'s.
"""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from perf.core.event import Argument, Event
from perf.wire.osctypes import FIXED, TAGS, Discarded, OscError, arguments, given, padded, string

DEPTH = 8  # most bundles inside one another
LIMIT = 1400  # bytes of a bundle sent: below an Ethernet frame, so that no router splits it
IMMEDIATELY = 1  # the time tag that means "now"

_BUNDLE = b"#bundle\0"
_INT, _TAG = struct.Struct(">i"), struct.Struct(">Q")
_CACHED = 256  # bytes of the longest address and tags worth remembering


@dataclass(frozen=True, slots=True)
class Bundle:
    """Messages that belong in one tick, in order. `tag` is their time in NTP seconds, None for immediately.

    `discarded` says why messages with unknown type tags were left out (OSC 1.0: "discard any message whose OSC Type
    Tag String contains any unrecognized OSC Type Tags").
    """

    events: tuple[Event, ...]
    tag: float | None = None
    discarded: tuple[str, ...] = ()


def decode(packet: bytes, seconds: float = 0.0, source: str = "") -> list[Bundle]:
    """The bundles of a packet, each with its events at clock time `seconds`; a lone message is a bundle of one.

    A bundle inside another comes after it, with a time not before the outer one's. Raises OscError when any part of
    the packet is malformed: nothing of a broken packet is applied.
    """
    if packet[:1] == b"/":
        return [_gathered((packet,), None, (seconds, source))]
    if len(packet) % 4:
        raise OscError(f"{len(packet)} bytes are not a multiple of 4; an OSC packet is padded to four bytes")
    if packet[:8] != _BUNDLE:
        raise OscError(f"a packet starts with / or #bundle, not with {packet[:8]!r}")
    bundles: list[Bundle] = []
    waiting: list[tuple[bytes, float | None, int]] = [(packet, None, 1)]
    while waiting:
        body, floor, depth = waiting.pop(0)
        if depth > DEPTH:
            raise OscError(f"bundles are nested deeper than {DEPTH}")
        tag, messages, inner = _opened(body, floor)
        bundles.append(_gathered(messages, tag, (seconds, source)))
        waiting.extend((b, tag, depth + 1) for b in inner)
    return bundles


def _gathered(messages: Iterable[bytes], tag: float | None, stamp: tuple[float, str]) -> Bundle:
    events, discarded = [], []
    for body in messages:
        try:
            address, args = _message(body)
        except Discarded as error:
            discarded.append(str(error))
            continue
        events.append(Event(stamp[0], address, args, stamp[1]))
    return Bundle(tuple(events), tag, tuple(discarded))


def _opened(body: bytes, floor: float | None) -> tuple[float | None, list[bytes], list[bytes]]:
    """A bundle's tag (not before `floor`, OSC 1.0 "Temporal Semantics"), its messages and the bundles inside it."""
    if len(body) < 16:
        raise OscError(f"a bundle of {len(body)} bytes is too short; its head alone takes 16")
    raw = _TAG.unpack_from(body, 8)[0]
    tag = None if raw == IMMEDIATELY else raw / 2**32
    if floor is not None:
        tag = floor if tag is None else max(tag, floor)
    messages: list[bytes] = []
    inner: list[bytes] = []
    place = 16
    while place < len(body):
        element, place = _element(body, place)
        (inner if element[:1] == b"#" else messages).append(element)
    return tag, messages, inner


def _element(body: bytes, place: int) -> tuple[bytes, int]:
    size = _INT.unpack_from(body, place)[0] if place + 4 <= len(body) else -1
    end = place + 4 + size
    if size < 4 or size % 4 or end > len(body):
        raise OscError(f"a bundle element at byte {place} claims {size} bytes of {len(body) - place - 4} left")
    element = body[place + 4 : end]
    if element[:1] != b"/" and element[:8] != _BUNDLE:
        raise OscError(f"a bundle element at byte {place} starts with {element[:8]!r}, not with / or #bundle")
    return element, end


def _message(body: bytes) -> tuple[str, tuple[Argument, ...]]:
    """Address and arguments. The address with its tags is parsed once and remembered: performers repeat themselves."""
    if len(body) % 4:
        raise OscError(f"{len(body)} bytes are not a multiple of 4; an OSC message is padded to four bytes")
    comma = padded(body, 0)
    end = body.find(0, comma) if comma < len(body) else comma
    if end < 0:
        raise OscError("the type tags have no end; a string ends with a zero byte")
    head = body[:end]
    address, tags, fixed = _head(head) if end <= _CACHED else _head.__wrapped__(head)
    start = (end + 4) & ~3
    if fixed is None:
        return address, arguments(body, start, tags)
    if start + fixed.size > len(body):
        raise OscError(
            f"{address[:80]}: tags {tags[:20]} need {fixed.size} bytes, {max(len(body) - start, 0)} are left"
        )
    return address, fixed.unpack_from(body, start)


@lru_cache(maxsize=4096)
def _head(head: bytes) -> tuple[str, str, struct.Struct | None]:
    """Address, tags and, where all tags are plain numbers, the struct that reads them all at once."""
    name, _, rest = head.partition(b"\0")
    try:
        address = name.decode()
    except UnicodeDecodeError:
        raise OscError(f"the address {name[:40]!r} is not text") from None
    rest = rest.lstrip(b"\0")
    if rest[:1] != b",":  # programs older than OSC 1.0 send no type tags: robustness asks for tolerance
        return address, "", None
    tags = rest[1:].decode("latin-1")
    unknown = sorted(set(tags) - TAGS)
    if unknown:
        raise Discarded(f"{address[:80]}: unknown type tag {unknown[0]!r}; known are {''.join(sorted(TAGS))}")
    if all(tag in FIXED for tag in tags):
        return address, tags, struct.Struct(">" + "".join(FIXED[tag] for tag in tags))
    return address, tags, None


def encode(address: str, args: Sequence[Argument] = ()) -> bytes:
    """One message. bool → T F, int → i (h beyond 32 bits), float → f, str → s, bytes → b, None → N.

    A tuple (colour, point) is flattened to its numbers, as f. Raises OscError for what OSC cannot carry.
    """
    tags, data = [","], []
    for arg in args:
        for part in map(float, arg) if isinstance(arg, tuple) else (arg,):
            tag, body = given(part)
            tags.append(tag)
            data.append(body)
    return _name(address) + string("".join(tags)) + b"".join(data)


@lru_cache(maxsize=4096)
def _name(address: str) -> bytes:
    if not address.startswith("/"):
        raise OscError(f"{address[:40]!r} is not an address; an address starts with /")
    return string(address)


def encode_bundles(messages: Iterable[bytes], limit: int = LIMIT) -> list[bytes]:
    """Encoded messages in as few immediate bundles below `limit` bytes as their order allows.

    A message that is too long by itself gets a bundle of its own.
    """
    bundles: list[bytes] = []
    head = _BUNDLE + _TAG.pack(IMMEDIATELY)
    parts, size = [head], len(head)
    for message in messages:
        if size + 4 + len(message) > limit and len(parts) > 1:
            bundles.append(b"".join(parts))
            parts, size = [head], len(head)
        parts += (_INT.pack(len(message)), message)
        size += 4 + len(message)
    return [*bundles, b"".join(parts)] if len(parts) > 1 else bundles
