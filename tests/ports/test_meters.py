"""Meters: rates over two seconds, counts and a status line."""

import pytest

from perf.core.event import Event, Outcome, Value
from perf.core.frame import Delays
from perf.ports.meters import Meters, Rate, line, memory_mb


def test_a_rate_forgets_after_two_seconds() -> None:
    rate = Rate()
    for n in range(100):
        rate.tick(n / 20)
    assert rate.at(5.0) == pytest.approx(20.0, rel=0.05)
    assert rate.at(60.0) == 0.0


def test_values_and_line() -> None:
    meters = Meters()
    for n in range(60):
        meters.frames.tick(n / 30)
        meters.heard([Outcome(Event(0.0, "/a"), "set")])
    meters.pictured(1.95, 1.9)
    counts = {"drops": 2.0, "errors": 1.0, "restarts": 0.0, "memory": 99.0}
    status = meters.values(2.0, counts, "playing")
    assert status["/status/fps"] == pytest.approx(30, abs=1)
    assert status["/status/age"] == pytest.approx(100, abs=0.1)
    assert status["/status/events"] == 30
    # Of the same last word, and another thing.
    ahead: dict[str, Value] = {"/status/preview/age": 4000.0, "/status/preview/images": 9.0}
    ahead["/status/resolution"] = 1.0
    assert "/s  image  100 ms old  events 30/s  drops 2" in line(status | ahead)
    assert "/s at 59%  image" in line(status | ahead | {"/status/resolution": 0.59})
    assert meters.outcomes["set"] == 60


def test_memory_is_told_where_the_system_tells() -> None:
    assert memory_mb() >= 0.0


def test_delays_are_what_was_measured() -> None:
    meters = Meters()
    assert meters.latency.delays(0.04) == Delays(), "nothing is read ahead before anything was measured"
    for n in range(40):
        drawn = n * 0.03 + (0.010 if n % 10 else 0.5)
        meters.latency.presented(n * 0.03, drawn, drawn + 0.006)
        meters.pictured(n * 0.05, n * 0.05 - 0.080)
    delays = meters.latency.delays(0.04)
    assert delays.stage == pytest.approx(0.016 + 0.015), "a stall now and then is no delay"
    assert delays.sampler == pytest.approx(0.080 + 0.031 + 0.05)
    assert delays.leap == pytest.approx(0.080 + 0.031 + 0.05 / 4 + 0.8 * 0.02)


def test_what_leaps_is_read_ahead_by_what_was_measured() -> None:
    meters = Meters()
    meters.pictured(1.0, 0.9)
    for n in range(1, 8):
        meters.leapt(n + 1.0)
        meters.leapt(n + 1.01)  # it asks again before the image is there
        meters.pictured(n + 1.02, n + 0.98)  # of a job from before
        meters.pictured(n + 1.06, n + 1.0)
    assert meters.latency.delays(0.04).leap == pytest.approx(0.06 + 0.04 / 2)


def test_a_frame_waits_for_the_image_of_a_leap_only_where_it_would_keep_it_waiting() -> None:
    meters, step = Meters(), 0.04
    for n in range(10):
        meters.latency.presented(n, n + 0.01, n + 0.03)  # 30 ms are drawn
    assert meters.hold(5.0, step) == 0.0, "nothing has leapt"
    meters.leapt(5.0)
    assert meters.hold(5.005, step) == 0.0, "it is drawn before the image comes"
    assert meters.hold(5.02, step) == pytest.approx(0.044)
    assert meters.hold(5.05, step) == pytest.approx(0.014)
    assert meters.hold(5.1, step) == 0.0, "the image is late: nobody waits for ever"
    for n in range(40):
        meters.latency.presented(n, n + 0.001, n + 0.002)
    assert meters.hold(5.02, step) == 0.0, "a frame that is drawn in no time keeps nothing waiting"
    meters.pictured(5.06, 5.0)
    assert not meters.waiting
