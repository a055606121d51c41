"""Films on the stage: the picture of each layer that shows one, as a texture that is written when another comes."""

import moderngl

from perf.core.footage import Shot
from perf.core.frame import Layer
from perf.gl import sources
from perf.gl.instance import Tools
from perf.gl.program import Own
from perf.gl.target import Onto, Size

SMALLER = 1.5  # times that a picture is larger than it is seen, from which on it is made smaller in steps
Box = tuple[float, float, float, float]


class Films:
    """The pictures by their layers' numbers. What was handed over is uploaded when it is drawn, once."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._program = Own(tools.context, sources.FILM)
        self._shots: dict[int, Shot | None] = {}
        self._kept: dict[int, tuple[Shot, moderngl.Texture]] = {}

    def show(self, shots: dict[int, Shot | None]) -> None:
        """The newest pictures; None stands for the test card."""
        self._shots = shots

    def lost(self, number: int) -> bool:
        """Whether a layer has nothing to show, and that is a fault."""
        return number in self._shots and self._shots[number] is None

    def draw(self, onto: Onto, layer: Layer) -> None:
        """Draw a layer's picture; nothing before there is one."""
        shot, size = self._shots.get(layer.number), (onto.box[2], onto.box[3])
        if shot is None or layer.footage is None:
            self._program.run(onto, {}, self._tools.blank, box=(0.0, 0.0, 1.0, 1.0))
            return
        box = fitted(layer.footage.fit, shot.aspect, size[0] / size[1])
        texture = self._uploaded(layer.number, shot, shot.size[0] > SMALLER * box[2] * size[0])
        self._program.run(onto, {"image": texture}, self._tools.blank, box=box)

    def _uploaded(self, number: int, shot: Shot, smaller: bool) -> moderngl.Texture:
        kept = self._kept.get(number)
        if kept is not None and kept[0] is shot:
            return kept[1]
        texture = self._texture(kept[1] if kept else None, shot.size)
        texture.write(shot.pixels)
        if smaller:
            texture.build_mipmaps()
        texture.filter = (moderngl.LINEAR_MIPMAP_LINEAR if smaller else moderngl.LINEAR, moderngl.LINEAR)
        self._kept[number] = (shot, texture)
        return texture

    def _texture(self, texture: moderngl.Texture | None, size: Size) -> moderngl.Texture:
        if texture is not None and texture.size == size:
            return texture
        if texture is not None:
            texture.release()
        texture = self._tools.context.texture(size, 4)
        texture.repeat_x = texture.repeat_y = False
        return texture

    def release(self) -> None:
        """Give the memory back."""
        for _, texture in self._kept.values():
            texture.release()
        self._kept.clear()
        self._program.release()


def fitted(fit: str, picture: float, stage: float) -> Box:
    """Where on the stage's 0…1 a picture lies: x, y, width and height. Takes both aspects, width over height."""
    if fit == "stretch":
        return (0.0, 0.0, 1.0, 1.0)
    ratio = picture / stage
    width, height = (max(ratio, 1.0), max(1 / ratio, 1.0)) if fit == "cover" else (min(ratio, 1.0), min(1 / ratio, 1.0))
    return ((1 - width) / 2, (1 - height) / 2, width, height)
