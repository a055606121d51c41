"""Onsets: where something begins to sound. Causal: told in the step in which it is heard, nothing is waited for.

The strength is the spectral flux of log-compressed bands (Klapuri 1999; Böck and Widmer, DAFx 2013): the mean of what
has grown, against the louder of the two steps before, so that neither vibrato nor noise counts for much.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

LOWEST, HIGHEST = 30.0, 16000.0  # Hz
PER_OCTAVE = 3
COMPRESSION = 300.0  # an amplitude of 1/300 (-50 dB) is where a band begins to count
FORGET = 6.0  # seconds in which the strongest onset lately is half forgotten
LEAST = 0.03  # of strength: what is weaker is never an onset, however quiet it was before
STANDS_OUT = 2.0  # times the mean strength of the last second
REST = 0.07  # seconds from one onset to the next


class Flux:
    """The strength of what begins, a step at a time, over bins of these `frequencies` (Hz)."""

    def __init__(self, frequencies: NDArray[np.floating]) -> None:
        top = min(HIGHEST, frequencies[-1])
        edges = LOWEST * 2.0 ** np.arange(0, np.log2(top / LOWEST) + 1e-9, 1 / PER_OCTAVE)
        self._edges = np.unique(np.searchsorted(frequencies, edges))
        self._widths = np.diff(np.append(self._edges, np.searchsorted(frequencies, top) + 1)).astype(np.float32)
        self._end = int(self._edges[-1] + self._widths[-1])
        self._before = np.zeros((2, len(self._edges)), np.float32)

    def of(self, amplitudes: Array) -> float:
        """0 where nothing grows; 1 and more for a beat out of silence."""
        power = np.add.reduceat(amplitudes[: self._end] ** 2, self._edges)
        bands = np.log1p(COMPRESSION * np.sqrt(power))
        grown = np.maximum(bands - self._before.max(0), 0.0)
        self._before = np.stack([self._before[1], bands])
        return float(grown.mean())


class Onsets:
    """Which strengths are onsets. `step` is the seconds between two of them."""

    def __init__(self, step: float) -> None:
        self._step = step
        self._strongest, self._mean, self._since = 0.0, 0.0, REST

    def at(self, strength: float, threshold: float) -> bool:
        """Whether an onset begins with this step; `threshold` is a share of the strongest one lately."""
        self._since += self._step
        self._strongest *= 0.5 ** (self._step / FORGET)
        needed = max(threshold * self._strongest, STANDS_OUT * self._mean, LEAST)
        struck = strength > needed and self._since >= REST
        self._mean += (strength - self._mean) * self._step
        self._strongest = max(self._strongest, strength)
        if struck:
            self._since = 0.0
        return struck
