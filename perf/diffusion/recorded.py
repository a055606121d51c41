"""A network's pass as a recorded graph: the same bits without the time that Python takes between its layers.

For one network on the CPU and the shapes that a show plays; any other shape takes the ordinary way. What changes
weights or layers while it plays (LoRAs, `knobs.turned`) must keep to the ordinary way too: a recording holds what was.
"""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

Pass = Callable[..., Tensor]


class Recorded:
    """Calls of `ask(*tensors) -> tensor`, by recordings where there is one of their shapes."""

    def __init__(self, ask: Pass) -> None:
        self._ask = ask
        self._graphs: dict[tuple[torch.Size, ...], Any] = {}
        self._on = True

    def __call__(self, *tensors: Tensor) -> Tensor:
        graph = self._graphs.get(tuple(tensor.shape for tensor in tensors)) if self._on and self._graphs else None
        answer: Tensor = self._ask(*tensors) if graph is None else graph(*tensors)
        return answer

    def record(self, *tensors: Tensor) -> bool:
        """Record a pass of these shapes, about a second for a small U-Net. False if it would not give the same bits."""
        with torch.inference_mode(False), torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            examples = tuple(tensor.clone() for tensor in tensors)
            meant = self._ask(*examples)
            graph = torch.jit.freeze(torch.jit.trace(_Module(self._ask).eval(), examples, check_trace=False))
            same = all(torch.equal(graph(*examples), meant) for _ in range(3))  # the second run is the optimised one
        if same:
            self._graphs[tuple(tensor.shape for tensor in tensors)] = graph
        return same

    @contextmanager
    def aside(self) -> Iterator[None]:
        """The ordinary way, for as long as the network is otherwise than when it was recorded."""
        self._on, before = False, self._on
        try:
            yield
        finally:
            self._on = before


class _Module(nn.Module):
    """What the recorder takes: its parameters become constants of the graph."""

    def __init__(self, ask: Pass) -> None:
        super().__init__()
        self._ask = ask

    def forward(self, *tensors: Tensor) -> Tensor:
        return self._ask(*tensors)
