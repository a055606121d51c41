"""Other people's pictures: a folder with captions and dates joins the archive. Nothing is known but what is written.

Reads `metadata.jsonl` or `metadata.csv` (`file_name`, `caption` or `text`, and if there: `date`, `collection`, `maker`,
`licence`), else a text file of the same name beside each picture. May not guess attributes.
"""

from __future__ import annotations

import csv
import json
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
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff")
FIRST, LAST = 1000, 2100  # years


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
    there = {path.resolve() for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES}
    return len(there - {record.path for record in found})


def fitted(record: Foreign, size: tuple[int, int]) -> Picture:
    """The picture cropped to fill (width, height). Raises UsageError for a file that is none."""
    try:
        with Image.open(record.path) as image:
            upright = ImageOps.exif_transpose(image).convert("RGB")
            return np.asarray(ImageOps.fit(upright, size, Image.Resampling.LANCZOS))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:  # all of them Pillow's
        raise UsageError(
            f"{record.path}: not a picture that can be read ({error}); leave it out or save it anew"
        ) from error


def _listed(table: Path) -> Iterator[Foreign]:
    text = table.read_text(encoding="utf-8-sig", errors="replace")
    for number, row in (_sheet if table.suffix == ".csv" else _lines)(table, text):
        yield _record(table.parent, row, f"{table}:{number}")


def _lines(table: Path, text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The lines of JSON, numbered."""
    for number, line in enumerate(text.splitlines(), 1):
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
    rows = csv.DictReader(text.splitlines(keepends=True))
    try:
        for row in rows:
            yield rows.line_num, row
    except csv.Error as error:
        raise UsageError(f"{table}:{rows.line_num}: no CSV ({error}); save the table anew") from error


def _beside(folder: Path) -> Iterator[Foreign]:
    for path in sorted(folder.iterdir()):
        text = path.with_suffix(".txt")
        if path.suffix.lower() in SUFFIXES and text.is_file():
            row = {"file_name": path.name, "caption": text.read_text(encoding="utf-8", errors="replace").strip()}
            yield _record(folder, row, str(text))


def _record(folder: Path, row: dict[str, Any], where: str) -> Foreign:
    name, caption = row.get("file_name"), row.get("caption", row.get("text"))
    if not isinstance(name, str) or not isinstance(caption, str):
        raise UsageError(f"{where}: file_name and caption must be text, not {name!r} and {caption!r}")
    path = (folder / name).resolve()
    if folder.resolve() not in path.parents or not path.is_file():
        raise UsageError(f"{where}: {name!r} is not a file in {folder}")
    collection, maker, licence, license = (
        str(row.get(key) or "") for key in ("collection", "maker", "licence", "license")
    )
    date = _year(row.get("date"), where)
    return Foreign(path, caption, date, collection or folder.name, maker, licence or license or "unknown")


def _year(value: object, where: str) -> int | None:
    """The year of a date like 1932, "1932" or "1932-05-01"; None where there is none."""
    if value in (None, ""):
        return None
    date = re.fullmatch(r"([0-9]{4})(-[0-9]{2}){0,2}", str(value))
    if date is None or not FIRST <= int(date[1]) <= LAST:
        raise UsageError(f"{where}: date {value!r}; write a year {FIRST}…{LAST} or YYYY-MM-DD, or leave it out")
    return int(date[1])
