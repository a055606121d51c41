"""A film as numbered PNGs in a folder. Called by the recorder's thread only."""

from collections.abc import Callable, Mapping
from pathlib import Path

from PIL import Image, PngImagePlugin

from perf.errors import DeviceError, UsageError
from perf.ports.checkpoint import publish


class Pictures:
    """000001.png, … with these tags and what each shows; RGB, or with `alpha` RGBA. With `begin` so many are there
    already, and each new one is safe on the disk before the next, for those who will go on with them."""

    def __init__(
        self,
        folder: Path,
        size: tuple[int, int],
        tags: Mapping[str, str],
        alpha: bool = False,
        begin: int | None = None,
    ) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DeviceError(f"{folder} cannot be made ({error.strerror}); choose another folder") from error
        if not all((folder / f"{number:06d}.png").is_file() for number in range(1, (begin or 0) + 1)):
            raise UsageError(f"{folder}: a picture of the film is missing; --fresh starts over")
        self._folder, self._size, self._count = folder, size, begin or 0
        self._publish: Callable[[Path, Path], object] = Path.replace if begin is None else publish
        self._mode = "RGBA" if alpha else "RGB"
        self._last = b""
        self._tags = dict(tags)

    def add(self, pixels: bytes) -> None:
        """Write the next picture."""
        self._last = pixels
        self.again()

    def mark(self, frame: int, words: str) -> None:
        """From this picture on, say so in each."""
        self._tags["description"] = words

    def again(self) -> None:
        """Write the last picture once more."""
        self._count += 1
        image = Image.frombuffer(self._mode, self._size, self._last)
        info = PngImagePlugin.PngInfo()
        for key, words in self._tags.items():
            info.add_itxt(key.capitalize(), words)
        draft = self._folder / ".new.png"  # half a picture is none
        try:
            image.save(draft, pnginfo=info, compress_level=4)
            self._publish(draft, self._folder / f"{self._count:06d}.png")
        except OSError:
            draft.unlink(missing_ok=True)
            raise

    def close(self) -> None:
        """Nothing is left to do."""

    abandon = close
