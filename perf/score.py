"""What a render plays: the patch, what happens in it, its sound, its rate and its length. Read and checked first.

Part of the composition root, beside `offline`; whatever is wrong with a file is said here, before a model is loaded.
"""

import math
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from perf.core.event import Event
from perf.core.patch import Patch
from perf.errors import ManifestError, UsageError
from perf.options import RenderOptions
from perf.ports.clip import place_of
from perf.ports.film_sound import Sound, measured
from perf.ports.film_writers import Shape, form, is_folder, rate_of
from perf.ports.library import Library, find_patch
from perf.ports.soundtrack import Soundtrack, sound_file
from perf.ports.take import read_take
from perf.wire.manifest import Manifest, decode, played
from perf.wire.take import TAKER, TakeHead

FPS = 30.0
TAIL = 2.0  # seconds that a take plays on after its last event
Events = list[tuple[float, Event]]
LENGTH = 16.0  # beats of a patch whose tracks do not say how long it is


@dataclass(frozen=True, slots=True)
class Score:
    """A patch with (seconds, event) pairs in order of time, for `frames` frames at `fps` a second.

    `sound` is what is heard with the film, `track` what the film itself hears: that, or the file of `[sound]`. `began`
    is the date of second 0, where it was played before.
    """

    library: Library
    patch: Patch
    events: Events
    sound: Sound | None
    fps: float
    frames: int
    notes: tuple[str, ...] = ()
    track: Soundtrack | None = None
    began: datetime | None = None

    def files(self, options: RenderOptions) -> tuple[Path, ...]:
        """What it was read from, and what its layers show."""
        said = (options.take, options.from_manifest, self.track.path if self.track else "")
        shown = (place_of(film, self.library.path.parent) for film in self.patch.films.values() if film.file)
        return (self.library.path, *(Path(name) for name in said if name), *shown)


def score(options: RenderOptions) -> Score:
    """Read everything that a render is told to play. Raises UsageError and its kin."""
    library = Library(Path(options.patch) if options.text else find_patch(options.patch), options.model)
    patch = library.read(options.text) if options.text else library.load()
    sound = _sound(options, library, patch)
    if options.take and options.from_manifest:
        raise UsageError("--take and --from-manifest both say what happens; give one of them")
    form(options.output, Shape(options.size or patch.size, options.fps or FPS, options.codec, options.alpha))
    head, events = read_take(Path(options.take)) if options.take else (None, [])
    notes = _noted(options, patch, head, events) if head else ()
    manifest = _manifest(options, patch)
    if manifest:
        patch = played(manifest, patch)
    fps = float(rate_of(options.fps or (manifest.fps if manifest else 0.0) or FPS))
    frames = _frames(options, patch, fps, _told(events, manifest, sound))
    if frames < 1:
        raise UsageError(f"a film of no frame: it is shorter than {1 / fps:g} s; give it more --seconds")
    if sound and is_folder(options.output):
        notes += (f"numbered pictures are not heard: {sound.path} only says how long they are",)
    _films(library, patch)
    track = _track(library, patch, sound)
    if track and not manifest:
        events = track.heard(patch, events, frames / fps)
    began = datetime.fromisoformat(head.began) if head and head.began else None
    return Score(library, patch, events, sound, fps, frames, notes, track, began)


def _track(library: Library, patch: Patch, sound: Sound | None) -> Soundtrack | None:
    """What the film hears. Raises UsageError for a file that cannot be read."""
    name = sound_file(patch)
    if sound is None and name:
        sound = measured(library.path.parent / name)
    return Soundtrack(sound.path) if sound else None


def _films(library: Library, patch: Patch) -> None:
    """Raises UsageError naming a clip that is not there."""
    for number, film in patch.films.items():
        path = place_of(film, library.path.parent)
        if film.file and not os.path.exists(path):  # Path's own does not say no to every name
            words = f"layer {number}: {path}: there is no such file"
            raise UsageError(f"{library.path}: {words}; put it there, or correct `file`")


def _sound(options: RenderOptions, library: Library, patch: Patch) -> Sound | None:
    """The sound, read through; the patch's lies beside the patch."""
    if options.sound:
        return measured(Path(options.sound))
    return measured(library.path.parent / patch.sound) if patch.sound else None


def _noted(options: RenderOptions, patch: Patch, head: TakeHead, events: Events) -> tuple[str, ...]:
    """What is to be known of a take: one of another patch is played all the same, one without an end is given one."""
    notes = []
    if head.patch_sha256 != patch.digest:
        notes.append(f"{options.take} was played on another version of {head.patch}")
    if events and not (_ended(events) or options.seconds or options.beats):
        notes.append(
            f"{options.take} does not say how long it was played: the film ends {TAIL:g} s after its last event"
        )
    return tuple(notes)


def _ended(events: Events) -> bool:
    """Whether a take goes to the show's end, and not only to its last event."""
    return bool(events) and events[-1][1].source == TAKER


def _manifest(options: RenderOptions, patch: Patch) -> Manifest | None:
    path = options.from_manifest
    if not path:
        return None
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestError(f"cannot be read: {error}", path) from error
    return decode(text, patch, path)


def _told(events: Events, manifest: Manifest | None, sound: Sound | None) -> tuple[float, bool]:
    """Seconds that what happens takes, or 0; and whether it is heard to its end, or its frames are counted."""
    if manifest:
        return len(manifest.seconds) / (manifest.fps or FPS), False
    if events:
        return events[-1][0] + (0.0 if _ended(events) else TAIL), False
    return (sound.seconds, True) if sound else (0.0, False)


def _frames(options: RenderOptions, patch: Patch, fps: float, told: tuple[float, bool]) -> int:
    """As asked, else what happens, else the longest track's."""
    seconds, heard = told
    asked = options.seconds or (_seconds(patch, options.beats) if options.beats else 0.0)
    if heard and not asked:
        return math.ceil(seconds * fps - 1e-6)  # the last of it is heard, too
    whole = patch.timeline.beats(patch.meter, patch.tempo) or LENGTH
    return round((asked or seconds or _seconds(patch, whole)) * fps)


def _seconds(patch: Patch, beats: float) -> float:
    """When the patch has played so many beats."""
    return patch.transport.when(beats)
