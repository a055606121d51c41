"""The autoencoder: its constants, and a decoder of fewer products that gives the same picture."""

import copy
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from diffusers import AutoencoderTiny
from torch import nn

from perf.diffusion.autoencoder import Autoencoder, fuse_upsampling


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


class Through:
    """An autoencoder that hands on what it is given: what is left are its config's constants."""

    dtype, device = torch.float32, torch.device("cpu")

    def __init__(self, **constants: Any) -> None:
        self.config = SimpleNamespace(block_out_channels=(8, 8), latent_channels=2, scaling_factor=0.5, **constants)

    def encode(self, pictures: torch.Tensor, return_dict: bool) -> tuple[torch.Tensor]:
        return (pictures,)

    decode = encode


def test_each_channels_mean_and_spread_are_read_for_sdxl_alone() -> None:
    """As `StableDiffusionXLImg2ImgPipeline` does: (z - mean)·scaling_factor / std, and back again."""
    z = torch.tensor([0.5, -0.25]).view(1, 2, 1, 1)
    network = Through(latents_mean=[0.25, -0.5], latents_std=[2.0, 0.5])
    latent = Autoencoder.of(network, spread=True).encode(z)
    assert latent.flatten().tolist() == [0.0625, 0.25]
    assert torch.equal(Autoencoder.of(network, spread=True).decode(latent), z)
    for plain in (Autoencoder.of(network), Autoencoder.of(Through(latents_mean=None, latents_std=None), spread=True)):
        assert plain.encode(z).flatten().tolist() == [0.25, -0.125]


@pytest.mark.parametrize(
    ("mean", "std"), [([0.0, 0.0], [1.0, 0.0]), ([0.0], [1.0]), ([0.0, 0.0], [1.0, float("nan")]), (["a", 0.0], [1, 1])]
)
def test_channels_that_no_latent_comes_back_from_are_refused(mean: list[Any], std: list[Any]) -> None:
    with pytest.raises((ValueError, TypeError)):
        Autoencoder.of(Through(latents_mean=mean, latents_std=std), spread=True)
