"""The show's figures, from a real show: headless 1280×720, the embedded model in its own process, real sockets."""

import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from threading import Event as Signal
from threading import Thread
from typing import Any

from perf.benchmark.control import free_port
from perf.benchmark.row import Row, percentile
from perf.core.frame import Frame
from perf.options import ShowOptions
from perf.show import Show
from perf.wire.osc import encode

PATCH = """
name = "bench"
[model]
size = [256, 256]
[stage]
size = [1280, 720]
fps = 60
[params]
"/master/hold" = 0.0
"/prompt/1/text" = "mountains at dusk in rose"
"/sampler/steps" = 1
"/sampler/rate" = {rate}
{params}
[[layer]]
source = "sampler"
filters = ["grade"]
"""
Message = tuple[str, tuple[float | str, ...]]
INF = float("inf")
CHANGE = 3.0  # of 255, in the mean of a thumbnail: what counts as a changed picture


def patch_file(folder: str, params: str = "", rate: int = 20) -> str:
    """Write the benchmark's patch and return its path."""
    path = Path(folder) / "bench.toml"
    path.write_text(PATCH.format(params=params, rate=rate))
    return str(path)


def options(patch: str, seconds: float) -> ShowOptions:
    """A headless show on free ports."""
    return ShowOptions(patch, headless=True, seconds=seconds, osc_port=free_port(), http_port=0)


@dataclass(slots=True)
class Marks:
    """Times (s) of display frames and of images, after the warm-up; frames that a film dropped."""

    frames: list[float] = field(default_factory=list)
    images: list[float] = field(default_factory=list)
    drops: int = 0


class Watched(Show):
    """A show that hands each frame it has presented to `look`."""

    look: Callable[["Watched", Frame], None]

    def _present(self, frame: Frame, ticked: float) -> float:
        swap = super()._present(frame, ticked)
        self.look(self, frame)
        return swap


def bench_rates(rate: int = 20, reach: int = 18, seconds: float = 20.0) -> Row:
    """Images and display frames a second, side by side, recursion on, one step; at a rate a little above the reach."""
    marks = beside(seconds, rate, None)
    images, frames = _rate(marks.images), _rate(marks.frames)
    p99 = percentile([(b - a) * 1000 for a, b in pairwise(marks.frames)], 0.99)
    found = f"{images:.1f} images/s beside {frames:.1f} frames/s (p99 between frames {p99:.0f} ms)"
    figures = {"images_s": images, "frames_s": frames, "frame_p99_ms": p99, "first_image_s": marks.images[0]}
    what = f"embedded model, 256×256, 1 step, recursion on, rate {rate}, beside the 1280×720 stage (two passes)"
    return Row(what, found, f"≥ {reach} images/s, ≥ 30 frames/s", images >= reach and frames >= 30, figures)


def bench_beside_plain(seconds: float = 12.0) -> Row:
    """The same, as fast as it goes, against a plain pipeline loop in a thread beside the same stage, in turn."""
    from perf.benchmark.plain import PlainSampler

    ours, plain = [], []
    for _ in range(3):
        ours.append(beside(seconds, 120, None))
        plain.append(beside(seconds, 120, PlainSampler((256, 256))))
    own, other = ([_rate(marks.images) for marks in rounds] for rounds in (ours, plain))
    ratio = percentile([a / b for a, b in zip(own, other, strict=True)], 0.5)
    found = (
        f"{percentile(own, 0.5):.1f} images/s (and {_rate(ours[0].frames):.0f} frames/s) against "
        f"{percentile(other, 0.5):.1f} (and {_rate(plain[0].frames):.0f}): × {ratio:.1f}, median of 3 rounds in turn"
    )
    figures = {"ours": percentile(own, 0.5), "plain": percentile(other, 0.5), "ratio": ratio}
    what = "the same without a rate, against a plain loop over the diffusers pipeline in a thread beside the same stage"
    return Row(what, found, "≥ 2 ×", ratio >= 2, figures)


def bench_film(seconds: float = 20.0) -> Row:
    """The show with and without a film of it being recorded (1280×720, 30 frames/s), in turn."""
    without, within = [], []
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(3):
            without.append(beside(seconds, 20, None))
            within.append(beside(seconds, 20, None, f"{folder}/{turn}.mp4"))
    frames = [_rate(a.frames) / _rate(b.frames) for a, b in zip(within, without, strict=True)]
    images = [_rate(a.images) / _rate(b.images) for a, b in zip(within, without, strict=True)]
    ratio, share = percentile(frames, 0.5), percentile(images, 0.5)
    drops = sum(marks.drops for marks in within) / sum(marks.images[-1] for marks in within)
    found = (
        f"{percentile([_rate(m.frames) for m in within], 0.5):.1f} frames/s, × {ratio:.2f}; images/s × {share:.2f}; "
        f"{drops:.2f} drops/s (median of 3 rounds in turn)"
    )
    figures = {"frames_ratio": ratio, "images_ratio": share, "drops_s": drops}
    what = "recording 1280×720 at 30 frames/s beside the show, against not recording"
    return Row(what, found, "≤ 10 % fewer frames/s", ratio >= 0.9, figures)


def beside(seconds: float, rate: int, sampler: Any, film: str = "") -> Marks:
    """Times of frames and images of a show; `sampler` takes the place of the sampler process."""
    marks, seen = Marks(), [0.0]

    def look(show: Watched, frame: Frame) -> None:
        newest = show.rig.meters.newest
        if newest and newest != seen[0]:
            marks.images.append(newest)
            seen[0] = newest
        if marks.images:
            marks.frames.append(show.clock.now())
        if show.rig.outlets.film is not None:
            marks.drops = show.rig.outlets.drops

    with tempfile.TemporaryDirectory() as folder:
        patch = patch_file(folder, rate=rate)
        show = Watched(replace(options(patch, seconds + 8), record=film), silent)
        show.look = look
        if sampler is not None:
            show.sampler.close()
            show.sampler = sampler
        show.run()
    return marks


def _rate(times: list[float]) -> float:
    """Happenings a second, without the first two seconds."""
    kept = [t for t in times if t > times[0] + 2.0]
    return (len(kept) - 1) / (kept[-1] - kept[0])


def silent(line: str) -> None:
    """Nobody reads the status line of a benchmark."""


STILL = '"/sampler/noise" = "fixed"\n'
SAMPLER_PARAMS = STILL + '"/source/kind" = "colour"\n"/sampler/skip" = 0.85\n"/source/colour" = "#ffffff"'


def bench_start() -> Row:
    """From the command to the first frame and to the first sampled image, a process of its own."""
    command = [sys.executable, "-m", "perf", "play", "--headless", "--osc-port", "0", "--http-port", "0"]
    began, marks = time.perf_counter(), {"frame": 0.0, "image": 0.0}
    process = subprocess.Popen([*command, "--seconds", "30"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        found = re.match(r"first (frame|image)", line)
        if found:
            marks[found[1]] = time.perf_counter() - began
        if marks["image"]:
            break
    process.send_signal(signal.SIGINT)
    process.communicate()
    what = f"first frame after {marks['frame']:.2f} s, first sampled image after {marks['image']:.1f} s"
    met = 0 < marks["frame"] <= 1.5 and 0 < marks["image"] <= 10
    return Row("start of `retrograde play`", what, "≤ 1.5 s, ≤ 10 s", met, {f"{k}_s": v for k, v in marks.items()})


def bench_stage_latency(trials: int = 60) -> Row:
    """From the socket to the changed pixel, a parameter of the stage."""
    values: list[Message] = [("/master/opacity", (1.0, 0.0)), ("/master/opacity", (0.3, 0.0))]
    delays, frame_ms, _ = _latencies(STILL, values, trials, rate=15)
    p95 = percentile(delays, 0.95)
    found = f"p95 {p95:.1f} ms = {p95 / frame_ms:.2f} display frames of {frame_ms:.1f} ms (n = {len(delays)})"
    figures = {"p95_ms": p95, "median_ms": percentile(delays, 0.5), "frame_ms": frame_ms, "n": len(delays)}
    return Row(
        "OSC to picture, a stage parameter, at 15 images/s",
        found,
        "p95 ≤ 2 display frames",
        p95 <= 2 * frame_ms,
        figures,
    )


def bench_sampler_latency(trials: int = 60) -> Row:
    """From the socket to the changed pixel, a parameter of the sampler (the whole way: encode, step, decode)."""
    values: list[Message] = [("/source/kind", ("colour",)), ("/source/kind", ("black",))]
    delays, frame_ms, period_ms = _latencies(SAMPLER_PARAMS, values, trials, rate=15)
    p95, reach = percentile(delays, 0.95), 2 * period_ms + frame_ms
    found = f"p95 {p95:.0f} ms; 2 periods of {period_ms:.0f} ms + 1 frame of {frame_ms:.0f} ms = {reach:.0f} ms"
    figures = {"p95_ms": p95, "median_ms": percentile(delays, 0.5), "period_ms": period_ms, "n": len(delays)}
    met = p95 <= reach
    return Row(
        "OSC to picture, a sampler parameter, at 15 images/s", found, "p95 ≤ 2 sampler periods + 1 frame", met, figures
    )


class Prober:
    """Sends one change at a random phase, waits for the picture to change, and so on."""

    def __init__(self, values: list[Message], trials: int) -> None:
        self.delays: list[float] = []
        self.frames: list[float] = []
        self.images: list[float] = []
        self._values, self._trials = values, trials
        self._sent, self._before, self._settled = 0.0, 0.0, 0
        self._go, self._done = Signal(), Signal()

    def look(self, show: Watched, frame: Frame) -> None:
        """After each frame: has the picture changed since the last message?"""
        now = time.perf_counter()
        self.frames.append(now)
        newest = show.rig.meters.newest
        if newest and (not self.images or newest != self.images[-1]):
            self.images.append(newest)
        level = self._level(show)
        if 0 < self._sent < INF and abs(level - self._before) > CHANGE:
            self.delays.append((time.perf_counter() - self._sent) * 1000)
            self._sent, self._settled = 0.0, 0
        elif not self._sent:
            self._wait(show, level)
        if len(self.delays) >= self._trials:
            self._done.set()
            show.stopping = True

    def finish(self) -> None:
        """No more trials."""
        self._done.set()

    def _wait(self, show: Watched, level: float) -> None:
        """Let the picture come to rest for a while, then ask for the next message."""
        still = abs(level - self._before) < CHANGE / 4
        self._settled = self._settled + 1 if still and len(self.images) > 5 else 0
        self._before = level
        if self._settled > 40:
            self._port = show.rig.osc.port
            self._sent = INF
            self._go.set()

    def _level(self, show: Watched) -> float:
        _, _, pixels = show.compositor.thumbnail(32)
        return sum(pixels) / len(pixels)

    def send(self) -> None:
        """The sender's thread: a message at a random moment within 50 ms of being asked."""
        out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        number, dice = 0, random.Random(1)
        while not self._done.is_set():
            if not self._go.wait(0.1):
                continue
            self._go.clear()
            self._done.wait(dice.random() * 0.05)
            number += 1
            address, args = self._values[number % len(self._values)]
            packet = encode(address, args)
            self._sent = time.perf_counter()
            out.sendto(packet, ("127.0.0.1", self._port))
        out.close()


def _latencies(params: str, values: list[Message], trials: int, rate: int = 20) -> tuple[list[float], float, float]:
    """(delays, ms a display frame, ms a sampler period)."""
    prober = Prober(values, trials)
    with tempfile.TemporaryDirectory() as folder:
        show = Watched(options(patch_file(folder, params, rate), 20 + trials * 1.2), silent)
        show.look = prober.look
        sender = Thread(target=prober.send, daemon=True)
        sender.start()
        show.run()
        prober.finish()
        sender.join()
    return prober.delays, _mean_gap(prober.frames), _mean_gap(prober.images)


def _mean_gap(times: list[float]) -> float:
    return (times[-1] - times[0]) * 1000 / max(len(times) - 1, 1) if times else float("nan")
