"""How frames become files: H.264, ProRes and FFV1 through PyAV, or numbered PNGs. Called by the recorder's thread only.

A film is written in fragments that are readable as they stand, and becomes an ordinary file when it is finished
(`hybrid_fragmented` of libavformat's mov muxer): a killed process leaves a film that plays. The same frames give the
same bits: the number of threads is fixed, nothing writes a date or a version, and x264 works without its macroblock
tree: that reads memory which nobody has written, and films of 720x576, 1080x1920, 854x480 came out otherwise each time.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace

from perf.errors import DeviceError, UsageError
from perf.ports.film_chapters import Mark, chapters
from perf.ports.film_encoders import PIXELS, chosen, tuning
from perf.ports.film_pictures import Pictures
from perf.ports.film_sink import Sink

THREADS = 4  # of the encoder, on every machine: their number changes the bits
SMALLEST, LARGEST = 2, 16384  # pixels a side
NEAR_NTSC = 2e-4  # share by which a rate may differ from a 1001st of a whole one and is that: 23.98 is, 24 is not
BT709, RGB, LIMITED, FULL = 1, 0, 1, 2  # ITU-T H.273: colour description code points; video_full_range
FRAGMENTS = "frag_keyframe+empty_moov+default_base_moof+hybrid_fragmented"


@dataclass(frozen=True, slots=True)
class Shape:
    """Width and height in pixels, and frames a second; `codec` is one of `CODECS`, or "" for the suffix's own.

    With `alpha` a frame has four bytes a pixel, RGBA, not multiplied.
    """

    size: tuple[int, int]
    fps: float
    codec: str = ""
    alpha: bool = False


class Making(Protocol):
    """What a writer is told: `FilmOptions`."""

    @property
    def metadata(self) -> Mapping[str, object]: ...
    @property
    def quality(self) -> int: ...
    @property
    def effort(self) -> str: ...
    @property
    def encoder(self) -> str: ...


class Writer(Protocol):
    """Frames in order. What `add` and `again` cannot write they raise; then only `abandon` may be called."""

    def add(self, rgb: bytes) -> None:
        """Write the next frame."""

    def again(self) -> None:
        """Write the last frame once more."""

    def mark(self, frame: int, words: str) -> None:
        """From this frame on the film shows that; before the frame is added."""

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


H264 = ("libx264", "libopenh264", "h264_videotoolbox", "h264_mf", "mpeg4"), "yuv420p", (2, 2)
PRORES = ("prores_ks", "prores"), "yuv422p10le", (2, 1)
CODECS = ("h264", "prores", "ffv1")
FORMATS = {
    ".mp4": Format("mp4", *H264),
    ".mov": Format("mov", *PRORES),
    ".mkv": Format("matroska", ("ffv1",), "bgr0"),
}
OWN = {".mp4": "h264", ".mov": "prores", ".mkv": "ffv1"}  # what a suffix is written with when nobody says
ASKED = {
    (".mov", "h264"): Format("mov", *H264),
    (".mkv", "h264"): Format("matroska", *H264),
    (".mkv", "prores"): Format("matroska", *PRORES),
}
WITH_ALPHA = {"yuv422p10le": ("yuva444p10le", (1, 1)), "bgr0": ("bgra", (1, 1))}


def writer(path: Path, shape: Shape, options: Making) -> Writer:
    """The writer for a path: by its suffix, or PNGs into a folder when it has none. UsageError, DeviceError."""
    made = form(path, shape)
    if made is None:
        return Pictures(path, shape.size, tags(options.metadata), shape.alpha)
    return Video(path, shape, options, made)


def better(before: Writer, path: Path, shape: Shape, options: Making) -> tuple[Writer, str]:
    """The same film by an encoder in hardware, if `options.encoder` wants one and it opens; before the first frame.
    And which it is, in words."""
    if not isinstance(before, Video) or before.made.pixels != "yuv420p":
        return before, f"encoded by {before.encoder}" if isinstance(before, Video) else ""
    name, reason = chosen(options.encoder, shape.size)
    if not name:
        return before, f"encoded by {before.encoder}" + (f" ({reason})" if reason else "")
    before.abandon()
    return Video(path, shape, options, replace(before.made, encoders=(name,), pixels=PIXELS)), f"encoded by {name}"


def form(path: Path, shape: Shape) -> Format | None:
    """How a film is written; None for a folder. Raises UsageError for what cannot be, saying what can."""
    width, height = shape.size
    if not (all(SMALLEST <= side <= LARGEST for side in shape.size) and 0 < shape.fps <= 1000):
        allowed = f"sides are {SMALLEST}…{LARGEST}, rates up to 1000"
        raise UsageError(f"a film of {width}x{height} at {shape.fps:g} frames/s cannot be made; {allowed}")
    if is_folder(path):
        if shape.codec:
            raise UsageError(f"{path}: {shape.codec} is no codec for a folder of PNGs; leave --codec out")
        return None
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        allowed = ", ".join(FORMATS)
        raise UsageError(f"{path}: no film is written as {path.suffix!r}; use {allowed}, or a folder for PNGs")
    made = FORMATS[suffix] if shape.codec in ("", OWN[suffix]) else ASKED.get((suffix, shape.codec))
    if made is None:
        allowed = ", ".join([OWN[suffix], *(codec for kind, codec in ASKED if kind == suffix)])
        raise UsageError(f"{path}: {suffix} is not written with {shape.codec!r}; use {allowed}")
    return _transparent(path, made) if shape.alpha else made


def is_folder(path: Path) -> bool:
    """Whether a film's path means a folder of numbered PNGs."""
    return not path.suffix or path.is_dir()


def _transparent(path: Path, made: Format) -> Format:
    if made.pixels not in WITH_ALPHA:
        raise UsageError(f"{path}: H.264 has no transparency; use .mov (ProRes 4444), .mkv (FFV1) or a folder")
    return replace(made, pixels=WITH_ALPHA[made.pixels][0], cell=WITH_ALPHA[made.pixels][1])


class Video:
    """One film file."""

    def __init__(self, path: Path, shape: Shape, options: Making, made: Format) -> None:
        self._size, self._pixels, self._given = shape.size, made.pixels, "rgba" if shape.alpha else "rgb24"
        self._padding = tuple((-side) % cell for side, cell in zip(shape.size, made.cell, strict=True))
        self.made, self.encoder = made, _encoder(made.encoders)
        self._sink = Sink(path)
        muxing = {"fflags": "+bitexact", "flush_packets": "1"}
        muxing |= {} if made.container == "matroska" else {"movflags": FRAGMENTS}
        self._container = av.open(self._sink, "w", format=made.container, options=muxing)
        self._container.metadata.update(tags(options.metadata))
        asked = _tuning(self.encoder, options) | ({"profile": "4444"} if made.pixels == "yuva444p10le" else {})
        self._stream: Any = self._container.add_stream(self.encoder, rate=rate_of(shape.fps), options=asked)
        self._set_up(self._stream, shape)
        self._last: av.VideoFrame | None = None
        self._count, self._marks = 0, list[Mark]()

    def _set_up(self, stream: Any, shape: Shape) -> None:
        """Size, pixels, colours and keyframes: at most one second of film is lost with the process."""
        stream.width, stream.height = (s + p for s, p in zip(shape.size, self._padding, strict=True))
        stream.pix_fmt = self._pixels
        context = stream.codec_context
        context.thread_count, context.gop_size = THREADS, max(round(shape.fps), 1)
        context.color_primaries = context.color_trc = BT709
        rgb = self._pixels in ("bgr0", "bgra")
        context.colorspace, context.color_range = (RGB, FULL) if rgb else (BT709, LIMITED)

    def add(self, rgb: bytes) -> None:
        """Write the next frame."""
        width, height = self._size
        rows = np.frombuffer(rgb, np.uint8).reshape(height, width, -1)
        if any(self._padding):
            rows = np.pad(rows, ((0, self._padding[1]), (0, self._padding[0]), (0, 0)), mode="edge")
        frame = av.VideoFrame.from_ndarray(rows, format=self._given)
        if self._pixels in ("bgr0", "bgra"):
            self._last = frame.reformat(format=self._pixels, threads=1)
        else:
            self._last = frame.reformat(
                format=self._pixels,
                dst_colorspace=Colorspace.ITU709,
                src_color_range=ColorRange.JPEG,
                dst_color_range=ColorRange.MPEG,
                threads=1,  # several write into one another's first lines where the width is no multiple of 16
            )
        self.again()

    def again(self) -> None:
        """Write the last frame once more."""
        assert self._last is not None
        self._last.pts, self._last.time_base = self._count, 1 / self._stream.codec_context.rate
        self._count += 1
        self._container.mux(self._stream.encode(self._last))
        self._sink.check()

    def mark(self, frame: int, words: str) -> None:
        """A chapter begins."""
        self._marks.append((frame, words))

    def close(self) -> None:
        """Finish the file: the encoder's last frames, the chapters, then the index."""
        self._container.mux(self._stream.encode(None))
        self._container.set_chapters(chapters(self._marks, self._count, self._stream.codec_context.rate))
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


def rate_of(fps: float) -> Fraction:
    """Frames a second as containers count them: 23.976 and its kin are 24000/1001 and theirs."""
    ntsc = Fraction(round(fps * 1.001) * 1000, 1001)
    return ntsc if abs(fps - ntsc) < NEAR_NTSC * fps else Fraction(fps).limit_denominator(1001)


def _encoder(names: tuple[str, ...]) -> str:
    """The first encoder that this PyAV has."""
    for name in names:
        try:
            return str(av.codec.Codec(name, "w").name)
        except av.codec.codec.UnknownCodecError:
            continue
    raise DeviceError(f"this PyAV has none of the encoders {', '.join(names)}; `pip install --upgrade av` has them")


def _tuning(encoder: str, options: Making) -> dict[str, str]:
    """What an encoder is asked for."""
    known = {
        "libx264": {"crf": str(options.quality), "preset": options.effort, "mbtree": "0"},
        "prores_ks": {"profile": "hq"},
        "ffv1": {"level": "3", "slices": "4", "slicecrc": "1"},
    }
    return known.get(encoder, tuning(encoder)) | {"flags": "+bitexact"}


def tags(metadata: Mapping[str, object]) -> dict[str, str]:
    """Container tags: all of it as JSON in the comment, since containers know few keys of their own."""
    if not metadata:
        return {}
    comment = json.dumps(dict(metadata), ensure_ascii=False, sort_keys=True, default=str)
    return {"title": str(metadata.get("patch", "Retrograde")), "comment": comment}
