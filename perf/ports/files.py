"""Files as people name them, and small text files as bytes, with errors in words."""

import os
from collections.abc import Callable
from pathlib import Path

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
