"""Rendering: the show's tick with a clock that does not wait and the engine in step. The same frames twice.

Part of the composition root, beside `show`; imports torch, which a show must not. Every five seconds of film what
the next frame needs is kept beside it, so that an interrupted render goes on: ticks are cheap and are played again,
pictures are not.
"""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from perf.core.frame import Job
from perf.core.performance import Performance
from perf.diffusion.depth import load_depth
from perf.diffusion.engine import Engine
from perf.diffusion.family import load
from perf.diffusion.guide import load_guide
from perf.errors import DeviceError, UsageError
from perf.options import RenderOptions, ShowOptions
from perf.ports import checkpoint
from perf.ports.clock import OfflineClock
from perf.ports.film import FilmReport
from perf.ports.film_parts import frames_of, workshop
from perf.ports.media import Projector
from perf.ports.plates import LARGEST, plate
from perf.recipe import beside, differences, foreign, recipe
from perf.reel import Reel, stems
from perf.score import Score, score
from perf.wire.manifest import Manifest, encode_csv, encode_json, writable
from perf.worker.instep import InStep, second
from perf.worker.line import SamplerOptions

__all__ = ["Render", "RenderOptions"]


class Render:
    """One film. Iterate over `frames` to make it, then `close`.

    `begin` is the first frame that was still to be made, `safe` the one that the same command would go on from.
    """

    def __init__(self, options: RenderOptions) -> None:
        self.options = options
        self.score: Score = score(options)
        self.patch, self.fps = self.score.patch, self.score.fps
        self.notes = list(self.score.notes)
        self.clock = OfflineClock(self.fps, self.score.frames / self.fps)
        self.recipe = recipe(options, self.score)
        _writable(options, self.score)
        self.notes += _longer(options.output, self.score.frames)
        self._kept = self._found()
        self.begin = self.safe = int(self._kept["frame"]) if self._kept else 0
        shown = ShowOptions(model=options.model, device=options.device)
        self.engine = self._engine(asked := shown.sampler_of(self.patch), "precision")
        self.projector = Projector(self.patch.films, self.score.library.path.parent, LARGEST)
        self.samplers = {"sampler": InStep(self.engine, self._again(), self._asked)}
        if beside := shown.second_of(self.patch):
            self.samplers["second"] = InStep(
                self._engine(beside, "second_precision"), self._again(), self._altered, second
            )
        self.performance = self._again()
        self.manifest = Manifest()
        metadata = {"patch": self.patch.name, "patch_sha256": self.patch.digest, "model": Path(asked.model).name}
        self.reel = Reel(options, self.score, metadata, self.begin)
        self.finished = False

    def _engine(self, asked: SamplerOptions, precision: str) -> Engine:
        """A model's engine; the recipe gets, or has, under that name what its networks run in."""
        family = load(asked.model, asked.device, asked.loras, self._precision(precision))
        self.recipe[precision] = family.precision
        self.notes += [note for note in family.notes if note not in self.notes]
        where = family.device.type  # it may have given up the one that was asked for
        return Engine(family, load_guide(asked.model, where), load_depth(asked.model, where))

    def _again(self) -> Performance:
        """The performance from its beginning."""
        return Performance(self.patch, self.score.events)

    @property
    def _place(self) -> Path:
        """Where the checkpoint lies."""
        return workshop(self.options.output) / ".checkpoint"

    def _found(self) -> Any:
        """The checkpoint to go on from, or None. Raises UsageError when it is of another film."""
        if self.options.fresh:
            _swept(self.options.output)
            return None
        kept = checkpoint.load(self._place)
        other = list(differences(kept["recipe"], self.recipe)) if kept else []
        if other:
            words = "; ".join(other[:3]) + (f" and {len(other) - 3} more" if len(other) > 3 else "")
            raise UsageError(
                f"{self._place.parent} was begun otherwise ({words}); --fresh starts over, or give another -o"
            )
        return kept

    def _precision(self, key: str) -> torch.dtype | None:
        """What the film was begun in, or made in before; else what the device does best, which it measures."""
        name = self._kept["recipe"].get(key) if self._kept else self.options.precision
        found = getattr(torch, name, None) if name else None
        return found if isinstance(found, torch.dtype) else None

    def frames(self) -> Iterator[int]:
        """Make the film, a frame a step. Raises DeviceError when it cannot be written on."""
        part = frames_of(self.fps)
        for index, seconds in self.clock.frames():
            if index < self.begin:
                self._passed(index, seconds)
                continue
            if index == self.begin and self._kept:
                for name, sampler in self.samplers.items():
                    sampler.restore(self._kept["carries"][name])
                self.reel.restore(self._kept["reel"])
            elif index and index % part == 0:
                self._keep(index)
            self._frame(index, seconds)
            yield index
        self.finished = True

    def _passed(self, index: int, seconds: float) -> None:
        """A frame that is there already."""
        for sampler in self.samplers.values():
            sampler.skip(seconds)
        frame = self.performance.at(index, seconds)
        self._listed(frame)
        self.reel.passed(index, self._altered(frame.job))

    def _frame(self, index: int, seconds: float) -> None:
        for name, sampler in self.samplers.items():
            for picture in sampler.until(seconds):
                self.reel.show(picture, name)
        self.notes += [note for note in self.engine.notes if note not in self.notes]
        frame = self.performance.at(index, seconds)
        self._listed(frame)
        self.reel.add(replace(frame, pose=self.samplers["sampler"].pose(frame)), self._altered(frame.job))
        said = (*self.reel.projector.notes, *self.projector.notes)
        self.notes += [note for note in dict.fromkeys(said) if note not in self.notes]

    def _listed(self, frame: Any) -> None:
        if self.options.manifest:
            self.manifest.add(frame.moment, writable(self.patch.table, frame.values))

    def _keep(self, index: int) -> None:
        """What frame `index` needs of those before it, which are written by now."""
        reel, carries = self.reel.saved(), {name: sampler.saved() for name, sampler in self.samplers.items()}
        kept = {"recipe": self.recipe, "frame": index, "carries": carries, "reel": reel}
        try:
            checkpoint.save(self._place, kept)
        except OSError as error:
            words = f"cannot be written ({error.strerror}); make room, go on with the same command"
            raise DeviceError(f"{self._place}: {words}") from error
        self.safe = index

    def _altered(self, job: Job) -> Job:
        """The job with what the command line puts over the patch."""
        if self.options.steps:
            job = replace(job, steps=self.options.steps)
        return job if self.options.seed is None else replace(job, seed=self.options.seed)

    def _asked(self, job: Job) -> Job:
        """The same, with what it looks at."""
        shots = ((n, self.projector.shot(n, footage), footage.fit) for n, footage in job.footage)
        plates = tuple(plate(n, shot, fit, job.size) for n, shot, fit in shots if shot is not None)
        return replace(self._altered(job), plates=plates)

    def close(self) -> FilmReport:
        """Finish the film with what lies beside it; one that was ended early is left to be gone on with."""
        machine = str(self.reel.stage.context.info.get("GL_RENDERER", ""))
        self.projector.close()
        report = self.reel.close(self.finished, lambda: self._write_beside(machine))
        if self.finished and not report.failure:
            self._place.unlink(missing_ok=True)
        return report

    def _write_beside(self, machine: str) -> None:
        """The manifest and the recipe. Raises DeviceError when there is no room for them."""
        self._write_manifest()
        layers = self.patch.layers
        stems = [{"file": path.name, "blend": layers[n - 1].blend} for n, path in self.reel.stems.items()]
        said = {
            "retrograde_film": 1,
            "film": self.options.output.name,
            "command": self.options.command,
            "frames_sha256": self.reel.digest.hex(),
            "stems": stems,
            "stage": machine,
            "recipe": self.recipe,
        }
        _put(beside(self.options.output), json.dumps(said, ensure_ascii=False, indent=1) + "\n")

    def _write_manifest(self) -> None:
        path = self.options.manifest
        if path is not None:
            text = encode_json(self.manifest) if _is_json(path) else encode_csv(self.manifest, self.patch)
            _put(path, text)


def _put(path: Path, text: str) -> None:
    """Write a file whole or not at all. Raises DeviceError."""
    draft = path.with_name(path.name + ".new")
    try:
        draft.write_bytes(text.encode(errors="backslashreplace"))  # a name that is no UTF-8, as JSON has it
        checkpoint.publish(draft, path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        words = f"cannot be written ({error.strerror}); make room, go on with the same command"
        raise DeviceError(f"{path}: {words}") from error


def _is_json(path: Path) -> bool:
    return path.suffix.lower() == ".json"


def _writable(options: RenderOptions, score: Score) -> None:
    """Raises UsageError for a film or a manifest that would take the place of what it is made of, and for a manifest
    that could not be written when the film is there, or not without harm to it.
    """
    manifest, note, made_of = options.manifest, beside(options.output), {p.resolve() for p in score.files(options)}
    numbered = [p for p in made_of if p.parent == options.output.resolve() and re.fullmatch(r"\d{6,}\.png", p.name)]
    written = (options.output, note, *stems(options, score.patch).values(), *([manifest] if manifest else []))
    for path in (*numbered, *written):
        if path.resolve() in made_of:
            raise UsageError(f"{path}: the film is made of what lies there; give -o or --manifest another name")
    if foreign(note):
        raise UsageError(f"{note}: the film's recipe is to lie there, and something else does; give -o another name")
    if manifest is None:
        return
    if manifest.suffix.lower() not in (".json", ".csv"):
        raise UsageError(f"{manifest}: a manifest is a .json or a .csv file")
    if not manifest.parent.is_dir():
        raise UsageError(f"{manifest}: there is no folder {manifest.parent}; make it, or choose another place")
    if manifest.is_dir():
        raise UsageError(f"{manifest} is a folder; give the name of a file")
    if manifest.resolve() in (options.output.resolve(), note.resolve()):
        raise UsageError(f"{manifest}: the film's recipe lies there; give the manifest another name")


def _longer(film: Path, frames: int) -> list[str]:
    """What is to be said of numbered pictures that lie behind the film's last one."""
    numbers = [int(p.stem) for p in film.glob("*.png") if re.fullmatch(r"\d{6,}", p.stem)] if film.is_dir() else []
    if not (over := sorted(n for n in numbers if n > frames)):
        return []
    names = f"{over[0]:06d}.png … {over[-1]:06d}.png"
    return [f"{film}: {names} are of an earlier film, and stay; delete them, or give another -o"]


def _swept(film: Path) -> None:
    """Away with what an interrupted render has left; a folder's pictures stay until they are written over."""
    with suppress(FileNotFoundError):
        if workshop(film) == film:
            (film / ".checkpoint").unlink()
        else:
            shutil.rmtree(workshop(film))
