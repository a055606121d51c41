"""`[[track]]` with `lanes` ↔ `core.lane`: what was recorded of a parameter, a lane a pass.

    [[track]]
    address = "/camera/zoom"
    lane = 2                 # the one that plays; 0: none, what lies below plays
    lanes = [
        [[4, 0.1], [5.5, 0.3], [6, 0.3, "below"]],
        [[4, 0.2, "hold"], [8, 0.2, "below"]],
    ]

Collects mistakes in the reader and goes on; opens no file.
"""

from collections.abc import Mapping
from typing import Any

import tomlkit
from tomlkit.items import AoT, Whitespace

from perf.core.curve import Key
from perf.core.lane import BELOW, MOST, WAYS, Book, Lane, Lanes
from perf.core.param import Param
from perf.core.simplify import LINES
from perf.wire.bindings import below_of
from perf.wire.reader import Path
from perf.wire.runs import runs
from perf.wire.sources import Score, is_place

KEYS = ("address", "lane", "lanes")


def book(score: Score, document: Mapping[str, Any]) -> Book:
    """The lanes of a document, by address."""
    found: dict[str, Lanes] = {}
    for i, row in enumerate(score.reader.rows(document, "track")):
        at: Path = ("track", i)
        if "lanes" not in row:
            continue
        score.reader.keys(row, at, KEYS)
        address = score.reader.word(row, (*at, "address"), "")
        param = score.reader.param(score.table, address, (*at, "address"))
        if address in found:
            score.reader.wrong((*at, "address"), f"{address} has lanes already; write them all into one track")
        elif param is not None:
            found[address] = _lanes(score, row, at, param)
    return found


def _lanes(score: Score, row: dict[str, Any], at: Path, param: Param) -> Lanes:
    raw = row["lanes"] if isinstance(row["lanes"], list) else []
    if not 1 <= len(raw) <= MOST:
        score.reader.wrong((*at, "lanes"), f"lanes takes [[[beat, value], …], …], 1 to {MOST} rows of keys")
        return Lanes()
    lanes = tuple(Lane(_keys(score, keys, (*at, "lanes", n), param)) for n, keys in enumerate(raw))
    chosen = score.reader.number(row, (*at, "lane"), len(lanes), (0, len(lanes)))
    if type(chosen) is not int:
        score.reader.wrong((*at, "lane"), f"lane is {chosen!r}; it takes a whole number 0…{len(lanes)}")
    return Lanes(lanes, int(chosen))


def _keys(score: Score, raw: object, path: Path, param: Param) -> tuple[Key, ...]:
    """Keys are [beat, value] or [beat, value, way]. What has no values between its values goes in steps."""
    ways = WAYS if param.kind in LINES else ("hold", BELOW)
    keys = []
    for n, key in enumerate(raw if isinstance(raw, list) else [raw]):
        at = (*path, n)
        if not isinstance(key, list) or len(key) not in (2, 3) or not is_place(key[0]):
            score.reader.wrong(at, f"{key!r} is not a key of a lane; a key is [beat, value] or [beat, value, way]")
            continue
        way = key[2] if len(key) == 3 else ways[0]
        if way not in ways:
            score.reader.wrong(at, f"{way!r} is not a way in a lane of {param.address}; it takes {', '.join(ways)}")
            continue
        value = score.reader.value(score.table, param.address, key[1], at)
        if value is not None:
            keys.append(Key(float(key[0]), value, way))
    return tuple(sorted(keys, key=lambda key: key.at))


def put(document: tomlkit.TOMLDocument, lanes: Book) -> None:
    """Write lanes into a document's tracks, in their own row or a new one; a row whose lanes are gone goes."""
    for address, kept in lanes.items():
        found = ((name, row) for name in runs(document, "track") for row in document[name])
        name, row = next(((n, r) for n, r in found if r.get("address") == address and "lanes" in r), ("", None))
        if not kept.lanes:
            if row is not None:
                _removed(document, name, row)
            continue
        if row is None:
            row = _added(document, address)
        row["lane"] = kept.chosen
        row["lanes"] = tomlkit.value(_text(kept))


def _removed(document: tomlkit.TOMLDocument, name: str, row: Any) -> None:
    """Take a row out; what is written above the next row or section, to TOML a part of this one, stays."""
    rows: Any = document[name]
    place, below = next(i for i, each in enumerate(rows) if each is row), below_of(row)
    if not isinstance(rows, AoT):
        del rows[place]
        return
    below = row.trivia.indent.rstrip(" \t") + below if row.trivia.indent.strip() else below
    del rows[place]
    if place:
        rows[place - 1].add(Whitespace(below))
    elif rows:
        rows[0].trivia.indent = below + rows[0].trivia.indent
    else:
        at = next(i for i, (key, _) in enumerate(document.body) if key and key.key == name)
        document.remove(name)
        document.body[at] = (None, Whitespace(below))


def _added(document: tomlkit.TOMLDocument, address: str) -> Any:
    """A track behind the last."""
    if not runs(document, "track"):
        document["track"] = tomlkit.aot()
    rows: Any = document[runs(document, "track")[-1]]
    row: Any = tomlkit.table() if isinstance(rows, AoT) else tomlkit.inline_table()
    row["address"] = address
    rows.append(row)
    return rows[-1]


def _text(lanes: Lanes) -> str:
    """Lanes as an array of TOML, a line each."""
    rows = (", ".join(map(_key, lane.keys)) for lane in lanes.lanes)
    return "[\n" + "".join(f"    [{row}],\n" for row in rows) + "]"


def _key(key: Key) -> str:
    """A key; its way is left out where it is what one would think."""
    usual = {float: "linear", tuple: "linear", str: "hold", bool: "hold"}.get(type(key.value))
    value = list(key.value) if isinstance(key.value, tuple) else key.value
    text = tomlkit.item(value).as_string()
    return f"[{key.at!r}, {text}]" if key.ease == usual else f'[{key.at!r}, {text}, "{key.ease}"]'
