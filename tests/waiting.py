"""Waiting for another process or thread without sleeping through what has happened already."""

import time
from collections.abc import Callable
from threading import Event


def until(happened: Callable[[], object], seconds: float = 60.0) -> None:
    """Return as soon as `happened()` is true; fail after `seconds`."""
    end, pause = time.monotonic() + seconds, Event()
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        pause.wait(0.005)
