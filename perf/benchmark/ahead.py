"""What rendering ahead gives and costs: frames from GO to the picture, and images that the programme goes without."""

import socket
import tempfile
from itertools import pairwise, product
from pathlib import Path
from typing import Any

from perf.benchmark.live import Watched, options, silent
from perf.benchmark.row import Row, percentile
from perf.core.event import Event
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
SPELL = 6.0  # seconds
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


class Spells:
    """Gives the preview its share and takes it away, by turns, and counts the images of both."""

    def __init__(self, pairs: int, share: float) -> None:
        self.seconds, self.images, self.previews = [0.0, 0.0], [0, 0], [0, 0]
        self._left, self._share = 2 * pairs + 1, share
        self._since = (0.0, 0, 0)

    def look(self, show: Watched, frame: Frame) -> None:
        """After each frame: is a spell over?"""
        status, now = show.sampler.status(), show.clock.now()
        if not status.images or now < self._since[0] + SPELL:
            return
        began, images, previews = self._since
        self._since, kind = (now, status.images, status.previews), self._left % 2
        if began:
            self.seconds[kind] += now - began
            self.images[kind] += status.images - images
            self.previews[kind] += status.previews - previews
        self._left -= 1
        share = self._share if self._left % 2 else 0.0
        show.inbox.put([Event(now, "/preview/share", (share,), "bench")])
        show.stopping = self._left < 0


def bench_share(pairs: int = 10) -> Row:
    """What it costs where nothing is left over, at its dearest: with feedback, which is begun again every second."""
    spells = Spells(pairs, 0.05)
    played(spells.look, 30 + pairs * SPELL * 2.2, rate=120, source="feedback", noise="travel", share=0.0)
    without, within = (
        images / max(seconds, 1e-9) for images, seconds in zip(spells.images, spells.seconds, strict=True)
    )
    part = spells.previews[1] / max(spells.previews[1] + spells.images[1], 1)
    found = (
        f"{part:.1%} of the images are previews; {within:.1f} images/s against {without:.1f} "
        f"({within / max(without, 1e-9) - 1:+.1%}, {pairs} spells of {SPELL:g} s each, in turn)"
    )
    what = "a sampler that is never idle, /preview/share 0.05: what the programme goes without"
    figures = {"share": part, "with": within, "without": without}
    return Row(what, found, "≤ 6 % of the images", 0 < part <= 0.06, figures)
