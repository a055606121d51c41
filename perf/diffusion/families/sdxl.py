"""SDXL, SDXL-Turbo, Lightning (Podell et al. 2023): a U-Net, two CLIP encoders, size and crop as conditions."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from perf.diffusion.embedding import Condition
from perf.diffusion.families.unet import ask
from perf.diffusion.parts import Parts
from perf.diffusion.text import TextEncoder
from perf.errors import ModelError


@dataclass(frozen=True, slots=True)
class SDXL:
    """`factor` tells the network its picture's size; `zeros`: the empty prompt is all zeros, as it was trained."""

    module: Any
    texts: tuple[TextEncoder, TextEncoder]
    factor: int
    zeros: bool

    @property
    def reader(self) -> TextEncoder:
        """The encoder that reads the most of a text."""
        return self.texts[0]

    def embed(self, text: str) -> Condition:
        """Tokens (1, 77, 2048) of both encoders side by side, and the second's projected vector (1, 1280)."""
        (one, _), (two, pooled) = (encoder.penultimate(text) for encoder in self.texts)
        condition = Condition(torch.cat([one, two], -1).to(self.module.dtype), pooled.to(self.module.dtype))
        return condition * 0.0 if self.zeros and not text else condition

    def predict(self, x: Tensor, timestep: float, condition: Condition, guidance: float) -> Tensor:
        """Noise or v. Micro-conditions (section 2.2): original size, no crop, target size."""
        height, width = (side * self.factor for side in x.shape[-2:])
        sizes = torch.tensor([[height, width, 0, 0, height, width]], device=x.device, dtype=condition.tokens.dtype)
        added = {"text_embeds": condition.pooled, "time_ids": sizes.expand(x.shape[0], -1)}
        return ask(self.module, (x, timestep), condition.tokens, guidance, added_cond_kwargs=added)


def build(parts: Parts) -> SDXL:
    """Load it. Raises ModelError for SDXL's other networks (refiner, inpainting)."""
    config, path = parts.found.config, parts.found.path
    if config.get("in_channels") != config.get("out_channels"):
        raise ModelError(f"{path}: a network of {config.get('in_channels')} channels in; only text-to-image is played")
    unet = parts.network("UNet2DConditionModel")
    blocks = parts.found.configs[parts.found.vae].get("block_out_channels", (0,) * 4)
    zeros = bool(parts.found.index.get("force_zeros_for_empty_prompt", True))
    texts = (parts.text("text_encoder"), parts.text("text_encoder_2"))
    return SDXL(unet, texts, 2 ** (len(blocks) - 1), zeros)
