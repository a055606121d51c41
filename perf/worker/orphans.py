"""Shared memory that a killed show left behind, taken away when the next one starts.

Python's resource tracker frees what a killed show had, unless it is killed with it: `kill -9` of the whole group, a
container that ran out of memory, systemd's last word. Such boxes would fill /dev/shm, which is 64 MB in a container.
Who makes one holds a lock on it, which ends with the process, however that ends: what nobody holds is nobody's.
Only Linux lists its shared memory; on Windows it goes with the last who uses it.
"""

import os
import sys
import time
from contextlib import suppress
from pathlib import Path

PREFIX = "retrograde_"
PLACE = Path("/dev/shm")
YOUNG = 1.0  # seconds in which one may be made and not yet held


def hold(name: str) -> int | None:
    """Hold a box that was just made: the descriptor to close when it is let go, None where nothing can be held."""
    if not sys.platform.startswith("linux"):
        return None
    import fcntl

    with suppress(OSError):
        held = os.open(PLACE / name, os.O_RDWR)
        fcntl.flock(held, fcntl.LOCK_SH)
        return held
    return None


def sweep() -> None:
    """Take away the boxes that nobody holds."""
    if not sys.platform.startswith("linux"):
        return
    import fcntl

    for path in PLACE.glob(f"{PREFIX}*"):
        with suppress(OSError):  # held, another user's, or gone meanwhile
            if abs(time.time() - path.stat().st_ctime) < YOUNG:
                continue
            tried = os.open(path, os.O_RDWR)
            try:
                fcntl.flock(tried, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
            finally:
                os.close(tried)
