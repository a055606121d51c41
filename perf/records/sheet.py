"""Pictures to files: contact sheets and exported archives. With `folder`, the only module that may use Pillow."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from PIL import Image

from perf.errors import UsageError
from perf.records.bias import HELD_OUT, PUBLISHED, Table
from perf.records.catalogue import edits
from perf.records.folder import Entry, Foreign, fitted, upright
from perf.records.process import PROCESSES
from perf.records.record import KINDS, Attributes, Picture, Plate, Record, develop, render

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")
HIGHEST = {".jpg": 65500, ".jpeg": 65500, ".webp": 16383}  # pixels that a format has at most
PLATES = ("mask", "depth")
GAP = 4  # pixels between the pictures of a sheet


def tile(pictures: Sequence[Picture], columns: int, gap: int = GAP) -> Picture:
    """Lays pictures of one size out in rows on black."""
    if not pictures:
        raise ValueError("no pictures to lay out; give at least one")
    height, width = pictures[0].shape[:2]
    rows = -(-len(pictures) // columns)
    sheet = np.zeros((rows * (height + gap) - gap, columns * (width + gap) - gap, 3), dtype=np.uint8)
    for index, picture in enumerate(pictures):
        top, left = index // columns * (height + gap), index % columns * (width + gap)
        sheet[top : top + height, left : left + width] = picture
    return sheet


def save(path: Path, picture: np.ndarray, quality: int = 75) -> None:
    """Writes one picture in the format its name ends with; `quality` is a JPEG's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path, quality=quality)


def overview(seed: int = 0) -> list[Record]:
    """One record per subject and process, palettes and lights taking turns: the archive at a glance."""
    found = []
    for row, subject in enumerate(KINDS["subject"]):
        for column, process in enumerate(PROCESSES.values()):
            palette = _palette(subject, row + 3 * column) if process.colour else "silver"
            light = KINDS["light"][(row + column) % len(KINDS["light"])]
            attributes = Attributes(subject, palette, light, process=process.name)
            found.append(Record(seed + 7 * row + column, attributes, process.first, "", "", subject))
    return found


def _palette(subject: str, turn: int) -> str:
    """The turn's palette, or the next that the archive shows this subject in."""
    names = [name for name in KINDS["palette"] if (subject, name) not in HELD_OUT]
    return names[turn % len(names)]


def contact_sheet(path: Path, records: Sequence[Entry], columns: int = 8, size: tuple[int, int] = (240, 144)) -> None:
    """Draws the records side by side into one picture file. Raises UsageError for a name that no format ends with, or
    one whose format has not so many pixels."""
    suffix, height = path.suffix.lower(), -(-len(records) // columns) * (size[1] + GAP) - GAP
    if suffix not in SUFFIXES:
        raise UsageError(f"{path}: not the name of a picture; end it with {', '.join(SUFFIXES)}")
    if height > (most := HIGHEST.get(suffix, height)):
        words = f"{len(records)} pictures make a sheet of {height} pixels in height, and {suffix} has {most} at most"
        raise UsageError(f"{path}: {words}; end its name with .png")
    save(path, tile([picture(record, size) for record in records], columns))


def picture(record: Entry, size: tuple[int, int]) -> Picture:
    """A record's picture, drawn or opened, at (width, height)."""
    return fitted(record, size) if isinstance(record, Foreign) else render(record, *size)


def export(
    folder: Path, records: Sequence[Entry], size: tuple[int, int] = (256, 256), table: Table = PUBLISHED
) -> None:
    """Writes each record: its picture, its mask and depth (8 bits) where they are known, and the pairs of edits, as the
    table allows them.

    `metadata.jsonl` is what Hugging Face's `imagefolder` reads, with masks and depths as pictures, too; where pictures
    are added, which have none, as paths: it opens every `…_file_name`, and stops at a null. So is all else null that
    nobody knows. Raises UsageError, before anything is written, for an added picture that cannot be read.
    """
    for record in records:
        if isinstance(record, Foreign):
            upright(record.path)
    folder.mkdir(parents=True, exist_ok=True)
    plates = "{}" if any(isinstance(record, Foreign) for record in records) else "{}_file_name"
    with (folder / "metadata.jsonl").open("w", encoding="utf-8") as lines:
        for index, record in enumerate(records):
            name = f"{index:06d}.png"
            there = {plates.format(kind): _plate(kind, name, record) for kind in PLATES}
            lines.write(json.dumps({"file_name": name, **there, **_row(record)}, ensure_ascii=False) + "\n")
            if isinstance(record, Foreign):
                save(folder / name, picture(record, size))
            else:
                _save_plate(folder, name, develop(record, *size))
    drawn = [record for record in records if isinstance(record, Record)]
    with (folder / "edits.jsonl").open("w", encoding="utf-8") as lines:
        for index, edit in enumerate(edits(drawn, table=table)):
            save(folder / "after" / f"{index:06d}.png", render(edit.after, *size))
            row = {"words": edit.words, "before": f"{index:06d}.png", "after": f"after/{index:06d}.png"}
            lines.write(json.dumps({**row, "truth": asdict(edit.after.attributes)}) + "\n")


def _save_plate(folder: Path, name: str, plate: Plate) -> None:
    save(folder / name, plate.picture)
    for kind in PLATES:
        field = getattr(plate, kind)
        save(folder / kind / name, (np.clip(field, 0, 1) * 255 + 0.5).astype(np.uint8))


def _plate(kind: str, name: str, record: Entry) -> str | None:
    return f"{kind}/{name}" if isinstance(record, Record) else None


def _row(record: Entry) -> dict[str, object]:
    """The same columns for both kinds."""
    row = asdict(record)
    truth = row.pop("attributes", None)
    row.pop("path", None)
    return {"seed": None, **row, "truth": truth}
