"""The file under a film's container: errors of the disk are kept, and a film cut short ends with what is whole."""

import os
import struct
from pathlib import Path

from perf.errors import DeviceError
from perf.ports.files import Link


class Sink:
    """The file under a container. After the first error, or `shut`, it stays as it is and swallows the rest."""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = open(path, "w+b", buffering=0)  # noqa: SIM115 - closed by its owner
        except OSError as error:
            raise DeviceError(
                f"{path} cannot be written ({error.strerror}); choose another place for the film"
            ) from error
        self._link = Link(self._file)
        self._shut = False
        self._error: OSError | None = None

    def write(self, data: bytes) -> int:
        """Write all of `data`."""
        rest = memoryview(data)
        try:
            while rest and not self._shut:
                rest = rest[self._file.write(rest) or 0 :]
        except OSError as error:  # the library loses errors of its files; `check` raises this one
            self._error, self._shut = error, True
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move, as files do."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Where the next byte goes."""
        return self._file.tell()

    def check(self) -> None:
        """Raise what went wrong."""
        if self._error is not None:
            raise self._error
        if not self._file.closed:
            self._link.check()

    def shut(self) -> None:
        """Write nothing more."""
        self._shut = True

    def cut(self) -> None:
        """Leave whole fragments only: players stumble over one that announces more than there is."""
        place = whole = 0
        while len(head := self._at(place)) == 8:  # its name may be another by now
            length, kind = struct.unpack(">I4s", head)
            place += max(length, 8)
            whole = place if kind != b"moof" and place <= self._size() else whole
        self._file.truncate(whole)

    def _at(self, place: int) -> bytes:
        """The head of the box (ISO/IEC 14496-12, 4.2) at `place`."""
        self._file.seek(place)
        return self._file.read(8)

    def _size(self) -> int:
        return os.fstat(self._file.fileno()).st_size

    def close(self) -> None:
        """Close the file."""
        self._file.close()
