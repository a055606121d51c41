"""The stage's work in a plain moderngl loop: the same programs, targets and blends in the same order, written out by
hand for one patch (`vj.PATCH`). No layers, no parameters and no tick: what a program would do that plays nothing else.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import moderngl

from perf.core.frame import Frame
from perf.core.moment import Moment
from perf.core.picture import Picture
from perf.gl import sampler_sources, sources
from perf.gl.loaded import NEWEST, PASS
from perf.gl.overlay import lettering
from perf.gl.program import Own, ended
from perf.gl.sampler import alpha, columns, lookup
from perf.gl.shader import ShaderSource
from perf.gl.target import DITHER, FIRST, OVER, SCREEN, Buffer, Size, Target

HALF, WIDE = 65504.0, 1e30
DEEP = "nu2"


@dataclass
class Draw:
    """One draw: a program with what changes in it from frame to frame, images by unit, and where it lands."""

    program: moderngl.Program
    corners: moderngl.VertexArray
    target: Target
    images: Sequence[moderngl.Texture] = ()
    blend: tuple[int, ...] | None = None
    moving: list[tuple[Any, str]] = field(default_factory=list)
    box: tuple[int, int, int, int] | None = None
    clear: tuple[float, float, float, float] | None = None


class Bare:
    """The picture of `vj.PATCH` at one size. `frame` is any frame of it: its parameters stay as they are there."""

    def __init__(
        self, context: moderngl.Context, size: Size, frame: Frame, shaders: Mapping[str, ShaderSource]
    ) -> None:
        self._context, self._size, self._shaders = context, size, shaders
        self._inputs = {use.shader: use.inputs for layer in frame.layers for use in layer.filters}
        self.shown = Target(context, size, "f1")
        self._count, self._seconds = 0, 0.0
        self._pictures = [Target(context, (512, 512), "f1") for _ in range(2)]
        self._enlarge = Own(context, sampler_sources.ENLARGE)
        self._frames = self._build(frame)

    def show(self, before: Picture, after: Picture) -> None:
        """Take two pictures."""
        self._times = (before.seconds, after.seconds)
        for picture, target in zip((before, after), self._pictures, strict=True):
            texture = self._context.texture(picture.size, 3, picture.pixels, alignment=1)
            texture.repeat_x = texture.repeat_y = False
            self._enlarge.run(target.onto(), {"image": texture}, texture)

    def _build(self, frame: Frame) -> tuple[list[Draw], list[Draw]]:
        """The draws of even and of odd frames: they differ in which half of the trails is read, and which written."""
        context, (width, height) = self._context, self._size
        one, two = Target(context, self._size), Target(context, self._size)
        under = Target(context, self._size, DEEP)
        rows = float(self._inputs["latent"]["rows"])  # type: ignore[arg-type]
        code = Target(context, (math.ceil(rows * width / height), math.ceil(rows)))
        half = (width // 2, height // 2)
        curtains, trail = Target(context, half), Buffer(context, half, True, True)
        move = columns(lookup(frame.pose.minus(frame.pose), frame.fov, 1.0, width / height))
        self._warp = self._own(
            sampler_sources.WARP + sampler_sources.SEEN + sampler_sources.INSIDE,
            one, [t.texture for t in self._pictures], vertex=sampler_sources.WARP_VERTEX,
            from_before=move, from_after=move, alpha=0.0, opacity=1.0,
        )  # fmt: skip
        first: list[Draw] = [
            self._warp,
            self._isf("latent", 0, code, [one.texture]),
            self._isf("latent", 1, two, [one.texture, code.texture]),
            self._isf("kaleido", 0, one, [two.texture]),
        ]
        trails = [
            [
                self._isf("trails", 0, new, [one.texture, old.texture], wide=True),
                self._isf("trails", 1, under, [one.texture, new.texture], blend=FIRST),
            ]
            for new, old in ((trail.back, trail.front), (trail.front, trail.back))
        ]
        title = frame.layers[2].title
        letters, box = self._letters(title.text if title else "", title.size if title else 0.1)
        rest = [
            self._isf("aurora", 0, curtains, []),
            self._isf("aurora", 1, one, [curtains.texture]),
            self._isf("grade", 0, two, [one.texture]),
            self._isf("halftone", 0, under, [two.texture], blend=SCREEN),
            replace(
                self._own(sources.TITLE, one, [letters], fill=(1.0, 1.0, 1.0, 1.0), opacity=1.0),
                box=box,
                clear=(1.0, 1.0, 1.0, 0.0),
            ),
            self._isf("mirror", 0, under, [one.texture], blend=OVER),
            self._own(sources.FILL, under, [], OVER, fill=frame.layers[3].colour, opacity=frame.layers[3].opacity),
            self._own(sources.GAIN, self.shown, [under.texture], gain=1.0, dither=DITHER),
        ]
        return [*first, *trails[0], *rest], [*first, *trails[1], *rest]

    def _letters(self, text: str, share: float) -> tuple[moderngl.Texture, tuple[int, int, int, int]]:
        width, height = self._size
        mask = lettering(text, round(share * height), round(0.9 * width), "centre")
        texture = self._context.texture((mask.shape[1], mask.shape[0]), 1, mask.tobytes(), alignment=1)
        texture.repeat_x = texture.repeat_y = False
        margin = round(0.06 * height)
        x = margin + round((width - texture.width - 2 * margin) * 0.5)
        y = margin + round((height - texture.height - 2 * margin) * 0.5)
        return texture, (x, y, texture.width, texture.height)

    def _isf(
        self, name: str, index: int, target: Target, images: Sequence[moderngl.Texture], *,
        blend: tuple[int, ...] | None = None, wide: bool = False,
    ) -> Draw:  # fmt: skip
        source = self._shaders[name]
        texts = [
            text.replace(PASS, f"const int PASSINDEX = {index};").replace("#version 330", f"#version {NEWEST}", 1)
            for text in (source.vertex, source.fragment)
        ]
        entries = {entry.name: entry for entry in source.inputs if entry.kind != "image"}
        values: dict[str, Any] = dict(self._inputs[name])
        values |= {n: e.values[e.labels.index(values[n])] for n, e in entries.items() if e.labels}
        size = (float(target.size[0]), float(target.size[1]))
        fixed = {
            "RENDERSIZE": size,
            "isf_out": (1.0, 0.0, WIDE if wide else HALF),
            "TEMPO": 126.0,
        }
        order = [e.name for e in source.inputs if e.kind == "image"] + [p.target for p in source.passes if p.target]
        return self._draw(texts, target, images, blend, values | fixed, order)

    def _own(
        self, body: str, target: Target, images: Sequence[moderngl.Texture],
        blend: tuple[int, ...] | None = None, vertex: str = sources.VERTEX, **values: Any,
    ) -> Draw:  # fmt: skip
        order = [word for word in ("below", "image", "before", "after") if f"sampler2D {word};" in body]
        return self._draw([vertex, sources.own(body)], target, images, blend, values, order)

    def _draw(
        self, texts: Sequence[str], target: Target, images: Sequence[moderngl.Texture],
        blend: tuple[int, ...] | None, values: Mapping[str, Any], order: Sequence[str],
    ) -> Draw:  # fmt: skip
        fragment = ended(texts[1], ("dither" in values, blend in (FIRST, SCREEN)))
        program = self._context.program(vertex_shader=texts[0], fragment_shader=fragment)
        for name, value in values.items():
            if name in program:
                program[name].value = value  # type: ignore[union-attr]
        for unit, name in enumerate(order):
            if name in program:
                program[name].value = unit  # type: ignore[union-attr]
        moving = [(program[n], n) for n in ("TIME", "TIMEDELTA", "FRAMEINDEX", "BEAT", "alpha") if n in program]
        return Draw(program, self._context.vertex_array(program, []), target, images, blend, moving)

    def draw(self, moment: Moment) -> None:
        """A frame."""
        now = {
            "TIME": moment.seconds,
            "TIMEDELTA": moment.seconds - self._seconds if self._count else 0.0,
            "FRAMEINDEX": self._count,
            "BEAT": moment.beat,
            "alpha": alpha(*self._times, moment.seconds),
        }
        context = self._context
        for draw in self._frames[self._count % 2]:
            for uniform, name in draw.moving:
                uniform.value = now[name]
            for unit, image in enumerate(draw.images):
                image.use(unit)
            draw.target.framebuffer.use()
            if draw.clear is not None:
                draw.target.framebuffer.clear(*draw.clear)
            draw.target.framebuffer.viewport = draw.box or (0, 0, *draw.target.size)
            if not draw.blend:
                draw.corners.render(moderngl.TRIANGLE_STRIP, vertices=4)
            else:
                context.enable(moderngl.BLEND)
                context.blend_func = draw.blend  # type: ignore[assignment]
                draw.corners.render(moderngl.TRIANGLE_STRIP, vertices=4)
                context.disable(moderngl.BLEND)
        self._count, self._seconds = self._count + 1, moment.seconds
