"""The image network: a text encoder and a U-Net, learnt together, in the formats of transformers and diffusers.

May not know pictures or files.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from diffusers import UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from torch import Tensor, nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from perf.training.autoencoder import CHANNELS
from perf.training.device import Network
from perf.training.options import Shape
from perf.training.tokens import LENGTH

TRAIN_TIMESTEPS = 1000
WEIGHTS = (1.0, 4.0)  # of guidance, the least and the most that the student learns
GUIDANCE_WIDTH = 64  # of the embedding of the guidance weight


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked of the network, for n pictures.

    `tokens` and `against` are (n, length) ids of what to draw and what to keep away from; `share` (n,) is how far the
    empty prompt has become `against`, 0 to 1; `weight` (n,) is the guidance. None: this was never said.
    """

    tokens: Tensor
    against: Tensor | None = None
    share: Tensor | None = None
    weight: Tensor | None = None

    def __add__(self, other: Ask) -> Ask:
        """Both, of which the same was said."""
        parts = zip(self._parts(), other._parts(), strict=True)
        return Ask(*(torch.cat([one, two]) if one is not None and two is not None else None for one, two in parts))

    def of(self, rows: Tensor) -> Ask:
        """What is asked for some of the pictures."""
        return Ask(*(None if part is None else part[rows] for part in self._parts()))

    def _parts(self) -> tuple[Tensor | None, ...]:
        return self.tokens, self.against, self.share, self.weight


class Learner(Network, Protocol):
    """A network that paints under what is asked of it, of any architecture."""

    def __call__(self, latents: Tensor, time: Tensor, ask: Ask) -> Tensor:
        """A noisy latent and a time in 0..1 to a velocity (noise minus data)."""

    def asked(self, tokens: Tensor, weight: float) -> Ask:
        """These captions at a guidance weight, nothing against them."""


class Painter(nn.Module):
    """A noisy latent and a time in 0..1, under what is asked, to a velocity (noise minus data).

    The student's network takes guidance as an input: its weight beside the time, as in latent consistency models (Luo
    et al. 2023), and what to keep away from as further tokens with their sign turned, which no caption's tokens have.
    """

    def __init__(self, shape: Shape, tokenizer: CLIPTokenizer, student: bool = False) -> None:
        super().__init__()
        # On processors the fused attentions' backward passes take a quarter of a step; plain products take a twentieth.
        # Channels are not last: so group norms of half precision took a fifth of it.
        self.text = text_encoder(shape, tokenizer)
        self.text.set_attn_implementation("eager")
        self.unet = unet(shape, student)
        self.unet.set_attn_processor(AttnProcessor())
        self.nothing = tokenize(tokenizer, [""])

    def forward(self, latents: Tensor, time: Tensor, ask: Ask) -> Tensor:
        """The velocity field of flow matching (Lipman et al. 2023) at these times."""
        condition, extra = self.text(ask.tokens).last_hidden_state, {}
        if ask.against is not None and ask.share is not None:
            condition = torch.cat([condition, -self._away(ask.against, ask.share)], dim=1)
        if ask.weight is not None:
            extra["timestep_cond"] = guidance_embedding(ask.weight)
        velocity: Tensor = self.unet(latents, time * TRAIN_TIMESTEPS, condition, **extra).sample
        return velocity

    def asked(self, tokens: Tensor, weight: float) -> Ask:
        """These captions and nothing against them; the weight where the network knows one."""
        if self.unet.config.time_cond_proj_dim is None:
            return Ask(tokens)
        count = len(tokens)
        return Ask(tokens, self.nothing.expand_as(tokens), torch.zeros(count), torch.full((count,), weight))

    def _away(self, against: Tensor, share: Tensor) -> Tensor:
        """The embedding of the empty prompt, moved towards `against` by its share."""
        empty = self.text(self.nothing).last_hidden_state
        return empty + share.view(-1, 1, 1) * (self.text(against).last_hidden_state - empty)


def guidance_embedding(weight: Tensor, width: int = GUIDANCE_WIDTH) -> Tensor:
    """Sinusoids of 1000 (w - 1), (n, width): as stock pipelines tell a network the weight (Luo et al. 2023)."""
    half = width // 2
    rates = torch.exp(torch.arange(half, device=weight.device) * -(math.log(10000.0) / (half - 1)))
    angles = 1000.0 * (weight[:, None] - 1.0) * rates
    return torch.cat([angles.sin(), angles.cos()], dim=1)


def text_encoder(shape: Shape, tokenizer: CLIPTokenizer) -> CLIPTextModel:
    """Two layers of CLIP's text transformer over the archive's vocabulary."""
    config = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=shape.text,
        intermediate_size=2 * shape.text,
        projection_dim=shape.text,
        num_hidden_layers=2,
        num_attention_heads=shape.heads,
        max_position_embeddings=LENGTH,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return CLIPTextModel(config)


def unet(shape: Shape, student: bool = False) -> UNet2DConditionModel:
    """Attention to the caption at every level but the widest, and the whole of it beside the time: what is true of all
    of a picture is learnt sooner so. One block a level keeps a frame under 15 ms."""
    levels = len(shape.unet)
    return UNet2DConditionModel(
        sample_size=16,
        in_channels=CHANNELS,
        out_channels=CHANNELS,
        layers_per_block=1,
        block_out_channels=shape.unet,
        down_block_types=("DownBlock2D", *["CrossAttnDownBlock2D"] * (levels - 1)),
        up_block_types=(*["CrossAttnUpBlock2D"] * (levels - 1), "UpBlock2D"),
        mid_block_type="UNetMidBlock2DCrossAttn",
        cross_attention_dim=shape.text,
        attention_head_dim=shape.heads,
        norm_num_groups=16,
        use_linear_projection=True,
        addition_embed_type="text",
        addition_embed_type_num_heads=shape.heads,
        time_cond_proj_dim=GUIDANCE_WIDTH if student else None,
    )


def tokenize(tokenizer: Any, captions: Sequence[str]) -> Tensor:
    """Token ids of fixed length, as stock pipelines make them."""
    encoded = tokenizer(list(captions), padding="max_length", max_length=LENGTH, truncation=True, return_tensors="pt")
    ids: Tensor = encoded.input_ids
    return ids
