"""Takes: a performance as lines of JSON. The first line says what it was played on, then one event a line, in order.
A `/ping` of the take's own says that the show was still played then.

Opens no file. Times are the clock's seconds since the start of the show, monotonic.
"""

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime

from perf.core.event import Argument, Event
from perf.errors import TakeError

VERSION = 1
TAKER = "take"  # the source of the take's own events


@dataclass(frozen=True, slots=True)
class TakeHead:
    """The first line: versions, patch and its hash, model and its hash, seed, the stage it was played on, and the local
    date and time of second 0 (ISO 8601; "": not known)."""

    patch: str
    patch_sha256: str
    model: str
    model_sha256: str = ""
    seed: float = 0.0
    size: tuple[int, int] = (1280, 720)
    version: int = VERSION
    software: dict[str, str] = field(default_factory=dict)
    began: str = ""


def encode_head(head: TakeHead) -> str:
    """The first line of a take."""
    return json.dumps({"retrograde": asdict(head)}, ensure_ascii=False) + "\n"


def encode(tick: float, event: Event) -> str:
    """One event as a line: the seconds of the tick that applied it, and by how much it had come before."""
    args = [_packed(arg) for arg in event.args]
    row = [tick, event.address, args, event.source, tick - event.seconds]
    return json.dumps(row, ensure_ascii=False) + "\n"


def _packed(arg: Argument) -> object:
    if isinstance(arg, bytes):
        return {"bytes": arg.hex()}
    if isinstance(arg, float) and not math.isfinite(arg):
        return {"float": repr(arg)}
    return list(arg) if isinstance(arg, tuple) else arg


def _unpacked(arg: object) -> Argument:
    if isinstance(arg, dict):
        return bytes.fromhex(arg["bytes"]) if "bytes" in arg else float(arg["float"])
    if isinstance(arg, list):
        return tuple(float(part) for part in arg)
    if arg is None or isinstance(arg, str | int | float | bool):
        return arg
    raise ValueError(f"{arg!r} is not an argument")


def decode(lines: Iterable[str], file: str = "") -> tuple[TakeHead, Iterator[tuple[float, Event]]]:
    """The head, and (seconds of its tick, event) for each event; a last line cut short is left out.

    Raises TakeError with the line.
    """
    numbered = enumerate(lines, 1)
    _, first = next(numbered, (0, ""))
    try:
        known = {one.name for one in fields(TakeHead)}
        head = TakeHead(**{name: said for name, said in json.loads(first)["retrograde"].items() if name in known})
        datetime.fromisoformat(head.began or "2000-01-01")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise TakeError("not a take: its first line is no head; takes are written by `play --take`", file, 1) from error
    if head.version > VERSION:
        raise TakeError(f"version {head.version} is newer than this program's {VERSION}; update retrograde", file, 1)
    return head, _events(numbered, file)


def _events(numbered: Iterable[tuple[int, str]], file: str) -> Iterator[tuple[float, Event]]:
    last = 0.0
    for number, line in numbered:
        if not line.endswith("\n"):
            return  # the program was killed while it wrote this line
        try:
            tick, address, args, source, ago = json.loads(line)
            tick = float(tick)
            event = Event(tick - float(ago), str(address), tuple(map(_unpacked, args)), str(source))
        except (ValueError, KeyError, TypeError) as error:
            raise TakeError(f"not an event: {line.strip()[:80]!r}", file, number) from error
        if not tick >= last:
            raise TakeError(f"{tick} s comes after {last} s; events are in order of time", file, number)
        last = tick
        yield tick, event
