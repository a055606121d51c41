"""The chunks of Standard MIDI files, made such that mido reads them: it refuses a whole file for a chunk of another
program's and for a meta event that it cannot make out, and loses the time before one that it does not know.
"""

from collections.abc import Iterator

from mido.messages.specs import SPEC_BY_STATUS
from mido.midifiles.meta import build_meta_message

META, SYSEX = 0xFF, (0xF0, 0xF7)
NOTHING = 0x7F  # the kind of meta event that may hold anything
MOST = 8  # chunks of other programs that are named


def chunks(data: bytes) -> Iterator[tuple[bytes, bytearray]]:
    """The name and the whole of each chunk; of the last, what is there."""
    at = 0
    while at < len(data):
        end = at + 8 + int.from_bytes(data[at + 4 : at + 8], "big")
        yield data[at : at + 4], bytearray(data[at:end])
        at = end


def readable(data: bytes) -> tuple[bytes, list[str]]:
    """The header and the tracks, and in words what in them is not as it was."""
    kept, strange, others = bytearray(), 0, set()
    for name, chunk in chunks(data):
        if name == b"MTrk":
            strange += _emptied(chunk)
        if name in (b"MThd", b"MTrk"):
            kept += chunk
        elif name.isalnum():  # else what was only appended
            others.add(name.decode())
    words = [f"chunks of other programs, {', '.join(sorted(others)[:MOST])}: left out"] if others else []
    if strange:
        words.append(f"meta events that cannot be made out ({strange}): taken as sequencer_specific")
    return bytes(kept), words


def _emptied(track: bytearray) -> int:
    """Marks each meta event of a track that mido cannot read; how many they were."""
    found, at, running = 0, 8, 0
    try:
        while at < len(track):
            at = _number(track, at)[1]  # the time since the event before
            status, at = (track[at], at + 1) if track[at] >= 0x80 else (running, at)
            if status == META:
                size, begin = _number(track, at + 1)
                if not _known(track[at], track[begin : begin + size]):
                    track[at], found = NOTHING, found + 1
                at = begin + size
                continue
            running = status
            if status in SYSEX:
                size, begin = _number(track, at)
                at = begin + size
            else:
                at += SPEC_BY_STATUS[status]["length"] - 1
    except LookupError:
        pass  # it is cut, or no track: mido says so
    return found


def _number(track: bytearray, at: int) -> tuple[int, int]:
    """A number of as many bytes as it takes, and where it ends."""
    number = 0
    while True:
        number, at = number << 7 | track[at] & 0x7F, at + 1
        if track[at - 1] < 0x80:
            return number, at


def _known(kind: int, data: bytearray) -> bool:
    try:
        return str(build_meta_message(kind, data).type) != "unknown_meta"
    except Exception:  # noqa: BLE001 - each kind raises what it comes upon, one of them a plain Exception
        return False
