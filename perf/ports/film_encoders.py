"""Which H.264 encoder a recorded film has: one in hardware if it is there and really opens, else one in software."""

from fractions import Fraction
from typing import Any

import av
import numpy as np

HARDWARE = ("h264_nvenc", "h264_videotoolbox", "h264_qsv", "h264_amf", "h264_vaapi")
PIXELS = "nv12"  # what all of them take
BITS = {"b": "20000000"}
TUNING = {
    "h264_nvenc": {"preset": "p4", "rc": "vbr", "cq": "19", "b": "0"},
    "h264_qsv": {"preset": "faster", "global_quality": "20"},
}


def tuning(encoder: str) -> dict[str, str]:
    """What an encoder in hardware is asked for: a constant quality where it has one, else bits enough for a stage."""
    return TUNING.get(encoder, BITS)


def chosen(asked: str, size: tuple[int, int]) -> tuple[str, str]:
    """The encoder in hardware that `asked` (auto, software, or a name of `HARDWARE`) comes to for pictures of `size`
    (width, height in pixels), or ""; and why one that was asked for by name is not had."""
    if asked in HARDWARE:
        reason = refused(asked, size)
        return ("", f"{asked} cannot be had here: {reason}") if reason else (asked, "")
    candidates = HARDWARE if asked == "auto" else ()
    return next((name for name in candidates if not refused(name, size)), ""), ""


def refused(name: str, size: tuple[int, int]) -> str:
    """Why an encoder does not encode one picture here, or "": that it is listed says nothing about the device."""
    width, height = (side + side % 2 for side in size)
    try:
        context: Any = av.CodecContext.create(name, "w")
        context.width, context.height, context.pix_fmt = width, height, PIXELS
        context.time_base, context.framerate = Fraction(1, 30), Fraction(30)
        context.options = tuning(name)
        frame = av.VideoFrame.from_ndarray(np.zeros((height * 3 // 2, width), np.uint8), format=PIXELS)
        frame.pts = 0
        packets = [*context.encode(frame), *context.encode(None)]
    except av.codec.codec.UnknownCodecError:
        return "this PyAV has it not"
    except (av.error.FFmpegError, ValueError) as error:
        return getattr(error, "strerror", None) or str(error)
    return "" if packets else "it gives nothing"
