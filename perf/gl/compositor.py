"""The compositor: a frame's layers, filters and blend modes to one picture, and that to screen, film and page.

Filters run in half floats, the composed picture has 8 bits and is premultiplied on black. A layer that is plain, or the
lowest, lands without a pass of its own. A missing shader shows a test card: nothing here raises while a show runs.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import moderngl

from perf.core.frame import Frame, Layer, Pass, Picture
from perf.core.table import BLENDS
from perf.gl import blend, sources
from perf.gl.instance import Instance, Instant, Tools
from perf.gl.output import Output
from perf.gl.program import Own, Programs, ShaderSource
from perf.gl.sampler import SamplerLayer
from perf.gl.stage import is_software
from perf.gl.target import FIRST, OVER, Onto, Saved, Size, Target

WRAP = 14400.0  # seconds and beats after which TIME and BEAT begin anew: as 32-bit floats they stay finer than 1 ms
IDLE = 600  # draws after which the buffers of a shader that is no longer drawn are given back

Step = Callable[[Onto, moderngl.Texture | None], None]


class Compositor:
    """Everything between a frame and the screen. `start` is the date at second 0, from which DATE is told."""

    def __init__(self, context: moderngl.Context, size: Size, start: datetime = datetime(2000, 1, 1)) -> None:
        blank = context.texture((1, 1), 4, bytes(4))
        self._tools = Tools(context, Own(context, sources.COPY), blank)
        self._programs = Programs(context)
        self._fill, self._card = Own(context, sources.FILL), Own(context, sources.CARD)
        self._blends = {mode: Own(context, blend.source(mode)) for mode in BLENDS}
        self._sampler = SamplerLayer(self._tools, size)
        self._output = Output(self._tools, size)
        self._instances: dict[tuple[str, str, int], Instance] = {}
        self._software = is_software(context)
        self._start, self._seconds, self._draws, self._gain = start, 0.0, 0, 1.0
        self.size = size
        self._make_targets()

    def _make_targets(self) -> None:
        context = self._tools.context
        self._composed = [Target(context, self.size, "f1") for _ in range(2)]
        self._chain = [Target(context, self.size) for _ in range(2)]
        self._picture: Target | None = None  # the sampler's, for shaders that take further images
        self._pictured = False

    def load(self, shader: ShaderSource) -> None:
        """Compile a shader; from the next draw on it plays. Raises ShaderError and keeps the last good version."""
        self._programs.load(shader)

    def show(self, picture: Picture) -> None:
        """Take the sampler's newest picture. Where the processor draws, it is drawn when this returns, and events that
        come meanwhile still reach the frame."""
        self._sampler.show(picture)
        if self._software:
            self._tools.context.finish()

    def draw(self, frame: Frame) -> None:
        """Draw a frame off-screen. A frozen one keeps what was composed last; opacity and blackout act all the same."""
        if not (frame.freeze and self._draws):
            self._compose(frame)
            self._draws += 1
            if self._draws % IDLE == 0:
                self._forget_idle()
        self._gain = 0.0 if frame.blackout else frame.opacity
        self._output.grade(self._composed[0], self._gain)

    def present(self, framebuffer: moderngl.Framebuffer) -> None:
        """Put the picture on a screen, whole, with black at the sides, and the overlay on top."""
        self._output.present(framebuffer)

    def read(self) -> memoryview:
        """The picture as RGB bytes, rows from the top. The memory is used again by the next `read`."""
        return self._output.read()

    def read_cut(self) -> bytes:
        """What was composed as RGBA bytes, not multiplied, rows from the top: a layer drawn alone keeps its edges."""
        return self._output.cut(self._composed[0], self._gain)

    def saved(self) -> Saved:
        """What the next frame needs of those before it, so that a film can be gone on with."""
        instances = [{"key": key, **instance.saved()} for key, instance in self._instances.items()]
        pictures = {"composed": self._composed[0].saved(), "sampler": self._sampler.saved()}
        return {"seconds": self._seconds, "draws": self._draws, **pictures, "instances": instances}

    def restore(self, saved: Saved) -> None:
        """Go on from there, at the same size and with the same shaders loaded."""
        self._seconds, self._draws = saved["seconds"], saved["draws"]
        self._composed[0].texture.write(saved["composed"]["pixels"])
        self._sampler.restore(saved["sampler"])
        for row in saved["instances"]:
            loaded = self._programs.get(row["key"][1])
            if loaded is not None:
                instance = self._instances[tuple(row["key"])] = Instance(self._tools, loaded)
                instance.restore(row)

    def thumbnail(self, width: int) -> tuple[int, int, bytes]:
        """A small copy: width, height and RGB bytes, rows from the top."""
        return self._output.thumbnail(width)

    def overlay(self, rgba: object, corner: tuple[float, float] = (0.0, 1.0)) -> None:
        """Letters over the window only: an array of height × width × 4 bytes, or None to take them away.

        `corner` is where they lie: (0, 0) the lower left, (1, 1) the upper right, (0.5, 0.5) the middle.
        """
        self._output.overlay(rgba, corner)

    def resize(self, size: Size) -> None:
        """Change the size of the composed picture, in pixels."""
        if size == self.size:
            return
        self._release_targets()
        self.size = self._sampler.stage = size
        self._make_targets()
        self._output.resize(size)

    def _compose(self, frame: Frame) -> None:
        instant = self._instant(frame)
        self._pictured = False
        counts: dict[tuple[str, str], int] = {}
        for number, layer in enumerate(frame.layers):
            steps = self._steps(layer, frame, instant, counts)
            self._layer(layer, steps, number == 0)
        if not frame.layers:
            self._composed[0].framebuffer.clear()

    def _instant(self, frame: Frame) -> Instant:
        moment = frame.moment
        date = self._start + timedelta(seconds=min(max(moment.seconds, 0.0), 1e9))
        day = date.hour * 3600.0 + date.minute * 60.0 + date.second + date.microsecond / 1e6
        delta = max(moment.seconds - self._seconds, 0.0) if self._draws else 0.0
        self._seconds = moment.seconds
        ymd = (float(date.year), float(date.month), float(date.day), day)
        return Instant(moment.seconds % WRAP, delta, ymd, moment.beat % WRAP, moment.tempo)

    def _steps(self, layer: Layer, frame: Frame, instant: Instant, counts: dict[tuple[str, str], int]) -> list[Step]:
        """What a layer is drawn with, in order: its source (unless a generator is its first pass) and its filters."""
        steps: list[Step] = []
        if layer.source == "sampler":
            steps.append(lambda onto, image: self._sampler.draw(onto, frame))
        elif layer.source == "colour" or not layer.filters:
            steps.append(lambda onto, image: self._draw_fill(onto, frame))
        for use in layer.filters:
            key = (layer.source, use.shader)
            counts[key] = counts.get(key, 0) + 1
            steps.append(self._step(use, (*key, counts[key]), frame, instant))
        return steps

    def _step(self, use: Pass, key: tuple[str, str, int], frame: Frame, instant: Instant) -> Step:
        """One shader, or the test card in its place."""
        loaded = self._programs.get(use.shader)
        if loaded is None:
            return self._draw_card
        instance = self._instances.get(key)
        if instance is None:
            instance = self._instances[key] = Instance(self._tools, loaded)
        instance.loaded, instance.used = loaded, self._draws
        further = [
            i.name for i in loaded.source.inputs if i.kind == "image" and i.name not in ("inputImage", "startImage")
        ]

        def draw(onto: Onto, image: moderngl.Texture | None) -> None:
            below = self._tools.blank if image is None else image
            images = {"inputImage": below, "startImage": below}
            images.update(dict.fromkeys(further, self._sampler_picture(frame)) if further else {})
            instance.draw(onto, use.inputs, images, instant)

        return draw

    def _sampler_picture(self, frame: Frame) -> moderngl.Texture:
        """The sampler's picture at stage size, drawn at most once a frame: what a shader's further images show."""
        if self._picture is None:
            self._picture = Target(self._tools.context, self.size)
        if not self._pictured:
            self._sampler.draw(self._picture.onto(), frame)
            self._pictured = True
        return self._picture.texture

    def _draw_fill(self, onto: Onto, frame: Frame) -> None:
        red, green, blue, *rest = (*frame.job.colour, 0.0, 0.0, 0.0)[: max(len(frame.job.colour), 3)]
        self._fill.run(onto, {}, self._tools.blank, fill=(red, green, blue, rest[0] if rest else 1.0))

    def _draw_card(self, onto: Onto, image: moderngl.Texture | None) -> None:
        images = {} if image is None else {"image": image}
        self._card.run(onto, images, self._tools.blank, aspect=self.size[0] / self.size[1])

    def _layer(self, layer: Layer, steps: list[Step], lowest: bool) -> None:
        """Run the steps; the last lands on what is composed so far, straight or through a blend."""
        image = None
        for number, step in enumerate(steps[:-1]):
            target = self._chain[number % 2]
            step(target.onto(), image)
            image = target.texture
        if lowest or layer.blend not in self._blends or layer.blend == "normal":
            steps[-1](self._composed[0].onto(layer.opacity, FIRST if lowest else OVER), image)
            return
        target = self._chain[(len(steps) - 1) % 2]
        steps[-1](target.onto(), image)
        images = {"below": self._composed[0].texture, "image": target.texture}
        self._blends[layer.blend].run(self._composed[1].onto(layer.opacity), images, self._tools.blank)
        self._composed.reverse()

    def _forget_idle(self) -> None:
        for key, instance in list(self._instances.items()):
            if instance.used < self._draws - IDLE:
                self._instances.pop(key).release()

    def _release_targets(self) -> None:
        for target in (*self._composed, *self._chain, self._picture):
            if target is not None:
                target.release()

    def release(self) -> None:
        """Give all of GL's memory back."""
        self._release_targets()
        for instance in self._instances.values():
            instance.release()
        for part in (self._programs, self._sampler, self._output):
            part.release()
        for program in (self._fill, self._card, self._tools.copy, *self._blends.values()):
            program.release()
        self._tools.blank.release()
