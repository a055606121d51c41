"""The tick: (patch, state, events, moment) → state', frame. Pure: the same arguments give the same answer.

Events are applied in order, each at its own time; then the three floors are resolved at the moment and the frame is
built. Nothing here waits, reads a clock or knows a socket.
"""

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import inf

from perf.core import recorder
from perf.core.ahead import previewed
from perf.core.apply import Desk
from perf.core.camera import Pose
from perf.core.conductor import advance
from perf.core.event import Event, Outcome, Reply, Value
from perf.core.footage import Footage, Head, footage, rolled
from perf.core.frame import Delays, Frame
from perf.core.job import filmed, job_of, leap, leaping
from perf.core.layers import crossing, decks_at, layers_of
from perf.core.mapping import slices_of
from perf.core.moment import Moment
from perf.core.patch import Patch
from perf.core.resolve import resolve
from perf.core.second import second_job
from perf.core.shot import plus, scaled
from perf.core.state import State
from perf.core.title import written

LONGEST = 0.25  # seconds of camera travel in one tick: a stall does not throw the camera


@dataclass(frozen=True, slots=True)
class Tick:
    """What a tick gives: the next state, the frame, what became of each event, and replies to their senders."""

    state: State
    frame: Frame
    outcomes: tuple[Outcome, ...]
    replies: tuple[Reply, ...]


def tick(
    patch: Patch,
    state: State,
    events: Iterable[Event],
    moment: Moment,
    delays: Delays = Delays(),  # noqa: B008 - frozen
) -> Tick:
    """Apply `events`, then resolve the show at `moment`, whose index and seconds are read; the transport places it.

    Every curve is read at the time at which its effect will be seen: the stage's and the sampler's own.
    """
    desk = Desk(patch, state, moment.seconds)
    for event in events:
        desk.take(event)
    now = _advanced(patch, desk, moment)
    after, values = now.state, now.values
    seen, asked = (_foreseen(patch, now, delay) for delay in (delays.stage, delays.sampler))
    shown = seen.values | desk.fired
    job = job_of(patch, asked.state, asked.values, moment)
    if delays.leap != delays.sampler:
        soon = _foreseen(patch, now, delays.leap)
        job = leaping(job, job_of(patch, soon.state, soon.values, moment))
    if numbers := filmed(job):
        job = replace(job, footage=tuple((n, _filmed(asked, n)) for n in numbers if n in patch.films))
    if (leaps := leap(job)) != after.leap:
        after = replace(after, leap=leaps, touches=after.touches + 1)
    after = replace(after, preview=previewed(patch, after, moment.seconds, job))
    films = {n: _filmed(seen, n) for n in patch.films}
    frame = Frame(
        moment=seen.moment,
        values=shown,
        job=replace(job, touch=after.touches),
        layers=layers_of(patch, shown, functools.partial(_written, patch, seen), films),
        pose=seen.state.pose,
        fov=float(shown["/camera/fov"]),  # type: ignore[arg-type]
        opacity=shown["/master/opacity"],  # type: ignore[arg-type]
        blackout=shown["/master/blackout"],  # type: ignore[arg-type]
        freeze=shown["/master/freeze"],  # type: ignore[arg-type]
        cue=(seen.state.cues.current, seen.state.cues.fired),
        preview=after.preview,
        gamma=shown["/master/gamma"],  # type: ignore[arg-type]
        crossfade=shown["/deck/crossfade"],  # type: ignore[arg-type]
        decks=decks_at(patch.layers, shown),
        transition=crossing(patch, shown),
        mapping=slices_of(patch.mapping, shown),
        card=bool(shown.get("/mapping/card", False)),
        second=second_job(patch, asked.state, asked.values, moment),
    )
    return Tick(after, frame, tuple(desk.outcomes), tuple(_replied(r, values) for r in desk.replies))


@dataclass(frozen=True, slots=True)
class _Instant:
    """The show at a moment: the state there, and every parameter."""

    state: State
    values: dict[str, Value]
    moment: Moment


def _filmed(instant: _Instant, number: int) -> Footage:
    return footage(instant.values, number, instant.state.heads.get(number), instant.moment)


def _advanced(patch: Patch, desk: Desk, moment: Moment) -> _Instant:
    """The desk's state at `moment`, with what is due by then."""
    if desk.automated:
        advance(desk, moment.seconds)
    recorder.settle(desk, moment.seconds)
    here = desk.transport.place(moment.index, moment.seconds)
    state = desk.state()
    values = resolve(patch, state, here)
    return _Instant(travelled(patch, state, values, here), values, here)


def _foreseen(patch: Patch, now: _Instant, delay: float) -> _Instant:
    """The show `delay` seconds on, if nobody does anything until then."""
    if delay <= 0.0:
        return now
    there = replace(now.moment, seconds=now.moment.seconds + delay)
    return _advanced(patch, Desk(patch, now.state, there.seconds), there)


def travelled(patch: Patch, state: State, values: Mapping[str, Value], moment: Moment) -> State:
    """Move camera and travelling noise by the time since the last tick, and let go of finished releases."""
    seconds = moment.seconds
    # A show's first tick comes when it is ready, a film's at 0: what ran until then has run in both, as the beat has.
    elapsed = min(max(seconds - state.seconds, 0.0), LONGEST if state.seconds else inf)
    drift = state.drift + float(values["/sampler/drift"]) * elapsed  # type: ignore[arg-type]
    releases = {a: r for a, r in state.releases.items() if not r.done(seconds)} if state.releases else state.releases
    shots = tuple((since, shot) for since, shot in state.shots if seconds < since + shot.length)
    placed = _placed(patch, state, moment)
    pose = state.pose.moved(values, elapsed)
    if state.placed is not None and placed != state.placed:
        pose = plus(pose, plus(placed, scaled(state.placed, -1.0)).walked(float(values["/camera/fov"])))  # type: ignore[arg-type]
    finished = [shot.at(shot.length) for since, shot in state.shots if seconds >= since + shot.length]
    placed = plus(placed, scaled(functools.reduce(plus, finished, Pose()), -1.0))  # it is in the pose for good
    after = replace(state, pose=pose, drift=drift, releases=releases, seconds=seconds, shots=shots, placed=placed)
    return replace(after, heads=_heads(patch, state, values, seconds)) if patch.films or state.heads else after


def _heads(patch: Patch, state: State, values: Mapping[str, Value], seconds: float) -> Mapping[int, Head]:
    """Where the films have come to."""

    def written(address: str) -> float:
        hand = state.hands.get(address)
        return hand.since if hand else -1.0

    return rolled(state.heads, patch.films, values, written, seconds if state.seconds or state.heads else 0.0)


def _placed(patch: Patch, state: State, moment: Moment) -> Pose:
    """Where the timeline's shots and those asked for by hand have taken the camera."""
    total = patch.timeline.camera(moment) if state.automated else Pose()
    for since, shot in state.shots:
        total = plus(total, shot.at(moment.seconds - since))
    return total


def _written(patch: Patch, shown: _Instant, template: str) -> str:
    """A title at that moment."""
    current, cues = shown.state.cues.current, patch.timeline.cues
    cue = cues[current].name if 0 <= current < len(cues) else ""
    return written(template, shown.values, shown.moment, cue, patch.dates)


def _replied(reply: Reply, values: dict[str, Value]) -> Reply:
    """Fill a query's answer with the value as resolved."""
    if reply.args:
        return reply
    value = values.get(reply.address)
    return replace(reply, args=value if isinstance(value, tuple) else (value,)) if value is not None else reply
