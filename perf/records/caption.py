"""The grammar of captions: what a record may be called, and what a caption says.

    caption = [shot] [palette] subject ["in" palette] [light] {"," phrase}
    phrase  = palette | light | weather | process | angle | decade, in any order

Captions paraphrase and leave attributes unsaid, so that a model learns both. May not draw.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

Words = Mapping[str, tuple[str, ...]]  # a value and its phrases, the commonest first

SUBJECT_WORDS: Words = {
    "sea": ("sea", "the sea", "open water"),
    "island": ("island", "an island", "a lonely island"),
    "river": ("river", "a river", "a winding river"),
    "mountains": ("mountains", "the mountains", "mountain range"),
    "volcano": ("volcano", "a volcano", "an erupting volcano"),
    "desert": ("desert", "a desert", "dunes"),
    "forest": ("forest", "a forest", "trees"),
    "field": ("field", "a field", "a ploughed field"),
    "garden": ("garden", "a garden", "park"),
    "sky": ("sky", "the sky", "clouds"),
    "moon": ("moon", "the moon", "a full moon"),
    "harbour": ("harbour", "a harbour", "boats"),
    "city": ("city", "a city", "skyline"),
    "street": ("street", "a street", "a long street"),
    "room": ("room", "a room", "an empty room"),
    "tunnel": ("tunnel", "a tunnel", "a deep tunnel"),
    "spiral": ("spiral", "a spiral", "galaxy"),
    "plasma": ("plasma", "liquid", "liquid plasma"),
    "lattice": ("lattice", "a lattice", "cubes"),
    "cells": ("cells", "living cells", "bubbles"),
    "ribbons": ("ribbons", "silk", "silk ribbons"),
    "flower": ("flower", "a flower", "petals"),
    "eye": ("eye", "an eye", "a great eye"),
    "waves": ("waves", "rings", "interference"),
    "particles": ("particles", "lights", "swarm"),
}
PALETTE_WORDS: Words = {
    "ember": ("ember", "fire", "red"),
    "ocean": ("ocean", "turquoise", "teal"),
    "neon": ("neon", "magenta", "violet"),
    "moss": ("moss", "green", "green moss"),
    "rose": ("rose", "pink", "pink rose"),
    "silver": ("silver", "grey", "monochrome"),
    "gold": ("gold", "golden", "yellow"),
    "ice": ("ice", "blue", "blue ice"),
}
LIGHT_WORDS: Words = {
    "day": ("by day", "in daylight", "in bright sun"),
    "dusk": ("at dusk", "at sunset", "in the evening"),
    "night": ("at night", "by night", "in the dark"),
    "mist": ("in mist", "in the fog", "in the mist"),
}
WEATHER_WORDS: Words = {"rain": ("in rain", "in the rain", "raining"), "snow": ("in snow", "in the snow", "snowing")}
PROCESS_WORDS: Words = {
    "daguerreotype": ("daguerreotype", "a daguerreotype", "silvered plate"),
    "silver print": ("silver print", "black and white photograph", "a silver print"),
    "autochrome": ("autochrome", "an autochrome", "glass plate"),
    "kodachrome": ("kodachrome", "a slide", "kodachrome slide"),
    "polaroid": ("polaroid", "a polaroid", "instant print"),
    "vhs": ("vhs", "video tape", "vhs tape"),
    "early digital": ("early digital", "low resolution", "pixels"),
    "today": ("today", "digital photograph", "high resolution"),
}
SHOT_WORDS: Words = {
    "wide": ("wide view of", "wide shot of", "panorama of"),
    "medium": ("view of", "medium shot of", "picture of"),
    "close": ("close view of", "detail of", "closeup of"),
}
ANGLE_WORDS: Words = {
    "low": ("from below", "low angle", "looking up"),
    "high": ("from above", "high angle", "looking down"),
    "tilted": ("tilted", "dutch angle", "tilted camera"),
}
_SHORT_LIGHT: Words = {"day": ("day",), "dusk": ("dusk",), "night": ("night",), "mist": ("mist",)}
TABLES: Mapping[str, Words] = {
    "subject": SUBJECT_WORDS,
    "palette": PALETTE_WORDS,
    "light": {name: (*phrases, *_SHORT_LIGHT[name]) for name, phrases in LIGHT_WORDS.items()},
    "weather": WEATHER_WORDS,
    "process": PROCESS_WORDS,
    "shot": SHOT_WORDS,
    "angle": ANGLE_WORDS,
}
_TENS = (
    "hundreds",
    "tens",
    "twenties",
    "thirties",
    "forties",
    "fifties",
    "sixties",
    "seventies",
    "eighties",
    "nineties",
)
_CENTURIES = {18: "eighteen", 19: "nineteen", 20: "twenty"}
DECADE_WORDS: Mapping[int, tuple[str, ...]] = {  # a tokenizer reads figures one by one, and words whole
    year: (f"{year}s", f"{_CENTURIES[year // 100]} {_TENS[year // 10 % 10]}") for year in range(1840, 2030, 10)
}
SAID = {"palette": 0.65, "light": 0.6, "weather": 0.7, "process": 0.55, "shot": 0.45, "angle": 0.5, "date": 0.35}


@dataclass(frozen=True, slots=True)
class Said:
    """What a caption names; None where it is silent. `decade` is its first year."""

    subject: str | None = None
    palette: str | None = None
    light: str | None = None
    weather: str | None = None
    process: str | None = None
    shot: str | None = None
    angle: str | None = None
    decade: int | None = None


def compose(attributes: Mapping[str, str], date: int, rng: np.random.Generator) -> str:
    """One caption for these attributes (`KINDS` to values), drawn from the grammar."""
    said = {kind for kind, share in SAID.items() if rng.random() < share}
    phrases = {kind: _phrase(table.get(attributes[kind], ()), rng) for kind, table in TABLES.items()}
    phrases = {kind: phrase for kind, phrase in phrases.items() if phrase and kind in said | {"subject"}}
    head, tail = phrases.pop("subject"), []
    if "palette" in phrases:
        tint = phrases.pop("palette")
        place = rng.random()
        if place < 0.45:
            head = f"{tint} {re.sub(r'^(a|an|the) ', '', head)}"
        elif place < 0.8:
            head = f"{head} in {tint}"
        else:
            tail.append(tint)
    if "light" in phrases:
        spoken = phrases.pop("light")
        if rng.random() < 0.25:
            tail.append(_SHORT_LIGHT[attributes["light"]][0])
        else:
            head = f"{head} {spoken}"
    if "shot" in phrases:
        head = f"{phrases.pop('shot')} {head}"
    tail += [*phrases.values(), *([str(rng.choice(DECADE_WORDS[date // 10 * 10]))] if "date" in said else [])]
    order = rng.permutation(len(tail))
    return ", ".join([head, *(tail[int(index)] for index in order)])


def plain(values: Mapping[str, str]) -> str:
    """The plainest caption of these attributes (`KINDS` to values), all, some or none; `parse` reads it back."""
    phrases = {kind: table[values[kind]][0] for kind, table in TABLES.items() if values.get(kind, "") in table}
    head = phrases.pop("subject", "picture" if phrases else "")
    if "palette" in phrases:
        head = f"{head} in {phrases.pop('palette')}"
    if "light" in phrases:
        head = f"{head} {phrases.pop('light')}"
    if "shot" in phrases and "subject" in values:
        head = f"{phrases.pop('shot')} {head}"
    return ", ".join([head, *(phrase for kind, phrase in phrases.items() if kind != "shot")]) if head else ""


def parse(caption: str) -> Said:
    """Reads the attributes back from a caption; the longest phrase of each kind wins."""
    text = f" {' '.join(re.findall(r'[a-z0-9]+', caption.lower()))} "
    decades = [year for year, phrases in DECADE_WORDS.items() if any(f" {phrase} " in text for phrase in phrases)]
    found = {}
    for kind in ("process", "shot", "angle", "weather", "light", "subject", "palette"):
        found[kind], text = _take(text, TABLES[kind])
    return Said(**found, decade=decades[0] if decades else None)


def words() -> tuple[str, ...]:
    """Every word and mark the grammar can write, sorted."""
    phrases = [phrase for table in TABLES.values() for phrases in table.values() for phrase in phrases]
    phrases += [phrase for _, phrase in DECADE_WORDS.values()]
    return tuple(sorted({word for phrase in phrases for word in phrase.split()} | {",", "in"}))


def vocabulary() -> list[str]:
    """What a prompt may say so that the archive has a word for it, sorted: its words, and the decades in figures."""
    figures = {figures for figures, _ in DECADE_WORDS.values()}
    return sorted(figures.union(part for word in words() for part in re.findall(r"[^\W_]+(?:'\w+)?", word)))


def _phrase(phrases: Sequence[str], rng: np.random.Generator) -> str:
    """One of up to three phrases, the first half of the time; "" where there is nothing to say."""
    if not phrases:
        return ""
    draw = rng.random()
    return phrases[0 if draw < 0.5 else 1 if draw < 0.75 else 2]


def _take(text: str, table: Words) -> tuple[str | None, str]:
    """The value whose longest phrase is in the text, and the text without that phrase."""
    hits = [(len(phrase), phrase, name) for name, all_ in table.items() for phrase in all_ if f" {phrase} " in text]
    if not hits:
        return None, text
    _, phrase, name = max(hits)
    return name, text.replace(f" {phrase} ", "  ", 1)
