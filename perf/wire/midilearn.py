"""MIDI learn: which control the performer means. Pure; time comes in as an argument.

Of what moves within 300 ms the control that moved farthest is meant: a jittering fader or a held note does not win
against the knob that is being turned.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field

from perf.core.param import Param
from perf.core.patch import Binding
from perf.wire.midiinput import FINE, Control, Reading

WINDOW = 0.3  # seconds of moving
FIRST = 1 / 127  # what a control's first message counts for: how far it came is unknown
REPEATS = 2  # a fader never says the same twice in a row, an endless encoder that is turned does
ENDLESS = {  # modes, and what encoders send that are turned by hand; a fader in the middle sends 64, too
    "relative": {1, 2, 3, 125, 126, 127},
    "relative-offset": {61, 62, 63, 65, 66, 67},
    "relative-sign": {1, 2, 3, 65, 66, 67},
}
_ALSA_NUMBERS = re.compile(r" \d+:\d+$")  # client and port numbers change with the order of plugging in
_TWIN = re.compile(r" #\d+")


@dataclass(slots=True)
class _Activity:
    moved: float = 0.0
    repeats: int = 0
    place: float | None = None
    values: set[int] = field(default_factory=set)

    def hear(self, reading: Reading) -> None:
        self.moved += FIRST if self.place is None else abs(reading.place - self.place) + FIRST / 100
        self.repeats += reading.place == self.place
        self.place = reading.place
        self.values.add(reading.raw)

    @property
    def endless(self) -> str:
        """How an endless encoder that moved so counts; "" for what may be a fader."""
        modes = (mode for mode, steps in ENDLESS.items() if self.values <= steps)
        return next(modes, "") if self.repeats >= REPEATS else ""


class Learning:
    """Listens for one control for `param`."""

    def __init__(self, param: Param) -> None:
        self.param = param
        self._since: float | None = None
        self._controls: defaultdict[Control, _Activity] = defaultdict(_Activity)
        self._fine: defaultdict[Control, int] = defaultdict(int)
        self._last: Control | None = None

    def hear(self, readings: list[Reading], seconds: float) -> None:
        """Take the readings of one message at clock time `seconds`."""
        for reading in readings:
            control = reading.control
            if control.kind == "cc14":
                continue
            if self._since is None and (control.kind != "note" or reading.pressed):
                self._since = seconds
            self._controls[control].hear(reading)
            if control.kind == "cc" and self._last == _coarse(control):
                self._fine[self._last] += 1
            self._last = control

    def over(self, seconds: float) -> bool:
        """Whether enough has been heard."""
        return self._since is not None and seconds >= self._since + WINDOW

    def binding(self) -> Binding:
        """The control that was meant, bound to the parameter. Two halves that take turns are one 14-bit control."""
        control = max(self._controls, key=lambda control: self._controls[control].moved)
        coarse = _coarse(control)
        if control.kind == "cc" and self._fine.get(control if control.number < FINE else coarse, 0) >= 2:
            control = Control("cc14", control.number % FINE, control.channel, control.port)
        return Binding(
            control.kind,
            control.number,
            self.param.address,
            channel=control.channel,
            port=stable_name(control.port),
            mode=_mode(control, self._controls.get(control), self.param),
        )


def _coarse(control: Control) -> Control:
    """The controller whose low half this one may be."""
    return Control("cc", control.number - FINE, control.channel, control.port)


def _mode(control: Control, activity: _Activity | None, param: Param) -> str:
    """How the control is played: a button is not a fader, and a switch is not a level."""
    if param.kind == "trigger":
        return "trigger"
    button = control.kind == "note" or (activity is not None and activity.values <= {0, 127})
    if button and param.kind == "bool":
        return "toggle"
    if control.kind == "cc" and activity is not None and param.kind != "bool":
        return activity.endless or "absolute"
    return "momentary" if control.kind == "note" else "absolute"


def stable_name(port: str) -> str:
    """A port's name without the numbers that ALSA appends: what is found again tomorrow."""
    return _ALSA_NUMBERS.sub("", port)


def meant(part: str, port: str) -> bool:
    """Whether a part of a port's name means this one. A whole name means the first of its make, not `NAME #2`."""
    return part in port and not (part and _TWIN.fullmatch(port.removeprefix(part)))
