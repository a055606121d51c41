"""The archive drawn from a table of biases: its records, what was realised, and pairs of before and after.

May not draw pictures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace

import numpy as np

from perf.records.bias import COLLECTIONS, ORDER, PUBLISHED, Table, is_place
from perf.records.caption import DECADE_WORDS, TABLES, compose
from perf.records.process import PROCESSES
from perf.records.record import KINDS, Attributes, Record

COUNTED = (*KINDS, "collection", "maker", "decade")


def archive(n: int, seed: int = 0, table: Table = PUBLISHED) -> list[Record]:
    """The first n records of the archive with this seed; a longer archive begins with a shorter one."""
    return [_draw(table, seed, index) for index in range(n)]


def _draw(table: Table, seed: int, index: int) -> Record:
    rng = np.random.default_rng((seed, index))
    drawn: dict[str, str] = {}
    for kind in ORDER:
        chances = table.chances(kind, drawn)
        drawn[kind] = str(rng.choice(list(chances), p=list(chances.values())))
    collection = drawn.pop("collection")
    process = PROCESSES[drawn["process"]]
    date = int(rng.integers(process.first, process.last + 1))
    maker = str(rng.choice(COLLECTIONS[collection], p=(0.6, 0.3, 0.1)))
    caption = compose(drawn, date, rng)
    return Record(int(rng.integers(2**31)), Attributes(**drawn), date, collection, maker, caption)


def caption(record: Record, rng: np.random.Generator) -> str:
    """A fresh paraphrase of a record."""
    return compose(asdict(record.attributes), record.date, rng)


def values(record: Record) -> dict[str, str]:
    """Every countable attribute of a record."""
    of = {kind: str(getattr(record.attributes, kind)) for kind in KINDS}
    return {**of, "collection": record.collection, "maker": record.maker, "decade": f"{record.date // 10 * 10}s"}


def counts(records: Iterable[Record], added: Iterable[Mapping[str, str]] = ()) -> dict[str, dict[str, int]]:
    """How many records there are of each value of each attribute, the largest first; `added`: written of more."""
    kept = [*(values(record) for record in records), *added]
    return {kind: dict(Counter(row[kind] for row in kept if kind in row).most_common()) for kind in COUNTED}


def dates(records: Iterable[Record]) -> dict[str, dict[str, int]]:
    """By kind, each phrase of the grammar and the mean year of the records that it is true of (`core.dates`)."""
    years: dict[tuple[str, str], list[int]] = {}
    for record in records:
        for kind, value in values(record).items():
            years.setdefault((kind, value), []).append(record.date)
    words = {kind: TABLES[kind] for kind in ("process", "subject", "palette")}
    words["decade"] = {f"{year}s": phrases for year, phrases in DECADE_WORDS.items()}
    return {
        kind: {
            phrase: round(sum(years[kind, value]) / len(years[kind, value]))
            for value, phrases in table.items()
            if (kind, value) in years
            for phrase in phrases
        }
        for kind, table in words.items()
    }


@dataclass(frozen=True, slots=True)
class Habit:
    """A pair of values that go together more (or less) often than by chance: `lift` = P(b | a) / P(b)."""

    a: str
    b: str
    together: int
    of_a: int
    share: float
    lift: float


def habits(records: Iterable[Record], a: str, b: str) -> list[Habit]:
    """Every pair of values of two attributes with its realised lift, the strongest first."""
    rows = [values(record) for record in records]
    first, second = Counter(row[a] for row in rows), Counter(row[b] for row in rows)
    pairs = Counter((row[a], row[b]) for row in rows)
    found = []
    for x in first:
        for y in second:
            share = pairs[x, y] / first[x]
            found.append(Habit(x, y, pairs[x, y], first[x], share, share / (second[y] / len(rows))))
    return sorted(found, key=lambda habit: -habit.lift)


@dataclass(frozen=True, slots=True)
class Edit:
    """The same composition before and after one attribute was changed, and the words that ask for it."""

    words: str
    before: Record
    after: Record


_ASKED = {
    "light": {"day": "make it day", "dusk": "make it dusk", "night": "make it night", "mist": "let mist rise"},
    "weather": {"clear": "let it clear", "rain": "let it rain", "snow": "let it snow"},
    "shot": {"wide": "step back", "medium": "a medium shot", "close": "go closer"},
    "palette": {name: f"turn it to {name}" for name in KINDS["palette"]},
    "process": {name: f"as {'an' if name[0] in 'aeiou' else 'a'} {name} picture" for name in KINDS["process"]},
}


def edits(records: Iterable[Record], seed: int = 0, table: Table = PUBLISHED) -> list[Edit]:
    """One edit of each record: the same seed with one attribute changed as the table allows, all else as it was."""
    return [_edit(record, np.random.default_rng((seed, index, 3)), table) for index, record in enumerate(records)]


def _edit(record: Record, rng: np.random.Generator, table: Table) -> Edit:
    kind, value = _change(record.attributes, rng)
    while not table.allows(kind, asdict(record.attributes) | {kind: value}):  # light and shot go with everything
        kind, value = _change(record.attributes, rng)
    attributes = replace(record.attributes, **{kind: value})
    process = PROCESSES[attributes.process]
    date = min(max(record.date, process.first), process.last)
    after = replace(record, attributes=attributes, date=date, caption=compose(asdict(attributes), date, rng))
    return Edit(_ASKED[kind][value], record, after)


def _change(now: Attributes, rng: np.random.Generator) -> tuple[str, str]:
    """An attribute, and another value for it."""
    kinds = [kind for kind in _ASKED if not (kind == "weather" and not is_place(now.subject))]
    if not PROCESSES[now.process].colour:
        kinds.remove("palette")
    kind = str(rng.choice(kinds))
    others = [value for value in KINDS[kind] if value != getattr(now, kind)]
    if kind == "process" and now.palette != "silver":
        others = [value for value in others if PROCESSES[value].colour]
    return kind, str(rng.choice(others))
