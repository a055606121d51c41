"""Commands: what a message does that sets no parameter. Each takes the desk of the tick, the value and its clock time,
does its work on the desk and says what it did."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from perf.core import conductor
from perf.core.event import Value
from perf.core.shot import Shot, read

MOST_SHOTS = 7  # at once, beside the newest


class Desk(conductor.Desk, Protocol):
    """What commands do their work on: `core.apply.Desk`. `leader` is the clock whose event it is, `ahead` the seconds
    by which it is led."""

    automated: bool
    epoch: int
    leader: str
    ahead: float
    shots: tuple[tuple[float, Shot], ...]


def fire(desk: Desk, name: str, seconds: float) -> str:
    """Fire a cue by name. Raises ValueError naming those that there are."""
    return conductor.go(desk, conductor.find(desk.patch, name), seconds)


def _panic(desk: Desk, value: Value, seconds: float) -> str:
    """Every parameter to its default: hands let go, the timeline disarmed until the next play."""
    desk.let_go()
    desk.automated = False
    desk.epoch += 1
    return "all parameters at their defaults; /transport/play arms the timeline again"


def _play(desk: Desk, value: Value, seconds: float) -> str:
    """Start the transport and arm the timeline."""
    desk.transport = desk.transport.with_playing(seconds, True)
    desk.automated = True
    return "playing"


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


def _addressed(desk: Desk, value: Value, seconds: float) -> str:
    """Check the address that a MIDI command names; the MIDI port acts on the outcome."""
    if value not in desk.patch.table:
        raise ValueError(f"no parameter is called {value}; `retrograde params` lists them")
    return str(value)


def _seek(desk: Desk, value: Value, seconds: float) -> str:
    """Go to a beat, the cues before it taken as played; a clock that says so leads from then on, without sliding."""
    beat = float(value) + desk.ahead * desk.transport.tempo / 60.0  # type: ignore[arg-type]
    detail = _turn(desk, "sought", seconds, max(beat, 0.0))
    _led(desk)
    conductor.chase(desk, desk.transport.beat)
    return detail


def _follow(desk: Desk, value: Value, seconds: float) -> str:
    """Be where the clock that leads is: beat and BPM."""
    beat, tempo = (float(part) for part in value)  # type: ignore[union-attr]
    beat += desk.ahead * tempo / 60.0
    desk.transport = desk.transport.handed(seconds, beat, desk.leader)
    return _turn(desk, "followed", seconds, beat, tempo)


def _locate(desk: Desk, value: Value, seconds: float) -> str:
    """Be where the clock that leads is: seconds."""
    _led(desk)
    return _turn(desk, "positioned", seconds, max(float(value) + desk.ahead, 0.0))  # type: ignore[arg-type]


def _led(desk: Desk) -> None:
    """Note a clock that says where it is as the leader; how far a former one was kept away is forgotten."""
    if desk.leader and desk.leader != desk.transport.leader:
        desk.transport = replace(desk.transport, leader=desk.leader, lag=0.0, apart=0.0, sliding=False)


def _turn(desk: Desk, method: str, *args: Any) -> str:
    """Change the transport by one of its methods."""
    desk.transport = getattr(desk.transport, method)(*args)
    return f"beat {desk.transport.beat:.3f} at {desk.transport.tempo:g} BPM"


def _shot(desk: Desk, value: Value, seconds: float) -> str:
    """Play a shot template over what the camera does, from now on; another one follows it."""
    shot = read(str(value))
    desk.shots = (*desk.shots[-MOST_SHOTS:], (seconds, shot))
    return f"{shot.name} over {shot.length:g} s"


COMMANDS: Mapping[str, Callable[[Any, Value, float], str]] = {
    "/master/panic": _panic,
    "/transport/play": _play,
    "/transport/stop": lambda desk, value, s: _turn(desk, "with_playing", s, False),
    "/transport/seek": _seek,
    "/transport/tempo": lambda desk, value, s: _turn(desk, "with_tempo", s, float(value)),  # type: ignore[arg-type]
    "/transport/tap": lambda desk, value, s: _turn(desk, "tapped", s),
    "/transport/follow": _follow,
    "/transport/position": _locate,
    "/transport/nudge": lambda desk, value, s: _turn(desk, "nudged", s, float(value)),  # type: ignore[arg-type]
    "/midi/learn": _addressed,
    "/midi/forget": _addressed,
    "/patch/save": lambda desk, value, s: "asked for",
    "/sampler/restart": _restart,
    "/camera/shot": _shot,
    "/cue/go": lambda desk, value, s: fire(desk, str(value), s),
    "/cue/next": _next,
    "/cue/previous": _previous,
}
