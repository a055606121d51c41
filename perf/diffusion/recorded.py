"""A network's pass as a recorded graph: the same numbers without the time that Python takes between its layers.

For one network and the shapes that a show plays; any other shape takes the ordinary way. On the CPU a traced graph, on
CUDA a captured one. What changes weights or layers while it plays (LoRAs, `knobs.turned`) must keep to the ordinary way
too: a recording holds what was. Prompts, levels, guidance and seeds are inputs, and change as they like.
"""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

Pass = Callable[..., Tensor]
WARMING = 3  # passes before a capture, in which libraries choose their kernels and take their memory
CLOSE = 1e-2  # of the largest number: how far captured kernels, of which some add up in any order, may be off


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
        """Record a pass of these shapes, about a second for a small U-Net. False if it would not give the same: the
        same bits on the CPU, on CUDA within CLOSE; or if there is no memory for it."""
        with torch.inference_mode(False), torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            examples = tuple(tensor.clone() for tensor in tensors)
            meant = self._ask(*examples)
            if meant.is_cuda:
                try:
                    graph: Any = Captured(self._ask, examples)
                except RuntimeError:  # CUDA's too little memory is one
                    return False
                same = bool((graph(*examples) - meant).abs().max() <= CLOSE * meant.abs().max())
            else:
                graph = torch.jit.freeze(torch.jit.trace(_Module(self._ask).eval(), examples, check_trace=False))
                same = all(torch.equal(graph(*examples), meant) for _ in range(3))  # the second run is the optimised
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


class Captured:
    """A pass as a CUDA graph, launched at once: its inputs are copied into the memory that it was captured with, its
    answer out of it. Weights are read where they lie."""

    def __init__(self, ask: Pass, examples: tuple[Tensor, ...]) -> None:
        self._inputs = tuple(tensor.clone() for tensor in examples)
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(WARMING):
                ask(*self._inputs)
        torch.cuda.current_stream().wait_stream(side)
        self._graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self._graph):
            self._answer = ask(*self._inputs)

    def __call__(self, *tensors: Tensor) -> Tensor:
        for own, given in zip(self._inputs, tensors, strict=True):
            own.copy_(given)
        self._graph.replay()
        return self._answer.clone()


class _Module(nn.Module):
    """What the recorder takes: its parameters become constants of the graph."""

    def __init__(self, ask: Pass) -> None:
        super().__init__()
        self._ask = ask

    def forward(self, *tensors: Tensor) -> Tensor:
        return self._ask(*tensors)
