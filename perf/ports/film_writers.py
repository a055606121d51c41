"""How frames become files: H.264, ProRes and FFV1 through PyAV, or numbered PNGs. Called by the recorder's thread only.

A film is written in fragments that are readable as they stand, and becomes an ordinary file when it is finished
(`hybrid_fragmented` of libavformat's mov muxer): a killed process leaves a film that plays. The same frames give the
same bits: the number of threads is fixed, and nothing writes a date or a version. (x264 keeps to that from 128 pixels a
side on; of films of 96x64 one in a hundred came out otherwise, from the same planes and with one thread, too.)
"""

import json
import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace
from PIL import Image, PngImagePlugin

from perf.errors import DeviceError, UsageError

THREADS = 4  # of the encoder, on every machine: their number changes the bits
SMALLEST, LARGEST = 2, 16384  # pixels a side
BT709, RGB, LIMITED, FULL = 1, 0, 1, 2  # ITU-T H.273: colour description code points; video_full_range
FRAGMENTS = "frag_keyframe+empty_moov+default_base_moof+hybrid_fragmented"


@dataclass(frozen=True, slots=True)
class Shape:
    """Width and height in pixels, and frames a second."""

    size: tuple[int, int]
    fps: float


class Making(Protocol):
    """What a writer is told: `FilmOptions`."""

    @property
    def metadata(self) -> Mapping[str, object]: ...
    @property
    def quality(self) -> int: ...
    @property
    def effort(self) -> str: ...


class Writer(Protocol):
    """Frames in order. What `add` and `again` cannot write they raise; then only `abandon` may be called."""

    def add(self, rgb: bytes) -> None:
        """Write the next frame."""

    def again(self) -> None:
        """Write the last frame once more."""

    def close(self) -> None:
        """Finish the file."""

    def abandon(self) -> None:
        """Let go of the file as it is."""


@dataclass(frozen=True, slots=True)
class Format:
    """A container with the encoders that may fill it, best first, and the pixels that they take."""

    container: str
    encoders: tuple[str, ...]
    pixels: str
    cell: tuple[int, int] = (1, 1)  # sizes are multiples of this: chroma is shared


FORMATS = {
    ".mp4": Format("mp4", ("libx264", "libopenh264", "h264_videotoolbox", "h264_mf", "mpeg4"), "yuv420p", (2, 2)),
    ".mov": Format("mov", ("prores_ks", "prores"), "yuv422p10le", (2, 1)),
    ".mkv": Format("matroska", ("ffv1",), "bgr0"),
}


def writer(path: Path, shape: Shape, options: Making) -> Writer:
    """The writer for a path: by its suffix, or PNGs into a folder when it has none. UsageError, DeviceError."""
    width, height = shape.size
    if not (all(SMALLEST <= side <= LARGEST for side in shape.size) and 0 < shape.fps <= 1000):
        allowed = f"sides are {SMALLEST}…{LARGEST}, rates up to 1000"
        raise UsageError(f"a film of {width}x{height} at {shape.fps:g} frames/s cannot be made; {allowed}")
    if not path.suffix or path.is_dir():
        return Pictures(path, shape.size, options.metadata)
    if path.suffix.lower() not in FORMATS:
        allowed = ", ".join(FORMATS)
        raise UsageError(f"{path}: no film is written as {path.suffix!r}; use {allowed}, or a folder for PNGs")
    return Video(path, shape, options)


class Video:
    """One film file."""

    def __init__(self, path: Path, shape: Shape, options: Making) -> None:
        made = FORMATS[path.suffix.lower()]
        self._size, self._pixels = shape.size, made.pixels
        self._padding = tuple((-side) % cell for side, cell in zip(shape.size, made.cell, strict=True))
        encoder = _encoder(made.encoders)
        self._sink = Sink(path)
        muxing = {"fflags": "+bitexact", "flush_packets": "1"}
        muxing |= {} if made.container == "matroska" else {"movflags": FRAGMENTS}
        self._container = av.open(self._sink, "w", format=made.container, options=muxing)
        self._container.metadata.update(_tags(options.metadata))
        rate = Fraction(shape.fps).limit_denominator(1001)
        self._stream: Any = self._container.add_stream(encoder, rate=rate, options=_tuning(encoder, options))
        self._set_up(self._stream, shape)
        self._last: av.VideoFrame | None = None
        self._count = 0

    def _set_up(self, stream: Any, shape: Shape) -> None:
        """Size, pixels, colours and keyframes: at most one second of film is lost with the process."""
        stream.width, stream.height = (s + p for s, p in zip(shape.size, self._padding, strict=True))
        stream.pix_fmt = self._pixels
        context = stream.codec_context
        context.thread_count, context.gop_size = THREADS, max(round(shape.fps), 1)
        context.color_primaries = context.color_trc = BT709
        context.colorspace = RGB if self._pixels == "bgr0" else BT709
        context.color_range = FULL if self._pixels == "bgr0" else LIMITED

    def add(self, rgb: bytes) -> None:
        """Write the next frame."""
        width, height = self._size
        rows = np.frombuffer(rgb, np.uint8).reshape(height, width, 3)
        if any(self._padding):
            rows = np.pad(rows, ((0, self._padding[1]), (0, self._padding[0]), (0, 0)), mode="edge")
        frame = av.VideoFrame.from_ndarray(rows, format="rgb24")
        if self._pixels == "bgr0":
            self._last = frame.reformat(format="bgr0")
        else:
            self._last = frame.reformat(
                format=self._pixels,
                dst_colorspace=Colorspace.ITU709,
                src_color_range=ColorRange.JPEG,
                dst_color_range=ColorRange.MPEG,
            )
        self.again()

    def again(self) -> None:
        """Write the last frame once more."""
        assert self._last is not None
        self._last.pts, self._last.time_base = self._count, 1 / self._stream.codec_context.rate
        self._count += 1
        self._container.mux(self._stream.encode(self._last))
        self._sink.check()

    def close(self) -> None:
        """Finish the file: the encoder's last frames, then the index."""
        self._container.mux(self._stream.encode(None))
        self._container.close()
        self._sink.check()
        self._sink.close()

    def abandon(self) -> None:
        """Let go of the file as it is; the library's last words are not written."""
        self._sink.shut()
        self._container.close()
        if self._container.format.name != "matroska":
            self._sink.cut()
        self._sink.close()


class Sink:
    """The file under a container. After the first error, or `shut`, it stays as it is and swallows the rest."""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = open(path, "wb", buffering=0)  # noqa: SIM115 - closed by its owner
        except OSError as error:
            raise DeviceError(
                f"{path} cannot be written ({error.strerror}); choose another place for the film"
            ) from error
        self._shut = False
        self._error: OSError | None = None

    def write(self, data: bytes) -> int:
        """Write all of `data`."""
        rest = memoryview(data)
        try:
            while rest and not self._shut:
                rest = rest[self._file.write(rest) or 0 :]
        except OSError as error:  # the library loses errors of its files; `check` raises this one
            self._error, self._shut = error, True
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move, as files do."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Where the next byte goes."""
        return self._file.tell()

    def check(self) -> None:
        """Raise what went wrong."""
        if self._error is not None:
            raise self._error

    def shut(self) -> None:
        """Write nothing more."""
        self._shut = True

    def cut(self) -> None:
        """Leave whole fragments only: players stumble over one that announces more than there is."""
        place = whole = 0
        with open(self._file.name, "rb") as file:
            while len(head := _at(file, place)) == 8:
                length, kind = struct.unpack(">I4s", head)
                place += max(length, 8)
                whole = place if kind != b"moof" and place <= self._size() else whole
        self._file.truncate(whole)

    def _size(self) -> int:
        return os.fstat(self._file.fileno()).st_size

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _at(file: BinaryIO, place: int) -> bytes:
    """The head of the box (ISO/IEC 14496-12, 4.2) at `place`."""
    file.seek(place)
    return file.read(8)


class Pictures:
    """Numbered PNGs in a folder: 000001.png, … ."""

    def __init__(self, folder: Path, size: tuple[int, int], metadata: Mapping[str, object]) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DeviceError(f"{folder} cannot be made ({error.strerror}); choose another folder") from error
        self._folder, self._size, self._count = folder, size, 0
        self._last = b""
        self._info = PngImagePlugin.PngInfo()
        for key, words in _tags(metadata).items():
            self._info.add_itxt(key.capitalize(), words)

    def add(self, rgb: bytes) -> None:
        """Write the next picture."""
        self._last = rgb
        self.again()

    def again(self) -> None:
        """Write the last picture once more."""
        self._count += 1
        image = Image.frombuffer("RGB", self._size, self._last)
        path = self._folder / f"{self._count:06d}.png"
        try:
            image.save(path, pnginfo=self._info, compress_level=4)
        except OSError:
            path.unlink(missing_ok=True)  # half a picture is none
            raise

    def close(self) -> None:
        """Nothing is left to do."""

    abandon = close


def _encoder(names: tuple[str, ...]) -> str:
    """The first encoder that this PyAV has."""
    for name in names:
        try:
            return str(av.codec.Codec(name, "w").name)
        except av.codec.codec.UnknownCodecError:
            continue
    raise DeviceError(f"this PyAV has none of the encoders {', '.join(names)}; `pip install --upgrade av` has them")


def _tuning(encoder: str, options: Making) -> dict[str, str]:
    """What an encoder is asked for; those without a constant quality get bits enough for a stage."""
    known = {
        "libx264": {"crf": str(options.quality), "preset": options.effort},
        "prores_ks": {"profile": "hq"},
        "ffv1": {"level": "3", "slices": "4", "slicecrc": "1"},
    }
    return known.get(encoder, {"b": "20000000"}) | {"flags": "+bitexact"}


def _tags(metadata: Mapping[str, object]) -> dict[str, str]:
    """Container tags: all of it as JSON in the comment, since containers know few keys of their own."""
    if not metadata:
        return {}
    comment = json.dumps(dict(metadata), ensure_ascii=False, sort_keys=True, default=str)
    return {"title": str(metadata.get("patch", "Retrograde")), "comment": comment}
