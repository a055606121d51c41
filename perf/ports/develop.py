"""From a decoder's frame to a picture for the stage: RGBA, upright, in its own colours, and no larger than is seen."""

from fractions import Fraction
from math import inf

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, VideoReformatter
from numpy.typing import NDArray

from perf.core.footage import Shot
from perf.ports.hdr import tones
from perf.ports.still import Size, reduced

HD = 720  # lines from which on a video that does not name its colours has those of HDTV (BT.709)
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
        unnamed = frame.colorspace == UNNAMED and frame.height >= HD
        rgba = self._reformatter.reformat(
            frame, *size, "rgba", src_colorspace=Colorspace.ITU709 if unnamed else None, threads=1
        )
        plane, table = rgba.planes[0], tones(int(frame.color_trc))
        if not frame.rotation and plane.line_size == 4 * size[0]:
            return Shot(size, memoryview(plane), aspect, start, end, table)
        turned = upright(rgba.to_ndarray(), frame.rotation)  # type: ignore[arg-type]  # rgba has 8 bits
        size, aspect = (turned.shape[1], turned.shape[0]), 1 / aspect if lying else aspect
        return Shot(size, turned.data.cast("B"), aspect, start, end, table)


def upright(rows: NDArray[np.uint8], rotation: float) -> NDArray[np.uint8]:
    """A picture turned by the quarters, in degrees and counterclockwise, that its file asks for."""
    return np.ascontiguousarray(np.rot90(rows, round(rotation / 90) % 4))
