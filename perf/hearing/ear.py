"""The ear: samples in blocks of any size to readings, a hundredth of a second at a time.

What it says of a step depends on the samples up to its end, on nothing that comes later, nor on how they were cut into
blocks: a film hears as a show does. Samples that are no numbers are silence.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from perf.core.hearing import OCTAVES, PREFIX, Settings
from perf.hearing.beat import Beat
from perf.hearing.onset import Flux, Onsets
from perf.hearing.spectrum import SIZE, Array, Spectrum, Window

STEP = 0.01  # seconds
HALF = 5.0  # seconds in which the loudest lately is half forgotten
PEAK = 0.5  # seconds in which the reading of the largest sample falls to a half
FAINT = 0.003  # amplitude (-50 dB): what is softer is not made loud by `auto`
LOUDEST = 8.0  # times full scale: what lies beyond is cut
LEVELS = ("level", "low", "mid", "high", *(f"band/{n}" for n in range(1, len(OCTAVES) + 1)))
SPILL = 1.5  # squares of a sine's bins, added up, under the spectrum's window


class Ear:
    """Listens to one source of `rate` samples a second. `beat` is what it takes for the beat."""

    def __init__(self, rate: int) -> None:
        self.rate, self._hop = rate, max(round(rate * STEP), 1)
        self.step = self._hop / rate
        self.beat = Beat(self.step)
        self._spectrum = Spectrum(rate)
        self._flux, self._onsets = Flux(self._spectrum.frequencies), Onsets(self.step)
        self._mono = np.zeros(self._spectrum.size, np.float32)
        self._rest = np.zeros((0, 1), np.float32)
        self._last = np.zeros((SIZE, 1), np.float32)
        self._levels = self._loudest = np.zeros(len(LEVELS))
        self._peak = self._onset = 0.0
        self._struck = 0
        self._edges: tuple[float, float] = (0.0, 0.0)
        self._auto = True

    def feed(self, samples: NDArray[np.generic], settings: Settings) -> Iterator[float]:
        """Hear `samples` (n, channels), floats of ±1 or 16 bits. After each step: seconds from its end to theirs.

        What is left over for no whole step waits for the next ones.
        """
        block = _clean(samples) * np.float32(settings.gain)
        if block.shape[1] != self._rest.shape[1]:
            self._rest, self._last = (np.zeros((n, block.shape[1]), np.float32) for n in (0, SIZE))
        block = np.concatenate([self._rest, block])
        self._last = np.concatenate([self._last, block[len(self._rest) :]])[-SIZE:]
        whole = len(block) // self._hop * self._hop
        self._rest = block[whole:]
        for end in range(self._hop, whole + 1, self._hop):
            self._hear(block[end - self._hop : end], settings)
            yield (len(block) - end) / self.rate

    def _hear(self, block: Array, settings: Settings) -> None:
        mono = block.mean(1)
        self._mono = np.concatenate([self._mono[self._hop :], mono])[-self._spectrum.size :]
        amplitudes = self._spectrum.of(self._mono)
        strength = self._flux.of(amplitudes)
        self._onset = max(self._onset - self.step / settings.decay, 0.0)
        if self._onsets.at(strength, settings.threshold):
            self._onset, self._struck = 1.0, self._struck + 1
        self.beat.add(strength, settings.around)
        self._peak = max(float(np.abs(block).max()), self._peak * 0.5 ** (self.step / PEAK))
        now = np.concatenate([[np.sqrt(2 * np.mean(mono * mono))], self._bands(amplitudes, settings)])
        time = np.where(now > self._levels, settings.attack, settings.release)
        self._levels = self._levels + (now - self._levels) * -np.expm1(-self.step / np.maximum(time, 1e-6))
        self._loudest = np.maximum(self._loudest * 0.5 ** (self.step / HALF), self._levels)
        self._auto = settings.auto

    def _bands(self, amplitudes: Array, settings: Settings) -> NDArray[np.floating]:
        """Amplitudes of low, mid, high and the octaves: that of a sine alone in one."""
        frequencies = self._spectrum.frequencies
        low, high = settings.low, max(settings.high, settings.low)
        spans = [(20.0, low), (low, high), (high, 1e9)] + [(c / 2**0.5, c * 2**0.5) for c in OCTAVES]
        power = np.concatenate([[0.0], np.cumsum(amplitudes.astype(float) ** 2)])
        places = np.searchsorted(frequencies, spans)
        return np.sqrt((power[places[:, 1]] - power[places[:, 0]]) / SPILL)

    def readings(self) -> dict[str, float]:
        """`/status/sound/…` as of the last step."""
        scale = np.maximum(self._loudest, FAINT) if self._auto else 1.0
        rows = dict(zip(LEVELS, np.minimum(self._levels / scale, 1.0).tolist(), strict=True))
        beat = self.beat
        rows |= {"peak": self._peak, "onset": self._onset, "onsets": float(self._struck)}
        rows |= {"tempo": beat.tempo, "beat": beat.beat, "confidence": beat.confidence}
        return {PREFIX + name: round(value, 4) for name, value in rows.items()}

    def window(self) -> Window:
        """What shaders see: the newest samples."""
        return Window(self._last, self.rate)


def _clean(samples: NDArray[np.generic]) -> Array:
    """(n, channels) floats; what is no number is 0."""
    block = samples if samples.ndim > 1 else samples[:, None]  # none at all have channels, too
    if block.dtype == np.int16:
        return block.astype(np.float32) / np.float32(32768)
    return np.clip(np.nan_to_num(block.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0), -LOUDEST, LOUDEST)
