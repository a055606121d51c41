"""The stage: a window or an off-screen context behind one protocol, so that the show need not know which it has.

Knows no shaders. GLFW and EGL are looked for only when they are asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import moderngl


@dataclass(frozen=True, slots=True)
class StageOptions:
    """How to open the stage. `size` is in pixels; `monitor` counts from 0; with `vsync` `present` waits."""

    size: tuple[int, int] = (1280, 720)
    headless: bool = False
    fullscreen: bool = False
    monitor: int = 0
    title: str = "Retrograde"
    vsync: bool = True


class Surface(Protocol):
    """A window on a further monitor."""

    framebuffer: moderngl.Framebuffer

    def present(self) -> None:
        """Show what was drawn."""


class Stage(Protocol):
    """Where frames are seen. Used by the thread that opened it, and by no other."""

    @property
    def context(self) -> moderngl.Context:
        """The GL context, 3.3 core, current."""

    @property
    def framebuffer(self) -> moderngl.Framebuffer:
        """What to present on; its viewport is the whole of it."""

    @property
    def size(self) -> tuple[int, int]:
        """Pixels of the framebuffer; a side may be 0 while a window is minimised."""

    @property
    def closing(self) -> bool:
        """Whether the performer has asked to leave."""

    @property
    def fullscreen(self) -> bool:
        """Whether it covers a monitor."""

    @property
    def pointer(self) -> tuple[float, float, bool]:
        """Where the mouse is, 0…1 from the window's lower left corner, and whether its button is down."""

    def poll(self) -> list[str]:
        """The keys pressed since the last call, such as "h", "space", "escape", "left" or "f5"."""

    def present(self) -> None:
        """Show what was drawn."""

    def screens(self, numbers: Sequence[int]) -> Sequence[tuple[int, "Surface"]]:
        """The windows on these monitors, 2 and on, with their numbers; without those that cannot be had."""

    def said(self) -> list[str]:
        """What became of such windows since the last call."""

    def close(self) -> None:
        """Give everything back; may be called twice."""


def open_stage(options: StageOptions) -> Stage:
    """Open the stage. Raises DeviceError saying what to install or start when there is no screen or no GL."""
    if options.headless:
        from perf.gl.headless import Headless

        return Headless(options)
    from perf.gl.window import Window

    return Window(options)


def is_software(context: moderngl.Context) -> bool:
    """Whether the processor does the drawing (Mesa's llvmpipe or softpipe, Windows' and Apple's own)."""
    renderer = str(context.info.get("GL_RENDERER", "")).lower()
    return any(name in renderer for name in ("llvmpipe", "softpipe", "swrast", "software", "gdi generic"))
