"""What layers of source media show: live on threads that decode ahead, and in a film exactly and in step.

The show asks for a picture and takes what is there: it never waits. What is missing, damaged or gone is said once and
looked for again; its layer shows the test card with the reason, and the rest plays on. A file that is written anew is
opened anew.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import av

from perf.core.footage import Footage, MediaSpec, Shot
from perf.core.frame import Frame
from perf.core.patch import Patch
from perf.errors import DeviceError
from perf.ports.camera import Camera
from perf.ports.clip import Changes, Clip, open_clip, place_of
from perf.ports.mailbox import Guarded, Slot, Stop
from perf.ports.still import Size
from perf.ports.video import NEAR

RETRY = 2.0  # seconds between two looks for what is not there
SILENT = 5.0  # seconds without a picture after which a camera has gone
AHEAD = (0.0, 0.04, 0.08, 0.12)  # seconds from what is wanted at which pictures are decoded
CLOSE = 0.25  # seconds of film by which what a layer that comes back has to show may be off: a strobe flickers on
Fault = Callable[[str, str], None]
Shots = dict[int, Shot | str]  # by the layers' numbers; words: why there is none, for the test card


def wanted(frame: Frame) -> dict[int, Footage]:
    """Where films are to be seen in a frame, by their layers' numbers."""
    return {layer.number: layer.footage for layer in frame.layers if layer.footage is not None}


def shown(trouble: str, media: MediaSpec, folder: Path) -> str:
    """What a card says: the file without its folders, which an audience need not read."""
    path = place_of(media, folder)
    return trouble.replace(str(path), path.name)


@dataclass(slots=True)
class _Shared:
    """What a deck's thread and the show use in turn."""

    shots: list[Shot] = field(default_factory=list)
    length: float = 0.0
    trouble: str = ""
    since: float = 0.0  # when the newest came


class Deck:
    """What one layer shows on a stage of that size while a show plays, decoded by a thread of its own."""

    def __init__(self, media: MediaSpec, folder: Path, stage: Size | None, fault: Fault) -> None:
        self.media, self._folder, self._stage, self._fault = media, folder, stage, fault
        self._wanted: Slot[Footage] = Slot()
        self._asked = Footage()  # what was wanted last
        self._shared, self._stop = Guarded(_Shared()), Stop()
        self._said = ""
        self._thread = Thread(target=self._run, name="media", daemon=True)
        self._thread.start()

    def take(self, footage: Footage, shots: Shots, number: int, back: bool = False) -> None:
        """Ask for a picture, and put what there is among `shots`: that one, else the newest; nothing at first. Where a
        layer comes `back`, the newest is where it was left, maybe long ago: that is forgotten."""
        self._wanted.put(footage)
        if self.media.camera and self._silent():
            self._lost(f"the camera {self.media.camera} sends no pictures any more; connect it anew")
        with self._shared as shared:
            if shared.trouble:
                shots[number] = shared.trouble
            elif shared.shots:
                place = footage.place(shared.length) + NEAR
                exact = next((shot for shot in shared.shots if shot.start <= place < shot.end), None)
                if back and exact is None and abs(shared.shots[-1].start - place) > CLOSE:
                    shared.shots = []
                else:
                    shots[number] = exact or shared.shots[-1]

    def _silent(self) -> bool:
        """Whether a camera that saw something has sent nothing for long: its driver may wait for ever."""
        with self._shared as shared:
            return bool(shared.shots) and time.monotonic() > shared.since + SILENT

    def close(self) -> None:
        """Stop decoding. The thread lets go by itself: a driver may take its time."""
        self._stop.set()
        self._wanted.close()

    def _run(self) -> None:
        """Open what is shown, and again when it fails."""
        work = self._film if self.media.camera else self._play
        while not self._stop:
            try:
                work()
            except Exception as error:  # noqa: BLE001 - the thread's edge: said, shown by a card, and tried again
                self._lost(str(error) or type(error).__name__)
                self._stop.wait(RETRY)

    def _lost(self, trouble: str) -> None:
        with self._shared as shared:
            shared.trouble, shared.shots = shown(trouble, self.media, self._folder), []
        if trouble != self._said and not self._stop:
            self._said = trouble
            self._fault("media", f"{trouble}; it is looked for again")

    def _put(self, shots: list[Shot], length: float) -> None:
        with self._shared as shared:
            shared.shots, shared.length, shared.trouble = shots, length, ""
            shared.since = time.monotonic()

    def _film(self) -> None:
        """A camera's pictures, the newest alone."""
        with closing(Camera(self.media.camera, self._stage)) as camera:
            for shot in camera.shots():
                self._put([shot], 0.0)
                self._said = ""
                if self._stop:
                    return

    def _play(self) -> None:
        """A clip's pictures, until its file is another: the one that is wanted, then those that will be if nobody does
        anything."""
        changes = Changes(place_of(self.media, self._folder))
        with closing(open_clip(self.media, self._folder, self._stage)) as clip:
            self._asked = self._wanted.take() or self._asked  # while it was opened: no other picture flashes up
            self._put([clip.at(self._asked.place(clip.length))], clip.length)
            while (footage := self._wanted.wait()) is not None and not changes.there():
                self._asked = footage
                self._decode(clip, footage)

    def _decode(self, clip: Clip, footage: Footage) -> None:
        ready: list[Shot] = []
        for seconds in AHEAD if footage.rate else AHEAD[:1]:
            shot = clip.at(footage.ahead(seconds).place(clip.length))
            if shot not in ready:
                ready.append(shot)
                self._put(list(ready), clip.length)
        self._said = ""


class Bay:
    """The decks of a show, one for each layer of source media. `folder` is the patch's, `stage` the stage's size."""

    def __init__(self, patch: Patch, folder: Path, stage: Size | None, fault: Fault) -> None:
        self._folder, self._stage, self._fault = folder, stage, fault
        self._decks: dict[int, Deck] = {}
        self._seen: set[int] = set()  # the layers that the last frame showed
        self.adopt(patch)

    def adopt(self, patch: Patch) -> None:
        """Another patch plays: what it shows anew is opened, what it no longer shows is let go."""
        films = patch.films
        for number in [n for n, deck in self._decks.items() if films.get(n) != deck.media]:
            self._decks.pop(number).close()
        for number in films.keys() - self._decks.keys():
            self._decks[number] = Deck(films[number], self._folder, self._stage, self._fault)

    def shots(self, frame: Frame) -> Shots:
        """The newest pictures for a frame; at once."""
        found: Shots = {}
        films = wanted(frame)
        for number, footage in films.items():
            if number in self._decks:
                self._decks[number].take(footage, found, number, back=number not in self._seen)
        self._seen = set(films)
        return found

    def newest(self, number: int) -> Shot | None:
        """What a layer's camera saw last; None before that."""
        found: Shots = {}
        deck = self._decks.get(number)  # asked by another thread: it may be let go meanwhile
        if deck is not None:
            deck.take(Footage(), found, number)
        shot = found.get(number)
        return shot if isinstance(shot, Shot) else None

    def close(self) -> None:
        """Stop decoding."""
        for deck in self._decks.values():
            deck.close()


class Projector:
    """The pictures of a film in the making, exactly those of each frame, for a stage of that size; `notes` say what
    could not be shown."""

    def __init__(self, films: Mapping[int, MediaSpec], folder: Path, stage: Size | None = None) -> None:
        self._films, self._folder, self._stage = films, folder, stage
        self._clips: dict[int, Clip] = {}
        self._changes: dict[int, Changes] = {}
        self._lost: dict[int, str] = {}
        self.notes: list[str] = []

    @property
    def stale(self) -> bool:
        """Whether a file that is shown has been written anew."""
        return any(changes.there() for changes in self._changes.values())

    def shots(self, frame: Frame) -> Shots:
        """The pictures for a frame, however long that takes."""
        asked = wanted(frame).items()
        return {number: self.shot(number, footage) or self._lost.get(number, "") for number, footage in asked}

    def shot(self, number: int, footage: Footage) -> Shot | None:
        """What a layer shows; None where it cannot be shown."""
        if number in self._lost and number not in self._clips:
            return None
        try:
            clip = self._clips.get(number) or self._opened(number)
            shot = clip.at(footage.place(clip.length))
        except (DeviceError, av.FFmpegError, OSError, ValueError) as error:
            self._lost[number] = shown(str(error), self._films[number], self._folder)
            said = f"layer {number}: {error}"
            self.notes += [said] if said not in self.notes else []
            return None
        self._lost.pop(number, None)
        return shot

    def _opened(self, number: int) -> Clip:
        media = self._films[number]
        if media.camera:
            raise DeviceError("a film cannot see a camera, and shows the test card; record the show with --record")
        self._changes[number] = Changes(place_of(media, self._folder))
        clip = self._clips[number] = open_clip(media, self._folder, self._stage)
        return clip

    def close(self) -> None:
        """Let the files go."""
        for clip in self._clips.values():
            clip.close()
