"""What recording costs the tick: 20 armed parameters, each moved 100 times a second, written and not written."""

import math
import time

from perf.benchmark.control import FPS, bench_patch
from perf.benchmark.row import Row, percentile
from perf.core.event import Event
from perf.core.moment import Moment
from perf.core.state import State
from perf.core.tick import tick

ARMED = 20
RATE = 100  # moves a second of each
SECONDS = 30


def bench_recording() -> Row:
    """Time ticks of a pass in latch mode, and of the same hands without one."""
    plain, _ = _ticks(0)
    written, keys = _ticks(1)
    before, after, late = percentile(plain, 0.5), percentile(written, 0.5), percentile(written, 0.99)
    moves = ARMED * RATE * SECONDS
    found = f"{after:.2f} ms median, {late:.2f} ms p99, {keys} keys of {moves} moves; {before:.2f} ms not written"
    figures = {"median_ms": after, "p99_ms": late, "plain_ms": before, "keys": float(keys)}
    name = f"tick while {ARMED} parameters are written, {RATE} moves a second each"
    return Row(name, found, "≤ 1 ms more", after - before <= 1.0, figures)


def _ticks(record: int) -> tuple[list[float], int]:
    patch, state, times = bench_patch(300, 300), State(), list[float]()
    events = [Event(0.0, "/automation/mode", ("latch",)), Event(0.0, "/automation/record", (record,))]
    events += [Event(0.0, "/automation/arm", (f"/bench/{n}",)) for n in range(ARMED)]
    moves, frames = 0, int(SECONDS * FPS)
    for index in range(frames):
        now = index / FPS
        while moves / RATE <= now:
            events += [Event(moves / RATE, f"/bench/{n}", (_wave(moves / RATE, n),)) for n in range(ARMED)]
            moves += 1
        began = time.perf_counter()
        state = tick(patch, state, events, Moment(index, now)).state
        times.append((time.perf_counter() - began) * 1000)
        events = []
    end = Event(SECONDS, "/automation/record", (0,))
    state = tick(patch, state, [end], Moment(frames, SECONDS)).state
    return times, sum(len(lanes.playing.keys) for lanes in state.automation.fresh.values())


def _wave(seconds: float, number: int) -> float:
    """A hand that goes to and fro, each at a speed of its own, in steps of a 7-bit controller."""
    return round((0.5 + 0.5 * math.sin(seconds * (1 + number / 7))) * 127) / 127
