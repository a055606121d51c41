"""The sound card's inputs through PortAudio (extra `audio`). Its callback makes a copy and nothing else."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

BLOCK = 0.01  # seconds that the card is asked to hand over at a time
CHANNELS = 8  # at most
CURE = "pip install sounddevice (the extra audio), on Debian apt-get install libportaudio2"

Hear = Callable[[NDArray[np.float32], float], object]


def inputs() -> tuple[tuple[str, ...], str]:
    """Each input as `name (channels at rate Hz)`, the system's choice first, and why there are none."""
    try:
        sounddevice = _driver()
        found = [_described(device) for device in _inputs(sounddevice)]
    except OSError as error:
        return (), str(error)
    return tuple(found), "" if found else "the system has none; connect one, on Linux look at `arecord -l`"


def _driver() -> Any:
    """PortAudio. Raises OSError where it, or the package, is missing or does not start."""
    try:
        import sounddevice
    except ImportError as error:
        raise OSError(f"sounddevice is not installed: {CURE}") from error
    except OSError as error:
        raise OSError(f"{error}: {CURE}") from error
    return sounddevice


def _inputs(sounddevice: Any) -> list[dict[str, Any]]:
    try:
        found = [device for device in sounddevice.query_devices() if device["max_input_channels"] > 0]
        chosen = sounddevice.default.device[0]
    except sounddevice.PortAudioError as error:
        raise OSError(str(error)) from error
    return sorted(found, key=lambda device: device["index"] != chosen)


def _described(device: dict[str, Any]) -> str:
    return f"{device['name']} ({device['max_input_channels']} channels at {device['default_samplerate']:g} Hz)"


class SoundInput:
    """An open input: `hear` gets each block (n, channels) and the seconds since its last sample was taken.

    `name` is a part of the device's name, "" the system's choice. Raises OSError when there is none.
    """

    def __init__(self, name: str, hear: Hear) -> None:
        sounddevice = _driver()
        found = _inputs(sounddevice)
        device = next((one for one in found if name.lower() in one["name"].lower()), None)
        if device is None:
            there = ", ".join(one["name"] for one in found)
            raise OSError(f"no sound input is called {name!r}; there {'are ' + there if there else 'is none'}")
        self.name, self.rate = str(device["name"]), round(device["default_samplerate"])

        def heard(data: NDArray[np.float32], count: int, time: Any, status: object) -> None:
            ago = time.currentTime - time.inputBufferAdcTime - count / self.rate if time.inputBufferAdcTime else 0.0
            hear(data.copy(), max(ago, 0.0))

        try:
            self._stream = sounddevice.InputStream(
                self.rate, round(self.rate * BLOCK), device["index"], min(device["max_input_channels"], CHANNELS),
                "float32", latency="low", callback=heard,
            )  # fmt: skip
            self._stream.start()
        except sounddevice.PortAudioError as error:
            raise OSError(f"{self.name}: {error}") from error

    def close(self) -> None:
        """Let go of the device."""
        self._stream.close()
