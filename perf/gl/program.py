"""Programs: GLSL compiled once, uniforms set cheaply, and the last good version of each shader kept.

A shader comes in as `ShaderSource`, which `perf.wire.isf.IsfShader` satisfies as it is. A driver's log is read for the
author's own line. Knows no layers.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import moderngl

from perf.core.event import Value
from perf.errors import ShaderError
from perf.gl import sources
from perf.gl.target import Onto


class SizeExpression(Protocol):
    """An expression for a buffer's size, in pixels."""

    def evaluate(self, values: Mapping[str, float]) -> float:
        """Its value; never raises."""


class InputSource(Protocol):
    """One input of a shader: `kind` is ISF's type; `labels` name the `values` of a choice."""

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


class ShaderSource(Protocol):
    """A shader as data: whole GLSL 3.30 sources, inputs and passes."""

    @property
    def name(self) -> str: ...
    @property
    def file(self) -> str: ...
    @property
    def fragment(self) -> str: ...
    @property
    def vertex(self) -> str: ...
    @property
    def inputs(self) -> Sequence[InputSource]: ...
    @property
    def passes(self) -> Sequence[PassSource]: ...


class Program:
    """A compiled program that draws four corners. Uniforms that the driver left out are skipped without a word."""

    def __init__(self, context: moderngl.Context, vertex: str, fragment: str) -> None:
        self._context = context
        self._program = context.program(vertex_shader=vertex, fragment_shader=fragment)
        self._corners = context.vertex_array(self._program, [])
        members = {name: self._program[name] for name in self._program}
        self._uniforms: dict[str, Any] = {n: m for n, m in members.items() if isinstance(m, moderngl.Uniform)}
        self._last: dict[str, object] = {}
        self.samplers = tuple(n for n, u in self._uniforms.items() if u.gl_type == SAMPLER)
        for unit, name in enumerate(self.samplers):
            self._uniforms[name].value = unit

    def set(self, name: str, value: object) -> None:
        """Set a uniform, if the program has it and it holds something else."""
        uniform = self._uniforms.get(name)
        if uniform is not None and self._last.get(name) != value:
            uniform.value = value
            self._last[name] = value

    def draw(self, onto: Onto, images: Mapping[str, moderngl.Texture], blank: moderngl.Texture) -> None:
        """Draw with these images; `blank` stands for those that are missing."""
        for unit, name in enumerate(self.samplers):
            images.get(name, blank).use(unit)
        onto.framebuffer.use()
        onto.framebuffer.viewport = onto.box
        if onto.blend is None:
            self._corners.render(moderngl.TRIANGLE_STRIP, vertices=4)
            return
        self._context.enable(moderngl.BLEND)
        self._context.blend_func = onto.blend  # type: ignore[assignment]  # four factors are allowed too
        self._corners.render(moderngl.TRIANGLE_STRIP, vertices=4)
        self._context.disable(moderngl.BLEND)

    def release(self) -> None:
        """Give the memory back."""
        self._corners.release()
        self._program.release()


SAMPLER = 0x8B5E  # GL_SAMPLER_2D
OURS = 50_000  # from this line on a shader's text is not its author's (`perf.wire.glsl`)


class Own(Program):
    """One of the compositor's own programs, with `opacity` and `dither` taken from where it lands."""

    def __init__(self, context: moderngl.Context, body: str, vertex: str = sources.VERTEX) -> None:
        super().__init__(context, vertex, sources.HEAD + body)

    def run(
        self, onto: Onto, images: Mapping[str, moderngl.Texture], blank: moderngl.Texture, **values: object
    ) -> None:
        """Draw with these uniforms."""
        self.set("opacity", onto.opacity)
        self.set("dither", onto.dither)
        for name, value in values.items():
            self.set(name, value)
        self.draw(onto, images, blank)


PASS = "uniform int PASSINDEX;"


class Loaded:
    """An ISF shader compiled: what it was made from, and one program a pass in which PASSINDEX is a constant.

    So the driver leaves out what the other passes do: a software rasteriser would run it all and throw it away.
    """

    def __init__(self, context: moderngl.Context, source: ShaderSource) -> None:
        self.source = source
        self.programs: list[Program] = []
        try:
            for index in range(len(source.passes)):
                texts = (
                    text.replace(PASS, f"const int PASSINDEX = {index};") for text in (source.vertex, source.fragment)
                )
                self.programs.append(Program(context, *texts))
        except moderngl.Error as error:
            self.release()
            raise compile_error(source, str(error)) from None

    def set(self, name: str, value: object) -> None:
        """Set a uniform for every pass that has it."""
        for program in self.programs:
            program.set(name, value)

    def release(self) -> None:
        """Give the memory back."""
        for program in self.programs:
            program.release()


class Programs:
    """Shaders by name. One that fails to compile leaves the last good one in its place."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._loaded: dict[str, Loaded] = {}

    def load(self, source: ShaderSource) -> None:
        """Compile a shader and put it in the place of the one before it. Raises ShaderError with the author's line."""
        loaded = Loaded(self._context, source)
        before = self._loaded.get(source.name)
        self._loaded[source.name] = loaded
        if before is not None:
            before.release()

    def get(self, name: str) -> Loaded | None:
        """The shader of that name, if it has ever compiled."""
        return self._loaded.get(name)

    def release(self) -> None:
        """Give the memory back."""
        for loaded in self._loaded.values():
            loaded.release()
        self._loaded.clear()


# Mesa `0:7(31): error: …`, NVIDIA `0(7) : error C1008: …`, Intel, AMD and Apple `ERROR: 0:7: …`.
_LOG = re.compile(r"^(?:ERROR:\s*)?(\d+)(?:\((\d+)\)|:(\d+)(?:\(\d+\))?)\s*:\s*(?:error:?\s*)?(.*)$", re.I)


def compile_error(source: ShaderSource, log: str) -> ShaderError:
    """A driver's log as an error at the author's line; the first error that has one, or else the log's first words."""
    rows = [match for line in log.splitlines() if "error" in line.lower() and (match := _LOG.match(line.strip()))]
    row = next((match for match in rows if int(match[2] or match[3]) < OURS), None)
    cure = f"correct {source.name!r} and save it; until then its last good version plays"
    if row is not None:
        return ShaderError(f"the GLSL does not compile: {row[4]}; {cure}", source.file, int(row[2] or row[3]))
    words = " ".join(line.strip() for line in log.splitlines() if line.strip(" ="))
    return ShaderError(f"the GLSL does not compile: {words[:300]}; {cure}", source.file)
