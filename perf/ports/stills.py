"""Pictures that Pillow reads, as clips: a still one, numbered ones in a folder, and those that move (WebP, PNG)."""

import re
from bisect import bisect_right
from math import inf
from pathlib import Path

from PIL import Image

from perf.core.footage import Shot
from perf.errors import DeviceError
from perf.ports.still import TROUBLES, Size, opaque, read_still, still, weighed
from perf.ports.video import KEPT, NEAR, SHOTS
from perf.wire.isf import Still

STILLS = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff")
MOVING = ("PNG", "WEBP")  # Pillow's names of what may have more than one picture
UNSAID = 100.0  # milliseconds of a picture that does not say how long it is seen


def numbered(folder: Path) -> list[Path]:
    """A folder's pictures in the order of the last number in their names. Raises DeviceError where there are none."""
    paths = [path for path in folder.iterdir() if path.suffix.lower() in STILLS and not path.name.startswith(".")]
    if not paths:
        raise DeviceError(f"{folder}: no pictures in it; it takes numbered ones ({', '.join(STILLS)})")
    return sorted(paths, key=lambda path: (int((re.findall(r"\d+", path.stem) or ["0"])[-1]), path.name))


def moves(path: Path) -> bool:
    """Whether a file has more than one picture; False, too, where it cannot be read."""
    try:
        with Image.open(path) as image:
            return image.format in MOVING and bool(getattr(image, "is_animated", False))
    except TROUBLES:
        return False


def _spoilt(path: Path, error: Exception) -> DeviceError:
    reason = getattr(error, "strerror", None) or str(error)
    return DeviceError(f"{path}: cannot be read as a picture: {reason}; save it again as a PNG")


def _shot(found: Still, start: float, end: float) -> Shot:
    aspect = found.size[0] / found.size[1]
    return Shot(found.size, found.pixels, aspect, start, end, opaque=opaque(found.pixels))


class Stills:
    """Pictures in files of their own, each seen for 1 / `fps` seconds, on a stage of that size."""

    def __init__(self, paths: list[Path], fps: float, stage: Size | None = None) -> None:
        self._paths, self._fps, self._stage = paths, fps, stage
        self._shots: dict[int, Shot] = {}
        self.length = len(paths) / fps

    def at(self, place: float) -> Shot:
        """The picture seen at `place`. Raises DeviceError naming the file that cannot be read."""
        last = len(self._paths) - 1
        index = min(int((place + NEAR) * self._fps), last)
        shot = self._shots.get(index)
        if shot is None:
            end = (index + 1) / self._fps if index < last else inf
            shot = self._shots[index] = self._read(self._paths[index], index / self._fps, end)
            while len(self._shots) > SHOTS:
                del self._shots[next(iter(self._shots))]
        return shot

    def _read(self, path: Path, start: float, end: float) -> Shot:
        try:
            return _shot(read_still(path, self._stage), start, end)
        except TROUBLES as error:
            raise _spoilt(path, error) from error

    def close(self) -> None:
        """Nothing is open."""


class Moving:
    """A WebP or a PNG that moves: each picture is seen as long as it says. Each is made from the one before it, so
    going back begins at the first, and what comes by is kept. Raises DeviceError for what is none."""

    def __init__(self, path: Path, stage: Size | None = None) -> None:
        self._path, self._stage = path, stage
        try:
            weighed(path)
            self._image = Image.open(path)
            self._first = int(getattr(self._image, "default_image", False))  # one that is not of the film
            self._starts = self._timed()
        except TROUBLES as error:
            raise _spoilt(path, error) from error
        self._shots: dict[int, Shot] = {}
        self._next = 0
        self.length = self._starts[-1]

    def _timed(self) -> list[float]:
        """When each picture begins, and the last one ends; one that was cut off has those that are whole."""
        starts = [0.0]
        for index in range(self._first, int(getattr(self._image, "n_frames", 1))):
            try:
                self._image.seek(index)
                self._image.load()
            except TROUBLES:
                if index == self._first:
                    raise
                break
            starts.append(starts[-1] + (float(self._image.info.get("duration") or 0.0) or UNSAID) / 1000.0)
        return starts

    def at(self, place: float) -> Shot:
        """The picture seen at `place`. Raises DeviceError where it cannot be read any more."""
        index = min(bisect_right(self._starts, place + NEAR), len(self._starts) - 1) - 1
        if index not in self._shots:
            try:
                self._read(index)
            except TROUBLES as error:
                raise _spoilt(self._path, error) from error
        return self._shots[index]

    def _read(self, index: int) -> None:
        for number in range(self._next if index >= self._next else 0, index + 1):
            self._image.seek(self._first + number)
            found = still(self._image, self._stage)
            end = self._starts[number + 1] if number + 2 < len(self._starts) else inf
            self._shots.pop(number, None)
            self._shots[number] = _shot(found, self._starts[number], end)
            while len(self._shots) > max(KEPT // len(found.pixels), SHOTS):
                del self._shots[next(iter(self._shots))]
        self._next = index + 1

    def close(self) -> None:
        """Let the file go."""
        self._shots.clear()
        self._image.close()
