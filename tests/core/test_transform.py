"""Transforms are exact: twice backwards is forwards, keys land where a composer would write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.core.curve import EASINGS, SPLINE, Curve, Key
from perf.core.pattern import Steps
from perf.core.transform import Transform, mirrored, read, transformed

CURVES = st.lists(
    st.tuples(st.integers(0, 15), st.floats(-5, 5), st.sampled_from([*EASINGS, SPLINE, "bezier(0.2, 0.1, 0.7, 0.9)"])),
    min_size=1, max_size=6, unique_by=lambda key: key[0],
).map(lambda keys: Curve([Key(float(at), value, ease) for at, value, ease in keys]))  # fmt: skip


@given(CURVES, st.floats(0.01, 15.98))
def test_backwards_is_the_same_curve_from_the_end(curve: Curve, place: float) -> None:
    if place % 1.0 < 0.01:
        return  # on a key, where holds step
    backwards = transformed(curve, Transform("reverse"), 16.0)
    assert backwards.at(place) == pytest.approx(curve.at(16.0 - place), abs=1e-5)
    assert transformed(backwards, Transform("reverse"), 16.0).at(place) == pytest.approx(curve.at(place), abs=1e-5)


def test_holds_backwards_change_on_the_beat() -> None:
    words = Curve([Key(0, "a"), Key(4, "b"), Key(6, "c")])
    backwards = transformed(Curve([Key(k.at, k.value, "hold") for k in words.keys]), Transform("reverse"), 8.0)
    assert [backwards.at(float(n)) for n in range(8)] == list("ccbbaaaa")


@pytest.mark.parametrize("ease", [*EASINGS, SPLINE])
def test_a_mirrored_easing_mirrored_is_itself(ease: str) -> None:
    assert mirrored(mirrored(ease)) == ease


def test_the_row_of_values_backwards_on_its_rhythm() -> None:
    row = Curve([Key(0, 1.0), Key(1, 2.0), Key(3, 3.0)])
    found = transformed(row, Transform("retrograde"), 4.0)
    assert [(key.at, key.value) for key in found.keys] == [(0, 3.0), (1, 2.0), (3, 1.0)]
    steps = transformed(Steps(("a", "b", "c")), Transform("retrograde"), 3.0)
    assert [steps.at(n) for n in range(3)] == list("cba")


@given(CURVES, st.floats(0, 16), st.floats(-2, 2))
def test_upside_down_about_an_axis(curve: Curve, place: float, axis: float) -> None:
    found = transformed(curve, Transform("invert", axis), 16.0)
    assert found.at(place) == pytest.approx(2 * axis - curve.at(place), abs=1e-6)


def test_the_middle_is_the_axis_where_none_is_given() -> None:
    found = transformed(Curve([Key(0, 1.0), Key(1, 3.0)]), read("invert"), 4.0)
    assert [key.value for key in found.keys] == [3.0, 1.0]
    assert transformed(Steps((1, 2, 4)), read("invert 2"), 4.0).at(2.0) == 0


def test_a_loop_is_reversed_as_it_is_heard_with_a_key_beyond_it() -> None:
    curve = Curve([Key(0, 1.0), Key(10, 2.0)])
    found = transformed(curve, Transform("reverse"), 8.0)
    assert [found.at(8.0 - place) for place in (0.5, 4.0, 7.5)] == pytest.approx([curve.at(p) for p in (0.5, 4.0, 7.5)])


def test_on_the_grid() -> None:
    found = transformed(Curve([Key(0.1, 1.0), Key(0.9, 2.0), Key(1.3, 3.0)]), read("quantise 1/2"), 4.0)
    assert [(key.at, key.value) for key in found.keys] == [(0.0, 1.0), (1.0, 2.0), (1.5, 3.0)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sideways", "known are"),
        ("quantise", "lacks its grid"),
        ("augment 0", "above 0"),
        ("reverse 2", "no number"),
        ("offset 1/0", "a number that is none"),
        ("invert 1..2", "a number that is none"),
    ],
)
def test_what_is_no_transform_is_said(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read(text)


def test_what_has_no_row_or_no_numbers() -> None:
    with pytest.raises(ValueError, match="has others"):
        transformed(Curve([Key(0, "a")]), Transform("invert", 0.5), 1.0)


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        assert read(text).name
    except ValueError as error:
        assert str(error)
