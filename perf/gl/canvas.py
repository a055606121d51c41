"""A picture in the making: layers land on it one after the other, straight or through a blend.

Premultiplied on nothing, in 16 bits a channel that are cut to 0…1, as the blends of the W3C are defined. Knows no
sources and no shaders but the blends.
"""

from collections.abc import Callable, Mapping

import moderngl

from perf.gl.instance import Tools
from perf.gl.program import Own
from perf.gl.target import FIRST, MULTIPLIED, OVER, SCREEN, Onto, Size, Target

DEEP = "nu2"
# What the GL's own blending does as well, which spares a software rasteriser the reading of both pictures.
UNIT = {"normal": OVER, "screen": SCREEN}
Draw = Callable[[Onto], None]


class Canvas:
    """Ping-pong targets, made when they are first drawn on. `used` is the owner's count of draws."""

    def __init__(self, tools: Tools, size: Size, blends: Mapping[str, Own]) -> None:
        self._tools, self._size, self._blends = tools, size, blends
        self._targets: list[Target] = []
        self.empty = True
        self.used = 0

    @property
    def front(self) -> Target:
        """What was drawn last."""
        return self._target(0)

    def _target(self, index: int) -> Target:
        while len(self._targets) <= index:
            self._targets.append(Target(self._tools.context, self._size, DEEP))
        return self._targets[index]

    def begin(self, keep: Target | None = None) -> None:
        """Start from nothing; a target of it that is to be kept is not drawn on."""
        self.empty = True
        if keep in self._targets:
            self._targets.remove(keep)
            self._target(1)
            self._targets.append(keep)

    def land(self, draw: Draw, opacity: float, blend: str, scratch: Target) -> None:
        """Draw a picture whose alpha is not multiplied in; one with a blend takes the way over `scratch`."""
        if self.empty or blend not in self._blends:
            draw(self.front.onto(opacity, FIRST if self.empty else UNIT.get(blend, OVER)))
            self.empty = False
            return
        draw(scratch.onto())
        images = {"below": self.front.texture, "image": scratch.texture}
        self._blends[blend].run(self._target(1).onto(opacity), images, self._tools.blank)
        self._targets[0], self._targets[1] = self._targets[1], self._targets[0]

    def lay(self, draw: Draw) -> None:
        """Draw a picture that is multiplied by its alpha."""
        draw(self.front.onto(1.0, None if self.empty else MULTIPLIED))
        self.empty = False

    def finished(self) -> moderngl.Texture:
        """What has landed; nothing when nothing has."""
        if self.empty:
            self.front.framebuffer.clear()
            self.empty = False
        return self.front.texture

    def release(self) -> None:
        """Give the memory back."""
        for target in self._targets:
            target.release()
        self._targets.clear()
