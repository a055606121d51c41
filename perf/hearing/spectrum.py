"""Spectra of the newest samples: one for what moves (short, taken as it comes), and rows for shaders (long, fine).

Both are amplitudes: a sine of full scale is 1 in its bin.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

WINDOW = 0.0214  # seconds that a short spectrum looks back: 1024 samples at 48 kHz
FALL = 1 / 16  # share of the window in which it lets go of the newest samples: what has just begun counts in full
SIZE = 2048  # samples of a shader's rows
QUIET = 80.0  # dB below full scale that are 0 in a shader's spectrum


class Spectrum:
    """The short spectrum at `rate` samples a second; `frequencies` are its bins', in Hz."""

    def __init__(self, rate: int) -> None:
        self.size = max(1 << round(np.log2(rate * WINDOW)), 64)
        rise, fall = self.size - round(self.size * FALL), round(self.size * FALL)
        window = np.concatenate([_half(rise), _half(fall)[::-1]])
        self._window = (window * 2 / window.sum()).astype(np.float32)
        self.frequencies = np.fft.rfftfreq(self.size, 1 / rate)

    def of(self, samples: Array) -> Array:
        """Amplitudes (size / 2 + 1,) of `size` samples."""
        return np.abs(np.fft.rfft(samples * self._window)).astype(np.float32)


def _half(count: int) -> NDArray[np.float64]:
    return np.sin(np.linspace(0, np.pi / 2, count, endpoint=False)) ** 2


@dataclass(frozen=True, slots=True)
class Window:
    """The last `SIZE` samples that were heard, for ISF's `audio` and `audioFFT`: (SIZE, channels), the newest last.

    Both rows are float32 arrays (channels, columns), C-contiguous, 0…1, ready for a one-component texture of that width
    and height, channel 0 its lowest row. They are computed when they are asked for.
    """

    samples: Array
    rate: int = 48000

    def wave(self, columns: int = 0) -> Array:
        """The waveform centred on 0.5, the oldest left; `columns` (ISF's MAX), 1…SIZE, are the newest; 0: all."""
        rows = self.samples[-_columns(columns, len(self.samples)) :].T
        return np.ascontiguousarray(np.clip(rows * 0.5 + 0.5, 0, 1), dtype=np.float32)

    def spectrum(self, columns: int = 0) -> Array:
        """Amplitudes from 0 Hz to half the rate, evenly: 0 at -80 dB and below, 1 at full scale.

        A column is the loudest of its bins; `columns` (ISF's MAX), 1…SIZE / 2; 0: all.
        """
        count = len(self.samples) // 2
        taper = np.hanning(2 * count)[:, None]
        bins = np.abs(np.fft.rfft(self.samples * taper, axis=0))[:count].T * (2 / taper.sum())
        edges = np.linspace(0, count, _columns(columns, count), endpoint=False).astype(int)
        loud = np.maximum.reduceat(bins, edges, axis=1)
        return np.clip(1 + 20 * np.log10(np.maximum(loud, 1e-9)) / QUIET, 0, 1).astype(np.float32)


def _columns(asked: int, most: int) -> int:
    return min(max(asked, 1), most) if asked else most


SILENCE = Window(np.zeros((SIZE, 1), np.float32))
