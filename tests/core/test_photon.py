"""Curves are read at the time at which they will be seen: stage and sampler meet on the beat, each on its own way."""

from collections.abc import Callable

import pytest

from perf.core.event import Event
from perf.core.frame import Delays, Frame
from perf.core.moment import Moment
from perf.core.patch import Patch
from perf.core.state import State
from perf.core.tick import tick
from perf.wire.patch import parse

FPS = 50
DELAYS = Delays(stage=0.04, sampler=0.2, leap=0.1)


def read(text: str) -> Patch:
    return parse("[clock]\ntempo = 60\n" + text, lambda name: pytest.fail(name), "p.toml")


def first(patch: Patch, seen: Callable[[Frame], bool], delays: Delays, events: list[Event] | None = None) -> float:
    """The seconds of the first tick whose frame is so."""
    state, waiting = State(transport=patch.transport), events or []
    for index in range(5 * FPS):
        now = index / FPS
        due = [event for event in waiting if event.seconds <= now]
        waiting = [event for event in waiting if event.seconds > now]
        result = tick(patch, state, due, Moment(index, now), delays)
        state = result.state
        if seen(result.frame):
            return now
    raise AssertionError("never")


STEP = '[[track]]\naddress = "{}"\nkeys = [[0, {}, "hold"], [2, {}, "hold"]]\n'
BOTH = STEP.format("/master/opacity", 1.0, 0.25) + STEP.format("/sampler/skip", 0.1, 0.9)
CUE = '[[cue]]\nname = "a"\nat = 2\nvalues = { "/master/opacity" = 0.25, "/sampler/skip" = 0.9 }\n'


@pytest.mark.parametrize("text", [BOTH, CUE + '[params]\n"/sampler/skip" = 0.1\n'])
def test_stage_and_sampler_meet_on_the_beat(text: str) -> None:
    patch = read(text)
    stage = first(patch, lambda frame: frame.opacity == 0.25, DELAYS)
    sampler = first(patch, lambda frame: frame.job.skip == 0.9, DELAYS)
    assert stage + DELAYS.stage == pytest.approx(2.0, abs=1 / FPS)
    assert sampler + DELAYS.sampler == pytest.approx(2.0, abs=1 / FPS)


def test_what_leaps_has_a_way_of_its_own() -> None:
    track = STEP.format("/source/kind", '"noise"', '"colour"') + STEP.format("/sampler/skip", 0.1, 0.9)
    patch = read(track)
    for seen, delay in (
        (lambda f: f.job.source == "colour", DELAYS.leap),
        (lambda f: f.job.skip == 0.9, DELAYS.sampler),
    ):
        assert first(patch, seen, DELAYS) + delay == pytest.approx(2.0, abs=1 / FPS)


def test_without_delays_nothing_is_read_ahead() -> None:
    assert first(read(BOTH), lambda frame: frame.job.skip == 0.9, Delays()) == 2.0


def test_what_is_foreseen_is_not_done() -> None:
    """A cue that the sampler already sees has not fired: a stop still keeps it from firing."""
    patch = read(CUE)
    stop = [Event(1.9, "/transport/stop")]
    with pytest.raises(AssertionError, match="never"):
        first(patch, lambda frame: frame.opacity == 0.25, DELAYS, stop)


def test_the_camera_is_where_it_will_be() -> None:
    patch = read('[params]\n"/camera/roll" = 10.0\n')
    frame = tick(patch, State(), [], Moment(0, 1.0), DELAYS).frame
    later = tick(patch, State(seconds=1.0), [], Moment(1, 1.0), DELAYS).frame
    assert later.job.pose.roll - later.pose.roll == pytest.approx(10 * (0.2 - 0.04), abs=1e-6)
    assert frame.moment.seconds == 1.04


def test_a_leap_does_not_wait_for_the_samplers_rate() -> None:
    patch = read('[[track]]\naddress = "/prompt/1/text"\nkeys = [[0, "sea"], [2, "city"]]\n')
    state, touches = State(transport=patch.transport), []
    for index in range(3 * FPS):
        result = tick(patch, state, [], Moment(index, index / FPS), DELAYS)
        state = result.state
        touches.append(result.frame.job.touch)
    assert [i / FPS for i in range(1, len(touches)) if touches[i] != touches[i - 1]] == [1.9]
