"""What leaves a show beside its window and its page: the film, pictures on demand, and what other programs take.

Part of the composition root. The stage is read once a frame, and only when somebody wants it.
"""

from collections import deque
from collections.abc import Callable
from pathlib import Path

from perf import __version__
from perf.core.frame import Frame
from perf.core.patch import Patch
from perf.gl.compositor import Compositor
from perf.options import ShowOptions
from perf.ports.film import Film
from perf.ports.film_chapters import scene
from perf.ports.library import Library
from perf.ports.senders import Sender
from perf.ports.snapshot import Snapshots
from perf.recording import FILM_FPS, Recording

SNAPSHOT = "/master/snapshot"


class Outlets:
    """The outlets of one show. Raises DeviceError, UsageError when its film cannot be written; nothing is open then."""

    def __init__(
        self, options: ShowOptions, library: Library, recording: Recording, fault: Callable[[str, str], None]
    ) -> None:
        self._words: deque[tuple[str, str]] = deque()
        self._film_next = 0.0
        self.film: Film | None = recording.film(fault, self.say) if options.record else None
        self.fault = fault
        self._snapshots = Snapshots(_stem(options, library), self.say, fault)
        self._senders = [Sender(text, recording.size, recording.fps, self) for text in options.send]

    def say(self, kind: str, words: str) -> None:
        """From any thread."""
        self._words.append((kind, words))

    @property
    def drops(self) -> int:
        """Frames that were offered to the film and are not in it."""
        return self.film.drops if self.film is not None else 0

    def said(self) -> list[tuple[str, str]]:
        """What the outlets have had to say since the last call, as (kind, words)."""
        return [self._words.popleft() for _ in range(len(self._words))]

    def show(self, frame: Frame, patch: Patch, compositor: Compositor) -> None:
        """After a frame is drawn: to everyone who is due."""
        now = frame.moment.seconds
        filmed = self.film is not None and not self.film.failure and now >= self._film_next
        asked = bool(frame.values.get(SNAPSHOT, False))
        self._senders = [sender for sender in self._senders if sender.going]
        if not (filmed or asked or self._senders):
            return
        picture = compositor.read()
        if self.film is not None and filmed:
            self._film_next = max(self._film_next + 1 / FILM_FPS, now - 1 / FILM_FPS)
            self.film.offer(picture, now, scene(frame.job.prompts, frame.job.seed))
        copy = bytes(picture) if asked or self._senders else b""  # it is read by other threads, and overwritten soon
        for sender in self._senders:
            sender.send(copy)
        if asked:
            self._snapshots.take(copy, compositor.size, facts(patch, frame))

    def close(self) -> None:
        """Finish the film and the pictures, and let go of the rest."""
        for sender in self._senders:
            sender.close()
        self._snapshots.close()
        if self.film is not None:
            self.film.close()


def facts(patch: Patch, frame: Frame) -> dict[str, object]:
    """What a picture was made of, for its metadata."""
    return {
        "patch": patch.name,
        "patch_sha256": patch.digest,
        "retrograde": __version__,
        "seed": frame.job.seed,
        "prompts": [{"text": text, "weight": round(weight, 4)} for text, weight in frame.job.prompts],
        "seconds": round(frame.moment.seconds, 3),
        "beat": round(frame.moment.beat, 3),
    }


def _stem(options: ShowOptions, library: Library) -> Path:
    """Pictures lie beside the film under its name, else in the current folder under the patch's."""
    return Path(options.record).with_suffix("") if options.record else Path(library.path.stem)
