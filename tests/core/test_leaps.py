"""When the score leaps next, against the score itself."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.core.automation import Automation
from perf.core.cue import Cue
from perf.core.curve import EASINGS, Curve, Key
from perf.core.lane import Lane, Lanes
from perf.core.leaps import next_leap
from perf.core.meter import Meter, TempoMap
from perf.core.moment import Transport
from perf.core.param import Param
from perf.core.patch import Patch
from perf.core.pattern import Markov, Steps
from perf.core.resolve import resolve
from perf.core.standing import Standing
from perf.core.state import State
from perf.core.timeline import Clip, Sequence, Timeline, Track
from perf.core.transform import Bent
from perf.wire.formula import parse

HOLD = Curve([Key(0.0, 0.0, "hold"), Key(1.0, 1.0, "linear"), Key(3.0, 0.5, "jump"), Key(4.0, 0.0)])
RUNNING = Transport(tempo=60.0)  # a beat a second
NEAR = 1e-9  # seconds
OPACITY = "/master/opacity"


def every(timeline: Timeline, state: State, until: float = 8.0) -> list[float]:
    """All of them, one after the other."""
    found, at = [], -0.01
    while (at := next_leap(Patch(timeline=timeline), state, at, until - at)) < math.inf:
        found.append(round(at, 6))
        at += NEAR  # what is computed by way of beats is a rounding away
    return found


def leaps(*tracks: Track, transport: Transport = RUNNING) -> list[float]:
    """Those of tracks."""
    return every(Timeline(tracks), State(transport))


def jumps(timeline: Timeline, state: State, until: float = 8.0) -> list[float]:
    """When the score has another value, by looking a hundred times a second."""
    patch, before, found = Patch(timeline=timeline), None, []
    for index in range(int(until * 100) + 1):
        at = index / 100
        shown = resolve(patch, state, state.transport.place(index, at + 1e-4))[OPACITY]
        if before is not None and shown != before:
            found.append(at)
        before = shown
    return found


def test_a_curve_leaps_where_a_hold_ends_and_where_a_key_jumps() -> None:
    assert leaps(Track(OPACITY, HOLD)) == [1.0, 3.0]
    assert leaps(Track(OPACITY, Curve([Key(0.0, 0.0), Key(2.0, 1.0)]))) == []
    assert leaps(Track(OPACITY, Curve([Key(0.0, 0.0), Key(2.0, 1.0), Key(2.0, 0.0), Key(3.0, 1.0)]))) == [2.0]
    assert leaps(Track("/layer/1/blend", Curve([Key(0.0, "add"), Key(2.0, "screen")]))) == [0.0, 2.0]


def test_loops_scales_and_shifts_move_it() -> None:
    assert leaps(Track(OPACITY, HOLD, loop=4.0)) == [0.0, 1.0, 3.0, 4.0, 5.0, 7.0, 8.0]
    assert leaps(Track(OPACITY, HOLD, scale=0.5)) == [2.0, 6.0]
    assert leaps(Track(OPACITY, HOLD, shift=-2.0)) == [3.0, 5.0]


def test_units_tempo_and_meter_place_it() -> None:
    fast = replace(RUNNING, tempo=120.0, meter=Meter(((0, 3.0),)))
    assert leaps(Track(OPACITY, HOLD), transport=fast) == [0.5, 1.5]
    assert leaps(Track(OPACITY, HOLD, unit="bars"), transport=fast) == [1.5, 4.5]
    assert leaps(Track(OPACITY, HOLD, unit="seconds"), transport=fast) == [1.0, 3.0]
    assert leaps(Track(OPACITY, HOLD), transport=replace(fast, playing=False)) == []


@pytest.mark.parametrize("lag", [-0.4, 0.4])
def test_seconds_are_found_while_a_lag_is_made_up_for(lag: float) -> None:
    patch = Patch(timeline=Timeline((Track(OPACITY, HOLD, unit="seconds"),)))
    transport = replace(RUNNING, lag=lag)
    at = next_leap(patch, State(transport), 0.0, 2.0)
    assert transport.place(0, at).position == pytest.approx(1.0, abs=1e-6)


def test_the_first_of_several_counts_and_what_only_images_show_does_not() -> None:
    slow, quick = (
        Track(OPACITY, Steps((0.0, 1.0), step=4.0)),
        Track("/layer/1/x", Markov((0.0, 1.0), ((0, 1), (1, 0)), 3.0, 1)),
    )
    assert leaps(slow, quick) == [0.0, 3.0, 4.0, 6.0, 8.0]
    assert leaps(Track("/sampler/skip", Steps((0.0, 1.0)))) == []


FLIP = Track(OPACITY, Steps((0.2, 0.4, 0.6, 0.8), step=0.5))
FLIPS = Sequence("flips", 3.0, (FLIP,))
SLOW = TempoMap(lambda beat: 60.0, [0.0])
CLIPS = [
    Clip(FLIPS, 1.0, 2.0),
    Clip(FLIPS, 1.25, 6.0, loop=True),
    Clip(FLIPS, 0.5, 6.0, offset=1.25, loop=True, rate=2.0),
    Clip(FLIPS, 2.0, 5.0, rate=0.5),
    Clip(FLIPS, 0.0, 8.0),
    Clip(replace(FLIPS, course=SLOW, reference=120.0), 1.0, 7.0),
    Clip(replace(FLIPS, course=SLOW, reference=120.0), 1.0, 7.0, loop=True, offset=0.75),
    Clip(replace(FLIPS, tracks=(replace(FLIP, unit="seconds"),), reference=120.0), 1.0, 3.0),
    Clip(replace(FLIPS, tracks=(replace(FLIP, unit="bars"),), meter=Meter(((0, 3.0),))), 1.0, 3.0),
    Clip(Sequence("outer", 6.0, (), (Clip(FLIPS, 0.75, 2.0, rate=1.5),)), 0.5, 7.0, rate=1.5),
    Clip(FLIPS, 1.0, 3.0, reverse=True),
    Clip(FLIPS, 1.25, 6.0, loop=True, reverse=True, rate=1.5),
    Clip(replace(FLIPS, course=SLOW, reference=120.0), 1.0, 7.0, loop=True, reverse=True, offset=0.75),
    Clip(Sequence("outer", 6.0, (), (Clip(FLIPS, 0.75, 2.0, rate=1.5, reverse=True),)), 0.5, 7.0, reverse=True),
    Clip(replace(FLIPS, tracks=(Track(OPACITY, parse("pick(2 * beat, 0.2, 0.4, 0.7)", ())),)), 0.5, 7.0, loop=True),
]


@pytest.mark.parametrize("clip", CLIPS)
def test_clips_begin_end_and_leap_as_they_play(clip: Clip) -> None:
    timeline, state = Timeline(clips=(clip,)), State(RUNNING)
    found, seen = every(timeline, state), jumps(timeline, state)
    assert all(any(at - 0.01 <= one <= at + 2e-4 for one in found) for at in seen), "none is missed"
    assert len(seen) > 2
    assert len(found) <= len(seen) + 3, "of those it names few change nothing"


def test_a_clip_that_fades_has_what_does_not_go_by_degrees_where_it_is_wholly_there() -> None:
    add = Sequence("add", 8.0, (Track("/layer/1/blend", Curve([Key(0.0, "add")])),))
    assert every(Timeline(clips=(Clip(add, 1.0, 5.0, fade=0.75),)), State(RUNNING)) == [1.75, 5.25]


ROUND = Param("/x/n", "int", 0, 0, 9)
BENT = Bent(Steps((0.0, 1.0, 0.5), step=0.5), 1.5, lambda place: max(1.5 - place - 1e-9, 0.0))
LOOKED = [
    Track(OPACITY, parse("0.5 + 0.25 * square(beat / 2, 0.3)", ())),
    Track(OPACITY, parse("pick(floor(t * 2.5), 0.1, 0.5, 0.9) + 0.001 * beat", ())),
    Track(OPACITY, parse("0.8 * euclid(3, 8, beat * 4)", ())),
    Track(OPACITY, parse("if(beat % 3 < 1.25, 0.2, 0.7)", ())),
    Track(OPACITY, parse("if(beat > 2 and !(t > 5), 0.2, [/master/gamma])", (OPACITY, "/master/gamma"))),
    Track(OPACITY, parse("pick(bar * 3, 0.1, 0.9, 0.5) * step(1.3, beat)", ())),
    Track(OPACITY, parse("place", ()), loop=1.75),
    Track(OPACITY, parse("fract(beat / 2)", ()), scale=0.5, shift=0.3),
    Track(OPACITY, Curve([Key(0.0, parse("saw(beat) / 4", ())), Key(3.0, 0.5, "hold"), Key(5.0, 0.1)]), loop=6.0),
    Track(OPACITY, BENT, loop=1.5),
    Track(OPACITY, parse("beat / 2", ()), limits=ROUND),
]


@pytest.mark.parametrize("track", LOOKED)
def test_formulas_leap_where_what_is_in_them_does(track: Track) -> None:
    timeline, state = Timeline((track,), reads=frozenset({"/master/gamma"})), State(RUNNING)
    patch = Patch(timeline=timeline)
    found = [next_leap(patch, state, n / 100 - 0.003, 0.01) for n in range(801)]
    values = [resolve(patch, state, RUNNING.place(0, n / 200 + 1e-4))[OPACITY] for n in range(1600)]
    leapt = [n / 200 for n in range(1, 1600) if abs(values[n] - values[n - 1]) > 0.03]  # type: ignore[operator]
    assert len(leapt) > 1
    assert all(any(at - 0.005 <= one <= at + 2e-4 for one in found) for at in leapt), "none is missed"
    shown = [resolve(patch, state, RUNNING.place(0, one))[OPACITY] for one in found if one < math.inf]
    later = [resolve(patch, state, RUNNING.place(0, one + 1e-5))[OPACITY] for one in found if one < math.inf]
    assert shown == pytest.approx(later, abs=1e-3), "then it has happened"
    inside = [one for one in found if 0.001 < one < 7.995]
    assert len(inside) <= len(leapt), "and it names no others"


def test_a_formula_without_steps_never_leaps() -> None:
    curves = ("sine(beat) + noise(t * 9) * drift(beat, 2)", "lorenz(t) / (1 + beat)", "clamp(below + tri(bar), 0, 1)")
    assert leaps(*(Track(OPACITY, parse(text, ())) for text in curves)) == []


def test_lanes_leap_where_they_begin_step_and_end() -> None:
    lane = Lane((Key(1.0, 0.2, "linear"), Key(2.0, 0.5, "hold"), Key(3.0, 0.9, "linear"), Key(4.0, 0.1, "below")))
    state, book = State(RUNNING), {OPACITY: Lanes((lane,), 1), "/sampler/skip": Lanes((lane,), 1)}
    assert every(Timeline(lanes=book), state) == [1.0, 3.0, 4.0]
    assert every(Timeline(lanes={OPACITY: Lanes((lane,), 0)}), state) == []
    fresh = replace(state, automation=Automation(fresh={OPACITY: Lanes((Lane((Key(5.0, 0.0, "hold"),)),), 1)}))
    assert every(Timeline(lanes=book), fresh) == [5.0], "what was just recorded stands for it"


def test_cues_that_do_not_fade_leap_when_they_go() -> None:
    cues = (Cue("a", {}, at=2.0, follow="b", after=3.0), Cue("b", {}), Cue("slow", {}, at=3.0, fade=1.0))
    timeline = Timeline(cues=cues)
    assert every(timeline, State(RUNNING)) == [2.0]
    assert every(timeline, State(RUNNING, cues=Standing(0, 2.5, pending=(1, 4.0)))) == [2.0, 4.0, 5.5]
    assert every(timeline, State(RUNNING, automated=False)) == []


@given(
    st.lists(st.tuples(st.integers(0, 40), st.floats(0, 1), st.sampled_from(sorted(EASINGS))), min_size=1, max_size=8),
    st.floats(-1, 11),
    st.floats(0.01, 4),
)
@pytest.mark.parametrize("step", [1e-6])
def test_between_leaps_a_curve_goes_by_degrees(
    step: float, keys: list[tuple[int, float, str]], after: float, span: float
) -> None:
    curve = Curve(Key(at / 4, value, ease) for at, value, ease in keys)
    found = curve.leap(after, after + span)
    assert found == math.inf or after < found <= after + span
    for key in curve.keys:
        if after + step < key.at <= min(found - step, after + span):
            apart = abs(float(curve.at(key.at + step)) - float(curve.at(key.at - step)))  # type: ignore[arg-type]
            assert apart < 0.02, (key, found)  # the steepest easing, over two millionths of a beat
