"""A film rendered in parts of five seconds, joined at its end without a loss: an interrupted one is gone on with.

The parts lie in a folder beside it, FILM.mp4.part; each plays by itself. They begin at the same frames in every run, so
a film that was interrupted has the bits of one that was not. A folder of PNGs needs no parts.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

import av

from perf.errors import DeviceError, UsageError
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
            for left in self._files():
                if int(left.stem) >= options.begin:
                    left.unlink()
        except OSError as error:
            raise DeviceError(f"{path} cannot be written ({error.strerror}); choose another place") from error
        if options.begin > len(self._files()) * self._per:
            raise UsageError(f"{self._folder}: a part of the film is missing; --fresh starts over")

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
        (self._folder / f"new{self._suffix}").replace(self._folder / f"{first:08d}{self._suffix}")

    def close(self) -> None:
        """Join the parts, put the film in its place and sweep the workshop."""
        if self._video is not None:
            self._seal()
        whole = self._folder / f"whole{self._path.suffix}"
        self._join(whole)
        whole.replace(self._path)
        shutil.rmtree(self._folder)

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
