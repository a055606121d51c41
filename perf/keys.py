"""What keyboard and mouse play. They become events like any other, so that a take holds them too."""

from collections import ChainMap
from collections.abc import Iterable, Mapping

from perf.core.event import Event, Value
from perf.core.frame import Frame
from perf.core.mapping import dragged, grabbed
from perf.core.state import State

HELP = (
    "# Retrograde",
    "H\tthis help",
    "B\tblackout",
    "space\tfreeze",
    "T\ttap the tempo",
    "N\tnext cue",
    "S\twrite what is on stage as a PNG",
    "V\tsee the next cue's picture",
    "W · U\twrite automation · take the last pass back",
    "R\tstart the recursion anew",
    "P\tplay or stop the timeline",
    "backspace\tpanic: everything to its default",
    "C\ttest card of the mapping: drag its corners and points",
    "F · M\tfull screen · next monitor",
    "Q · esc\tquit",
)
TRIGGERS = {
    "t": "/transport/tap",
    "n": "/cue/next",
    "r": "/sampler/restart",
    "backspace": "/master/panic",
    "u": "/automation/undo",
    "s": "/master/snapshot",
}
TOGGLES = {"b": "/master/blackout", "space": "/master/freeze", "w": "/automation/record", "c": "/mapping/card"}


def events(pressed: Iterable[str], seconds: float, state: State, shown: Mapping[str, Value]) -> list[Event]:
    """The events that keys mean in this state, over the values that the last frame has `shown`, in order."""
    played = state.transport.playing and state.automated  # after a panic P arms the timeline again
    found: list[Event] = []
    for key in pressed:
        after = {one.address: one.args[0] for one in found if one.address in TOGGLES.values()}
        one = event(key, seconds, ChainMap(after, shown), played)  # type: ignore[arg-type]
        found += [one] if one else []
    return found


def event(key: str, seconds: float, values: Mapping[str, Value], playing: bool) -> Event | None:
    """The event that a key means, given the present values; None for keys that play nothing."""
    if key in TRIGGERS:
        return Event(seconds, TRIGGERS[key], (True,), "key")
    if key in TOGGLES:
        return Event(seconds, TOGGLES[key], (not values.get(TOGGLES[key], False),), "key")
    if key == "p":
        return Event(seconds, "/transport/stop" if playing else "/transport/play", (True,), "key")
    return None


class Mouse:
    """A hand in the window: while the test card is up it drags the corners and points of the mapping."""

    def __init__(self) -> None:
        self._down = False
        self._held: tuple[int, str] | None = None

    def events(self, pointer: tuple[float, float, bool], frame: Frame, seconds: float) -> list[Event]:
        """What it moves, being there (0…1 from the lower left, whether the button is down) over this frame."""
        x, y, down = pointer
        pressed, self._down = down and not self._down, down
        if pressed or not (down and frame.card):
            self._held = grabbed(frame.mapping, (x, y)) if frame.card and pressed else None
        if self._held is None or self._held[0] > len(frame.mapping):
            return []
        number, name = self._held
        value, address = dragged(frame.mapping[number - 1], name, (x, y)), f"/mapping/{number}/{name}"
        return [] if frame.values.get(address) in (None, value) else [Event(seconds, address, value, "mouse")]
