"""A stage without a screen: an off-screen context through EGL (Mesa's or a GPU's), for films, tests and servers.

Shows nothing and has no keys.
"""

from collections.abc import Sequence
from typing import Any

import moderngl

from perf.errors import DeviceError
from perf.gl.stage import StageOptions, Surface, is_software
from perf.gl.target import Target

BACKENDS: tuple[dict[str, Any], ...] = (
    {"backend": "egl"},
    {"backend": "egl", "libgl": "libGL.so.1", "libegl": "libEGL.so.1"},  # without the development packages' links
    {},
)


class Headless:
    """An off-screen stage."""

    def __init__(self, options: StageOptions) -> None:
        self.context = create_context()
        self._software = is_software(self.context)
        self._target = Target(self.context, options.size, "f1")
        self.framebuffer = self._target.framebuffer
        self.size = options.size
        self.closing = self.fullscreen = False
        self.pointer = (0.0, 0.0, False)

    def poll(self) -> list[str]:
        """There are no keys."""
        return []

    def present(self) -> None:
        """There is no screen. Where the processor draws, this waits until it has: two frames that are drawn at once
        come as one long one and one short."""
        if self._software:
            self.context.finish()

    def screens(self, numbers: Sequence[int]) -> list[tuple[int, Surface]]:
        """There are none."""
        return []

    def said(self) -> list[str]:
        """There is nothing to say."""
        return []

    def close(self) -> None:
        """Give everything back."""
        if not self.closing:
            self.closing = True
            self._target.release()
            self.context.release()


def create_context() -> moderngl.Context:
    """An off-screen GL 3.3 context. Raises DeviceError saying what to install."""
    reasons = []
    for backend in BACKENDS:
        try:
            return _created(backend)
        except DeviceError as error:
            reasons.append(str(error))
    said = "; ".join(dict.fromkeys(reasons))
    cure = (
        "install Mesa's software GL (Debian: apt-get install libegl1 libgl1 libgl1-mesa-dri) or a GPU driver with EGL"
    )
    raise DeviceError(f"no off-screen GL 3.3 context could be made ({said}); {cure}")


def _created(backend: dict[str, Any]) -> moderngl.Context:
    try:
        return moderngl.create_standalone_context(require=330, **backend)
    except Exception as error:  # glcontext raises it bare, whatever it does not find
        raise DeviceError(str(error)) from error
