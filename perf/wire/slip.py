"""OSC packets on a stream: SLIP (RFC 1055, with END before and after as OSC 1.1 asks) and the size count of OSC 1.0.

Incremental and without I/O: bytes go in as they come, whole packets come out. A peer can make neither grow: what is
longer than the limit is dropped, and counted in `errors`.
"""

import struct
from typing import Protocol

LIMIT = 1 << 18  # bytes of the longest packet: a long text fits many times over
END, ESC = b"\xc0", b"\xdb"
_ESC_END, _ESC_ESC = b"\xdb\xdc", b"\xdb\xdd"
_SIZE = struct.Struct(">i")


class Framing(Protocol):
    """One way of marking packets on a stream."""

    errors: int

    def feed(self, data: bytes) -> list[bytes]:
        """The packets that `data` completes."""

    def frame(self, packet: bytes) -> bytes:
        """A packet as the bytes to send."""


class Slip:
    """RFC 1055. Rubbish between packets costs what it touches and no more: the next END starts afresh."""

    def __init__(self, limit: int = LIMIT) -> None:
        self.errors = 0
        self._limit = limit
        self._partial = bytearray()
        self._overlong = False

    def feed(self, data: bytes) -> list[bytes]:
        """The packets that `data` completes; broken and overlong ones are dropped and counted."""
        first, *rest = data.split(END)
        self._append(first)
        packets = []
        for piece in rest:
            packets.append(self._finished())
            self._append(piece)
        return [packet for packet in packets if packet]

    def frame(self, packet: bytes) -> bytes:
        """A packet with END before and after."""
        return END + packet.replace(ESC, _ESC_ESC).replace(END, _ESC_END) + END

    def _append(self, piece: bytes) -> None:
        if len(self._partial) + len(piece) > self._limit:
            self._overlong = True
            self._partial.clear()
        if not self._overlong:
            self._partial += piece

    def _finished(self) -> bytes:
        """What lies before an END: a packet, nothing between two ENDs, or rubbish."""
        raw, overlong = bytes(self._partial), self._overlong
        self._partial.clear()
        self._overlong = False
        if overlong or raw.count(ESC) != raw.count(_ESC_END) + raw.count(_ESC_ESC):
            self.errors += 1
            return b""
        return raw.replace(_ESC_END, END).replace(_ESC_ESC, ESC)


class Counted:
    """A 32-bit size before each packet (OSC 1.0, what liblo sends unless told otherwise)."""

    def __init__(self, limit: int = LIMIT) -> None:
        self.errors = 0
        self._limit = limit
        self._partial = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """The packets that `data` completes.

        Raises ValueError on a size that cannot be: such a stream cannot be found again and must be closed.
        """
        self._partial += data
        packets = []
        while len(self._partial) >= 4:
            size = _SIZE.unpack_from(self._partial)[0]
            if not 0 <= size <= self._limit:
                self.errors += 1
                self._partial.clear()
                raise ValueError(f"a packet of {size} bytes was announced; 0…{self._limit} are allowed")
            if len(self._partial) < 4 + size:
                break
            packets.append(bytes(self._partial[4 : 4 + size]))
            del self._partial[: 4 + size]
        return [packet for packet in packets if packet]

    def frame(self, packet: bytes) -> bytes:
        """A packet with its size before it."""
        return _SIZE.pack(len(packet)) + packet


def framing(first: bytes, limit: int = LIMIT) -> Framing:
    """The framing that a stream uses, told by its first byte: a size below 16 MiB starts with zero, SLIP never does."""
    return Counted(limit) if first[:1] == b"\0" else Slip(limit)
