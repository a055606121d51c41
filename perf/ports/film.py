"""The recorder: frames of the stage to a film, beside the loop. The show never waits for it.

Live, `offer` places a frame by its time in a film of constant rate: when the show was slow the film repeats its last
frame, when the encoder is slow a frame is dropped and counted. Offline, `put` waits for room and every frame is there
exactly once. A full disk ends the recording, not the show, and what was written stays playable.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

from perf.ports import film_parts
from perf.ports.film_chapters import Scenes
from perf.ports.film_process import Apart
from perf.ports.film_sound import Sound
from perf.ports.film_writers import Shape, Writer, writer
from perf.ports.mailbox import Queue

LONGEST_HOLD = 600.0  # seconds that a film repeats one frame at most: a machine that slept does not fill its disk
MARGIN = 1e-6  # frames by which a time may fall short of its frame: 0.1 * 30 is not quite 3


def _unheard(kind: str, message: str) -> None:
    """Where faults go when nobody asks for them."""


@dataclass(frozen=True, slots=True)
class FilmOptions:
    """How a film is made.

    `metadata` (patch, seed, prompts) goes into the film's comment as JSON, its `patch` into the title; `quality` is
    x264's CRF, 0 (lossless) to 51; `effort` is x264's preset; `waiting` is how many frames may wait for the encoder;
    `apart` encodes in a process of its own, as a show needs it; `fault` takes (kind, message) once when the recording
    must end: `Inbox.fault`. `codec` and `alpha` are those of `Shape`. `encoder` (of a film made `apart`:
    auto, software or a name of `film_encoders.HARDWARE`) is who encodes H.264; `said` is told (kind, words) who does.

    `parts` makes the film in parts that a later run goes on with, from frame `begin` on; `sound` needs it.
    """

    metadata: Mapping[str, object] = field(default_factory=dict)
    quality: int = 17
    effort: str = "veryfast"
    waiting: int = 8
    apart: bool = False
    fault: Callable[[str, str], None] = _unheard
    encoder: str = "software"
    said: Callable[[str, str], None] = _unheard
    codec: str = ""
    alpha: bool = False
    parts: bool = False
    begin: int = 0
    sound: Sound | None = None


@dataclass(frozen=True, slots=True)
class FilmReport:
    """What became of a film: frames in it, frames that were offered and are not, and why it ended early, or ""."""

    frames: int
    drops: int
    path: Path
    failure: str = ""


class Film:
    """A film of `size` (width, height in pixels) at `fps`, to `.mp4`, `.mov`, `.mkv` or a folder of numbered PNGs.

    Raises UsageError for another suffix or size, DeviceError when the path cannot be written or no encoder is there.
    """

    def __init__(self, path: Path, size: tuple[int, int], fps: float, options: FilmOptions | None = None) -> None:
        options = options or FilmOptions()
        self._path, self._fps, self._fault = Path(path), fps, options.fault
        shape = Shape(size, fps, options.codec, options.alpha)
        self._writer = _writer(self._path, shape, options)
        self._bytes = size[0] * size[1] * (4 if options.alpha else 3)
        self._queue: Queue[tuple[int, bytes | None, str] | Event] = Queue(options.waiting)
        self._scenes = Scenes(fps)
        self._start: float | None = None
        self._frames, self._last = options.begin, options.begin - 1
        self._drops = self._misfits = 0
        self._failure, self._parts = "", options.parts
        self._leaving = False
        self._thread = Thread(target=self._run, name="film", daemon=True)
        self._thread.start()

    @property
    def drops(self) -> int:
        """Frames offered so far that are not in the film."""
        return self._drops

    @property
    def failure(self) -> str:
        """Why the recording ended by itself, or ""."""
        return self._failure

    @property
    def whole(self) -> bool:
        """Whether nothing has ended it before its time."""
        return not self._failure

    def offer(self, rgb: bytes | memoryview, seconds: float, scene: str = "") -> bool:
        """Give a frame (rows from the top, 8 bits a channel) shown at clock time `seconds`; never waits.

        `scene` says what it shows: where it changes a chapter begins, one a second at most.
        False when it was dropped. A frame that the film's rate has no room for is not needed, which is no drop.
        """
        self._start = seconds if self._start is None else self._start
        index = int((seconds - self._start) * self._fps + MARGIN)
        late = index - self._last - max(int(LONGEST_HOLD * self._fps), 1)
        if late > 0:  # those after it come later by as much
            self._start, index = self._start + late / self._fps, index - late
        if index <= self._last:
            return True
        if self._fits(rgb) and self._queue.offer((index, bytes(rgb), scene)):
            self._last = index
            return True
        self._drops += 1
        return False

    def put(self, rgb: bytes | memoryview, scene: str = "") -> bool:
        """Give the next frame, waiting for room: offline only. False when the recording has ended."""
        if not self._fits(rgb) or not self._queue.put((self._last + 1, bytes(rgb), scene)):
            self._drops += 1
            return False
        self._last += 1
        return True

    def passed(self, frame: int, scene: str) -> None:
        """Say what a frame shows that is there from an earlier run."""
        self._queue.put((frame, None, scene))

    def settle(self) -> bool:
        """Wait until what was put is written: offline only. False when the recording has ended."""
        written = Event()
        if self._queue.put(written):
            written.wait()
        return not self._failure

    def leave(self) -> FilmReport:
        """End without finishing: a film in parts is left to be gone on with, another one plays as far as it came."""
        self._leaving = True
        self.join()
        return self._report()

    def join(self) -> bool:
        """Write what waits and finish the file; parts are joined, and lie where they did. False when that failed."""
        self._queue.close()
        self._thread.join()
        return not self._failure

    def place(self) -> bool:
        """Put a film that was made in parts in its place; it can still be left. False when that failed."""
        return self.join() and (not self._parts or self._tried(film_parts.place))

    def close(self) -> FilmReport:
        """Write what waits, finish the file and say what became of it. A second call says it again."""
        if not self._leaving and self.place() and self._parts:
            self._tried(film_parts.sweep)
        return self._report()

    def _tried(self, step: Callable[[Path], None]) -> bool:
        try:
            step(self._path)
        except OSError as error:
            self._fail(error)
        return not self._failure

    def _report(self) -> FilmReport:
        return FilmReport(self._frames, self._drops, self._path, self._failure)

    def _fits(self, rgb: bytes | memoryview) -> bool:
        if len(rgb) == self._bytes:
            return True
        if not self._misfits:
            self._fault(
                "film", f"a frame of {len(rgb)} bytes does not fit the film's {self._bytes}; record at one size"
            )
        self._misfits += 1
        return False

    def _run(self) -> None:
        try:
            for item in self._queue:
                if isinstance(item, Event):
                    item.set()
                else:
                    self._write(*item)
            if self._leaving:
                self._writer.abandon()
            else:
                self._writer.close()
        except Exception as error:  # noqa: BLE001 - the thread's edge: the recording ends, the show goes on
            self._fail(error)

    def _write(self, index: int, rgb: bytes | None, scene: str) -> None:
        """Repeat the last frame up to `index`, then add the new one."""
        if self._scenes.begins(index, scene):
            self._writer.mark(index, scene)
        if rgb is None:
            return
        while self._frames < index:
            self._writer.again()
            self._frames += 1
        self._writer.add(rgb)
        self._frames += 1

    def _fail(self, error: Exception) -> None:
        cure = f"make room or see to its place, {'go on with the same command' if self._parts else 'record anew'}"
        self._failure = f"{self._path}: recording ended after {self._frames} frames ({error}); {cure}"
        self._queue.close()
        for item in self._queue:
            if isinstance(item, Event):
                item.set()
            else:
                self._drops += 1
        self._writer.abandon()
        self._fault("film", self._failure)


def _writer(path: Path, shape: Shape, options: FilmOptions) -> Writer:
    if options.parts:
        return film_parts.parted(path, shape, options)
    return (Apart if options.apart else writer)(path, shape, options)
