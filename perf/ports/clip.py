"""Clips: a video file, a still image or a folder of numbered ones, and which picture of it is seen at a second.

Exact and blocking: whoever has time asks here (a film in the making); a show has a thread that asks (`ports.media`).
The same place gives the same picture however it is reached: forwards, backwards, or after any seek.
"""

import re
from collections import deque
from collections.abc import Iterator
from fractions import Fraction
from math import inf
from pathlib import Path
from typing import Protocol

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, VideoReformatter
from numpy.typing import NDArray
from PIL import Image

from perf.core.footage import MediaSpec, Shot
from perf.errors import DeviceError
from perf.ports.still import SIDE, read_still

STILLS = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff")
NEAR = 0.001  # seconds by which a place may be short of a picture's time: containers round it to milliseconds
FORWARD = 1.0  # seconds ahead up to which pictures are decoded on, rather than sought
KEPT = 96_000_000  # bytes of decoded pictures that are kept, so that going back decodes little again
SHOTS = 6  # pictures that are kept as RGBA
MEASURED = 256_000_000  # bytes of a file up to which its packets are counted
HD = 720  # lines from which on a video that does not name its colours has those of HDTV (BT.709)
UNNAMED = 2  # the colour space of a frame that does not say (AVCOL_SPC_UNSPECIFIED)


class Clip(Protocol):
    """What can be shown at a second of it. `length` in seconds."""

    length: float

    def at(self, place: float) -> Shot:
        """The picture seen at `place`, which is 0 or more. Raises DeviceError, OSError or ValueError."""

    def close(self) -> None:
        """Let the file go."""


def open_clip(media: MediaSpec, folder: Path) -> Clip:
    """The clip that a layer shows, `folder` being the patch's. Raises DeviceError saying why there is none."""
    path = folder / Path(media.file).expanduser()
    if path.is_dir():
        return Stills(_numbered(path), media.fps)
    if not path.is_file():
        raise DeviceError(f"{path}: there is no such file; put it beside the patch, or correct `file`")
    return Stills([path], media.fps) if path.suffix.lower() in STILLS else Video(path)


def tried(media: MediaSpec, folder: Path) -> str:
    """Why the first picture of a layer's file cannot be shown; "" where it can, and of a camera."""
    if media.camera:
        return ""
    try:
        clip = open_clip(media, folder)
        try:
            clip.at(0.0)
        finally:
            clip.close()
    except (DeviceError, OSError, ValueError) as error:
        return str(error)
    return ""


def _numbered(folder: Path) -> list[Path]:
    """A folder's pictures in the order of the last number in their names."""
    paths = [path for path in folder.iterdir() if path.suffix.lower() in STILLS and not path.name.startswith(".")]
    if not paths:
        raise DeviceError(f"{folder}: no pictures in it; it takes numbered ones ({', '.join(STILLS)})")
    return sorted(paths, key=lambda path: (int((re.findall(r"\d+", path.stem) or ["0"])[-1]), path.name))


class Stills:
    """Pictures in files of their own, each seen for 1 / `fps` seconds."""

    def __init__(self, paths: list[Path], fps: float) -> None:
        self._paths, self._fps = paths, fps
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
            still = read_still(path)
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise DeviceError(f"{path}: cannot be read as a picture: {reason}; save it again as a PNG") from error
        return Shot(still.size, still.pixels, still.size[0] / still.size[1], start, end)

    def close(self) -> None:
        """Nothing is open."""


class Video:
    """A video file: seconds count from its first picture. Raises DeviceError for what is none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._develop = Developer()
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
        self._stream.thread_type = "AUTO"
        self._base = self._stream.time_base or Fraction(1, 90000)
        self._first = float((self._stream.start_time or 0) * self._base)
        self._rest(0.0, True)

    def _spoilt(self, error: Exception) -> DeviceError:
        words = getattr(error, "strerror", None) or str(error)
        return DeviceError(f"{self.path}: cannot be played: {words}; export it again, as H.264 or ProRes")

    def _rest(self, guess: float, whole: bool) -> None:
        """Nothing is decoded yet from about `guess` seconds on; `whole`: the first that comes is the file's first."""
        self._frames, self._whole = self._decoded(guess), whole
        self._recent: deque[tuple[float, VideoFrame]] = deque()
        self._shots: dict[float, Shot] = {}
        self._over = False

    def _measured(self) -> float:
        """Its length in seconds: as far as there are packets, which one that was cut off does not say; of a large file,
        as it says."""
        if self._stream.duration and self.path.stat().st_size > MEASURED:
            return float(self._stream.duration * self._base)
        step = 1 / (self._stream.average_rate or Fraction(30))
        timed = (p for p in self._packets() if p.pts is not None and p.size)
        end = max(((p.pts or 0) * self._base + ((p.duration or 0) * self._base or step) for p in timed), default=0)
        self._reopen()
        return float(end) - self._first

    def at(self, place: float) -> Shot:
        """The last picture that has begun at `place`. Raises DeviceError where none can be decoded."""
        here = place + NEAR
        if not self._within(here):
            self._find(here)
        return self._shot(here)

    def _within(self, here: float) -> bool:
        """Whether the picture of that second has been decoded, with the one after it."""
        recent = self._recent
        return bool(recent) and recent[0][0] <= here and (here < recent[-1][0] or self._over)

    def _find(self, here: float) -> None:
        """Decode up to a second: on from here, or from a key picture before it, farther back where that was late."""
        near = self._recent and self._recent[0][0] <= here < self._recent[-1][0] + FORWARD and not self._over
        if not near:
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
        while not self._recent or self._recent[-1][0] <= here:
            found = next(self._frames, None)
            if found is None:
                self._over = True
                break
            self._recent.append(found)
            while len(self._recent) > max(KEPT // _bytes(found[1]), 4):
                self._recent.popleft()
        return bool(self._recent) and (self._recent[0][0] <= here or self._whole)

    def _decoded(self, guess: float) -> Iterator[tuple[float, VideoFrame]]:
        """Pictures with their seconds, in order; what is damaged is left out."""
        last, step = guess, float(1 / (self._stream.average_rate or 30))
        for packet in self._packets():
            try:
                frames = packet.decode()
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

    def _shot(self, here: float) -> Shot:
        recent = self._recent
        index = next((n for n in reversed(range(len(recent))) if recent[n][0] <= here), 0)
        start, frame = recent[index]
        shot = self._shots.get(start)
        if shot is None:
            end = recent[index + 1][0] if index + 1 < len(recent) else inf
            shot = self._shots[start] = self._develop(frame, self._stream.sample_aspect_ratio, start, end)
            while len(self._shots) > SHOTS:
                del self._shots[next(iter(self._shots))]
        return shot

    def close(self) -> None:
        """Let the file go."""
        self._recent.clear()
        self._shots.clear()
        self._container.close()


def _bytes(frame: VideoFrame) -> int:
    return sum(plane.buffer_size for plane in frame.planes)


class Developer:
    """From a decoder's frame to RGBA: once for each picture, upright, in its own colours, sides of at most 4096."""

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()

    def __call__(self, frame: VideoFrame, shape: Fraction | None, start: float = 0.0, end: float = inf) -> Shot:
        """The shot; `shape` is the width over the height of a pixel."""
        shrink = min(1.0, SIDE / max(frame.width, frame.height))
        size = (max(round(frame.width * shrink), 1), max(round(frame.height * shrink), 1))
        unnamed = frame.colorspace == UNNAMED and frame.height >= HD
        rgba = self._reformatter.reformat(
            frame, *size, "rgba", src_colorspace=Colorspace.ITU709 if unnamed else None, threads=1
        )
        aspect = frame.width / frame.height * float(shape or 1)
        plane = rgba.planes[0]
        if not frame.rotation and plane.line_size == 4 * size[0]:
            return Shot(size, memoryview(plane), aspect, start, end)
        turned = upright(rgba.to_ndarray(), frame.rotation)  # type: ignore[arg-type]  # rgba has 8 bits
        aspect = 1 / aspect if frame.rotation % 180 else aspect
        return Shot((turned.shape[1], turned.shape[0]), turned.data.cast("B"), aspect, start, end)


def upright(rows: NDArray[np.uint8], rotation: float) -> NDArray[np.uint8]:
    """A picture turned by the quarters, in degrees and counterclockwise, that its file asks for."""
    return np.ascontiguousarray(np.rot90(rows, round(rotation / 90) % 4))
