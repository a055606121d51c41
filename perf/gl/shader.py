"""A shader as data, as the stage takes it: `perf.wire.isf.IsfShader` satisfies `ShaderSource` as it is.

Only shapes here: nothing is compiled.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from perf.core.event import Value


class SizeExpression(Protocol):
    """An expression for a buffer's size, in pixels."""

    def evaluate(self, values: Mapping[str, float]) -> float:
        """Its value; never raises."""


class InputSource(Protocol):
    """One input of a shader: `kind` is ISF's type; `labels` name the `values` of a choice; `columns` of a sound."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def default(self) -> Value: ...
    @property
    def labels(self) -> tuple[str, ...]: ...
    @property
    def values(self) -> tuple[int, ...]: ...
    @property
    def columns(self) -> int: ...


class PassSource(Protocol):
    """One pass of a shader."""

    @property
    def target(self) -> str: ...
    @property
    def persistent(self) -> bool: ...
    @property
    def wide(self) -> bool: ...
    @property
    def width(self) -> SizeExpression: ...
    @property
    def height(self) -> SizeExpression: ...


class StillSource(Protocol):
    """An imported image: RGBA of 8 bits, rows from the top."""

    @property
    def size(self) -> tuple[int, int]: ...
    @property
    def pixels(self) -> bytes: ...


class ShaderSource(Protocol):
    """A shader as data: whole GLSL 3.30 sources, inputs, passes and imported images.

    `refused` is a reason not to draw it at all, on `refused_line`; `clears`: it may leave pixels undrawn.
    """

    @property
    def name(self) -> str: ...
    @property
    def file(self) -> str: ...
    @property
    def vertex_file(self) -> str: ...
    @property
    def fragment(self) -> str: ...
    @property
    def vertex(self) -> str: ...
    @property
    def inputs(self) -> Sequence[InputSource]: ...
    @property
    def passes(self) -> Sequence[PassSource]: ...
    @property
    def pictures(self) -> Mapping[str, StillSource]: ...
    @property
    def refused(self) -> str: ...
    @property
    def refused_line(self) -> int | None: ...
    @property
    def clears(self) -> bool: ...
