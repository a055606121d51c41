"""MIDI time code as scores: what the sender's clock shows, where the show is told to be."""

import random
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perf.core.event import Event
from perf.wire.mtc import MtcClock, TimeCode, code_at, frame_rate, parse_code

RATES = range(4)


def counted(code: TimeCode) -> int:
    """Drop frame as SMPTE 12M says it: frames 0 and 1 of a minute are left out, but for each tenth minute."""
    number = 0
    for minute in range(code.hours * 60 + code.minutes):
        number += 1800 if minute % 10 == 0 else 1798
    number += code.seconds * 30 + code.frames
    return number - (2 if code.minutes % 10 else 0)


@given(st.integers(0, 23), st.integers(0, 59), st.integers(0, 59), st.integers(0, 29))
def test_drop_frame_counts_as_counting_does(hours: int, minutes: int, seconds: int, frames: int) -> None:
    if minutes % 10 and seconds == 0 and frames < 2:
        frames = 2
    code = TimeCode(hours, minutes, seconds, frames, 2)
    assert code.number == counted(code)
    assert code_at(code.number, 2) == code


@given(st.integers(0, 24 * 6 * 17982 - 2))
def test_each_frame_has_the_next_number(number: int) -> None:
    for rate in RATES:
        there = number % (86400 * 24 - 1)
        assert code_at(there, rate).number == there
        assert code_at(there + 1, rate).number == there + 1


def test_an_hour_of_drop_frame_is_an_hour() -> None:
    assert TimeCode(1, 0, 0, 0, 2).number / frame_rate(2) == pytest.approx(3600, abs=0.004)
    assert str(code_at(107892, 2)) == "01:00:00;00"


@pytest.mark.parametrize("text", ["", "1:00:00:00", "24:00:00:00", "00:60:00:00", "00:00:00:30", "aa:bb:cc:dd"])
def test_what_is_no_time_code(text: str) -> None:
    with pytest.raises(ValueError, match="HH:MM:SS:FF"):
        parse_code(text)


def quarters(code: TimeCode, count: int, start: float = 0.0, jitter: float = 0.0) -> Iterator[tuple[float, bytes]]:
    """(seconds, bytes) of `count` quarter frames from a time code on."""
    dice, pace = random.Random(4), 1 / frame_rate(code.rate) / 4
    for n in range(count):
        now = code_at(code.number + n // 8 * 2, code.rate)
        high = now.hours | now.rate << 5
        nibbles = [part >> shift & 15 for part in (now.frames, now.seconds, now.minutes, high) for shift in (0, 4)]
        yield start + n * pace + dice.gauss(0, jitter), bytes((0xF1, n % 8 << 4 | nibbles[n % 8]))


def fed(clock: MtcClock, messages: Iterator[tuple[float, bytes]], port: str = "x") -> list[Event]:
    return [event for seconds, data in messages for event in clock.feed(data, seconds, port)]


def full(code: TimeCode) -> bytes:
    rest = (code.hours | code.rate << 5, code.minutes, code.seconds, code.frames)
    return bytes((0xF0, 0x7F, 0x7F, 1, 1, *rest, 0xF7))


@pytest.mark.parametrize("rate", RATES)
def test_two_frames_are_added(rate: int) -> None:
    """The code that eight pieces spell is that of the first; at the ninth two frames have gone."""
    clock = MtcClock()
    [position, go] = fed(clock, quarters(TimeCode(0, 1, 0, 4, rate), 8))
    assert (go.address, go.source) == ("/transport/play", "clock:mtc:x")
    at_the_ninth = position.args[0] + (8 / 4 / frame_rate(rate) - position.seconds)  # type: ignore[operator]
    assert at_the_ninth == pytest.approx((TimeCode(0, 1, 0, 4, rate).number + 2) / frame_rate(rate))
    assert position.address == "/transport/position"


@pytest.mark.parametrize("rate", RATES)
def test_jitter_is_smoothed_away(rate: int) -> None:
    clock, start = MtcClock(parse_code("01:00:00:00")), TimeCode(1, 0, 0, 0, rate)
    said = fed(clock, quarters(start, 2000, 100.0, 0.001))
    for event in said[20:]:
        if event.address == "/transport/position":
            assert event.args[0] == pytest.approx(event.seconds - 100.0, abs=0.004)
    assert [event.address for event in said].count("/transport/play") == 1


def test_before_its_start_the_show_waits_at_0() -> None:
    clock = MtcClock(parse_code("01:00:00:00"))
    said = fed(clock, quarters(TimeCode(0, 59, 59, 0, 1), 160))
    assert [(e.address, e.args[0]) for e in said[:2]] == [("/transport/stop", True), ("/transport/position", 0.0)]
    assert [e.address for e in said[2:4]] == ["/transport/position", "/transport/play"]
    assert said[2].seconds == pytest.approx(1.0, abs=0.1)
    assert said[2].args[0] == pytest.approx(said[2].seconds - 1.0, abs=0.001)


def test_a_full_frame_goes_there_and_does_not_play() -> None:
    clock = MtcClock(parse_code("01:00:00:00"))
    said = clock.feed(full(TimeCode(1, 0, 10, 12, 1)), 5.0, "x")
    assert [(e.address, e.args) for e in said] == [("/transport/stop", (True,)), ("/transport/position", (10.48,))]
    assert clock.words(9.0) == "mtc 01:00:10:12 at 25 stopped"
    assert clock.feed(full(TimeCode(0, 0, 0, 0, 1)), 6.0, "x")[1].args == (0.0,), "before its start it is 0"


def test_it_freewheels_and_then_stops_once() -> None:
    clock = MtcClock(freewheel=1.5)
    fed(clock, quarters(TimeCode(0, 0, 10, 0, 1), 100))
    last = 99 / 100
    assert clock.words(last + 0.01) == "mtc 00:00:11:00 at 25"
    assert clock.idle(last + 1.4) == []
    assert clock.words(last + 1.01) == "mtc 00:00:12:00 at 25 freewheeling"
    assert [event.address for event in clock.idle(last + 1.6)] == ["/transport/stop"]
    assert clock.idle(last + 1.7) == []
    assert clock.words(last + 2.0).endswith("stopped")


def test_it_may_freewheel_for_ever() -> None:
    clock = MtcClock(freewheel=float("inf"))
    fed(clock, quarters(TimeCode(0, 0, 0, 0, 1), 100))
    assert clock.idle(1e6) == []


@pytest.mark.parametrize("gone", [1, 5, 40, 200])
def test_pieces_that_are_lost_leave_the_place_as_it_is(gone: int) -> None:
    clock = MtcClock()
    score = list(quarters(TimeCode(0, 0, 0, 0, 1), 600, jitter=0.0003))
    said = fed(clock, iter(score[:300] + score[300 + gone :]))
    for event in said:
        if event.address == "/transport/position":
            assert event.args[0] == pytest.approx(event.seconds, abs=0.012)


def test_backwards_the_show_stands_and_is_taken_along() -> None:
    clock = MtcClock()
    score = list(quarters(TimeCode(0, 0, 10, 0, 1), 160))
    fed(clock, iter(score))
    back = [(1.6 + n / 100, data) for n, (_, data) in enumerate(reversed(score))]
    said = fed(clock, iter(back))
    assert said[0].address == "/transport/stop"
    places = [event.args[0] for event in said[1:]]
    assert places == sorted(places, reverse=True)
    assert places[-1] == pytest.approx(10.0, abs=0.1)
    assert {event.address for event in said[1:]} == {"/transport/position"}


def test_one_port_leads_until_it_is_silent() -> None:
    clock = MtcClock()
    assert fed(clock, quarters(TimeCode(0, 0, 0, 0), 40), "one")
    assert fed(clock, quarters(TimeCode(1, 0, 0, 0), 40), "two") == []
    assert fed(clock, quarters(TimeCode(1, 0, 0, 0), 40, 5.0), "two")
    assert clock.port == "two"


PIECE = st.tuples(st.just(0xF1), st.integers(0, 255)).map(bytes)
FULL = st.binary(min_size=0, max_size=8).map(lambda rest: bytes((0xF0, 0x7F, 0x7F, 1, 1)) + rest)
WHOLE = st.builds(lambda parts: full(TimeCode(*parts)), st.tuples(*[st.integers(0, 31)] * 4))


@given(st.lists(st.tuples(st.one_of(PIECE, FULL, WHOLE, st.binary(max_size=12)), st.floats(-2, 3)), max_size=80))
@settings(max_examples=200)
def test_rubbish_never_raises(messages: list[tuple[bytes, float]]) -> None:
    clock, seconds = MtcClock(parse_code("10:00:00:00")), 0.0
    for data, step in messages:
        seconds += step
        for event in clock.feed(data, seconds, "x") + clock.idle(seconds):
            assert isinstance(event.args[0], bool) or 0.0 <= event.args[0] <= 86400.0  # type: ignore[operator]
        assert clock.words(seconds).startswith("mtc")


@given(st.integers(0, 9))
def test_a_sysex_cut_short_is_nothing(length: int) -> None:
    assert MtcClock().feed(full(TimeCode(1, 2, 3, 4))[:length], 0.0) == []
