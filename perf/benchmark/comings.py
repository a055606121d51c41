"""Long play of the stage by itself: layers come and go, decks are crossed, a film loops, a shader is edited, and no
frame may wait.

A real headless show; in the sampler's place a thread gives test pictures, so that no model takes time of the processor.
"""

import random
import tempfile
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

from perf.benchmark import vj
from perf.benchmark.live import Watched, options, silent
from perf.benchmark.plain import PlainSampler
from perf.benchmark.row import Row, percentile
from perf.benchmark.soak import regression
from perf.core.event import Event, Value
from perf.core.frame import Frame
from perf.ports.library import shipped
from perf.ports.meters import memory_mb

SIZE = (640, 360)  # at which two cores draw the patch at a show's pace; at 1280×720 its every frame takes 100 ms
SETTLED = 5.0  # seconds that are not counted: the first frames, the first use of each layer
EDITED = "halftone"  # the shader that is edited while it plays: a constant of it, which no driver knows
CONSTANT = "tone * 0.55"
EVERY = 10.0  # seconds between two edits
RATE = 8  # moves a second
KNOWN = 0.4  # of the time, after which memory counts: each way to draw takes some once, and by then all were seen
MOVES: tuple[tuple[str, tuple[Value, Value]], ...] = (
    ("/layer/1/mute", (True, False)),
    ("/layer/2/opacity", (0.0, 1.0)),
    ("/layer/2/deck", ("a", "none")),
    ("/layer/3/mute", (True, False)),
    ("/layer/3/deck", ("b", "none")),
    ("/layer/4/opacity", (0.0, 0.5)),
    ("/layer/5/mute", (True, False)),
    ("/layer/5/speed", (-1.0, 1.0)),
    ("/deck/crossfade", (0.5, 0.0)),
)


@dataclass(slots=True)
class Play:
    """What was seen: when each frame was presented and the reloads were done (s), memory (MB) and its minutes.

    Arrays, because a list's numbers, one here and one there, would keep memory that is measured.
    """

    frames: "array[float]" = field(default_factory=lambda: array("d"))
    reloads: "array[float]" = field(default_factory=lambda: array("d"))
    minutes: "array[float]" = field(default_factory=lambda: array("d"))
    memory: "array[float]" = field(default_factory=lambda: array("d"))

    def gaps(self) -> list[tuple[float, float]]:
        """When each frame came and how long after the one before (ms)."""
        return [(b, 1000.0 * (b - a)) for a, b in pairwise(self.frames) if a > SETTLED]

    def at_reloads(self) -> list[float]:
        """The frames in which a reloaded shader was put in place (ms)."""
        return [gap for when, gap in self.gaps() if any(when - gap / 1000.0 <= at <= when for at in self.reloads)]


class Operator:
    """Who plays: eight times a second something comes or goes, and now and then the shader is saved anew."""

    def __init__(self, folder: str, every: float, moves: bool) -> None:
        self._file = Path(folder) / f"{EDITED}.fs"
        self._text = (shipped("shaders") / self._file.name).read_text()
        assert CONSTANT in self._text
        self._file.write_text(self._text)
        self._every, self._moves = every, moves
        self._dice, self._edits, self._turn = random.Random(1), 0, 0
        self._seed = random.SystemRandom().randrange(1000)  # what an earlier bench tried a driver would still know
        self._gone: set[str] = set()
        self.play = Play()

    def look(self, show: Watched, frame: Frame) -> None:
        """After each frame."""
        now = show.clock.now()
        self.play.frames.append(now)
        if int(now * RATE) == self._turn:
            return
        self._turn = int(now * RATE)
        self.play.minutes.append(now / 60.0)
        self.play.memory.append(memory_mb())
        if self._moves and now > SETTLED / 2:
            self._move(show, now)
        if now > SETTLED + self._edits * self._every:
            self._edit()

    def _move(self, show: Watched, now: float) -> None:
        address, values = self._dice.choice(MOVES)
        self._gone ^= {address}
        show.inbox.put([Event(now, address, (values[address not in self._gone],), "bench")])

    def _edit(self) -> None:
        self._edits += 1
        constant = f"tone * 0.5{self._edits:03d}{self._seed:03d}"
        self._file.write_text(self._text.replace(CONSTANT, constant))


def played(seconds: float, every: float, *, moves: bool) -> Play:
    """A show of that length in which the shader is edited every so often."""
    with tempfile.TemporaryDirectory() as folder:
        path = vj.library(folder, looped=moves).path
        operator = Operator(folder, every, moves)
        show = Watched(replace(options(str(path), seconds), size=SIZE), silent)
        show.look = operator.look
        show.inbox.put([Event(0.0, "/master/hold", (0.0,), "bench")])  # every pixel, so that what is measured stays
        show.sampler.close()
        sampler = PlainSampler((vj.SIDE, vj.SIDE), vj.test_pictures())
        sampler.options = show.sampler.options
        show.sampler = sampler  # type: ignore[assignment]
        show._load = _noted(show, operator.play)  # type: ignore[method-assign,assignment]
        show.run()
    return operator.play


def _noted(show: Watched, play: Play) -> Callable[[object], None]:
    """The show's loading of a shader, noting when one has changed."""
    load, seen = show._load, dict[str, object]()

    def noting(shader: object) -> None:
        before = seen.get(shader.name)  # type: ignore[attr-defined]
        load(shader)
        seen[shader.name] = shader  # type: ignore[attr-defined]
        if before is not None and before != shader:
            play.reloads.append(show.clock.now())

    return noting


def bench_comings(minutes: float) -> Row:
    """Times between frames and memory while layers come and go and a shader is edited."""
    play = played(minutes * 60.0, EVERY, moves=True)
    gaps = [gap for _, gap in play.gaps()]
    median, p99, longest = percentile(gaps, 0.5), percentile(gaps, 0.99), max(gaps)
    kept = [row for row in zip(play.minutes, play.memory, strict=True) if row[0] > KNOWN * minutes]
    slope, error = regression(kept)
    over = sum(gap > 100.0 for gap in gaps)
    found = (
        f"median {median:.0f} ms, p99 {p99:.0f} ms (× {p99 / median:.2f}), longest {longest:.0f} ms, "
        f"{over} over 100 ms of {len(gaps)}, {len(play.reloads)} reloads; memory, the first {KNOWN:.0%} not "
        f"counted, {slope:+.2f} ± {2 * error:.2f} MB/min (95 %) at {play.memory[-1]:.0f} MB"
    )
    figures = {
        "median_ms": median, "p99_ms": p99, "longest_ms": longest, "over": over, "frames": len(gaps),
        "reloads": len(play.reloads), "slope_mb_min": slope, "standard_error": error, "minutes": minutes,
    }  # fmt: skip
    met = p99 <= 2 * median and longest <= 100.0 and slope - 2 * error <= 0.0
    what = (
        f"{minutes:g} minutes of the same patch at 640×360, layers, mutes and decks coming and going, {RATE} moves "
        f"a second, a film looping, `{EDITED}` edited every {EVERY:g} s; test pictures from a thread, no model"
    )
    return Row(what, found, "p99 ≤ 2 × median, no frame > 100 ms, memory flat", met, figures)


def bench_reload(seconds: float = 30.0) -> Row:
    """The frames in which an edited shader comes, against the others."""
    play = played(seconds, 4.0, moves=False)
    median, there = percentile([gap for _, gap in play.gaps()], 0.5), play.at_reloads()
    longest, around = max(there, default=float("nan")), max(gap for _, gap in play.gaps())
    found = (
        f"the longest of {len(there)} frames with a reload {longest:.0f} ms, of all {around:.0f} ms, "
        f"median {median:.0f} ms: × {longest / median:.2f}"
    )
    figures = {"reload_ms": longest, "longest_ms": around, "median_ms": median, "reloads": len(there)}
    what = f"`{EDITED}` edited every 4 s while the same patch plays at 640×360, each time as no driver has seen it"
    return Row(what, found, "no frame waits (≤ 2 × median)", longest <= 2 * median, figures)
