"""Stage two: the teacher. Flow matching from noise to latents, the text encoder learnt along with it.

x_t = (1 - t) x_0 + t z and the network gives v = z - x_0 (Lipman et al. 2023; Liu, Gong & Liu 2022, equation 1).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from perf.training.device import brief
from perf.training.latents import Batch, Shelf, Tokens, batch
from perf.training.loop import Job, Turn
from perf.training.network import Ask, Learner, Painter
from perf.training.options import TrainOptions


def job(painters: tuple[Painter, Painter], shelves: list[Shelf], tokens: Tokens, options: TrainOptions) -> Job:
    """The stage for the loop."""
    module, average = painters

    def loss(turn: Turn) -> dict[str, Tensor]:
        data = batch(shelves, tokens, options.flow.batch, turn)
        return {"flow": matching(module, data, Ask(data.tokens), turn)}

    return Job("flow", module, average, loss, preview=lambda net: None)


@dataclass(frozen=True, slots=True)
class Ways:
    """Ways from data (t = 0) to noise (t = 1), all of one size, and at which time (n,) the network is asked on each."""

    latents: Tensor
    noise: Tensor
    time: Tensor

    def __add__(self, other: Ways) -> Ways:
        return Ways(*(torch.cat(two) for two in zip(self._parts(), other._parts(), strict=True)))

    def _parts(self) -> tuple[Tensor, ...]:
        return self.latents, self.noise, self.time

    def error(self, painter: Learner, ask: Ask) -> Tensor:
        """What the network says of the direction there, less what it is."""
        return velocity(painter, mix(*self._parts()), self.time, ask) - (self.noise - self.latents)


def matching(painter: Learner, data: Batch, ask: Ask, turn: Turn) -> Tensor:
    """The flow matching loss on a batch of records."""
    return recorded(data, turn).error(painter, ask).square().mean()


def recorded(data: Batch, turn: Turn) -> Ways:
    """From records to noise of this step's."""
    noise = torch.randn(data.latents.shape, generator=turn.torch_rng)
    return Ways(data.latents, noise, times(len(noise), turn.torch_rng))


def mix(latents: Tensor, noise: Tensor, time: Tensor) -> Tensor:
    """The straight path from data (t = 0) to noise (t = 1)."""
    t = time.view(-1, 1, 1, 1)
    return (1.0 - t) * latents + t * noise


def times(count: int, rng: torch.Generator) -> Tensor:
    """Half logit-normal (Esser et al. 2024, section 3.1), a third uniform, the rest close to pure noise."""
    kind = torch.rand(count, generator=rng)
    even = torch.rand(count, generator=rng)
    bell = torch.sigmoid(torch.randn(count, generator=rng) + 0.2)
    return torch.where(kind < 0.5, bell, torch.where(kind < 0.82, even, 1.0 - 0.12 * even))


def velocity(painter: Learner, latents: Tensor, time: Tensor, ask: Ask) -> Tensor:
    """The network in bfloat16 where that is faster, its answer in float32."""
    with brief(painter):
        answer: Tensor = painter(latents, time, ask)
    return answer.float()


@torch.no_grad()
def sample(painter: Learner, noise: Tensor, ask: Ask, steps: int) -> Tensor:
    """Euler steps from noise to data, the network under `ask` as it is."""
    latents, grid = noise, torch.linspace(1.0, 0.0, steps + 1)
    for now, after in pairwise(grid):
        latents = latents + (after - now) * velocity(painter, latents, now.expand(len(latents)), ask)
    return latents
