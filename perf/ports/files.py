"""Files as people name them, small text files as bytes, with errors in words, and whether one still has its name."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

SIZE_LIMIT = 1_000_000  # bytes of a patch's or a shader's file


def read_bytes(path: Path, error: Callable[[str, str], Exception]) -> bytes:
    """What a file holds. Raises `error(message, file)` when it cannot be read, or is too long to be one of ours."""
    try:
        data = path.read_bytes()
    except OSError as reason:
        raise error(f"cannot be read: {reason.strerror}", str(path)) from reason
    if len(data) > SIZE_LIMIT:
        raise error(f"{len(data)} bytes; at most {SIZE_LIMIT} are read", str(path))
    return data


def expanded(name: str) -> Path:
    """The path that a person means: `~` is a home. One of nobody is left as it is, and not found."""
    return Path(os.path.expanduser(name))


class Link:
    """The name of a file that is being written: one that was deleted takes all that is written, and keeps nothing."""

    def __init__(self, file: IO[Any]) -> None:
        self._file = file
        self._counted = self._links() > 0  # some file systems count no links

    def _links(self) -> int:
        return os.fstat(self._file.fileno()).st_nlink

    def check(self) -> None:
        """Raise FileNotFoundError when it has been deleted."""
        if self._counted and self._links() == 0:
            raise FileNotFoundError(errno.ENOENT, "it has been deleted")
