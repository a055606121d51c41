"""The timeline's figures: a large score ticked and sought, and where a step of it is seen in a real show."""

import tempfile
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from perf.benchmark.live import Watched, options, silent
from perf.benchmark.row import Row, percentile
from perf.core.event import Event
from perf.core.frame import Delays, Frame
from perf.core.moment import Moment
from perf.core.patch import Patch
from perf.core.state import State
from perf.core.tick import tick
from perf.ports.library import Library
from perf.wire.patch import parse

TRACKS, KEYS = 300, 1000
EASES = ("linear", "in-out-sine", "spline", "hold", "out-cubic")
DELAYS = Delays(0.02, 0.12, 0.08)  # seconds: of a stage and a sampler on two cores
LEVEL = 60.0  # of 255, in the mean of the picture: between its dark and its bright half
SWAP = 8.0  # beats in one loop of the score that is looked at


def score(tracks: int = TRACKS, keys: int = KEYS) -> str:
    """A patch whose `tracks` have `keys` keys each, over the parameters that there are."""
    table = [param for param in Patch().table.values() if param.kind == "float" and param.access == "rw"]
    table = [param for param in table if param.address != "/transport/tempo"]  # a tempo track cannot loop
    rows = []
    for n in range(tracks):
        param = table[n % len(table)]
        places = range(keys)
        span = param.maximum - param.minimum
        points = (f'[{at}, {param.minimum + span * (at * 7 % 11) / 10}, "{EASES[at % 5]}"]' for at in places)
        rows.append(f'[[track]]\naddress = "{param.address}"\nloop = {keys}\nkeys = [{", ".join(points)}]\n')
    return "\n".join(rows)


def bench_score() -> Row:
    """Load, tick and seek a score of 300 tracks with 1,000 keys each."""
    text = score()
    began = time.perf_counter()
    patch = parse(text, Library(Path("score.toml")).spec)
    load = time.perf_counter() - began
    ticks, seeks = _ticks(patch, Delays())
    shown, _ = _ticks(patch, DELAYS)
    tick_ms, seek_ms, shown_ms = percentile(ticks, 0.5), percentile(seeks, 0.99), percentile(shown, 0.5)
    found = (
        f"tick {tick_ms:.3f} ms (p99 {percentile(ticks, 0.99):.3f}), seek {seek_ms:.3f} ms p99, load {load:.2f} s; "
        f"a show's tick, which reads the score at four moments, {shown_ms:.3f} ms"
    )
    figures = {"tick_ms": tick_ms, "show_tick_ms": shown_ms, "seek_p99_ms": seek_ms, "load_s": load}
    met = tick_ms <= 0.5 and seek_ms <= 5 and load <= 1
    return Row(f"{TRACKS} tracks × {KEYS:,} keys", found, "tick ≤ 0.5 ms, seek ≤ 5 ms, load ≤ 1 s", met, figures)


def _ticks(patch: Patch, delays: Delays) -> tuple[list[float], list[float]]:
    """Milliseconds of ticks, and of those with a seek, one in four."""
    state = State(transport=patch.transport)
    ticks: list[float] = []
    seeks: list[float] = []
    for index in range(1000):
        events = [Event(index / 60, "/transport/seek", (float(index * 37 % KEYS),))] if index % 4 == 0 else []
        began = time.perf_counter()
        state = tick(patch, state, events, Moment(index, index / 60), delays).state
        (seeks if events else ticks).append((time.perf_counter() - began) * 1000)
    return ticks, seeks


STEPPED = """
name = "steps"
[model]
size = [256, 256]
[stage]
size = [1280, 720]
fps = 60
[clock]
tempo = 120
[params]
"/prompt/1/text" = "mountains at dusk in rose"
"/sampler/noise" = "fixed"
"/sampler/rate" = 15
"/sampler/skip" = 0.85
"/source/kind" = "colour"
"/source/colour" = "#ffffff"
[[track]]
address = "{address}"
loop = 8
keys = [[0, {dark}, "hold"], [4, {bright}, "hold"]]
"""


SETTLED = 4.0  # seconds after which the first image has come in, and delays are known


class Watcher:
    """Notes, for each step of the score, how long after its beat the picture has changed by half."""

    def __init__(self, steps: int) -> None:
        self.offsets: list[float] = []
        self.frames: list[float] = []
        self._steps, self._last, self._first = steps, float("nan"), 0.0

    def look(self, show: Watched, frame: Frame) -> None:
        """After each frame, when it is presented: has the mean of the picture crossed the middle?"""
        _, _, pixels = show.compositor.thumbnail(32)
        level, now = sum(pixels) / len(pixels), show.clock.now()
        self.frames.append(now)
        beat = show.state.transport.place(0, now).beat
        self._first = self._first or (now if show.rig.meters.newest else 0.0)
        if (level - LEVEL) * (self._last - LEVEL) < 0 and self._first and now > self._first + SETTLED:
            line = round(beat / (SWAP / 2)) * SWAP / 2
            self.offsets.append((beat - line) * 60.0 / show.state.transport.tempo)
        self._last = level
        if len(self.offsets) >= self._steps:
            show.stopping = True


def stepped(address: str, dark: str, bright: str, steps: int) -> tuple[list[float], float]:
    """(seconds by which each step is seen after its beat, seconds a display frame)."""
    watcher = Watcher(steps)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "steps.toml"
        path.write_text(STEPPED.format(address=address, dark=dark, bright=bright))
        show = Watched(options(str(path), 25 + steps * SWAP / 4), silent)
        show.look = watcher.look
        show.run()
    return watcher.offsets, percentile([b - a for a, b in pairwise(watcher.frames)], 0.5)


def bench_steps(steps: int = 24) -> Row:
    """A step track on the beat, for a parameter of the stage and one of the sampler: when is it seen?"""
    stage, frame = stepped("/master/opacity", "0.1", "1.0", steps)
    sampler, _ = stepped("/source/kind", '"black"', '"colour"', steps)
    means = [sum(offsets) / max(len(offsets), 1) for offsets in (stage, sampler)]
    runs = zip((stage, sampler), means, strict=True)
    spreads = [percentile([abs(o - mean) for o in offsets], 0.9) for offsets, mean in runs]
    found = (
        f"stage {means[0] * 1000:+.0f} ± {spreads[0] * 1000:.0f} ms, sampler {means[1] * 1000:+.0f} ± "
        f"{spreads[1] * 1000:.0f} ms (n = {len(stage)}, {len(sampler)}; a frame is {frame * 1000:.0f} ms)"
    )
    figures = {"stage_ms": means[0] * 1000, "sampler_ms": means[1] * 1000, "frame_ms": frame * 1000}
    met = bool(stage and sampler) and max(map(abs, means)) <= frame
    what = "a step on the beat, seen in the picture: after its beat by (mean, 90 % within)"
    return Row(what, found, "mean ≤ 1 display frame, both", met, figures)


LOADED = """
name = "loaded"
[model]
size = [256, 256]
[stage]
size = [320, 180]
fps = 60
[clock]
tempo = 137
[params]
"/prompt/1/text" = "mountains at dusk in rose"
"/sampler/rate" = 120
"""
BEGUN = 10.0  # seconds after which threads have been tried out, and delays are known
FLOOD = 17  # events a frame, beside the score's: about 1,000 a second
STRUCK = """
[[track]]
address = "/master/opacity"
steps = [0.5, 1.0]
step = 0.5
"""


class Strikes:
    """Notes, for each step of a track, how long after its beat the frame is drawn that shows it."""

    def __init__(self, events: int) -> None:
        self.errors: list[float] = []
        self.frames: list[float] = []
        self._events, self._last = events, 0.0

    def look(self, show: Watched, frame: Frame) -> None:
        """After each frame."""
        now = show.clock.now()
        self.frames.append(now)
        show.inbox.put([Event(now, "/camera/roll", (n / FLOOD,), "bench") for n in range(FLOOD)])
        if frame.opacity != self._last and show.rig.meters.newest and now > BEGUN:
            line = round(show.state.transport.place(0, now).beat * 2) / 2
            self.errors.append(now - show.state.transport.when(line))
        self._last = frame.opacity
        if len(self.errors) >= self._events:
            show.stopping = True


def bench_jitter(events: int = 200) -> Row:
    """Steps of a track against the clock at 60 frames/s: 300 tracks, a sampler that never rests, 1,000 events/s."""
    strikes = Strikes(events)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "loaded.toml"
        path.write_text(LOADED + score(TRACKS, 50) + STRUCK)
        show = Watched(replace(options(str(path), 12 + events), fps=60.0), silent)
        show.look = strikes.look
        show.run()
    away = [abs(error) * 1000 for error in strikes.errors]
    interval = percentile([b - a for a, b in pairwise(strikes.frames)], 0.5) * 1000
    p99 = percentile(away, 0.99)
    mean = sum(strikes.errors) / max(len(strikes.errors), 1) * 1000
    found = f"{mean:+.1f} ms in the mean, p99 {p99:.1f} ms away (n = {len(away)}; a frame is {interval:.1f} ms)"
    load = "320×180 at 60 frames/s, 300 tracks, a sampler that never rests, 1,000 events/s"
    what = f"steps of a track against the clock: {load}"
    return Row(what, found, "p99 ≤ half a frame", bool(away) and p99 <= interval / 2, {"p99_ms": p99, "mean_ms": mean})
