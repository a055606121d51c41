"""A box in shared memory that holds the newest of something: latest wins, nobody waits, no lock.

One process puts, one takes. A message is written into one of three slots and announced after it is whole, so a writer
killed in the middle leaves the last good message standing. Plain bytes; knows nothing of what they mean.
"""

import os
import secrets
import struct
import zlib
from collections.abc import Sequence
from multiprocessing.shared_memory import SharedMemory

from perf.worker.orphans import PREFIX, hold

Bytes = bytes | bytearray | memoryview

SLOTS = 3
_NEWEST = struct.Struct("<Q")
_SLOT = struct.Struct("<QQI")  # number, length, checksum
TRIES = 8


class Box:
    """The newest message, up to `capacity` bytes. `name` opens the box that another process made."""

    def __init__(self, capacity: int, name: str | None = None) -> None:
        self.capacity = capacity
        self._stride = (_SLOT.size + capacity + 63) // 64 * 64
        size = 64 + SLOTS * self._stride
        self._memory = SharedMemory(name or PREFIX + secrets.token_hex(6), create=name is None, size=size)
        self._held = hold(self._memory.name) if name is None else None
        assert self._memory.buf is not None
        self._view = self._memory.buf
        self._seen = 0

    @property
    def name(self) -> str:
        """What the other process opens the box by."""
        return self._memory.name

    def put(self, parts: Sequence[Bytes]) -> None:
        """Replace the message by the concatenation of `parts`. Raises ValueError when it is longer than the box."""
        length = sum(len(part) for part in parts)
        if length > self.capacity:
            raise ValueError(f"a message of {length} bytes; the box takes {self.capacity}")
        number = _NEWEST.unpack_from(self._view, 0)[0] + 1
        at = self._slot(number)
        _SLOT.pack_into(self._view, at, 0, 0, 0)
        place, checksum = at + _SLOT.size, 0
        for part in parts:
            self._view[place : place + len(part)] = part
            checksum = zlib.crc32(part, checksum)
            place += len(part)
        _SLOT.pack_into(self._view, at, number, length, checksum)
        _NEWEST.pack_into(self._view, 0, number)

    def take(self, again: bool = False) -> bytes | None:
        """The newest message if it has not been taken yet (`again`: even if it has)."""
        for _ in range(TRIES):
            number = _NEWEST.unpack_from(self._view, 0)[0]
            if number == 0 or (number <= self._seen and not again):
                return None
            at = self._slot(number)
            found, length, checksum = _SLOT.unpack_from(self._view, at)
            if found != number or length > self.capacity:
                continue  # overwritten while we looked: there is a newer one
            start = at + _SLOT.size
            message = bytes(self._view[start : start + length])
            if zlib.crc32(message) == checksum:
                self._seen = number
                return message
        return None

    @property
    def fresh(self) -> bool:
        """Whether there is a message that has not been taken."""
        return bool(_NEWEST.unpack_from(self._view, 0)[0] > self._seen)

    def close(self, unlink: bool = False) -> None:
        """Let go; the maker also removes the memory."""
        self._view.release()
        self._memory.close()
        if unlink:
            self._memory.unlink()
        if self._held is not None:
            os.close(self._held)

    def _slot(self, number: int) -> int:
        return 64 + (number % SLOTS) * self._stride
