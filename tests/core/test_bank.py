"""A bank says what its curves say one by one, wherever and in whatever order it is read."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.core.bank import Bank
from perf.core.curve import EASINGS, SPLINE, Curve, Key
from perf.core.moment import Moment
from perf.core.timeline import MANY, Timeline, Track

EASES = st.sampled_from([*EASINGS, SPLINE, "bezier(0.3, -0.4, 0.6, 1.4)"])
KEYS = st.lists(st.tuples(st.integers(-4, 40), st.floats(-100, 100), EASES), min_size=1, max_size=6)
CURVES = KEYS.map(lambda keys: Curve(Key(at / 4, value, ease) for at, value, ease in keys))
READINGS = st.tuples(st.floats(0.1, 3), st.floats(-2, 2), st.sampled_from([0.0, 1.5, 4.0]))
PLACES = st.tuples(*[st.floats(-5, 20)] * 3)


@given(st.lists(st.tuples(CURVES, st.integers(0, 2), READINGS), min_size=1, max_size=6), st.lists(PLACES, max_size=9))
def test_a_bank_says_what_its_curves_say(rows: list[Any], reads: list[tuple[float, float, float]]) -> None:
    curves, units, readings = zip(*rows, strict=True)
    names = [f"/{n}" for n in range(len(rows))]
    bank = Bank(names, curves, units, readings)
    for places in reads:
        values: dict[str, Any] = {"/other": 1}
        bank.write(values, places)
        assert values.pop("/other") == 1
        for name, curve, unit, (scale, shift, loop) in zip(names, *zip(*rows, strict=True), strict=True):
            at = places[unit] * scale + shift
            assert values[name] == pytest.approx(curve.at(at % loop if loop else at), rel=1e-9, abs=1e-9)
            assert type(values[name]) is float


def test_many_tracks_play_as_few_do() -> None:
    tracks = tuple(
        Track(f"/t/{n % 90}", Curve([Key(n / 7, 1.0 * n, ease), Key(n / 7 + 2, -1.0, "linear")]), "beats", loop=n % 3)
        for n, ease in enumerate([*EASINGS] * 4)
    )
    text = Track("/t/5", Curve([Key(0.0, "sea"), Key(9.0, "city")]))
    mixed = (*tracks, text, *tracks[:50], replaced := Track("/t/7", Curve([Key(0.0, 0.5)])))
    assert len(tracks) > MANY
    timeline = Timeline(mixed)
    assert [type(one).__name__ for one in timeline.plan] == ["Bank", "Track", "Bank"]
    for beat in (0.0, 3.3, 1.0, 12.5):
        moment, values, alone = Moment(0, beat, beat, beat, beat / 4), dict[str, Any](), dict[str, Any]()
        timeline.resolve(values, moment)
        for track in mixed:
            Timeline((track,)).resolve(alone, moment)
        assert values == pytest.approx(alone)
        assert values[replaced.address] == 0.5
    assert all(isinstance(one, Track) for one in Timeline(tracks[: MANY - 1]).plan), "few are quicker one by one"
