"""The test card of a layer that has nothing to show, with the reason in letters. Compiled when it is first needed."""

import moderngl

from perf.gl import sources
from perf.gl.instance import Tools
from perf.gl.overlay import lettering
from perf.gl.program import Own
from perf.gl.target import Onto, Size

LINE = 0.07  # a line's height, of the stage's
WIDEST = 0.8  # of the stage's width
CARD = (
    sources.CARD.replace("void main()", "void card()")
    + """
uniform sampler2D words;
uniform vec4 box;
void main() {
    card();
    vec2 place = (uv - box.xy) / box.zw;
    vec2 within = step(0.0, place) * step(place, vec2(1.0));
    float ink = texture(words, vec2(place.x, 1.0 - place.y)).r * within.x * within.y;
    colour.rgb = mix(colour.rgb, vec3(0.93), ink);
}
"""
)


class Reasons:
    """The cards by their layers' numbers."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._program: Own | None = None
        self._drawn: dict[int, tuple[str, Size, moderngl.Texture]] = {}

    def draw(self, onto: Onto, number: int, words: str) -> None:
        """Draw a layer's card."""
        self._program = self._program or Own(self._tools.context, CARD)
        stage = (onto.box[2], onto.box[3])
        texture = self._lettered(number, words, stage)
        width, height = (min(own / side, 1.0) for own, side in zip(texture.size, stage, strict=True))
        box = ((1.0 - width) / 2, (1.0 - height) / 2, width, height)
        images = {"words": texture}
        self._program.run(onto, images, self._tools.blank, aspect=stage[0] / stage[1], box=box)

    def _lettered(self, number: int, words: str, stage: Size) -> moderngl.Texture:
        kept = self._drawn.get(number)
        if kept is not None and kept[:2] == (words, stage):
            return kept[2]
        if kept is not None:
            kept[2].release()
        pixels = lettering(words, round(LINE * stage[1]), round(WIDEST * stage[0]), "centre")
        size = (pixels.shape[1], pixels.shape[0])
        texture = self._tools.context.texture(size, 1, pixels.tobytes(), alignment=1)
        texture.repeat_x = texture.repeat_y = False
        self._drawn[number] = (words, stage, texture)
        return texture

    def release(self) -> None:
        """Give the memory back."""
        for _, _, texture in self._drawn.values():
            texture.release()
        self._drawn.clear()
        if self._program is not None:
            self._program.release()
