"""The PASSES of an ISF shader, with version 1's PERSISTENT_BUFFERS, and its IMPORTED images. Opens no file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from perf.wire import glsl
from perf.wire.expression import Expression
from perf.wire.expression import parse as parse_expression
from perf.wire.header import Source, shown
from perf.wire.isf_input import Input

PASSES, IMPORTS = 32, 16  # at most
LARGEST = 16384  # pixels of a buffer's side, on the stage that its size is tried on
STAGE = {"WIDTH": 1280.0, "HEIGHT": 720.0}


@dataclass(frozen=True, slots=True)
class PassSpec:
    """One pass. `target` is "" for the picture itself; sizes are in pixels; `wide` asks for 32-bit floats.

    Passes with the same target agree in everything.
    """

    target: str
    persistent: bool
    wide: bool
    width: Expression
    height: Expression


def buffers_of(source: Source, header: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Version 1's PERSISTENT_BUFFERS: a list of names, or an object with WIDTH, HEIGHT and FLOAT by name."""
    given = header.get("PERSISTENT_BUFFERS") or {}
    if isinstance(given, list) and all(isinstance(name, str) for name in given):
        given = {name: {} for name in given}
    if not isinstance(given, dict) or not all(isinstance(row, dict) for row in given.values()) or len(given) > PASSES:
        what = f"a list of at most {PASSES} names, or an object with WIDTH and HEIGHT by name"
        raise source.error(f"PERSISTENT_BUFFERS is {shown(given)}; it takes {what}", "PERSISTENT_BUFFERS")
    for name in given:
        _check_name(source, name, "PERSISTENT_BUFFERS has a name", set())
    return given


def passes_of(
    source: Source, header: Mapping[str, Any], inputs: Sequence[Input], buffers: Mapping[str, Mapping[str, Any]]
) -> tuple[PassSpec, ...]:
    """The passes in order, one at least. Raises ShaderError."""
    rows = source.rows(header, "PASSES", PASSES) or [{}]
    reader = _Reader(source, inputs, buffers)
    return _agreed([reader.row(source.table(row, "PASSES")) for row in rows])


def imports_of(source: Source, header: Mapping[str, Any], taken: set[str]) -> tuple[tuple[str, str], ...]:
    """(name, path) of each IMPORTED image; the path is from the shader's folder. Raises ShaderError."""
    given = header.get("IMPORTED") or {}
    if isinstance(given, list) and all(isinstance(row, dict) for row in given):  # version 1 has it so, too
        given = {row.get("NAME"): row for row in given}
    if not isinstance(given, dict) or len(given) > IMPORTS:
        what = f'an object of at most {IMPORTS} entries such as {{"name": {{"PATH": "file.png"}}}}'
        raise source.error(f"IMPORTED is {shown(given)}; it takes {what}", "IMPORTED")
    for name, row in given.items():
        _check_name(source, name, "IMPORTED has a name", taken)
        path = row.get("PATH") if isinstance(row, dict) else row
        if not isinstance(path, str) or not path or "\0" in path:
            raise source.error(f"PATH of the imported {name!r} is {shown(path)}; it takes the file of a picture", name)
    return tuple((name, row["PATH"] if isinstance(row, dict) else row) for name, row in given.items())


def _check_name(source: Source, name: object, what: str, taken: set[str]) -> None:
    if not isinstance(name, str) or not glsl.usable(name) or name in taken:
        allowed = "letters, digits and _, and no input's name or word of GLSL"
        raise source.error(f"{what} that is {shown(name)}; allowed are {allowed}", name)


class _Reader:
    """Reads rows of PASSES."""

    def __init__(self, source: Source, inputs: Sequence[Input], buffers: Mapping[str, Mapping[str, Any]]) -> None:
        self._source, self._buffers = source, buffers
        self._taken = {i.name for i in inputs}
        self._defaults = STAGE | {i.name: i.number for i in inputs if i.number is not None}

    def row(self, row: Mapping[str, Any]) -> PassSpec:
        target: Any = "" if row.get("TARGET") is None else row["TARGET"]
        if target != "":
            _check_name(self._source, target, "PASSES has a TARGET", self._taken)
        row = {**self._buffers[target], **row, "PERSISTENT": True} if target in self._buffers else row
        persistent, wide = (self._flag(row, key, target) for key in ("PERSISTENT", "FLOAT"))
        width, height = (self._size(row.get(key) or f"${key}", key) for key in ("WIDTH", "HEIGHT"))
        return PassSpec(target, persistent, wide, width, height)

    def _flag(self, row: Mapping[str, Any], key: str, target: str) -> bool:
        flag = row.get(key, False)
        if flag not in (0, 1):
            raise self._source.error(f"{key} of pass {target!r} is {shown(flag)}; it takes true or false", key)
        return bool(flag)

    def _size(self, value: object, key: str) -> Expression:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            what = "a number or an expression such as $WIDTH / 2"
            raise self._source.error(f"{key} is {shown(value)}; it takes {what}", key)
        near = value if isinstance(value, str) else key
        try:
            size = parse_expression(str(value), tuple(self._defaults))
        except ValueError as error:
            raise self._source.error(f"{key} of a pass: {error}", near) from None
        pixels = size.evaluate(self._defaults)
        if pixels > LARGEST:
            words = f"{key} of a pass: {size.text!r} is {pixels:.0f} pixels on a stage of 1280×720"
            raise self._source.error(f"{words}; a buffer's side has at most {LARGEST}", near)
        return size


def _agreed(passes: list[PassSpec]) -> tuple[PassSpec, ...]:
    """Passes into one buffer have its one size and kind: what the first of them asks for that asks for something."""
    buffers: dict[str, PassSpec] = {}
    for spec in passes:
        first = buffers.get(spec.target, spec)
        buffers[spec.target] = replace(
            first,
            persistent=first.persistent or spec.persistent,
            wide=first.wide or spec.wide,
            width=spec.width if first.width.text == "$WIDTH" else first.width,
            height=spec.height if first.height.text == "$HEIGHT" else first.height,
        )
    return tuple(buffers[spec.target] if spec.target else spec for spec in passes)
