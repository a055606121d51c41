"""How well the show hears: onsets of a click track, and the beat of drawn loops. No sound card, no waiting."""

import numpy as np

from perf.benchmark.loops import RATE, loop, loops
from perf.benchmark.row import Row, percentile
from perf.core.event import Event
from perf.core.hearing import PREFIX, Settings
from perf.core.moment import Moment
from perf.core.state import State
from perf.core.tick import tick
from perf.hearing.ear import Ear
from perf.ports.library import Library, find_patch
from perf.wire.patch import parse

BLOCK = 480  # samples: what the sound card is asked for
FPS = 60.0
EVERY = 0.487  # seconds between two clicks: they fall anywhere in a block, and in a frame
OFF = 60.0  # ms from the beat: that is another place in it
HEARD = """
[[track]]
address = "/master/opacity"
formula = "[/status/sound/onset] > 0.5"
"""


def clicks(seconds: float, every: float = EVERY) -> np.ndarray:
    """(n, 1) samples: noise of 5 ms each `every` seconds from there on, over a soft hum."""
    dice, count = np.random.default_rng(3), round(seconds * RATE)
    out = 0.01 * np.sin(np.arange(count) * 2 * np.pi * 100 / RATE) + dice.normal(0, 1e-3, count)
    for time in np.arange(every, seconds - 0.01, every):
        start = round(time * RATE)
        out[start : start + 240] += dice.normal(0, 0.3, 240)
    return out[:, None].astype(np.float32)


def bench_onset(seconds: float = 60.0) -> Row:
    """From a click to the tick whose values it has moved, through the ear, a formula and the tick itself."""
    patch, state, ear = parse(HEARD, Library(find_patch("default")).spec), State(), Ear(RATE)
    samples, hot, delays, due = clicks(seconds), 0.0, list[float](), EVERY
    address, done = PREFIX + "onset", 0
    for index in range(round(seconds * FPS)):
        now = index / FPS
        whole = int(now * RATE) // BLOCK * BLOCK  # the blocks that the card has handed over by now
        for _ in ear.feed(samples[done:whole], Settings()):
            pass
        done = whole
        result = tick(patch, state, [Event(now, address, (ear.readings()[address],), "status")], Moment(index, now))
        state, before, hot = result.state, hot, float(result.frame.values["/master/opacity"])  # type: ignore[arg-type]
        if hot > before and now > EVERY / 2:  # what came before is the beginning of the hum
            delays.append(now - due)
            due += EVERY
    bound = BLOCK / RATE + 1 / FPS
    expected, worst = int((seconds - 0.01) / EVERY), max(delays, default=9.9)
    met = len(delays) == expected and min(delays) >= 0.0 and worst <= bound + 1e-9
    found = (
        f"{1000 * percentile(delays, 0.5):.1f} ms median, {1000 * worst:.1f} ms at most; "
        f"{len(delays)} of {expected} clicks (a block is {1000 * BLOCK / RATE:.0f} ms, a frame {1000 / FPS:.1f} ms)"
    )
    what = "a click to the parameter that a formula moves by it, in simulated time, without the card's own delay"
    figures = {"median_ms": 1000 * percentile(delays, 0.5), "most_ms": 1000 * worst, "heard": float(len(delays))}
    return Row(what, found, "each one, ≤ 1 audio block + 1 frame", met, figures)


def followed(samples: np.ndarray, around: float = 120.0) -> Ear:
    """An ear that has heard (n,) samples."""
    ear = Ear(RATE)
    for start in range(0, len(samples), BLOCK):
        for _ in ear.feed(samples[start : start + BLOCK, None], Settings(around=around)):
            pass
    return ear


def octave(heard: float, true: float) -> float | None:
    """2 for a tempo that is the double of the true one, 1/2 for its half, 1 for itself, each within 1 %; else None."""
    return next((times for times in (1.0, 2.0, 0.5) if abs(heard / true / times - 1) <= 0.01), None)


def bench_tempo(seconds: float = 20.0) -> Row:
    """The tempo of each drawn loop after so long, and how far the beat is from the true one then."""
    octaves, phases, named = [], [], []
    for seed, (style, true) in enumerate(loops()):
        ear = followed(loop(style, true, seconds, seed))
        times = octave(ear.beat.tempo, true)
        octaves.append(times)
        if times != 1.0:
            named.append(f"{style} at {true:g}: {f'× {times:g}' if times else f'{ear.beat.tempo:.1f} BPM'}")
        elif ear.beat.tempo:
            apart = (ear.beat.beat - seconds * true / 60 + 0.5) % 1.0 - 0.5
            phases.append(abs(apart) * 60_000 / true)
    right, off = octaves.count(1.0), sum(phase > OFF for phase in phases)
    found = (
        f"{right} of {len(octaves)} within 1 %, the beat off by {percentile(phases, 0.5):.1f} ms (median); "
        f"{off} on the off-beat" + (f"; {', '.join(named)}" if named else "")
    )
    figures = {"right": float(right), "octaves": float(len(octaves) - right), "off_beat": float(off)}
    what = f"tempo of 20 drawn loops, 80–170 BPM, five styles, after {seconds:g} s"
    return Row(what, found, "within 1 %, or its octave named", None not in octaves, figures)
