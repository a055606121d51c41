"""Rendering: the show's tick with a clock that does not wait and the engine in step. The same frames twice.

Part of the composition root, beside `show`; imports torch, which a show must not.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from perf.core.event import Event
from perf.core.frame import Job
from perf.core.performance import Performance
from perf.core.timeline import Track
from perf.diffusion.engine import Engine
from perf.diffusion.family import load
from perf.diffusion.guide import load_guide
from perf.errors import DeviceError
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
        self.sampler = InStep(self.engine, Performance(self.patch, self.events), self._altered)
        self.performance = Performance(self.patch, self.events)
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
        options, beat = self.options, 60.0 / self.patch.tempo
        if options.seconds:
            return options.seconds
        if options.beats:
            return options.beats * beat
        if self.events:
            return self.events[-1][0] + TAIL
        return max([_span(patch_track, beat) for patch_track in self.patch.timeline.tracks] or [LENGTH * beat])

    def frames(self) -> Iterator[int]:
        """Make the film, a frame a step. Raises DeviceError when it cannot be written on."""
        for index, seconds in self.clock.frames():
            self._frame(index, seconds)
            if not self.film.put(self.compositor.read()):
                raise DeviceError(f"{self.options.output}: the film ends here: {self.film.failure}")
            yield index

    def _frame(self, index: int, seconds: float) -> None:
        for picture in self.sampler.until(seconds):
            self.compositor.show(picture)
            self.notes += [note for note in self.engine.notes if note not in self.notes]
        frame = self.performance.at(index, seconds)
        job = replace(frame.job, pose=self.sampler.pose(frame.values, seconds))
        self.compositor.draw(replace(frame, job=job))

    def _altered(self, job: Job) -> Job:
        """The job with what the command line puts over the patch."""
        if self.options.steps:
            job = replace(job, steps=self.options.steps)
        return job if self.options.seed is None else replace(job, seed=self.options.seed)

    def close(self) -> FilmReport:
        """Finish the film; what was made of it stays whole when it is ended early."""
        report = self.film.close()
        self.compositor.release()
        self.stage.close()
        return report


def _span(track: Track, beat: float) -> float:
    """Seconds that a track lasts: its loop, or its last key."""
    length = track.loop or track.curve.keys[-1].at
    return length * beat if track.unit == "beats" else length
