"""Waiting for another process or thread without sleeping through what has happened already."""

import time
from collections.abc import Callable
from threading import Event
from typing import TypeVar

T = TypeVar("T")


def until(happened: Callable[[], T], seconds: float = 60.0) -> T:
    """Return what `happened()` gives as soon as that is true; fail after `seconds`."""
    end, pause = time.monotonic() + seconds, Event()
    while not (found := happened()):
        assert time.monotonic() < end, "it did not happen in time"
        pause.wait(0.005)
    return found
