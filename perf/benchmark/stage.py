"""The stage alone: how many frames a second it draws, and what it costs over a plain loop that draws the same."""

import tempfile
import time
from collections.abc import Callable, Iterator

from perf.benchmark import vj
from perf.benchmark.bare import Bare
from perf.benchmark.row import Row, percentile
from perf.core.frame import Frame
from perf.core.moment import Moment
from perf.core.patch import Patch
from perf.core.state import State
from perf.core.tick import tick
from perf.gl.compositor import Compositor
from perf.gl.headless import Headless
from perf.gl.stage import StageOptions
from perf.gl.target import Size
from perf.ports.library import Library

HD, FULL = (1280, 720), (1920, 1080)
STEP = 1.0 / 30.0  # seconds of the show from frame to frame
ROUNDS = 3
SETTLES = 15.0  # seconds in which a live show has found how finely it can be composed

Turn = Callable[[], None]


class Ours:
    """The stage as the show has it: a tick, the compositor, off-screen."""

    def __init__(self, stage: Headless, size: Size, library: Library, patch: Patch, *, live: bool = False) -> None:
        self._patch, self._state, self.index = patch, State(transport=patch.transport), 0
        self.compositor = Compositor(stage.context, size, live=live)
        for name in patch.shaders:
            self.compositor.load(library.shader(name))
        for number in range(2):
            self.compositor.show(vj.picture(number))

    def ticked(self) -> Frame:
        """The frame that comes next."""
        result = tick(self._patch, self._state, [], Moment(self.index, self.index * STEP))
        self._state, self.index = result.state, self.index + 1
        return result.frame

    def draw(self) -> None:
        """Draw it."""
        self.compositor.draw(self.ticked())


def played(size: Size, *, live: bool = False) -> Iterator[tuple[Headless, Ours, Bare]]:
    """Both, on one context; one value, after which all is given back."""
    with tempfile.TemporaryDirectory() as folder:
        library, stage = vj.library(folder), Headless(StageOptions(size, headless=True))
        patch = library.load()
        ours = Ours(stage, size, library, patch, live=live)
        shaders = {name: library.shader(name) for name in patch.shaders}
        frame = tick(patch, State(transport=patch.transport), [], Moment(0, 0.0)).frame
        bare = Bare(stage.context, size, frame, shaders)
        bare.show(vj.picture(0), vj.picture(1))
        yield stage, ours, bare
        ours.compositor.release()
        stage.close()


def rate(stage: Headless, draw: Turn, seconds: float) -> float:
    """Frames a second, each drawn to its end; the first three are not counted."""
    for _ in range(3):
        draw()
    stage.context.finish()
    began, frames = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        draw()
        stage.context.finish()
        frames += 1
    return frames / (time.perf_counter() - began)


def bench_layers(seconds: float = 8.0) -> Row:
    """Frames a second of the stage without a sampler, at two sizes."""
    rates = {}
    for size in (HD, FULL):
        for stage, ours, _ in played(size):
            rates[size] = rate(stage, ours.draw, seconds)
    found = f"{rates[HD]:.1f} frames/s at 1280×720, {rates[FULL]:.1f} at 1920×1080"
    figures = {"frames_s": rates[HD], "frames_s_1080": rates[FULL]}
    what = f"the stage without a sampler: {vj.WORDS}"
    return Row(what, found, "≥ 30 frames/s at 1280×720", rates[HD] >= 30, figures)


def bench_held(seconds: float = 8.0) -> Row:
    """The same as a live show plays it: composed as finely as `/master/hold` lets it, and enlarged."""
    for stage, ours, _ in played(HD, live=True):

        def draw(stage: Headless = stage, ours: Ours = ours) -> None:
            began = time.perf_counter()
            ours.draw()
            stage.context.finish()
            ours.compositor.took(time.perf_counter() - began, 0.0)

        rate(stage, draw, SETTLES)
        frames, share = rate(stage, draw, seconds), ours.compositor.share
    found = f"{frames:.1f} frames/s, composed at {share:.0%} of its sides"
    figures = {"frames_s": frames, "share": share}
    what = "the same as it is played live, where it may be composed smaller and enlarged"
    return Row(what, found, "≥ 30 frames/s at 1280×720", frames >= 30, figures)


def bench_bare(seconds: float = 4.0) -> Row:
    """The same work with and without the stage, in turn."""
    pairs = []
    for stage, ours, bare in played(HD):
        index = iter(range(1_000_000))

        def plain(bare: Bare = bare, index: Iterator[int] = index) -> None:
            now = next(index) * STEP
            bare.draw(Moment(0, now, now * 2.1, now * 2.1, 0, 126.0))

        for _ in range(ROUNDS):
            pairs.append((rate(stage, ours.draw, seconds), rate(stage, plain, seconds)))
    cost = percentile([b / a - 1.0 for a, b in pairs], 0.5)
    own, other = (percentile([pair[i] for pair in pairs], 0.5) for i in (0, 1))
    found = f"{own:.1f} against {other:.1f} frames/s: {100 * cost:+.1f} % a frame (median of {ROUNDS} rounds in turn)"
    figures = {"ours": own, "bare": other, "cost": cost}
    what = "the same against a plain moderngl loop, written by hand, that draws the same"
    return Row(what, found, "≤ 15 % more a frame", cost <= 0.15, figures)
