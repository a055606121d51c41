"""The sampler process: loads a family, then steps the engine on the newest job for as long as the show lives.

Runs beside the show, never in it. An exception in a step is counted and told, and the next step is tried: this loop's
edge holds one of the project's few broad excepts.
"""

import logging
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from multiprocessing import parent_process
from threading import Thread
from typing import Any

from perf.core.frame import Job
from perf.ports.mailbox import Slot
from perf.ports.meters import memory_mb
from perf.worker.box import Box
from perf.worker.heap import give_back
from perf.worker.line import PIXELS, Names, SamplerOptions
from perf.worker.message import (
    JOB_BYTES,
    STATUS_BYTES,
    Status,
    decode_job,
    decode_picture,
    encode_picture,
    encode_status,
)
from perf.worker.warmup import counts, quickest

REST = 0.002  # seconds between looks at an empty box
TIDY = 30.0  # seconds between returns of free memory to the system
FAILURES = 3  # steps that fail in a row before the recursion starts anew
SHRINK = 0.75  # of the sides, each time that memory runs out
LEAST = 0.25  # of the sides asked for


@dataclass(slots=True)
class Boxes:
    """The sampler's end of the three boxes."""

    jobs: Box
    images: Box
    status: Box
    last: Status = field(default_factory=Status)

    def tell(self, **changes: object) -> None:
        """Publish what has changed in the status."""
        self.last = replace(self.last, **changes)  # type: ignore[arg-type]
        self.status.put([encode_status(self.last)])


def main(names: Names, options: SamplerOptions) -> None:
    """The process: from loading to the end of the show."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the show's; it says stop
    os.environ.setdefault(
        "OMP_WAIT_POLICY", "PASSIVE"
    )  # threads that spin while they wait keep the stage's from working
    boxes = Boxes(Box(JOB_BYTES, names.jobs), Box(PIXELS + 4096, names.images), Box(STATUS_BYTES, names.status))
    boxes.tell(state="loading", message=f"loading {options.model}", pid=os.getpid())
    from perf.errors import ModelError

    try:
        player = _player(options, boxes)
    except ModelError as error:
        boxes.tell(state="failed", message=str(error))
        raise SystemExit(3) from None
    player.play(_alive)


def _alive() -> bool:
    parent = parent_process()
    return parent is not None and parent.is_alive()


def _player(options: SamplerOptions, boxes: Boxes) -> "Player":
    _quiet()
    import torch

    from perf.diffusion.engine import Engine
    from perf.diffusion.family import load
    from perf.diffusion.guide import load_guide

    # On two cores one thread gave 22 images/s beside 33 frames/s of software GL, two threads 7 beside 41: the stage's
    # threads and the sampler's waited for one another.
    among = [options.threads] if options.threads else counts(os.cpu_count() or 2)
    torch.set_num_threads(among[-1])
    family = load(options.model, options.device, options.loras)
    engine = Engine(family, load_guide(options.model, options.device))
    if all(options.size):
        family.record(options.size)
        trial = Job(size=options.size, source="colour")
        quickest(
            lambda: engine.step(trial, None),
            among if family.device.type == "cpu" else among[-1:],
            torch.set_num_threads,
        )
    player = Player(engine, boxes)
    boxes.tell(state="playing", message="; ".join(family.notes), model=family.name)
    return player


def _quiet() -> None:
    """Keep libraries' progress bars and advice off the performer's terminal."""
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("DIFFUSERS_VERBOSITY", "error")
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    logging.getLogger("diffusers").setLevel(logging.ERROR)


class Player:
    """The loop: newest job in, image out, paced to the job's rate."""

    def __init__(self, engine: Any, boxes: Boxes) -> None:
        self._engine, self._boxes = engine, boxes
        self._carry: Any = None
        self._begun = False
        self._room, self._asked = 1.0, (0, 0)
        self._job: Job | None = None
        self._ready: Job | None = None
        self._wanted: Slot[list[str]] = Slot()
        self._encoded: Slot[dict[str, Any]] = Slot()
        self._failures = 0
        self._due = 0.0
        self._told = 0.0
        self._tidied = time.perf_counter()
        self._touch = 0
        Thread(target=self._encode, name="prompts", daemon=True).start()

    def play(self, alive: Callable[[], bool]) -> None:
        """Step until told to stop or left alone."""
        while alive():
            message = self._boxes.jobs.take()
            if message is not None:
                self._job = decode_job(message)
                if self._job is None:
                    return
            if self._job is None or self._early(self._job):
                time.sleep(REST)
                continue
            self._touch = self._job.touch
            self._paced(self._job)

    def _early(self, job: Job) -> bool:
        """Whether the next image is not due yet; a hand that moved something is answered at once."""
        return time.perf_counter() < self._due and job.touch == self._touch

    def _paced(self, job: Job) -> None:
        began = time.perf_counter()
        self._due = max(self._due + 1.0 / job.rate, began)
        try:
            self._step(job)
            self._failures = 0
        except Exception as error:  # noqa: BLE001 - the loop's edge: counted, told, and the show goes on
            self._failed(error)
            return
        took = (time.perf_counter() - began) * 1000
        self._boxes.last = _timed(self._boxes.last, took, self._engine.spent)
        if began - self._told > 0.25:
            self._told = began
            self._boxes.tell(state="playing", message=self._said(job)[:500], memory_mb=memory_mb())
        if began - self._tidied > TIDY:
            self._tidied = began
            give_back()

    def _step(self, job: Job) -> None:
        job = self._with_known_prompts(self._bearable(job))
        if not self._begun:
            self._begun, self._carry = True, self._resumed(job)
        image, self._carry = self._engine.step(job, self._carry)
        height, width = image.shape[:2]
        head = encode_picture(job, (width, height), job.epoch)
        self._boxes.images.put([head, memoryview(image.numpy()).cast("B")])

    def _bearable(self, job: Job) -> Job:
        """The job at a size that memory has room for; another size that is asked for is tried whole."""
        if job.size != self._asked:
            self._asked, self._room = job.size, 1.0
        if self._room == 1.0:
            return job
        return replace(job, size=(round(job.size[0] * self._room), round(job.size[1] * self._room)))

    def _said(self, job: Job) -> str:
        """What the performer must know: of the loading, and of what is played otherwise than asked for."""
        played = self._bearable(job)
        small = [] if played is job else ["out of memory at {}x{}; played at {}x{}".format(*job.size, *played.size)]
        return "; ".join([*self._engine.family.notes, *small, *self._engine.notes])

    def _with_known_prompts(self, job: Job) -> Job:
        """The job, or while its new prompts are being encoded beside us the job with the last known ones."""
        self._engine.keep(self._encoded.take() or {})
        unknown = [text for text, _ in job.prompts if not self._engine.knows(text)]
        if not unknown or self._ready is None:
            self._ready = job
            return job
        self._wanted.put(unknown)
        return replace(job, prompts=self._ready.prompts, regions=self._ready.regions)

    def _encode(self) -> None:
        """The prompts' thread: encodes what a coming job will need."""
        while (wanted := self._wanted.wait()) is not None:
            try:
                self._encoded.put({text: self._engine.encode(text) for text in wanted})
            except Exception as error:  # noqa: BLE001 - the loop's edge: asked for again by the next step
                self._boxes.last = replace(self._boxes.last, message=f"prompts {str(wanted)[:80]}: {error}")

    def _failed(self, error: Exception) -> None:
        """Count and tell; after some failures in a row give up the carry, which may be what is broken."""
        self._failures += 1
        if self._failures >= FAILURES:
            self._carry = None
        if _out_of_memory(error):
            self._room = max(self._room * SHRINK, LEAST)
            give_back()
        words = (str(error).splitlines() or [""])[0]
        self._boxes.tell(errors=self._boxes.last.errors + 1, message=f"{type(error).__name__}: {words}"[:500])
        self._due = time.perf_counter() + min(0.1 * self._failures, 1.0)

    def _resumed(self, job: Job) -> Any:
        """The recursion where the last process left it: its newest image is in the box, perhaps at another size."""
        message = self._boxes.images.take(again=True)
        if message is None:
            return None
        import numpy as np
        import torch

        from perf.diffusion.engine import Carry

        picture, epoch = decode_picture(message, 0.0)
        width, height = picture.size
        rows = torch.from_numpy(np.frombuffer(picture.pixels, np.uint8).reshape(height, width, 3).copy())
        image = (rows.permute(2, 0, 1)[None].float() / 127.5 - 1).to(self._engine.family.device)
        image = torch.nn.functional.interpolate(image, self._engine.family.fit(job.size), mode="bilinear")
        return Carry(image, picture.pose, (), picture.asked, epoch)


def _timed(status: Status, took: float, spent: tuple[float, float, float]) -> Status:
    """The status after one more image, which `took` so many ms; `spent` are its parts in seconds."""
    share = 0.1 if status.step_ms else 1.0
    parts = zip(("step_ms", "encode_ms", "sample_ms", "decode_ms"), (took, *(1000 * s for s in spent)), strict=True)
    means = {name: getattr(status, name) + share * (new - getattr(status, name)) for name, new in parts}
    return replace(status, images=status.images + 1, **means)


def _out_of_memory(error: Exception) -> bool:
    """Whether a step failed for want of memory: CUDA and MPS say so, the CPU's allocator names itself."""
    words = str(error)
    return isinstance(error, MemoryError) or "out of memory" in words or "DefaultCPUAllocator" in words
