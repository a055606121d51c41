"""Still images of any kind that Pillow reads, as RGBA of 8 bits, the way up that a camera has noted."""

from pathlib import Path

from PIL import Image, ImageOps

from perf.wire.isf import Still

LIMIT = 64_000_000  # bytes of an image's file
SIDE = 4096  # pixels to which its sides are reduced


def read_still(path: Path) -> Still:
    """The image in a file, its sides no longer than 4096 pixels.

    Raises OSError, ValueError or Pillow's DecompressionBombError for what is missing, too large or no image.
    """
    if not path.is_file():
        raise FileNotFoundError(2, "there is no such file")
    if path.stat().st_size > LIMIT:
        raise ValueError(f"{path.stat().st_size} bytes; at most {LIMIT} are read")
    with Image.open(path) as opened:
        image = ImageOps.exif_transpose(opened)
        deep = image.mode.startswith("I")  # 16 bits a channel, of which the upper 8 are seen
        rgba = (image.point(lambda value: value / 256.0).convert("L") if deep else image).convert("RGBA")
    rgba.thumbnail((SIDE, SIDE))
    return Still(rgba.size, rgba.tobytes())
