"""Stable Diffusion 1.x and 2.x, Turbo, LCM (Rombach et al. 2022; Luo et al. 2023): a U-Net and one CLIP encoder."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

from perf.diffusion.embedding import Condition
from perf.diffusion.parts import Parts
from perf.diffusion.recorded import Recorded
from perf.diffusion.text import TextEncoder


@dataclass(frozen=True, slots=True)
class UNet:
    """The U-Net with cross attention to a text's last states. `passes` are its own, some of them recorded."""

    module: Any
    text: TextEncoder
    passes: Recorded

    @property
    def reader(self) -> TextEncoder:
        """The encoder that reads the most of a text."""
        return self.text

    def embed(self, text: str) -> Condition:
        """Tokens (1, 77, width)."""
        return Condition(self.text.last(text).to(self.module.dtype))

    def predict(self, x: Tensor, timestep: float, condition: Condition, guidance: float) -> Tensor:
        """Noise, v or velocity, as it was trained; `timestep` in 0…999."""
        return self.passes(*inputs(self.module, (x, timestep), condition.tokens, guidance)).float()

    def record(self, x: Tensor, condition: Condition) -> bool:
        """Make passes of these shapes faster (see `Recorded`)."""
        return self.passes.record(*inputs(self.module, (x, 500.0), condition.tokens, 2.0))


def inputs(unet: Any, at: tuple[Tensor, float], tokens: Tensor, guidance: float) -> tuple[Tensor, ...]:
    """What a U-Net is given at (x, timestep), with the guidance weight where it has an input for it."""
    x, timestep = at
    t = torch.full((x.shape[0],), timestep, device=x.device)
    width = int(unet.config.time_cond_proj_dim or 0)
    told = (guidance_embedding(guidance, width, x).to(unet.dtype),) if width else ()
    return (x.to(unet.dtype), t, tokens, *told)


def ask(unet: Any, at: tuple[Tensor, float], tokens: Tensor, guidance: float, **added: Any) -> Tensor:
    """A U-Net's answer at (x, timestep) with further inputs."""
    return answer(unet, *inputs(unet, at, tokens, guidance), **added).float()


def answer(unet: Any, x: Tensor, t: Tensor, tokens: Tensor, told: Tensor | None = None, **added: Any) -> Tensor:
    """The network's own call."""
    out: Tensor = unet(x, t, encoder_hidden_states=tokens, timestep_cond=told, return_dict=False, **added)[0]
    return out


def guidance_embedding(guidance: float, width: int, like: Tensor) -> Tensor:
    """The guidance weight as LCM's network is told it (Luo et al. 2023, section 4.2): sinusoids of 1000·(w - 1)."""
    half = width // 2
    rates = torch.exp(torch.arange(half, device=like.device) * -(torch.log(torch.tensor(10000.0)) / (half - 1)))
    angles = 1000.0 * (guidance - 1.0) * rates
    row = torch.cat([angles.sin(), angles.cos()])
    return torch.nn.functional.pad(row, (0, width - 2 * half)).expand(like.shape[0], -1)


def build(parts: Parts) -> UNet:
    """Load it."""
    module = parts.network("UNet2DConditionModel")
    return UNet(module, parts.text(), Recorded(partial(answer, module)))
