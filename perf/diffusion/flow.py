"""Schedules of the flow families, beside the diffusion schedules: same questions, other curves."""

import math
from dataclasses import dataclass

from perf.diffusion.schedule import TRAINED, Schedule


@dataclass(frozen=True, slots=True)
class ShiftedFlow(Schedule):
    """Rectified flow that spends more of its levels near noise: sigma = s·l / (1 + (s - 1)·l) (Esser et al. 2024,
    eq. 23). With `shift` 1 the straight line.
    """

    shift: float = 1.0

    def timestep(self, level: float) -> float:
        """1000·sigma."""
        return TRAINED * self.marginal(level)[1]

    def marginal(self, level: float) -> tuple[float, float]:
        """(1 - sigma, sigma)."""
        sigma = self.shift * level / (1.0 + (self.shift - 1.0) * level)
        return 1.0 - sigma, sigma


@dataclass(frozen=True, slots=True)
class TrigFlow(Schedule):
    """x = cos(t)·x0 + sin(t)·noise with t in 0…pi/2 (Lu & Song 2025, section 3), for data of unit variance."""

    def timestep(self, level: float) -> float:
        """The angle t."""
        return level * math.pi / 2

    def marginal(self, level: float) -> tuple[float, float]:
        """(cos t, sin t)."""
        return math.cos(self.timestep(level)), math.sin(self.timestep(level))


@dataclass(frozen=True, slots=True)
class ShiftBySize:
    """A shift that grows with the number of image tokens (Esser et al. 2024, section 5.3.2): linear in them, then
    `exponential` (e^mu) or `linear` (mu).
    """

    low: float = 0.5
    high: float = 1.15
    low_tokens: int = 256
    high_tokens: int = 4096
    kind: str = "exponential"

    def at(self, tokens: int) -> ShiftedFlow:
        """The schedule of a picture of so many tokens."""
        mu = self.low + (self.high - self.low) * (tokens - self.low_tokens) / (self.high_tokens - self.low_tokens)
        return ShiftedFlow(shift=math.exp(mu) if self.kind == "exponential" else max(mu, 1e-3))
