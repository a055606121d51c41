"""The beat by ear: loops of known tempo, breaks, ramps and cuts; and the transport that follows it."""

import itertools

import numpy as np
import pytest

from perf.benchmark.ears import bench_onset, bench_tempo, followed, octave
from perf.benchmark.loops import RATE, STYLES, drawn, loop
from perf.core.event import Event
from perf.core.hearing import Settings
from perf.core.moment import SLEW, Moment
from perf.core.patch import Patch
from perf.core.state import State
from perf.core.tick import tick
from perf.hearing.beat import Beat
from perf.hearing.ear import STEP, Ear
from perf.hearing.lead import SOURCE, Lead
from perf.hearing.onset import Flux
from perf.hearing.spectrum import Spectrum

Times = np.ndarray


def strengths(samples: np.ndarray) -> list[float]:
    """How much begins in each step."""
    spectrum, hop = Spectrum(RATE), round(RATE * STEP)
    flux = Flux(spectrum.frequencies)
    padded = np.concatenate([np.zeros(spectrum.size - hop, np.float32), samples])
    return [flux.of(spectrum.of(padded[at : at + spectrum.size])) for at in range(0, len(samples) - hop + 1, hop)]


def track(samples: np.ndarray) -> list[tuple[float, float, float, float]]:
    """(seconds, beat, BPM, confidence) after each step."""
    beat, rows = Beat(STEP), []
    for index, strength in enumerate(strengths(samples), 1):
        beat.add(strength, 120.0)
        rows.append((index * STEP, beat.beat, beat.tempo, beat.confidence))
    return rows


def apart(beat: float, true: float, tempo: float) -> float:
    """Seconds between two beats as the ear can tell them."""
    return abs((beat - true + 0.5) % 1.0 - 0.5) * 60 / tempo


def test_twenty_loops_as_the_benchmark_says() -> None:
    row = bench_tempo(8.0)
    assert row.met, row.found
    assert row.figures["right"] >= 17, row.found
    assert row.figures["off_beat"] <= 2, row.found


def test_a_click_moves_a_parameter_as_the_benchmark_says() -> None:
    row = bench_onset(20.0)
    assert row.met, row.found


@pytest.mark.parametrize("style", STYLES)
def test_it_settles_within_four_seconds(style: str) -> None:
    rows = track(loop(style, 124, 6.0, 11))
    settled = next(seconds for seconds, _, tempo, _ in rows if tempo)
    assert settled <= 4.0
    assert octave(rows[-1][2], 124) == 1.0
    assert rows[-1][3] > 0.6
    assert apart(rows[-1][1], 6.0 * 124 / 60, 124) < 0.03


@pytest.mark.parametrize("style", ["breakbeat", "melodic"])
def test_a_break_of_sixteen_seconds_is_held_through(style: str) -> None:
    samples = loop(style, 125, 34.0, 5)
    time = np.arange(len(samples)) / RATE
    pad = 0.1 * np.sin(2 * np.pi * 220 * time) * (1 + 0.3 * np.sin(2 * np.pi * 0.13 * time))
    hiss = np.random.default_rng(0).normal(0, 0.01, len(samples))
    rows = track((np.where((time > 12) & (time < 28), 0, samples) + pad + hiss).astype(np.float32))
    assert rows[2700][3] < 0.2, "it is not sure any more"
    for seconds, beat, tempo, _ in rows[1200::50]:
        assert tempo == pytest.approx(125, rel=0.005)
        assert apart(beat, seconds * 125 / 60, 125) < 0.03
    assert rows[-1][3] > 0.6


@pytest.mark.parametrize("style", ["four with hats", "syncopated"])
def test_a_slow_change_is_followed_without_falling_behind(style: str) -> None:
    times = np.arange(0, 30, 0.001)
    tempo = np.interp(times, [8, 26], [120, 126])
    beats = np.concatenate([[0], np.cumsum(tempo[:-1] / 60 * 0.001)])
    strikes = np.interp(np.arange(0, beats[-1], 0.25), beats, times)
    for seconds, beat, heard, _ in track(drawn(style, strikes, 29.0, 3))[500::25]:
        there = float(np.interp(seconds, times, tempo))
        assert heard == pytest.approx(there, rel=0.015)
        assert apart(beat, float(np.interp(seconds, times, beats)), there) < 0.03


def test_another_record_is_another_tempo_after_some_seconds() -> None:
    first, second = loop("four with hats", 120, 12.0, 1), loop("syncopated", 133, 14.0, 2)
    rows = track(np.concatenate([first, second]))
    assert rows[1190][2] == pytest.approx(120, rel=0.01)
    assert all(tempo == pytest.approx(133, rel=0.01) for _, _, tempo, _ in rows[2000:])
    assert apart(rows[-1][1], 14.0 * 133 / 60, 133) < 0.03


def test_a_half_is_made_the_double_by_saying_so() -> None:
    samples = loop("breakbeat", 160.53, 10.0, 1)
    assert octave(followed(samples, around=80).beat.tempo, 160.53) == 0.5
    assert octave(followed(samples, around=170).beat.tempo, 160.53) == 1.0


@pytest.mark.parametrize("loud", [0.0, 0.2])
def test_no_beat_is_heard_where_there_is_none(loud: float) -> None:
    noise = np.random.default_rng(1).normal(0, loud, 12 * RATE).astype(np.float32)
    _, beat, tempo, confidence = track(noise)[-1]
    assert (tempo, beat) == (0.0, 0.0)
    assert confidence < 0.3


def test_the_beat_never_goes_back_nor_jumps() -> None:
    first, second = loop("four with hats", 120, 8.0, 1), loop("melodic", 97, 14.0, 2)
    rows = track(np.concatenate([first, np.zeros(RATE // 3, np.float32), second]))
    steps = [(b[1] - a[1]) / (max(a[2], b[2]) / 60 * STEP) for a, b in itertools.pairwise(rows) if a[2]]
    assert min(steps) > 0.7, "only the tempo itself may change at once"
    assert max(steps) < 1 + SLEW + 0.01


def test_the_transport_follows_and_never_jumps() -> None:
    """The show plays at 120 and has its own count; a loop at 112 leads it from when it is trusted."""
    patch, ear, lead = Patch(layers=()), Ear(RATE), Lead()
    state, samples = State(), loop("syncopated", 112, 24.0, 9)[:, None]
    before, beats, said = 0.0, [], list[Event]()
    chosen = [Event(0.0, "/clock/source", ("sound",), "key")]
    for index in range(24 * 50):
        now, here = index / 50, state.transport
        due, said = said + (chosen if not index else []), []
        result = tick(patch, state, due, Moment(index, now))
        state, moment = result.state, result.frame.moment
        passed = moment.tempo / 60 / 50
        assert abs(moment.beat - before - passed) <= (SLEW + 0.08) * passed + 1e-9 or not index, f"a jump at {now} s"
        before = moment.beat
        beats.append((now, moment.beat, moment.tempo))
        for left in ear.feed(samples[index * 960 : (index + 1) * 960], Settings()):
            end = now + 0.02 - left
            said += lead.events(end, ear.beat, here.place(0, end).beat)
    assert all(event.source == SOURCE for event in said)
    now, beat, tempo = beats[-1]
    assert tempo == pytest.approx(112, rel=0.005)
    assert apart(beat, now * 112 / 60, 112) < 0.03


def test_a_clock_by_ear_is_not_obeyed_unless_chosen() -> None:
    event = Event(0.0, "/transport/follow", (3.0, 90.0), SOURCE)
    result = tick(Patch(layers=()), State(), [event], Moment(0, 0.0))
    assert result.outcomes[0].kind == "ignored"
