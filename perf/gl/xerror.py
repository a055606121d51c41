"""Errors of the X server's. Xlib ends the program at the first, such as when a monitor is unplugged as it is covered;
here they are said, and the show plays on. Does nothing where there is no X.
"""

import ctypes
from collections.abc import Callable

import glfw

LIBRARY = "libX11.so.6"  # what GLFW opens, too


class _Error(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("resource", ctypes.c_ulong),
        ("serial", ctypes.c_ulong),
        ("error", ctypes.c_ubyte),
        ("request", ctypes.c_ubyte),
        ("minor", ctypes.c_ubyte),
    )


_Handler = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(_Error))


def survived(say: Callable[[str], None]) -> object:
    """Have such errors said in words from now on, for as long as what comes back is kept."""
    if glfw.get_platform() != glfw.PLATFORM_X11:
        return None

    def heard(display: int, event: "ctypes._Pointer[_Error]") -> int:
        found = event.contents
        say(f"the X server refuses request {found.request}.{found.minor} (error {found.error}); the show plays on")
        return 0

    handler = _Handler(heard)
    set_handler = ctypes.CDLL(LIBRARY).XSetErrorHandler
    set_handler.argtypes, set_handler.restype = (_Handler,), ctypes.c_void_p
    set_handler(handler)
    return handler


def forgotten() -> None:
    """Leave them to Xlib again."""
    if glfw.get_platform() == glfw.PLATFORM_X11:
        ctypes.CDLL(LIBRARY).XSetErrorHandler(None)
