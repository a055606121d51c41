"""The terminal of a show: its lines go out on a thread, so that one that stands holds up no frame.

A terminal stands when Ctrl-S was pressed, text is being marked, a connection stalls, or nobody reads a pipe.
"""

import os
import sys
from contextlib import suppress
from threading import Thread
from typing import TextIO

from perf.ports.mailbox import Queue

WAITING = 200  # lines that wait for it; more are left out
PATIENCE = 2.0  # seconds for which an end waits for it


class Terminal:
    """Where lines go; nowhere in a program that was started without."""

    def __init__(self) -> None:
        self._stream = _stream()
        self._lines: Queue[str] = Queue(WAITING)
        self._thread = Thread(target=self._run, name="terminal", daemon=True)
        self._thread.start()

    def say(self, line: str) -> None:
        """Print a line, from any thread, at once; a status line overwrites the last one where the terminal can."""
        self._lines.offer(line)

    def _run(self) -> None:
        for line in self._lines:
            if self._stream is not None:
                with suppress(OSError, ValueError):  # a log whose disk is full, a reader that has left: ends no show
                    over = line.startswith("sampler ") and self._stream.isatty()
                    self._stream.write(("\r\x1b[K" if over else "") + line + ("" if over else "\n"))
                    self._stream.flush()
        if self._stream is not None and self._stream is not sys.stdout:
            with suppress(OSError):
                self._stream.close()

    def close(self) -> None:
        """Wait for what was said, but not for ever."""
        self._lines.close()
        self._thread.join(PATIENCE)


def _stream() -> TextIO | None:
    """Standard output by a way of its own: for what waits in that itself, Python would wait at its end."""
    out = sys.stdout
    try:
        return out and open(os.dup(out.fileno()), "w", encoding=out.encoding, errors=out.errors)
    except (OSError, ValueError):  # it is no file
        return out
