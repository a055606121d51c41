"""Pictures to files: contact sheets and exported archives. The only module of the room that may use Pillow."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from PIL import Image

from perf.records.record import LIGHT_NAMES, PALETTE_NAMES, SUBJECTS, Picture, Record, render


def tile(pictures: Sequence[Picture], columns: int, gap: int = 4) -> Picture:
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


def save(path: Path, picture: Picture) -> None:
    """Writes one picture in the format its name ends with."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path)


def overview(seed: int = 0) -> list[Record]:
    """One record per subject and palette, the lights taking turns: the archive at a glance."""
    return [
        Record(seed + 7 * row + column, subject, palette, LIGHT_NAMES[(row + column) % len(LIGHT_NAMES)], subject)
        for row, subject in enumerate(SUBJECTS)
        for column, palette in enumerate(PALETTE_NAMES)
    ]


def contact_sheet(path: Path, records: Sequence[Record], columns: int = 8, size: tuple[int, int] = (240, 144)) -> None:
    """Draws the records side by side into one picture file."""
    save(path, tile([render(record, *size) for record in records], columns))


def export(folder: Path, records: Sequence[Record], size: tuple[int, int] = (320, 192)) -> None:
    """Writes each record as a PNG, with a metadata.jsonl that Hugging Face's `imagefolder` reads."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "metadata.jsonl").open("w", encoding="utf-8") as lines:
        for index, record in enumerate(records):
            name = f"{index:06d}.png"
            save(folder / name, render(record, *size))
            lines.write(json.dumps({"file_name": name, **asdict(record)}) + "\n")
