"""One sampler process and its boxes: what the client starts, watches and replaces as a whole.

Imports no torch, waits for nothing but an end.
"""

import multiprocessing
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess

from perf.core.frame import Job, Plate
from perf.core.job import LARGEST
from perf.ports.signals import withheld
from perf.worker.box import Box
from perf.worker.message import (
    HEAD_BYTES,
    JOB_BYTES,
    STATUS_BYTES,
    STOP,
    Ahead,
    Status,
    decode_status,
    encode_job,
    encode_plates,
)

PIXELS = 4 * LARGEST  # bytes of the largest image, with its depth
PLATE_BYTES = 2 * 3 * LARGEST + HEAD_BYTES  # two, and their head


@dataclass(frozen=True, slots=True)
class SamplerOptions:
    """What the process loads: a model folder or hub id, a device, CPU threads (0: half of the processors), and LoRAs
    as (name, file); and the (width, height) that it is to be quick at ((0, 0): none), beside those of the stage.
    """

    model: str
    device: str = "auto"
    threads: int = 0
    loras: tuple[tuple[str, str], ...] = ()
    size: tuple[int, int] = (0, 0)
    stage: tuple[int, int] = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Names:
    """The boxes' names in shared memory."""

    jobs: str
    plates: str
    images: str
    previews: str
    status: str


class Line:
    """A process that plays one model. `process` is None before `start` and after `fallen`."""

    def __init__(self, options: SamplerOptions) -> None:
        self.options = options
        self.process: BaseProcess | None = None
        self.kept: bytes | None = None  # the newest image that has come with its pixels
        self.images, self.previews = Box(PIXELS + HEAD_BYTES), Box(PIXELS + HEAD_BYTES)
        self._jobs, self._plates, self._status = Box(JOB_BYTES), Box(PLATE_BYTES), Box(STATUS_BYTES)
        self._looked: tuple[Plate, ...] = ()
        self._last = Status()
        self._failure = ""  # why the last start was none

    def start(self, beside: bool = False) -> None:
        """Start the process; it loads the model while the show plays, and while one plays `beside` it."""
        from perf.worker.process import main

        names = Names(self._jobs.name, self._plates.name, self.images.name, self.previews.name, self._status.name)
        self._go_on_from(self.kept)
        context = multiprocessing.get_context("spawn")
        process = context.Process(target=main, args=(names, self.options, beside), name="sampler", daemon=True)
        try:
            with withheld():
                process.start()
        except OSError as error:  # no memory or handles left, or the folder is gone that the show was started in
            self._failure = f"no process can be started: {error.strerror}"
        else:
            self.process = process

    def submit(self, job: Job, ahead: Ahead, borrows: tuple[int, ...]) -> None:
        """Hand over the newest job and what comes; an older one that was not begun is forgotten."""
        self._jobs.put([encode_job(job, ahead, borrows)])

    def look(self, plates: tuple[Plate, ...]) -> None:
        """Hand over what its jobs look at; the same once more costs nothing."""
        if plates and plates is not self._looked:
            self._looked = plates
            self._plates.put(encode_plates(plates))

    def status(self) -> Status:
        """What the process last said of itself."""
        message = self._status.take()
        if message is not None:
            self._last = decode_status(message)
        return self._last

    def fallen(self) -> str:
        """Why the process has ended or was none, once; "" while it lives or when it was told to stop."""
        process, failure, self._failure = self.process, self._failure, ""
        if failure:
            return failure
        if process is None or process.is_alive() or process.exitcode == 0:
            return ""
        self.process = None
        status = self.status()
        self._last = Status(state="starting", message=status.message)
        return status.message if status.state == "failed" else f"exit status {process.exitcode}"

    def continue_from(self, other: "Line") -> None:
        """Let the recursion go on from the other's newest image; it is not an image of ours."""
        self._go_on_from(other.kept)

    def _go_on_from(self, image: bytes | None) -> None:
        if image is not None:
            self.images.put([image])
            self.images.take()

    def leave(self) -> None:
        """Ask the process to end after its step."""
        self._jobs.put([STOP])

    def cut(self) -> None:
        """End the process at once: nobody has seen anything of it."""
        if self.process is not None:
            self.process.kill()

    def close(self, patience: float = 2.0) -> None:
        """End the process, within `patience` seconds or by force, and free the boxes."""
        if self.process is not None:
            self.leave()
            self.process.join(patience)
            if self.process.is_alive():
                self.process.kill()
                self.process.join(2.0)
        for box in (self._jobs, self._plates, self.images, self.previews, self._status):
            box.close(unlink=True)
