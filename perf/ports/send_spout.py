"""Spout: pictures to other programs on the same Windows machine, through SpoutGL. `name` is what receivers list."""

import numpy as np
import SpoutGL
from numpy.typing import NDArray

RGBA = 0x1908  # GL_RGBA


class Spout:
    """A Spout sender, from memory: it makes its own GL."""

    def __init__(self, name: str, size: tuple[int, int], fps: float) -> None:
        self._rgba = np.full((size[1], size[0], 4), 255, np.uint8)
        self._name = name or "Retrograde"
        self._sender = SpoutGL.SpoutSender()
        self._sender.createOpenGL()  # this thread has none
        self._sender.setSenderName(self._name)

    def send(self, rows: NDArray[np.uint8]) -> None:
        """Send a picture. Raises RuntimeError when Spout does not take it."""
        height, width = rows.shape[:2]
        self._rgba[..., :3] = rows
        if not self._sender.sendImage(self._rgba.tobytes(), width, height, RGBA, False, 0):
            raise RuntimeError("Spout does not take pictures")
        self._sender.setFrameSync(self._name)

    def close(self) -> None:
        """Take it off the list."""
        self._sender.releaseSender()


open_sender = Spout
