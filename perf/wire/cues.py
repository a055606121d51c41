"""`[[cue]]` as `core.cue`: what it sets, when it fires, what it launches and what comes after it.

Collects mistakes in the reader and goes on.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from perf.core.cue import Cue, Jump
from perf.core.formula import Formula
from perf.core.shot import Shot, read
from perf.core.timeline import UNITS
from perf.wire.reader import Path, Reader
from perf.wire.sources import FURTHEST, Score

KEYS = (
    "name",
    "fade",
    "values",
    "unit",
    "at",
    "quantise",
    "seek",
    "plays",
    "release",
    "shot",
    "until",
    "follow",
    "after",
    "jump",
)
Ruler = Callable[[str, float | None], float | None]  # a place in a unit, in beats; none where there is none
GRIDS = {"beat": 1.0, "bar": -1.0}


def cues(score: Score, document: Mapping[str, Any], sequences: Collection[str], ruler: Ruler) -> list[Cue]:
    """The cues of a document; `sequences` are those that they may launch, `ruler` says where the beats are."""
    reader, found = score.reader, list[Cue]()
    rows = reader.rows(document, "cue")
    names = [str(row.get("name")) for row in rows]
    for i, row in enumerate(rows):
        at: Path = ("cue", i)
        reader.keys(row, at, KEYS)
        name = reader.word(row, (*at, "name"), "")
        if not name or name in names[:i] or "/" in name:
            reader.wrong((*at, "name"), f"name is {name!r}; a cue has a name of its own, without /")
        values = reader.values(score.table, row.get("values", {}), (*at, "values"))
        fade = float(reader.number(row, (*at, "fade"), 0.0, (0, 3600)))
        cue = _staged(score, row, at, (Cue(name, values, fade), names, sequences))
        unit = reader.word(row, (*at, "unit"), "beats", UNITS)
        found.append(replace(cue, at=ruler(unit, cue.at), seek=ruler(unit, cue.seek)))
    return found


def _staged(score: Score, row: dict[str, Any], at: Path, cue: tuple[Cue, list[str], Collection[str]]) -> Cue:
    """The cue with when it fires, what it launches, what it waits for and what comes after it."""
    reader, (plain, names, sequences) = score.reader, cue
    follow = reader.word(row, (*at, "follow"), "", ("", *names))
    jumps = (_jump(score, one, (*at, "jump", n), names) for n, one in enumerate(reader.rows(row, "jump", at)))
    return replace(
        plain,
        at=_beat(reader, row, (*at, "at")),
        quantise=_grid(reader, row, (*at, "quantise")),
        seek=_beat(reader, row, (*at, "seek")),
        plays=_plays(reader, row, (*at, "plays"), sequences) if "plays" in row else None,
        release=_released(score, row, (*at, "release")),
        shot=_shot(reader, row, (*at, "shot")),
        until=_condition(score, row, (*at, "until")),
        follow=follow,
        after=float(reader.number(row, (*at, "after"), 0.0, (1e-3 if follow else 0, FURTHEST))),
        jumps=tuple(jump for jump in jumps if jump is not None),
    )


def _beat(reader: Reader, row: dict[str, Any], path: Path) -> float | None:
    return float(reader.number(row, path, 0.0, (0, FURTHEST))) if str(path[-1]) in row else None


def _grid(reader: Reader, row: dict[str, Any], path: Path) -> float:
    """Beats of the grid; -1 for bars."""
    raw = row.get("quantise", 0)
    if isinstance(raw, str) and raw in GRIDS:
        return GRIDS[raw]
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not 0 <= raw <= FURTHEST:
        reader.wrong(path, f'quantise is {raw!r}; it takes "beat", "bar" or a number of beats 0…{FURTHEST:g}')
        return 0.0
    return float(raw)


def _plays(reader: Reader, row: dict[str, Any], path: Path, sequences: Collection[str]) -> tuple[str, ...]:
    raw = row.get("plays", [])
    found = []
    for n, name in enumerate(raw if isinstance(raw, list) else [raw]):
        if isinstance(name, str) and name in sequences:
            found.append(name)
        else:
            words = f"no sequence is called {name!r}; there are: {', '.join(sequences) or 'none'}"
            reader.wrong((*path, n), words)
    return tuple(found)


def _released(score: Score, row: dict[str, Any], path: Path) -> tuple[str, ...]:
    """The addresses of a list of addresses and patterns."""
    raw, found = row.get("release", []), dict[str, None]()
    for n, reach in enumerate(raw if isinstance(raw, list) else [raw]):
        params = score.table.matching(reach) if isinstance(reach, str) else ()
        if not params:
            score.reader.wrong((*path, n), f"no parameter is called {reach!r}; give an address, or a pattern of them")
        found |= dict.fromkeys(param.address for param in params)
    return tuple(found)


def _shot(reader: Reader, row: dict[str, Any], path: Path) -> Shot | None:
    """`NAME SECONDS AMOUNT`."""
    try:
        return read(str(row["shot"])) if "shot" in row else None
    except ValueError as error:
        reader.wrong(path, str(error))
        return None


def _condition(score: Score, row: dict[str, Any], path: Path) -> Formula | None:
    if str(path[-1]) not in row:
        return None
    try:
        return score.formula(row[str(path[-1])])
    except ValueError as error:
        score.reader.wrong(path, str(error))
        return None


def _jump(score: Score, row: dict[str, Any], at: Path, names: list[str]) -> Jump | None:
    score.reader.keys(row, at, ("when", "to"))
    to = score.reader.word(row, (*at, "to"), "", tuple(names))
    when = _condition(score, {"when": row.get("when", "")}, (*at, "when"))
    return Jump(when, to) if when is not None and to else None
