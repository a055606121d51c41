"""The status file for scripts: a line of JSON a second (`--status-json`). A full disk stops no show."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from perf.core.event import Value
from perf.errors import DeviceError


class StatusLog:
    """A file to which lines are added; without a name there is none. `fault` takes (kind, words) once when it cannot be
    written any more. Raises DeviceError where it cannot be written at all."""

    def __init__(self, name: str, fault: Callable[[str, str], None]) -> None:
        self._path, self._fault, self._failed = Path(name) if name else None, fault, False
        try:
            self._add(b"")
        except OSError as error:
            raise DeviceError(
                f"{name}: the status cannot be written: {error.strerror}; choose another place"
            ) from error

    def write(self, now: float, status: Mapping[str, Value]) -> None:
        """Add the line of this second."""
        row = {"seconds": round(now, 3)} | {
            address.removeprefix("/status/"): value for address, value in status.items()
        }
        try:
            self._add(json.dumps(row).encode() + b"\n")
            self._failed = False
        except OSError as error:
            if not self._failed:
                self._fault("status", f"{self._path}: not written: {error.strerror}; it goes on when there is room")
            self._failed = True

    def _add(self, line: bytes) -> None:
        """All of a line or nothing of it: half of one would spoil the next."""
        if self._path is None:
            return
        with self._path.open("ab", buffering=0) as file:
            before = file.tell()
            if (file.write(line) or 0) < len(line):
                file.truncate(before)
                raise OSError(28, "no space is left")
