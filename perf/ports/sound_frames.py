"""The frames of a sound file one after another: its gaps filled with silence, and brought to one format."""

from collections.abc import Iterable, Iterator
from itertools import chain, groupby

import av
from av.audio.frame import AudioFrame

GAP, LONGEST_GAP = 0.02, 600.0  # seconds between which what is missing becomes silence; times beyond that are nonsense


def gapless(frames: Iterable[AudioFrame]) -> Iterator[AudioFrame]:
    """All frames, and silence where there is none for a while."""
    first, done = None, 0.0
    for frame in frames:
        if frame.time is not None:
            first = frame.time if first is None else first
            gap = frame.time - first - done
            if GAP < gap < LONGEST_GAP:
                done += gap
                yield from _silence(frame, round(gap * frame.sample_rate))
        done += frame.samples / frame.sample_rate
        yield frame


def _silence(like: AudioFrame, samples: int) -> Iterator[AudioFrame]:
    """So many samples, in frames of a second at most."""
    for begin in range(0, samples, like.sample_rate):
        frame = AudioFrame("s16", like.layout.name, min(samples - begin, like.sample_rate))
        frame.planes[0].update(bytes(frame.planes[0].buffer_size))
        frame.sample_rate = like.sample_rate
        yield frame


def resampled(frames: Iterable[AudioFrame], form: str, layout: str, rate: int) -> Iterator[AudioFrame]:
    """The frames in one format, which a file may change midway. More channels are mixed as whole numbers: of floats the
    sum would go beyond full scale."""
    for _, alike in groupby(frames, lambda frame: (frame.format.name, frame.layout.name, frame.sample_rate)):
        mixing = av.AudioResampler("s32", layout, rate)
        shaping = av.AudioResampler(form, layout, rate)
        for frame in chain(alike, [None]):
            for mixed in mixing.resample(frame):
                yield from shaping.resample(mixed)
        yield from shaping.resample(None)
