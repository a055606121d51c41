"""Pictures that stay on the GPU: taken into textures where the one that made them draws the stage, too.

Of each lender the first that comes with its pixels is compared with them. Before that, and once one differs or the
driver refuses, pictures go through the host's memory. Knows no shaders.
"""

from collections.abc import Callable
from contextlib import suppress

import moderngl
import numpy as np

from perf.core.picture import Lent, Picture
from perf.cuda import Borrower, CudaError, Driver


class Lending:
    """The stage's end. `said` gathers words to a person."""

    def __init__(self, driver: Callable[[], Driver] = Driver, *, on: bool = False) -> None:
        self._borrower: Borrower | None = None
        self._trusted: set[bytes] = set()
        self.said: list[str] = []
        if on:
            with suppress(CudaError):  # another maker's GPU draws, or none
                self._borrower = Borrower(driver())

    @property
    def devices(self) -> tuple[int, ...]:
        """The GPUs whose pictures can be taken."""
        return self._borrower.devices if self._borrower is not None else ()

    def take(self, picture: Picture, lent: Lent, texture: moderngl.Texture) -> bool:
        """Take a picture into a texture of its size and four channels; whether it is there."""
        if self._borrower is None or not (picture.pixels or lent.handle in self._trusted):
            return False
        try:
            self._borrower.take(lent, texture.glo, picture.size)
            if lent.handle not in self._trusted and not _same(texture, picture):
                raise CudaError("what arrives is not the picture")
        except CudaError as error:
            self._borrower = None
            self.said.append(f"images go through the host's memory ({error})")
            return False
        self._trusted.add(lent.handle)
        return True

    def release(self, texture: moderngl.Texture) -> None:
        """Release a texture that pictures may have been taken into."""
        if self._borrower is not None:
            with suppress(CudaError):
                self._borrower.forget(texture.glo)
        texture.release()


def _same(texture: moderngl.Texture, picture: Picture) -> bool:
    """Whether a texture of four channels is a picture of three or four."""
    there, meant = np.frombuffer(texture.read(), np.uint8), np.frombuffer(picture.pixels, np.uint8)
    return bool((there.reshape(-1, 4)[:, : picture.channels] == meant.reshape(-1, picture.channels)).all())
