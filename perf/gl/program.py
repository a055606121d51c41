"""Programs: GLSL compiled once, and uniforms set cheaply. Knows no shaders and no layers."""

from collections.abc import Mapping
from typing import Any

import moderngl

from perf.gl import sources
from perf.gl.target import Onto

SAMPLER = 0x8B5E  # GL_SAMPLER_2D


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
        if not onto.blend:
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


class Own(Program):
    """One of the compositor's own programs, with `opacity`, `dither` and `multiplied` taken from where it lands."""

    def __init__(self, context: moderngl.Context, body: str, vertex: str = sources.VERTEX) -> None:
        super().__init__(context, vertex, sources.own(body))

    def run(
        self, onto: Onto, images: Mapping[str, moderngl.Texture], blank: moderngl.Texture, **values: object
    ) -> None:
        """Draw with these uniforms."""
        self.set("opacity", onto.opacity)
        self.set("dither", onto.dither)
        self.set("multiplied", onto.multiplied)
        for name, value in values.items():
            self.set(name, value)
        self.draw(onto, images, blank)
