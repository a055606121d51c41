"""What a render draws on and writes to: the film, and with `--stems` each layer, or group of them, by itself.

Part of the composition root. A stem has a compositor of its own, so the film has the same frames with stems and
without. Laid over one another in their order, stems of blend normal are the film.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from perf.core.frame import Frame, Job
from perf.core.layers import alone
from perf.core.patch import Patch
from perf.core.picture import Picture
from perf.errors import DeviceError
from perf.gl.compositor import UNDATED, Compositor, since
from perf.gl.stage import StageOptions, open_stage
from perf.options import RenderOptions
from perf.ports.film import Film, FilmOptions, FilmReport
from perf.ports.film_chapters import scene
from perf.ports.film_writers import is_folder
from perf.ports.media import Projector
from perf.score import Score

QUALITY = 19  # x264's CRF: 48 dB, as 17 has with what films do without (`ports.film_writers`), a tenth more bits


@dataclass(frozen=True, slots=True)
class Cut:
    """One film in the making; `number` is its layer's, 0 for all of them."""

    number: int
    path: Path
    compositor: Compositor
    film: Film


class Reel:
    """The films of one render, from frame `begin` on. `digest` is a chain: sha256(digest before + the film's frame)."""

    def __init__(self, options: RenderOptions, score: Score, metadata: Mapping[str, object], begin: int = 0) -> None:
        self.size = options.size or score.patch.size
        self.stage = open_stage(StageOptions(self.size, headless=True))
        self.digest = b""
        self._score, self._cuts, self._alpha = score, list[Cut](), options.alpha
        self.projector = Projector(score.patch.films, score.library.path.parent, self.size)
        film = FilmOptions(metadata=metadata, quality=QUALITY, parts=True, begin=begin)
        self._open(0, options.output, replace(film, codec=options.codec, alpha=options.alpha, sound=score.sound))
        for number, path in stems(options, score.patch).items():
            self._open(number, path, replace(film, alpha=True))

    def _open(self, number: int, path: Path, options: FilmOptions) -> None:
        dated = since(self._score.began) if self._score.began else UNDATED
        compositor = Compositor(self.stage.context, self.size, dated)
        for name in self._score.patch.shaders:
            compositor.load(self._score.library.shader(name))
        self._cuts.append(Cut(number, path, compositor, Film(path, self.size, self._score.fps, options)))

    @property
    def stems(self) -> dict[int, Path]:
        """The layers' films by their numbers."""
        return {cut.number: cut.path for cut in self._cuts if cut.number}

    def show(self, picture: Picture, source: str = "sampler") -> None:
        """Take a sampler's newest picture, for layers of that source."""
        for cut in self._cuts:
            cut.compositor.show(picture, source)

    def passed(self, index: int, job: Job) -> None:
        """A frame that is there already, and what its picture was asked to be."""
        for cut in self._cuts:
            cut.film.passed(index, scene(job.prompts, job.seed))

    def add(self, frame: Frame, job: Job) -> None:
        """Draw a frame, of a picture that was asked for by `job`, and write it. Raises DeviceError when it cannot."""
        track, shots, whole = self._score.track, self.projector.shots(frame), self._cuts[0].compositor
        for cut in reversed(self._cuts):  # the film last: the stems' source `stage` is that of the frame before
            cut.compositor.film(shots)
            if track is not None and cut.compositor.listens:
                cut.compositor.hear(track.window(frame.moment.seconds, frame.values))
            if not cut.number:
                cut.compositor.draw(frame)
                pixels = cut.compositor.read_cut() if self._alpha else bytes(cut.compositor.read())
                self.digest = hashlib.sha256(self.digest + pixels).digest()
            else:
                cut.compositor.draw(replace(frame, layers=alone(frame.layers, cut.number)), whole)
                pixels = cut.compositor.read_cut()
            if not cut.film.put(pixels, scene(job.prompts, job.seed)):
                raise DeviceError(cut.film.failure)

    def saved(self) -> dict[str, Any]:
        """What the next frame needs. Raises DeviceError when one before it cannot be written."""
        for cut in self._cuts:
            if not cut.film.settle():
                raise DeviceError(cut.film.failure)
        return {"digest": self.digest, "cuts": [cut.compositor.saved() for cut in self._cuts]}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Go on from there."""
        self.digest = saved["digest"]
        for cut, kept in zip(self._cuts, saved["cuts"], strict=True):
            cut.compositor.restore(kept)

    def close(self, finished: bool, beside: Callable[[], None]) -> FilmReport:
        """Finish the films and write what lies `beside` them, or leave them to be gone on with: all of them, if one of
        all that cannot be finished. Says what became of the film."""
        films, refused = [cut.film for cut in self._cuts], ""
        finished = finished and all(film.join() for film in films) and all(film.place() for film in films)
        try:
            if finished:
                beside()
        except DeviceError as error:
            finished, refused = False, str(error)
        reports = [film.close() if finished else film.leave() for film in films]
        for cut in self._cuts:
            cut.compositor.release()
        self.stage.close()
        self.projector.close()
        failure = next((report.failure for report in reports if report.failure), refused)
        return replace(reports[0], failure=failure)


def stems(options: RenderOptions, patch: Patch) -> dict[int, Path]:
    """Where the layers' films are to lie, by their numbers; none where they were not asked for."""
    layers = enumerate(patch.layers, 1) if options.stems else ()
    return {number: _stem(options.output, number, layer.source) for number, layer in layers if not layer.group}


def _stem(film: Path, number: int, source: str) -> Path:
    """FILM.1-sampler.mov: ProRes 4444 beside .mp4 and .mov, FFV1 beside .mkv; FOLDER-1-sampler beside a folder."""
    if is_folder(film):
        return film.with_name(f"{film.name}-{number}-{Path(source.replace(':', '-')).name}")
    suffix = ".mkv" if film.suffix.lower() == ".mkv" else ".mov"
    return film.with_name(f"{film.stem}.{number}-{Path(source.replace(':', '-')).name}{suffix}")
