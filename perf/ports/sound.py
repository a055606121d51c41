"""A sound file that leads: played through the sound card (extra `audio`), its position goes to the inbox.

Without a card or the extra, the file's length and the show's clock stand in, and that is said.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from threading import Thread
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.container import InputContainer
from numpy.typing import NDArray

from perf.errors import DeviceError
from perf.ports.mailbox import Guarded, Inbox, Stop
from perf.ports.sound_frames import gapless, resampled
from perf.wire.sound import SoundClock

POLL = 0.1  # seconds between two words to the show
GONE = 1.5  # seconds without a question of the card's after which it has gone
RATE = 48000  # samples a second, to which every file is brought
CHANNELS = 2
GIVE = "give a .wav, .flac, .mp3 or .m4a"


def sound_length(path: Path) -> float:
    """Seconds of sound in a file, as it says itself. Raises DeviceError for what has no sound."""
    try:
        with av.open(str(path)) as file:
            if not file.streams.audio:
                raise DeviceError(f"{path} has no sound; [clock] audio takes a file that has")
            stream = file.streams.audio[0]
            if stream.duration and stream.time_base:
                return float(stream.duration * stream.time_base)
            if file.duration:
                return file.duration / av.time_base
    except (OSError, av.FFmpegError) as error:
        words = getattr(error, "strerror", None) or str(error)
        raise DeviceError(f"{path} cannot be read as sound: {words}; {GIVE}") from error
    raise DeviceError(f"{path} does not say how long it is; {GIVE}")


def read_sound(path: Path) -> NDArray[np.int16]:
    """The samples (n, 2) of a file in 16 bits at 48 kHz, silent where it cannot be decoded; not to be written to. They
    lie in a temporary file, for hours of them are a gigabyte. Raises DeviceError for what cannot be read or has no
    sound."""
    try:
        with TemporaryFile() as room:
            with av.open(str(path)) as file:
                sound = gapless(_decoded(file)) if file.streams.audio else ()
                for part in resampled(sound, "s16", "stereo", RATE):
                    room.write(part.to_ndarray().tobytes())
            room.flush()
            samples = np.memmap(room, np.int16, "r") if room.tell() else None
    except (OSError, ValueError, av.FFmpegError) as error:
        words = getattr(error, "strerror", None) or str(error)
        raise DeviceError(f"{path} cannot be read as sound: {words}; {GIVE}") from error
    if samples is None:
        raise DeviceError(f"{path} has no sound; {GIVE}")
    return np.asarray(samples).reshape(-1, CHANNELS)


def _decoded(file: InputContainer) -> Iterator[AudioFrame]:
    """What can be decoded of it."""
    for packet in file.demux(file.streams.audio[0]):
        with suppress(av.error.InvalidDataError):
            yield from packet.decode()


class Card:
    """The sound card's stream: it asks for samples, and says when they will be heard. Raises OSError where none is."""

    def __init__(self, callback: Callable[[int, float], np.ndarray]) -> None:
        import sounddevice

        def ask(out: Any, count: int, time: Any, status: Any) -> None:
            out[:] = callback(count, time.outputBufferDacTime - time.currentTime)

        try:
            self._stream = sounddevice.OutputStream(RATE, channels=CHANNELS, dtype="int16", callback=ask)
            self._stream.start()
        except sounddevice.PortAudioError as error:
            raise OSError(str(error)) from error

    def close(self) -> None:
        """Fall silent."""
        self._stream.close()


class Sound:
    """A file's sound as the clock. Raises DeviceError when the file has none."""

    def __init__(self, path: Path, loop: bool, inbox: Inbox, now: Callable[[], float]) -> None:
        self._path, self._loop, self._inbox, self._now = path, loop, inbox, now
        self._samples = np.zeros((0, CHANNELS), np.int16)
        self._clock = Guarded(SoundClock(sound_length(path), RATE, loop))
        self._next = -1  # the sample that the card gets next, counted on through loops; below 0 where the clock is
        self._stop = Stop()
        self._card: Card | None = None
        self._asked = 0.0  # clock time at which the card last wanted samples
        self._thread = Thread(target=self._run, name="audio", daemon=True)
        self._thread.start()

    def observe(self, playing: bool) -> None:
        """Tell whether the show plays, every tick; the sound does as it does."""
        with self._clock as clock:
            if playing != clock.playing:
                clock.play(self._now(), playing)
                self._next = -1

    def seek(self, position: float) -> None:
        """Go to `position`, seconds."""
        with self._clock as clock:
            clock.seek(self._now(), position)
            self._next = -1

    def words(self) -> str:
        """Where it is, for people."""
        with self._clock as clock:
            here, length, heard = clock.at(self._now()), clock.length, "" if self._heard() else " (not heard)"
        return f"audio {self._path.name} {_minutes(here)} of {_minutes(length)}{heard}"

    def close(self) -> None:
        """Fall silent; returns when the thread has ended."""
        self._stop.set()
        self._thread.join(timeout=2.0)
        if self._card is not None:
            self._card.close()

    def _heard(self) -> bool:
        return self._card is not None and self._now() - self._asked < GONE

    def _ask(self, count: int, latency: float) -> np.ndarray:
        """The card's next samples, the first of which is heard `latency` seconds from now."""
        out = np.zeros((count, CHANNELS), np.int16)
        with self._clock as clock:
            self._asked = self._now()
            if not clock.playing or not len(self._samples):
                return out
            now = self._now()
            first = self._next if self._next >= 0 else round((clock.at(now) + latency) * RATE)
            self._next = first + count
            clock.heard(max(first - round(latency * RATE), 0), now)
        where = np.arange(first, first + count)
        if self._loop:
            return self._samples[where % len(self._samples)]
        there = where < len(self._samples)
        out[there] = self._samples[where[there]]
        return out

    def _run(self) -> None:
        self._load()
        heard = self._card is not None
        while not self._stop.wait(POLL):
            with self._clock as clock:
                events, before, heard = clock.events(self._now()), heard, self._heard()
            if events:
                self._inbox.put(events)
            if before and not heard:
                self._alone("the sound card has fallen silent", "connect it and restart")

    def _load(self) -> None:
        """Read the sound and let it be heard, where there is a card; else say so."""
        try:
            card = Card(self._ask)
            samples = read_sound(self._path)
            with self._clock as clock:
                self._samples, clock.length = samples, len(samples) / RATE or clock.length
                self._card, self._asked = card, self._now()
        except (ImportError, OSError, DeviceError) as error:
            cure = (
                "pip install sounddevice (the extra audio), on Debian apt-get install libportaudio2, and a sound card"
            )
            self._alone(str(error), cure)

    def _alone(self, reason: str, cure: str) -> None:
        self._inbox.fault("audio", f"{self._path.name} leads by the clock alone, unheard ({reason}): {cure}")


def _minutes(seconds: float) -> str:
    return f"{int(seconds // 60)}:{seconds % 60:04.1f}"
