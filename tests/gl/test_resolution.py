"""Dynamic resolution: what is too slow is composed smaller until it fits, and larger again when there is room."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from perf.gl.resolution import CALM, LEAST, MOST, SHARES, Resolution

HOLD = 30.0


def played(resolution: Resolution, frames: int, fixed: float, by_pixel: float) -> list[float]:
    """The shares of so many frames that take `fixed` and, whole, `by_pixel` seconds."""
    shares = []
    for _ in range(frames):
        resolution.took(fixed + by_pixel * resolution.share**2, HOLD)
        shares.append(resolution.share)
    return shares


def test_what_fits_is_whole() -> None:
    assert set(played(Resolution(), 1000, 0.002, 0.029)) == {1.0}


@given(st.sampled_from([50.0, 60.0, 120.0, 240.0]), st.floats(0.001, 0.03))
def test_any_rate_that_can_be_asked_for_is_held(hold: float, took: float) -> None:
    resolution = Resolution()
    for _ in range(1000):
        resolution.took(took * resolution.share**2, hold)
    assert resolution.share == SHARES[-1] or took * resolution.share**2 * hold <= 1.0


def test_what_is_slow_is_composed_smaller_after_two_seconds_of_frames_and_stays_so() -> None:
    shares = played(Resolution(), 2000, 0.004, 0.066)
    assert shares[:13] == [1.0] * 13
    settled = shares.index(0.59)
    assert settled < 60
    assert set(shares[settled:]) == {0.59}


def test_a_crawling_show_is_helped_after_a_few_frames() -> None:
    assert played(Resolution(), LEAST, 0.0, 2.0)[-1] == 0.25
    resolution = Resolution()
    played(resolution, 1000, 0.0, 0.02)
    assert resolution.share == 1.0
    assert played(resolution, MOST, 0.0, 2.0)[-1] == 0.25


def test_a_few_hiccups_change_nothing() -> None:
    resolution = Resolution()
    for n in range(1000):
        resolution.took(0.3 if n % 5 == 0 else 0.02, HOLD)
    assert resolution.share == 1.0


def test_it_is_finer_at_once_as_far_as_there_is_room() -> None:
    resolution = Resolution()
    played(resolution, LEAST, 0.0, 0.5)
    assert resolution.share == 0.25
    shares = played(resolution, 3 * CALM, 0.002, 0.02)
    assert shares[CALM // 2] == 0.25
    assert shares[CALM] >= 0.71
    assert shares[-1] == 1.0


def test_what_never_fits_more_is_tried_ever_less_often() -> None:
    """A frame that costs less than its pixels say asks for more, and is too slow again."""
    resolution, turns, before = Resolution(), [], 1.0
    for n in range(20_000):
        resolution.took(0.034 if resolution.share > 0.7 else 0.015, HOLD)
        if resolution.share > before:
            turns.append(n)
        before = resolution.share
    waits = [b - a for a, b in pairwise(turns)]
    assert len(turns) < 10
    assert all(b > 1.5 * a for a, b in pairwise(waits[:-1]))


def test_fewer_pixels_that_spare_nothing_are_taken_back() -> None:
    """What takes the time is something else, a recorder say: the picture is not made soft for that."""
    shares = played(Resolution(), 20_000, 0.045, 0.005)
    soft = [n for n, (a, b) in enumerate(pairwise(shares)) if b < a]
    waits = [b - a for a, b in pairwise(soft)]
    assert 2 <= len(soft) < 8
    assert all(b > 1.5 * a for a, b in pairwise(waits[:-1]))
    assert sum(share == 1.0 for share in shares) > 0.98 * len(shares)


def test_what_helps_is_kept_though_it_does_not_help_enough() -> None:
    resolution = Resolution()
    settled = played(resolution, 1000, 0.034, 0.066)[-1]
    assert settled < 1.0
    assert set(played(resolution, 500, 0.034, 0.066)) == {settled}


def test_what_is_borne_is_not_when_it_gets_worse() -> None:
    resolution = Resolution()
    assert played(resolution, 200, 0.045, 0.005)[-1] == 1.0
    assert played(resolution, 60, 0.045, 0.2)[-1] < 0.5


def test_a_rate_that_is_held_anew_is_tried_for_at_once() -> None:
    resolution = Resolution()
    assert played(resolution, 200, 0.045, 0.005)[-1] == 1.0, "what was tried in vain rests"
    assert min(played(resolution, 60, 0.045, 0.005)) == 1.0
    resolution.took(0.05, 0.0)
    assert min(played(resolution, 60, 0.045, 0.005)) < 1.0


def test_nothing_is_held_without_a_rate() -> None:
    resolution = Resolution()
    played(resolution, 200, 0.0, 0.5)
    assert resolution.took(0.5, 0.0)
    assert resolution.share == 1.0
    assert not resolution.took(0.5, 0.0)


def test_sizes_have_a_pixel_at_least() -> None:
    resolution = Resolution()
    assert resolution.of((1280, 720)) == (1280, 720)
    played(resolution, 200, 0.0, 9.0)
    assert resolution.of((1280, 720)) == (320, 180)
    assert resolution.of((1, 1)) == (1, 1)


@given(st.integers(1, 8192), st.integers(1, 8192))
def test_no_side_is_such_that_shaders_would_be_compiled_anew(width: int, height: int) -> None:
    resolution = Resolution()
    assert resolution.of((width, height)) == (width, height)
    while resolution.share > SHARES[-1]:
        resolution.took(9.0, HOLD)
    for side, whole in zip(resolution.of((width, height)), (width, height), strict=True):
        assert 0.25 * whole - 1 <= side <= max(0.25 * whole + 5, 1)
        assert side < 32 or not {side, side // 2, side // 4} & {2**n for n in range(14)}


@given(st.lists(st.floats(0.0, 2.0), max_size=400), st.sampled_from([0.0, 1.0, 30.0, 240.0]))
def test_any_times_give_a_share_that_there_is(times: list[float], hold: float) -> None:
    resolution = Resolution()
    for seconds in times:
        before = resolution.share
        assert resolution.took(seconds, hold) == (resolution.share != before)
        assert resolution.share in SHARES
