"""The conductor: which cue is next, when it fires, and what it does to the desk of a tick.

A cue is safe to fire late: what it does is as of the moment at which it was due. After a seek the placed cues up to
there and those that follow them are taken as if they had been played, without their fades, and what earlier ones had
set is let go; what the performer holds stays.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from operator import itemgetter
from typing import Protocol

from perf.core.camera import Pose
from perf.core.condition import began, holds
from perf.core.cue import Cue
from perf.core.event import Value
from perf.core.moment import Transport
from perf.core.patch import Patch
from perf.core.shot import Shot
from perf.core.standing import Standing
from perf.core.timeline import Clip

MOST_SHOTS = 7  # at once, beside the newest
MOST = 8  # cues in one tick beyond three times those there are: a loop that a stall has left behind goes on in the next
LATE = 0.1  # beats behind a grid line at which a quantised cue still fires as of that line
SOON = 16.0  # beats before its place at which a cue of the timeline is the one to be seen ahead
FOREVER = 1e9  # beats
HAND = "cue"  # who holds what a cue has set


class Desk(Protocol):
    """What the conductor does its work on: `core.apply.Desk`."""

    transport: Transport
    cues: Standing
    placed: Pose | None
    automated: bool
    looked: float
    looks: int
    shots: tuple[tuple[float, Shot], ...]

    @property
    def patch(self) -> Patch:
        """The patch."""

    def hold(self, address: str, value: Value, since: float, how: tuple[float, str]) -> None:
        """Set a value by hand from `since` on; how: glide in seconds, and who."""

    def give_back(self, address: str, since: float, glide: float, source: str = "") -> None:
        """Give what is held, by `source` or by anybody, back to the timeline from `since` on in `glide` seconds."""

    def let_go(self, source: str = "") -> None:
        """Drop what `source` holds; without one, what anybody holds."""

    def values(self, seconds: float) -> Mapping[str, Value]:
        """Every parameter as it stands at clock time `seconds`."""


def find(patch: Patch, name: str) -> int:
    """The number of a cue by name. Raises ValueError naming those that there are."""
    for index, cue in enumerate(patch.timeline.cues):
        if cue.name == name:
            return index
    names = ", ".join(cue.name for cue in patch.timeline.cues) or "none"
    raise ValueError(f"no cue is called {name!r}; the patch has: {names}")


def go(desk: Desk, index: int, seconds: float) -> str:
    """Fire a cue asked for at clock time `seconds`, on its grid line if it has one. What is done, in words."""
    cue = desk.patch.timeline.cues[index]
    resume(desk, seconds)
    transport = desk.transport
    beat = transport.place(0, seconds).beat
    due = _line(desk, cue, beat) if transport.playing and desk.automated else beat  # after a panic no line comes
    if due > beat:
        desk.cues = replace(desk.cues, pending=(index, due))
        return f"cue {cue.name} at beat {due:g}"
    desk.cues = replace(desk.cues, pending=None)
    _fire(desk, index, (due, transport.when(due) if transport.playing else seconds), cue.fade)
    return f"cue {cue.name}"


def resume(desk: Desk, seconds: float) -> None:
    """Let the transport go on that the current cue holds. A clock that leads is then followed in its bar: the beats
    that it has counted meanwhile are not caught up with."""
    if desk.cues.waiting:
        desk.cues = replace(desk.cues, waiting=False)
        desk.transport = replace(desk.transport.with_playing(seconds, True), leader="")


def rehearse(desk: Desk, index: int, seconds: float) -> None:
    """Do at once what a cue leads to at the end of its fade."""
    _fire(desk, index, (desk.transport.place(0, seconds).beat, seconds), 0.0)


def coming(desk: Desk, seconds: float) -> int:
    """The number of the cue to be seen ahead: the one that was asked for, that waits for its line, that the timeline
    comes to within `SOON`, or the next. Raises ValueError without cues."""
    cues, standing = desk.patch.timeline.cues, desk.cues
    asked = standing.preview if standing.preview >= 0 or not standing.pending else standing.pending[0]
    if 0 <= asked < len(cues):
        return asked
    if desk.transport.playing:
        soon = desk.transport.place(0, seconds).beat + SOON
        found = [(c.at, i) for i, c in enumerate(cues) if c.at is not None and c.at <= soon]
        found = [place for place in found if place > standing.mark]
        current = cues[standing.current] if 0 <= standing.current < len(cues) else None
        if current is not None and current.follow and standing.since + current.after <= soon:
            found.append((standing.since + current.after, find(desk.patch, current.follow)))
        if found:
            return min(found)[1]
    return following(desk, 1)


def following(desk: Desk, step: int) -> int:
    """The number of the cue `step` behind the one that was fired or waits last. Raises ValueError without cues."""
    count = len(desk.patch.timeline.cues)
    if not count:
        raise ValueError("the patch has no cues; add [[cue]] with a name and values")
    last = desk.cues.pending[0] if desk.cues.pending else desk.cues.current
    return (last + step) % count if last >= 0 else (0 if step > 0 else count - 1)


def _line(desk: Desk, cue: Cue, beat: float) -> float:
    """The beat at which a cue asked for at `beat` is due; one that has just passed counts."""
    if not cue.quantise:
        return beat
    if cue.quantise > 0:
        return math.ceil((beat - LATE) / cue.quantise) * cue.quantise
    meter = desk.patch.meter
    return meter.beat(math.ceil(meter.bars(beat - LATE)))


def _fire(desk: Desk, index: int, when: tuple[float, float], fade: float) -> None:
    """Do what a cue does, as of a beat and its clock time, over `fade` seconds."""
    cue, standing, (beat, seconds) = desk.patch.timeline.cues[index], desk.cues, when
    _set(desk, cue, seconds, fade)
    if cue.shot is not None:
        shoot(desk, cue.shot, seconds)
    if cue.seek is not None:
        desk.transport = desk.transport.sought(seconds, cue.seek)
        standing = _moved(desk, standing, cue.seek - beat, cue.seek)
        beat = cue.seek
        desk.placed = None  # the camera is cut there, too
    if cue.until is not None:
        desk.transport = desk.transport.with_playing(seconds, False)
    times = dict(standing.times) | {cue.name: standing.times.get(cue.name, 0) + 1}
    clips = _launched(desk.patch, cue, beat, standing.clips)
    mark = standing.mark if cue.seek is None else (beat, index if cue.at == beat else -1)
    pending, fired = standing.pending, standing.fired + 1
    desk.cues = Standing(index, beat, times, pending, cue.until is not None, clips, mark, fired=fired)


def _moved(desk: Desk, standing: Standing, beats: float, to: float) -> Standing:
    """After a leap of so many beats `to` one: what cues play goes on, and the cue that waits does so for its line
    there."""
    clips = tuple(replace(clip, at=clip.at + beats) for clip in standing.clips)
    waits = standing.pending and standing.pending[0]
    pending = None if waits is None else (waits, _line(desk, desk.patch.timeline.cues[waits], to))
    return replace(standing, clips=clips, pending=pending)


def shoot(desk: Desk, shot: Shot, seconds: float) -> None:
    """Play a shot over what the camera does, from clock time `seconds` on."""
    desk.shots = (*desk.shots[-MOST_SHOTS:], (seconds, shot))


def _set(desk: Desk, cue: Cue, seconds: float, fade: float) -> None:
    """Hold a cue's values and let go of those that it releases."""
    for address in cue.release:
        desk.give_back(address, seconds, fade, HAND)
    for address, value in cue.values.items():
        desk.hold(address, value, seconds, (fade, HAND))


def _launched(patch: Patch, cue: Cue, beat: float, before: tuple[Clip, ...]) -> tuple[Clip, ...]:
    if cue.plays is None:
        return before
    return tuple(Clip(patch.timeline.sequences[name], beat, FOREVER, loop=True) for name in cue.plays)


def chase(desk: Desk, beat: float) -> None:
    """After a seek to `beat`: stand as if the placed cues up to there, and what follows them, had been played."""
    placed = [(cue.at, index) for index, cue in enumerate(desk.patch.timeline.cues) if cue.at is not None]
    resume(desk, desk.transport.seconds)
    begun = min((clip.at for clip in desk.cues.clips), default=beat)
    now = _moved(desk, desk.cues, min(beat - begun, 0.0), beat)  # what was launched later on plays there, too
    now = replace(now, mark=(beat, math.inf))
    desk.placed = None
    if placed:
        desk.let_go(HAND)
        now = Standing(times=now.times, pending=now.pending, mark=now.mark, fired=now.fired)
    for at, index in sorted(placed):
        if at <= beat:
            now = _taken(desk, _followed(desk, now, at), index, at)
    desk.cues = _followed(desk, now, beat)


def _followed(desk: Desk, standing: Standing, until: float) -> Standing:
    """Where the cues stand when those that follow the current one up to a beat are taken as played, too."""
    cues = desk.patch.timeline.cues
    for _ in range(MOST + 3 * len(cues)):
        current = cues[standing.current] if 0 <= standing.current < len(cues) else None
        if current is None or not current.follow or standing.since + current.after > until:
            break
        passed = standing.past(cues, until - standing.since)
        standing = replace(standing, since=passed.since)  # none of them counts as having gone
        at, index = standing.since + current.after, find(desk.patch, current.follow)
        standing = _taken(desk, standing, index, at)
    return standing


def _taken(desk: Desk, standing: Standing, index: int, at: float) -> Standing:
    """Where the cues stand when one is taken as played at a beat: what it sets is there, nothing moves."""
    cue = desk.patch.timeline.cues[index]
    _set(desk, cue, desk.transport.seconds, 0.0)
    return replace(standing, current=index, since=at, clips=_launched(desk.patch, cue, at, standing.clips))


def advance(desk: Desk, seconds: float, *, looks: bool = True) -> None:
    """Fire what is due by clock time `seconds`, each as of its own beat; conditions only if it `looks`."""
    gone: set[tuple[int, float]] = set()
    for _ in range(MOST + 3 * len(desk.patch.timeline.cues)):
        if desk.cues.waiting and looks:
            _wait(desk, seconds)
        if gone:
            _pass_over(desk, seconds)
        due = first_due(desk, seconds, looks=looks)
        if due is None:
            break
        beat, index, placed = due
        here = (index, round(desk.transport.when(beat), 6))
        if here in gone:
            return  # it calls itself: once more in the next tick
        gone.add(here)
        if placed:
            desk.cues = replace(desk.cues, mark=(beat, index))
        elif (index, beat) == desk.cues.pending:
            desk.cues = replace(desk.cues, pending=None)
        _fire(desk, index, (beat, desk.transport.when(beat)), desk.patch.timeline.cues[index].fade)
    else:
        return  # the chain goes on in the next tick
    mark = (desk.transport.place(0, seconds).beat, math.inf)
    desk.cues = replace(desk.cues, mark=max(desk.cues.mark, mark))  # what was nudged back does not go once more


def _pass_over(desk: Desk, seconds: float) -> None:
    """Count the rounds of a chain that lie behind the moment and the next cue of another kind, all but the last one."""
    cues, standing = desk.patch.timeline.cues, desk.cues
    if not desk.transport.playing or standing.current < 0 or not cues[standing.current].follow:
        return
    others = [cue.at for i, cue in enumerate(cues) if cue.at is not None and (cue.at, i) > standing.mark]
    others += [standing.pending[1]] if standing.pending else []
    until = min([desk.transport.place(0, seconds).beat, *others])
    desk.cues = standing.past(cues, until - standing.since, still=True)


def first_due(desk: Desk, seconds: float, *, looks: bool = True) -> tuple[float, int, bool] | None:
    """The first of the cues that are due by now: its beat, its number, and whether it fires by its place."""
    cues, standing, transport = desk.patch.timeline.cues, desk.cues, desk.transport
    if not cues or not transport.playing:
        return None
    beat = transport.place(0, seconds).beat
    placed = ((cue.at, index) for index, cue in enumerate(cues) if cue.at is not None and cue.at <= beat)
    found = [(*place, True) for place in placed if place > standing.mark]
    if standing.pending and standing.pending[1] <= beat:
        found.append((standing.pending[1], standing.pending[0], False))
    current = cues[standing.current] if 0 <= standing.current < len(cues) else None
    if current is not None:
        if current.follow and standing.since + current.after <= beat:
            found.append((standing.since + current.after, find(desk.patch, current.follow), False))
        jumps = [one for one in current.jumps if looks and holds(desk, one.when, seconds)]
        if jumps:
            at, to = min(((began(desk, one.when, seconds), one.to) for one in jumps), key=itemgetter(0))
            found.append((transport.place(0, at).beat, find(desk.patch, to), False))
    return min(found, default=None, key=lambda due: (due[0], due[2], due[1]))  # on one line a hand's goes first


def _wait(desk: Desk, seconds: float) -> None:
    """Go on as soon as the condition of the current cue holds, or somebody has pressed play."""
    cues, current = desk.patch.timeline.cues, desk.cues.current
    until = cues[current].until if 0 <= current < len(cues) else None
    if desk.transport.playing or until is None:
        resume(desk, seconds)
    elif holds(desk, until, seconds):
        resume(desk, began(desk, until, seconds))
