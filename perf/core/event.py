"""Events: what ports put and the tick takes. An event is an OSC-like message, whatever it came from."""

from collections.abc import Sequence
from dataclasses import dataclass

Value = float | int | bool | str | tuple[float, ...]
Argument = float | int | bool | str | bytes | None | tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """One message at clock time `seconds`.

    `source` names who sent it: `osc:udp:HOST:PORT`, `osc:tcp:N`, `midi:PORT`, `key`, `web:N`, `take`; a clock is
    `clock:KIND`, with its name: `clock:midi:PORT`.
    """

    seconds: float
    address: str
    args: tuple[Argument, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an event, for `retrograde monitor` and the counters.

    `kind` is one of: set, clamped, command, query, unknown, rejected, ignored (a clock that does not lead).
    """

    event: Event
    kind: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """A message that goes back to `source` alone."""

    source: str
    address: str
    args: Sequence[Argument] = ()
