"""Take files: every event of a show, written as it is applied, whole up to the last line whatever happens."""

from collections.abc import Iterable
from pathlib import Path

from perf.core.event import Event
from perf.errors import TakeError
from perf.ports.files import Link
from perf.ports.mailbox import Inbox
from perf.wire.take import TAKER, TakeHead, decode, encode, encode_head

TELLS = 10.0  # seconds of which a show that is killed may lose the last


class TakeWriter:
    """A take being written; a full disk ends it with one counted fault: what was written stays, but is not `whole`."""

    def __init__(self, path: Path, head: TakeHead, inbox: Inbox) -> None:
        self._inbox, self._path = inbox, path
        try:
            # of a file's name that is no UTF-8, what cannot be written so is written as JSON has it
            self._file = path.open("w", encoding="utf-8", errors="backslashreplace")
        except OSError as error:
            raise TakeError(f"cannot be written: {error.strerror}; give another path to --take", str(path)) from error
        self._open, self._seen, self._told, self.whole = True, 0.0, 0.0, True
        self._link = Link(self._file)
        self._write(encode_head(head))

    def write(self, seconds: float, events: Iterable[Event]) -> None:
        """Log the events that the tick at `seconds` applied; now and then, that it still plays. Before one whose own
        time is before the last tick (a time tag's) stands when that was: cues until then went before it."""
        events = list(events)
        if any(event.seconds < self._seen for event in events):
            self._tell()
        if events:
            self._write("".join(encode(seconds, event) for event in events))
        self._seen = seconds
        if seconds - self._told >= TELLS:
            self._tell()

    def _tell(self) -> None:
        """Say how long it has played."""
        self._told = self._seen
        self._write(encode(self._seen, Event(self._seen, "/ping", (), TAKER)))

    def _write(self, text: str) -> None:
        if not self._open:
            return
        try:
            self._file.write(text)
            self._file.flush()
            self._link.check()
        except OSError as error:
            self._open = self.whole = False
            cure = "make room or see to its place for the next"
            self._inbox.fault("take", f"{self._path}: the take ends here: {error.strerror}; {cure}")

    def close(self) -> None:
        """Finish the file."""
        self._tell()
        try:
            self._file.close()
        except OSError as error:
            if self._open:  # else it has been said
                self.whole = False
                self._inbox.fault("take", f"{self._path}: {error.strerror}; see to its place for the next")
        self._open = False


def read_take(path: Path) -> tuple[TakeHead, list[tuple[float, Event]]]:
    """A take's head, and its events with the seconds of their ticks. Raises TakeError with file and line."""
    try:
        with path.open("rb") as file:
            whole = (line.decode() for line in file if line.endswith(b"\n"))  # what is cut short may be half a letter
            head, events = decode(whole, str(path))
            return head, list(events)
    except UnicodeDecodeError as error:
        raise TakeError("not a take: it is no text; takes are written by `play --take`", str(path)) from error
    except OSError as error:
        raise TakeError(f"cannot be read: {error.strerror}; give a take that `play --take` wrote", str(path)) from error
