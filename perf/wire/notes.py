"""What in a patch is no mistake, and yet plays otherwise than it may seem: keys that are never reached, ways cut off.

Reads again a document in which `wire.patch` has found no mistake, for those who ask: playing a patch does not wait for
it. Recorded lanes are left alone; nobody writes them by hand.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from perf.core import shot
from perf.core.job import carried
from perf.wire.prompts import way
from perf.wire.reader import Path
from perf.wire.sources import kind_of
from perf.wire.tracks import SHOT

Note = tuple[Path, str]  # where it is, and what


def notes(document: Mapping[str, Any]) -> Iterator[Note]:
    """Everything worth a note, with its path."""
    for name in ("model", "second"):
        size = tuple(document.get(name, {}).get("size", (1, 1)))
        if (played := carried(size)) != size:
            yield (name, "size"), "size = [{}, {}] is more than a show carries: it plays {}x{}".format(*size, *played)
    for i, row in enumerate(document.get("layer", [])):
        if row.get("group") and row.get("deck", "none") != "none":
            words = f"what is in a group is on no deck of its own: give the group, layer {row['group']}, the deck"
            yield ("layer", i, "deck"), words
    sequences = ((row, ("sequence", i)) for i, row in enumerate(document.get("sequence", [])))
    for section, path in ((document, ()), *sequences):
        yield from _tracks(section, path)
        for i, row in enumerate(section.get("prompts", [])):
            yield from _prompts(row["keys"], _loop(row), (*path, "prompts", i, "keys"))


def _tracks(section: Mapping[str, Any], path: Path) -> Iterator[Note]:
    for i, row in enumerate(section.get("track", [])):
        at: Path = (*path, "track", i, "keys")
        if row["address"] == SHOT:
            yield from _shots(row.get("keys", []), _loop(row), at)
        elif kind_of(row) == "keys" and "lanes" not in row:
            yield from _keys([key[0] for key in row["keys"]], _loop(row), at)


def _loop(row: Mapping[str, Any]) -> float:
    """A track's loop as far as one may say what lies beyond it: a transform may bring it in."""
    return 0.0 if row.get("transform") else float(row.get("loop", 0))


def _keys(places: Sequence[float], loop: float, path: Path) -> Iterator[Note]:
    """Of a track of keys: two at one place are a step, and one at the loop's end is where its last way leads."""
    yield from _disorder(places, path)
    for place, count in Counter(places).items():
        if count > 2:
            second = places.index(place, places.index(place) + 1)
            words = f"{count} keys are at {place:g}: the first and the last make a step, the others are never seen"
            yield (*path, second), words
    for n, place in enumerate(places):
        if loop and place > loop:
            yield (*path, n), f"the key at {place:g} lies beyond loop = {loop:g}: its value is never reached"


def _disorder(places: Sequence[float], path: Path) -> Iterator[Note]:
    """The first key that stands behind a later one."""
    for n in range(1, len(places)):
        if places[n] < places[n - 1]:
            words = f"the key at {places[n]:g} stands behind that at {places[n - 1]:g}"
            yield (*path, n), f"{words}: they are played in the order of their places"
            return


def _shots(keys: Sequence[Any], loop: float, path: Path) -> Iterator[Note]:
    """Of a track of shots; that a shot cuts the one before short is what one cuts with."""
    yield from _disorder([key[0] for key in keys], path)
    rows = sorted(enumerate(keys), key=lambda row: float(row[1][0]))
    for i, (n, (place, text)) in enumerate(rows):
        after = rows[i + 1][1][0] if i + 1 < len(rows) else place + shot.read(str(text)).length
        if loop and place >= loop:
            yield (*path, n), f"the shot at {place:g} lies beyond loop = {loop:g}: it is never seen"
        elif after == place:
            yield (*path, n), f"another shot begins at {place:g}, too: this one is never seen"
        elif loop and min(place + shot.read(str(text)).length, after) > loop:
            yield (*path, n), f"the shot at {place:g} goes on beyond loop = {loop:g}: it is cut off there"


def _prompts(keys: Sequence[Any], loop: float, path: Path) -> Iterator[Note]:
    """Of a track of prompts; two at one place are a cut to a set that the second then dissolves."""
    yield from _disorder([key[0] for key in keys], path)
    rows = sorted(enumerate(keys), key=lambda row: float(row[1][0]))
    ways = {n: way(key[2]) if len(key) > 2 else ("cut", 0.0) for n, key in rows}
    for place, group in groupby(rows, lambda row: float(row[1][0])):
        *hidden, (last, _) = group
        if ways[last][1] > 0:
            hidden = hidden[:-1]
        for n, _ in hidden:
            yield (*path, n), f"another set stands at {place:g}, too: this one is never seen"
        if loop and place >= loop:
            yield (*path, last), f"the key at {place:g} lies beyond loop = {loop:g}: its set is never seen"
    reached = [(key[0], n) for n, key in rows if not loop or key[0] < loop]
    ends = [place for place, _ in reached[1:]] + ([loop + reached[0][0]] if loop and reached else [])
    for (place, n), end in zip(reached, ends, strict=False):
        name, length = ways[n]
        if place < end < place + length:
            yield (
                (*path, n),
                f"{name} {length:g} at {place:g} is not over when the next key comes, at {end:g}: it is cut off",
            )
