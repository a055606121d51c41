"""Rendering: the show's tick with a clock that does not wait and the engine in step. The same frames twice.

Part of the composition root, beside `show`; imports torch, which a show must not.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from perf.core.event import Event
from perf.core.moment import Moment
from perf.core.state import State
from perf.core.tick import tick
from perf.diffusion.engine import Engine
from perf.diffusion.family import load
from perf.diffusion.guide import load_guide
from perf.errors import UsageError
from perf.gl.compositor import Compositor
from perf.gl.stage import StageOptions, open_stage
from perf.options import ShowOptions
from perf.ports.clock import OfflineClock
from perf.ports.film import Film, FilmOptions, FilmReport
from perf.ports.library import Library, find_patch
from perf.ports.take import read_take
from perf.worker.instep import InStep

TAIL = 2.0  # seconds that a take plays on after its last event
LENGTH = 16.0  # beats of a patch whose tracks do not say how long it is


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """What `retrograde render` was asked for. Empty, None and 0 mean: as the patch or the take says."""

    patch: str
    output: Path
    take: str = ""
    seconds: float = 0.0
    beats: float = 0.0
    fps: float = 30.0
    size: tuple[int, int] | None = None
    steps: int = 0
    seed: float | None = None
    model: str = ""
    device: str = "auto"


class Render:
    """One film. Iterate over `frames` to make it, then `close`."""

    def __init__(self, options: RenderOptions) -> None:
        self.options = options
        self.library = Library(find_patch(options.patch), options.model)
        self.patch = self.library.load()
        self.notes: list[str] = []
        self.events = self._events()
        self.size = options.size or self.patch.size
        self.clock = OfflineClock(options.fps, self._length())
        asked = ShowOptions(model=options.model, device=options.device).sampler_of(self.patch)
        family = load(asked.model, asked.device, asked.loras)
        self.notes += family.notes
        self.engine = Engine(family, load_guide(asked.model, asked.device))
        self.sampler = InStep(self.engine)
        self.stage = open_stage(StageOptions(self.size, headless=True))
        self.compositor = Compositor(self.stage.context, self.size)
        for name in self.patch.shaders:
            self.compositor.load(self.library.shader(name))
        metadata = {"patch": self.patch.name, "patch_sha256": self.patch.digest, "model": Path(asked.model).name}
        self.film = Film(options.output, self.size, options.fps, FilmOptions(metadata=metadata))

    def _events(self) -> list[tuple[float, Event]]:
        """The take's events; a take of another patch is played all the same, and said."""
        if not self.options.take:
            return []
        head, events = read_take(Path(self.options.take))
        if head.patch_sha256 != self.patch.digest:
            self.notes.append(f"{self.options.take} was played on another version of {head.patch}")
        return events

    def _length(self) -> float:
        """Seconds of the film: as asked, else the take's, else the longest track's."""
        options, patch = self.options, self.patch
        if options.seconds:
            return options.seconds
        if self.events and not options.beats:
            return self.events[-1][0] + TAIL
        beats = options.beats or patch.timeline.beats(patch.meter, patch.tempo) or LENGTH
        return patch.transport.sought(0.0, beats).position

    def frames(self) -> Iterator[int]:
        """Make the film, a frame a step. Raises UsageError when it cannot be written on."""
        state = State(transport=self.patch.transport)
        waiting = iter([*self.events, (float("inf"), Event(0.0, ""))])
        coming = next(waiting)
        for index, seconds in self.clock.frames():
            due: list[Event] = []
            while coming[0] <= seconds:
                due.append(coming[1])
                coming = next(waiting)
            state = self._frame(state, due, Moment(index, seconds))
            if not self.film.put(self.compositor.read()):
                raise UsageError(f"{self.options.output}: the film ends here: {self.film.failure}")
            yield index

    def _frame(self, state: State, events: list[Event], moment: Moment) -> State:
        result = tick(self.patch, state, events, moment)
        job = result.frame.job
        if self.options.steps:
            job = replace(job, steps=self.options.steps)
        if self.options.seed is not None:
            job = replace(job, seed=self.options.seed)
        self.sampler.submit(job)
        picture = self.sampler.newest(moment.seconds)
        if picture is not None:
            self.compositor.show(picture)
            self.notes += [note for note in self.engine.notes if note not in self.notes]
        self.compositor.draw(result.frame)
        return result.state

    def close(self) -> FilmReport:
        """Finish the film; what was made of it stays whole when it is ended early."""
        report = self.film.close()
        self.compositor.release()
        self.stage.close()
        return report
