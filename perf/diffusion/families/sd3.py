"""Stable Diffusion 3 and 3.5 (Esser et al. 2024): a multimodal transformer, two CLIP encoders and perhaps T5."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from perf.diffusion.embedding import Condition
from perf.diffusion.parts import Parts
from perf.diffusion.text import TextEncoder

T5_TOKENS = 256


@dataclass(frozen=True, slots=True)
class SD3:
    """The MMDiT. Without T5 its tokens are zeros, as the network was trained to bear (section 5.3)."""

    module: Any
    clips: tuple[TextEncoder, TextEncoder]
    t5: TextEncoder | None

    @property
    def reader(self) -> TextEncoder:
        """The encoder that reads the most of a text."""
        return self.t5 or self.clips[0]

    def embed(self, text: str) -> Condition:
        """Tokens (1, 77 + 256, 4096): CLIP's side by side and padded, then T5's; both projected vectors (1, 2048)."""
        (one, first), (two, second) = (encoder.penultimate(text) for encoder in self.clips)
        clip = torch.cat([one, two], -1)
        width = int(self.module.config.joint_attention_dim)
        long = self.t5.last(text).to(clip) if self.t5 else clip.new_zeros(1, T5_TOKENS, width)
        tokens = torch.cat([torch.nn.functional.pad(clip, (0, width - clip.shape[-1])), long], 1)
        return Condition(tokens.to(self.module.dtype), torch.cat([first, second], -1).to(self.module.dtype))

    def predict(self, x: Tensor, timestep: float, condition: Condition, guidance: float) -> Tensor:
        """The velocity."""
        t = torch.full((x.shape[0],), timestep, device=x.device)
        return self.module(
            x.to(self.module.dtype), condition.tokens, condition.pooled, t, return_dict=False
        )[0].float()  # fmt: skip


def build(parts: Parts) -> SD3:
    """Load it."""
    t5 = parts.text("text_encoder_3", T5_TOKENS) if "text_encoder_3" in parts.found.configs else None
    clips = (parts.text("text_encoder"), parts.text("text_encoder_2"))
    return SD3(parts.network("SD3Transformer2DModel"), clips, t5)
