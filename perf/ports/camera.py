"""Cameras through PyAV's own input devices: which there are, and their pictures as they come."""

import sys
from collections.abc import Iterator
from pathlib import Path

import av
from av.container import InputContainer

from perf.core.footage import Shot
from perf.errors import DeviceError
from perf.ports.develop import Developer
from perf.ports.screen import is_screen, open_screen
from perf.ports.still import Size

FORMATS = {"linux": "v4l2", "darwin": "avfoundation", "win32": "dshow"}
SYSTEM = Path("/sys/class/video4linux")
PATIENCE = (5.0, 5.0)  # seconds to open one, and for a picture


def cameras() -> tuple[tuple[str, ...], str]:
    """Each camera as `device  name`, and what is missing to have one."""
    form = FORMATS.get(sys.platform, "")
    if form not in {name for names in av.formats_available for name in names.split(",")}:
        return (), f"PyAV is built without {form or 'cameras for ' + sys.platform}; pip install --no-binary av av"
    rows = tuple(f"{device}  {name}" for device, name in _found(form))
    return rows, "" if rows else "the system has none; connect one, on Linux look at `ls /dev/video*`"


def _found(form: str) -> list[tuple[str, str]]:
    """(device, name) of each; on Linux those that the kernel knows."""
    if form == "v4l2":
        nodes = sorted(SYSTEM.glob("video*"), key=lambda node: (len(node.name), node.name))
        return [(f"/dev/{node.name}", _text(node / "name")) for node in nodes]
    try:
        devices = av.enumerate_input_devices(form)
    except (av.FFmpegError, OSError, ValueError):
        return []
    return [(device.name, device.description) for device in devices]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


class Camera:
    """An open camera by its device (`/dev/video0`), number or a part of its name; or `screen`, for a stage
    of that size. Raises DeviceError."""

    def __init__(self, name: str, stage: Size | None = None) -> None:
        self._container = open_camera(name)
        self._name, self._develop = name, Developer(stage)

    def shots(self) -> Iterator[Shot]:
        """Its pictures, each as it comes. Raises DeviceError when it goes away."""
        try:
            for frame in self._container.decode(video=0):
                yield self._develop(frame, None)
        except (av.FFmpegError, OSError) as error:
            raise DeviceError(f"{self._gone()} ({error.strerror or error})") from error
        raise DeviceError(self._gone())

    def _gone(self) -> str:
        return (
            f"the {self._name} has gone" if is_screen(self._name) else f"the camera {self._name} has gone; connect it"
        )

    def close(self) -> None:
        """Let go of it."""
        self._container.close()


def open_camera(name: str) -> InputContainer:
    """The device. Raises DeviceError naming the cameras that there are."""
    if is_screen(name):
        return open_screen(name)
    form = FORMATS.get(sys.platform, "v4l2")
    device = _device(form, name)
    try:
        return av.open(device, format=form, timeout=PATIENCE)
    except (av.FFmpegError, OSError, ValueError) as error:
        rows, missing = cameras()
        there = f"there are {'; '.join(rows)}" if rows else missing
        reason = getattr(error, "strerror", None) or str(error)
        raise DeviceError(f"the camera {name} cannot be opened: {reason}; {there}") from error


def _device(form: str, name: str) -> str:
    """What the input format calls a camera."""
    if form == "avfoundation":
        return f"{name}:none"
    found = _found(form)
    if form == "v4l2" and name.isdecimal():
        return f"/dev/video{name}"
    if name.isdecimal() and int(name) < len(found):
        return f"video={found[int(name)][0]}"
    named = (device for device, words in found if name.lower() in words.lower())
    known = name if Path(name).exists() else next(named, name)
    return known if form == "v4l2" else f"video={known}"
