"""Clocks: the offline one is exact; the live one is monotonic and paces."""

from itertools import islice, pairwise

import pytest

from perf.ports.clock import OfflineClock, SystemClock


def test_offline_frames_lie_exactly_on_the_grid() -> None:
    clock = OfflineClock(25.0, 2.0)
    frames = list(clock.frames())
    assert (len(clock), len(frames)) == (50, 50)
    assert frames[-1] == (49, 49 / 25)
    assert clock.now() == 49 / 25


def test_live_frames_come_in_order_and_not_too_early() -> None:
    frames = list(islice(SystemClock(200.0).frames(), 20))
    assert [index for index, _ in frames] == list(range(20))
    assert all(b >= a for (_, a), (_, b) in pairwise(frames))
    assert frames[-1][1] >= 18 / 200


def test_a_frame_that_comes_too_early_puts_the_next_an_interval_and_half_of_one_on() -> None:
    clock, rests = SystemClock(10.0), []
    clock.rest = lambda seconds, early: rests.append((seconds, early))  # ends at once
    times = [seconds for _, seconds in islice(clock.frames(), 6)]
    assert times[-1] < 0.1
    assert rests[0] == (0.0, 0.05), "the first is due at once"
    assert rests[1][0] <= 0.1
    assert all(0.1 < rest <= 0.15 for rest, _ in rests[2:])


def test_frames_that_come_a_little_early_are_no_more_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("perf.ports.clock.time.perf_counter", lambda: now[0])
    clock = SystemClock(50.0)

    def rest(seconds: float, early: float) -> None:
        now[0] += max(seconds - 0.8 * early, 0.0)

    clock.rest = rest
    times = [seconds for _, seconds in islice(clock.frames(), 11)]
    assert times[-1] == pytest.approx(10 / 50 - 0.8 * 0.5 / 50)
