"""Curves go through their keys; every easing starts at 0 and, but for hold, ends at 1."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.core.curve import EASINGS, Curve, Key, blend


@pytest.mark.parametrize("name", EASINGS)
def test_an_easing_joins_its_keys(name: str) -> None:
    assert EASINGS[name](0.0) == pytest.approx(0.0, abs=1e-3)
    assert EASINGS[name](1.0) == pytest.approx(0.0 if name == "hold" else 1.0, abs=1e-3)


@given(st.lists(st.tuples(st.floats(-100, 100), st.floats(-10, 10)), min_size=1, max_size=8, unique_by=lambda k: k[0]))
def test_a_curve_goes_through_its_keys(pairs: list[tuple[float, float]]) -> None:
    curve = Curve([Key(at, value) for at, value in pairs])
    for at, value in pairs:
        assert curve.at(at) == pytest.approx(value, abs=1e-6)
    low, high = min(v for _, v in pairs), max(v for _, v in pairs)
    assert low - 1e-6 <= curve.at(3.3) <= high + 1e-6


def test_texts_and_colours() -> None:
    words = Curve([Key(0, "sea"), Key(4, "city")])
    assert [words.at(t) for t in (0, 3.9, 4)] == ["sea", "sea", "city"]
    tint = Curve([Key(0, (0.0, 1.0)), Key(2, (1.0, 0.0))])
    assert tint.at(1) == pytest.approx((0.5, 0.5))
    assert blend(1, 4, 0.5) == 2


def test_a_curve_needs_a_key() -> None:
    with pytest.raises(ValueError, match="at least one key"):
        Curve([])
