"""Networks on a GPU, while all else of training stays on the processor.

What goes into a network is moved to where it is, and what comes out is moved back: chance, records and losses are the
same wherever it learns. Knows no stages.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any, Protocol, TypeVar

import torch
from torch import Tensor, nn

from perf.diffusion.parts import choose_device

Net = TypeVar("Net", bound=nn.Module)


def place(device: str) -> str:
    """Where networks learn: `auto` takes CUDA, else the processor. Raises ModelError for what is not there."""
    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    return choose_device(device).type


class Network(Protocol):
    """Whatever has weights."""

    def parameters(self) -> Iterator[nn.Parameter]:
        """All of them."""


def housed(net: Net, device: torch.device) -> Net:
    """The network, moved to the device for good, unless it is there."""
    if next(net.parameters()).device.type == device.type:
        return net
    depth = 0  # how many of its parts are at work inside one another

    def enter(part: nn.Module, args: Any, kwargs: Any) -> Any:
        nonlocal depth
        depth += 1
        return moved(args, device), moved(kwargs, device)

    def leave(part: nn.Module, args: Any, output: Any) -> Any:
        nonlocal depth
        depth -= 1
        return output if depth else moved(output, torch.device("cpu"))

    for part in net.modules():
        part.register_forward_pre_hook(enter, with_kwargs=True)
        part.register_forward_hook(leave)
    return net.to(device)


def moved(value: Any, device: torch.device) -> Any:
    """The same with each tensor in it on the device: in tuples, lists, mappings and dataclasses."""
    if isinstance(value, Tensor):
        return value.to(device)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value)]
        return dataclasses.replace(value, **{name: moved(getattr(value, name), device) for name in names})
    if isinstance(value, tuple | list):
        return type(value)(moved(one, device) for one in value)
    if isinstance(value, dict):
        return {name: moved(one, device) for name, one in value.items()}
    return value


def brief(net: Network) -> torch.autocast:
    """Half the precision for what this network does, wherever it is."""
    return torch.autocast(next(net.parameters()).device.type, torch.bfloat16)
