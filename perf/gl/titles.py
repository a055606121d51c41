"""Titles on the stage: letters are drawn once and kept as a texture until they say something else."""

from dataclasses import replace

import moderngl

from perf.core.frame import Layer, Title
from perf.gl import sources
from perf.gl.instance import Tools
from perf.gl.overlay import lettering
from perf.gl.program import Own
from perf.gl.target import Onto, Size

MARGIN = 0.06  # of the stage's height, between a title and the edge
WIDEST = 0.9  # of the stage's width
KEPT = 32  # titles at once, beside those of the last frame


class Titles:
    """The letters of every layer that has any, by its number."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._program = Own(tools.context, sources.TITLE)
        self._drawn: dict[int, tuple[Title, Size, moderngl.Texture]] = {}
        self._seen: set[int] = set()

    def begin(self) -> None:
        """Another frame comes: of what the last one did not show, no more than so much is kept."""
        if (over := len(self._drawn) - KEPT) > 0:
            for number in [number for number in self._drawn if number not in self._seen][:over]:
                self._drawn.pop(number)[2].release()
        self._seen.clear()

    def draw(self, onto: Onto, layer: Layer) -> None:
        """Draw a layer's title."""
        title, size = layer.title or Title(""), (onto.box[2], onto.box[3])
        texture = self._lettered(layer.number, title, size)
        x, y = _corner(title.place, texture.size, size)
        fill = (*layer.colour, 1.0)[:4]
        if not onto.blend:  # what is round the letters is clear, and of their colour for who filters it
            red, green, blue = fill[:3] if onto.blend is None else (0.0, 0.0, 0.0)
            onto.framebuffer.clear(red, green, blue, 0.0)
        letters = replace(onto, box=(onto.box[0] + x, onto.box[1] + y, *texture.size))
        self._program.run(letters, {"image": texture}, self._tools.blank, fill=fill)

    def _lettered(self, number: int, title: Title, size: Size) -> moderngl.Texture:
        self._seen.add(number)
        kept = self._drawn.get(number)
        if kept is not None and kept[:2] == (title, size):
            return kept[2]
        line, width = round(title.size * size[1]), round(WIDEST * size[0])
        pixels = lettering(title.text, line, width, title.align, title.font)
        wanted = (pixels.shape[1], pixels.shape[0])
        texture = kept[2] if kept is not None else None
        if texture is None or texture.size != wanted:
            if texture is not None:
                texture.release()
            texture = self._tools.context.texture(wanted, 1, alignment=1)
            texture.repeat_x = texture.repeat_y = False
        texture.write(pixels.tobytes(), alignment=1)
        self._drawn.pop(number, None)
        self._drawn[number] = (title, size, texture)
        return texture

    def release(self) -> None:
        """Give the memory back."""
        for _, _, texture in self._drawn.values():
            texture.release()
        self._drawn.clear()
        self._program.release()


def _corner(place: str, letters: Size, stage: Size) -> tuple[int, int]:
    """Where the lower left corner of a block of letters lies, in whole pixels, so that they are sharp."""
    margin = round(MARGIN * stage[1])
    words = place.split("-")
    across = 0.0 if "left" in words else 1.0 if "right" in words else 0.5
    up = 0.0 if "bottom" in words else 1.0 if "top" in words else 0.5
    room = [s - n - 2 * margin for s, n in zip(stage, letters, strict=True)]
    return margin + round(room[0] * across), margin + round(room[1] * up)
