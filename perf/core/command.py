"""Commands: what a message does that sets no parameter. Each takes the desk of the tick, the value and its clock time,
does its work on the desk and says what it did."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from perf.core import conductor, recorder
from perf.core.event import Value
from perf.core.lane import Lanes
from perf.core.param import Param
from perf.core.shot import read


class Desk(recorder.Desk, Protocol):
    """What commands do their work on: `core.apply.Desk`. `leader` is the clock whose event it is, `ahead` the seconds
    by which it is led."""

    epoch: int
    leader: str
    ahead: float


def fire(desk: Desk, name: str, seconds: float) -> str:
    """Fire a cue by name. Raises ValueError naming those that there are."""
    return conductor.go(desk, conductor.find(desk.patch, name), seconds)


def _panic(desk: Desk, value: Value, seconds: float) -> str:
    """Every parameter to its default: hands let go, the timeline disarmed until the next play."""
    desk.let_go()
    desk.automated, desk.placed = False, None
    desk.epoch += 1
    return "all parameters at their defaults; /transport/play arms the timeline again"


def _play(desk: Desk, value: Value, seconds: float) -> str:
    """Start the transport and arm the timeline."""
    desk.transport = desk.transport.with_playing(seconds, True)
    if not desk.automated:
        desk.automated, desk.placed = True, None  # the camera goes on from where it is
    return "playing"


def _stop(desk: Desk, value: Value, seconds: float) -> str:
    """Stop the transport. A cue that holds it until something holds it no more: whoever stopped it starts it."""
    desk.cues = replace(desk.cues, waiting=False)
    return _turn(desk, "with_playing", seconds, False)


def _restart(desk: Desk, value: Value, seconds: float) -> str:
    """Begin the recursion anew."""
    desk.epoch += 1
    return "the recursion starts anew"


def _next(desk: Desk, value: Value, seconds: float) -> str:
    """Fire the cue behind the last one fired, round and round."""
    return conductor.go(desk, conductor.following(desk, 1), seconds)


def _previous(desk: Desk, value: Value, seconds: float) -> str:
    """Fire the cue before the last one fired, round and round."""
    return conductor.go(desk, conductor.following(desk, -1), seconds)


def _preview(desk: Desk, value: Value, seconds: float) -> str:
    """See this cue ahead until one goes; without a name the one that comes."""
    index = conductor.find(desk.patch, str(value)) if value else -1
    desk.cues = replace(desk.cues, preview=index)
    return f"cue {value} is seen ahead" if value else "the cue that comes is seen ahead"


def _take(desk: Desk, value: Value, seconds: float) -> str:
    """Fire the cue that is seen ahead."""
    return conductor.go(desk, conductor.coming(desk, seconds), seconds)


def _addressed(desk: Desk, value: Value, seconds: float) -> str:
    """Check the address that a MIDI command names; the MIDI port acts on the outcome."""
    if value not in desk.patch.table:
        raise ValueError(f"no parameter is called {value}; `retrograde params` lists them")
    return str(value)


def _seek(desk: Desk, value: Value, seconds: float) -> str:
    """Go to a beat, the cues before it taken as played; a clock that says so leads from then on, without sliding."""
    beat = float(value) + desk.ahead * desk.transport.place(0, seconds).tempo / 60.0  # type: ignore[arg-type]
    _turn(desk, "sought", seconds, max(beat, 0.0))
    _led(desk)
    conductor.chase(desk, desk.transport.beat)
    return _turn(desk, "sought", seconds, max(beat, 0.0))  # once more, at the tempo that its cues leave


def _follow(desk: Desk, value: Value, seconds: float) -> str:
    """Be where the clock that leads is: beat and BPM."""
    beat, tempo = (float(part) for part in value)  # type: ignore[union-attr]
    beat += desk.ahead * tempo / 60.0
    desk.transport = desk.transport.handed(seconds, beat, desk.leader)
    return _led_on(desk, "followed", seconds, beat, tempo)


def _locate(desk: Desk, value: Value, seconds: float) -> str:
    """Be where the clock that leads is: seconds."""
    _led(desk)
    return _led_on(desk, "positioned", seconds, max(float(value) + desk.ahead, 0.0))  # type: ignore[arg-type]


def _led_on(desk: Desk, method: str, seconds: float, *where: float) -> str:
    """Go where the clock that leads is; where it went back, the cues before that are taken as played."""
    before = desk.transport.place(0, seconds).beat
    detail = _turn(desk, method, seconds, *where)
    if abs(desk.transport.beat - before) > conductor.LATE:
        desk.placed = None  # the camera is cut there
    if desk.transport.beat < before - conductor.LATE:
        conductor.chase(desk, desk.transport.beat)
    return detail


def _led(desk: Desk) -> None:
    """Note a clock that says where it is as the leader; how far a former one was kept away is forgotten."""
    if desk.leader and desk.leader != desk.transport.leader:
        desk.transport = replace(desk.transport, leader=desk.leader, lag=0.0, apart=0.0, sliding=False)


def _turn(desk: Desk, method: str, *args: Any) -> str:
    """Change the transport by one of its methods, whose first argument is the clock time."""
    desk.transport = getattr(desk.transport, method)(*args)
    here = desk.transport.place(0, args[0])
    return f"beat {here.beat:.3f} at {here.tempo:g} BPM"


def _shot(desk: Desk, value: Value, seconds: float) -> str:
    """Play a shot template over what the camera does, from now on; another one follows it."""
    shot = read(str(value))
    conductor.shoot(desk, shot, seconds)
    return f"{shot.name} over {shot.length:g} s"


def _arm(desk: Desk, value: Value, seconds: float) -> str:
    """`ADDRESS on`, or off: write what a hand does to these parameters while automation is recorded."""
    reach, _, word = str(value).rpartition(" ")
    on = bool(_SWITCH.coerce((word,))[0]) if reach else True
    found = frozenset(p.address for p in _reached(desk, reach or word) if recorder.recordable(p))
    if not found:
        raise ValueError(f"{reach or word} cannot be recorded: it is no parameter that a patch may set")
    if not on:
        recorder.end(desk, seconds, found)
    armed = desk.automation.armed | found if on else desk.automation.armed - found
    desk.automation = replace(desk.automation, armed=armed, stale=True)
    return f"{len(armed)} armed"


_SWITCH = Param("/automation/arm ADDRESS", "bool", True)


def _reached(desk: Desk, reach: str) -> tuple[Param, ...]:
    """The parameters of an address, a pattern or a group. Raises ValueError for none."""
    table = desk.patch.table
    found = table.matching(reach) or tuple(p for p in table.values() if p.address.startswith(reach.rstrip("/") + "/"))
    if not found or not reach.startswith("/"):
        raise ValueError(f"no parameter is called {reach}; give an address, a pattern such as /camera/*, or a group")
    return found


def _undo(desk: Desk, value: Value, seconds: float) -> str:
    """Take the last pass, choice of a lane or clearing back."""
    recorder.end(desk, seconds)
    now = desk.automation
    if not now.done:
        raise ValueError("there is nothing to undo")
    undone = (*now.undone, *recorder.travel(desk, now.done))
    desk.automation = replace(desk.automation, done=now.done[:-1], undone=undone)
    return f"undone: {', '.join(now.done[-1])}"


def _redo(desk: Desk, value: Value, seconds: float) -> str:
    """Take an undo back."""
    recorder.end(desk, seconds)
    now = desk.automation
    if not now.undone:
        raise ValueError("there is nothing to redo")
    done = (*now.done, *recorder.travel(desk, now.undone))
    desk.automation = replace(desk.automation, done=done, undone=now.undone[:-1])
    return f"redone: {', '.join(now.undone[-1])}"


def _lane(desk: Desk, value: Value, seconds: float) -> str:
    """`ADDRESS N`: play another lane of what was recorded; 0 plays the timeline below."""
    reach, _, word = str(value).rpartition(" ")
    recorded = _recorded(desk, reach, seconds)
    most = min(len(lanes.lanes) for lanes in recorded.values())
    if not word.isdecimal() or int(word) > most:
        raise ValueError(f"{word!r} is no lane; {reach} takes 0 (none) to {most}")
    recorder.change(desk, {address: replace(lanes, chosen=int(word)) for address, lanes in recorded.items()})
    return f"lane {word} of {most}"


def _clear(desk: Desk, value: Value, seconds: float) -> str:
    """Away with everything recorded of a parameter, a pattern or a group; undo has it back."""
    recorded = _recorded(desk, str(value), seconds)
    recorder.change(desk, dict.fromkeys(recorded, Lanes()))
    return f"cleared: {', '.join(recorded)}"


def _recorded(desk: Desk, reach: str, seconds: float) -> dict[str, Lanes]:
    """The lanes of what is reached, after the pass that goes on. Raises ValueError for none."""
    reached = _reached(desk, reach)
    recorder.end(desk, seconds)
    lanes = {param.address: recorder.lanes_of(desk, param.address) for param in reached}
    recorded = {address: kept for address, kept in lanes.items() if kept.lanes}
    if not recorded:
        raise ValueError(f"nothing was recorded of {reach}")
    return recorded


COMMANDS: Mapping[str, Callable[[Any, Value, float], str]] = {
    "/master/panic": _panic,
    "/transport/play": _play,
    "/transport/stop": _stop,
    "/transport/seek": _seek,
    "/transport/tempo": lambda desk, value, s: _turn(desk, "with_tempo", s, float(value)),  # type: ignore[arg-type]
    "/transport/tap": lambda desk, value, s: _turn(desk, "tapped", s),
    "/transport/follow": _follow,
    "/transport/position": _locate,
    "/transport/nudge": lambda desk, value, s: _turn(desk, "nudged", s, float(value)),  # type: ignore[arg-type]
    "/midi/learn": _addressed,
    "/midi/forget": _addressed,
    "/sampler/restart": _restart,
    "/camera/shot": _shot,
    "/automation/arm": _arm,
    "/automation/undo": _undo,
    "/automation/redo": _redo,
    "/automation/lane": _lane,
    "/automation/clear": _clear,
    "/cue/go": lambda desk, value, s: fire(desk, str(value), s),
    "/cue/next": _next,
    "/cue/previous": _previous,
    "/cue/preview": _preview,
    "/cue/take": _take,
}
