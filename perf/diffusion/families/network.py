"""What an architecture has to offer; the rest of a family is the same for all of them."""

from typing import Any, Protocol

from torch import Tensor

from perf.diffusion.embedding import Condition
from perf.diffusion.text import TextEncoder


class Network(Protocol):
    """A denoising network with its text encoders."""

    @property
    def module(self) -> Any:
        """The denoising network itself."""

    @property
    def reader(self) -> TextEncoder:
        """The encoder that reads the most of a text."""

    def embed(self, text: str) -> Condition:
        """A prompt encoded, n = 1."""

    def predict(self, x: Tensor, timestep: float, condition: Condition, guidance: float) -> Tensor:
        """What the network says to x (n, channels, h, w) at its schedule's timestep: float32, shaped as x."""
