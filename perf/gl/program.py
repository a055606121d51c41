"""Programs: GLSL compiled once, and uniforms set cheaply. Knows no shaders and no layers."""

from collections.abc import Mapping
from typing import Any

import moderngl

from perf.gl import sources
from perf.gl.target import Onto

SAMPLER = 0x8B5E  # GL_SAMPLER_2D
ENDS = "uniform bool isf_dithered, isf_multiplied;"  # what `ended` makes constants of


def ended(text: str, ends: tuple[bool, bool]) -> str:
    """The text for one way in which a draw ends (`Onto.ends`)."""
    dithered, multiplied = ("true" if end else "false" for end in ends)
    return text.replace(ENDS, f"const bool isf_dithered = {dithered}, isf_multiplied = {multiplied};")


class _Compiled:
    """One program of the driver's, and what its uniforms hold. Those that it left out are skipped without a word."""

    def __init__(self, context: moderngl.Context, vertex: str, fragment: str) -> None:
        self.program = context.program(vertex_shader=vertex, fragment_shader=fragment)
        self.corners = context.vertex_array(self.program, [])
        members = {name: self.program[name] for name in self.program}
        self._uniforms: dict[str, Any] = {n: m for n, m in members.items() if isinstance(m, moderngl.Uniform)}
        self._last: dict[str, object] = {}
        self.samplers = tuple(n for n, u in self._uniforms.items() if u.gl_type == SAMPLER)
        for unit, name in enumerate(self.samplers):
            self._uniforms[name].value = unit

    def take(self, values: Mapping[str, object]) -> None:
        """Hold these."""
        for name, value in values.items():
            uniform = self._uniforms.get(name)
            if uniform is not None and self._last.get(name) != value:
                uniform.value = value
                self._last[name] = value


class Program:
    """A program that draws four corners, or `cells` of a grid, six corners each: compiled for each way in which a draw
    ends, because a software rasteriser does what is not asked for, too, and throws it away."""

    def __init__(self, context: moderngl.Context, vertex: str, fragment: str, *, cells: int = 0) -> None:
        self._context, self._texts = context, (vertex, fragment)
        self._shape = (moderngl.TRIANGLES, 6 * cells) if cells else (moderngl.TRIANGLE_STRIP, 4)
        self._values: dict[str, object] = {}
        self._compiled: dict[tuple[bool, bool], _Compiled] = {}
        self._for((False, False))

    def _for(self, ends: tuple[bool, bool]) -> _Compiled:
        if ends not in self._compiled:
            vertex, fragment = self._texts
            self._compiled[ends] = _Compiled(self._context, vertex, ended(fragment, ends))
        return self._compiled[ends]

    def set(self, name: str, value: object) -> None:
        """Set a uniform, if the program has it, for the draws from here on."""
        self._values[name] = value

    def draw(self, onto: Onto, images: Mapping[str, moderngl.Texture], blank: moderngl.Texture) -> None:
        """Draw with these images; `blank` stands for those that are missing."""
        compiled = self._for(onto.ends)
        compiled.take(self._values)
        for unit, name in enumerate(compiled.samplers):
            images.get(name, blank).use(unit)
        onto.framebuffer.use()
        onto.framebuffer.viewport = onto.box
        if not onto.blend:
            compiled.corners.render(*self._shape)
            return
        self._context.enable(moderngl.BLEND)
        self._context.blend_func = onto.blend  # type: ignore[assignment]  # four factors are allowed too
        compiled.corners.render(*self._shape)
        self._context.disable(moderngl.BLEND)

    def release(self) -> None:
        """Give the memory back."""
        for compiled in self._compiled.values():
            compiled.corners.release()
            compiled.program.release()


class Own(Program):
    """One of the compositor's own programs, with `opacity` and `dither` taken from where it lands."""

    def __init__(self, context: moderngl.Context, body: str, vertex: str = sources.VERTEX, *, cells: int = 0) -> None:
        super().__init__(context, vertex, sources.own(body), cells=cells)

    def run(
        self, onto: Onto, images: Mapping[str, moderngl.Texture], blank: moderngl.Texture, **values: object
    ) -> None:
        """Draw with these uniforms."""
        self.set("opacity", onto.opacity)
        self.set("dither", onto.dither)
        for name, value in values.items():
            self.set(name, value)
        self.draw(onto, images, blank)
