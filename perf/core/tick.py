"""The tick: (patch, state, events, moment) → state', frame. Pure: the same arguments give the same answer.

Events are applied in order, each at its own time; then the three floors are resolved at the moment and the frame is
built. Nothing here waits, reads a clock or knows a socket.
"""

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from perf.core.apply import Desk
from perf.core.camera import Pose
from perf.core.conductor import advance
from perf.core.event import Event, Outcome, Reply, Value
from perf.core.frame import Delays, Frame, Job, Knobs, Layer, Mask, Pass
from perf.core.levels import levels
from perf.core.moment import Moment
from perf.core.patch import LayerSpec, Patch
from perf.core.resolve import resolve
from perf.core.shot import plus, scaled
from perf.core.state import State
from perf.core.table import PROMPTS

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
    job = _job(patch, asked.state, asked.values, moment)
    leap = _leap(job)
    if leap != after.leap:
        after = replace(after, leap=leap, touches=after.touches + 1)
    frame = Frame(
        moment=seen.moment,
        values=shown,
        job=replace(job, touch=after.touches),
        layers=tuple(_layers(patch, shown)),
        pose=seen.state.pose,
        fov=float(shown["/camera/fov"]),  # type: ignore[arg-type]
        opacity=shown["/master/opacity"],  # type: ignore[arg-type]
        blackout=shown["/master/blackout"],  # type: ignore[arg-type]
        freeze=shown["/master/freeze"],  # type: ignore[arg-type]
    )
    return Tick(after, frame, tuple(desk.outcomes), tuple(_replied(r, values) for r in desk.replies))


@dataclass(frozen=True, slots=True)
class _Instant:
    """The show at a moment: the state there, and every parameter."""

    state: State
    values: dict[str, Value]
    moment: Moment


def _advanced(patch: Patch, desk: Desk, moment: Moment) -> _Instant:
    """The desk's state at `moment`, with what is due by then."""
    if desk.automated:
        advance(desk, moment.seconds)
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


def _leap(job: Job) -> tuple[object, ...]:
    """What changes by leaps: when it does, the sampler is not to wait for its rate."""
    heard = tuple(text for text, weight in job.prompts if weight)
    return (heard, job.source, job.method, job.spacing, job.steps, job.mask.kind, job.epoch)


def travelled(patch: Patch, state: State, values: Mapping[str, Value], moment: Moment) -> State:
    """Move camera and travelling noise by the time since the last tick, and let go of finished releases."""
    seconds = moment.seconds
    elapsed = min(max(seconds - state.seconds, 0.0), LONGEST)
    drift = state.drift + float(values["/sampler/drift"]) * elapsed  # type: ignore[arg-type]
    releases = {a: r for a, r in state.releases.items() if not r.done(seconds)} if state.releases else state.releases
    shots = tuple((since, shot) for since, shot in state.shots if seconds < since + shot.length)
    placed = _placed(patch, state, moment)
    pose = state.pose.moved(values, elapsed)
    if state.placed is not None and placed != state.placed:
        pose = plus(pose, plus(placed, scaled(state.placed, -1.0)))
    finished = [shot.at(shot.length) for since, shot in state.shots if seconds >= since + shot.length]
    placed = plus(placed, scaled(functools.reduce(plus, finished, Pose()), -1.0))  # it is in the pose for good
    return replace(state, pose=pose, drift=drift, releases=releases, seconds=seconds, shots=shots, placed=placed)


def _placed(patch: Patch, state: State, moment: Moment) -> Pose:
    """Where the timeline's shots and those asked for by hand have taken the camera."""
    total = patch.timeline.camera(moment) if state.automated else Pose()
    for since, shot in state.shots:
        total = plus(total, shot.at(moment.seconds - since))
    return total


def _job(patch: Patch, state: State, values: dict[str, Value], moment: Moment) -> Job:
    def number(address: str) -> float:
        return float(values[address])  # type: ignore[arg-type]

    prompts, regions = _prompts(values)
    return Job(
        index=moment.index,
        seconds=moment.seconds,
        prompts=prompts,
        regions=regions,
        fade=number("/prompt/fade"),
        blend=str(values["/prompt/blend"]),
        skip=number("/sampler/skip"),
        steps=int(number("/sampler/steps")),
        spacing=str(values["/sampler/spacing"]),
        levels=levels(str(values["/sampler/levels"])),
        method=str(values["/sampler/method"]),
        eta=number("/sampler/eta"),
        guidance=number("/sampler/guidance"),
        mode=str(values["/sampler/mode"]),
        clip=number("/sampler/clip"),
        image=number("/sampler/image"),
        cutouts=int(number("/sampler/cutouts")),
        knobs=Knobs(*(number(address) for address in _KNOBS)),
        mask=Mask(**{name: values[f"/mask/{name}"] for name in Mask.__slots__}),  # type: ignore[arg-type]
        seed=number("/sampler/seed"),
        noise=str(values["/sampler/noise"]),
        drift=state.drift,
        source=str(values["/source/kind"]),
        first=str(values["/source/first"]),
        colour=values["/source/colour"],  # type: ignore[arg-type]
        pose=state.pose,
        fov=number("/camera/fov"),
        size=patch.model_size,
        rate=number("/sampler/rate"),
        epoch=state.epoch,
        touch=state.touches,
        loras=tuple((lora.name, number(f"/lora/{lora.name}/weight")) for lora in patch.loras),
    )


_KNOBS = (*(f"/sampler/freeu/{name}" for name in ("b1", "b2", "s1", "s2")), "/sampler/attention")
_PROMPT_ADDRESSES = tuple(
    (f"/prompt/{n}/text", f"/prompt/{n}/weight", f"/prompt/{n}/region") for n in range(1, PROMPTS + 1)
)


def _prompts(values: dict[str, Value]) -> tuple[tuple[tuple[str, float], ...], tuple[str, ...]]:
    """Every prompt with a text or a weight, so that one at weight 0 is encoded before it is turned up; and its region.

    The empty prompt stands in when none weighs anything: black is an event, not an absence.
    """
    rows = [(str(values[t]), float(values[w]), str(values[r])) for t, w, r in _PROMPT_ADDRESSES]  # type: ignore[arg-type]
    known = [row for row in rows if row[0] or row[1]]
    if not any(weight for _, weight, _ in known):
        known.append(("", 1.0, "both"))
    return tuple((text, weight) for text, weight, _ in known), tuple(region for *_, region in known)


def _layers(patch: Patch, values: dict[str, Value]) -> Iterable[Layer]:
    for number, spec in enumerate(patch.layers, 1):
        opacity = float(values[f"/layer/{number}/opacity"])  # type: ignore[arg-type]
        if opacity > 0 and not values[f"/layer/{number}/mute"]:
            yield Layer(
                spec.source, _passes(patch, spec, values), opacity, str(values[f"/layer/{number}/blend"]), number
            )


def _passes(patch: Patch, spec: LayerSpec, values: dict[str, Value]) -> tuple[Pass, ...]:
    names = spec.filters if spec.source in ("sampler", "colour") else (spec.source, *spec.filters)
    return tuple(
        Pass(name, {p.address.rpartition("/")[2]: values[p.address] for p in patch.shaders[name].params})
        for name in names
    )


def _replied(reply: Reply, values: dict[str, Value]) -> Reply:
    """Fill a query's answer with the value as resolved."""
    if reply.args:
        return reply
    value = values.get(reply.address)
    return replace(reply, args=value if isinstance(value, tuple) else (value,)) if value is not None else reply
