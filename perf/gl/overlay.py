"""Letters: panels of text as RGBA arrays (straight alpha), drawn by Pillow with its own font and kept while unchanged.

The only file of this room that knows Pillow; it knows no GL.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from io import BytesIO
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Rgba = NDArray[np.uint8]

PAPER = (9, 10, 16, 208)
RIM = (255, 255, 255, 26)
INK = (238, 238, 244, 255)
FAINT = (160, 164, 180, 255)
ACCENT = (255, 186, 110, 255)
AHEAD = (99, 214, 140, 255)
WARNING = (255, 116, 96, 255)
SCALE = 2  # drawn larger and reduced, so that rounded corners are smooth
MOST = 60  # lines
TITLE = 2000  # letters
TALLEST = 8192  # pixels


def panel(lines: Sequence[str], size: int = 20, warning: bool = False) -> Rgba:
    """Lines on a dark panel, as an array of height × width × 4. `size` is the letters' height in pixels, 8…96.

    A line `key⇥meaning` stands in two columns; a line `# title` is a title; an empty line is half as high. With
    `warning` the edge is red. The array is kept for the next call: do not write into it.
    """
    return _panel(tuple(line[:200] for line in lines[:MOST]), min(max(size, 8), 96), warning)


def inset(size: tuple[int, int], rgb: bytes | bytearray | memoryview, name: str) -> Rgba:
    """A picture (rows from the top, 8 bits) in the green frame of what is not on air yet, with its cue's name."""
    picture = Image.frombuffer("RGB", size, bytes(rgb))
    letters, edge = 20, 4
    width, height = max(size[0], 160), size[1]
    image = Image.new("RGBA", (width + 2 * edge, height + 2 * edge + round(letters * 1.6)), AHEAD)
    image.paste(PAPER[:3], (edge, edge, edge + width, edge + height))
    image.paste(picture, (edge + (width - size[0]) // 2, edge))
    label = "".join(c for c in f"PVW  {name}" if c.isprintable())
    middle = edge + height + round(letters * 0.9)
    ImageDraw.Draw(image).text((2 * edge, middle), label[:60], PAPER[:3], _font(letters), "lm")
    return np.asarray(image)


def lettering(text: str, line: int, width: int, align: str, file: str = "") -> NDArray[np.uint8]:
    """A title as how much of each pixel its letters cover: an array of height × width.

    `line` is the height of a line and `width` the room, in pixels: longer lines are broken between words. `align` is
    left, centre or right. `file` is a font's; the one that comes along where that cannot be read any more.
    """
    line = min(max(line, 8), 2048)
    font = _font(round(line * 0.8), file)
    rows = [part for row in text[:TITLE].split("\n") for part in _broken(row.strip(), font, width)]
    rows = rows[: max(TALLEST // line, 1)]
    widths = [min(round(font.getlength(row)), width) for row in rows]
    pad = line // 4  # for what letters reach over their own width
    image = Image.new("L", (max(widths, default=0) + 2 * pad, line * max(len(rows), 1) + pad))
    draw = ImageDraw.Draw(image)
    room = image.width - 2 * pad
    for n, (row, long) in enumerate(zip(rows, widths, strict=True)):
        x = pad + {"left": 0, "right": room - long}.get(align, (room - long) // 2)
        draw.text((x, n * line + (line + pad) // 2), row, 255, font, "lm")
    return np.asarray(image)


def _broken(text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int) -> list[str]:
    """A line as lines that fit, broken between words; in a word where it is too long by itself."""
    rows = [""]
    words = "".join(c for c in text if c.isprintable()).split()
    for word in chain.from_iterable(_pieces(word, font, width) for word in words):
        longer = f"{rows[-1]} {word}".strip()
        if rows[-1] and font.getlength(longer) > width:
            rows.append(word)
        else:
            rows[-1] = longer
    return rows


def _pieces(word: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int) -> Iterator[str]:
    while len(word) > 1 and (long := font.getlength(word)) > width:
        cut = max(int(len(word) * width / long), 1)
        yield word[:cut]
        word = word[cut:]
    yield word


def png(rgb: NDArray[np.uint8]) -> bytes:
    """An array of height × width × 3 or 4 bytes as a PNG file."""
    out = BytesIO()
    Image.fromarray(rgb).save(out, "png", optimize=True)
    return out.getvalue()


@lru_cache(maxsize=16)
def _panel(lines: tuple[str, ...], size: int, warning: bool) -> Rgba:
    rows = [_cells(line) for line in lines] or [("", "")]
    font, title = _font(size), _font(round(size * 1.3))
    space = round(size * 0.9)
    keys = max((font.getlength(key) for key, text in rows if key not in ("", "#")), default=0.0)
    indent = round(keys + size * 1.4) if keys else 0
    lefts = [indent if key not in ("", "#") else 0 for key, _ in rows]
    widths = [x + (title if key == "#" else font).getlength(text) for x, (key, text) in zip(lefts, rows, strict=True)]
    heights = [_height(row, size) for row in rows]
    width, height = round(max(widths)) + 2 * space + size // 3, sum(heights) + 2 * space
    image = _paper(width, height, size, WARNING if warning else ACCENT)
    draw = ImageDraw.Draw(image)
    y = space
    for (key, text), x, tall in zip(rows, lefts, heights, strict=True):
        middle = y + tall // 2
        if key == "#":
            draw.text((space + size // 3, middle), text, ACCENT, title, "lm")
        else:
            draw.text((space + size // 3, middle), key, ACCENT, font, "lm")
            draw.text((space + size // 3 + x, middle), text, INK if x or not indent else FAINT, font, "lm")
        y += tall
    pixels = np.asarray(image).copy()
    pixels.flags.writeable = False
    return pixels


def _cells(line: str) -> tuple[str, str]:
    """A line as key and text; the key is "#" for a title and "" for plain text."""
    line = "".join(c for c in line if c.isprintable() or c == "\t")
    if line.startswith("# "):
        return "#", line[2:]
    key, tab, text = line.partition("\t")
    return (key, text.replace("\t", " ")) if tab else ("", line)


def _height(row: tuple[str, str], size: int) -> int:
    if row == ("", ""):
        return round(size * 0.75)
    return round(size * (2.2 if row[0] == "#" else 1.55))


def _paper(width: int, height: int, size: int, edge: tuple[int, int, int, int]) -> Image.Image:
    """The empty panel: rounded, with a faint rim and a coloured edge on its left."""
    big = Image.new("RGBA", (width * SCALE, height * SCALE), (*PAPER[:3], 0))
    draw = ImageDraw.Draw(big)
    corners = (0, 0, width * SCALE - 1, height * SCALE - 1)
    draw.rounded_rectangle(corners, round(size * 0.5) * SCALE, PAPER, RIM, SCALE)
    bar = max(round(size * 0.16), 2)
    inset = round(size * 0.55)
    left = round(size * 0.4)
    box = tuple(v * SCALE for v in (left, inset, left + bar, height - inset))
    draw.rounded_rectangle(box, bar * SCALE // 2, edge)
    return big.resize((width, height), Image.Resampling.BOX)


@lru_cache(maxsize=8)
def _font(size: int, file: str = "") -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    try:
        return ImageFont.truetype(file, size) if file else ImageFont.load_default(size)
    except OSError:
        return ImageFont.load_default(size)
