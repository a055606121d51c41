"""The MIDI clock as scores: what the sequencer sends, where the show is."""

import random
import statistics
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mido import Message

from perf.core.event import Event
from perf.wire.midiclock import MidiClock, MidiClocks, Stamps

CLOCK, START, CONTINUE, STOP = (0xF8,), (0xFA,), (0xFB,), (0xFC,)


def pace(bpm: float) -> float:
    return 60.0 / bpm / 24


def ticks(clock: MidiClock, count: int, start: float = 0.0, bpm: float = 120.0) -> list[Event]:
    return [event for n in range(count) for event in clock.feed(CLOCK, start + n * pace(bpm), "midi:x")]


@pytest.mark.parametrize(("jitter", "usb"), [(0.0003, 0.001), (0.002, 0.0)])
def test_jitter_is_smoothed_away(jitter: float, usb: float) -> None:
    """124 BPM for a minute: tempo within 0.05 BPM and phase within 0.5 ms, as standard deviations."""
    dice, clock, bpm = random.Random(7), MidiClock(), 124.0
    clock.feed(START, 0.0)
    tempi, phases = [], []
    for n in range(24 * 124):
        true = 1.0 + n * pace(bpm)
        clock.feed(CLOCK, true + dice.gauss(0, jitter) + dice.uniform(0, usb))
        if n >= 192:
            seconds = true + dice.uniform(0, pace(bpm))
            beat, tempo = clock.at(seconds) or (0.0, 0.0)
            tempi.append(tempo)
            phases.append((beat - (seconds - 1.0) * bpm / 60) * 60 / bpm)
    assert statistics.pstdev(tempi) <= 0.05
    assert statistics.pstdev(phases) <= 0.0005
    assert statistics.mean(tempi) == pytest.approx(bpm, abs=0.01)
    assert statistics.mean(phases) == pytest.approx(-usb / 2, abs=0.0002)


def test_the_first_tick_after_start_is_beat_0() -> None:
    clock = MidiClock()
    ticks(clock, 48)
    assert clock.feed(START, 1.0) == []
    first = clock.feed(CLOCK, 1.01, "midi:x")
    assert [(e.seconds, e.address, e.args) for e in first] == [
        (1.01, "/transport/seek", (0.0,)),
        (1.01, "/transport/play", (True,)),
    ]
    ticks(clock, 23, 1.01 + pace(120))
    assert clock.at(1.01 + 0.25) == (pytest.approx(0.5, abs=0.01), pytest.approx(120.0, abs=0.1))


def test_the_show_is_told_eight_times_a_beat_where_it_is() -> None:
    clock = MidiClock()
    clock.feed(START, 0.0)
    told = [event for event in ticks(clock, 97) if event.address == "/transport/follow"]
    assert [event.args for event in told] == [
        (pytest.approx(n / 8, abs=1e-6), pytest.approx(120.0)) for n in range(2, 33)
    ]
    assert [event.seconds for event in told] == pytest.approx([n / 16 for n in range(2, 33)])


def test_stop_holds_continue_goes_on_from_there() -> None:
    clock = MidiClock()
    clock.feed(START, 0.0)
    ticks(clock, 36)
    [stop] = clock.feed(STOP, 0.75, "midi:x")
    assert (stop.address, stop.args) == ("/transport/stop", (True,))
    ticks(clock, 24, 0.75)
    assert clock.at(1.3) == (1.5, pytest.approx(120.0))
    clock.feed(CONTINUE, 1.24)
    assert clock.feed(CLOCK, 1.25)[0].args == (1.5,)
    ticks(clock, 24, 1.25 + pace(120))
    assert clock.at(2.25) == (pytest.approx(3.5), pytest.approx(120.0))


def test_song_position_counts_sixteenths() -> None:
    clock = MidiClock()
    ticks(clock, 24)
    [seek] = clock.feed(Message("songpos", pos=130), 0.5, "midi:x")
    assert (seek.address, seek.args) == ("/transport/seek", (32.5,))
    clock.feed(CONTINUE, 0.5)
    ticks(clock, 25, 0.5)
    assert clock.at(1.0) == (pytest.approx(33.5), pytest.approx(120.0))


def test_a_clock_without_start_gives_its_tempo_alone() -> None:
    """The show may be playing by itself: its beat is not pulled to where the sequencer stands."""
    told = ticks(MidiClock(), 240, bpm=97.0)
    assert {event.address for event in told} == {"/transport/tempo"}
    assert [event.args for event in told] == [(pytest.approx(97.0),)]


def test_a_sudden_tempo_is_found_within_a_beat() -> None:
    clock = MidiClock()
    clock.feed(START, 0.0)
    ticks(clock, 96, bpm=120.0)
    ticks(clock, 30, 96 * pace(120), bpm=160.0)
    at = 96 * pace(120) + 30 * pace(160)
    assert clock.at(at) == (pytest.approx(126 / 24, abs=0.05), pytest.approx(160.0, abs=1.0))


def test_a_gap_starts_the_fit_anew_and_keeps_the_count() -> None:
    clock = MidiClock()
    clock.feed(START, 0.0)
    ticks(clock, 48, bpm=120.0)
    ticks(clock, 24, 5.0, bpm=90.0)
    assert clock.at(5.0 + 24 * pace(90)) == (pytest.approx(3.0, abs=0.01), pytest.approx(90.0, abs=0.1))


@pytest.mark.parametrize("bpm", [5.0, 3000.0])
def test_an_impossible_tempo_is_not_believed(bpm: float) -> None:
    clock = MidiClock()
    clock.feed(START, 0.0)
    assert {event.address for event in ticks(clock, 96, bpm=bpm)} <= {"/transport/seek", "/transport/play"}
    assert clock.at(1.0) is None


def test_nothing_is_known_before_the_clock() -> None:
    assert MidiClock().at(1.0) is None
    assert MidiClocks().at(1.0) is None
    assert MidiClock().feed(STOP, 0.0) == []


@pytest.mark.parametrize("jitter", [0.0, 0.001])
@pytest.mark.parametrize("lost", [1, 3, 40])
def test_lost_ticks_lose_no_beat(lost: int, jitter: float) -> None:
    """The sequencer goes on while the cable does not: half a second on, the beat is the sequencer's again."""
    dice, clock = random.Random(lost), MidiClock()
    clock.feed(START, 0.0)
    for n in range(400):
        if not 200 <= n < 200 + lost:
            clock.feed(CLOCK, 1.0 + n * pace(124) + dice.gauss(0, jitter))
        if n > 205 and not 200 <= n < 200 + lost + 24:
            assert (clock.at(1.0 + n * pace(124)) or (0.0,))[0] == pytest.approx(n / 24, abs=0.005)


@pytest.mark.parametrize("percent", [2, 10, 30, -4, -10, -30])
def test_a_new_tempo_is_no_lost_tick(percent: float) -> None:
    dice, clock, bpm = random.Random(5), MidiClock(), 124.0
    clock.feed(START, 0.0)
    seconds = 0.0
    for n in range(400):
        clock.feed(CLOCK, seconds + dice.gauss(0, 0.001))
        bpm = 124.0 if n < 200 else 124.0 * (1 + percent / 100)
        seconds += pace(bpm)
    assert clock.at(seconds) == (pytest.approx(400 / 24, abs=0.01), pytest.approx(bpm, abs=0.15))


def test_ticks_that_were_held_up_are_not_counted_twice() -> None:
    """Eight ticks come at once, where the last of them was due."""
    clock = MidiClock()
    clock.feed(START, 0.0)
    ticks(clock, 100)
    for _ in range(8):
        clock.feed(CLOCK, 107 * pace(120))
    ticks(clock, 40, 108 * pace(120))
    assert clock.at(148 * pace(120)) == (pytest.approx(148 / 24, abs=0.01), pytest.approx(120.0, abs=0.5))


def test_in_a_ramp_the_beat_is_not_behind() -> None:
    """2 BPM a second for 10 s: the straight line over a bar would lag by 5 ms."""
    clock, seconds, late = MidiClock(), 0.0, []
    clock.feed(START, 0.0)
    for n in range(24 * 26):
        clock.feed(CLOCK, seconds)
        bpm = 120 + 2 * max(seconds - 3, 0)
        seconds += pace(bpm)
        if seconds > 4.5:
            late.append(abs((clock.at(seconds) or (0.0,))[0] - (n + 1) / 24) * 60 / bpm)
    assert max(late) < 0.001


def test_a_clock_that_stops_mid_bar_holds_its_tempo_and_says_so() -> None:
    clocks = MidiClocks()
    clocks.feed(START, 0.0, "drums")
    for n in range(60):
        clocks.feed(CLOCK, n * pace(120), "drums")
    assert clocks.words(1.3) == "midi: drums 120.0 BPM"
    assert clocks.words(9.0) == "midi: drums 120.0 BPM silent"
    assert (clocks.leading(1.3), clocks.leading(9.0)) == ("drums", "")
    assert MidiClocks().words(0.0) == "midi: no clock"


def both(clocks: MidiClocks, seconds: list[float], port: str) -> Iterator[Event]:
    for second in seconds:
        yield from clocks.feed(CLOCK, second, port)


def test_one_port_leads_until_it_is_silent() -> None:
    clocks = MidiClocks()
    for n in range(200):
        clocks.feed(CLOCK, n * pace(120), "drums")
        clocks.feed(CLOCK, n * pace(90), "late")
    assert clocks.leader == "drums"
    assert clocks.at(4.0) == (0.0, pytest.approx(120.0))
    list(both(clocks, [10.0 + n * pace(90) for n in range(30)], "late"))
    assert clocks.leader == "late"
    assert clocks.at(11.0) == (0.0, pytest.approx(90.0, abs=0.1))


@given(st.lists(st.tuples(st.binary(max_size=4), st.floats(-5, 5)), max_size=60))
@settings(max_examples=200)
def test_rubbish_never_raises(messages: list[tuple[bytes, float]]) -> None:
    clocks, seconds = MidiClocks(), 0.0
    for data, step in messages:
        seconds += step
        for event in clocks.feed(data, seconds, "x"):
            assert all(0.0 <= float(arg) <= 1e6 for arg in event.args)  # type: ignore[arg-type]


def test_driver_stamps_take_the_threads_lateness_away() -> None:
    """Ticks every 20 ms, read up to 8 ms late: their stamps are as regular as the driver's."""
    dice, stamps, times = random.Random(3), Stamps(), []
    for n in range(400):
        times.append(stamps.at(0.02 if n else 0.0, n * 0.02 + dice.uniform(0, 0.008)) - n * 0.02)
    assert max(times[50:]) < 0.001
    assert statistics.pstdev(times[50:]) < 0.0003


def test_a_driver_that_lost_messages_is_tied_anew() -> None:
    stamps = Stamps()
    stamps.at(0.0, 1.0)
    assert stamps.at(0.1, 60.0) == 60.0
    assert stamps.at(float("nan"), 61.0) <= 61.0


@pytest.mark.parametrize("bpm", [100.0, 124.0, 128.0, 140.0, 160.0])
def test_ticks_that_come_in_bunches_are_neither_lost_nor_another_tempo(bpm: float) -> None:
    clock, period = MidiClock(), 1024 / 48000  # a driver that marks ticks with the beginning of its period
    clock.feed(START, 0.0)
    for n in range(2400):
        clock.feed(CLOCK, n * pace(bpm) // period * period)
    beat, tempo = clock.at(2399 * pace(bpm))  # type: ignore[misc]
    assert (beat - 2399 / 24) * 60 / bpm == pytest.approx(period / 2, abs=0.006)
    assert tempo == pytest.approx(bpm, abs=0.4)
