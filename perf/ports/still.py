"""Still images of any kind that Pillow reads, as RGBA of 8 bits, the way up that a camera has noted."""

from math import ceil
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from perf.wire.isf import Still

LIMIT = 64_000_000  # bytes of an image's file
SIDE = 4096  # pixels to which its sides are reduced
ORIENTATION, LYING = 0x0112, 5  # the tag of EXIF, and from where on it stands for a quarter turn
SLACK = 1.5  # times that a still may be larger than it is seen: GL sees to that in less time
TROUBLES = (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError)  # that Pillow has with files

Size = tuple[int, int]


def reduced(size: Size, aspect: float, stage: Size | None = None) -> Size:
    """The pixels that are kept of a picture that is `aspect` wide over its height: as many as it takes to cover a stage
    (all, without one), 4096 a side at most. What nobody can see is not carried to GL either."""
    width, height = size
    if stage is not None:
        width = min(width, ceil(max(stage[0], stage[1] * aspect)))
        height = min(height, ceil(max(stage[1], stage[0] / aspect)))
    shrink = min(1.0, SIDE / max(width, height))
    return max(round(width * shrink), 1), max(round(height * shrink), 1)


def read_still(path: Path, stage: Size | None = None) -> Still:
    """The image in a file, `reduced` where it is much larger.

    Raises OSError, ValueError or Pillow's DecompressionBombError for what is missing, too large or no image.
    """
    weighed(path)
    with Image.open(path) as opened:
        lying = opened.getexif().get(ORIENTATION, 1) >= LYING
        seen = reduced(opened.size, opened.width / opened.height, stage and (stage[::-1] if lying else stage))
        opened.draft(None, seen)  # a JPEG is decoded at half its size in less time
        return still(ImageOps.exif_transpose(opened), stage)


def opaque(pixels: bytes | memoryview) -> bool:
    """Whether no pixel of a picture, RGBA of 8 bits, is transparent."""
    return bool(np.frombuffer(pixels, np.uint8)[3::4].min(initial=255) == 255)


def weighed(path: Path) -> None:
    """Raise OSError or ValueError for a file that is not there, or too large to be read."""
    if not path.is_file():
        raise FileNotFoundError(2, "there is no such file")
    if path.stat().st_size > LIMIT:
        raise ValueError(f"{path.stat().st_size} bytes; at most {LIMIT} are read")


def still(image: Image.Image, stage: Size | None = None) -> Still:
    """A picture of Pillow's, `reduced` where it is much larger."""
    if image.mode.startswith("I"):  # 16 bits a channel, of which the upper 8 are seen
        image = image.convert("I").point(lambda value: value / 256.0).convert("L")
    elif image.mode == "F":  # 0…1
        image = image.point(lambda value: value * 255.0).convert("L")
    size = reduced(image.size, image.width / image.height, stage)
    if image.width > SLACK * size[0] or image.height > SLACK * size[1] or max(image.size) > SIDE:
        opaque = image if image.mode in ("RGB", "L") else image.convert("RGBA")  # four channels take twice as long
        image = opaque.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
    return Still(image.size, image.convert("RGBA").tobytes())
