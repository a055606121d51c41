"""Autoencoders: pictures to latents of unit variance and back, whichever class of diffusers does it."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

KINDS = ("AutoencoderKL", "AutoencoderTiny", "AutoencoderDC")


@dataclass(frozen=True, slots=True)
class Autoencoder:
    """latent = (z - shift)·scale (Rombach et al. 2022, appendix G; the shift since SD3); `factor` pixels a cell."""

    network: Any
    scale: float
    shift: float
    factor: int

    @classmethod
    def of(cls, network: Any) -> "Autoencoder":
        """With the constants of the network's own config."""
        config = network.config
        blocks = next(
            list(getattr(config, name))
            for name in ("block_out_channels", "encoder_block_out_channels")
            if getattr(config, name, None)
        )
        shift = float(getattr(config, "shift_factor", None) or 0.0)
        return cls(network, float(config.scaling_factor), shift, 2 ** (len(blocks) - 1))

    def encode(self, pictures: Tensor) -> Tensor:
        """Pictures (n, 3, h, w) in -1…1 to latents (n, channels, h/factor, w/factor)."""
        out = self.network.encode(pictures.to(self.network.dtype), return_dict=False)[0]
        z = out.mode() if hasattr(out, "mode") and not isinstance(out, Tensor) else out
        return (z.float() - self.shift) * self.scale

    def decode(self, latents: Tensor) -> Tensor:
        """Latents to pictures in -1…1."""
        z = (latents / self.scale + self.shift).to(self.network.dtype)
        return self.network.decode(z, return_dict=False)[0].float().clamp(-1, 1)


def dtype_of(config: dict[str, Any], dtype: torch.dtype) -> torch.dtype:
    """SDXL's autoencoder overflows in half precision, and its config says so."""
    return torch.float32 if config.get("force_upcast") and dtype == torch.float16 else dtype
