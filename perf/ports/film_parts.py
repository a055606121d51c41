"""A film rendered in parts of five seconds, joined at its end without a loss: an interrupted one is gone on with.

The parts lie in a folder beside it, FILM.mp4.part; each plays by itself. They begin at the same frames in every run, so
a film that was interrupted has the bits of one that was not. A folder of PNGs needs no parts. The end has three steps:
`close` joins them, `place` puts the film where it belongs, `sweep` clears away; until then all can be done again.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

import av

from perf.errors import DeviceError, UsageError
from perf.ports.checkpoint import publish
from perf.ports.film_chapters import Mark, chapters
from perf.ports.film_pictures import Pictures
from perf.ports.film_sink import Sink
from perf.ports.film_sound import Sound, SoundTrack
from perf.ports.film_writers import Format, Making, Shape, Video, Writer, form, is_folder, rate_of, tags

SECONDS = 5.0  # of film in a part


class Parting(Making, Protocol):
    """What a writer of parts is told: `FilmOptions`. `begin` frames are there from an earlier run."""

    @property
    def begin(self) -> int: ...
    @property
    def sound(self) -> Sound | None: ...


def frames_of(fps: float) -> int:
    """Frames in a part."""
    return max(round(SECONDS * fps), 1)


def workshop(path: Path) -> Path:
    """The folder in which a film is made; for a folder of PNGs that folder."""
    return path if is_folder(path) else path.with_name(path.name + ".part")


def place(path: Path) -> None:
    """Put a film whose parts are joined in its place. Raises OSError."""
    if workshop(path) != path and _whole(path).exists():
        publish(_whole(path), path)


def sweep(path: Path) -> None:
    """Away with what a film that is in its place was made of. Raises OSError."""
    if workshop(path) != path and workshop(path).exists():
        for checkpoint in workshop(path).glob(".*"):  # first: without the parts nobody can go on from it
            checkpoint.unlink()
        shutil.rmtree(workshop(path))


def _whole(path: Path) -> Path:
    """Where the parts are joined."""
    return workshop(path) / f"whole{path.suffix}"


def parted(path: Path, shape: Shape, options: Parting) -> Writer:
    """The writer of a film that may be gone on with. Raises UsageError, DeviceError."""
    made = form(path, shape)
    if made is None:
        return Pictures(path, shape.size, tags(options.metadata), shape.alpha, options.begin)
    return Parts(path, shape, options, made)


class Parts:
    """One film file in the making. `abandon` leaves the parts where they are."""

    def __init__(self, path: Path, shape: Shape, options: Parting, made: Format) -> None:
        self._path, self._shape, self._options, self._made = path, shape, options, made
        # MOV keeps the exact times of frames out of order, Matroska rounds them; FFV1 has none out of order.
        self._kept = made if made.container == "matroska" and made.encoders == ("ffv1",) else _as_mov(made)
        self._suffix = ".mkv" if self._kept is made else ".mov"
        self._folder, self._per, self._count = workshop(path), frames_of(shape.fps), options.begin
        self._video: Video | None = None
        self._last, self._marks = b"", list[Mark]()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for left in (_whole(path), *(file for file in self._files() if int(file.stem) >= options.begin)):
                left.unlink(missing_ok=True)
        except OSError as error:
            raise DeviceError(f"{path} cannot be written ({error.strerror}); choose another place") from error
        for first in range(0, options.begin, self._per):
            if not _readable(self._part(first), self._per, rate_of(shape.fps)):
                words = "this part of the film is missing or damaged; --fresh starts over"
                raise UsageError(f"{self._part(first)}: {words}")

    def _part(self, first: int) -> Path:
        return self._folder / f"{first:08d}{self._suffix}"

    def _files(self) -> list[Path]:
        return sorted(path for path in self._folder.glob(f"*{self._suffix}") if path.stem.isdigit())

    def add(self, rgb: bytes) -> None:
        """Write the next frame."""
        self._last = rgb
        if self._video is None:
            self._video = Video(self._folder / f"new{self._suffix}", self._shape, self._options, self._kept)
        self._video.add(rgb)
        self._count += 1
        if self._count % self._per == 0:
            self._seal()

    def again(self) -> None:
        """Write the last frame once more."""
        self.add(self._last)

    def mark(self, frame: int, words: str) -> None:
        """A chapter of the whole film begins."""
        self._marks.append((frame, words))

    def _seal(self) -> None:
        """Finish the part; only a whole one has a number."""
        assert self._video is not None
        self._video.close()
        self._video = None
        first = (self._count - 1) // self._per * self._per
        publish(self._folder / f"new{self._suffix}", self._part(first))

    def close(self) -> None:
        """Join the parts."""
        if self._video is not None:
            self._seal()
        self._join(_whole(self._path))

    def abandon(self) -> None:
        """Let go of the part that is being written."""
        if self._video is not None:
            self._video.abandon()

    def _join(self, whole: Path) -> None:
        """All packets of all parts with the sound between them, in order of time."""
        parts, rate, sink = self._files(), rate_of(self._shape.fps), Sink(whole)
        options = {"fflags": "+bitexact"}
        with closing(sink), av.open(sink, "w", format=self._made.container, options=options) as film:
            film.metadata.update(tags(self._options.metadata))
            with av.open(str(parts[0])) as first:
                stream = film.add_stream_from_template(first.streams.video[0], time_base=1 / rate)
            sound = self._options.sound
            track = SoundTrack(film, sound, self._count / rate) if sound else None
            for packet in _packets(parts, rate):
                if track:
                    track.upto(packet.pts / rate)
                packet.stream = stream
                film.mux(packet)
                sink.check()
            if track:
                track.upto(self._count / rate)
                track.close()
            film.set_chapters(chapters(self._marks, self._count, rate))
        sink.check()


def _as_mov(made: Format) -> Format:
    return Format("mov", made.encoders, made.pixels, made.cell)


def _readable(part: Path, frames: int, rate: Fraction) -> bool:
    """Whether a part is there to its last frame."""
    try:
        with av.open(str(part)) as file:
            stream = file.streams.video[0]
            file.seek(int((frames - 1) / rate / (stream.time_base or 1)), stream=stream)
            times = [packet.pts * packet.time_base for packet in file.demux(stream) if packet.pts is not None]
    except (OSError, av.FFmpegError, IndexError):
        return False
    return round(max(times, default=Fraction(-1)) * rate) >= frames - 1


def _packets(parts: Sequence[Path], rate: Fraction) -> Iterator[Any]:
    """Every packet with its place in the whole film, counted in frames."""
    for path in parts:
        late = None  # a part's first frame may be late, by as many as are out of order
        with av.open(str(path)) as part:
            for packet in part.demux(video=0):
                if packet.pts is None or packet.dts is None:  # the demuxer's last word
                    continue
                shown, due = (round(time * packet.time_base * rate) for time in (packet.pts, packet.dts))
                late = shown if late is None else late
                packet.pts, packet.dts = (int(path.stem) + time - late for time in (shown, due))
                packet.time_base, packet.duration = 1 / rate, 1
                yield packet
