"""PixArt-alpha, -sigma and -LCM (Chen et al. 2023): a transformer with T5 tokens and, at 1024, its picture's size."""

from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from perf.diffusion.embedding import Condition
from perf.diffusion.families.unet import guidance_embedding
from perf.diffusion.parts import Parts
from perf.diffusion.text import TextEncoder

TOKENS = {"PixArtAlphaPipeline": 120, "PixArtSigmaPipeline": 300}


@dataclass(frozen=True, slots=True)
class PixArt:
    """The transformer; `factor` tells it its picture's size.

    `told`: our own is given the guidance weight, as one more token after the others.
    """

    module: Any
    text: TextEncoder
    factor: int
    told: bool = False

    @property
    def reader(self) -> TextEncoder:
        """The encoder that reads the most of a text."""
        return self.text

    def embed(self, text: str) -> Condition:
        """Tokens (1, 120 or 300, 4096) and their mask."""
        states, mask = self.text.masked(text.lower().strip())
        mask = mask.to(states.dtype)
        return Condition((states * mask[..., None]).to(self.module.dtype), mask=mask.to(self.module.dtype))

    def predict(self, x: Tensor, timestep: float, condition: Condition, guidance: float) -> Tensor:
        """The noise; a variance learnt beside it is left out."""
        count, (height, width) = x.shape[0], (side * self.factor for side in x.shape[-2:])
        sizes: dict[str, Any] = {"resolution": None, "aspect_ratio": None}
        if self.module.use_additional_conditions:
            rows = torch.tensor([[height, width]], device=x.device, dtype=self.module.dtype).expand(count, -1)
            sizes = {"resolution": rows, "aspect_ratio": rows[:, :1] / rows[:, 1:]}
        if self.told:
            row = guidance_embedding(guidance, condition.tokens.shape[2], x)[:, None].to(condition.tokens.dtype)
            tokens = torch.cat([condition.tokens, row], dim=1)
            mask = None if condition.mask is None else torch.nn.functional.pad(condition.mask, (0, 1), value=1.0)
            condition = Condition(tokens, mask=mask)
        out = self.module(
            x.to(self.module.dtype),
            encoder_hidden_states=condition.tokens,
            encoder_attention_mask=condition.bias(),
            timestep=torch.full((count,), timestep, device=x.device),
            added_cond_kwargs=sizes,
            return_dict=False,
        )[0]
        return out[:, : x.shape[1]].float()


def build(parts: Parts) -> PixArt:
    """Load it."""
    blocks = parts.found.configs[parts.found.vae].get("block_out_channels", (0,) * 4)
    text = parts.text("text_encoder", TOKENS[parts.found.pipeline])
    text = replace(text, length=min(text.length, text.tokenizer.model_max_length))  # the rest is masked anyhow
    told = parts.found.own.get("negatives") == "turned"
    return PixArt(parts.network("PixArtTransformer2DModel"), text, 2 ** (len(blocks) - 1), told)
