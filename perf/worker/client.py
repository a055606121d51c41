"""The show's end of the sampler: hands over jobs, takes images, starts the process again when it dies.

Another model is loaded by a second process beside the first, which plays on until the second has an image. Imports no
torch. Nothing here waits but `close`; each call costs microseconds.
"""

from dataclasses import replace

from perf.core.frame import Frame, Job, Plate
from perf.core.picture import Picture
from perf.worker.bus import PreviewBus
from perf.worker.line import PIXELS, Line, Names, SamplerOptions
from perf.worker.message import Status, decode_picture
from perf.worker.orphans import sweep

__all__ = ["PIXELS", "Names", "SamplerClient", "SamplerOptions"]

BACKOFF = (0.1, 0.5, 2.0, 5.0, 10.0)  # seconds before the n-th start in a row


class SamplerClient:
    """A supervised sampler process. `restarts` counts how often it had to be started again; `borrows` are the GPUs that
    can show its images where they lie.
    """

    def __init__(self, options: SamplerOptions) -> None:
        self.options = options
        self.restarts = 0
        self.bus = PreviewBus()
        sweep()
        self._line = Line(options)
        self._next: Line | None = None
        self._leaving: list[Line] = []
        self._due, self._row = 0.0, 0
        self._ready = False
        self._frame: Frame | None = None
        self._asked = -1.0  # when the newest image was
        self.borrows: tuple[int, ...] = ()

    def start(self) -> None:
        """Start the process; it loads the model while the show plays."""
        self._line.start()

    def submit(self, job: Job) -> None:
        """Hand over the newest job, to the coming process too once it has loaded."""
        self._line.submit(job, self.bus.order, self.borrows)
        if self._next is not None and self._next.status().state == "playing":
            if not self._ready:
                self._ready = True
                self._next.continue_from(self._line)
            self._next.submit(job, self.bus.order, self.borrows)

    def look(self, plates: tuple[Plate, ...]) -> None:
        """Hand over what the jobs look at, before them."""
        for line in filter(None, (self._line, self._next)):
            line.look(plates)

    def follow(self, frame: Frame, now: float) -> Picture | None:
        """Hand over a frame's job and what comes after it.

        Where its cue has just gone and was rendered ahead: the picture to show at once, from `now` on.
        """
        message = self._line.previews.take()
        if message is not None:
            self.bus.arrived(*decode_picture(message, now))
        taken = self.bus.follow(self._frame, frame, self._asked)
        self._frame = frame
        self.submit(frame.job)
        return replace(taken, seconds=now) if taken is not None else None

    @property
    def arrived(self) -> bool:
        """Whether an image has come that `newest` would give."""
        return self._line.images.fresh

    def newest(self, now: float) -> Picture | None:
        """An image that has come since the last call. The coming model's first one is where it takes over; one that was
        in the making when a cue's picture was taken comes too late.
        """
        message = self._next.images.take() if self._next is not None and self._ready else None
        enters = message is not None
        if enters:
            self._take_over()
        else:
            message = self._line.images.take()
        if message is None:
            return None
        self._row = 0
        picture = replace(decode_picture(message, now)[0], enters=enters)
        if picture.pixels:
            self._line.kept = message
        self._asked = picture.asked
        return picture if enters or picture.asked >= self.bus.since else None

    def _take_over(self) -> None:
        assert self._next is not None
        self._line.leave()
        self._leaving.append(self._line)
        self._line, self._next = self._next, None
        self.bus.forget()

    def status(self) -> Status:
        """What the process last said of itself, and that another model is coming."""
        status = self._line.status()
        if self._next is None:
            return status
        coming = f"{self._next.options.model} is being loaded beside"
        return replace(status, message="; ".join(filter(None, (status.message, coming))))

    def supervise(self, now: float) -> str:
        """Start the process again if it has died; says so in words, once for each death."""
        self._sweep()
        coming = self._next.fallen() if self._next is not None else ""
        if coming:
            return self._abandon(coming)
        reason = self._line.fallen()
        if not reason and self._line.process is None:
            return self._restart() if now >= self._due else ""
        if not reason:
            return ""
        self.bus.forget()
        wait = BACKOFF[min(self._row, len(BACKOFF) - 1)]
        self._row, self._due = self._row + 1, now + wait
        return f"the sampler ended ({reason}); it starts again in {wait:g} s"

    def _sweep(self) -> None:
        """Free the lines whose process has ended as it was asked to."""
        for line in [line for line in self._leaving if line.process is None or not line.process.is_alive()]:
            self._leaving.remove(line)
            line.close()

    def _abandon(self, reason: str) -> str:
        assert self._next is not None
        self._leaving.append(self._next)
        self._next, self.options = None, self._line.options
        return f"the new model cannot be played ({reason}); the old one plays on"

    def change(self, options: SamplerOptions) -> None:
        """Play another model: it is loaded beside the one that plays, and takes over with its first image."""
        if self._next is not None:
            self._next.cut()
            self._leaving.append(self._next)
        self.options, self._ready = options, False
        self._next = Line(options)
        self._next.start(beside=True)

    def _restart(self) -> str:
        self.restarts += 1
        self._line.start()
        return ""

    @property
    def pid(self) -> int | None:
        """The process's id while it lives."""
        return self._line.process.pid if self._line.process else None

    @property
    def _lines(self) -> list[Line]:
        return [line for line in (self._line, self._next, *self._leaving) if line is not None]

    def cut(self) -> None:
        """End the processes at once, and wait for none: `gone` says when they have ended, and `close` waits no more."""
        for line in self._lines:
            line.cut()

    @property
    def gone(self) -> bool:
        """Whether no process is left: to give back gigabytes takes the system its time."""
        return not any(line.process is not None and line.process.is_alive() for line in self._lines)

    def close(self, patience: float = 2.0) -> None:
        """End the processes, each within `patience` seconds or by force, and free the boxes."""
        for line in self._lines:
            line.close(patience)
        self._leaving.clear()
