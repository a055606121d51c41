"""Where the patch's `[[osc]]` destinations are: their names, looked up by a thread, for a name server takes its time.

Owned by the show's thread, which asks for what is found and never waits. Sends nothing.
"""

import socket
from collections.abc import Callable, Iterable
from ipaddress import ip_address
from threading import Thread

from perf.core.patch import Output
from perf.ports.mailbox import Queue

LOOKUPS = 64  # patches whose names are looked up at a time


class Destinations:
    """Destinations of a socket that is bound. One that is unknown or out of reach is a fault that says the cure."""

    def __init__(self, bound: socket.socket, fault: Callable[[str, str], None]) -> None:
        self._family, self._host = bound.family, str(bound.getsockname()[0])
        self._fault = fault
        self._wanted: tuple[Output, ...] = ()
        self._found: Queue[tuple[tuple[Output, ...], dict[str, str]]] = Queue(LOOKUPS)

    def want(self, outputs: Iterable[Output]) -> None:
        """Look these up, and no others any more."""
        self._wanted = tuple(outputs)
        Thread(target=self._look_up, args=(self._wanted,), name="osc-names", daemon=True).start()

    def found(self) -> dict[str, str] | None:
        """The prefixes by target, once when they have been looked up; else None."""
        return next((targets for wanted, targets in self._found.drain() if wanted == self._wanted), None)

    def _look_up(self, outputs: tuple[Output, ...]) -> None:
        targets = {}
        for output in outputs:
            try:
                targets[self._target(output)] = output.prefix
            except (socket.gaierror, UnicodeError) as error:  # a name whose parts are empty, or too long, has no code
                reason = getattr(error, "strerror", None) or "its parts have 1 to 63 letters"
                v6 = " in IPv6, or start with --host 0.0.0.0" if self._family == socket.AF_INET6 else ""
                self._wrong(output, f"is not known ({reason}); give an address of this network{v6}")
            except OSError:
                words = f"--host {self._host} reaches this machine alone; start with --host 0.0.0.0"
                self._wrong(output, f"is out of reach: {words}")
        self._found.offer((outputs, targets))

    def _target(self, output: Output) -> str:
        """The source name to send to. Raises OSError or UnicodeError."""
        address = socket.getaddrinfo(output.host, output.port, self._family, socket.SOCK_DGRAM)[0][4]
        if ip_address(self._host).is_loopback:
            with socket.socket(self._family, socket.SOCK_DGRAM) as probe:  # nothing is sent
                probe.bind((self._host, 0))
                probe.connect(address)
        return f"osc:udp:{address[0]!s}:{output.port}"

    def _wrong(self, output: Output, words: str) -> None:
        self._fault("osc", f"[[osc]] host {output.host!r} {words}")
