"""The ear: levels, bands, onsets, and what a sound card may hand over by mistake."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.benchmark.ears import clicks
from perf.benchmark.loops import RATE, loop
from perf.core.hearing import PREFIX, READINGS, Settings, settings_of
from perf.core.table import table
from perf.hearing.ear import STEP, Ear

PLAIN = Settings(auto=False, attack=0.0, release=0.0)


def sine(frequency: float, seconds: float = 0.5, rate: int = RATE, loud: float = 0.5) -> np.ndarray:
    return (loud * np.sin(np.arange(round(seconds * rate)) * 2 * np.pi * frequency / rate)).astype(np.float32)[:, None]


def heard(samples: np.ndarray, settings: Settings = PLAIN, rate: int = RATE) -> dict[str, float]:
    ear = Ear(rate)
    for _ in ear.feed(samples, settings):
        pass
    return {address.removeprefix(PREFIX): value for address, value in ear.readings().items()}


def test_the_readings_are_those_that_are_declared() -> None:
    assert heard(sine(440)).keys() == READINGS.keys()
    assert {PREFIX + name for name in READINGS} < set(table())


def test_the_settings_are_the_parameters_defaults() -> None:
    assert settings_of(table().defaults) == Settings()
    assert settings_of(table().defaults | {"/sound/gain": 20.0}).gain == pytest.approx(10)


@pytest.mark.parametrize(
    ("frequency", "span", "band"), [(80, "low", 1), (500, "mid", 4), (1000, "mid", 5), (4000, "high", 7)]
)
def test_a_sine_is_as_loud_as_it_is_in_its_band(frequency: float, span: str, band: int) -> None:
    found = heard(sine(frequency))
    assert found["level"] == pytest.approx(0.5, rel=0.1)
    assert found[span] == pytest.approx(0.5, rel=0.1)
    assert found[f"band/{band}"] == pytest.approx(0.5, rel=0.4), "20 ms do not tell low octaves apart any better"
    others = {"low", "mid", "high"} - {span}
    assert all(found[name] < 0.1 for name in others)


def test_the_edges_move() -> None:
    assert heard(sine(80), Settings(auto=False, low=40.0))["mid"] > 0.4
    assert heard(sine(500), Settings(auto=False, high=300.0))["high"] > 0.4
    crossed = heard(sine(500), Settings(auto=False, low=5000.0, high=100.0))
    assert crossed["low"] > 0.4
    assert max(crossed["mid"], crossed["high"]) < 0.01


def test_gain_and_auto() -> None:
    assert heard(sine(440), Settings(gain=2.0, auto=False))["level"] == pytest.approx(1.0, abs=0.02)
    soft = np.concatenate([sine(440, 2.0, loud=0.05), sine(440, 1.0, loud=0.025)])
    assert heard(soft)["level"] == pytest.approx(0.025, abs=0.005)
    assert heard(soft, Settings())["level"] == pytest.approx(0.55, abs=0.1), "half of the loudest lately"
    assert heard(sine(440, loud=0.0003), Settings())["level"] < 0.2, "a hiss is not made loud"


def test_levels_rise_and_fall_in_their_times() -> None:
    fade = np.concatenate([sine(440, 1.0), np.zeros((RATE // 2, 1), np.float32)])
    level = heard(fade, Settings(auto=False, release=0.5))["level"]
    assert level == pytest.approx(0.5 * np.exp(-1), rel=0.1)
    assert heard(sine(440, 0.2), Settings(auto=False, attack=0.2))["level"] == pytest.approx(
        0.5 * (1 - np.exp(-1)), rel=0.1
    )


def test_onsets_are_counted_and_fall() -> None:
    ear, falls = Ear(RATE), []
    for _ in ear.feed(clicks(4.0, 0.5), Settings(decay=0.1)):
        falls.append(ear.readings()[PREFIX + "onset"])
    assert ear.readings()[PREFIX + "onsets"] == 1 + 7, "the hum begins, too"
    assert falls.count(1.0) == 8
    strike = falls.index(1.0, 30)
    assert falls[strike : strike + 4] == pytest.approx([1.0, 0.9, 0.8, 0.7])
    assert falls[strike + 12] == 0.0


def test_the_threshold_keeps_soft_ones_out() -> None:
    samples = loop("four with hats", 120, 8.0)[:, None]
    counts = [heard(samples, Settings(threshold=threshold))["onsets"] for threshold in (0.1, 0.3, 0.7)]
    assert counts[0] > counts[1] > counts[2] > 10


def test_noise_and_hum_strike_nothing() -> None:
    noise = np.random.default_rng(5).normal(0, 0.2, (5 * RATE, 2)).astype(np.float32)
    assert heard(noise)["onsets"] <= 2
    assert heard(sine(100, 5.0))["onsets"] == 1


@given(st.lists(st.integers(0, 3000), max_size=30))
def test_how_samples_are_cut_into_blocks_changes_nothing(cuts: list[int]) -> None:
    samples = np.repeat(loop("syncopated", 140, 0.6)[:, None], 2, 1)
    whole, parts, ear = list[float](), list[float](), Ear(RATE)
    for _ in ear.feed(samples, Settings()):
        whole += ear.readings().values()
    ear, start = Ear(RATE), 0
    for size in [*cuts, len(samples)]:
        for _ in ear.feed(samples[start : start + size], Settings()):
            parts += ear.readings().values()
        start += size
        assert ear.window().samples.shape[1] == 2, "of no samples, too"
    assert parts == whole


def test_each_step_says_how_long_ago_it_ended() -> None:
    ear = Ear(RATE)
    ends = list(ear.feed(np.zeros((1000, 1), np.float32), Settings()))
    assert ends == pytest.approx([520 / RATE, 40 / RATE])
    assert list(ear.feed(np.zeros((10, 1), np.float32), Settings())) == [], "shorter than a step: it waits"
    assert list(ear.feed(np.zeros((0, 1), np.float32), Settings())) == []


def test_what_is_no_number_is_silence() -> None:
    broken = sine(440)
    broken[100:300] = np.nan
    broken[400] = np.inf
    found = heard(broken)
    assert all(np.isfinite(value) for value in found.values())
    assert found["level"] == pytest.approx(0.5, rel=0.1)
    assert heard(np.full((RATE, 1), np.nan, np.float32))["level"] == 0.0
    assert heard(np.full((RATE, 1), 1e30, np.float32))["peak"] == 8.0


def test_clipping_is_seen() -> None:
    assert heard(np.clip(sine(440, loud=4.0), -1, 1))["peak"] == 1.0
    assert heard((sine(440) * 32767).astype(np.int16))["peak"] == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("rate", [8000, 11025, 22050, 44100, 96000, 192000])
def test_any_rate(rate: int) -> None:
    found = heard(sine(440, rate=rate), rate=rate)
    assert found["level"] == pytest.approx(0.5, rel=0.1)
    assert found["mid"] == pytest.approx(0.5, rel=0.1)
    assert Ear(rate).step == pytest.approx(STEP, rel=0.01)


def test_channels_are_mixed_and_may_change() -> None:
    ear = Ear(RATE)
    for channels in (1, 8, 2):
        for _ in ear.feed(np.repeat(sine(440), channels, 1), PLAIN):
            pass
        assert ear.readings()[PREFIX + "level"] == pytest.approx(0.5, rel=0.1)
        assert ear.window().samples.shape[1] == channels
