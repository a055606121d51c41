"""The grammar of captions: what a record may be called, and what a caption says.

Captions paraphrase and leave attributes unsaid, so that a model learns both. May not draw.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

SUBJECT_WORDS: Mapping[str, tuple[str, ...]] = {
    "sea": ("sea", "the sea", "open water"),
    "island": ("island", "an island", "a lonely island"),
    "river": ("river", "a river", "a winding river"),
    "mountains": ("mountains", "the mountains", "mountain range"),
    "volcano": ("volcano", "a volcano", "an erupting volcano"),
    "desert": ("desert", "a desert", "dunes"),
    "forest": ("forest", "a forest", "trees"),
    "field": ("field", "a field", "a ploughed field"),
    "city": ("city", "a city", "skyline"),
    "moon": ("moon", "the moon", "a full moon"),
    "tunnel": ("tunnel", "a tunnel", "a deep tunnel"),
    "spiral": ("spiral", "a spiral", "galaxy"),
    "plasma": ("plasma", "liquid", "liquid plasma"),
    "lattice": ("lattice", "a lattice", "cubes"),
    "cells": ("cells", "living cells", "bubbles"),
    "ribbons": ("ribbons", "silk", "silk ribbons"),
    "flower": ("flower", "a flower", "petals"),
    "eye": ("eye", "an eye", "a great eye"),
}
PALETTE_WORDS: Mapping[str, tuple[str, ...]] = {
    "ember": ("ember", "fire", "red"),
    "ocean": ("ocean", "turquoise", "teal"),
    "neon": ("neon", "magenta", "violet"),
    "moss": ("moss", "green", "green moss"),
    "rose": ("rose", "pink", "rose"),
    "silver": ("silver", "grey", "black and white"),
    "gold": ("gold", "golden", "yellow"),
    "ice": ("ice", "blue", "blue ice"),
}
LIGHT_WORDS: Mapping[str, tuple[str, ...]] = {
    "day": ("by day", "in daylight", "in bright sun"),
    "dusk": ("at dusk", "at sunset", "in the evening"),
    "night": ("at night", "by night", "in the dark"),
    "mist": ("in mist", "in the fog", "in the mist"),
}
_SHORT_LIGHT: Mapping[str, str] = {"day": "day", "dusk": "dusk", "night": "night", "mist": "mist"}
_TEMPLATES: tuple[tuple[str, float], ...] = (
    ("{s}", 0.10),
    ("{p} {s}", 0.13),
    ("{s} in {p}", 0.10),
    ("{s} {l}", 0.10),
    ("{s}, {m}", 0.06),
    ("{s}, {p}", 0.08),
    ("{s}, {p}, {m}", 0.12),
    ("{s} {l} in {p}", 0.13),
    ("{p} {s} {l}", 0.10),
    ("{s} in {p}, {m}", 0.08),
)


@dataclass(frozen=True, slots=True)
class Said:
    """The attributes that a caption names; None where it is silent."""

    subject: str | None
    palette: str | None
    light: str | None


def compose(subject: str, palette: str, light: str, rng: np.random.Generator) -> str:
    """One caption for these attributes, drawn from the grammar."""
    shares = np.array([share for _, share in _TEMPLATES])
    template = _TEMPLATES[int(rng.choice(len(_TEMPLATES), p=shares / shares.sum()))][0]
    noun = str(rng.choice(SUBJECT_WORDS[subject], p=(0.5, 0.3, 0.2)))
    tint = str(rng.choice(PALETTE_WORDS[palette], p=(0.6, 0.2, 0.2)))
    if template.startswith("{p}"):
        noun = re.sub(r"^(a|an|the) ", "", noun)
    when = str(rng.choice(LIGHT_WORDS[light], p=(0.5, 0.25, 0.25)))
    return template.format(s=noun, p=tint, l=when, m=_SHORT_LIGHT[light])


def parse(caption: str) -> Said:
    """Reads the attributes back from a caption; the longest phrase of each kind wins."""
    text = f" {' '.join(re.findall(r'[a-z]+', caption.lower()))} "
    lights = {name: (*words, _SHORT_LIGHT[name]) for name, words in LIGHT_WORDS.items()}
    return Said(_find(text, SUBJECT_WORDS), _find(text, PALETTE_WORDS), _find(text, lights))


def words() -> tuple[str, ...]:
    """Every word and mark the grammar can write, sorted."""
    phrases = [p for table in (SUBJECT_WORDS, PALETTE_WORDS, LIGHT_WORDS) for ps in table.values() for p in ps]
    phrases += [*_SHORT_LIGHT.values(), "in"]
    return tuple(sorted({word for phrase in phrases for word in phrase.split()} | {","}))


def _find(text: str, table: Mapping[str, tuple[str, ...]]) -> str | None:
    hits = [(len(p), name) for name, phrases in table.items() for p in phrases if f" {p} " in text]
    return max(hits)[1] if hits else None
