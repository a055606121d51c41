"""Sound as a shader sees it: textures of the waveform and the spectrum, one row a channel (ISF's audio and audioFFT).

Only textures: who listens, and how a spectrum is made, is decided outside. Silence until something is heard.
"""

from typing import Protocol

import moderngl
import numpy as np
from numpy.typing import NDArray

CHANNELS = 16  # of a texture, at most
Rows = NDArray[np.float32]


class Heard(Protocol):
    """What is heard at a frame, as rows (channels, columns) of 0…1; at most `columns` of them, 0: as many as it has."""

    def wave(self, columns: int = 0) -> Rows:
        """The newest samples, centred on 0.5."""

    def spectrum(self, columns: int = 0) -> Rows:
        """Magnitudes, the lowest frequency first."""


class Silence:
    """Nothing is heard."""

    def wave(self, columns: int = 0) -> Rows:
        """All of it is in the middle."""
        return np.full((1, columns or 1), 0.5, np.float32)

    def spectrum(self, columns: int = 0) -> Rows:
        """All of it is 0."""
        return np.zeros((1, columns or 1), np.float32)


class Ears:
    """The textures of what is heard, each made when a shader first asks for it after something else was heard."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._heard: Heard = Silence()
        self._made: dict[tuple[str, int], tuple[Heard, moderngl.Texture]] = {}

    def hear(self, heard: Heard) -> None:
        """Take what is heard from now on."""
        self._heard = heard

    def texture(self, kind: str, columns: int) -> moderngl.Texture:
        """What is heard, as ISF's `kind` (audio, audioFFT), `columns` wide (0: as it comes)."""
        made = self._made.get((kind, columns))
        if made is not None and made[0] is self._heard:
            return made[1]
        rows = (self._heard.wave if kind == "audio" else self._heard.spectrum)(columns)[:CHANNELS]
        texture = self._fitted(made[1] if made else None, (rows.shape[1], rows.shape[0]))
        texture.write(np.ascontiguousarray(rows))
        self._made[kind, columns] = (self._heard, texture)
        return texture

    def _fitted(self, texture: moderngl.Texture | None, size: tuple[int, int]) -> moderngl.Texture:
        if texture is not None and texture.size == size:
            return texture
        if texture is not None:
            texture.release()
        texture = self._context.texture(size, 1, dtype="f4")
        texture.repeat_x = texture.repeat_y = False
        texture.swizzle = "RRR1"
        return texture

    def release(self) -> None:
        """Give the memory back."""
        for _, texture in self._made.values():
            texture.release()
        self._made.clear()
