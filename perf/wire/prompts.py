"""`[[prompts]]` of a patch as prompt tracks.

Keys are [place, "text"] or [place, { "text" = weight, … }], behind it the way there (cut, dissolve 4, slerp 4), and
behind that, from `retrograde pace`, the shares of the way that are gone after equal parts of it.

Collects mistakes in the reader and goes on.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import tomlkit

from perf.core.param import TEXT_LIMIT
from perf.core.prompts import BLACK, HALF, WAYS, PromptKey, PromptTrack
from perf.core.timeline import UNITS
from perf.wire.reader import Path, Reader
from perf.wire.runs import apart, runs, together
from perf.wire.sources import FURTHEST, is_place, under

LIMIT = 2.0  # of a weight, as of /prompt/N/weight


def prompt_tracks(reader: Reader, section: Mapping[str, Any], path: Path = ()) -> tuple[PromptTrack, ...]:
    """Every prompt track of a document, or of a sequence in it."""
    found = []
    for i, row in enumerate(reader.rows(section, "prompts", path)):
        at: Path = (*path, "prompts", i)
        reader.keys(row, at, ("unit", "loop", "keys", "transform"))
        unit = reader.word(row, (*at, "unit"), "beats", UNITS)
        loop = float(reader.number(row, (*at, "loop"), 0.0, (0, FURTHEST)))
        keys = _keys(reader, row.get("keys"), (*at, "keys"))
        if keys:
            track = PromptTrack(tuple(sorted(keys, key=lambda key: key.at)), unit, loop)
            found.append(under(reader, row, at, (track, PromptTrack.transformed)))
    return tuple(found)


def _keys(reader: Reader, raw: object, path: Path) -> list[PromptKey]:
    if not isinstance(raw, list) or not raw:
        reader.wrong(path, f'keys is {raw!r}; it takes [[place, "text", "dissolve 4"], …] with at least one key')
        return []
    keys = []
    for n, key in enumerate(raw):
        if not isinstance(key, list) or len(key) not in (2, 3, 4) or not is_place(key[0]):
            reader.wrong(
                (*path, n), f'{key!r} is not a key; a key is [place, prompts] or [place, prompts, "dissolve 4"]'
            )
            continue
        try:
            name, length = way(key[2] if len(key) > 2 else "cut")
            keys.append(PromptKey(float(key[0]), _set(key[1]), name, length, _pace(key[3] if len(key) > 3 else [])))
        except ValueError as error:
            reader.wrong((*path, n), str(error))
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


def _pace(raw: object) -> tuple[float, ...]:
    """Rising shares of 0…1. Raises ValueError."""
    numbers = raw if isinstance(raw, list) else [None]
    if not all(isinstance(one, int | float) and not isinstance(one, bool) and 0 <= one <= 1 for one in numbers):
        raise ValueError(f"{raw!r} is no pace; it takes rising shares of the way, such as [0.2, 0.7]")
    if list(numbers) != sorted(numbers):
        raise ValueError(f"the pace {raw!r} goes back; its shares of the way rise")
    return tuple(map(float, numbers))


def way(raw: object) -> tuple[str, float]:
    """`cut`, or a way and its length in the track's unit. Raises ValueError."""
    name, _, number = str(raw).partition(" ")
    try:
        length = float(number) if number else 0.0
    except ValueError:
        length = -1.0
    if name not in WAYS or not 0 <= length <= FURTHEST or (name == "cut") != (not length):
        raise ValueError(f"{raw!r} is no way from set to set; it takes cut, dissolve LENGTH or slerp LENGTH")
    return name, length


def rewritten(text: str, tracks: Sequence[PromptTrack]) -> str:
    """The patch text with the places, lengths and paces of these tracks, key for key; comments and order stay."""
    document: Any = tomlkit.parse(apart(text))
    rows = [row for name in runs(document, "prompts") for row in document[name]]
    for row, track in zip(rows, tracks, strict=True):
        if "transform" in row:  # its places are not those that stand here
            continue
        raw = row["keys"]
        for i, key in zip(sorted(range(len(raw)), key=lambda i: float(raw[i][0])), track.keys, strict=True):
            ways = [] if key.way == "cut" and len(raw[i]) == 2 else [key.way if key.way == "cut" else _said(key)]
            wanted = [key.at, *ways, *([list(key.pace)] if key.pace else [])]
            if wanted != [float(raw[i][0]), *raw[i][2:]]:
                raw[i][0] = _short(key.at)
                del raw[i][2:]
                for one in wanted[1:]:
                    raw[i].append(one)
    return together(tomlkit.dumps(document))


def _said(key: PromptKey) -> str:
    return f"{key.way} {_short(key.length):g}"


def _short(number: float) -> int | float:
    rounded = round(number, 4)
    return int(rounded) if rounded == int(rounded) else rounded
