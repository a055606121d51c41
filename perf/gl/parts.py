"""What a layer is made of, as draws: its source, its shaders, and where and through what it is seen.

Keeps an instance of each shader for each layer that uses it. Knows no canvases and not how layers lie on one another.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

import moderngl

from perf.core.camera import Matrix, multiply
from perf.core.frame import Frame, Layer, Matte, Pass, Placement, Title
from perf.gl import sources
from perf.gl.instance import Instance, Instant, Tools
from perf.gl.media import Films
from perf.gl.program import Own
from perf.gl.programs import Programs
from perf.gl.sampler import SamplerLayers, columns
from perf.gl.target import OVER, Onto, Saved, Target
from perf.gl.titles import Titles

Step = Callable[[Onto, moderngl.Texture | None], None]
Key = tuple[str, str, int]  # the layer's number, the shader's name, and which of these in its chain
MATTES = {"luma": 1, "alpha": 2, "depth": 1}
EVEN = ("sampler", "second", "depth", "colour", "text")  # have no other colour where they are transparent
LIGHT = 2.2  # the power by which a picture's values are light


def from_stage(placement: Placement, aspect: float) -> Matrix:
    """From the stage's 0…1 (y up) to the placed picture's. `aspect` is the stage's, width over height."""
    turn, scale = math.radians(placement.rotation), max(placement.scale, 1e-3)
    c, s = math.cos(turn) / scale, math.sin(turn) / scale
    x, y = placement.anchor_x * aspect, placement.anchor_y
    here: Matrix = ((2 * aspect, 0.0, -aspect), (0.0, 2.0, -1.0), (0.0, 0.0, 1.0))
    away: Matrix = ((1.0, 0.0, -x - placement.x), (0.0, 1.0, -y - placement.y), (0.0, 0.0, 1.0))
    turned: Matrix = ((c, -s, x), (s, c, y), (0.0, 0.0, 1.0))
    there: Matrix = ((0.5 / aspect, 0.0, 0.5), (0.0, 0.5, 0.5), (0.0, 0.0, 1.0))
    return multiply(there, multiply(turned, multiply(away, here)))


class Parts:
    """The programs, instances and letters that layers are drawn with."""

    def __init__(self, tools: Tools, samplers: SamplerLayers, programs: Programs) -> None:
        self.tools = tools
        self._samplers, self._programs = samplers, programs
        self._fill, self._card = Own(tools.context, sources.FILL), Own(tools.context, sources.CARD)
        self._place, self._divide = Own(tools.context, sources.PLACE), Own(tools.context, sources.DIVIDE)
        self._place_cut_out = Own(tools.context, sources.PLACE_CUT_OUT)
        self._dissolve = Own(tools.context, sources.DISSOLVE)
        self._titles, self.films = Titles(tools), Films(tools)
        self._instances: dict[Key, Instance] = {}
        self._pictures: dict[bool, Target] = {}  # the sampler's as others look at it; by whether it is its depth
        self._pictured: set[bool] = set()
        self._draws = 0

    def begin(self, frame: Frame, instant: Instant, draws: int) -> None:
        """From here on it is this frame that is drawn."""
        self._frame, self._instant, self._draws, self._pictured = frame, instant, draws, set()
        self._titles.begin()

    def fill(self, layer: Layer) -> Step:
        """A colour."""
        colour = layer.colour
        return lambda onto, image: self._fill.run(onto, {}, self.tools.blank, fill=(*colour, 1.0)[:4])

    def sampler(self, layer: Layer) -> Step:
        """A sampler's picture."""
        return lambda onto, image: self._samplers[layer.source].draw(onto, self._frame)

    def depth(self, layer: Layer) -> Step:
        """How near things are in the sampler's picture."""
        return lambda onto, image: self._samplers["sampler"].draw(onto, self._frame, depth=True)

    def title(self, layer: Layer) -> Step:
        """Letters."""
        return lambda onto, image: self._titles.draw(onto, layer)

    def film(self, layer: Layer) -> Step:
        """A video, an image or a camera; the test card with the reason where it cannot be shown."""
        if (words := self.films.why(layer.number)) is not None:
            return self._card_with(words)
        return lambda onto, image: self.films.draw(onto, layer)

    def copy(self, texture: moderngl.Texture) -> Step:
        """A picture that is there already."""
        return lambda onto, image: self.tools.copy.run(onto, {"image": texture}, self.tools.blank)

    def divided(self, texture: moderngl.Texture, halflife: float = 0.0) -> Step:
        """A picture that was multiplied by its alpha, with the light that is left of it after the time of a frame."""
        light = 0.5 ** (self._instant.delta / halflife) if halflife > 0.0 else 1.0
        keep = light ** (1.0 / LIGHT)
        return lambda onto, image: self._divide.run(onto, {"image": texture}, self.tools.blank, keep=keep)

    def placed(self, layer: Layer, matte: moderngl.Texture | None) -> Step | None:
        """Where a layer lies, and through what it is seen; None where that changes nothing."""
        placement, mask = layer.placement, layer.matte
        if placement.plain and mask is None:
            return None
        values = _inside(placement) | _masked(mask, layer.number)
        program = self._place if layer.source in EVEN and not layer.filters else self._place_cut_out

        def draw(onto: Onto, image: moderngl.Texture | None) -> None:
            images = {"image": image or self.tools.blank, "matte": matte or self.tools.blank}
            place = columns(from_stage(placement, onto.box[2] / onto.box[3]))
            program.run(onto, images, self.tools.blank, from_stage=place, **values)

        return draw

    def shader(self, use: Pass, key: Key, images: Mapping[str, moderngl.Texture] | None = None) -> Step:
        """One shader, or the test card with the reason in its place. `images` are those of a transition."""
        loaded = self._programs.get(use.shader)
        if loaded is None:
            return self._card_with(self._programs.reason(use.shader))
        instance = self._instances.get(key)
        if instance is None:
            instance = self._instances[key] = Instance(self.tools, loaded)
        instance.adopt(loaded)
        instance.used = self._draws
        given = images or {}
        further = [
            i.name
            for i in loaded.source.inputs
            if i.kind == "image" and i.name not in ("inputImage", "startImage", *given)
        ]

        def draw(onto: Onto, image: moderngl.Texture | None) -> None:
            below = self.tools.blank if image is None else image
            seen = {"inputImage": below, "startImage": below, **given}
            seen.update(dict.fromkeys(further, self.sampled()) if further else {})
            instance.draw(onto, use.inputs, seen, self._instant)

        return draw

    def dissolve(self, decks: tuple[moderngl.Texture, moderngl.Texture], fade: float) -> Step:
        """One deck mixed into the other; both, and what becomes of them, are multiplied by their alpha."""
        images = {"before": decks[0], "after": decks[1]}
        return lambda onto, image: self._dissolve.run(onto, images, self.tools.blank, fade=fade)

    def has(self, use: Pass) -> bool:
        """Whether a shader is there to be drawn."""
        return self._programs.get(use.shader) is not None

    def slowest(self) -> str:
        """The shader that takes longest, as last measured, and how it is drawn; "" where none was measured."""
        drawn = (one.governor for one in self._instances.values() if one.used >= self._draws and one.governor.cost)
        slowest = max(drawn, key=lambda governor: governor.cost, default=None)
        return slowest.summary if slowest else ""

    def _draw_card(self, onto: Onto, image: moderngl.Texture | None) -> None:
        images = {} if image is None else {"image": image}
        self._card.run(onto, images, self.tools.blank, aspect=onto.box[2] / onto.box[3])

    def _card_with(self, words: str) -> Step:
        """The test card with words on it."""
        title = Title(words, size=0.05)
        letters = Layer(
            "text", (), 1.0, "normal", number=-1 - abs(hash(words)), title=title, colour=(1.0, 1.0, 1.0, 1.0)
        )

        def draw(onto: Onto, image: moderngl.Texture | None) -> None:
            self._draw_card(onto, image)
            if words:
                self._titles.draw(replace(onto, blend=OVER), letters)

        return draw

    def sampled(self, depth: bool = False) -> moderngl.Texture:
        """The sampler's picture at stage size, which a shader's further images show, or its depth, which masks; each
        drawn at most once a frame."""
        if depth not in self._pictures:
            self._pictures[depth] = Target(self.tools.context, self._samplers.stage)
        if depth not in self._pictured:
            self._samplers["sampler"].draw(self._pictures[depth].onto(), self._frame, depth)
            self._pictured.add(depth)
        return self._pictures[depth].texture

    def forget(self, before: int) -> None:
        """Give back what was last drawn before that count of draws."""
        for key, instance in list(self._instances.items()):
            if instance.used < before:
                self._instances.pop(key).release()

    def saved(self) -> list[Saved]:
        """What the shaders remember."""
        return [{"key": key, **instance.saved()} for key, instance in self._instances.items()]

    def restore(self, saved: list[Saved]) -> None:
        """Go on from there."""
        for row in saved:
            loaded = self._programs.get(row["key"][1])
            if loaded is not None:
                instance = self._instances[tuple(row["key"])] = Instance(self.tools, loaded)
                instance.restore(row)

    def resized(self) -> None:
        """The stage has another size."""
        while self._pictures:
            self._pictures.popitem()[1].release()

    def release(self) -> None:
        """Give the memory back."""
        self.resized()
        self._titles.release()
        self.films.release()
        for instance in self._instances.values():
            instance.release()
        for program in (self._fill, self._card, self._place, self._place_cut_out, self._divide, self._dissolve):
            program.release()


def _inside(placement: Placement) -> dict[str, object]:
    """What a crop leaves, from left to right and from bottom to top."""
    return {"inside": (placement.left, 1.0 - placement.right, placement.bottom, 1.0 - placement.top)}


def _masked(mask: Matte | None, number: int) -> dict[str, object]:
    if mask is None:
        return {"by": 0, "invert": False, "own": False}
    return {"by": MATTES[mask.by], "invert": mask.invert, "own": mask.layer == number and mask.by != "depth"}
