"""A writer in a process of its own: live, the interpreter's lock belongs to the stage's GL calls.

Measured on two cores beside a 1280×720 show: a frame took 3.5 ms of a thread's work and 34 ms of its time, and a sixth
of the frames was dropped. The process outlives a killed show by as long as it needs to finish the film.
"""

import signal
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from perf.errors import DeviceError, UsageError
from perf.ports.film_writers import Making, Shape, writer

AGAIN, CLOSE, ABANDON = b"a", b"c", b"x"  # whatever is longer is a frame
READY = "ready"


@dataclass(frozen=True, slots=True)
class Made:
    """What a writer is told, as a value that another process can be sent."""

    metadata: dict[str, object]
    quality: int
    effort: str


class Apart:
    """A `Writer` whose work is done elsewhere. Raises what it raises there: UsageError, DeviceError."""

    def __init__(self, path: Path, shape: Shape, options: Making) -> None:
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        made = Made(dict(options.metadata), options.quality, options.effort)
        self._process = context.Process(target=main, args=(theirs, path, shape, made), daemon=True)
        self._process.start()
        theirs.close()
        self._answer()

    def add(self, rgb: bytes) -> None:
        """Write the next frame."""
        self._send(rgb)

    def again(self) -> None:
        """Write the last frame once more."""
        self._send(AGAIN)

    def close(self) -> None:
        """Finish the file."""
        self._send(CLOSE)
        self._answer()
        self._process.join()

    def abandon(self) -> None:
        """Let go of the file as it is."""
        with suppress(OSError):  # it may be gone already, and with it the file's owner
            self._pipe.send_bytes(ABANDON)
        self._pipe.close()
        self._process.join()

    def _send(self, message: bytes) -> None:
        if self._pipe.poll():
            self._answer()
        try:
            self._pipe.send_bytes(message)
        except OSError:
            self._answer()

    def _answer(self) -> None:
        """Take what the process says; raise it unless it says that it is ready."""
        try:
            said = self._pipe.recv()
        except (EOFError, OSError):
            said = DeviceError("the film's process has ended")
        if said != READY:
            raise said


def main(pipe: Connection, path: Path, shape: Shape, options: Made) -> None:
    """The process: frames from the pipe into the file, until told to stop or left alone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the show's; it says close
    try:
        made = writer(path, shape, options)
    except (UsageError, DeviceError) as error:
        pipe.send(error)
        return
    pipe.send(READY)
    try:
        while (message := _next(pipe)) != CLOSE:
            if message == ABANDON:
                made.abandon()
                return
            if message == AGAIN:
                made.again()
            else:
                made.add(message)
        made.close()
        _tell(pipe, READY)
    except Exception as error:  # noqa: BLE001 - the process's edge: told, and the recording ends there
        made.abandon()
        _tell(pipe, DeviceError(str(error)))


def _next(pipe: Connection) -> bytes:
    """What to do next; when the show has gone: finish."""
    try:
        return pipe.recv_bytes()
    except (EOFError, OSError):
        return CLOSE


def _tell(pipe: Connection, answer: object) -> None:
    with suppress(OSError):  # the show may have gone; the film is as whole as it can be
        pipe.send(answer)
