"""From a decoder's frame to a picture for the stage: RGBA, upright, in its own colours, and no larger than is seen."""

from fractions import Fraction
from math import inf

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, VideoReformatter
from numpy.typing import NDArray

from perf.core.footage import Shot
from perf.ports.hdr import tones
from perf.ports.still import Size, opaque, reduced

HD = 720  # lines from which on a video that does not name its colours has those of HDTV (BT.709)
STEP, TEETH = 16, 0.002  # what stands out from both sides, squared in quarters of levels; the share that makes a comb
UNNAMED = 2  # the colour space of a frame that does not say (AVCOL_SPC_UNSPECIFIED)


class Developer:
    """Makes each picture once, for a stage of that size; without one, as large as it is."""

    def __init__(self, stage: Size | None = None) -> None:
        self._stage, self._reformatter = stage, VideoReformatter()

    def __call__(self, frame: VideoFrame, shape: Fraction | None, start: float = 0.0, end: float = inf) -> Shot:
        """The shot; `shape` is the width over the height of a pixel."""
        aspect = frame.width / frame.height * float(shape or 1)
        lying = bool(round(frame.rotation / 90) % 2)
        stage = self._stage and (self._stage[::-1] if lying else self._stage)
        size = reduced((frame.width, frame.height), aspect, stage)
        rows, table = self._lines(frame, size), tones(int(frame.color_trc))
        if rows is None:
            rgba = self._scaled(frame, size)
            if not frame.rotation and rgba.planes[0].line_size == 4 * size[0]:
                pixels = memoryview(rgba.planes[0])
                return Shot(size, pixels, aspect, start, end, table, _opaque(frame, pixels))
            rows = _bytes(rgba)
        turned = upright(rows, frame.rotation)
        size, aspect = (turned.shape[1], turned.shape[0]), 1 / aspect if lying else aspect
        return Shot(size, turned.data.cast("B"), aspect, start, end, table, _opaque(frame, turned.data.cast("B")))

    def _lines(self, frame: VideoFrame, size: Size) -> NDArray[np.uint8] | None:
        """An interlaced frame: its first lines, every other one, if what moved between its fields is seen as a comb,
        which cannot be scaled; the whole of it where it need not be. No frame beside it is asked for, so that any is
        found as quickly."""
        if not frame.interlaced_frame:
            return None
        rows = _bytes(self._scaled(frame, (size[0], frame.height)))
        if combed(_brightness(rows[:, ::2])):
            return _bytes(self._scaled(field(frame), (size[0], (frame.height + 1) // 2), frame.height))
        return rows if frame.height == size[1] else None

    def _scaled(self, frame: VideoFrame, size: Size, lines: int = 0) -> VideoFrame:
        """The frame, or one field of a video of so many lines, as RGBA of that size."""
        unnamed = frame.colorspace == UNNAMED and (lines or frame.height) >= HD
        return self._reformatter.reformat(
            frame, *size, "rgba", src_colorspace=Colorspace.ITU709 if unnamed else None, threads=1
        )


def _opaque(frame: VideoFrame, pixels: memoryview) -> bool:
    """Whether nothing of a picture is transparent; its pixels are looked at only where they may be."""
    may = frame.format.has_palette or any(part.is_alpha for part in frame.format.components)
    return not may or opaque(pixels)


def _bytes(rgba: VideoFrame) -> NDArray[np.uint8]:
    return rgba.to_ndarray()  # type: ignore[return-value]  # rgba has 8 bits


def _brightness(rows: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """About what is bright in a picture: red on blue is told by it, by green alone it is not."""
    red, green, blue = (rows[..., channel].astype(np.uint16) for channel in range(3))
    return ((2 * red + 5 * green + blue) // 8).astype(np.uint8)


def field(frame: VideoFrame) -> VideoFrame:
    """The first lines of an interlaced frame, every other one, in each plane: where colours have half the lines, theirs
    are of one field and the next in turn."""
    half = VideoFrame(frame.width, (frame.height + 1) // 2, frame.format.name)
    half.colorspace, half.color_range = frame.colorspace, frame.color_range
    for to, plane in zip(half.planes, frame.planes, strict=True):
        lines = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[::2]
        width = min(to.line_size, plane.line_size)
        own = np.frombuffer(memoryview(to), np.uint8).reshape(-1, to.line_size)
        own[: len(lines), :width] = lines[: to.height, :width]
    return half


def combed(rows: NDArray[np.uint8]) -> bool:
    """Whether lines (height, width) differ from both that they lie between, more often than the lines of each field do:
    many interlaced films have pictures that are whole."""
    woven, within = _teeth(rows), max(_teeth(rows[::2]), _teeth(rows[1::2]))
    return woven > TEETH + 1.25 * within


def _teeth(rows: NDArray[np.uint8]) -> float:
    """The share of pixels that stand out from those above and below, both in the same direction."""
    levels = rows.astype(np.int16)
    steps = (levels[1:] - levels[:-1]) // 4
    return float((steps[:-1] * steps[1:] < -STEP).mean()) if len(steps) > 1 else 0.0


def upright(rows: NDArray[np.uint8], rotation: float) -> NDArray[np.uint8]:
    """A picture turned by the quarters, in degrees and counterclockwise, that its file asks for."""
    return np.ascontiguousarray(np.rot90(rows, round(rotation / 90) % 4))
