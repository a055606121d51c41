"""Take files: every event of a show, written as it is applied, whole up to the last line whatever happens."""

from collections.abc import Iterable
from pathlib import Path

from perf.core.event import Event
from perf.errors import TakeError
from perf.ports.mailbox import Inbox
from perf.wire.take import TAKER, TakeHead, decode, encode, encode_head

TELLS = 10.0  # seconds of which a show that is killed may lose the last


class TakeWriter:
    """A take being written; a full disk ends it with one counted fault, and what was written stays."""

    def __init__(self, path: Path, head: TakeHead, inbox: Inbox) -> None:
        self._inbox, self._path = inbox, path
        try:
            self._file = path.open("w", encoding="utf-8")
        except OSError as error:
            raise TakeError(f"cannot be written: {error.strerror}; give another path to --take", str(path)) from error
        self._open, self._seen, self._told = True, 0.0, 0.0
        self._write(encode_head(head))

    def write(self, seconds: float, events: Iterable[Event]) -> None:
        """Log the events that the tick at `seconds` applied; now and then, that it still plays."""
        lines = [encode(seconds, event) for event in events]
        if lines:
            self._write("".join(lines))
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
        except OSError as error:
            self._open = False
            self._inbox.fault("take", f"{self._path}: the take ends here: {error.strerror}; make room for the next")

    def close(self) -> None:
        """Finish the file."""
        self._tell()
        self._open = False
        try:
            self._file.close()
        except OSError as error:
            self._inbox.fault("take", f"{self._path}: {error.strerror}")


def read_take(path: Path) -> tuple[TakeHead, list[tuple[float, Event]]]:
    """A take's head, and its events with the seconds of their ticks. Raises TakeError with file and line."""
    try:
        with path.open(encoding="utf-8") as file:
            head, events = decode(file, str(path))
            return head, list(events)
    except (OSError, UnicodeDecodeError) as error:
        raise TakeError(f"cannot be read: {error}", str(path)) from error
