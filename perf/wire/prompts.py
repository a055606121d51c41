"""`[[prompts]]` of a patch as prompt tracks.

Keys are [place, "text"] or [place, { "text" = weight, … }], and behind it the way there: cut, dissolve 4, slerp 4.

Collects mistakes in the reader and goes on.
"""

from collections.abc import Mapping
from typing import Any

from perf.core.param import TEXT_LIMIT
from perf.core.prompts import BLACK, HALF, WAYS, PromptKey, PromptTrack
from perf.core.timeline import UNITS
from perf.wire.reader import Path, Reader
from perf.wire.sources import FURTHEST, is_place

LIMIT = 2.0  # of a weight, as of /prompt/N/weight


def prompt_tracks(reader: Reader, document: Mapping[str, Any]) -> tuple[PromptTrack, ...]:
    """Every prompt track of a document."""
    found = []
    for i, row in enumerate(reader.rows(document, "prompts")):
        at: Path = ("prompts", i)
        reader.keys(row, at, ("unit", "loop", "keys"))
        unit = reader.word(row, (*at, "unit"), "beats", UNITS)
        loop = float(reader.number(row, (*at, "loop"), 0.0, (0, FURTHEST)))
        keys = _keys(reader, row.get("keys"), (*at, "keys"))
        if keys:
            found.append(PromptTrack(tuple(sorted(keys, key=lambda key: key.at)), unit, loop))
    return tuple(found)


def _keys(reader: Reader, raw: object, path: Path) -> list[PromptKey]:
    if not isinstance(raw, list) or not raw:
        reader.wrong(path, f'keys is {raw!r}; it takes [[place, "text", "dissolve 4"], …] with at least one key')
        return []
    keys = []
    for key in raw:
        if not isinstance(key, list) or len(key) not in (2, 3) or not is_place(key[0]):
            reader.wrong(path, f'{key!r} is not a key; a key is [place, prompts] or [place, prompts, "dissolve 4"]')
            continue
        try:
            way, length = _way(key[2] if len(key) == 3 else "cut")
            keys.append(PromptKey(float(key[0]), _set(key[1]), way, length))
        except ValueError as error:
            reader.wrong(path, str(error))
    return keys


def _set(raw: object) -> tuple[tuple[str, float], ...]:
    """One text, or up to four with their weights. Raises ValueError."""
    rows = {raw: 1.0} if isinstance(raw, str) else raw
    if not isinstance(rows, dict) or not 1 <= len(rows) <= HALF:
        raise ValueError(
            f'{raw!r} is no set of prompts; it takes a text, or {{ "text" = weight, … }} with up to {HALF}'
        )
    for text, weight in rows.items():
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not -LIMIT <= weight <= LIMIT:
            raise ValueError(f"the weight of {text[:60]!r} is {weight!r}; it takes a number {-LIMIT:g}…{LIMIT:g}")
    return tuple(("" if text == BLACK else text[:TEXT_LIMIT], float(weight)) for text, weight in rows.items())


def _way(raw: object) -> tuple[str, float]:
    """`cut`, or a way and its length in the track's unit. Raises ValueError."""
    name, _, number = str(raw).partition(" ")
    try:
        length = float(number) if number else 0.0
    except ValueError:
        length = -1.0
    if name not in WAYS or not 0 <= length <= FURTHEST or (name == "cut") != (not length):
        raise ValueError(f"{raw!r} is no way from set to set; it takes cut, dissolve LENGTH or slerp LENGTH")
    return name, length
