"""What the keyboard plays. Keys become events like any other, so that a take holds them too."""

from collections.abc import Iterable, Mapping

from perf.core.event import Event, Value
from perf.core.state import State

HELP = (
    "# Retrograde",
    "H\tthis help",
    "B\tblackout",
    "space\tfreeze",
    "T\ttap the tempo",
    "N\tnext cue",
    "V\tsee the next cue's picture",
    "W · U\twrite automation · take the last pass back",
    "R\tstart the recursion anew",
    "P\tplay or stop the timeline",
    "backspace\tpanic: everything to its default",
    "F · M\tfull screen · next monitor",
    "Q · esc\tquit",
)
TRIGGERS = {
    "t": "/transport/tap",
    "n": "/cue/next",
    "r": "/sampler/restart",
    "backspace": "/master/panic",
    "u": "/automation/undo",
}
TOGGLES = {"b": "/master/blackout", "space": "/master/freeze", "w": "/automation/record"}


def events(pressed: Iterable[str], seconds: float, state: State) -> list[Event]:
    """The events that keys mean in this state, in order."""
    held = {address: hand.value for address, hand in state.hands.items()}
    found = (event(key, seconds, held, state.transport.playing) for key in pressed)
    return [one for one in found if one is not None]


def event(key: str, seconds: float, values: Mapping[str, Value], playing: bool) -> Event | None:
    """The event that a key means, given the present values; None for keys that play nothing."""
    if key in TRIGGERS:
        return Event(seconds, TRIGGERS[key], (True,), "key")
    if key in TOGGLES:
        return Event(seconds, TOGGLES[key], (not values.get(TOGGLES[key], False),), "key")
    if key == "p":
        return Event(seconds, "/transport/stop" if playing else "/transport/play", (True,), "key")
    return None
