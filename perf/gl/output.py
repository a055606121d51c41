"""What leaves the compositor: brightness, the screen with its letterbox and letters, the film's bytes, the page's.

Reads and writes into memory that it keeps. Knows no layers and no shaders but its own.
"""

from typing import cast

import moderngl
import numpy as np
from numpy.typing import NDArray

from perf.core.mapping import Slice
from perf.gl import sources
from perf.gl.instance import Tools
from perf.gl.mapper import Mapper
from perf.gl.program import Own
from perf.gl.target import DITHER, OVER, Onto, Size, Target, fitted

MARGIN = 0.03  # of the screen's height, round the letters


class Output:
    """The composed picture on its way out."""

    def __init__(self, tools: Tools, size: Size) -> None:
        self._tools = tools
        self._grade, self._gain = Own(tools.context, sources.GRADE), Own(tools.context, sources.GAIN)
        self._plain = Own(tools.context, sources.PLAIN)
        self._reduce = Own(tools.context, sources.REDUCE)
        self._letters = Own(tools.context, sources.OVERLAY)
        self._mappers: dict[int, Mapper] = {}
        self._slices: dict[int, tuple[Slice, ...]] = {}  # by their monitors
        self._card = False
        self._graded: Target | None = None
        self._small: Target | None = None
        self._text: moderngl.Texture | None = None
        self._corner = (0.0, 1.0)
        self._given: object = None  # the array that the letters were taken from
        self._composed: Target | None = None
        self._light = (1.0, 1.0)  # gain and gamma
        self._shown: Target | None = None  # the composed picture in that light, once it is drawn
        self._size = size
        self._raw = np.zeros((size[1], size[0], 3), np.uint8)
        self._rows = np.zeros_like(self._raw)

    def grade(self, composed: Target, gain: float, gamma: float = 1.0) -> None:
        """Take what was composed, at any size, at a brightness of 0…1 and a gamma. With both at 1, 8 bits of the
        stage's size go out as they are; else it is drawn in that light where somebody looks, and once for those who
        take it whole."""
        self._composed, self._light = composed, (min(max(gain, 0.0), 1.0), gamma)
        plain = self._light == (1.0, 1.0) and composed.dtype == "f1" and composed.size == self._size
        self._shown = composed if plain else None

    def _lit(self) -> Target | None:
        """The picture as it goes out, whole; None before the first."""
        if self._shown is None and self._composed is not None:
            if self._graded is None:
                self._graded = Target(self._tools.context, self._size, "f1")
            self._light_up(self._graded.onto(), self._composed)
            self._shown = self._graded
        return self._shown

    def _light_up(self, onto: Onto, composed: Target) -> None:
        gain, gamma = self._light
        program, power = (self._gain, {}) if gamma == 1.0 else (self._grade, {"power": 1.0 / max(gamma, 0.01)})
        program.run(onto, {"image": composed.texture}, self._tools.blank, gain=gain, **power)

    def lay(self, mapping: tuple[Slice, ...], card: bool) -> None:
        """How the picture lies on the screen from now on: whole without slices, else by them, with their test card."""
        numbers = sorted({part.monitor for part in mapping})
        self._slices = {number: tuple(part for part in mapping if part.monitor == number) for number in numbers}
        self._card = card

    @property
    def monitors(self) -> tuple[int, ...]:
        """The monitors beside the main window's that slices are for."""
        return tuple(number for number in self._slices if number != 1)

    def present(self, framebuffer: moderngl.Framebuffer, monitor: int = 1) -> None:
        """Draw on a screen of any size: the slices that are its own, or, where it has none, the picture as large as it
        fits. Before the first draw it is black. Letters are on the main window only."""
        mapping = self._slices.get(monitor, ())
        _, _, width, height = framebuffer.viewport
        box = fitted(self._size, (width, height))
        if box[2:] != (width, height) or self._composed is None or mapping:
            framebuffer.use()
            self._tools.context.viewport = (0, 0, width, height)
            framebuffer.clear()
        if mapping and (lit := self._lit()) is not None:
            if monitor not in self._mappers:
                self._mappers[monitor] = Mapper(self._tools)
            self._mappers[monitor].draw(framebuffer, lit.texture, mapping, self._card)
        elif self._shown is not None:
            self._plain.run(Onto(framebuffer, box), {"image": self._shown.texture}, self._tools.blank)
        elif self._composed is not None:
            self._light_up(Onto(framebuffer, box, dither=DITHER), self._composed)
        if self._text is not None and monitor == 1:
            self._draw_letters(framebuffer, (width, height))
        framebuffer.viewport = (0, 0, width, height)

    def _draw_letters(self, framebuffer: moderngl.Framebuffer, screen: Size) -> None:
        """Pixel by pixel where they fit, else smaller."""
        text = cast(moderngl.Texture, self._text)
        margin = round(MARGIN * screen[1])
        room = (max(screen[0] - 2 * margin, 1), max(screen[1] - 2 * margin, 1))
        scale = min(1.0, room[0] / text.width, room[1] / text.height)
        width, height = max(int(text.width * scale), 1), max(int(text.height * scale), 1)
        x = margin + round((room[0] - width) * self._corner[0])
        y = margin + round((room[1] - height) * self._corner[1])
        self._letters.run(Onto(framebuffer, (x, y, width, height), blend=OVER), {"image": text}, self._tools.blank)

    def overlay(self, rgba: object, corner: tuple[float, float]) -> None:
        """Keep letters to draw over the screen, or None. The same array again costs nothing."""
        self._corner = corner
        if rgba is self._given:
            return
        self._given = rgba
        if rgba is None:
            self._release_text()
            return
        pixels: NDArray[np.uint8] = np.ascontiguousarray(cast("NDArray[np.uint8]", rgba), np.uint8)
        if pixels.ndim != 3 or pixels.shape[2] != 4 or not pixels.size:
            raise ValueError(f"an overlay of shape {pixels.shape} is not height × width × 4 bytes")
        size = (pixels.shape[1], pixels.shape[0])
        if self._text is None or self._text.size != size:
            self._release_text()
            self._text = self._tools.context.texture(size, 4)
            self._text.repeat_x = self._text.repeat_y = False
        self._text.write(pixels)

    def read(self) -> memoryview:
        """The picture as RGB, rows from the top, in memory that the next read uses again; at first black."""
        if (lit := self._lit()) is not None:
            lit.framebuffer.read_into(self._raw, components=3, alignment=1)
            np.copyto(self._rows, self._raw[::-1])
        return self._rows.data.cast("B")

    def cut(self, composed: Target, gain: float, gamma: float = 1.0) -> bytes:
        """A composed picture at this brightness and gamma as RGBA, not multiplied by its alpha, rows from the top."""
        raw = np.frombuffer(composed.framebuffer.read(components=4, alignment=1), np.uint8)
        rows = raw.reshape(self._size[1], self._size[0], 4)[::-1].copy()
        alpha = np.maximum(rows[..., 3:], 1).astype(np.float32)
        light = rows[..., :3] / alpha
        if gamma != 1.0:
            light **= 1.0 / max(gamma, 0.01)
        rows[..., :3] = np.minimum(light * (255.0 * gain), 255.0).round()
        return rows.tobytes()

    def thumbnail(self, width: int) -> tuple[int, int, bytes]:
        """A copy `width` pixels wide (1…the picture's own width), with its height and RGB bytes from the top."""
        width = min(max(width, 1), self._size[0])
        size = (width, max(round(width * self._size[1] / self._size[0]), 1))
        if self._small is None or self._small.size != size:
            if self._small is not None:
                self._small.release()
            self._small = Target(self._tools.context, size, "f1")
        gain, gamma = self._light
        seen = self._shown or (self._composed if gamma == 1.0 else self._lit())
        if seen is not None:
            values = {"texel": (1.0 / size[0], 1.0 / size[1]), "gain": gain if seen is self._composed else 1.0}
            self._reduce.run(self._small.onto(), {"image": seen.texture}, self._tools.blank, **values)
        rows = np.frombuffer(self._small.framebuffer.read(components=3, alignment=1), np.uint8)
        return (*size, rows.reshape(size[1], size[0], 3)[::-1].tobytes())

    def _release_text(self) -> None:
        if self._text is not None:
            self._text.release()
            self._text = None

    def release(self) -> None:
        """Give the memory back."""
        for target in filter(None, (self._graded, self._small)):
            target.release()
        self._release_text()
        for part in (self._grade, self._gain, self._plain, self._reduce, self._letters):
            part.release()
        for mapper in self._mappers.values():
            mapper.release()
