"""A picture that is drawn smaller than it is shown, and the images that it is made from made smaller with it.

So that a shader that counts in pixels (`gl_FragCoord` into IMG_PIXEL) still finds each where it looks for it.
"""

from collections.abc import Mapping

import moderngl

from perf.gl.program import Own
from perf.gl.target import Size, Target


class Shrunk:
    """The small targets of one use of a shader; none are made until they are needed."""

    def __init__(self, context: moderngl.Context, copy: Own, blank: moderngl.Texture) -> None:
        self._context, self._copy, self._blank = context, copy, blank
        self._picture: Target | None = None
        self._images: dict[str, Target] = {}  # by the first of their names: textures come and go
        self._turn = 0

    def picture(self, size: Size, divisor: int) -> tuple[Target, bool]:
        """The target of what is shown at `size`, and whether there is nothing in it yet."""
        size = _divided(size, divisor)
        if self._picture is not None and self._picture.size == size:
            return self._picture, False
        if self._picture is not None:
            self._picture.release()
        self._picture = Target(self._context, size)
        return self._picture, True

    def turn(self, every: int) -> bool:
        """Whether this is the frame of `every` in which it is drawn."""
        self._turn = (self._turn + 1) % every
        return self._turn == 0

    def images(self, images: Mapping[str, moderngl.Texture], divisor: int) -> dict[str, moderngl.Texture]:
        """The images, each made smaller once however many names it has."""
        small: dict[int, moderngl.Texture] = {}
        for name, texture in images.items():
            if texture.glo not in small:
                target = self._fitted(name, _divided(texture.size, divisor))
                self._copy.run(target.onto(), {"image": texture}, self._blank)
                small[texture.glo] = target.texture
        return {name: small[texture.glo] for name, texture in images.items()}

    def _fitted(self, name: str, size: Size) -> Target:
        target = self._images.get(name)
        if target is None or target.size != size:
            if target is not None:
                target.release()
            target = self._images[name] = Target(self._context, size)
        return target

    def release(self) -> None:
        """Give the memory back."""
        for target in (self._picture, *self._images.values()):
            if target is not None:
                target.release()
        self._picture = None
        self._images.clear()


def _divided(size: Size, divisor: int) -> Size:
    return max(size[0] // divisor, 1), max(size[1] // divisor, 1)
