"""LoRAs (Hu et al. 2021): W = W0 + sum of weight·(alpha/r)·B·A, written in place when a weight moves.

A weight that stands still costs nothing. W0 is kept and each change starts from it, so nothing drifts by rounding
however long the show, and the weight 0 is the model as it was, bit for bit. Addresses stay, so captured graphs stay
valid. Safetensors only; the keys of diffusers, peft and kohya, for linear layers and convolutions.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from perf.diffusion.folder import header
from perf.diffusion.lora_keys import Key, parse
from perf.diffusion.lora_kinds import kind_of
from perf.diffusion.lora_strength import Strength, strength_of
from perf.diffusion.parts import worded
from perf.errors import ModelError


@dataclass(slots=True)
class Delta:
    """A, B and alpha of one layer, as they come out of the file."""

    down: Tensor | None = None
    up: Tensor | None = None
    alpha: Tensor | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer that LoRAs reach: its live weight, W0 as a matrix, and (LoRA, A, alpha/r·B) of each, as matrices."""

    weight: Tensor
    original: Tensor
    parts: list[tuple[str, Tensor, Tensor]] = field(default_factory=list)

    def write(self, weights: dict[str, float]) -> None:
        """Make the live weight what these weights say."""
        total = self.original
        for name, down, up in self.parts:
            if weights[name]:
                total = torch.addmm(total, up, down, alpha=weights[name])
        self.weight.copy_(total.view(self.weight.shape))


class Loras:
    """The LoRAs of one network, (name, file) each. Raises ModelError naming what does not fit."""

    def __init__(self, network: nn.Module, files: Sequence[tuple[str, str]]) -> None:
        self.names = tuple(name for name, _ in files)
        self.notes: tuple[str, ...] = ()
        self._kinds: dict[str, str] = {}
        self._layers: dict[str, Layer] = {}
        self._weights = dict.fromkeys(self.names, 0.0)
        modules = dict(network.named_modules())
        for name, file in files:
            with worded(Path(file)):
                self._add(modules, name, Path(file))
        self.weigh(())

    def _add(self, modules: dict[str, nn.Module], name: str, path: Path) -> None:
        keys, texts = _keys(modules, path)
        deltas, metadata = _read(path, keys)
        self._kinds[name], strength = kind_of(path, metadata), strength_of(path, metadata)
        for place, delta in deltas.items():
            weight: Any = modules[place].weight
            down, up = _fitted(path, place, weight, delta, strength)
            layer = self._layers.setdefault(place, Layer(weight, weight.detach().flatten(1).clone()))
            layer.parts.append((name, down, up))
            if not torch.isfinite(torch.addmm(layer.original, up, down)).all():
                raise ModelError(f"{path}: {place} becomes larger than its {weight.dtype} holds; get the file again")
        if texts:
            self.notes += (f"LoRA {name}: its {texts} tensors for the text encoder are not played",)

    @torch.inference_mode()  # type: ignore[untyped-decorator]
    def weigh(self, weights: Iterable[tuple[str, float]]) -> None:
        """Play each with its weight from now on; one that is not named has 1. Only what moved is written."""
        asked = dict(weights)
        wanted = {name: asked.get(name, 1.0) for name in self.names}
        moved = {name for name in self.names if wanted[name] != self._weights[name]}
        if moved:
            self._weights = dict.fromkeys(self.names, math.nan)  # what ends in the middle is written anew
        for layer in self._layers.values():
            if any(name in moved for name, _, _ in layer.parts):
                layer.write(wanted)
        self._weights = wanted

    def shortening(self) -> tuple[str, str]:
        """The name and kind (see `lora_kinds`) of the one that makes few steps do, and weighs most; empty for none."""
        weighing = [name for name in self.names if self._kinds[name] and self._weights[name] > 0.0]
        name = max(weighing, key=self._weights.__getitem__, default="")
        return name, self._kinds.get(name, "")


def _keys(modules: dict[str, nn.Module], path: Path) -> tuple[dict[str, Key], int]:
    """The file's keys that reach this network, and how many were for a text encoder."""
    if path.suffix != ".safetensors":
        raise ModelError(f"{path}: not a .safetensors file; LoRAs are loaded from no other format")
    if not path.is_file():
        raise ModelError(f"{path}: no such file; `loras` in [model] names .safetensors files")
    layers = [name for name, module in modules.items() if isinstance(module, nn.Linear | nn.Conv2d)]
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


def _read(path: Path, keys: dict[str, Key]) -> tuple[dict[str, Delta], dict[str, str]]:
    """The layers of a file, and its metadata."""
    from safetensors import SafetensorError, safe_open

    deltas: dict[str, Delta] = {}
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            for key, found in keys.items():
                tensor = file.get_tensor(key)
                if not torch.isfinite(tensor).all():
                    raise ModelError(f"{path}: {key} holds numbers that are none (NaN or infinity); get it again")
                setattr(deltas.setdefault(found.place, Delta()), found.role, tensor)
    except (SafetensorError, OSError) as error:
        raise ModelError(f"{path}: cannot be read: {error}; copy it again") from error
    return deltas, metadata


def _fitted(path: Path, place: str, weight: Tensor, delta: Delta, strength: Strength) -> tuple[Tensor, Tensor]:
    """A (r, inputs) and alpha/r·B (outputs, r) in the layer's precision, on its device."""
    if delta.down is None or delta.up is None:
        raise ModelError(f"{path}: {place} has only one half of its LoRA; get the file again")
    down, up = (torch.atleast_2d(half).flatten(1) for half in (delta.down, delta.up))
    expected = (down.shape[0], weight[0].numel()), (weight.shape[0], down.shape[0])
    if (tuple(down.shape), tuple(up.shape)) != expected:
        raise ModelError(
            f"{path}: {place} is {tuple(down.shape)} and {tuple(up.shape)}; this model's layer takes {expected[0]} and "
            f"{expected[1]}: it is a LoRA of another model"
        )
    if not down.shape[0]:
        raise ModelError(f"{path}: {place} is of rank 0, which holds nothing; get the file again")
    rank = down.shape[0]
    scale = strength.of(place, rank) if delta.alpha is None else float(delta.alpha) / rank
    return down.to(weight), (up.float() * scale).to(weight)
