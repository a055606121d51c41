"""OSC arguments: each type tag's bytes to a value and back (OSC 1.0 and 1.1, and the tags in common use beside them).

Bytes and values only. Whole messages and packets are `wire.osc`'s.
"""

import struct
from collections.abc import Callable

from perf.core.event import Argument

TAGS = frozenset("ifhdsSbTFNItcrm[]")
FIXED = {"i": "i", "f": "f", "h": "q", "d": "d"}  # tags that `struct` reads by itself: nearly every message

_INT, _LONG, _FLOAT, _TAG = struct.Struct(">i"), struct.Struct(">q"), struct.Struct(">f"), struct.Struct(">Q")

Take = Callable[[bytes, int], tuple[Argument, int]]


class OscError(ValueError):
    """A packet or value that is not OSC; the message names what was wrong, where and what is allowed."""


class Discarded(ValueError):
    """One message that cannot be used, inside a packet that is otherwise whole."""


def arguments(body: bytes, place: int, tags: str) -> tuple[Argument, ...]:
    """Arguments one by one; an array becomes a tuple of numbers, arrays inside it are flattened."""
    found: list[Argument] = []
    array: list[float] | None = None
    depth = 0
    for tag in tags:
        if tag == "[":
            depth, array = depth + 1, [] if array is None else array
        elif tag == "]":
            depth -= 1
            if depth < 0 or array is None:
                raise Discarded("an array is closed that was not opened")
            if depth == 0:
                found.append(tuple(array))
                array = None
        else:
            value, place = _TAKE[tag](body, place)
            _put(found, array, value)
    if depth:
        raise Discarded("an array is opened and never closed")
    return tuple(found)


def _put(found: list[Argument], array: list[float] | None, value: Argument) -> None:
    if array is None:
        found.append(value)
    elif isinstance(value, tuple):
        array.extend(value)
    elif isinstance(value, int | float):
        array.append(value)
    else:
        raise Discarded(f"an array holds {type(value).__name__}; arrays of numbers are understood")


def padded(body: bytes, place: int) -> int:
    """Where the string at `place` and its padding end."""
    end = body.find(0, place)
    if end < 0 or place >= len(body):
        raise OscError(f"the string at byte {place} has no end; a string ends with a zero byte")
    return (end + 4) & ~3


def _text(body: bytes, place: int) -> tuple[Argument, int]:
    after = padded(body, place)
    raw = body[place : body.index(0, place)]
    try:
        return raw.decode(), after
    except UnicodeDecodeError:  # old programs send their system's letters; Latin-1 gets most of them right
        return raw.decode("latin-1"), after


def _raw(body: bytes, place: int, size: int) -> bytes:
    if size < 0 or place + size > len(body):
        raise OscError(f"an argument at byte {place} claims {size} bytes of {max(len(body) - place, 0)} left")
    return body[place : place + size]


def _number(layout: struct.Struct) -> Take:
    def take(body: bytes, place: int) -> tuple[Argument, int]:
        return layout.unpack(_raw(body, place, layout.size))[0], place + layout.size

    return take


def _constant(value: Argument) -> Take:
    return lambda body, place: (value, place)


def _blob(body: bytes, place: int) -> tuple[Argument, int]:
    size = _INT.unpack(_raw(body, place, 4))[0]
    return _raw(body, place + 4, size), place + 4 + ((size + 3) & ~3)


def _timetag(body: bytes, place: int) -> tuple[Argument, int]:
    return _TAG.unpack(_raw(body, place, 8))[0] / 2**32, place + 8


def _letter(body: bytes, place: int) -> tuple[Argument, int]:
    return chr(_raw(body, place, 4)[3]), place + 4


def _colour(body: bytes, place: int) -> tuple[Argument, int]:
    return tuple(channel / 255.0 for channel in _raw(body, place, 4)), place + 4


def _midi(body: bytes, place: int) -> tuple[Argument, int]:
    return tuple(_raw(body, place, 4)), place + 4


_TAKE: dict[str, Take] = {
    **{tag: _number(struct.Struct(">" + code)) for tag, code in FIXED.items()},
    "s": _text, "S": _text, "b": _blob, "t": _timetag, "c": _letter, "r": _colour, "m": _midi,
    "T": _constant(True), "F": _constant(False), "N": _constant(None), "I": _constant(True),  # I: "bang" in OSC 1.1
}  # fmt: skip


def given(value: Argument) -> tuple[str, bytes]:
    """Type tag and bytes of one argument."""
    if isinstance(value, bool):
        return ("T" if value else "F"), b""
    if isinstance(value, float):
        return "f", _float(value)
    if isinstance(value, int):
        return _integer(value)
    if isinstance(value, str):
        return "s", string(value)
    if isinstance(value, bytes):
        return "b", _INT.pack(len(value)) + value + bytes(-len(value) % 4)
    if value is None:
        return "N", b""
    raise OscError(f"OSC cannot carry a {type(value).__name__}; give a number, text, bytes, bool or None")


def _float(value: float) -> bytes:
    try:
        return _FLOAT.pack(value)
    except OverflowError:  # beyond 32 bits: the nearest that OSC's f can say
        return _FLOAT.pack(float("inf") if value > 0 else float("-inf"))


def _integer(value: int) -> tuple[str, bytes]:
    if -(2**31) <= value < 2**31:
        return "i", _INT.pack(value)
    if -(2**63) <= value < 2**63:
        return "h", _LONG.pack(value)
    raise OscError(f"{value} does not fit into 64 bits")


def string(text: str) -> bytes:
    """Null-terminated and padded; a zero inside would end it early, so it is left out."""
    raw = text.encode("utf-8", "replace").replace(b"\0", b"")
    return raw + bytes(4 - len(raw) % 4)
