"""Beats never jump when the tempo changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.core.meter import Meter, TempoMap
from perf.core.moment import TOLERANCE, Transport

TIMES = st.floats(0, 1000)
TEMPI = st.floats(20, 999)


@given(TIMES, TEMPI, TEMPI)
def test_a_tempo_change_keeps_the_beat(seconds: float, before: float, after: float) -> None:
    transport = Transport(tempo=before)
    changed = transport.with_tempo(seconds, after)
    assert changed.place(0, seconds).beat == pytest.approx(transport.place(0, seconds).beat)
    assert changed.place(0, seconds + 60).beat == pytest.approx(transport.place(0, seconds).beat + after)


def test_a_stop_holds_and_a_play_goes_on() -> None:
    stopped = Transport(tempo=60).with_playing(4.0, False)
    assert stopped.place(0, 100.0).beat == pytest.approx(4.0)
    assert stopped.with_playing(100.0, True).place(0, 101.0).beat == pytest.approx(5.0)


def test_four_taps_set_the_tempo() -> None:
    transport = Transport()
    for seconds in (1.0, 1.5, 2.0, 2.5):
        transport = transport.tapped(seconds)
    assert transport.tempo == pytest.approx(120.0)
    assert transport.tapped(60.0).tempo == pytest.approx(120.0), "a tap long after starts anew"


def test_bars_count_by_the_signature() -> None:
    assert Transport(tempo=60, meter=Meter(((0, 3.0),))).place(0, 7.5).bar == 2


def test_seek_and_nudge_and_follow() -> None:
    transport = Transport(tempo=120).sought(10.0, 32.0)
    assert transport.place(0, 10.5).beat == pytest.approx(33.0)
    assert transport.nudged(10.5, -250).place(0, 10.5).beat == pytest.approx(32.5)
    followed = transport.followed(11.0, 40.0, 90.0)
    assert followed.place(0, 12.0).beat == pytest.approx(41.5)
    assert followed.place(0, 12.0).tempo == 90.0


@given(TEMPI, st.floats(-TOLERANCE, TOLERANCE), st.floats(-50, 200), st.booleans())
def test_when_is_the_way_back_from_a_beat_also_while_a_lag_is_made_up_for(
    tempo: float, ahead: float, beat: float, rises: bool
) -> None:
    course = TempoMap(lambda at: tempo + min(at, 8.0), [0.0, 8.0]) if rises else None
    led = Transport(tempo=tempo, beat=3.0, seconds=2.0, lag=ahead * tempo / 60.0, course=course)
    assert led.place(0, led.when(beat)).beat == pytest.approx(beat, abs=1e-5)
