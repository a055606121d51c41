"""MIDI clock out as a score: what a receiver that counts gets, asked each millisecond or worse."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perf.core.meter import TempoMap
from perf.core.moment import Transport
from perf.wire.clockout import ClockOut
from perf.wire.midiclock import MidiClock

Sent = list[tuple[float, bytes]]


def asked(out: ClockOut, transport: Callable[[float], Transport], span: tuple[float, float], late: float = 0.0) -> Sent:
    """What is sent from one second to another, asked about each millisecond, up to `late` seconds later."""
    dice, seconds, sent = random.Random(9), span[0], []
    while seconds < span[1]:
        sent += [(seconds, data) for data in out.due(transport(seconds), seconds)]
        seconds += 0.001 + dice.uniform(0, late)
    return sent


def kinds(sent: Sent) -> list[str]:
    return [data.hex() for _, data in sent if data != b"\xf8"]


def ticks(sent: Sent) -> list[float]:
    return [seconds for seconds, data in sent if data == b"\xf8"]


def test_24_ticks_a_quarter_from_start() -> None:
    sent = asked(ClockOut(), lambda s: Transport(tempo=125), (0.0, 9.6001))
    assert kinds(sent) == ["fa"]
    assert sent[0][1] == b"\xfa"
    assert len(ticks(sent)) == 20 * 24 + 1
    for n, seconds in enumerate(ticks(sent)):
        assert seconds == pytest.approx(n * 0.02, abs=0.0011)


def test_tempo_changes_lose_and_double_nothing() -> None:
    """The tempo goes wherever it likes: after 30 s a receiver has counted what the beat says."""
    dice, state = random.Random(1), [Transport(tempo=120)]

    def led(seconds: float) -> Transport:
        if dice.random() < 0.02:
            state[0] = state[0].with_tempo(seconds, dice.uniform(40, 300))
        return state[0]

    out = ClockOut()
    sent = asked(out, led, (0.0, 30.0), late=0.004)
    assert kinds(sent) == ["fa"]
    assert len(ticks(sent)) == pytest.approx(state[0].place(0, 30.0).beat * 24, abs=1.5)
    gaps = [b - a for a, b in zip(ticks(sent), ticks(sent)[1:], strict=False)]
    assert min(gaps) > 0.005, "no two ticks at once"


@pytest.mark.parametrize(("base", "track"), [(60.0, 120.0), (120.0, 200.0), (120.0, 60.0)])
def test_a_tempo_track_is_counted_whatever_the_patchs_own_tempo(base: float, track: float) -> None:
    course = TempoMap(lambda beat: track, [0.0])
    sent = asked(ClockOut(), lambda s: Transport(tempo=base, course=course), (0.0, 20.0001))
    assert len(ticks(sent)) == pytest.approx(20 * track / 60 * 24, abs=1.5)


def test_stop_seek_and_continue() -> None:
    out, playing = ClockOut(), Transport(tempo=120)
    asked(out, lambda s: playing, (0.0, 1.0))
    stopped = playing.with_playing(1.0, False)
    sent = asked(out, lambda s: stopped, (1.0, 2.0))
    assert kinds(sent) == ["fc"]
    assert len(ticks(sent)) == pytest.approx(48, abs=1), "ticks go on at the tempo"
    sought = stopped.sought(2.0, 32.5)
    assert kinds(asked(out, lambda s: sought, (2.0, 2.5))) == ["f20201"]
    again = sought.with_playing(3.0, True)
    sent = asked(out, lambda s: again, (3.0, 4.0))
    assert kinds(sent) == ["f20201", "fb"]
    first = next(n for n, (_, data) in enumerate(sent) if data == b"\xfb")
    assert sent[first + 1][0] == pytest.approx(3.0, abs=0.03)


def test_a_seek_while_it_plays_stops_places_and_continues() -> None:
    out, playing = ClockOut(), Transport(tempo=120)
    asked(out, lambda s: playing, (0.0, 2.0))
    elsewhere = playing.sought(2.0, 100.1)
    sent = asked(out, lambda s: elsewhere, (2.0, 3.0))
    assert kinds(sent) == ["fc", "f21003", "fb"]
    first = next(n for n, (_, data) in enumerate(sent) if data == b"\xfb")
    assert sent[first + 1][1] == b"\xf8"
    assert elsewhere.place(0, sent[-1][0]).beat == pytest.approx(100 + (len(sent) - first - 2) / 24, abs=0.09)


def test_a_nudge_is_caught_up_with_and_counted() -> None:
    out, playing = ClockOut(), Transport(tempo=120)
    asked(out, lambda s: playing, (0.0, 2.0))
    nudged = playing.nudged(2.0, 100.0)
    sent = asked(out, lambda s: nudged, (2.0, 4.0))
    assert kinds(sent) == []
    assert len(ticks(sent)) == pytest.approx(96 + 4.8, abs=1.2)
    assert min(b - a for a, b in zip(ticks(sent), ticks(sent)[1:], strict=False)) > 0.0138


def test_beyond_the_last_song_position_it_goes_on_without_one() -> None:
    far = Transport(beat=5000.0)
    assert kinds(asked(ClockOut(), lambda s: far, (0.0, 1.0))) == ["fb"]


def test_beyond_the_last_song_position_a_stop_costs_receivers_no_part_of_a_beat() -> None:
    """They hold the tick at which they were stopped, and nothing can tell them of another."""
    out, playing = ClockOut(), Transport(beat=5000.0)
    sent = ticks(asked(out, lambda s: playing, (0.0, 1.03)))
    stopped = playing.with_playing(1.03, False)
    assert kinds(asked(out, lambda s: stopped, (1.03, 2.0))) == ["fc"]
    again = stopped.with_playing(2.0, True)
    more = asked(out, lambda s: again, (2.0, 4.0))
    start = next(seconds for seconds, data in more if data == b"\xfb")
    counted = len(sent) + sum(seconds >= start for seconds in ticks(more))
    assert counted - 1 == pytest.approx((again.place(0, 4.0).beat - 5000.0) * 24, abs=1.0)


def test_our_own_follower_follows_it() -> None:
    out, follower, playing = ClockOut(), MidiClock(), Transport(tempo=97.0, beat=8.0)
    for seconds, data in asked(out, lambda s: playing, (0.0, 10.0), late=0.001):
        follower.feed(data, seconds)
    beat, tempo = follower.at(10.0) or (0.0, 0.0)
    assert beat == pytest.approx(8 + 10 * 97 / 60, abs=0.004)
    assert tempo == pytest.approx(97.0, abs=0.05)


DONE = st.sampled_from(["with_tempo", "with_playing", "sought", "nudged", "followed"])


@given(st.lists(st.tuples(DONE, st.floats(0, 2000), st.booleans(), st.floats(0, 0.3)), max_size=25))
@settings(max_examples=60, deadline=None)
def test_a_receiver_that_counts_is_where_the_transport_is(acts: list) -> None:
    """Whatever is done, two seconds later a receiver's position is the transport's within a tick or two."""
    out, transport, seconds = ClockOut(), Transport(), 0.0
    counted, running = 0.0, False

    def run(span: float) -> None:
        nonlocal seconds, counted, running
        end = seconds + span
        while seconds < end:
            for data in out.due(transport, seconds):
                if data == b"\xf8":
                    counted += running
                elif data[0] == 0xF2:
                    counted = (data[2] << 7 | data[1]) * 6
                else:
                    counted, running = (0 if data == b"\xfa" else counted), data != b"\xfc"
            seconds += 0.001

    for act, value, flag, wait in acts:
        arguments = {"with_tempo": (value,), "with_playing": (flag,), "nudged": (value / 2 - 500,)}
        arguments |= {"sought": (value,), "followed": (value, 20 + value / 2)}
        transport = getattr(transport, act)(seconds, *arguments[act])
        run(wait)
    transport = transport.with_playing(seconds, True).with_tempo(seconds, 120.0)
    run(2.0)
    beat = transport.place(0, seconds).beat
    if 0 <= beat < 4000:
        assert running
        assert counted - 1 == pytest.approx(beat * 24, abs=2.5)
