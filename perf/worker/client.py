"""The show's end of the sampler: hands over jobs, takes images, starts the process again when it dies.

Imports no torch. Nothing here waits but `close`; each call costs microseconds.
"""

import multiprocessing
from dataclasses import dataclass
from multiprocessing.process import BaseProcess

from perf.core.frame import Job, Picture
from perf.worker.box import Box
from perf.worker.message import (
    JOB_BYTES,
    STATUS_BYTES,
    STOP,
    Status,
    decode_picture,
    decode_status,
    encode_job,
)

PIXELS = 2048 * 2048 * 3  # bytes of the largest image
BACKOFF = (0.1, 0.5, 2.0, 5.0, 10.0)  # seconds before the n-th start in a row


@dataclass(frozen=True, slots=True)
class SamplerOptions:
    """What the process loads: a model folder or hub id, a device, CPU threads (0: half of the processors), and LoRAs
    as (name, file).
    """

    model: str
    device: str = "auto"
    threads: int = 0
    loras: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Names:
    """The boxes' names in shared memory."""

    jobs: str
    images: str
    status: str


class SamplerClient:
    """A supervised sampler process. `restarts` counts how often it had to be started again."""

    def __init__(self, options: SamplerOptions) -> None:
        self.options = options
        self.restarts = 0
        self._jobs, self._images, self._status = Box(JOB_BYTES), Box(PIXELS + 4096), Box(STATUS_BYTES)
        self._last = Status()
        self._process: BaseProcess | None = None
        self._due, self._row = 0.0, 0
        self._arrived = 0.0

    def start(self) -> None:
        """Start the process; it loads the model while the show plays."""
        from perf.worker.process import main

        names = Names(self._jobs.name, self._images.name, self._status.name)
        context = multiprocessing.get_context("spawn")
        self._process = context.Process(target=main, args=(names, self.options), name="sampler", daemon=True)
        self._process.start()

    def submit(self, job: Job) -> None:
        """Hand over the newest job; an older one that was not begun is forgotten."""
        self._jobs.put([encode_job(job)])

    def newest(self, now: float) -> Picture | None:
        """An image that has come since the last call."""
        message = self._images.take()
        if message is None:
            return None
        self._row, self._arrived = 0, now
        return decode_picture(message, now)[0]

    def status(self) -> Status:
        """What the process last said of itself."""
        message = self._status.take()
        if message is not None:
            self._last = decode_status(message)
        return self._last

    def supervise(self, now: float) -> str:
        """Start the process again if it has died; says so in words, once for each death."""
        process = self._process
        if process is None or process.is_alive():
            return self._restart(now) if process is None and now >= self._due else ""
        if process.exitcode == 0:
            return ""
        self._process = None
        wait = BACKOFF[min(self._row, len(BACKOFF) - 1)]
        self._row, self._due = self._row + 1, now + wait
        status = self.status()
        reason = status.message if status.state == "failed" else f"exit status {process.exitcode}"
        self._last = Status(state="starting", message=self._last.message)
        return f"the sampler ended ({reason}); it starts again in {wait:g} s"

    def change(self, options: SamplerOptions) -> None:
        """Play another model: the process ends and `supervise` starts one that loads it."""
        self.options = options
        if self._process is not None:
            self._process.kill()
            self._process, self._due = None, 0.0
            self.restarts -= 1

    def _restart(self, now: float) -> str:
        self.restarts += 1
        self.start()
        return ""

    @property
    def pid(self) -> int | None:
        """The process's id while it lives."""
        return self._process.pid if self._process else None

    def close(self) -> None:
        """End the process and free the boxes."""
        if self._process is not None:
            self._jobs.put([STOP])
            self._process.join(2.0)
            if self._process.is_alive():
                self._process.kill()
                self._process.join(2.0)
        for box in (self._jobs, self._images, self._status):
            box.close(unlink=True)
