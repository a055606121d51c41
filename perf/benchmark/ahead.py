"""What rendering ahead gives and costs: frames from GO to the picture, and images that the programme goes without."""

import socket
import tempfile
from itertools import pairwise, product
from pathlib import Path
from typing import Any

from perf.benchmark.live import Watched, options, silent
from perf.benchmark.row import Row, percentile
from perf.core.frame import Frame
from perf.wire.osc import encode

PATCH = """
name = "ahead"
[model]
size = [256, 256]
[stage]
size = [1280, 720]
fps = 60
[params]
"/prompt/1/text" = "the sea at noon"
"/prompt/fade" = 0
"/sampler/rate" = {rate}
"/source/kind" = "{source}"
"/sampler/noise" = "{noise}"
"/preview/share" = {share}
"""
PLACES = ("mountains", "a forest", "a city", "a lake", "a desert", "an island", "a river", "a garden")
TIMES = ("at dusk", "at night", "at dawn", "in winter", "in fog", "in rain", "in autumn", "under the moon")
AFTER = 40  # frames behind a GO that are looked at
RATE = 15  # images a second at which GO is measured; the sampler has some time left over


def cues(rows: int = 64) -> str:
    """Cues whose prompts have nothing to do with one another."""
    texts = [f"{place} {time}" for time, place in product(TIMES, PLACES)]
    return "".join(f'[[cue]]\nname = "{n}"\nvalues = {{ "/prompt/1/text" = "{texts[n]}" }}\n' for n in range(rows))


class Goer:
    """Fires cues, by turns the one that was rendered ahead and another one, and counts frames until their pictures."""

    def __init__(self, trials: int) -> None:
        self.ready: list[int] = []
        self.cold: list[int] = []
        self.frames: list[float] = []
        self._trials, self._out = trials, socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._fired, self._sent = 0, False
        self._before, self._rows = b"", [b""] * AFTER

    def look(self, show: Watched, frame: Frame) -> None:
        """After each frame."""
        self.frames.append(show.clock.now())
        _, _, pixels = show.compositor.thumbnail(32)
        if frame.cue[1] != self._fired:
            self._fired, self._rows, self._sent = frame.cue[1], [], False
        if len(self._rows) < AFTER:
            self._rows.append(pixels)
            if len(self._rows) == AFTER:
                (self.cold if self._cold else self.ready).append(seen(self._before, self._rows))
        else:
            self._before = pixels
            if not self._sent and show.rig.meters.newest and show.sampler.bus.ready:
                self._go(show, frame)

    @property
    def _cold(self) -> bool:
        return len(self.cold) < len(self.ready)

    def _go(self, show: Watched, frame: Frame) -> None:
        if len(self.cold) >= self._trials:
            show.stopping = True
            return
        message = encode("/cue/go", (str(frame.cue[0] + 2),)) if self._cold else encode("/cue/next", (1,))
        self._out.sendto(message, ("127.0.0.1", show.rig.osc.port))
        self._sent = True


def seen(before: bytes, rows: list[bytes]) -> int:
    """How many frames there are before the first that is more like the last of them than like the one before."""
    near = (i for i, row in enumerate(rows) if _apart(row, rows[-1]) < _apart(row, before))
    return next(near, len(rows))


def _apart(one: bytes, other: bytes) -> int:
    return sum(abs(a - b) for a, b in zip(one, other, strict=True))


def played(look: Any, seconds: float, **values: object) -> Watched:
    """A show of the cues, looked at for so long at most."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ahead.toml"
        path.write_text(PATCH.format(**values) + cues())
        show = Watched(options(str(path), seconds), silent)
        show.look = look
        show.run()
    return show


def bench_go(trials: int = 16) -> Row:
    """Cues with prompts that the sampler has never seen: GO on the next one, and on one that was not rendered ahead."""
    goer = Goer(trials)
    show = played(goer.look, 25 + trials * 12, rate=RATE, source="noise", noise="fixed", share=0.05)
    ready, cold = goer.ready, goer.cold
    frame = percentile([(b - a) * 1000 for a, b in pairwise(goer.frames)], 0.5)
    mean, colder = (sum(row) / max(len(row), 1) for row in (ready, cold))
    p95, most = percentile(ready, 0.95), max(ready, default=-1)
    found = (
        f"{mean:.2f} frames (p95 {p95:.0f}, max {most}; n = {len(ready)}, {show.sampler.bus.taken} taken, a frame is "
        f"{frame:.0f} ms); a cue not rendered ahead: {colder:.1f} (p95 {percentile(cold, 0.95):.0f}, n = {len(cold)})"
    )
    figures = {"mean": mean, "p95": p95, "max": float(most), "cold_mean": colder, "n": len(ready), "frame_ms": frame}
    met = len(ready) >= trials and most <= 1
    return Row("GO on a cue rendered ahead: display frames to its picture", found, "≤ 1 display frame", met, figures)


def images(seconds: float, share: float) -> float:
    """Images a second of a sampler that is never idle, the next cue kept warm in that share of its time."""
    counts: list[tuple[float, int]] = []

    def look(show: Watched, frame: Frame) -> None:
        made = show.sampler.status().images
        if made > 20 and (not counts or made != counts[-1][1]):
            counts.append((show.clock.now(), made))

    played(look, seconds + 8, rate=120, source="feedback", noise="travel", share=share)
    (began, first), (ended, last) = counts[0], counts[-1]
    return (last - first) / (ended - began)


def bench_share(seconds: float = 12.0, rounds: int = 3) -> Row:
    """What it costs where nothing is left over, at its dearest: with feedback, which is begun again every second."""
    ratios = [images(seconds, 0.05) / images(seconds, 0.0) for _ in range(rounds)]
    ratio = percentile(ratios, 0.5)
    each = ", ".join(f"{1 - r:+.1%}" for r in ratios)
    found = f"{1 - ratio:.1%} fewer images/s (median of {rounds} rounds in turn: {each})"
    what = "a sampler that is never idle, /preview/share 0.05, against none"
    return Row(what, found, "≤ 5 % and the noise of the rounds", ratio >= 0.92, {"ratio": ratio})
