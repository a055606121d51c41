"""What a track's values come from, as a patch writes it: keys, a formula, steps, a chain of states.

Collects mistakes in the reader and goes on.
"""

import math
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from perf.core.curve import EASINGS, SPLINE, Curve, Key, easing
from perf.core.event import Value
from perf.core.formula import Formula
from perf.core.param import Param, Table
from perf.core.pattern import Markov, Steps, euclidean
from perf.core.transform import Source, Transform, read
from perf.wire import formula
from perf.wire.reader import Path, Reader

T = TypeVar("T")
FURTHEST = 1e6  # beats, bars or seconds: more than a week at any tempo
HEAVIEST = 1e9  # number in a chain's matrix
KINDS: Mapping[str, tuple[str, ...]] = {  # what a track's values come from, and the keys that go with it
    "keys": (),
    "formula": (),
    "steps": ("step", "rhythm", "rest", "chance", "seed"),
    "states": ("matrix", "step", "seed"),
}


@dataclass(frozen=True, slots=True)
class Score:
    """What the readers of a timeline need: where mistakes go, the parameters, the patch's tempo in BPM.

    `reads` gathers the addresses that formulas look at.
    """

    reader: Reader
    table: Table
    tempo: float
    reads: set[str] = field(default_factory=set)

    def formula(self, text: object) -> Formula:
        """The formula in a text, with or without its `=`. Raises ValueError."""
        found = formula.parse(str(text).removeprefix("="), self.table)
        self.reads.update(found.reads)
        return found


def kind_of(row: Mapping[str, Any]) -> str:
    """What the values of a `[[track]]` come from."""
    return next((kind for kind in KINDS if kind in row), "keys")


def source(score: Score, row: dict[str, Any], at: Path, param: Param) -> Source | Formula | None:
    """The source that a `[[track]]` writes down; None with a mistake noted where it is none."""
    kind = kind_of(row)
    if kind == "formula":
        return _formula(score, row["formula"], (*at, "formula"), param)
    if kind == "steps":
        return _steps(score, row, at, param)
    if kind == "states":
        return _markov(score, row, at, param)
    found = keys(score, row.get("keys", []), (*at, "keys"), param)
    return Curve(found) if found else None


def _formula(score: Score, text: object, path: Path, param: Param) -> Formula | None:
    if param.kind not in ("float", "int", "bool", "choice"):
        score.reader.wrong(path, f"{param.address} is a {param.kind}; a formula gives numbers only")
        return None
    try:
        return score.formula(text)
    except ValueError as error:
        score.reader.wrong(path, str(error))
        return None


def keys(score: Score, raw: object, path: Path, param: Param) -> list[Key]:
    """The keys in `raw`. Keys are [place, value] or [place, value, easing]; a value may be "= a formula"."""
    reader = score.reader
    if not isinstance(raw, list) or not raw:
        reader.wrong(path, f"keys is {raw!r}; it takes [[place, value, easing], …] with at least one key")
        return []
    found: list[Key] = []
    known = {SPLINE}
    plain = _plain(param, known)
    for n, key in enumerate(raw):
        if plain(key):
            found.append(Key(float(key[0]), key[1], key[2]))
            continue
        at = (*path, n)
        if not isinstance(key, list) or len(key) not in (2, 3) or not is_place(key[0]):
            reader.wrong(at, f"{key!r} is not a key; a key is [place, value] or [place, value, easing]")
            continue
        ease = key[2] if len(key) == 3 else "linear"
        if not isinstance(ease, str) or (ease not in known and easing(ease) is None):
            names = ", ".join([*EASINGS, SPLINE, "bezier(x1, y1, x2, y2)"])
            reader.wrong(at, f"{ease!r} is not an easing; known are {names}")
            continue
        known.add(ease)
        value = _value(score, key[1], at, param)
        if value is not None:
            found.append(Key(float(key[0]), value, ease))
    return found


def _value(score: Score, raw: object, path: Path, param: Param) -> Value | Formula | None:
    if isinstance(raw, str) and raw.startswith("=") and param.kind != "text":
        return _formula(score, raw, path, param)
    return score.reader.value(score.table, param.address, raw, path)


def _plain(param: Param, known: Container[str]) -> Callable[[Any], bool]:
    """Tells a key that is right as it stands, as most keys of a long score are, in a third of the time."""
    least, most = (param.minimum, param.maximum) if param.kind == "float" else (math.inf, -math.inf)

    def plain(key: Any) -> bool:
        if type(key) is not list or len(key) != 3:
            return False
        place, value, ease = key
        return (
            (type(place) is int or type(place) is float)
            and type(value) is float
            and type(ease) is str
            and -FURTHEST <= place <= FURTHEST
            and least <= value <= most
            and ease in known
        )

    return plain


def under(reader: Reader, row: Mapping[str, Any], at: Path, bend: tuple[T, Callable[[T, Transform], T]]) -> T:
    """What `bend` makes of its first under a row's transforms, in their order."""
    track, bent = bend
    raw = row.get("transform", [])
    for n, text in enumerate(raw if isinstance(raw, list) else [raw]):
        try:
            track = bent(track, read(str(text)))
        except ValueError as error:
            reader.wrong((*at, "transform", n), str(error))
    return track


def is_place(value: object) -> bool:
    """Whether a key can be there."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= FURTHEST


def _steps(score: Score, row: dict[str, Any], at: Path, param: Param) -> Steps | None:
    reader = score.reader
    raw = row["steps"] if isinstance(row["steps"], list) else []
    values = [reader.value(score.table, param.address, one, (*at, "steps", n)) for n, one in enumerate(raw)]
    kept = tuple(value for value in values if value is not None)
    if not raw:
        reader.wrong((*at, "steps"), f"steps is {row['steps']!r}; it takes a list of values")
    rest = reader.value(score.table, param.address, row["rest"], (*at, "rest")) if "rest" in row else None
    chance = float(reader.number(row, (*at, "chance"), 1.0, (0, 1)))
    rhythm = _rhythm(reader, row, (*at, "rhythm"))
    return Steps(kept, _step(reader, row, at), rhythm, rest, chance, _seed(reader, row, at)) if kept else None


def _step(reader: Reader, row: dict[str, Any], at: Path) -> float:
    return float(reader.number(row, (*at, "step"), 1.0, (1e-3, FURTHEST)))


def _seed(reader: Reader, row: dict[str, Any], at: Path) -> int:
    return int(reader.number(row, (*at, "seed"), 0, (0, 2**31)))


def _rhythm(reader: Reader, row: dict[str, Any], path: Path) -> tuple[bool, ...]:
    """`x..x..x.`, or Euclid's `3 of 8`, turned: `3 of 8 + 2`."""
    text = reader.word(row, path, "x")
    if text and set(text) <= set("x.") and "x" in text:
        return tuple(letter == "x" for letter in text)
    words = text.replace("+", " + ").split()
    numbers = [word for word in words if word.isdecimal()]
    shapes = (["", "of", ""], ["", "of", "", "+", ""])
    if ["" if word.isdecimal() else word for word in words] in shapes and all(len(n) < 4 for n in numbers):
        hits, steps, turn = [*map(int, numbers), 0][:3]
        if 1 <= hits <= steps:
            return euclidean(hits, steps, turn)
    reader.wrong(path, f'rhythm is {text!r}; it takes hits and rests as "x..x..x.", or "3 of 8", or "3 of 8 + 2"')
    return (True,)


def _markov(score: Score, row: dict[str, Any], at: Path, param: Param) -> Markov | None:
    reader = score.reader
    raw = row["states"] if isinstance(row["states"], list) else []
    states = [reader.value(score.table, param.address, one, (*at, "states", n)) for n, one in enumerate(raw)]
    kept = [state for state in states if state is not None]
    matrix = _matrix(reader, row.get("matrix", []), (*at, "matrix"))
    if matrix is None:
        return None
    try:
        return Markov(kept, matrix, _step(reader, row, at), _seed(reader, row, at))
    except ValueError as error:
        reader.wrong((*at, "matrix"), str(error))
        return None


def _matrix(reader: Reader, raw: object, path: Path) -> list[list[float]] | None:
    """Rows of numbers; None with a mistake noted where a row has something else."""
    rows: list[Any] = raw if isinstance(raw, list) else [raw]
    for n, row in enumerate(rows):
        if not isinstance(row, list) or not all(type(one) in (int, float) and 0 <= one <= HEAVIEST for one in row):
            words = f"a row is a list of numbers 0…{HEAVIEST:g}, one for each state"
            reader.wrong((*path, n), f"{row!r} is no row of a chain; {words}")
            return None
    return [[float(one) for one in row] for row in rows]
