"""One use of an ISF shader: its passes run in order with buffers, frame count and event edges of its own.

So the same shader can stand on two layers without the two sharing a memory. Knows no layers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import moderngl

from perf.core.event import Value
from perf.gl.program import InputSource, Loaded, Own, PassSource
from perf.gl.target import Buffer, Onto, Saved, bounded

Images = Mapping[str, moderngl.Texture]


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
    """What every instance shares: the context, a copier, and a texture for images that are missing."""

    context: moderngl.Context
    copy: Own
    blank: moderngl.Texture


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
        self._frames = 0
        self._buffers: dict[str, Buffer] = {}
        self._pressed: frozenset[str] = frozenset()

    def draw(self, onto: Onto, inputs: Mapping[str, Value], images: Images, instant: Instant) -> None:
        """Run every pass; the last lands on `onto`."""
        sizes = self._set(inputs, instant, onto)
        passes = self.loaded.source.passes
        for index, spec in enumerate(passes):
            if spec.target:
                self._draw_buffer(index, sizes, images)
            elif spec is passes[-1]:
                self._draw_last(onto, images)
        if passes[-1].target:
            front = self._buffers[passes[-1].target].front
            self._tools.copy.run(onto, {"image": front.texture}, self._tools.blank)
        self._frames += 1

    def _set(self, inputs: Mapping[str, Value], instant: Instant, onto: Onto) -> dict[str, float]:
        """Set what holds for all passes; the answer is what size expressions may read."""
        loaded = self.loaded
        loaded.set("FRAMEINDEX", self._frames)
        loaded.set("TIME", instant.seconds)
        loaded.set("TIMEDELTA", instant.delta if self._frames else 0.0)
        loaded.set("DATE", instant.date)
        loaded.set("BEAT", instant.beat)
        loaded.set("TEMPO", instant.tempo)
        sizes = {"WIDTH": float(onto.box[2]), "HEIGHT": float(onto.box[3])}
        pressed = set()
        for entry in loaded.source.inputs:
            if entry.kind not in _CONVERT:
                continue
            value = converted(entry, inputs.get(entry.name, entry.default))
            if entry.kind == "event" and value:
                pressed.add(entry.name)
                value = entry.name not in self._pressed
            if isinstance(value, int | float):
                sizes[entry.name] = float(value)
            loaded.set(entry.name, value)
        self._pressed = frozenset(pressed)
        return sizes

    def _draw_last(self, onto: Onto, images: Images) -> None:
        program = self.loaded.programs[-1]
        program.set("RENDERSIZE", (float(onto.box[2]), float(onto.box[3])))
        program.set("isf_out", (onto.opacity, onto.dither))
        program.draw(onto, {**images, **self._fronts()}, self._tools.blank)

    def _draw_buffer(self, index: int, sizes: dict[str, float], images: Images) -> None:
        spec, program = self.loaded.source.passes[index], self.loaded.programs[index]
        stage = (int(sizes["WIDTH"]), int(sizes["HEIGHT"]))
        buffer = self._fit(spec, bounded(spec.width.evaluate(sizes), spec.height.evaluate(sizes), stage))
        program.set("RENDERSIZE", (float(buffer.size[0]), float(buffer.size[1])))
        program.set("isf_out", (1.0, 0.0))
        seen = {**images, **self._fronts()}
        if not buffer.persistent:
            seen[spec.target] = self._tools.blank  # a texture must not be read while it is drawn into
        program.draw(buffer.back.onto(), seen, self._tools.blank)
        buffer.swap()

    def _fronts(self) -> dict[str, moderngl.Texture]:
        return {name: buffer.front.texture for name, buffer in self._buffers.items()}

    def _fit(self, spec: PassSource, size: tuple[int, int]) -> Buffer:
        """The pass's buffer, made anew when size or kind changed; a persistent one takes its picture along."""
        before = self._buffers.get(spec.target)
        wanted = (size, spec.wide, spec.persistent)
        if before is not None and (before.size, before.wide, before.persistent) == wanted:
            return before
        buffer = Buffer(self._tools.context, *wanted)
        if before is not None:
            self._tools.copy.run(buffer.front.onto(), {"image": before.front.texture}, self._tools.blank)
            before.release()
        self._buffers[spec.target] = buffer
        return buffer

    def saved(self) -> Saved:
        """What the next frame needs of those before it."""
        buffers = {name: buffer.saved() for name, buffer in self._buffers.items()}
        return {"used": self.used, "frames": self._frames, "pressed": sorted(self._pressed), "buffers": buffers}

    def restore(self, saved: Saved) -> None:
        """Go on from there."""
        self.release()
        self.used, self._frames, self._pressed = saved["used"], saved["frames"], frozenset(saved["pressed"])
        context = self._tools.context
        self._buffers = {name: Buffer.restored(context, buffer) for name, buffer in saved["buffers"].items()}

    def release(self) -> None:
        """Give the memory back."""
        for buffer in self._buffers.values():
            buffer.release()
        self._buffers.clear()
