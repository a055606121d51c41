"""ISF 2.0 (docs.isf.video): a shader's text to its inputs, passes, parameters and GLSL 3.30. Opens no file.

Beside the standard's uniforms a shader may read `BEAT` (float, beats since the transport's start, modulo 14400) and
`TEMPO` (float, BPM), so that generators move on the beat. Shaders without `ISFVSN` (version 1) are taken when they
have no `PERSISTENT_BUFFERS`. Sound inputs are declared and silent; `IMPORTED` images are refused.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from perf.core.address import name_of
from perf.core.event import Value
from perf.core.param import Param
from perf.core.patch import ShaderSpec
from perf.errors import ShaderError
from perf.wire import glsl
from perf.wire.expression import Expression
from perf.wire.expression import parse as parse_expression
from perf.wire.header import Source, shown, words

TEXT_LIMIT = 1_000_000  # characters of a shader
INPUTS, PASSES, CHOICES = 64, 16, 128  # at most
GLIDE = 0.05  # seconds in which numbers, points and colours reach a new value


@dataclass(frozen=True, slots=True)
class Input:
    """One input. `kind` is ISF's type; a long with `labels` sends `values[labels.index(label)]` to the shader."""

    name: str
    kind: str
    default: Value
    minimum: float = 0.0
    maximum: float = 1.0
    labels: tuple[str, ...] = ()
    values: tuple[int, ...] = ()
    label: str = ""


@dataclass(frozen=True, slots=True)
class PassSpec:
    """One pass. `target` is "" for the picture itself; sizes are in pixels; `wide` asks for 32-bit floats."""

    target: str
    persistent: bool
    wide: bool
    width: Expression
    height: Expression


@dataclass(frozen=True, slots=True)
class IsfShader:
    """A parsed shader. `fragment` and `vertex` are whole GLSL 3.30 sources; the author's lines keep their numbers."""

    name: str
    description: str
    credit: str
    categories: tuple[str, ...]
    role: str
    inputs: tuple[Input, ...]
    passes: tuple[PassSpec, ...]
    params: tuple[Param, ...]
    fragment: str
    vertex: str
    file: str = ""


def spec(shader: IsfShader) -> ShaderSpec:
    """What a patch needs to know of a shader."""
    return ShaderSpec(shader.name, shader.role, shader.params)


def parse(text: str, name: str, file: str = "", vertex: str = "") -> IsfShader:
    """The shader in `text`; `vertex` is the text of a `.vs` beside it, if there is one.

    Raises ShaderError naming the bad value, what is allowed and the cure, with the file and its line.
    """
    if len(text) > TEXT_LIMIT:
        raise ShaderError(f"{len(text)} characters are too many; a shader has at most {TEXT_LIMIT}", file)
    source = Source(text.replace("\r\n", "\n").replace("\r", "\n"), file)
    header, body, line = source.split()
    source.check_version(header)
    name = name_of(name)
    inputs = _inputs(source, header)
    passes = _passes(source, header, inputs)
    declared = [(i.name, i.kind) for i in inputs]
    targets = [p.target for p in passes if p.target]
    return IsfShader(
        name=name,
        description=words(header.get("DESCRIPTION")),
        credit=words(header.get("CREDIT")),
        categories=tuple(words(c) for c in source.rows(header, "CATEGORIES", 32)),
        role=_role(inputs),
        inputs=inputs,
        passes=passes,
        params=tuple(_param(name, i) for i in inputs if i.kind not in ("image", "audio", "audioFFT")),
        fragment=glsl.fragment(body, line, declared, targets),
        vertex=glsl.vertex(vertex, declared, targets),
        file=file,
    )


def _inputs(source: Source, header: Mapping[str, Any]) -> tuple[Input, ...]:
    inputs: dict[str, Input] = {}
    for row in source.rows(header, "INPUTS", INPUTS):
        entry = _Entry(source, source.table(row, "INPUTS"))
        if entry.name in inputs:
            raise entry.error(f"input {entry.name!r} is declared twice; give one of them another NAME")
        inputs[entry.name] = entry.input()
    return tuple(inputs.values())


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
        if self.kind == "long" and self._row.get("VALUES"):
            return self._choice(label)
        if self.kind in ("float", "long", "point2D"):
            return self._ranged(label)
        return Input(self.name, self.kind, False, label=label)

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
        """A float, long or point. A range is widened to reach its default, as other players let it be."""
        whole = self.kind == "long"
        if self.kind == "point2D":
            lows, highs = self._numbers("MIN", (0.0,), (2,)), self._numbers("MAX", (1.0,), (2,))
            parts = self._numbers("DEFAULT", (0.0, 0.0), (2,))
        else:
            lows, highs = self._span(16.0 if whole else 1.0)
            parts = (self._number("DEFAULT", self._row.get("DEFAULT", min(max(0.0, *lows), *highs))),)
        low, high = min(lows), max(highs)
        if low >= high:
            raise self.error(f"input {self.name!r} runs from MIN {low:g} to MAX {high:g}; MIN must be less than MAX")
        default: Value = parts if self.kind == "point2D" else math.floor(parts[0]) if whole else parts[0]
        return Input(self.name, self.kind, default, min(low, *parts), max(high, *parts), label=label)

    def _span(self, size: float) -> tuple[tuple[float], tuple[float]]:
        """MIN and MAX; one that is not given is 0 or `size`, or as far as `size` from the other."""
        low, high = self._row.get("MIN"), self._row.get("MAX")
        least = self._number("MIN", low) if low is not None else None
        most = self._number("MAX", high) if high is not None else None
        if least is None:
            least = 0.0 if most is None or most > 0.0 else most - size
        return (least,), (max(size, least + size) if most is None else most,)

    def _choice(self, label: str) -> Input:
        rows = self._source.rows(self._row, "VALUES", CHOICES)
        values = tuple(int(self._number("VALUES", value)) for value in rows)
        labels = tuple(words(text) for text in self._source.rows(self._row, "LABELS", CHOICES)) or tuple(
            map(str, values)
        )
        if len(labels) != len(values) or len(set(labels)) != len(labels) or not all(labels):
            raise self.error(f"input {self.name!r} has LABELS {shown(labels)}; it takes a different one for each VALUE")
        value = self._row.get("DEFAULT", values[0])
        if value not in values:
            raise self.error(f"DEFAULT of input {self.name!r} is {shown(value)}; it takes one of its VALUES {values}")
        return Input(self.name, self.kind, labels[values.index(value)], labels=labels, values=values, label=label)


def _param(shader: str, entry: Input) -> Param:
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


def _role(inputs: tuple[Input, ...]) -> str:
    images = {i.name for i in inputs if i.kind == "image"}
    if "inputImage" in images:
        return "filter"
    fades = any(i.name == "progress" and i.kind == "float" for i in inputs)
    return "transition" if fades and images >= {"startImage", "endImage"} else "generator"


def _passes(source: Source, header: Mapping[str, Any], inputs: tuple[Input, ...]) -> tuple[PassSpec, ...]:
    names = {i.name for i in inputs}
    sizes = ("WIDTH", "HEIGHT", *(i.name for i in inputs if i.kind in ("float", "long") and not i.labels))
    rows = source.rows(header, "PASSES", PASSES) or [{}]
    return tuple(_pass(source, source.table(row, "PASSES"), names, sizes) for row in rows)


def _pass(source: Source, row: Mapping[str, Any], taken: set[str], sizes: tuple[str, ...]) -> PassSpec:
    target = row.get("TARGET", "")
    if not isinstance(target, str) or (target and not glsl.usable(target)) or target in taken:
        what = "letters, digits and _, and no input's name or word of GLSL"
        raise source.error(f"TARGET is {shown(target)}; allowed are {what}", target or "PASSES")
    flags = []
    for key in ("PERSISTENT", "FLOAT"):
        flag = row.get(key, False)
        if flag not in (0, 1):
            raise source.error(f"{key} of pass {target!r} is {shown(flag)}; it takes true or false", key)
        flags.append(bool(flag))
    width, height = (_size(source, row.get(key) or f"${key}", key, sizes) for key in ("WIDTH", "HEIGHT"))
    return PassSpec(target, flags[0], flags[1], width, height)


def _size(source: Source, value: object, key: str, names: tuple[str, ...]) -> Expression:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise source.error(f"{key} is {shown(value)}; it takes a number or an expression such as $WIDTH / 2", key)
    try:
        return parse_expression(str(value), names)
    except ValueError as error:
        raise source.error(f"{key} of a pass: {error}", value if isinstance(value, str) else key) from None
