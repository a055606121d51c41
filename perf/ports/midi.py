"""MIDI ports: messages of every controller to events, and values back to its lights and motors. Decides nothing.

One thread owns all ports: it reads them each millisecond, looks for new ones each second, sends what controllers are
to show, and our clock to those who get it. It polls because a driver's callback that still waits for the interpreter
when its port is closed never ends; the driver's time stamps make up for the millisecond. A machine without MIDI is said
once, and the show plays on.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from threading import Thread
from typing import Any

from perf.core.clock import ClockSpec, leads
from perf.core.event import Event, Outcome, Value
from perf.core.moment import Transport
from perf.core.patch import Binding
from perf.ports.mailbox import Guarded, Inbox, Stop
from perf.ports.mididriver import Driver, numbered
from perf.ports.midiout import ClockOutputs
from perf.wire.midi import MidiMap
from perf.wire.midiclock import CLOCK, MidiClocks, Stamps
from perf.wire.midilearn import meant, stable_name
from perf.wire.mtc import QUARTER_FRAME, MtcClock, parse_code

POLL = 0.001  # seconds between two looks at the messages
IDLE = 0.05  # the same while no device is open
SCAN = 1.0  # seconds between two looks at the ports: no backend tells of a device that comes or goes
ECHO = 1 / 30  # seconds between two messages to a control

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class MidiList:
    """The MIDI ports of this machine, and what is missing to have them."""

    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    missing: str = ""


@dataclass(slots=True)
class _Player:
    """What the MIDI thread and the show use in turn."""

    map: MidiMap
    clocks: MidiClocks = field(default_factory=MidiClocks)
    mtc: MtcClock = field(default_factory=MtcClock)
    transport: Transport | None = None  # before the first tick no clock goes out
    source: str = "auto"  # /clock/source


@dataclass(slots=True)
class _Device:
    """An open input, and the output of the same device where there is one."""

    label: str
    input: Any
    output: Any = None
    stamps: Stamps = field(default_factory=Stamps)
    settled: bool = False


def list_ports() -> MidiList:
    """The ports of this machine now, Retrograde's own left out; `missing` says why there are none."""
    try:
        driver = Driver()
    except OSError as error:
        return MidiList(missing=str(error))
    try:
        found = MidiList(tuple(driver.inputs()), tuple(driver.outputs()))
    except RuntimeError as error:
        return MidiList(missing=f"the MIDI system does not answer: {error}")
    finally:
        driver.close()
    return found


class MidiPorts:
    """Opens every input, or those whose name contains one of `names`. `now` gives clock seconds.

    Never raises for want of MIDI: that is said, and is a fault where names were given.
    """

    def __init__(self, names: Sequence[str], midimap: MidiMap, inbox: Inbox, now: Clock) -> None:
        self._names, self._inbox, self._now = tuple(names), inbox, now
        self._player = Guarded(_Player(midimap))
        self._devices: dict[tuple[str, int], _Device] = {}
        self._driver: Driver | None = None
        self._said: set[str] = set()
        self._stop = Stop()
        self._out = ClockOutputs((), self._say_once)
        self._say_refused(midimap)
        self._thread = Thread(target=self._run, name="midi", daemon=True)
        self._thread.start()

    @property
    def bindings(self) -> tuple[Binding, ...]:
        """The bindings as they are now, learned ones among them: what a saved patch holds."""
        with self._player as player:
            return player.map.bindings

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the inputs that are open."""
        return tuple(device.label for device in list(self._devices.values()))

    def adopt(self, midimap: MidiMap) -> None:
        """Play another patch's bindings; what was learned and not saved stays where the patch binds nothing."""
        self._say_refused(midimap)
        with self._player as player:
            midimap.inherit(player.map)
            player.map = midimap

    def clock(self, spec: ClockSpec) -> None:
        """Follow and send clocks as a patch says."""
        with self._player as player:
            player.mtc.set_up(parse_code(spec.mtc_start), spec.freewheel)
        self._out.choose(spec.out)

    def lead(self, transport: Transport, source: str) -> None:
        """Tell the transport, every tick: our clock goes out by it. `source` is what leads, `/clock/source`."""
        with self._player as player:
            player.transport, player.source = transport, source

    def words(self, kind: str) -> str:
        """What the clock of a kind (midi or mtc) says, for people."""
        with self._player as player:
            return (player.mtc if kind == "mtc" else player.clocks).words(self._now())

    def command(self, outcome: Outcome) -> None:
        """Do what `/midi/learn ADDRESS` or `/midi/forget ADDRESS` asked for, if that is what the outcome is of."""
        event = outcome.event
        if outcome.kind != "command" or event.address not in ("/midi/learn", "/midi/forget"):
            return
        address = str(event.args[0]) if event.args else ""
        try:
            with self._player as player:
                (player.map.learn if event.address == "/midi/learn" else player.map.forget)(address)
        except ValueError as error:
            self._inbox.fault("midi", f"{event.address}: {error}")

    def observe(self, values: Mapping[str, Value]) -> Binding | None:
        """Tell the present values, every tick; the binding that was just learned, if one was."""
        with self._player as player:
            player.map.observe(values)
            return player.map.learned(self._now())

    def beat(self, seconds: float) -> tuple[float, float] | None:
        """(beat, BPM) of the MIDI clock at clock time `seconds`; None while there is none."""
        with self._player as player:
            return player.clocks.at(seconds)

    def close(self) -> None:
        """Close every port; returns when the thread has ended."""
        self._stop.set()
        self._thread.join(timeout=2.0)

    def _say_refused(self, midimap: MidiMap) -> None:
        for reason in midimap.refused:
            self._inbox.fault("midi", f"a [[midi]] binding was left out: {reason}")

    def _say_once(self, message: str, *, fault: bool = True) -> None:
        if message not in self._said:
            self._said.add(message)
            (self._inbox.fault if fault else self._inbox.say)("midi", message)

    def _run(self) -> None:
        """The thread: messages, ports, lights."""
        scan = echo = float("-inf")
        while not self._stop.wait(self._nap()):
            now = self._now()
            try:
                if now >= scan:
                    scan = now + SCAN
                    self._scan()
                for device in self._devices.values():
                    self._read(device)
                self._keep_time()
                if now >= echo:
                    echo = now + ECHO
                    self._echo()
            except Exception as error:  # noqa: BLE001 - the loop's edge: said and counted; the next scan starts afresh
                self._inbox.fault("midi", f"MIDI was interrupted: {error}")
                self._shut()
        self._shut()

    def _nap(self) -> float:
        if self._out:
            return min(POLL, self._out.next_in(self._now()))
        return POLL if self._devices else IDLE

    def _keep_time(self) -> None:
        """Send the ticks that are due, and end a time code that has gone."""
        now = self._now()
        with self._player as player:
            events = player.mtc.idle(now)
            transport = player.transport
            leader = player.clocks.leading(now) if leads(player.source, "midi") else ""
        if events:
            self._inbox.put(events)
        if transport is not None:
            self._out.send(transport, now, leader)

    def _read(self, device: _Device) -> None:
        """Put what has come from one device."""
        events: list[Event] = []
        while got := device.input.get_message():
            data, since = got
            seconds = device.stamps.at(since, self._now())
            with self._player as player:
                led = ""
                if data[0] >= 0xF0:
                    events += player.mtc.feed(data, seconds, device.label)
                    if data[0] == QUARTER_FRAME and leads(player.source, "mtc"):
                        led = player.mtc.port
                    if player.source != "auto" or not self._out.feeds(device.label):  # else it may be our own, echoed
                        events += player.clocks.feed(data, seconds, device.label)
                        if data[0] == CLOCK and leads(player.source, "midi"):
                            led = player.clocks.leading(seconds)
                else:
                    events += player.map.feed(data, seconds, device.label)
            if led not in ("", device.label):
                self._say_once(f"{device.label} sends a clock, too: {led} leads until it has been silent for 2 seconds")
        if events:
            self._inbox.put(events)

    def _echo(self) -> None:
        with self._player as player:
            messages = player.map.echo()
        for port, data in messages:
            for device in self._devices.values():
                if device.output is not None and meant(port, device.label):
                    device.output.send_message(data)

    def _scan(self) -> None:
        """Open what has come, close what has gone."""
        if self._driver is not None and not self._driver.alive:
            self._inbox.fault("midi", "the JACK server has gone; MIDI plays on as soon as it is back")
            self._shut()
        try:
            self._driver = self._driver or Driver()
        except OSError as error:
            self._say_once(f"{error}; the show plays without MIDI", fault=bool(self._names))
            return
        self._out.scan(self._driver)
        found = numbered(self._driver.inputs())
        for key in [key for key in self._devices if key not in found]:
            self._inbox.fault("midi", f"{key[0]} is gone; it plays on as soon as it is back")
            _close(self._devices.pop(key))
        wanted = [key for key in found if not self._names or any(n.lower() in key[0].lower() for n in self._names)]
        if not wanted and self._names:
            there = ", ".join(name for name, _ in found) or "none"
            self._say_once(f"no MIDI input is called {' or '.join(self._names)}; there are: {there}")
        for key in wanted:
            if key not in self._devices:
                self._open(self._driver, key)
            elif not self._devices[key].settled:
                self._settle(self._driver, key)

    def _open(self, driver: Driver, key: tuple[str, int]) -> None:
        label = self._label(stable_name(key[0]))
        try:
            device = _Device(label, driver.open_input(key), driver.open_output(key))
        except (RuntimeError, OSError) as error:
            self._say_once(f"{key[0]} cannot be opened: {error}; close what else uses it")
            return
        self._devices[key] = device
        with self._player as player:
            player.map.shown_anew(label)

    def _label(self, name: str) -> str:
        """The name that a device plays under: its own, or with the first number that no other of its make has."""
        names = (name if n == 1 else f"{name} #{n}" for n in count(1))
        return next(label for label in names if label not in self.inputs)

    def _settle(self, driver: Driver, key: tuple[str, int]) -> None:
        """At the first look after opening, show everything again: lights may come later than keys."""
        device = self._devices[key]
        device.settled = True
        device.output = device.output or driver.open_output(key)
        with self._player as player:
            player.map.shown_anew(device.label)

    def _shut(self) -> None:
        self._out.close(self._driver is not None and self._driver.alive)
        while self._devices:
            _close(self._devices.popitem()[1])
        if self._driver is not None:
            self._driver.close()
            self._driver = None


def _close(device: _Device) -> None:
    for port in (device.input, device.output):
        if port is not None:
            port.close_port()
            port.delete()
