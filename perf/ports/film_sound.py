"""A film's sound: measured to the sample before anything is rendered, and laid beside the pictures from frame 0 on.

Its length is counted by decoding it, since the heads of MP3s and their kin only estimate it. A longer one ends with the
film, to the sample; a shorter one plays to its own end.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any

import av

from perf.errors import UsageError
from perf.ports.sound_frames import gapless, resampled

RATES = (44100, 48000, 88200, 96000)  # samples a second that are kept; others become the second
CODECS = {"mp4": "aac", "mov": "aac", "matroska": "flac"}  # by container
BITS = "192000"  # a second, of AAC


@dataclass(frozen=True, slots=True)
class Sound:
    """A file with sound in it: samples a channel, samples a second, and its channels, of which two are kept."""

    path: Path
    samples: int
    rate: int
    channels: int = 2

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.samples / self.rate


def measured(path: Path) -> Sound:
    """Read a sound file through. Raises UsageError when there is none, or it cannot be read to its end."""
    seconds, rate, channels = Fraction(0), 0, 0
    try:
        for frame in _frames(path):
            if not rate:
                rate = frame.sample_rate
                list(resampled([frame], "s16", "stereo", rate))  # so many channels may be more than can be mixed
            seconds += Fraction(frame.samples, frame.sample_rate)
            channels = max(channels, frame.layout.nb_channels)
    except (OSError, av.error.FFmpegError) as error:
        words = getattr(error, "strerror", "") or str(error)
        raise UsageError(f"{path}: the sound cannot be read ({words}); give a WAV, FLAC, MP3, … file") from error
    if not seconds:
        raise UsageError(f"{path}: there is no sound in it; give a WAV, FLAC, MP3, … file")
    return Sound(path, round(seconds * rate), rate, min(channels, 2))


def _frames(path: Path) -> Iterator[Any]:
    with av.open(str(path)) as file:
        if file.streams.audio:
            yield from gapless(file.decode(audio=0))


class SoundTrack:
    """The sound's stream in a film that is `seconds` long. Add it before the first packet is written."""

    def __init__(self, film: Any, sound: Sound, seconds: Fraction) -> None:
        self._film = film
        self._rate = sound.rate if sound.rate in RATES else RATES[1]
        self._left = round(seconds * self._rate)
        codec = CODECS[film.format.name]
        options = {"flags": "+bitexact"} | ({"b": BITS} if codec == "aac" else {})
        self._stream: Any = film.add_stream(codec, rate=self._rate, options=options)
        self._stream.layout = "mono" if sound.channels == 1 else "stereo"
        self._stream.format = "fltp" if codec == "aac" else "s16"
        self._blocks = self._resampled(sound.path)
        self._done = 0

    def _resampled(self, path: Path) -> Iterator[Any]:
        """Blocks of samples as the encoder takes them."""
        line = av.AudioFifo()
        form, layout = self._stream.format.name, self._stream.layout.name
        for part in chain(resampled(_frames(path), form, layout, self._rate), [None]):
            if part is not None:
                part.pts = None  # the file's own clock does not matter: samples are counted
                line.write(part)
            while line.samples >= 1024 or (part is None and line.samples):
                yield line.read(1024, partial=True)

    def upto(self, seconds: Fraction) -> None:
        """Write what is heard before `seconds` of the film."""
        while self._left and Fraction(self._done, self._rate) < seconds:
            block = next(self._blocks, None)
            if block is None:
                self._left = 0
                return
            block = _cut(block, self._left)
            block.pts, block.time_base = self._done, Fraction(1, self._rate)
            self._done, self._left = self._done + block.samples, self._left - block.samples
            self._film.mux(self._stream.encode(block))

    def close(self) -> None:
        """Write what the encoder holds back."""
        self._film.mux(self._stream.encode(None))


def _cut(block: Any, samples: int) -> Any:
    """The first `samples` of a block."""
    if block.samples <= samples:
        return block
    line = av.AudioFifo()
    block.pts = None
    line.write(block)
    return line.read(samples)
