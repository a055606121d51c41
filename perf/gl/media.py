"""Films on the stage: the picture of each layer that shows one, as a texture that is written when another comes.

Where there is none, the test card says why. The programs for that, for films of high dynamic range and for transparent
ones are compiled when they are needed.
"""

from collections.abc import Mapping

import moderngl

from perf.core.footage import Shot, Tones
from perf.core.frame import Layer
from perf.gl import sources
from perf.gl.instance import Tools
from perf.gl.program import Own
from perf.gl.target import FIRST, Onto, Size, Target

SMALLER = 1.5  # times that a picture is larger than it is seen, from which on it is made smaller in steps
Box = tuple[float, float, float, float]
# A film through its table: between the squares of two blues, each looked up between its nodes.
TONED = (
    sources.FILM.replace("void main()", "void film()")
    + """
uniform sampler2D tones;
uniform float nodes;
vec3 square(vec3 there, float blue) {
    return texture(tones, vec2(there.r + 0.5, blue * nodes + there.g + 0.5) / vec2(nodes, nodes * nodes)).rgb;
}
void main() {
    film();
    vec3 there = clamp(colour.rgb, 0.0, 1.0) * (nodes - 1.0);
    float blue = min(floor(there.b), nodes - 2.0);
    colour.rgb = mix(square(there, blue), square(there, blue + 1.0), there.b - blue);
}
"""
)


class Films:
    """The pictures by their layers' numbers. What was handed over is uploaded when it is drawn, once."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._program = Own(tools.context, sources.FILM)
        self._toned: Own | None = None
        self._cut_out: Own | None = None
        self._multiplied: Own | None = None
        self._tables: dict[Tones, moderngl.Texture] = {}
        self._shots: Mapping[int, Shot | str] = {}
        self._kept: dict[int, tuple[Shot, moderngl.Texture, bool]] = {}
        self._small: dict[int, Target] = {}  # of those, the transparent ones that are made smaller, multiplied

    def show(self, shots: Mapping[int, Shot | str]) -> None:
        """The newest pictures, or why there is none. The memory of what is no longer shown is given back: a layer's may
        be large, and another patch may have none of that number."""
        self._shots = shots
        for number in self._kept.keys() - shots.keys():
            self._kept.pop(number)[1].release()
            self._forget(number)

    def why(self, number: int) -> str | None:
        """Why a layer has nothing to show; None where it has."""
        shot = self._shots.get(number)
        return shot if isinstance(shot, str) else None

    def draw(self, onto: Onto, layer: Layer) -> None:
        """Draw a layer's picture; nothing before there is one."""
        shot, size = self._shots.get(layer.number), (onto.box[2], onto.box[3])
        if not isinstance(shot, Shot) or layer.footage is None:
            self._program.run(onto, {}, self._tools.blank, box=(0.0, 0.0, 1.0, 1.0))
            return
        box = fitted(layer.footage.fit, shot.aspect, size[0] / size[1])
        smaller = shot.size[0] > SMALLER * box[2] * size[0]
        texture = self._uploaded(layer.number, shot, smaller)
        if shot.tones is None:
            self._plain(shot.opaque, smaller).run(onto, {"image": texture}, self._tools.blank, box=box)
            return
        self._toned = self._toned or Own(self._tools.context, TONED)
        images = {"image": texture, "tones": self._table(shot.tones)}
        self._toned.run(onto, images, self._tools.blank, box=box, nodes=float(shot.tones.nodes))

    def _plain(self, opaque: bool, smaller: bool) -> Own:
        if opaque:
            return self._program
        if smaller:
            self._multiplied = self._multiplied or Own(self._tools.context, sources.FILM_MULTIPLIED)
            return self._multiplied
        self._cut_out = self._cut_out or Own(self._tools.context, sources.FILM_CUT_OUT)
        return self._cut_out

    def _table(self, tones: Tones) -> moderngl.Texture:
        """The table as a texture: a square of red and green for each blue, from the left to the right, below one
        another."""
        if tones not in self._tables:
            texture = self._tools.context.texture((tones.nodes, tones.nodes**2), 3, tones.pixels, alignment=1)
            texture.repeat_x = texture.repeat_y = False
            self._tables[tones] = texture
        return self._tables[tones]

    def _uploaded(self, number: int, shot: Shot, smaller: bool) -> moderngl.Texture:
        kept, cut_out = self._kept.get(number), smaller and shot.tones is None and not shot.opaque
        if kept is None or kept[0] is not shot or kept[2] != smaller:
            texture = self._texture(kept[1] if kept else None, shot.size)
            texture.write(shot.pixels)
            texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
            self._kept[number] = (shot, texture, smaller)
            if not cut_out:
                self._forget(number)
            if smaller:
                texture = self._multiply(number, texture) if cut_out else texture
                texture.build_mipmaps()
                texture.filter = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)
        return self._small[number].texture if cut_out else self._kept[number][1]

    def _multiply(self, number: int, texture: moderngl.Texture) -> moderngl.Texture:
        """The picture multiplied by its alpha: its colours are added up as far as they are there."""
        if number not in self._small or self._small[number].size != texture.size:
            self._forget(number)
            self._small[number] = Target(self._tools.context, texture.size)
        self._tools.copy.run(self._small[number].onto(1.0, FIRST), {"image": texture}, self._tools.blank)
        return self._small[number].texture

    def _forget(self, number: int) -> None:
        if number in self._small:
            self._small.pop(number).release()

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
        for _, texture, _ in self._kept.values():
            texture.release()
        for number in list(self._small):
            self._forget(number)
        for texture in self._tables.values():
            texture.release()
        self._kept.clear()
        self._tables.clear()
        for program in filter(None, (self._program, self._toned, self._cut_out, self._multiplied)):
            program.release()


def fitted(fit: str, picture: float, stage: float) -> Box:
    """Where on the stage's 0…1 a picture lies: x, y, width and height. Takes both aspects, width over height."""
    if fit == "stretch":
        return (0.0, 0.0, 1.0, 1.0)
    ratio = picture / stage
    width, height = (max(ratio, 1.0), max(1 / ratio, 1.0)) if fit == "cover" else (min(ratio, 1.0), min(1 / ratio, 1.0))
    return ((1 - width) / 2, (1 - height) / 2, width, height)
