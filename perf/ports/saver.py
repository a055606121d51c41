"""Saving the patch beside the show, which never waits for it: a thread that writes one save after the other.

What is saved are frozen values, handed over; what goes wrong is a fault in the inbox, and the file stays as it was.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from perf.errors import DeviceError, PatchError
from perf.ports.library import Library
from perf.ports.mailbox import Inbox


class Saver:
    """Saves as it is asked to; `close` ends when everything is on the disk. `report` is told of each file saved."""

    def __init__(self, library: Library, inbox: Inbox, report: Callable[[str], None]) -> None:
        self._library, self._inbox, self._report = library, inbox, report
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="save")

    def ask(self, *edits: Any) -> None:
        """Save this: the arguments of `Library.save`."""
        self._thread.submit(self._save, *edits)

    def _save(self, *edits: Any) -> None:
        try:
            self._library.save(*edits)
            self._report(f"saved {self._library.path}")
        except (PatchError, DeviceError) as error:
            self._inbox.fault("patch", str(error))
        except Exception as error:  # noqa: BLE001 - the thread's edge: a future would keep it to itself
            words = f"not saved: {error} ({type(error).__name__}); mend the file, and save again"
            self._inbox.fault("patch", f"{self._library.path}: {words}")

    def close(self) -> None:
        """Wait for what was asked for."""
        self._thread.shutdown()
