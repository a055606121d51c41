"""Who is told of changes over OSC: `/subscribe [port] [prefix] [lease]`, `/unsubscribe`, and `[[osc]]` of the patch.

Owned by the show's thread; the sockets only leave requests. Sends nothing: it says what is to be sent to whom.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from perf.core.address import is_pattern, matches
from perf.core.event import Argument, Value
from perf.ports.feedback import Listener

LEASE = 60.0  # seconds that a subscription over UDP lasts unless it is refreshed or asks for another time
LONGEST = 86400.0
SUBSCRIBERS = 64

Author = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a `/subscribe` asks for. `target` is the source name that the changes go to."""

    source: str
    target: str
    prefix: str = "/"
    lease: float = LEASE


def subscription(source: str, args: Sequence[Argument]) -> Subscription:
    """Read `/subscribe`'s arguments: a port, a prefix (or pattern) and a lease in seconds, any of them left out.

    Numbers may come as float or text. Raises ValueError with what is allowed.
    """
    prefix = next((a for a in args if isinstance(a, str) and a.startswith("/")), "/")
    numbers = [_number(a) for a in args if not (isinstance(a, str) and a.startswith("/"))]
    leads = bool(args) and not (isinstance(args[0], str) and args[0].startswith("/"))
    port = numbers.pop(0) if leads else None
    lease = numbers[0] if numbers else LEASE
    if not 0 < lease <= LONGEST:
        raise ValueError(f"a lease of {lease:g} s; give 1…{LONGEST:g}")
    return Subscription(source, _target(source, port), prefix, lease)


def _number(arg: Argument) -> float:
    try:
        return float(arg)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise ValueError(f"{arg!r:.40}; /subscribe takes [port] [/prefix] [seconds]") from None


def _target(source: str, port: float | None) -> str:
    """The sender itself, or another port of its host."""
    if not port or source.startswith("osc:tcp:"):
        return source
    if not 1 <= port <= 65535:
        raise ValueError(f"port {port:g}; a port is 1…65535")
    return f"{source.rpartition(':')[0]}:{int(port)}"


def wanted(prefix: str) -> Callable[[str], bool]:
    """Whether an address lies at or below `prefix`; an OSC pattern chooses by matching."""
    if is_pattern(prefix):
        return lambda address: matches(prefix, address)
    stem = prefix.rstrip("/")
    return lambda address: address == stem or address.startswith(stem + "/")


class Subscribers:
    """Listeners by target. Times are clock seconds."""

    def __init__(self) -> None:
        self._leased: dict[str, Listener] = {}
        self._fixed: dict[str, Listener] = {}

    def __len__(self) -> int:
        return len(self._leased) + len(self._fixed)

    def subscribe(self, wish: Subscription, now: float) -> None:
        """Add or refresh. The first one, or one with another prefix or from another port, as after a restart, is told
        everything; a refresh only changes. Raises ValueError when there are too many.
        """
        expires = float("inf") if wish.target.startswith("osc:tcp:") else now + wish.lease
        known = self._leased.get(wish.target)
        if known is not None and (known.source, known.prefix) == (wish.source, wish.prefix):
            known.expires = expires
            return
        self._expire(now)
        if known is None and len(self._leased) >= SUBSCRIBERS:
            raise ValueError(f"{wish.source} cannot subscribe: {SUBSCRIBERS} listen already; /unsubscribe one")
        self._leased[wish.target] = Listener(wish.source, wanted(wish.prefix), expires, wish.prefix)

    def unsubscribe(self, source: str, target: str = "") -> None:
        """Stop telling `target`, or everything that `source` subscribed."""
        gone = [t for t, one in self._leased.items() if t == target or (not target and source in (t, one.source))]
        for each in gone:
            del self._leased[each]

    def keep(self, connected: Callable[[str], bool]) -> None:
        """Forget those whose connection has ended."""
        for target in [t for t in self._leased if t.startswith("osc:tcp:") and not connected(t)]:
            del self._leased[target]

    def fix(self, targets: Mapping[str, str]) -> None:
        """Another patch's own destinations: target to prefix. Those that stay are not told everything again."""
        kept = {t: listener for t, listener in self._fixed.items() if targets.get(t) == listener.prefix}
        self._fixed = {t: kept.get(t) or Listener(t, wanted(p), prefix=p) for t, p in targets.items()}
        for listener in (*self._leased.values(), *kept.values()):
            listener.reloaded()

    @property
    def sources(self) -> frozenset[str]:
        """Who listens, as they are called when they say something."""
        return frozenset(one.source for each in (self._leased, self._fixed) for one in each.values())

    def says(self, source: str, address: str, since: float) -> None:
        """Who may listen has sent a message to `address`, which a tick takes at clock time `since`."""
        for listeners in (self._leased, self._fixed):
            for listener in listeners.values():
                if listener.source == source:
                    listener.says(address, since)

    def due(
        self, now: float, values: Mapping[str, Value], author: Author
    ) -> Iterator[tuple[str, list[tuple[str, Value]]]]:
        """(target, changes) for everybody who has something to be told now."""
        self._expire(now)
        for listeners in (self._leased, self._fixed):
            for target, listener in listeners.items():
                changes = listener.due(now, values, author)
                if changes:
                    yield target, changes

    def _expire(self, now: float) -> None:
        for target in [t for t, listener in self._leased.items() if listener.expires <= now]:
            del self._leased[target]
