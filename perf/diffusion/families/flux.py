"""Flux (Black Forest Labs 2024): a flow transformer on latents packed two by two, T5 tokens and a CLIP vector."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from perf.diffusion.embedding import Condition
from perf.diffusion.parts import Parts
from perf.diffusion.schedule import TRAINED
from perf.diffusion.text import TextEncoder

T5_TOKENS = 512


@dataclass(frozen=True, slots=True)
class Flux:
    """The transformer; what was distilled with a guidance weight is told it."""

    module: Any
    clip: TextEncoder
    t5: TextEncoder

    @property
    def reader(self) -> TextEncoder:
        """The encoder that reads the most of a text."""
        return self.t5

    def embed(self, text: str) -> Condition:
        """Tokens (1, 512, 4096) of T5 and CLIP's vector (1, 768)."""
        dtype = self.module.dtype
        return Condition(self.t5.last(text).to(dtype), self.clip.pooled(text).to(dtype))

    def predict(self, x: Tensor, timestep: float, condition: Condition, guidance: float) -> Tensor:
        """The velocity."""
        count, (height, width) = x.shape[0], x.shape[-2:]
        told = bool(self.module.config.guidance_embeds)
        out = self.module(
            hidden_states=packed(x).to(self.module.dtype),
            encoder_hidden_states=condition.tokens,
            pooled_projections=condition.pooled,
            timestep=torch.full((count,), timestep / TRAINED, device=x.device),
            img_ids=places(height // 2, width // 2, x.device),
            txt_ids=torch.zeros(condition.tokens.shape[1], 3, device=x.device),
            guidance=torch.full((count,), guidance, device=x.device) if told else None,
            return_dict=False,
        )[0]
        return unpacked(out.float(), height, width)


def packed(x: Tensor) -> Tensor:
    """(n, c, h, w) to tokens (n, h/2·w/2, 4c): each of 2×2 cells."""
    return torch.nn.functional.pixel_unshuffle(x, 2).flatten(2).transpose(1, 2)


def unpacked(tokens: Tensor, height: int, width: int) -> Tensor:
    """The way back."""
    grid = tokens.transpose(1, 2).reshape(tokens.shape[0], -1, height // 2, width // 2)
    return torch.nn.functional.pixel_shuffle(grid, 2)


def places(rows: int, columns: int, device: torch.device) -> Tensor:
    """(rows·columns, 3): 0, row, column of each token, for the rotary embedding."""
    row, column = torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij")
    return torch.stack([torch.zeros_like(row), row, column], -1).reshape(-1, 3).float().to(device)


def build(parts: Parts) -> Flux:
    """Load it."""
    clip, t5 = parts.text("text_encoder"), parts.text("text_encoder_2", T5_TOKENS)
    return Flux(parts.network("FluxTransformer2DModel"), clip, t5)
