"""Following: a leader's beat is reached without a jump, late messages pull nothing, and one clock leads."""

import itertools
import random
from collections.abc import Iterable
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.core.clock import SOURCES, leads, origin
from perf.core.event import Event
from perf.core.moment import SLEW, TOLERANCE, Moment, Transport
from perf.core.patch import Patch
from perf.core.state import State
from perf.core.tick import Tick, tick

PATCH = Patch(layers=())
MIDI = "clock:midi:drums"


def play(state: State, events: Iterable[Event], seconds: float) -> Tick:
    return tick(PATCH, state, events, Moment(0, seconds))


def follow(seconds: float, beat: float, tempo: float = 120.0, source: str = MIDI) -> Event:
    return Event(seconds, "/transport/follow", (beat, tempo), source)


def chosen(source: str) -> Event:
    return Event(0.0, "/clock/source", (source,), "key")


@given(st.floats(-TOLERANCE, TOLERANCE), st.floats(20, 999))
def test_a_small_difference_is_made_up_for_by_a_share_of_the_tempo(apart: float, tempo: float) -> None:
    led = Transport(tempo=tempo).followed(10.0, (10.0 + apart * 0.999) * tempo / 60, tempo)
    beats = [led.place(0, 10.0 + n / 100).beat for n in range(700)]
    assert beats[0] == pytest.approx(10.0 * tempo / 60)
    steps = [(b - a) / (tempo / 6000) for a, b in itertools.pairwise(beats)]
    assert min(steps) > 1 - SLEW - 1e-6
    assert max(steps) < 1 + SLEW + 1e-6
    assert beats[600] == pytest.approx((16.0 + apart * 0.999) * tempo / 60), "5 s make up for 0.25 s"


@given(st.floats(-TOLERANCE, TOLERANCE), st.floats(0, 8), st.floats(0, 8))
def test_anchoring_on_the_way_changes_nothing(apart: float, first: float, then: float) -> None:
    led = Transport().followed(10.0, 20.0 + apart * 1.99, 120.0)
    later = led.anchored(10.0 + first)
    assert later.place(0, 10 + first + then).beat == pytest.approx(led.place(0, 10 + first + then).beat)
    assert later.place(0, 10 + first + then).position == pytest.approx(led.place(0, 10 + first + then).position)


def test_beyond_the_tolerance_it_jumps() -> None:
    led = Transport().followed(10.0, 40.0, 120.0)
    assert led.place(0, 10.0).beat == 40.0
    assert led.place(0, 10.0).position == pytest.approx(20.0)


def test_a_leader_that_always_gets_away_is_not_lost() -> None:
    """Its tempo is said to be 120, its beat runs at 140: it is never farther than the tolerance."""
    led = Transport()
    for n in range(200):
        seconds = n / 10
        led = led.followed(seconds, seconds * 140 / 60, 120.0)
        assert abs(led.place(0, seconds).beat - seconds * 140 / 60) <= TOLERANCE * 2 + 0.1


def test_a_nudge_stays_while_a_clock_leads() -> None:
    led = Transport().followed(1.0, 2.0, 120.0).nudged(1.0, 50.0)
    for n in range(1, 50):
        led = led.followed(1 + n / 8, 2 * (1 + n / 8), 120.0)
    assert led.place(0, 7.0).beat == pytest.approx(14.1)


def test_a_show_that_was_stopped_is_not_pulled_along() -> None:
    led = Transport(playing=False, beat=3.0).followed(5.0, 10.0, 90.0)
    assert (led.place(0, 6.0).beat, led.tempo) == (3.0, 90.0)


def test_late_messages_pull_nothing() -> None:
    """A clock's words, true at their time, come 0…200 ms late: each frame shows the beat that it should."""
    dice, state, waiting = random.Random(2), State(), []
    for n in range(1200):
        seconds = n / 60
        if n % 8 == 0:
            waiting.append((seconds + dice.uniform(0, 0.2), follow(seconds, seconds * 124 / 60, 124.0)))
        due = [event for when, event in waiting if when <= seconds]
        waiting = [(when, event) for when, event in waiting if when > seconds]
        result = play(state, due, seconds)
        state = result.state
        if seconds > 6:
            assert result.frame.moment.beat == pytest.approx(seconds * 124 / 60, abs=1e-6)


@pytest.mark.parametrize("source", SOURCES)
def test_one_clock_leads_and_the_others_are_ignored(source: str) -> None:
    state = play(State(), [chosen(source)], 0.0).state
    for kind in ("midi", "mtc", "link", "audio"):
        result = play(state, [follow(1.0, 100.0, 97.0, f"clock:{kind}:x")], 1.0)
        obeyed = kind == ("midi" if source == "auto" else source)
        assert [outcome.kind for outcome in result.outcomes] == ["command" if obeyed else "ignored"]
        assert result.state.transport.tempo == (97.0 if obeyed else 120.0)
    by_hand = play(state, [follow(1.0, 100.0, 97.0, "osc:udp:1.2.3.4:5")], 1.0).outcomes[0]
    assert (by_hand.kind == "command") == (source in ("auto", "internal"))
    stop = play(state, [Event(1.0, "/transport/stop", (True,), "midi:pads")], 1.0)
    assert not stop.state.transport.playing, "a pad is no clock"


def test_another_leader_is_taken_without_a_jump_and_its_bar_is_reached() -> None:
    state = play(State(), [], 7.0).state  # beat 14
    state = play(state, [chosen("midi")], 7.0).state
    before = 14.0
    for n in range(1, 60 * 45):
        seconds = 7 + n / 60
        events = [follow(seconds, 1000.9 + (seconds - 7) * 2)] if n % 8 == 0 else []
        result = play(state, events, seconds)
        state, here = result.state, result.frame.moment.beat
        assert abs(here - before - 1 / 30) < 0.051 / 30
        before = here
    assert before % 4 == pytest.approx((1000.9 + 2 * (seconds - 7)) % 4, abs=1e-3)
    assert before < 120, "bars are counted on"
    jumped = play(state, [follow(seconds, 1201.0)], seconds).frame.moment.beat
    assert (jumped > 200, jumped % 4) == (True, pytest.approx(1.0)), "where the leader jumps, the show does"
    start = [Event(seconds, "/transport/seek", (0.0,), MIDI), Event(seconds, "/transport/play", (True,), MIDI)]
    assert play(state, start, seconds).frame.moment.beat == 0.0


def test_the_offset_is_taken_into_every_word_of_a_clock() -> None:
    ahead = Event(0.0, "/clock/offset", (100.0,), "key")
    state = play(State(), [chosen("midi"), ahead, Event(0.0, "/transport/seek", (8.0,), MIDI)], 0.0).state
    assert play(state, [], 0.0).frame.moment.beat == pytest.approx(8.2)
    assert play(state, [follow(2.0, 12.0)], 2.0).state.transport.lag == pytest.approx(0.0)
    hand = play(state, [Event(0.0, "/transport/seek", (8.0,), "key")], 0.0)
    assert hand.frame.moment.beat == 8.0, "a hand goes where it says"
    early = [chosen("mtc"), ahead, Event(0.0, "/transport/position", (3.0,), "clock:mtc:x")]
    assert play(State(), early, 0.0).frame.moment.position == pytest.approx(3.1)


def test_a_position_is_reached_by_and_by_or_at_once() -> None:
    near = Transport().positioned(10.0, 10.2)
    assert near.place(0, 10.0).position == pytest.approx(10.0)
    assert near.place(0, 14.5).position == pytest.approx(14.7)
    assert near.place(0, 14.5).beat == pytest.approx(29.4)
    far = Transport(tempo=90).positioned(10.0, 60.0)
    assert (far.place(0, 10.0).position, far.place(0, 10.0).beat) == (60.0, 90.0)
    standing = Transport(playing=False).positioned(10.0, 0.1)
    assert standing.place(0, 12.0).position == 0.1


def test_who_is_a_clock() -> None:
    assert [origin(s) for s in ("clock:midi:a:b", "clock:link", "midi:a", "", "osc:udp:h:1")] == [
        "midi",
        "link",
        "",
        "",
        "",
    ]
    assert leads("auto", "midi")
    assert not leads("auto", "mtc")
    assert leads("internal", "")
    assert not leads("midi", "")


ODD = st.one_of(st.floats(), st.sampled_from([nan, inf, -1.0, 0.0, 1e9]))
ADDRESSES = (
    *("/transport/follow", "/transport/position", "/transport/seek", "/transport/play", "/transport/stop"),
    *("/transport/tempo", "/transport/nudge", "/clock/source", "/clock/offset"),
)
SAID = st.tuples(
    st.sampled_from(ADDRESSES),
    st.sampled_from([MIDI, "clock:mtc:x", "clock:link", "clock:audio", "key", "clock:", "clock"]),
    st.lists(ODD, max_size=2),
    st.floats(-3, 3),
)


@given(st.lists(SAID, max_size=40))
def test_whatever_the_clocks_say_the_show_has_a_beat(said: list) -> None:
    """Time running backwards, tempo 0 and 10,000, not-a-numbers, any order."""
    state, seconds = State(), 0.0
    for address, source, args, step in said:
        seconds = max(seconds + step, 0.0)
        result = play(state, [Event(seconds - step, address, tuple(args), source)], seconds)
        state, here = result.state, result.frame.moment
        assert -1e5 < here.beat < 1e11
        assert -1e5 < here.position < 1e11
        assert 20 <= here.tempo <= 999
