"""Sound as a shader sees it: textures of the waveform and the spectrum, one row a channel (ISF's audio and audioFFT).

Only textures: who listens, and how a spectrum is made, is decided outside. Silence until something is heard.
"""

from dataclasses import dataclass, field

import moderngl
import numpy as np
from numpy.typing import NDArray

CHANNELS, COLUMNS = 16, 4096  # of a texture, at most


def _silence(columns: int) -> NDArray[np.float32]:
    return np.zeros((1, columns), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Hearing:
    """What is heard at a frame. Both are channels × columns: `waveform` samples in -1…1, the newest last; `spectrum`
    magnitudes in 0…1, the lowest frequency first."""

    waveform: NDArray[np.float32] = field(default_factory=lambda: _silence(512))
    spectrum: NDArray[np.float32] = field(default_factory=lambda: _silence(256))


def waveform(samples: NDArray[np.float32], columns: int = 0) -> NDArray[np.float32]:
    """The newest `columns` samples of each channel (0: all there are), centred on 0.5."""
    columns = columns or samples.shape[1]
    out = np.full((samples.shape[0], columns), 0.5, np.float32)
    newest = samples[:, -columns:]
    out[:, columns - newest.shape[1] :] = 0.5 + 0.5 * np.clip(np.nan_to_num(newest), -1.0, 1.0)
    return out


def spectrum(bins: NDArray[np.float32], columns: int = 0) -> NDArray[np.float32]:
    """Each channel's magnitudes in `columns` (0: as there are): the loudest of those that share one, else between."""
    bins = np.clip(np.nan_to_num(bins), 0.0, 1.0).astype(np.float32)
    there = bins.shape[1]
    if columns in (0, there):
        return bins
    if columns < there:
        return np.maximum.reduceat(bins, np.arange(columns) * there // columns, axis=1)
    places = (np.arange(columns) + 0.5) * there / columns - 0.5
    return np.stack([np.interp(places, np.arange(there), row) for row in bins]).astype(np.float32)


class Ears:
    """The textures of what is heard, each uploaded when a shader first asks for it after something else was heard."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._hearing = Hearing()
        self._made: dict[tuple[str, int], tuple[Hearing, moderngl.Texture]] = {}

    def hear(self, hearing: Hearing) -> None:
        """Take what is heard from now on. Raises ValueError unless both are channels × columns with some of each."""
        for name in ("waveform", "spectrum"):
            shape = getattr(hearing, name).shape
            if len(shape) != 2 or not (1 <= shape[0] <= CHANNELS and 1 <= shape[1] <= COLUMNS):
                allowed = f"1…{CHANNELS} channels × 1…{COLUMNS} columns"
                raise ValueError(f"a {name} of shape {shape} is not heard; it takes {allowed}")
        self._hearing = hearing

    def texture(self, kind: str, columns: int) -> moderngl.Texture:
        """What is heard, as ISF's `kind` (audio, audioFFT), `columns` wide (0: as it comes)."""
        made = self._made.get((kind, columns))
        if made is not None and made[0] is self._hearing:
            return made[1]
        heard = self._hearing
        values = waveform(heard.waveform, columns) if kind == "audio" else spectrum(heard.spectrum, columns)
        texture = self._fitted(made[1] if made else None, (values.shape[1], values.shape[0]))
        texture.write(np.ascontiguousarray(values))
        self._made[kind, columns] = (heard, texture)
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
