"""NDI: pictures over the network, through cyndilib. `name` is what receivers list."""

from fractions import Fraction

import numpy as np
from cyndilib.sender import Sender
from cyndilib.video_frame import VideoSendFrame
from cyndilib.wrapper.ndi_structs import FourCC
from numpy.typing import NDArray


class Ndi:
    """An NDI source."""

    def __init__(self, name: str, size: tuple[int, int], fps: float) -> None:
        self._rgba = np.full((size[1], size[0], 4), 255, np.uint8)
        frame = VideoSendFrame()
        frame.set_resolution(*size)
        frame.set_frame_rate(Fraction(fps).limit_denominator(1001))
        frame.set_fourcc(FourCC.RGBA)
        self._sender = Sender(name or "Retrograde")
        self._sender.set_video_frame(frame)
        self._sender.open()

    def send(self, rows: NDArray[np.uint8]) -> None:
        """Send a picture; it waits until the library has taken it."""
        self._rgba[..., :3] = rows
        self._sender.write_video(self._rgba.ravel())

    def close(self) -> None:
        """Leave the network."""
        self._sender.close()


open_sender = Ndi
