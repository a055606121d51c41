"""Clips: a video file, a still image or a folder of numbered ones, and which picture of it is seen at a second.

Exact and blocking: whoever has time asks here (a film in the making); a show has a thread that asks (`ports.media`).
The same place gives the same picture however it is reached: forwards, backwards, or after any seek.
"""

import time
from pathlib import Path
from typing import Protocol

from perf.core.footage import MediaSpec, Shot
from perf.errors import DeviceError
from perf.ports.files import expanded
from perf.ports.still import Size
from perf.ports.stills import STILLS, Moving, Stills, moves, numbered
from perf.ports.video import Video

LOOK = 0.5  # seconds between two looks at whether a file has changed


class Clip(Protocol):
    """What can be shown at a second of it. `length` in seconds."""

    length: float

    def at(self, place: float) -> Shot:
        """The picture seen at `place`, which is 0 or more. Raises DeviceError, OSError or ValueError."""

    def close(self) -> None:
        """Let the file go."""


def place_of(media: MediaSpec, folder: Path) -> Path:
    """Where the file of a layer lies, `folder` being the patch's."""
    return folder / expanded(media.file)


def open_clip(media: MediaSpec, folder: Path, stage: Size | None = None) -> Clip:
    """The clip that a layer shows on a stage of that size in pixels, which its pictures are no larger than it takes to
    cover; without one, as large as they are. Raises DeviceError saying why there is none."""
    path = place_of(media, folder)
    if path.is_dir():
        return Stills(numbered(path), media.fps, stage)
    if not path.is_file():
        raise DeviceError(f"{path}: there is no such file; put it beside the patch, or correct `file`")
    if path.suffix.lower() not in STILLS:
        return Video(path, stage)
    return Moving(path, stage) if moves(path) else Stills([path], media.fps, stage)


def tried(media: MediaSpec, folder: Path) -> str:
    """Why the first picture of a layer's file cannot be shown; "" where it can, and of a camera."""
    if media.camera:
        return ""
    try:
        clip = open_clip(media, folder)
        try:
            clip.at(0.0)
        finally:
            clip.close()
    except (DeviceError, OSError, ValueError) as error:
        return str(error)
    return ""


class Changes:
    """Whether a file, or what lies in a folder, is another since. One that is being written is so when that rests; one
    that has gone is not: what is open can still be read."""

    def __init__(self, path: Path) -> None:
        self._path, self._next = path, 0.0
        self._first = self._last = _stamp(path)

    def there(self) -> bool:
        """Look, but not all the time."""
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + LOOK
        before, self._last = self._last, _stamp(self._path)
        return self._last not in (None, self._first) and self._last == before


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
