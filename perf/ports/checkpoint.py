"""Checkpoints: numbers, words and pictures in one file that is there whole or not at all.

A head of JSON in which each run of bytes is a place in what follows: nothing in it can be run, as a pickle could.
"""

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from perf.errors import UsageError

MAGIC = b"retrograde checkpoint 1\n"


def save(path: Path, value: Any) -> None:
    """Write a value of mappings, lists, numbers, words and bytes. Raises OSError; then the last one stays."""
    blobs: list[bytes] = []

    def placed(part: Any) -> dict[str, list[int]]:
        blobs.append(bytes(part))
        return {"bytes": [sum(map(len, blobs[:-1])), len(blobs[-1])]}

    head = json.dumps(value, default=placed).encode()
    draft = path.with_name(path.name + ".new")
    with draft.open("wb") as file:
        file.write(MAGIC + f"{len(head)}\n".encode() + head)
        file.writelines(blobs)
    publish(draft, path)


def publish(draft: Path, path: Path) -> None:
    """Put a finished file in its place, where it is whole then, even after a power cut. Raises OSError."""
    with draft.open("rb+") as file:
        os.fsync(file.fileno())
    draft.replace(path)
    with suppress(PermissionError):  # Windows opens no folder, and keeps the order by itself
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def load(path: Path) -> Any:
    """The value that was saved; None when there is none. Raises UsageError for what is no checkpoint."""
    try:
        data = path.read_bytes()
        head, rest = data.removeprefix(MAGIC).split(b"\n", 1)
        if not data.startswith(MAGIC):
            raise ValueError("it begins otherwise")
        blobs = rest[int(head) :]
        return json.loads(rest[: int(head)], object_hook=lambda row: _taken(row, blobs))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} is no checkpoint that can be gone on from ({error}); --fresh starts over") from error


def _taken(row: dict[str, Any], blobs: bytes) -> Any:
    if row.keys() != {"bytes"}:
        return row
    start, length = row["bytes"]
    if start + length > len(blobs):
        raise ValueError("it is cut short")
    return blobs[start : start + length]
