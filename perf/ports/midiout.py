"""MIDI clock out: the ports that get our clock, opened by name. Belongs to the MIDI thread; decides nothing of time."""

from collections.abc import Callable, Sequence
from typing import Any

from perf.core.moment import Transport
from perf.ports.mididriver import Driver, device_of, numbered
from perf.wire.clockout import ClockOut
from perf.wire.midilearn import stable_name


class ClockOutputs:
    """Every output whose name contains one of `names`. `say` takes what a performer should know, once each."""

    def __init__(self, names: Sequence[str], say: Callable[[str], None]) -> None:
        self._names, self._say = tuple(names), say
        self._open: dict[tuple[str, int], tuple[Any, ClockOut]] = {}

    def __bool__(self) -> bool:
        return bool(self._open)

    def feeds(self, label: str) -> bool:
        """Whether an input belongs to a device that gets our clock."""
        return any(_same(key[0], label) for key in self._open)

    def choose(self, names: Sequence[str]) -> None:
        """Other ports, from the next look at them on; those that go are told to stop."""
        self._names = tuple(names)

    def scan(self, driver: Driver) -> None:
        """Open what is wanted and there, close what is not."""
        found = numbered(driver.outputs())
        wanted = [key for key in found if any(name.lower() in key[0].lower() for name in self._names)]
        for key in [key for key in self._open if key not in wanted]:
            _close(self._open.pop(key)[0], key in found)
        for name in self._names:
            if not any(name.lower() in key[0].lower() for key in wanted):
                there = ", ".join(key[0] for key in found) or "none"
                self._say(f"[clock] out: no MIDI output is called {name}; there are: {there}")
        for key in wanted:
            if key not in self._open:
                self._add(driver, key)

    def _add(self, driver: Driver, key: tuple[str, int]) -> None:
        try:
            port = driver.open_output(key)
        except (RuntimeError, OSError) as error:
            self._say(f"[clock] out: {key[0]} cannot be opened: {error}; close what else uses it")
            return
        if port is None:
            self._say(f"[clock] out: {key[0]} sends back what it gets; no clock goes there")
            return
        self._open[key] = (port, ClockOut())

    def send(self, transport: Transport, seconds: float, leader: str) -> None:
        """Send what is due at clock time `seconds`, but for the device that `leader`, an input, belongs to."""
        for key, (port, clock) in self._open.items():
            if leader and _same(key[0], leader):
                self._say(f"[clock] out: {key[0]} leads; its clock is not sent back to it")
                self._open[key] = (port, ClockOut())  # should it lead no more, it is told to start anew
                continue
            for message in clock.due(transport, seconds):
                port.send_message(message)

    def next_in(self, seconds: float) -> float:
        """Seconds until a tick is due."""
        return min((clock.next_in(seconds) for _, clock in self._open.values()), default=1.0)

    def close(self, alive: bool = True) -> None:
        """Tell every receiver to stop, unless the MIDI system has died, and let go."""
        while self._open:
            _close(self._open.popitem()[1][0], alive)


def _same(name: str, label: str) -> bool:
    return device_of(stable_name(name)) == device_of(label.partition(" #")[0])


def _close(port: Any, there: bool) -> None:
    try:
        if there:
            port.send_message(b"\xfc")
    except RuntimeError:
        pass  # it has just gone: nobody is left to be told
    port.close_port()
    port.delete()
