"""The image network: a text encoder and a U-Net, learnt together, in the formats of transformers and diffusers.

May not know pictures or files.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from diffusers import UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from torch import Tensor, nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from perf.training.autoencoder import CHANNELS
from perf.training.options import Shape
from perf.training.tokens import LENGTH

TRAIN_TIMESTEPS = 1000


class Painter(nn.Module):
    """Caption tokens, a noisy latent and a time in 0..1 to a velocity (noise minus data)."""

    def __init__(self, shape: Shape, tokenizer: CLIPTokenizer) -> None:
        super().__init__()
        self.text = text_encoder(shape, tokenizer)
        self.unet = unet(shape).to(memory_format=torch.channels_last)
        # On processors the fused attention's backward pass takes a quarter of a step; plain products take a twentieth.
        self.unet.set_attn_processor(AttnProcessor())

    def forward(self, latents: Tensor, time: Tensor, tokens: Tensor) -> Tensor:
        """The velocity field of flow matching (Lipman et al. 2023) at these times."""
        condition = self.text(tokens).last_hidden_state
        velocity: Tensor = self.unet(latents, time * TRAIN_TIMESTEPS, condition).sample
        return velocity


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


def unet(shape: Shape) -> UNet2DConditionModel:
    """Attention to the caption at every level but the widest; one block a level keeps a frame under 15 ms."""
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
    )


def tokenize(tokenizer: CLIPTokenizer, captions: Sequence[str]) -> Tensor:
    """Token ids of fixed length, as stock pipelines make them."""
    encoded = tokenizer(list(captions), padding="max_length", max_length=LENGTH, truncation=True, return_tensors="pt")
    ids: Tensor = encoded.input_ids
    return ids
