"""Pictures of the stage as PNGs, written beside the show: NAME-1.png, NAME-2.png … None is written over."""

from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from threading import Thread

from PIL import Image, PngImagePlugin

from perf.ports.film_writers import tags
from perf.ports.mailbox import Queue

WAITING = 4  # pictures that may wait for the disk
Shot = tuple[bytes, tuple[int, int], Mapping[str, object]]


class Snapshots:
    """Writes what it is given. `say` takes (kind, words) of each picture written, `fault` of each that is not."""

    def __init__(self, stem: Path, say: Callable[[str, str], None], fault: Callable[[str, str], None]) -> None:
        self._stem, self._say, self._fault = stem, say, fault
        self._queue: Queue[Shot] = Queue(WAITING)
        self._thread = Thread(target=self._run, name="snapshots", daemon=True)
        self._thread.start()

    def take(self, rgb: bytes, size: tuple[int, int], metadata: Mapping[str, object]) -> bool:
        """Write a picture of `size` (width, height in pixels), rows from the top; never waits. False when it is not
        taken. `metadata` becomes PNG text: its `patch` the title, all of it as JSON the comment."""
        if self._queue.offer((rgb, size, metadata)):
            return True
        self._fault("snapshot", f"not taken: {WAITING} are waiting for the disk; ask again in a moment")
        return False

    def _run(self) -> None:
        for shot in self._queue:
            try:
                self._say("snapshot", f"wrote {self._write(*shot)}")
            except OSError as error:
                place = self._stem.parent.absolute()
                words = f"no picture could be written in {place} ({error.strerror or error})"
                self._fault("snapshot", f"{words}; make room, or start where files may be written")

    def _write(self, rgb: bytes, size: tuple[int, int], metadata: Mapping[str, object]) -> Path:
        info = PngImagePlugin.PngInfo()
        for key, words in tags(metadata).items():
            info.add_itxt(key.capitalize(), words)
        self._stem.parent.mkdir(parents=True, exist_ok=True)
        numbered = (self._stem.with_name(f"{self._stem.name}-{number}.png") for number in count(1))
        path = next(path for path in numbered if not path.exists())
        draft = path.with_name(f".{path.name}")  # half a picture is none
        try:
            Image.frombuffer("RGB", size, rgb).save(draft, "PNG", pnginfo=info, compress_level=4)
            draft.replace(path)
        except OSError:
            draft.unlink(missing_ok=True)
            raise
        return path

    def close(self) -> None:
        """Wait for what was taken."""
        self._queue.close()
        self._thread.join()
