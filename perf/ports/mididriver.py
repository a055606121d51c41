"""The machine's MIDI system through python-rtmidi: which one it is, its ports by name, and opening them.

Nothing else touches rtmidi. It may be missing, and a machine may have no MIDI: both are an OSError that says the cure.
"""

import os
import re
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

CLIENT = "Retrograde"  # how this program is called among MIDI clients; ports of this name are never opened
RING = 4096  # messages that a port keeps while its reader is held up
LOOPS = ("Midi Through",)  # what is sent there comes back


class Driver:
    """The machine's MIDI system through python-rtmidi. Raises OSError, with the cure, where there is none."""

    def __init__(self) -> None:
        try:
            import rtmidi
        except ImportError as error:
            raise OSError(f"MIDI cannot be loaded ({error}); on Debian: apt-get install libasound2") from error
        self._rtmidi = rtmidi
        self._api = _api(rtmidi)
        try:
            self._in = rtmidi.MidiIn(rtapi=self._api, name=CLIENT)
            self._out = rtmidi.MidiOut(rtapi=self._api, name=CLIENT)
        except (RuntimeError, rtmidi.RtMidiError) as error:
            raise OSError(f"the MIDI system cannot be opened: {error}") from error

    @property
    def alive(self) -> bool:
        """Whether the system is still there. JACK's library crashes a program that goes on with a dead server."""
        return self._api != self._rtmidi.API_UNIX_JACK or _jack_runs()

    def inputs(self) -> list[str]:
        """Names of the ports that messages can be read from."""
        return [name for name in self._in.get_ports() if not name.startswith(CLIENT)]

    def outputs(self) -> list[str]:
        """Names of the ports that messages can be sent to."""
        return [name for name in self._out.get_ports() if not name.startswith(CLIENT)]

    def open_input(self, key: tuple[str, int]) -> Any:
        """An input that keeps its messages, clock and time code among them, until they are read."""
        made = self._rtmidi.MidiIn(rtapi=self._api, name=CLIENT, queue_size_limit=RING)
        made.ignore_types(sysex=False, timing=False, active_sense=True)
        made.open_port(_index(made.get_ports(), key), name=f"{key[0][:40]} in")
        return made

    def open_output(self, key: tuple[str, int]) -> Any:
        """The output of the same device; None when it has none."""
        made = self._rtmidi.MidiOut(rtapi=self._api, name=CLIENT)
        names = [device_of(name) for name in made.get_ports()]
        if device_of(key[0]) not in names or any(loop in key[0] for loop in LOOPS):
            made.delete()
            return None
        made.open_port(_index(names, (device_of(key[0]), key[1])), name=f"{key[0][:40]} out")
        return made

    def close(self) -> None:
        """Leave the MIDI system."""
        self._in.delete()
        self._out.delete()


def _api(rtmidi: Any) -> int:
    """The MIDI system to use. It is looked for before it is asked: its libraries complain on the terminal."""
    if not sys.platform.startswith("linux"):
        return int(rtmidi.API_UNSPECIFIED)
    if Path("/dev/snd/seq").exists():
        return int(rtmidi.API_LINUX_ALSA)
    if _jack_runs() and rtmidi.API_UNIX_JACK in rtmidi.get_compiled_api():
        return int(rtmidi.API_UNIX_JACK)
    raise OSError("no MIDI here: /dev/snd/seq is missing (modprobe snd-seq) and no JACK server runs")


def _jack_runs() -> bool:
    """Whether a JACK 2 server answers at its socket. A socket alone may be what a dead server left."""
    server = os.environ.get("JACK_DEFAULT_SERVER", "default")
    return any(_answers(path) for place in ("/dev/shm", "/tmp") for path in Path(place).glob(f"jack_{server}_*_0"))


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


def numbered(names: Sequence[str]) -> list[tuple[str, int]]:
    """Names with their occurrence from 1: two devices of one make may share a name."""
    return [(name, names[: i + 1].count(name)) for i, name in enumerate(names)]


def _index(names: Sequence[str], key: tuple[str, int]) -> int:
    found = numbered(names)
    if key not in found:
        raise OSError("it has just gone")
    return found.index(key)


def device_of(name: str) -> str:
    """What input and output of one device have in common (JACK says capture and playback, Windows counts)."""
    plain = re.sub(r"capture|playback", "", name)
    return re.sub(r" \d+$", "", plain) if sys.platform == "win32" else plain
