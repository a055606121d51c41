"""One use of an ISF shader: its passes run in order with buffers, frame count and event edges of its own.

So the same shader can stand on two layers without the two sharing a memory. Where there is a limit to what a shader
may take of a frame, each use is measured and drawn smaller, or more seldom, until it fits. Knows no layers.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import moderngl

from perf.core.event import Value
from perf.gl import sources
from perf.gl.governor import Governor, Limit
from perf.gl.hearing import Ears
from perf.gl.loaded import Loaded
from perf.gl.program import Own
from perf.gl.shader import InputSource, PassSource
from perf.gl.shrunk import Shrunk
from perf.gl.target import Buffer, Onto, Saved, bounded

Images = Mapping[str, moderngl.Texture]
HALF, WIDE = 65504.0, 1e30  # the largest number in a half float, and as good as that in a whole one


@dataclass(frozen=True, slots=True)
class Instant:
    """ISF's clock at one frame: seconds since the start and since the last frame, date, beat, tempo (BPM)."""

    seconds: float = 0.0
    delta: float = 0.0
    date: tuple[float, float, float, float] = (2000.0, 1.0, 1.0, 0.0)
    beat: float = 0.0
    tempo: float = 120.0


@dataclass(frozen=True, slots=True)
class Tools:
    """What every instance shares: the context, a copier, a texture for images that are missing, what is heard, and
    what one shader may take of a frame."""

    context: moderngl.Context
    copy: Own
    blank: moderngl.Texture
    ears: Ears
    limit: Limit = field(default_factory=Limit)

    @classmethod
    def made(cls, context: moderngl.Context) -> "Tools":
        """A set of them."""
        return cls(context, Own(context, sources.COPY), context.texture((1, 1), 4, bytes(4)), Ears(context))

    def release(self) -> None:
        """Give the memory back."""
        for part in (self.copy, self.blank, self.ears):
            part.release()


def _choice(entry: InputSource, value: Value) -> int:
    return entry.values[entry.labels.index(value)] if entry.labels else int(value)  # type: ignore[arg-type]


def _numbers(count: int) -> Callable[[InputSource, Value], object]:
    def convert(entry: InputSource, value: Value) -> object:
        numbers = tuple(float(part) for part in value)  # type: ignore[union-attr]
        if len(numbers) != count:
            raise ValueError(f"{entry.name} takes {count} numbers, not {numbers}")
        return numbers

    return convert


_CONVERT: dict[str, Callable[[InputSource, Value], object]] = {
    "float": lambda entry, value: float(value),  # type: ignore[arg-type]
    "bool": lambda entry, value: bool(value),
    "event": lambda entry, value: bool(value),
    "long": _choice,
    "point2D": _numbers(2),
    "color": _numbers(4),
}


def converted(entry: InputSource, value: Value) -> object:
    """A parameter's value as the uniform takes it; the default when it is of another kind (a reload changed it)."""
    try:
        return _CONVERT[entry.kind](entry, value)
    except (TypeError, ValueError):
        return _CONVERT[entry.kind](entry, entry.default)


class Instance:
    """One use of a shader on one layer."""

    def __init__(self, tools: Tools, loaded: Loaded) -> None:
        self._tools = tools
        self.loaded = loaded
        self.used = 0  # the compositor's count of draws when this was last drawn
        self._frames, self._delta = 0, 0.0
        self._buffers: dict[str, Buffer] = {}
        self._pressed: frozenset[str] = frozenset()
        self._due: set[str] = set()  # events that no drawn frame has shown yet
        self._shrunk = Shrunk(tools.context, tools.copy, tools.blank)
        self.governor = Governor(tools.limit, loaded.source.name)
        self._governed: Loaded | None = None

    def adopt(self, loaded: Loaded) -> None:
        """Play another version of the shader. One with a new memory counts its frames anew, by which that is seeded."""
        if loaded is self.loaded:
            return
        if loaded.persistent - self.loaded.persistent:
            self._frames = 0
        for name in self._buffers.keys() - {spec.target for spec in loaded.source.passes}:
            self._buffers.pop(name).release()
        self.loaded = loaded

    def draw(self, onto: Onto, inputs: Mapping[str, Value], images: Images, instant: Instant) -> None:
        """Run every pass; the last lands on `onto`."""
        self._press(inputs)
        self._delta += instant.delta
        governor = self._governor(onto)
        if not governor.words:
            self._timed(governor, onto, inputs, images, instant)
            return
        small, fresh = self._shrunk.picture((onto.box[2], onto.box[3]), governor.divisor)
        if fresh or self._shrunk.turn(governor.every):
            shrunk = self._shrunk.images(images, governor.divisor)
            self._timed(governor, small.onto(), inputs, shrunk, instant)
        self._tools.copy.run(onto, {"image": small.texture}, self._tools.blank)

    def _governor(self, onto: Onto) -> Governor:
        """Who says how finely this is drawn; another one when the shader is another."""
        if self._governed is not self.loaded:
            guess = self.loaded.takes(onto.box[2] * onto.box[3])
            self.governor = Governor(self._tools.limit, self.loaded.source.name, guess)
            self._governed = self.loaded
        if not self._tools.limit.seconds:
            self.governor.free()
        return self.governor

    def _press(self, inputs: Mapping[str, Value]) -> None:
        """Note the events that have come: each is true in one drawn frame, however long it is held."""
        events = (entry.name for entry in self.loaded.source.inputs if entry.kind == "event")
        pressed = frozenset(name for name in events if inputs.get(name))
        self._due |= pressed - self._pressed
        self._pressed = pressed

    def _timed(
        self, governor: Governor, onto: Onto, inputs: Mapping[str, Value], images: Images, instant: Instant
    ) -> None:
        """Draw, and now and then wait for the GPU on both sides to know what that takes."""
        measures = governor.due(self._frames, instant.delta)
        if measures:
            self._tools.context.finish()
        began = time.perf_counter()
        self._run(onto, inputs, images, instant)
        if measures:
            self._tools.context.finish()
            governor.measured(time.perf_counter() - began, self._frames)

    def _run(self, onto: Onto, inputs: Mapping[str, Value], images: Images, instant: Instant) -> None:
        sizes = self._set(inputs, instant, onto)
        passes = self.loaded.source.passes
        stage = (int(sizes["WIDTH"]), int(sizes["HEIGHT"]))
        for spec in filter(lambda spec: spec.target, passes):  # all of them: a pass may ask how large a later one's is
            self._fit(spec, bounded(spec.width.evaluate(sizes), spec.height.evaluate(sizes), stage))
        seen = {**images, **self.loaded.images, **self._sounds()}
        seen |= {name: b.front.texture for name, b in self._buffers.items() if name in self.loaded.persistent}
        for index, spec in enumerate(passes):
            if spec.target:
                self._draw_buffer(index, seen)
            elif index == len(passes) - 1:
                self._draw_last(onto, seen)
        if passes[-1].target:
            self._tools.copy.run(onto, {"image": seen[passes[-1].target]}, self._tools.blank)
        self._frames += 1

    def _sounds(self) -> Images:
        ears = self._tools.ears
        return {e.name: ears.texture(e.kind, e.columns) for e in self.loaded.sounds}

    def _set(self, inputs: Mapping[str, Value], instant: Instant, onto: Onto) -> dict[str, float]:
        """Set what holds for all passes; the answer is what size expressions may read."""
        loaded = self.loaded
        loaded.set("FRAMEINDEX", self._frames)
        loaded.set("TIME", instant.seconds)
        loaded.set("TIMEDELTA", self._delta if self._frames else 0.0)
        loaded.set("DATE", instant.date)
        ours = {"BEAT": instant.beat, "TEMPO": instant.tempo}
        sizes = {"WIDTH": float(onto.box[2]), "HEIGHT": float(onto.box[3])}
        for entry in loaded.source.inputs:
            ours.pop(entry.name, None)
            if entry.kind not in _CONVERT:
                continue
            value = converted(entry, inputs.get(entry.name, entry.default))
            if entry.kind == "event":
                value = entry.name in self._due
            if isinstance(value, int | float):
                sizes[entry.name] = float(value)
            loaded.set(entry.name, value)
        for name, number in ours.items():
            loaded.set(name, number)
        self._due.clear()
        self._delta = 0.0
        return sizes

    def _draw_last(self, onto: Onto, seen: Images) -> None:
        program = self.loaded.programs[-1]
        program.set("RENDERSIZE", (float(onto.box[2]), float(onto.box[3])))
        program.set("isf_out", (onto.opacity, onto.dither, HALF))
        if self.loaded.source.clears and not onto.blend:
            onto.framebuffer.clear(viewport=onto.box)
        program.draw(onto, seen, self._tools.blank)

    def _draw_buffer(self, index: int, seen: dict[str, moderngl.Texture]) -> None:
        """Draw a pass into its buffer; from then on the frame's passes see that in it."""
        spec, program = self.loaded.source.passes[index], self.loaded.programs[index]
        buffer = self._buffers[spec.target]
        program.set("RENDERSIZE", (float(buffer.size[0]), float(buffer.size[1])))
        program.set("isf_out", (1.0, 0.0, WIDE if spec.wide else HALF))
        if self.loaded.source.clears:
            buffer.back.framebuffer.clear()
        program.draw(buffer.back.onto(), seen, self._tools.blank)
        buffer.swap()
        seen[spec.target] = buffer.front.texture

    def _fit(self, spec: PassSource, size: tuple[int, int]) -> None:
        """Have the pass's buffer, made anew when size or kind changed; a persistent one takes its picture along."""
        before = self._buffers.get(spec.target)
        wanted = (size, spec.wide, spec.target in self.loaded.paired)
        if before is not None and (before.size, before.wide, before.paired) == wanted:
            return
        buffer = Buffer(self._tools.context, *wanted)
        if before is not None:
            self._tools.copy.run(buffer.front.onto(), {"image": before.front.texture}, self._tools.blank)
            before.release()
        self._buffers[spec.target] = buffer

    def saved(self) -> Saved:
        """What the next frame needs of those before it."""
        buffers = {name: buffer.saved() for name, buffer in self._buffers.items() if name in self.loaded.persistent}
        return {"used": self.used, "frames": self._frames, "pressed": sorted(self._pressed), "buffers": buffers}

    def restore(self, saved: Saved) -> None:
        """Go on from there."""
        self.release()
        self.used, self._frames, self._pressed = saved["used"], saved["frames"], frozenset(saved["pressed"])
        context = self._tools.context
        self._buffers = {name: Buffer.restored(context, buffer) for name, buffer in saved["buffers"].items()}

    def release(self) -> None:
        """Give the memory back."""
        self._shrunk.release()
        for buffer in self._buffers.values():
            buffer.release()
        self._buffers.clear()
