"""A lane changes what lies between its ends and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.core.curve import Key
from perf.core.lane import BELOW, MOST, WAYS, Lane, Lanes, write

places = st.lists(st.floats(-8.0, 32.0).map(lambda x: round(x, 4)), min_size=1, max_size=12, unique=True).map(sorted)


@st.composite
def lanes(draw: st.DrawFn, least: int = 0) -> Lane:
    ats = draw(places)[: draw(st.integers(0, 12)) or None] if least else draw(st.one_of(st.just([]), places))
    return Lane(tuple(Key(at, draw(st.floats(0.0, 1.0)), draw(st.sampled_from(WAYS))) for at in ats))


@st.composite
def regions(draw: st.DrawFn) -> tuple[Key, ...]:
    ats = draw(places.filter(lambda ats: len(ats) > 1))
    return tuple(Key(at, draw(st.floats(0.0, 1.0)), draw(st.sampled_from(["linear", "hold"]))) for at in ats)


def test_a_lane_plays_between_its_keys_and_lets_the_rest_through() -> None:
    lane = Lane((Key(4, 0.0), Key(6, 1.0, "hold"), Key(7, 0.5, BELOW), Key(9, 0.25)))
    assert [lane.at(beat) for beat in (3, 4, 5, 6.5, 7, 8.9, 9, 99)] == [None, 0.0, 0.5, 1.0, None, None, 0.25, 0.25]


@given(lanes(), regions(), st.lists(st.floats(-10.0, 40.0), max_size=40))
def test_punching_changes_nothing_outside(lane: Lane, keys: tuple[Key, ...], beats: list[float]) -> None:
    punched = lane.punched(keys)
    for beat in beats:
        before, after = lane.at(beat), punched.at(beat)
        if keys[0].at <= beat < keys[-1].at:
            assert after == Lane(keys).at(beat)
        else:
            assert (before is None) == (after is None)
            assert after == pytest.approx(before, abs=1e-9)
    assert [key.at for key in punched.keys] == sorted(key.at for key in punched.keys)


@given(lanes(), regions())
def test_up_to_the_punch_in_keys_and_values_are_the_same(lane: Lane, keys: tuple[Key, ...]) -> None:
    kept = [key for key in lane.keys if key.at < keys[0].at]
    assert list(lane.punched(keys).keys[: len(kept)]) == kept


def test_a_line_cut_in_two_ends_in_a_key_that_holds() -> None:
    ramp = Lane((Key(0, 0.0), Key(8, 1.0)))
    assert ramp.punched((Key(2, 0.9), Key(4, 0.8))).keys == (
        Key(0, 0.0), Key(2, 0.25, "hold"), Key(2, 0.9), Key(4, 0.8, "hold"), Key(4, 0.5), Key(8, 1.0),
    )  # fmt: skip


def test_lanes_are_added_mended_chosen_and_not_without_end() -> None:
    a, b = Lane((Key(0, 0.0),)), Lane((Key(0, 1.0),))
    both = Lanes().added(a).added(b)
    assert (both.chosen, both.at(1.0), Lanes(both.lanes, 1).at(1.0), Lanes(both.lanes, 0).at(1.0)) == (
        2,
        1.0,
        0.0,
        None,
    )
    assert Lanes(both.lanes, 1).mended(a) == Lanes((a, a), 2)
    many = Lanes()
    for _ in range(MOST + 5):
        many = many.added(a)
    assert (len(many.lanes), many.chosen) == (MOST, MOST)


def test_fresh_lanes_stand_for_those_of_the_patch() -> None:
    old, new = Lanes((Lane((Key(0, 0.1),)),), 1), Lanes((Lane((Key(4, 0.9),)),), 1)
    values = {"/a": 0.5, "/b": 0.5, "/c": 0.5}
    write(values, 2.0, {"/a": old, "/b": old, "/c": old}, {"/b": new, "/c": Lanes()})
    assert values == {"/a": 0.1, "/b": 0.5, "/c": 0.5}
