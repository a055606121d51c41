"""Bars of changing length count right; a tempo curve's two ways are inverses and never jump."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.core.meter import Meter, TempoMap

METERS = st.lists(st.tuples(st.integers(1, 9), st.sampled_from([2.0, 3.0, 3.5, 4.0])), max_size=5).map(
    lambda steps: Meter(((0, 4.0), *((sum(s for s, _ in steps[: i + 1]), size) for i, (_, size) in enumerate(steps))))
)


@given(METERS, st.floats(0, 1000))
def test_bars_and_beats_are_inverses(meter: Meter, bars: float) -> None:
    assert meter.bars(meter.beat(bars)) == pytest.approx(bars)
    assert meter.next_bar(meter.beat(bars)) > meter.beat(bars) - 1e-6


def test_bars_of_changing_length() -> None:
    meter = Meter(((0, 4.0), (2, 3.5), (4, 3.0)))
    assert [meter.beat(bar) for bar in (1, 2, 3, 4, 5)] == [4, 8, 11.5, 15, 18]
    assert meter.bars(9.75) == 2.5
    assert [meter.next_bar(beat) for beat in (0, 3.99, 8, 11.5)] == [4, 4, 11.5, 15]


@pytest.mark.parametrize("changes", [(), ((1, 4.0),), ((0, 4.0), (3, 3.0), (2, 4.0))])
def test_a_metre_in_disorder_is_refused(changes: tuple) -> None:
    with pytest.raises(ValueError, match="time signature"):
        Meter(changes)


@given(st.lists(st.floats(20, 999), min_size=2, max_size=5), st.floats(0, 40), st.floats(0, 0.1))
def test_a_tempo_curve_never_jumps(tempi: list[float], beat: float, step: float) -> None:
    def tempo(at: float) -> float:
        i = min(int(at / 8), len(tempi) - 2)
        return tempi[i] + (tempi[i + 1] - tempi[i]) * min(at / 8 - i, 1.0)

    course = TempoMap(tempo, [8.0 * i for i in range(len(tempi))])
    seconds = course.seconds(beat)
    assert course.beat(seconds) == pytest.approx(beat, abs=1e-6)
    assert -1e-9 <= course.beat(seconds + step) - beat <= step * 999 / 60 + 1e-6


def test_a_ritardando_takes_its_time() -> None:
    """From 120 to 60 BPM over 8 beats, linear in beats: 8·60·ln(2)/60 seconds; before and after it stands."""
    course = TempoMap(lambda at: 120.0 - 60.0 * min(at / 8, 1.0), [0.0, 8.0])
    assert course.seconds(8.0) == pytest.approx(8 * 0.693147, rel=1e-4)
    assert course.seconds(9.0) - course.seconds(8.0) == pytest.approx(1.0)
    assert (course.tempo(0.0), course.tempo(99.0)) == (pytest.approx(120, abs=0.5), pytest.approx(60))
