"""The computer's own screen as a camera, through PyAV's grabbers: all of it, or a part."""

import os
import re
import sys
from collections.abc import Mapping

import av
from av.container import InputContainer

from perf.errors import DeviceError

RATE = 30  # pictures a second
PATIENCE = (5.0, 5.0)  # seconds to open it, and for a picture
_NAME = re.compile(r"screen(?: (\d+)x(\d+)(?:\+(\d+)\+(\d+))?)?", re.A)
_GRABBERS = {"linux": "x11grab", "darwin": "avfoundation", "win32": "gdigrab"}
Part = tuple[int, int, int, int]  # x, y, width, height in pixels


def is_screen(name: str) -> bool:
    """Whether a camera's name is the screen's."""
    return name.split(" ", 1)[0] == "screen"


def open_screen(name: str) -> InputContainer:
    """`screen`, or `screen WxH+X+Y` for a part of it. Raises DeviceError."""
    form = _GRABBERS.get(sys.platform, "x11grab")
    if form not in av.formats_available:
        raise DeviceError(f"the screen cannot be seen: PyAV is built without {form}; pip install --no-binary av av")
    device, options = grabbed(form, part(name), os.environ)
    try:
        return av.open(device, format=form, options={"framerate": str(RATE), **options}, timeout=PATIENCE)
    except (av.FFmpegError, OSError, ValueError) as error:
        words = getattr(error, "strerror", None) or str(error)
        cure = {
            "x11grab": "it takes an X server (DISPLAY), of which Wayland shows only X windows; and a part inside of it",
            "avfoundation": "let the terminal record the screen: System Settings, Privacy",
        }
        raise DeviceError(
            f"the {name} cannot be seen: {words}; {cure.get(form, 'choose a part inside of it')}"
        ) from error


def part(name: str) -> Part | None:
    """The part that a name says; None for all. Raises DeviceError."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise DeviceError(
            f'{name!r} is no part of the screen; write "screen", or "screen 640x360+100+50" (size, left, top)'
        )
    if found[1] is None:
        return None
    width, height, x, y = (int(number or 0) for number in found.groups())
    if not (0 < width <= 16384 and 0 < height <= 16384):
        raise DeviceError(f"{name!r}: {width}x{height} is no size; a part has 1…16384 pixels a side")
    return (x, y, width, height)


def grabbed(form: str, place: Part | None, environment: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """What a grabber calls the part, and its options."""
    size = {"video_size": f"{place[2]}x{place[3]}"} if place else {}
    if form == "gdigrab":
        offset = {"offset_x": str(place[0]), "offset_y": str(place[1])} if place else {}
        return "desktop", size | offset
    if form == "avfoundation":
        if place:
            raise DeviceError('this system shows its screen whole; write "screen", and crop its layer')
        return "Capture screen 0:none", {"capture_cursor": "1"}
    at = f"+{place[0]},{place[1]}" if place else ""
    return environment.get("DISPLAY", ":0") + at, size
