"""Curves go through their keys; every easing but jump starts at 0 and but hold ends at 1."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.core.curve import EASINGS, Curve, Key, bezier, blend, easing


@pytest.mark.parametrize("name", EASINGS)
def test_an_easing_joins_its_keys(name: str) -> None:
    assert EASINGS[name](0.0) == pytest.approx(1.0 if name == "jump" else 0.0, abs=1e-3)
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


@given(st.floats(0, 1), st.floats(-1, 2), st.floats(0, 1), st.floats(-1, 2), st.floats(0, 1))
def test_a_bezier_goes_from_corner_to_corner(x1: float, y1: float, x2: float, y2: float, x: float) -> None:
    ease = bezier(x1, y1, x2, y2)
    assert (ease(0), ease(1)) == (0, 1)
    assert -1.01 <= ease(x) <= 2.01


def test_beziers_of_css() -> None:
    assert bezier(0.25, 0.1, 0.25, 1)(0.5) == pytest.approx(0.8024, abs=1e-3)  # CSS's `ease`
    assert easing("bezier(0, 0, 1, 1)")(0.3) == pytest.approx(0.3, abs=1e-6)  # type: ignore[misc]
    for wrong in (
        "bezier(2, 0, 1, 1)",
        "bezier(0, 0, 1)",
        "bezier(a, 0, 1, 1)",
        "bezier(nan, 0, 1, 1)",
        "bezier",
        "wobble",
    ):
        assert easing(wrong) is None
        with pytest.raises(ValueError, match="not an easing"):
            Curve([Key(0, 0.0, wrong), Key(1, 1.0)])


@given(st.lists(st.floats(-10, 10), min_size=3, max_size=8), st.floats(0, 1))
def test_a_spline_meets_its_keys_and_stays_between_them(values: list[float], share: float) -> None:
    curve = Curve([Key(float(i), v, "spline") for i, v in enumerate(values)])
    for i, v in enumerate(values):
        assert curve.at(float(i)) == pytest.approx(v, abs=1e-9)
    for i, (a, b) in enumerate(pairwise(values)):
        assert min(a, b) - 1e-6 <= curve.at(i + share) <= max(a, b) + 1e-6  # type: ignore[operator]


def test_a_spline_has_no_corner() -> None:
    curve = Curve([Key(0.0, 0.0, "spline"), Key(1.0, 1.0, "spline"), Key(3.0, 4.0, "spline"), Key(4.0, 5.0)])
    left, right = ((curve.at(1.0 + d) - 1.0) / d for d in (-1e-5, 1e-5))  # type: ignore[operator]
    assert left == pytest.approx(right, rel=1e-3)
