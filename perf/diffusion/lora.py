"""LoRAs (Hu et al. 2021): y = W·x + weight·(alpha/r)·B·A·x, added beside the network with a weight that moves live.

Added on the fly, not merged: a moving fader costs nothing, nothing drifts by rounding however long the show, and the
weight 0 is the model as it was. Safetensors only; the keys of diffusers, peft and kohya, for linear layers and
convolutions.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from perf.diffusion.folder import header
from perf.diffusion.lora_keys import Key, parse
from perf.errors import ModelError


@dataclass(slots=True)
class Lora:
    """An attached LoRA. `weight` may be set between two passes; 0 leaves the network as it was, at no cost."""

    name: str
    weight: float = 1.0
    layers: int = 0
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Delta:
    """A, B and alpha of one layer, as they come out of the file."""

    down: Tensor | None = None
    up: Tensor | None = None
    alpha: Tensor | None = None


def attach(network: nn.Module, path: Path, name: str) -> Lora:
    """Hang a LoRA's file onto a network. Raises ModelError naming keys that are not known, or shapes that don't fit."""
    keys, texts = _keys(network, path)
    deltas = _read(path, keys)
    lora = Lora(name, layers=len(deltas))
    modules = dict(network.named_modules())
    for place, delta in deltas.items():
        module = modules[place]
        module.register_forward_hook(_hook(lora, module, *_fitted(path, place, module, delta)))
    if texts:
        lora.notes = (f"LoRA {name}: its {texts} tensors for the text encoder are not played",)
    return lora


def _keys(network: nn.Module, path: Path) -> tuple[dict[str, Key], int]:
    """The file's keys that reach this network, and how many were for a text encoder."""
    if path.suffix != ".safetensors":
        raise ModelError(f"{path}: not a .safetensors file; LoRAs are loaded from no other format")
    if not path.is_file():
        raise ModelError(f"{path}: no such file; `loras` in [model] names .safetensors files")
    layers = [name for name, module in network.named_modules() if isinstance(module, nn.Linear | nn.Conv2d)]
    flat = {name.replace(".", "_"): name for name in layers}
    parsed = {key: parse(key, flat) for key in header(path)}
    unknown = [key for key, found in parsed.items() if found is None]
    if unknown:
        shown = ", ".join(sorted(unknown)[:3])
        more = f" and {len(unknown) - 3} more" if len(unknown) > 3 else ""
        raise ModelError(
            f"{path}: {shown}{more} reach nothing in this model; it is a LoRA of another architecture or a kind "
            "other than LoRA (known: diffusers, peft and kohya keys)"
        )
    known = {key: found for key, found in parsed.items() if found is not None}
    return {k: f for k, f in known.items() if f.role != "text"}, sum(f.role == "text" for f in known.values())


def _read(path: Path, keys: dict[str, Key]) -> dict[str, Delta]:
    from safetensors import SafetensorError, safe_open

    deltas: dict[str, Delta] = {}
    try:
        with safe_open(path, framework="pt") as file:
            for key, found in keys.items():
                tensor = file.get_tensor(key)
                if not torch.isfinite(tensor).all():
                    raise ModelError(f"{path}: {key} holds numbers that are none (NaN or infinity); get it again")
                setattr(deltas.setdefault(found.place, Delta()), found.role, tensor)
    except (SafetensorError, OSError) as error:
        raise ModelError(f"{path}: cannot be read: {error}; copy it again") from error
    return deltas


def _fitted(path: Path, place: str, module: nn.Module, delta: Delta) -> tuple[Tensor, Tensor]:
    """A and alpha/r·B on the layer's device, in its precision and as many dimensions."""
    down, up = delta.down, delta.up
    if down is None or up is None:
        raise ModelError(f"{path}: {place} has only one half of its LoRA; get the file again")
    weight: Any = module.weight
    dims = weight.dim()
    down, up = (_dims(t, dims) for t in (down, up))
    expected = (*down.shape[:1], *weight.shape[1:]), (weight.shape[0], down.shape[0], *(1,) * (dims - 2))
    if (tuple(down.shape), tuple(up.shape)) != expected:
        raise ModelError(
            f"{path}: {place} is {tuple(down.shape)} and {tuple(up.shape)}; this model's layer takes {expected[0]} and "
            f"{expected[1]}: it is a LoRA of another model"
        )
    scale = 1.0 if delta.alpha is None else float(delta.alpha) / down.shape[0]
    return down.to(weight), (up.float() * scale).to(weight)


def _dims(tensor: Tensor, dims: int) -> Tensor:
    """A 1×1 convolution as a matrix, or a matrix as a 1×1 convolution: files hold either."""
    if dims == 2 and tensor.dim() == 4 and tensor.shape[2:] == (1, 1):
        return tensor[:, :, 0, 0]
    return tensor[:, :, None, None] if dims == 4 and tensor.dim() == 2 else tensor


def _hook(lora: Lora, module: nn.Module, down: Tensor, up: Tensor) -> Callable[..., Tensor | None]:
    def linear(_: nn.Module, args: tuple[Tensor, ...], out: Tensor) -> Tensor | None:
        if lora.weight == 0.0:
            return None
        return out.add(F.linear(F.linear(args[0], down), up), alpha=lora.weight)

    def convolution(conv: Any, args: tuple[Tensor, ...], out: Tensor) -> Tensor | None:
        if lora.weight == 0.0:
            return None
        low = F.conv2d(args[0], down, None, conv.stride, conv.padding, conv.dilation)
        return out.add(F.conv2d(low, up), alpha=lora.weight)

    return convolution if isinstance(module, nn.Conv2d) else linear
