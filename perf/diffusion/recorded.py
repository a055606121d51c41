"""A network's pass as a recorded graph: the same numbers without the time that Python takes between its layers.

For one network and the shapes that a show plays; any other shape takes the ordinary way. On the CPU a traced graph, in
which weights are constants, on CUDA a captured one, which reads them where they lie. What changes layers while it plays
(`knobs.turned`), and on the CPU what changes weights (LoRAs), must keep to the ordinary way too: a recording holds what
was. Prompts, levels, guidance and seeds are inputs, and change as they like.
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
            try:
                graph = self._recording(tuple(tensor.clone() for tensor in tensors))
            except RuntimeError:  # too little memory is one, on CUDA and on the CPU
                return False
        if graph is not None:
            self._graphs[tuple(tensor.shape for tensor in tensors)] = graph
        return graph is not None

    def _recording(self, examples: tuple[Tensor, ...]) -> Any:
        """A recording that gives the same; None where there is none."""
        meant = self._ask(*examples)
        if meant.is_cuda:
            captured = Captured(self._ask, examples)
            off = (captured(*examples) - meant).abs().max()
            return captured if bool(off <= CLOSE * meant.abs().max()) else None
        graph = torch.jit.freeze(torch.jit.trace(_Module(self._ask).eval(), examples, check_trace=False))
        same = all(torch.equal(graph(*examples), meant) for _ in range(3))  # the second run is the optimised
        return graph if same else None

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
        here, side = torch.cuda.current_stream(), torch.cuda.Stream()
        side.wait_stream(here)
        with torch.cuda.stream(side):
            for _ in range(WARMING):
                ask(*self._inputs)
        here.wait_stream(side)
        self._graph = torch.cuda.CUDAGraph()
        # Prompts are encoded in another thread, whose taking of memory would break a capture that all threads share;
        # one that fails leaves its own stream behind as the current one.
        with torch.cuda.stream(here), torch.cuda.graph(self._graph, capture_error_mode="thread_local"):
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
