"""A video file: which picture of it is seen at a second, the same one however it is reached.

Exact and blocking, like all clips (`ports.clip`); what is damaged is left out, what is cut off plays as far as it goes.
"""

import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import inf
from pathlib import Path
from typing import Any

import av
from av.video.frame import VideoFrame

from perf.core.footage import Shot
from perf.errors import DeviceError
from perf.ports.develop import Developer
from perf.ports.still import Size

FORWARD = 1.0  # seconds ahead up to which pictures are decoded on, rather than sought
KEPT = 96_000_000  # bytes of decoded pictures that are kept of a stretch, so that going back decodes little again
NEAR = 0.001  # seconds by which a place may be short of a picture's time: containers round it to milliseconds
SHOTS = 6  # pictures that are kept as RGBA
MEASURED = 256_000_000  # bytes of a file up to which its packets are counted
THREADS = max((os.cpu_count() or 2) // 2, 1)  # that decode: an 8K film must leave some of the machine to the show
WITH_ALPHA = {"vp8": "libvpx", "vp9": "libvpx-vp9"}  # decoders that know the transparency which WebM keeps beside


@dataclass(slots=True)
class Stretch:
    """Pictures that were decoded one after the other, with the seconds at which they begin; `over`: to the end."""

    frames: deque[tuple[float, VideoFrame]] = field(default_factory=deque)
    over: bool = False

    def has(self, here: float) -> bool:
        """Whether the picture of that second is there, and the one after it."""
        frames = self.frames
        return bool(frames) and frames[0][0] <= here and (here < frames[-1][0] or self.over)

    def keep(self, found: tuple[float, VideoFrame]) -> None:
        """One more; the first of too many are let go."""
        self.frames.append(found)
        while len(self.frames) > max(KEPT // _bytes(found[1]), 4):
            self.frames.popleft()


class Video:
    """A video file: seconds count from its first picture. Raises DeviceError for what is none.

    `stage` is the size of what its pictures have to cover, at most; without, they are as large as they are.
    """

    def __init__(self, path: Path, stage: Size | None = None) -> None:
        self.path = path
        self._develop = Developer(stage)
        self._before = Stretch()  # what was decoded before the last seek: a loop looks to and fro over its seam
        self._shots: dict[float, Shot] = {}
        self._late = 0.0  # seconds by which its first picture comes after the time at which the file says it begins
        self._open()
        self.length = self._measured()
        if self.length <= 0.0:
            self.close()
            raise DeviceError(f"{path}: it has no pictures, or they have no times; export it again, as H.264 or ProRes")

    def _open(self) -> None:
        try:
            self._container = av.open(str(self.path))
        except (av.FFmpegError, OSError, ValueError) as error:
            raise self._spoilt(error) from error
        if not self._container.streams.video:
            self._container.close()
            raise DeviceError(f"{self.path}: it has no pictures; give a video, an image, or a folder of images")
        self._stream = self._container.streams.video[0]
        if self._stream.codec_context is None:
            self._container.close()
            raise DeviceError(f"{self.path}: nothing here knows its codec; export it again, as H.264 or ProRes")
        self._stream.thread_type, self._stream.codec_context.thread_count = "AUTO", THREADS
        self._base = self._stream.time_base or Fraction(1, 90000)
        self._first = float((self._stream.start_time or 0) * self._base) + self._late
        self._rest(0.0, True)

    def _spoilt(self, error: Exception) -> DeviceError:
        words = getattr(error, "strerror", None) or str(error)
        return DeviceError(f"{self.path}: cannot be played: {words}; export it again, as H.264 or ProRes")

    def _rest(self, guess: float, whole: bool) -> None:
        """Nothing is decoded yet from about `guess` seconds on; `whole`: the first that comes is the file's first."""
        self._frames, self._whole = self._decoded(guess), whole
        self._now = Stretch()
        name = WITH_ALPHA.get(self._stream.codec.name) if self._stream.metadata.get("alpha_mode") == "1" else None
        self._decoder: Any = av.CodecContext.create(name, "r") if name in av.codecs_available else None

    def _measured(self) -> float:
        """Its length in seconds: as far as there are packets, which one that was cut off does not say; of a large file,
        as it says."""
        if self._stream.duration and self.path.stat().st_size > MEASURED:
            return float(self._stream.duration * self._base)
        step = 1 / (self._stream.average_rate or Fraction(30))
        timed = [(p.pts, p.duration or 0) for p in self._packets() if p.pts is not None and p.size]
        end = max((pts * self._base + (duration * self._base or step) for pts, duration in timed), default=0)
        begin = self._stream.start_time or 0
        first = min((pts for pts, _ in timed if pts >= begin), default=begin)
        self._late = float((first - begin) * self._base)
        self._reopen()
        return float(end) - self._first

    def at(self, place: float) -> Shot:
        """The last picture that has begun at `place`. Raises DeviceError where none can be decoded."""
        here = place + NEAR
        if not self._now.has(here):
            if self._before.has(here) and not self._near(here):
                return self._shot(self._before, here)
            self._find(here)
        return self._shot(self._now, here)

    def _near(self, here: float) -> bool:
        """Whether it is decoded on to that second, rather than sought."""
        frames = self._now.frames
        return bool(frames) and not self._now.over and frames[0][0] <= here < frames[-1][0] + FORWARD

    def _find(self, here: float) -> None:
        """Decode up to a second: on from here, or from a key picture before it, farther back where that was late."""
        if not self._near(here):
            self._before = self._now
            self._seek(here)
        back = 1.0
        while not self._reached(here):
            if self._whole:
                raise DeviceError(f"{self.path}: no picture of it can be decoded; export it again")
            if back < here:
                self._seek(here - back)
            else:
                self._reopen()
            back *= 2.0

    def _seek(self, here: float) -> None:
        """Go to a key picture at or before a second; in a file that cannot be sought, to its beginning."""
        try:
            self._container.seek(int((here + self._first) / self._base), stream=self._stream, backward=True)
            self._rest(here, False)
        except (av.FFmpegError, OSError):
            self._reopen()

    def _reopen(self) -> None:
        """Go to the first picture, whatever the file's index says."""
        self._container.close()
        self._open()

    def _reached(self, here: float) -> bool:
        """Decode until a picture begins after a second; False where the first that came did, unless it is the
        file's first."""
        now = self._now
        while not now.frames or now.frames[-1][0] <= here:
            found = next(self._frames, None)
            if found is None:
                now.over = True
                break
            now.keep(found)
        return bool(now.frames) and (now.frames[0][0] <= here or self._whole)

    def _decoded(self, guess: float) -> Iterator[tuple[float, VideoFrame]]:
        """Pictures with their seconds, in order; what is damaged is left out."""
        last, step = guess, float(1 / (self._stream.average_rate or 30))
        for packet in self._packets():
            try:
                frames = self._decoder.decode(packet if packet.size else None) if self._decoder else packet.decode()
            except av.FFmpegError:
                continue
            for frame in frames:
                start = last + step if frame.pts is None else float(frame.pts * self._base) - self._first
                if start > last or last == guess:
                    yield start, frame
                    last = start

    def _packets(self) -> Iterator[av.Packet]:
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets, None)
            except (av.FFmpegError, OSError):
                return
            if packet is None:
                return
            yield packet

    def _shot(self, stretch: Stretch, here: float) -> Shot:
        frames = stretch.frames
        index = next((n for n in reversed(range(len(frames))) if frames[n][0] <= here), 0)
        start, frame = frames[index]
        shot = self._shots.get(start)
        if shot is None:
            end = frames[index + 1][0] if index + 1 < len(frames) else inf
            shot = self._shots[start] = self._develop(frame, self._stream.sample_aspect_ratio, start, end)
            while len(self._shots) > SHOTS:
                del self._shots[next(iter(self._shots))]
        return shot

    def close(self) -> None:
        """Let the file go."""
        self._now, self._before = Stretch(), Stretch()
        self._shots.clear()
        self._container.close()


def _bytes(frame: VideoFrame) -> int:
    return sum(plane.buffer_size for plane in frame.planes)
