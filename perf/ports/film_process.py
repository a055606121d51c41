"""A writer in a process of its own: live, the interpreter's lock belongs to the stage's GL calls.

Measured on two cores beside a 1280×720 show: a frame took 3.5 ms of a thread's work and 34 ms of its time, and a sixth
of the frames was dropped. The process outlives a killed show by as long as it needs to finish the film.
"""

import atexit
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Protocol

from perf.errors import DeviceError, UsageError
from perf.ports.film_writers import Making, Shape, better, writer
from perf.ports.signals import ENDS, heedless, withheld

AGAIN, CLOSE, ABANDON, MARK = b"a", b"c", b"x", b"m"  # whatever is longer is a frame, or what follows a mark
READY = "ready"


@dataclass(frozen=True, slots=True)
class Made:
    """What a writer is told, as a value that another process can be sent."""

    metadata: dict[str, object]
    quality: int
    effort: str
    encoder: str


class Telling(Making, Protocol):
    """What a writer is told, and whom it tells: `FilmOptions`."""

    @property
    def said(self) -> Callable[[str, str], None]: ...


class Apart:
    """A `Writer` whose work is done elsewhere. Raises what it raises there: UsageError, DeviceError."""

    def __init__(self, path: Path, shape: Shape, options: Telling) -> None:
        self._said = options.said
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        made = Made(dict(options.metadata), options.quality, options.effort, options.encoder)
        self._process = context.Process(target=main, args=(theirs, path, shape, made), daemon=True)
        with withheld():
            self._process.start()
        theirs.close()
        atexit.register(self._pipe.close)  # comes before Python waits for the process, which then finishes the film
        self._answer()

    def add(self, rgb: bytes) -> None:
        """Write the next frame."""
        self._send(rgb)

    def again(self) -> None:
        """Write the last frame once more."""
        self._send(AGAIN)

    def mark(self, frame: int, words: str) -> None:
        """A chapter begins."""
        self._send(MARK)
        self._send(json.dumps([frame, words]).encode())

    def close(self) -> None:
        """Finish the file."""
        self._send(CLOSE)
        self._answer()
        self._process.join()
        atexit.unregister(self._pipe.close)

    def abandon(self) -> None:
        """Let go of the file as it is."""
        with suppress(OSError):  # it may be gone already, and with it the file's owner
            self._pipe.send_bytes(ABANDON)
        self._pipe.close()
        self._process.join()
        atexit.unregister(self._pipe.close)

    def _send(self, message: bytes) -> None:
        while self._pipe.poll():
            self._heard()
        try:
            self._pipe.send_bytes(message)
        except OSError:
            self._answer()

    def _answer(self) -> None:
        """Wait until the process says that it is ready; raise what it says else."""
        while not self._heard():
            pass

    def _heard(self) -> bool:
        """Take what the process says: whether it is ready, or words, which are passed on. Raises errors."""
        try:
            said = self._pipe.recv()
        except (EOFError, OSError):
            said = DeviceError("the film's process has ended")
        if isinstance(said, Exception):
            raise said
        if said != READY:
            self._said("film", said)
        return bool(said == READY)


def main(pipe: Connection, path: Path, shape: Shape, options: Made) -> None:
    """The process: frames from the pipe into the file, until told to stop or left alone."""
    heedless(*ENDS)  # the show says close
    try:
        made = writer(path, shape, options)
    except (UsageError, DeviceError) as error:
        pipe.send(error)
        return
    pipe.send(READY)
    try:
        made, words = better(made, path, shape, options)  # frames wait meanwhile, the show does not
        if words:
            _tell(pipe, words)
        while (message := _next(pipe)) != CLOSE:
            if message == ABANDON:
                made.abandon()
                return
            if message == MARK:
                if (told := _next(pipe)) == CLOSE:  # the show went between the two
                    break
                made.mark(*json.loads(told))
            elif message == AGAIN:
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
