"""The archive: records that the project draws itself, with captions from a known grammar.

Deterministic and numpy-only, so that what a model was trained on can always be drawn again. May not import torch.
"""

from perf.records.caption import Said, compose, parse, words
from perf.records.record import (
    LIGHT_NAMES,
    PALETTE_NAMES,
    SUBJECTS,
    Picture,
    Record,
    archive,
    counts,
    render,
)
from perf.records.sheet import contact_sheet, export, overview, save, tile

__all__ = [
    "LIGHT_NAMES",
    "PALETTE_NAMES",
    "SUBJECTS",
    "Picture",
    "Record",
    "Said",
    "archive",
    "compose",
    "contact_sheet",
    "counts",
    "export",
    "overview",
    "parse",
    "render",
    "save",
    "tile",
    "words",
]
