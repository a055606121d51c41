"""A sound as the clock: samples to seconds to events."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.wire.sound import SoundClock


def said(clock: SoundClock, seconds: float) -> list[tuple[str, object]]:
    return [(event.address, event.args[0]) for event in clock.events(seconds)]


def test_the_devices_samples_are_the_position() -> None:
    clock = SoundClock(60.0, 48000)
    assert said(clock, 0.5) == []
    clock.play(1.0, True)
    assert said(clock, 1.0) == [("/transport/position", 0.0)]
    clock.heard(96000, 3.1)
    assert clock.at(3.1) == 2.0
    assert said(clock, 3.2) == [("/transport/position", pytest.approx(2.1))]
    clock.play(3.2, False)
    assert clock.at(9.0) == pytest.approx(2.1)
    clock.seek(9.0, 30.0)
    clock.play(10.0, True)
    assert clock.at(11.0) == 31.0


def test_at_its_end_the_show_stops_once_and_may_begin_again() -> None:
    clock = SoundClock(2.0, 48000)
    clock.play(0.0, True)
    assert said(clock, 2.5) == [("/transport/position", 2.0), ("/transport/stop", True)]
    assert said(clock, 2.6) == []
    clock.play(3.0, False)
    clock.play(4.0, True)
    assert said(clock, 4.5) == [("/transport/position", 0.5)]


def test_a_loop_begins_anew() -> None:
    clock = SoundClock(2.0, 48000, loop=True)
    clock.play(0.0, True)
    assert [clock.at(s) for s in (1.5, 2.5, 9.0)] == [1.5, 0.5, 1.0]
    clock.heard(48000 * 7, 20.0)
    assert said(clock, 20.25) == [("/transport/position", 1.25)]


@given(st.lists(st.tuples(st.sampled_from(["play", "stop", "seek", "heard"]), st.floats(-2, 20)), max_size=30),
       st.booleans())  # fmt: skip
def test_the_position_is_always_in_the_sound(acts: list[tuple[str, float]], loop: bool) -> None:
    clock, seconds = SoundClock(5.0, 100, loop), 0.0
    for act, value in acts:
        seconds += abs(value) / 10
        if act == "heard":
            clock.heard(max(int(value * 100), 0), seconds)
        elif act == "seek":
            clock.seek(seconds, value)
        else:
            clock.play(seconds, act == "play")
        assert 0.0 <= clock.at(seconds + abs(value)) <= 5.0
        clock.events(seconds)
