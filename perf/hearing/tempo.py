"""Tempo and beat of the last seconds, from the strength of what began in each step.

Autocorrelation with a comb over multiples of the period, weighted by a log-normal preference (Ellis, JNMR 2007; the
comb as in Davies and Plumbley, IEEE TASLP 2007). Pure functions of an array, the newest value last.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]

SLOWEST, FASTEST = 50.0, 220.0  # BPM that are looked for
FINE = 1.01  # from one period that is tried to the next
TEETH = 4  # of the comb: periods that are looked at together
FINE_TEETH = 6  # for the last per mille
SPREAD = 0.8  # octaves: standard deviation of the preference
MEMORY = 2.0  # seconds ago at which a strength counts half
SMOOTH = 0.02  # seconds, standard deviation: as exactly do people play together
BINS = 48  # parts of a period
EMPHASIS = 1.5  # exponent of strengths: what is strong is more likely the beat


@dataclass(frozen=True, slots=True)
class Periods:
    """How much the strengths resemble themselves after each of `seconds` (rising): 1 as much as they can."""

    seconds: Array
    likeness: Array
    correlation: Array
    step: float

    def best(self, around: float) -> float:
        """The likeliest period in seconds, where tempi near `around` (BPM) are preferred."""
        return self._fine(float(self.seconds[int(np.argmax(self.likeness * _preferred(self.seconds, around)))]))

    def at(self, period: float) -> float:
        """The likeness of a period, or of the likeliest one that is tried within 2 % of it."""
        near = np.abs(self.seconds / period - 1) < 0.02
        return float(self.likeness[near].max()) if near.any() else 0.0

    def preferred(self, period: float, around: float) -> float:
        """The same, as far as tempi near `around` (BPM) are preferred."""
        return self.at(period) * float(_preferred(np.asarray(period), around))

    def near(self, period: float) -> float:
        """The period that fits best among those within 3 % of one."""
        return self._fine(period)

    def _fine(self, period: float) -> float:
        tried = period * np.linspace(0.97, 1.03, 121)
        return float(tried[int(np.argmax(_comb(self.correlation, tried / self.step, FINE_TEETH)))])


def _preferred(seconds: Array, around: float) -> Array:
    return np.asarray(np.exp(-0.5 * (np.log2(60.0 / seconds / around) / SPREAD) ** 2))


def periods(strengths: Array, step: float) -> Periods:
    """What the strengths, `step` seconds apart, say of each period that is looked for."""
    count = len(strengths)
    recent = 0.5 ** (np.arange(count)[::-1] * step / MEMORY / 2)  # two of them meet in a product
    smooth = _smoothed(strengths, SMOOTH / step)
    mean = (smooth * recent).sum() / recent.sum()
    products, weights = _correlated((smooth - mean) * recent), _correlated(recent)
    correlation = products / np.maximum(weights, 1e-12)
    correlation /= max(correlation[0], 1e-12)
    tried = 60.0 / FASTEST * FINE ** np.arange(int(np.log(FASTEST / SLOWEST) / np.log(FINE)))
    return Periods(tried, np.maximum(_comb(correlation, tried / step, TEETH), 0.0), correlation, step)


def _correlated(values: Array) -> Array:
    spectrum = np.fft.rfft(values, 2 * len(values))
    return np.fft.irfft(np.abs(spectrum) ** 2)[: len(values)]


def _smoothed(values: Array, width: float) -> Array:
    reach = int(np.ceil(3 * width))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
    return np.convolve(values, kernel / kernel.sum(), "same")


def _comb(correlation: Array, lags: Array, teeth: int) -> Array:
    """The mean of the correlation at 1…`teeth` times each lag, as far as it is known."""
    total, count = np.zeros(len(lags)), np.zeros(len(lags))
    for tooth in range(1, teeth + 1):
        known = lags * tooth < len(correlation) * 0.8
        total += np.where(known, np.interp(lags * tooth, np.arange(len(correlation)), correlation), 0.0)
        count += known
    return total / np.maximum(count, 1)


def folded(strengths: Array, period: float, memory: float) -> Array:
    """How much begins in each of `BINS` parts of a period, the first just now and the last a period ago; mean 1.

    `period` is in steps; of what was `memory` periods ago half counts.
    """
    back = np.arange(len(strengths))[::-1] / period
    weight = strengths**EMPHASIS * 0.5 ** (back / memory)
    places = back % 1.0 * BINS
    low = places.astype(int)
    share = places - low
    parts = np.bincount(low, weight * (1 - share), BINS)[:BINS] + np.bincount((low + 1) % BINS, weight * share, BINS)
    round_ = np.fft.irfft(np.fft.rfft(parts) * _KERNEL, BINS)
    return np.asarray(round_ / max(round_.mean(), 1e-12))


def peak(parts: Array, near: float | None = None, reach: float = 0.5) -> float:
    """Where in the period (0…1, back from now) most begins; of what lies within `reach` of `near`, if that is given."""
    apart = np.zeros(BINS) if near is None else (np.arange(BINS) / BINS - near + 0.5) % 1.0 - 0.5
    top = int(np.argmax(np.where(np.abs(apart) <= reach, parts, -1.0)))
    left, middle, right = (float(parts[(top + n) % BINS]) for n in (-1, 0, 1))
    bend = left - 2 * middle + right
    aside = 0.5 * (left - right) / bend if bend < 0 else 0.0
    return (top + min(max(aside, -0.5), 0.5)) / BINS % 1.0


def _kernel() -> NDArray[np.complex128]:
    apart = (np.arange(BINS) + BINS // 2) % BINS - BINS // 2
    return np.fft.rfft(np.exp(-0.5 * (apart / 1.5) ** 2))


_KERNEL = _kernel()
