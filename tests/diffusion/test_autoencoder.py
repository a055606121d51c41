"""The autoencoder's decoder: fewer products, the same picture."""

import copy

import pytest
import torch
from diffusers import AutoencoderTiny
from torch import nn

from perf.diffusion.autoencoder import fuse_upsampling


@torch.inference_mode()
def test_fused_upsampling_decodes_the_same_picture() -> None:
    torch.manual_seed(1)
    plain = AutoencoderTiny(encoder_block_out_channels=(8, 8, 8), decoder_block_out_channels=(8, 8, 8),
                            num_encoder_blocks=(1, 1, 1), num_decoder_blocks=(1, 1, 1))  # fmt: skip
    fused = copy.deepcopy(plain)
    fuse_upsampling(fused)
    assert sum(isinstance(module, nn.ConvTranspose2d) for module in fused.modules()) == 2
    assert not any(isinstance(module, nn.Upsample) for module in fused.modules())
    latents = torch.randn(2, 4, 5, 7)
    assert torch.allclose(fused.decode(latents).sample, plain.decode(latents).sample, atol=1e-5)


@pytest.mark.parametrize(
    "conv", [nn.Conv2d(4, 4, 1), nn.Conv2d(4, 4, 3), nn.Conv2d(4, 4, 3, padding=1, groups=2)], ids=str
)
def test_another_convolution_stays(conv: nn.Conv2d) -> None:
    row = nn.Sequential(nn.Upsample(scale_factor=2), conv)
    fuse_upsampling(row)
    assert row[1] is conv
