"""Syphon: pictures to other programs on the same Mac, through syphon-python and Metal. `name` is what clients list."""

import numpy as np
import syphon
from numpy.typing import NDArray
from syphon.utils.numpy import copy_image_to_mtl_texture
from syphon.utils.raw import create_mtl_texture


class Syphon:
    """A Syphon server."""

    def __init__(self, name: str, size: tuple[int, int], fps: float) -> None:
        self._rgba = np.full((size[1], size[0], 4), 255, np.uint8)
        self._server = syphon.SyphonMetalServer(name or "Retrograde")
        self._texture = create_mtl_texture(self._server.device, *size)

    def send(self, rows: NDArray[np.uint8]) -> None:
        """Send a picture."""
        self._rgba[..., :3] = rows
        copy_image_to_mtl_texture(self._rgba, self._texture)
        self._server.publish_frame_texture(self._texture, is_flipped=True)  # our rows come from the top

    def close(self) -> None:
        """Take it off the list."""
        self._server.stop()


open_sender = Syphon
