"""MIDI controls to parameters: bindings, curves, takeover, learn, and what goes back to the controller.

A state machine without I/O and without a clock: messages go in with their time, events come out. An event carries the
parameter's real value, so that takes and other ports need no MIDI. Rubbish gives no event and never raises.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from mido import Message

from perf.core.event import Event, Value
from perf.core.param import Param
from perf.core.patch import Binding
from perf.wire.midiinput import MidiInput, Reading
from perf.wire.midilearn import Learning, meant
from perf.wire.takeover import Grip

BINDABLE = ("float", "int", "bool", "choice", "trigger")
RELATIVE: dict[str, Callable[[int], int]] = {
    "relative": lambda raw: raw if raw < 64 else raw - 128,  # two's complement: 1 and 127
    "relative-offset": lambda raw: raw - 64,  # 65 and 63
    "relative-sign": lambda raw: raw if raw < 64 else 64 - raw,  # 1 and 65
}
CURVES: dict[str, tuple[Callable[[float], float], Callable[[float], float]]] = {  # and back again
    "linear": (lambda x: x, lambda y: y),
    "exp": (lambda x: x * x, lambda y: y**0.5),  # fine near the low end
    "log": (lambda x: x**0.5, lambda y: y * y),  # fine near the high end
    "s": (lambda x: x * x * (3 - 2 * x), lambda y: _smooth_back(y)),
}
_STATUS = {"cc": 0xB0, "cc14": 0xB0, "note": 0x90}


class _Slot:
    """A binding at work."""

    def __init__(self, binding: Binding, param: Param) -> None:
        self.binding, self.param = binding, param
        stepped = param.kind in ("bool", "trigger") or binding.mode != "absolute"
        self._grip = Grip("none" if stepped else binding.takeover)
        self._pressed = False
        self._value: Value | None = None
        self._echoed: int | None = None
        self._steps = 16383 if binding.kind == "cc14" else 127
        self._curve, self._back = CURVES[binding.curve]
        self.observe(param.default)

    def take(self, reading: Reading) -> Value | None:
        """The value that a reading sends, if any."""
        edge, self._pressed = reading.pressed and not self._pressed, reading.pressed
        place = self._place(reading, edge)
        if place is None:
            return None
        low, high = self.binding.low, self.binding.high
        value = self.param.denormalise(low + min(max(place, 0.0), 1.0) * (high - low))
        return value or None if self.param.kind == "trigger" else value

    def _place(self, reading: Reading, edge: bool) -> float | None:
        """Where on its way from low to high a reading sends the parameter."""
        mode, grip = self.binding.mode, self._grip
        if mode == "trigger" or self.param.kind == "trigger":
            return 1.0 if edge or (reading.pressed and reading.control.kind == "program") else None
        if mode == "toggle":
            return grip.send(0.0 if grip.present >= 0.5 else 1.0) if edge else None
        if mode in RELATIVE:
            return grip.send(min(max(self._here() + RELATIVE[mode](reading.raw) / 127, 0.0), 1.0))
        if mode == "absolute" and reading.control.kind == "note" and not reading.pressed:
            return None  # a note's velocity is a value that stays
        if self.param.kind == "bool":
            return 1.0 if reading.pressed else 0.0
        if not grip.engaged and round(reading.place * self._steps) == self._echoed:
            grip.rest(self._curve(reading.place))  # the control repeats what it was told
            return None
        return grip.move(self._curve(reading.place))

    def _here(self) -> float:
        """Where an endless encoder goes on from: where it has sent the parameter, if that stands there, in whole steps,
        or is still on its way."""
        low, high, grip = self.binding.low, self.binding.high, self._grip
        stands = grip.engaged and self.param.denormalise(low + grip.sent * (high - low)) == self._value
        return grip.sent if stands or grip.coming else grip.present

    def observe(self, value: Value) -> None:
        """The parameter's present value."""
        if value == self._value and self._grip.settled:
            return
        if self.param.kind == "choice" and value not in self.param.choices:
            return  # another patch's, which still plays: here the choice is called otherwise
        self._value = value
        low, high = self.binding.low, self.binding.high
        place = (self.param.normalise(value) - low) / (high - low) if high != low else 0.0
        self._grip.seen(place)

    def echo(self) -> list[bytes]:
        """Messages that show the parameter on the control; none while the control itself holds it."""
        status = _STATUS.get(self.binding.kind)
        if status is None or self._value is None or self.param.kind == "trigger" or self.binding.mode in RELATIVE:
            return []
        if self._grip.engaged and self.binding.mode == "absolute" and self.param.kind != "bool":
            self._echoed = None  # the control was moved by hand: what it shows is what it says
            return []
        shown = round(self._back(self._grip.present) * self._steps)
        if shown == self._echoed:
            return []
        self._echoed = shown
        head = status | max(self.binding.channel - 1, 0)
        if self.binding.kind == "cc14":
            return [
                bytes((head, self.binding.number, shown >> 7)),
                bytes((head, self.binding.number + 32, shown & 127)),
            ]
        return [bytes((head, self.binding.number, shown))]

    def why(self) -> str:
        """Why a message of the control did nothing."""
        if self._grip.engaged or self._grip.takeover == "none":
            return f"{self.param.address} is not moved by a button let go, or by a control that says what it was told"
        at = round(self._back(self._grip.present) * self._steps)
        return f"{self.param.address} waits for takeover at {at} of {self._steps}"

    def shown_anew(self) -> None:
        """The device came back and shows nothing."""
        self._echoed = None


class MidiMap:
    """Bindings at work on a parameter table. `refused` says which of the given ones cannot be."""

    def __init__(self, bindings: Iterable[Binding], table: Mapping[str, Param]) -> None:
        self.refused: list[str] = []
        self._table = table
        self._slots: dict[Binding, _Slot] = {}
        self._idle: list[Binding] = []  # the refused
        self._input = MidiInput()
        self._learning: Learning | None = None
        self._learned: set[Binding] = set()
        for binding in bindings:
            try:
                self._slots[binding] = _Slot(binding, self._bindable(binding.address))
            except ValueError as error:
                self.refused.append(str(error))
                self._idle.append(binding)
        self._index()

    @property
    def bindings(self) -> tuple[Binding, ...]:
        """The bindings as they are now, those that cannot be behind the others: what a saved patch holds."""
        return (*self._slots, *self._idle)

    @property
    def learning(self) -> str:
        """The address that waits for a control, or nothing."""
        return self._learning.param.address if self._learning else ""

    def feed(self, message: Message | Sequence[int], seconds: float, port: str) -> list[Event]:
        """The events of one message that came from `port` at clock time `seconds`."""
        readings = self._read(message, port)
        if self._learning is not None:
            self._learning.hear(readings, seconds)
        events = []
        for reading in readings:
            for slot in self._reached(reading):
                value = slot.take(reading)
                if value is not None:
                    args = value if isinstance(value, tuple) else (value,)
                    events.append(Event(seconds, slot.binding.address, args, f"midi:{port}"))
        return events

    def why(self, message: Message | Sequence[int], port: str) -> str:
        """Of a message that gave no event: what was moved, and why that does nothing; "" for no control's message."""
        readings = self._read(message, port)
        if not readings:
            return ""
        control, raw = readings[0].control, readings[0].raw
        reasons = [slot.why() for reading in readings for slot in self._reached(reading)] or ["bound to nothing"]
        return f"{control.kind} {control.number} channel {control.channel} at {raw}  -> {'; '.join(reasons)}"

    def observe(self, values: Mapping[str, Value]) -> None:
        """Tell the present values, once a tick; only bound addresses are looked at."""
        for slot in self._slots.values():
            value = values.get(slot.binding.address)
            if value is not None:
                slot.observe(value)

    def learn(self, address: str) -> None:
        """Bind the control that moves next to `address`. Raises ValueError when nothing can be bound to it."""
        self._learning = Learning(self._bindable(address))

    def learned(self, seconds: float) -> Binding | None:
        """The new binding, once, when learning is over; ask every tick. It replaces those the address had."""
        if self._learning is None or not self._learning.over(seconds):
            return None
        binding = self._learning.binding()
        self.forget(binding.address)
        self._learned.add(binding)
        self._slots[binding] = _Slot(binding, self._table[binding.address])
        self._index()
        return binding

    def inherit(self, former: "MidiMap") -> None:
        """Take over what was learned on a former patch and not saved, where this patch binds nothing itself, and the
        hold that controls have of parameters that are the same: an edit of the patch takes no fader from the hand."""
        taken = {binding.address for binding in self._slots}
        for binding in former.bindings:
            param = self._table.get(binding.address)
            if binding in former._learned and binding.address not in taken and param and param.kind in BINDABLE:
                self._slots[binding] = _Slot(binding, param)
                self._learned.add(binding)
        for binding, slot in former._slots.items():
            if binding in self._slots and self._slots[binding].param == slot.param:
                self._slots[binding] = slot
        self._input = former._input
        if former.learning in self._table:
            self._learning = former._learning
        self._index()

    def forget(self, address: str) -> int:
        """Unbind an address and stop learning for it; how many bindings it had."""
        gone = [binding for binding in self._slots if binding.address == address]
        for binding in gone:
            del self._slots[binding]
        self._idle = [binding for binding in self._idle if binding.address != address]
        if self.learning == address:
            self._learning = None
        self._index()
        return len(gone)

    def echo(self) -> list[tuple[str, bytes]]:
        """(part of a port's name, message) for each control that shows something else than its parameter."""
        return [(slot.binding.port, data) for slot in self._slots.values() for data in slot.echo()]

    def shown_anew(self, port: str) -> None:
        """A device came back: everything is shown on it again."""
        for binding, slot in self._slots.items():
            if meant(binding.port, port):
                slot.shown_anew()

    def _read(self, message: Message | Sequence[int], port: str) -> list[Reading]:
        return self._input.read(message.bytes() if isinstance(message, Message) else message, port)

    def _reached(self, reading: Reading) -> Iterable[_Slot]:
        control = reading.control
        slots = self._by_control.get((control.kind, control.number), ())
        if control.kind == "program":  # any program is a value; only its own is a button
            slots = [s for (kind, n), found in self._by_control.items() if kind == "program" for s in found]
            slots = [s for s in slots if s.binding.mode == "absolute" or s.binding.number == control.number]
        for slot in slots:
            if slot.binding.channel in (0, control.channel) and meant(slot.binding.port, control.port):
                yield slot

    def _index(self) -> None:
        self._by_control: defaultdict[tuple[str, int], list[_Slot]] = defaultdict(list)
        for binding, slot in self._slots.items():
            number = 0 if binding.kind == "bend" else binding.number
            self._by_control[binding.kind, number].append(slot)

    def _bindable(self, address: str) -> Param:
        param = self._table.get(address)
        if param is None:
            raise ValueError(f"no parameter is called {address[:80]!r}; `retrograde params` lists them")
        if param.kind not in BINDABLE or param.access == "r":
            kinds = ", ".join(BINDABLE)
            raise ValueError(f"{address} is a {param.kind} ({param.access}); MIDI can move {kinds} that can be written")
        return param


def _smooth_back(y: float) -> float:
    """The inverse of smoothstep, by bisection: 7 bits need no more."""
    low, high = 0.0, 1.0
    for _ in range(16):
        middle = (low + high) / 2
        low, high = (middle, high) if middle * middle * (3 - 2 * middle) < y else (low, middle)
    return (low + high) / 2
