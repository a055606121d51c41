"""The INPUTS of an ISF shader: read, completed, and as parameters. Opens no file.

What other players bear is borne: a range the wrong way round is turned, one that its default lies outside of is
widened, labels that are missing or stand twice are made up from their values, and values that are missing are counted
from 0. What cannot be meant is an error.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from perf.core.event import Value
from perf.core.param import Param
from perf.errors import ShaderError
from perf.wire import glsl
from perf.wire.header import Source, shown, words

INPUTS, CHOICES = 256, 128  # at most
COLUMNS = 4096  # of a sound texture, at most
GLIDE = 0.05  # seconds in which numbers, points and colours reach a new value
TEXTURES = ("image", "audio", "audioFFT")  # kinds that are no parameters


@dataclass(frozen=True, slots=True)
class Input:
    """One input. `kind` is ISF's type; a long with `labels` sends `values[labels.index(label)]` to the shader.

    `columns` is the width that a sound input asks for (MAX), 0 for what there is.
    """

    name: str
    kind: str
    default: Value
    minimum: float = 0.0
    maximum: float = 1.0
    labels: tuple[str, ...] = ()
    values: tuple[int, ...] = ()
    label: str = ""
    columns: int = 0

    @property
    def number(self) -> float | None:
        """The default as size expressions read it; None for what they cannot read."""
        if self.labels:
            return float(self.values[self.labels.index(str(self.default))])
        return float(self.default) if self.kind in ("float", "long", "bool", "event") else None  # type: ignore[arg-type]


def inputs_of(source: Source, header: Mapping[str, Any]) -> tuple[Input, ...]:
    """The inputs that a header declares. Raises ShaderError."""
    inputs: dict[str, Input] = {}
    for row in source.rows(header, "INPUTS", INPUTS):
        entry = _Entry(source, source.table(row, "INPUTS"))
        if entry.name in inputs:
            raise entry.error(f"input {entry.name!r} is declared twice; give one of them another NAME")
        inputs[entry.name] = entry.input()
    return tuple(inputs.values())


def param_of(shader: str, entry: Input) -> Param:
    """The parameter that plays an input of a shader."""
    kinds = {"long": "int", "point2D": "point", "color": "colour", "event": "trigger"}
    return Param(
        address=f"/shader/{shader}/{entry.name}",
        kind="choice" if entry.labels else kinds.get(entry.kind, entry.kind),
        default=entry.default,
        minimum=entry.minimum,
        maximum=entry.maximum,
        help=entry.label or entry.name,
        glide=GLIDE if entry.kind in ("float", "point2D", "color") else 0.0,
        choices=entry.labels,
        access="w" if entry.kind == "event" else "rw",
    )


class _Entry:
    """One row of INPUTS, being read."""

    def __init__(self, source: Source, row: Mapping[str, Any]) -> None:
        self._source, self._row = source, row
        name, kind = row.get("NAME"), row.get("TYPE")
        if not isinstance(name, str) or not glsl.usable(name):
            allowed = "letters, digits and _, and no word of GLSL or ISF's own"
            raise source.error(f"an input's NAME is {shown(name)}; allowed are {allowed}", name or "INPUTS")
        if not isinstance(kind, str) or kind not in glsl.TYPES:
            raise source.error(f"input {name!r} has TYPE {shown(kind)}; allowed are {', '.join(glsl.TYPES)}", name)
        self.name, self.kind = name, kind

    def error(self, message: str) -> ShaderError:
        return self._source.error(message, self.name)

    def input(self) -> Input:
        """The input that the row declares."""
        label = words(self._row.get("LABEL"))
        if self.kind in ("bool", "event"):
            return Input(self.name, self.kind, self._switch(), label=label)
        if self.kind == "color":
            return Input(self.name, self.kind, self._colour(), label=label)
        if self.kind == "long" and (self._row.get("VALUES") or self._row.get("LABELS")):
            return self._choice(label)
        if self.kind in ("float", "long", "point2D"):
            return self._ranged(label)
        return Input(self.name, self.kind, False, label=label, columns=self._columns())

    def _columns(self) -> int:
        if self.kind == "image" or self._row.get("MAX") is None:
            return 0
        columns = self._number("MAX", self._row["MAX"])
        if not 1 <= columns <= COLUMNS:
            raise self.error(f"MAX of input {self.name!r} is {columns:g}; a sound has 1…{COLUMNS} columns")
        return int(columns)

    def _number(self, key: str, value: object) -> float:
        if isinstance(value, int | float) and abs(value) <= 1e9:
            return float(value)
        raise self.error(f"{key} of input {self.name!r} is {shown(value)}; it takes a number within ±1e9")

    def _numbers(self, key: str, default: tuple[float, ...], lengths: tuple[int, ...]) -> tuple[float, ...]:
        value = self._row.get(key)
        if value is None:
            return default
        if not isinstance(value, list) or len(value) not in lengths:
            wanted = " or ".join(str(n) for n in lengths)
            raise self.error(f"{key} of input {self.name!r} is {shown(value)}; it takes a list of {wanted} numbers")
        return tuple(self._number(key, part) for part in value)

    def _switch(self) -> bool:
        value = self._row.get("DEFAULT", False)
        if value not in (0, 1):
            raise self.error(f"DEFAULT of input {self.name!r} is {shown(value)}; it takes true or false")
        return bool(value) and self.kind == "bool"

    def _colour(self) -> tuple[float, ...]:
        parts = self._numbers("DEFAULT", (1.0, 1.0, 1.0, 1.0), (3, 4))
        return tuple(min(max(part, 0.0), 1.0) for part in (*parts, 1.0)[:4])

    def _ranged(self, label: str) -> Input:
        """A float, long or point. A range reaches its default, whichever of its ends is written first."""
        whole = self.kind == "long"
        if self.kind == "point2D":
            ends = (*self._numbers("MIN", (0.0,), (2,)), *self._numbers("MAX", (1.0,), (2,)))
            parts = self._numbers("DEFAULT", (0.0, 0.0), (2,))
        else:
            ends = self._span(16.0 if whole else 1.0)
            given = self._row.get("DEFAULT")
            parts = (min(max(0.0, min(ends)), max(ends)) if given is None else self._number("DEFAULT", given),)
        default: Value = parts if self.kind == "point2D" else math.floor(parts[0]) if whole else parts[0]
        low, high = min(*ends, *parts), max(*ends, *parts)
        low = math.floor(low) if whole else low
        return Input(self.name, self.kind, default, low, high if high > low else low + 1.0, label=label)

    def _span(self, size: float) -> tuple[float, float]:
        """MIN and MAX; one that is not given is 0 or `size`, or as far as `size` from the other."""
        low, high = self._row.get("MIN"), self._row.get("MAX")
        least = self._number("MIN", low) if low is not None else None
        most = self._number("MAX", high) if high is not None else None
        if least is None:
            least = 0.0 if most is None or most > 0.0 else most - size
        return least, max(size, least + size) if most is None else most

    def _choice(self, label: str) -> Input:
        rows = self._source.rows(self._row, "VALUES", CHOICES)
        rows = rows or list(range(len(self._source.rows(self._row, "LABELS", CHOICES))))
        values = tuple(int(self._number("VALUES", value)) for value in rows)
        given = self._row.get("DEFAULT")
        wanted = values[0] if given is None else self._number("DEFAULT", given)
        default = min(range(len(values)), key=lambda n: abs(values[n] - wanted))
        labels = self._labels(values)
        return Input(self.name, self.kind, labels[default], labels=labels, values=values, label=label)

    def _labels(self, values: tuple[int, ...]) -> tuple[str, ...]:
        """A different label for each value."""
        rows = self._source.rows(self._row, "LABELS", CHOICES)[: len(values)]
        named = [words(row) or (f"{row:g}" if isinstance(row, int | float) else "") for row in rows]
        labels: dict[str, int] = {}
        for number, value in enumerate(values):
            label = (named[number] if number < len(named) else "") or str(value)
            while label in labels:
                label += f" {value}"
            labels[label] = value
        return tuple(labels)
