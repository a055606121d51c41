"""Where passes are drawn: textures with framebuffers, ping-pong pairs for what remembers, and how a draw lands.

Made anew only when a size changes. Knows no shaders.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import moderngl

Size = tuple[int, int]
Saved = Mapping[str, Any]  # what `saved` gives and `restore` takes: numbers, words, lists, mappings and bytes
OVER = (moderngl.SRC_ALPHA, moderngl.ONE_MINUS_SRC_ALPHA, moderngl.ONE, moderngl.ONE_MINUS_SRC_ALPHA)
# As OVER on nothing: it replaces what was, and the program multiplies its colour by its alpha. Where the processor
# draws, that takes a tenth less than a blend.
FIRST: tuple[int, ...] = ()
# The W3C's screen, once the program has multiplied its colour: s + b - s b of multiplied colours, at any alpha.
SCREEN = (moderngl.ONE, moderngl.ONE_MINUS_SRC_COLOR, moderngl.ONE, moderngl.ONE_MINUS_SRC_ALPHA)
MULTIPLIED = (moderngl.ONE, moderngl.ONE_MINUS_SRC_ALPHA, moderngl.ONE, moderngl.ONE_MINUS_SRC_ALPHA)
DITHER = 1 / 255.0  # one step of an 8-bit target


@dataclass(frozen=True, slots=True)
class Onto:
    """How a draw lands: `box` is x, y, width and height in pixels, `blend` four GL factors, FIRST, or None: replace."""

    framebuffer: moderngl.Framebuffer
    box: tuple[int, int, int, int]
    opacity: float = 1.0
    blend: tuple[int, ...] | None = None
    dither: float = 0.0

    @property
    def ends(self) -> tuple[bool, bool]:
        """Whether the program is to dither, and whether to multiply its colour, cut to 0…1, by its alpha."""
        return self.dither > 0.0, self.blend in (FIRST, SCREEN)


class Target:
    """One RGBA texture to draw into: `dtype` is f1 (8 bits), nu2 (16 bits, 0…1), f2 (half) or f4 (float)."""

    def __init__(self, context: moderngl.Context, size: Size, dtype: str = "f2") -> None:
        self.size, self.dtype = size, dtype
        self.texture = context.texture(size, 4, dtype=dtype)
        self.texture.repeat_x = self.texture.repeat_y = False
        self.texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
        self.framebuffer = context.framebuffer([self.texture])
        self.framebuffer.clear()

    def onto(self, opacity: float = 1.0, blend: tuple[int, ...] | None = None) -> Onto:
        """All of it, dithered when it has 8 bits."""
        dither = DITHER if self.dtype == "f1" else 0.0
        return Onto(self.framebuffer, (0, 0, *self.size), opacity, blend, dither)

    def saved(self) -> Saved:
        """What is in it."""
        return {"size": self.size, "dtype": self.dtype, "pixels": self.texture.read()}

    @classmethod
    def restored(cls, context: moderngl.Context, saved: Saved) -> "Target":
        """A texture with what was saved in it."""
        target = cls(context, tuple(saved["size"]), saved["dtype"])
        target.texture.write(saved["pixels"])
        return target

    def release(self) -> None:
        """Give the memory back."""
        self.framebuffer.release()
        self.texture.release()


class Buffer:
    """What a pass with a TARGET draws into. A pair lets what was drawn last be read as the next is drawn."""

    def __init__(self, context: moderngl.Context, size: Size, wide: bool, paired: bool) -> None:
        dtype = "f4" if wide else "f2"
        self.size, self.wide, self.paired = size, wide, paired
        self._targets = [Target(context, size, dtype) for _ in range(2 if paired else 1)]

    @property
    def front(self) -> Target:
        """What was drawn last."""
        return self._targets[0]

    @property
    def back(self) -> Target:
        """What is drawn next."""
        return self._targets[-1]

    def swap(self) -> None:
        """What was drawn can now be read."""
        self._targets.reverse()

    def saved(self) -> Saved:
        """What is drawn next needs: the last picture alone."""
        return {"paired": self.paired, "wide": self.wide, "front": self.front.saved()}

    @classmethod
    def restored(cls, context: moderngl.Context, saved: Saved) -> "Buffer":
        """A buffer that goes on from there."""
        buffer = cls(context, tuple(saved["front"]["size"]), saved["wide"], saved["paired"])
        buffer.front.texture.write(saved["front"]["pixels"])
        return buffer

    def release(self) -> None:
        """Give the memory back."""
        for target in self._targets:
            target.release()


def bounded(width: float, height: float, stage: Size) -> Size:
    """A buffer's size in pixels: 1…8192 a side, and no more in all than four stages or a million pixels."""
    width, height = (min(max(side, 1.0), 8192.0) for side in (width, height))
    most = max(4.0 * stage[0] * stage[1], 2.0**20)
    scale = min(1.0, (most / (width * height)) ** 0.5)
    return max(int(width * scale), 1), max(int(height * scale), 1)


def fitted(inner: Size, outer: Size) -> tuple[int, int, int, int]:
    """The box in which a picture of size `inner` lies whole in `outer`, letterboxed; outer sides of 0 count 1."""
    width, height = max(outer[0], 1), max(outer[1], 1)
    scale = min(width / inner[0], height / inner[1])
    w, h = max(round(inner[0] * scale), 1), max(round(inner[1] * scale), 1)
    return (width - w) // 2, (height - h) // 2, w, h
