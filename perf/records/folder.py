"""Other people's pictures: a folder with captions and dates joins the archive. Nothing is known but what is written.

Reads `metadata.jsonl` or `metadata.csv` (`file_name`, `caption` or `text`, and if there: `date`, `collection`, `maker`,
`licence`), else a text file of the same name beside each picture, in folders within it, too. May not guess attributes.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from perf.errors import UsageError
from perf.records.record import Picture, Record

TABLES = ("metadata.jsonl", "metadata.csv")
SUFFIXES = (  # those that Pillow cannot open are refused by name: left out they would be lost in silence
    ".png", ".jpg", ".jpeg", ".jfif", ".webp", ".tif", ".tiff", ".bmp", ".gif", ".avif", ".heic", ".heif",
)  # fmt: skip
FIRST, LAST = 1000, 2100  # years
DEEP = {"I": (1 / 256, 65535.0), "F": (255.0, 1.0)}  # Pillow's modes of more than 8 bits: what makes 8, and white


@dataclass(frozen=True, slots=True)
class Foreign:
    """A record that was not drawn here: no seed, no true attributes. `date` is a year, None where nobody wrote it."""

    path: Path
    caption: str
    date: int | None
    collection: str
    maker: str
    licence: str


Entry = Record | Foreign


def written(record: Foreign) -> dict[str, str]:
    """What of a record's countable attributes is written of an added picture."""
    said = {"collection": record.collection, "maker": record.maker}
    said["decade"] = f"{record.date // 10 * 10}s" if record.date is not None else ""
    return {kind: value for kind, value in said.items() if value}


def read(folder: Path) -> list[Foreign]:
    """The pictures of a folder, by name. Raises UsageError naming the file, the line and what is wrong."""
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder; give one with pictures and a {TABLES[0]} or .txt captions")
    table = next((folder / name for name in TABLES if (folder / name).is_file()), None)
    found = list(_listed(table) if table else _beside(folder))
    if not found:
        raise UsageError(f"{folder}: no picture with a caption; write NAME.txt beside NAME.jpg, or a {TABLES[0]}")
    return sorted(found, key=lambda record: record.path)


def silent(folder: Path, found: Collection[Foreign]) -> int:
    """How many pictures in a folder are left out, for nothing is written of them."""
    there = {_place(path) for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES}
    return len(there - {record.path for record in found})


def fitted(record: Foreign, size: tuple[int, int]) -> Picture:
    """The picture cropped to fill (width, height). Raises UsageError for a file that is none."""
    return np.asarray(ImageOps.fit(upright(record.path), size, Image.Resampling.LANCZOS))


def upright(path: Path) -> Image.Image:
    """The picture in a file in 8 bits of RGB, the way up that a camera has noted; white where it is transparent.
    Raises UsageError for a file that is none."""
    try:
        with Image.open(path) as image:
            return _plain(ImageOps.exif_transpose(image))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:  # all of them Pillow's
        raise UsageError(
            f"{path}: not a picture that can be read ({error}); leave it out or save it anew, as PNG, JPEG or WebP"
        ) from error


def _plain(image: Image.Image) -> Image.Image:
    """In RGB; grey of 16 bits and of floats as on the stage, where Pillow would clip it at 255 as it is."""
    if image.mode.startswith(tuple(DEEP)):
        deep = image if image.mode == "F" else image.convert("I")  # 16 bits come in two orders of bytes
        scale, white = DEEP[deep.mode]
        high = np.asarray(deep).max()
        if not high <= white:
            raise ValueError(f"it has values up to {high:g}, and white is {white:g}")
        return deep.point(lambda value: value * scale).convert("L").convert("RGB")
    if image.has_transparency_data:
        shown = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", shown.size, "white"), shown)
    return image.convert("RGB")


def _listed(table: Path) -> Iterator[Foreign]:
    text = _text(table)
    for number, row in (_sheet if table.suffix == ".csv" else _lines)(table, text):
        yield _record(table.parent, row, f"{table}:{number}")


def _lines(table: Path, text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The lines of JSON, numbered."""
    for number, line in enumerate(text.split("\n"), 1):  # JSON may have other ends of lines in its texts
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise UsageError(f"{table}:{number}: not JSON ({error}); write one object a line") from error
        if not isinstance(row, dict):
            raise UsageError(f"{table}:{number}: a {type(row).__name__}; write one object a line")
        yield number, row


def _sheet(table: Path, text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows of a spreadsheet whose first row names the columns, numbered by their last line."""
    first = text.partition("\n")[0]
    between = max(",;\t", key=first.count)  # as spreadsheets save them where a comma is in numbers
    rows = csv.DictReader(io.StringIO(text), delimiter=between, skipinitialspace=True)
    try:
        columns = rows.fieldnames or ()
        if "file_name" not in columns:
            raise UsageError(f"{table}:1: no column file_name; its columns are {', '.join(columns) or 'none'}")
        for row in rows:
            if any(over := row.pop(None, [])):
                words = (
                    f'{between.join(over)[:60]!r} is more than the columns; put " around a text with {between!r} in it'
                )
                raise UsageError(f"{table}:{rows.line_num}: {words}")
            yield rows.line_num, row
    except csv.Error as error:
        raise UsageError(f"{table}:{rows.line_num}: no CSV ({error}); save the table anew") from error


def _beside(folder: Path) -> Iterator[Foreign]:
    for path in sorted(folder.rglob("*")):
        text = path.with_suffix(".txt")
        if path.suffix.lower() in SUFFIXES and text.is_file():
            name = str(path.relative_to(folder))
            yield _record(folder, {"file_name": name, "caption": _text(text).strip()}, str(text))


def _text(path: Path) -> str:
    """UTF-8, with or without a mark at its beginning. Raises UsageError: of another code letters would be lost."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line, byte = error.object.count(b"\n", 0, error.start) + 1, error.object[error.start]
        raise UsageError(f"{path}:{line}: not UTF-8 (byte {byte:#04x}); save it as UTF-8") from error


def _record(folder: Path, row: dict[str, Any], where: str) -> Foreign:
    name, caption = row.get("file_name"), row.get("caption", row.get("text"))
    if not isinstance(name, str) or not isinstance(caption, str):
        raise UsageError(f"{where}: file_name and caption must be text, not {name!r} and {caption!r}")
    path = _place(folder / name)
    if _place(folder) not in path.parents or not path.is_file():
        raise UsageError(f"{where}: {name!r} is not a file in {folder}")
    collection, maker, licence, license = (
        str(row.get(key) or "") for key in ("collection", "maker", "licence", "license")
    )
    date = _year(row.get("date"), where)
    texts = (caption, collection or _place(folder).name, maker, licence or license or "unknown")
    caption, collection, maker, licence = (text.encode(errors="replace").decode() for text in texts)  # half a letter
    return Foreign(path, caption, date, collection, maker, licence)


def _place(path: Path) -> Path:
    """A place by its name: links, which a hub's cache is made of, are not followed."""
    return Path(os.path.abspath(path))


def _year(value: object, where: str) -> int | None:
    """The year of a date like 1932, "1932" or "1932-05-01"; None where there is none."""
    if value in (None, ""):
        return None
    date = re.fullmatch(r"([0-9]{4})(-[0-9]{2}){0,2}", str(value))
    if date is None or not FIRST <= int(date[1]) <= LAST:
        raise UsageError(f"{where}: date {value!r}; write a year {FIRST}…{LAST} or YYYY-MM-DD, or leave it out")
    return int(date[1])
