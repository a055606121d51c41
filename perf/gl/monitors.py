"""The monitors that GLFW finds, for `retrograde ports`, and how they are told apart. Opens no window."""

import os
import warnings
from ctypes import addressof
from typing import Any

import glfw


def list_monitors() -> tuple[tuple[str, ...], str]:
    """Each monitor as `name WIDTHxHEIGHT at RATE Hz`, and why there are none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", glfw.GLFWError)
        if not glfw.init():
            seen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
            return (
                (),
                "GLFW cannot reach a screen" if seen else "no screen (neither DISPLAY nor WAYLAND_DISPLAY is set)",
            )
    try:
        return tuple(_described(monitor) for monitor in glfw.get_monitors()), ""
    finally:
        glfw.terminate()


def _described(monitor: Any) -> str:
    mode = glfw.get_video_mode(monitor)
    return f"{named(monitor)} {mode.size.width}x{mode.size.height} at {mode.refresh_rate} Hz"


def named(monitor: Any) -> str:
    """A monitor's name."""
    name = glfw.get_monitor_name(monitor)
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)


def address(monitor: Any) -> int:
    """What tells a monitor from another: GLFW gives a pointer anew each time, and two of one monitor are not equal."""
    return addressof(monitor.contents)
