"""When the score leaps next, against the score itself."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.core.curve import EASINGS, Curve, Key
from perf.core.leaps import next_leap
from perf.core.meter import Meter
from perf.core.moment import Transport
from perf.core.pattern import Markov, Steps
from perf.core.timeline import Timeline, Track

HOLD = Curve([Key(0.0, 0.0, "hold"), Key(1.0, 1.0, "linear"), Key(3.0, 0.5, "jump"), Key(4.0, 0.0)])
RUNNING = Transport(tempo=60.0)  # a beat a second
OPACITY = "/master/opacity"


def leaps(*tracks: Track, transport: Transport = RUNNING, until: float = 8.0) -> list[float]:
    """All of them, one after the other."""
    timeline, found, at = Timeline(tracks), [], -0.01
    while (at := next_leap(timeline, transport, at, until - at)) < math.inf:
        found.append(round(at, 6))
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


def test_the_first_of_several_counts_and_what_only_images_show_does_not() -> None:
    slow, quick = (
        Track(OPACITY, Steps((0.0, 1.0), step=4.0)),
        Track("/layer/1/x", Markov((0.0, 1.0), ((0, 1), (1, 0)), 3.0, 1)),
    )
    assert leaps(slow, quick) == [0.0, 3.0, 4.0, 6.0, 8.0]
    assert leaps(Track("/sampler/skip", Steps((0.0, 1.0)))) == []


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
