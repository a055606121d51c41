"""A virtual camera, which other programs take for a webcam, through pyvirtualcam: OBS's on Windows and macOS,
v4l2loopback's on Linux."""

import numpy as np
import pyvirtualcam
from numpy.typing import NDArray


class Camera:
    """The camera. `name` is the device, "" any."""

    def __init__(self, name: str, size: tuple[int, int], fps: float) -> None:
        self._camera = pyvirtualcam.Camera(*size, fps, device=name or None)  # its pictures are RGB

    def send(self, rows: NDArray[np.uint8]) -> None:
        """Send a picture."""
        self._camera.send(rows)

    def close(self) -> None:
        """Switch it off."""
        self._camera.close()


open_sender = Camera
