"""Simplified curves stay within their tolerance, in value or in time, with fewer keys."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.core.curve import Key
from perf.core.lane import Lane
from perf.core.param import Param
from perf.core.simplify import MOMENT, simplify

FADER = Param("/x", "float", 0.0, -2.0, 2.0)
RATE = Param("/rate", "float", 30.0, 0.5, 120.0, warp="exp")
SEED = Param("/seed", "float", 1.0, 0.0, 1e6)
TINT = Param("/tint", "colour", (0.0, 0.0, 0.0, 1.0))
WORDS = Param("/words", "text", "")

steps = st.lists(st.tuples(st.floats(1e-3, 2.0), st.floats(-2.0, 2.0), st.booleans()), min_size=1, max_size=70)


def played(rows: list[tuple[float, float, bool]]) -> tuple[Key, ...]:
    """Moves one behind the other, some of which hold until the next."""
    beat, keys = 0.0, []
    for gap, value, holds in rows:
        beat += gap
        keys.append(Key(beat, value, "hold" if holds else "linear"))
    return tuple(keys)


def near(lane: Lane, key: Key, allowed: float) -> bool:
    """Whether a lane passes a key's value within a tolerance or a moment."""
    around = [lane.at(key.at + MOMENT * n / 64) for n in range(-64, 65)]
    values = [value for value in around if value is not None]
    return min(values) - allowed - 1e-9 <= key.value <= max(values) + allowed + 1e-9


@given(steps, st.floats(0.0, 0.1))
def test_no_point_is_missed_by_more_than_the_tolerance(rows: list[tuple[float, float, bool]], share: float) -> None:
    keys = played(rows)
    simple = simplify(keys, FADER, share)
    assert (simple[0].at, simple[-1].at) == (keys[0].at, keys[-1].at)
    assert len(simple) <= len(keys)
    assert all(near(Lane(simple), key, 4.0 * share) for key in keys)


@given(steps)
def test_without_a_tolerance_only_what_says_nothing_goes(rows: list[tuple[float, float, bool]]) -> None:
    keys = played(rows)
    lane = Lane(simplify(keys, FADER, 0.0))
    assert all(near(lane, key, 1e-9) for key in keys)


def test_a_line_is_two_keys_and_a_wave_some() -> None:
    line = tuple(Key(n / 10, n / 100) for n in range(101))
    assert simplify(line, FADER, 0.005) == (Key(0.0, 0.0), Key(10.0, 1.0))
    wave = tuple(Key(n / 10, math.sin(n / 10)) for n in range(101))
    simple = simplify(wave, FADER, 0.005)
    assert 8 < len(simple) < 35
    assert max(abs(Lane(simple).at(key.at) - key.value) for key in wave) < 4 * 0.005  # type: ignore[operator]
    assert all(len(str(key.value)) < 9 for key in simple)


def test_rests_stay_steps() -> None:
    keys = (Key(0, 0.0), Key(1, 1.0, "hold"), Key(4, 0.0), Key(5, 1.0))
    assert simplify(keys, FADER, 0.005) == keys


def test_an_octave_is_an_octave_and_a_wide_range_says_nothing() -> None:
    low = (Key(0, 1.0), Key(1, 1.1), Key(2, 1.0))
    assert simplify(low, RATE, 0.005) == low  # a tenth of it, though a thousandth of the range
    assert simplify((Key(0, 60.0), Key(1, 60.1), Key(2, 60.0)), RATE, 0.005)[1:] == (Key(2, 60.0),)
    seeds = (Key(0, 1.0), Key(1, 3.0), Key(2, 1.0))
    assert simplify(seeds, SEED, 0.005) == seeds


def test_a_step_too_early_by_a_moment_is_no_mistake() -> None:
    steep = (Key(0, 0.0), Key(0.024, 0.3), Key(0.04, 0.4), Key(0.1, 1.0))
    assert simplify(steep, FADER, 0.0) == (steep[0], steep[-1])


def test_colours_go_by_their_farthest_channel_and_stay_colours() -> None:
    keys = tuple(Key(n, (n / 10, 0.5, 0.0, 1.0)) for n in range(11))
    assert simplify(keys, TINT, 0.005) == (keys[0], keys[-1])
    turned = (*keys, Key(11, (1.0, 1.0, 0.0, 1.0)))
    assert len(simplify(turned, TINT, 0.005)) == 3


@pytest.mark.parametrize("maximum", [math.pi, 0.1234567])
def test_rounding_stays_within_the_range(maximum: float) -> None:
    angle = Param("/angle", "float", 0.0, -maximum, maximum)
    simple = simplify((Key(0, -maximum), Key(1, maximum)), angle, 0.01)
    assert all(-maximum <= key.value <= maximum for key in simple)  # type: ignore[operator]


def test_words_go_in_steps() -> None:
    keys = [Key(n / 2, word, "hold") for n, word in enumerate(["sea", "sea", "sky", "sky", "sky", "sea", "sea"])]
    assert [(key.at, key.value) for key in simplify(tuple(keys), WORDS, 0.0)] == [
        (0.0, "sea"), (1.0, "sky"), (2.5, "sea"), (3.0, "sea"),
    ]  # fmt: skip
    assert [k.value for k in simplify((Key(0, "a", "hold"), Key(0, "b", "hold"), Key(1, "b", "hold")), WORDS, 0.0)] == [
        "b", "b",
    ]  # fmt: skip
