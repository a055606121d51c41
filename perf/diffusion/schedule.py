"""Noise schedules with a continuous level, and how steps are spaced below a level.

A level is in 0…1: 0 is the picture, 1 is noise. Starting anywhere between is what makes `skip` continuous, where a
list of N timesteps would cut it into N notches. Knows no network.
"""

from collections.abc import Sequence
from dataclasses import dataclass

TRAINED = 1000  # timesteps on which the families count


@dataclass(frozen=True, slots=True)
class Schedule:
    """x = alpha·x0 + sigma·noise at a level.

    With `alphas_cumprod` (T floats) the variance-preserving diffusion of DDPM (Ho, Jain & Abbeel 2020, eq. 4), linear
    between its timesteps; without, the straight line of rectified flow (Liu, Gong & Liu 2022, eq. 1).
    """

    alphas_cumprod: tuple[float, ...] = ()

    def timestep(self, level: float) -> float:
        """The number that the network is told, 0…1000."""
        return level * (len(self.alphas_cumprod) - 1) if self.alphas_cumprod else level * TRAINED

    def marginal(self, level: float) -> tuple[float, float]:
        """(alpha, sigma) at a level."""
        if not self.alphas_cumprod:
            return 1.0 - level, level
        if level <= 0.0:
            return 1.0, 0.0  # a picture, not the faint noise of timestep 0
        place = level * (len(self.alphas_cumprod) - 1)
        below = min(int(place), len(self.alphas_cumprod) - 2)
        share = place - below
        product = self.alphas_cumprod[below] * (1 - share) + self.alphas_cumprod[below + 1] * share
        return product**0.5, (1.0 - product) ** 0.5


def spaced(start: float, steps: int, spacing: str = "trailing", custom: Sequence[float] = ()) -> list[float]:
    """The levels of `steps` steps from `start` down to 0: steps + 1 numbers, falling, whatever the spacing.

    `custom` are the shares of `start`, falling from 1, a step each, of the spacing `custom` (none: trailing), which
    therefore starts where the others do: no spacing and no number of steps moves the start.

    `trailing` and `uniform` as named in Lin et al. 2024, table 2 (`uniform` evaluates close to 0 last); `quadratic`
    of DDIM (Song, Meng & Ermon 2021, D.2); `karras` with rho = 7 (Karras et al. 2022, eq. 5).
    """
    n = steps
    if spacing == "custom" and custom:
        shares: Sequence[float] = custom
    elif spacing == "uniform" and n > 1:
        shares = [1 - 0.96 * i / (n - 1) for i in range(n)]
    elif spacing == "quadratic":
        shares = [(1 - i / n) ** 2 for i in range(n)]
    elif spacing == "karras" and n > 1:
        low = 0.03 ** (1 / 7)
        shares = [(1 + i / (n - 1) * (low - 1)) ** 7 for i in range(n)]
    else:
        shares = [1 - i / n for i in range(n)]
    return [start * share for share in shares] + [0.0]
