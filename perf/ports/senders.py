"""The stage's picture to other programs, live: a virtual camera, NDI, Spout, Syphon. The show never waits for them.

Each has a thread that opens it and sends the newest picture; what it is too slow for is left out. A package is looked
for only when it is asked for. One that cannot be had, or that fails, is said in one line, and the show plays on.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from sys import modules, platform
from threading import Thread
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from perf.errors import DeviceError, UsageError
from perf.ports.mailbox import Slot

PLATFORMS = {"win32": "Windows", "darwin": "macOS", "linux": "Linux"}


class Tell(Protocol):
    """Where words go, from any thread: what was done, and what could not be."""

    def say(self, kind: str, words: str) -> None: ...
    def fault(self, kind: str, words: str) -> None: ...


class Adapter(Protocol):
    """Where pictures go. Made, used and closed by one thread."""

    def send(self, rows: NDArray[np.uint8]) -> None:
        """Send one: height × width × 3 bytes, rows from the top; always the size that it was opened for."""

    def close(self) -> None:
        """Let go."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A way out, through the module `send_KIND`: the package that it needs, the `sys.platform` that it is for or "",
    and what helps when it does not open. The extra that installs the package is called as the kind."""

    package: str
    platform: str
    cure: str


KINDS = {
    "camera": Kind("pyvirtualcam", "", "install OBS (Linux: v4l2loopback) for the device"),
    "ndi": Kind("cyndilib", "", "see that the network lets NDI through"),
    "spout": Kind("SpoutGL", "win32", "update the graphics driver"),
    "syphon": Kind("syphon", "darwin", "it needs macOS 11 and Metal"),
}


def asked(text: str) -> tuple[str, str]:
    """`KIND` or `KIND:NAME` as (kind, name); the name is that which others see. Raises UsageError."""
    kind, _, name = text.partition(":")
    if kind not in KINDS:
        raise UsageError(f"--send {text}: there is no {kind!r}; use {', '.join(KINDS)}, or KIND:NAME")
    return kind, name


def missing(kind: str) -> str:
    """What stands in the way of a kind on this machine, with the cure, as far as can be told without opening it; ""."""
    found = KINDS[kind]
    if found.platform not in ("", platform):
        return f"only on {PLATFORMS[found.platform]}; use ndi or camera here"
    if found.package not in modules and find_spec(found.package) is None:
        return f"{found.package} is not installed; pip install 'retrograde[{kind}]'"
    return ""


def ways() -> Iterator[str]:
    """For each kind, whether it could be had here."""
    for kind, found in KINDS.items():
        yield f"{kind}: {missing(kind) or f'{found.package} is installed'}"


class Sender:
    """One way out for pictures of `size` (width, height in pixels), `fps` a second. That it
    is open, cannot be, or has failed is told once. Raises UsageError for a kind that there is not."""

    def __init__(self, text: str, size: tuple[int, int], fps: float, tell: Tell) -> None:
        self._kind, name = asked(text)
        self._tell, self._opening = tell, (name, size, fps)
        self._slot: Slot[bytes] = Slot()
        self._thread = Thread(target=self._run, name=f"send {self._kind}", daemon=True)
        self._thread.start()

    @property
    def going(self) -> bool:
        """Whether pictures are still of use to it."""
        return self._thread.is_alive()

    def send(self, rgb: bytes) -> None:
        """Give the newest picture, rows from the top; never waits. One that has not gone yet is replaced."""
        self._slot.put(rgb)

    def _run(self) -> None:
        adapter: Adapter | None = None
        try:
            if reason := missing(self._kind):
                raise DeviceError(reason)
            adapter = import_module(f"perf.ports.send_{self._kind}").open_sender(*self._opening)
            self._tell.say("send", f"{self._kind} is open")
            height, width = self._opening[1][1], self._opening[1][0]
            while (rgb := self._slot.wait()) is not None:
                adapter.send(np.frombuffer(rgb, np.uint8).reshape(height, width, 3))
        except DeviceError as error:
            self._tell.fault("send", f"{self._kind} is left out: {error}")
        except Exception as error:  # noqa: BLE001 - the thread's edge: drivers raise whatever they like
            words = f"{self._kind} is left out ({error or type(error).__name__}); {KINDS[self._kind].cure}"
            self._tell.fault("send", words)
        finally:
            if adapter is not None:
                with suppress(Exception):  # it may be what has failed
                    adapter.close()

    def close(self) -> None:
        """Let go; a driver that hangs is left behind after two seconds."""
        self._slot.close()
        self._thread.join(2.0)
