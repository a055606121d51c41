"""The signals that end a show come to all of its processes: Ctrl-C, a terminal's end, and a service's stop. The show
answers them and tells its processes, which heed none.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

ENDS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGHUP", "SIGTERM") if hasattr(signal, name))
MASKED = hasattr(signal, "pthread_sigmask")  # not on Windows


@contextmanager
def withheld() -> Iterator[None]:
    """Start a process within: what comes meanwhile waits, here for the end of it, and there for `heedless`."""
    if not MASKED:
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def heedless(*ends: signal.Signals) -> None:
    """In a process of the show's: ignore these."""
    for one in ends:
        signal.signal(one, signal.SIG_IGN)
    if MASKED:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDS)
