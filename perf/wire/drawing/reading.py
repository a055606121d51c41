"""A timeline read from one beat to another: what every moving parameter is on the way, which cues fire and what they
launch. Nobody's hand takes part, and no condition: what waits or jumps is for the performance to know.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from perf.core.cue import Cue
from perf.core.curve import Curve
from perf.core.event import Value
from perf.core.lane import write
from perf.core.meter import TempoMap
from perf.core.moment import Moment
from perf.core.patch import Patch
from perf.core.pattern import Markov, Steps
from perf.core.prompts import PromptTrack
from perf.core.shot import ShotTrack
from perf.core.state import Hand, Release
from perf.core.table import PROMPTS
from perf.core.timeline import Clip, Track

EDGE = 1e-6  # beats before a place, at which what was before it still is
GRID = 5000  # places besides those where something is written
MARKS = 1000  # cues that follow one another
PLACES = 4000  # written places of a track that are looked at


@dataclass(frozen=True, slots=True)
class Mark:
    """A cue that fires by itself at a beat; `source` is the number of the mark that it follows, -1 for none."""

    beat: float
    cue: Cue
    source: int = -1


@dataclass(frozen=True, slots=True)
class Reading:
    """Values by address at `beats`, from `start` to `end`; the prompts that are shown there, with their weights."""

    patch: Patch
    start: float
    end: float
    beats: list[float]
    columns: dict[str, list[Value]]
    prompts: list[dict[str, float]]
    marks: list[Mark]
    clips: list[Clip]

    def within(self, start: float, end: float) -> range:
        """The places from `start` to just before `end`."""
        return range(_first(self.beats, start), _first(self.beats, end))

    def index(self, beat: float) -> int:
        """The place at a beat, or the one before."""
        return max(_first(self.beats, beat + EDGE) - 1, 0)


def _first(beats: Sequence[float], beat: float) -> int:
    low, high = 0, len(beats)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if beats[middle] < beat - EDGE / 2 else (low, middle)
    return low


def course(patch: Patch) -> TempoMap:
    """The patch's tempo curve, or its tempo as one."""
    return patch.timeline.course or TempoMap(lambda beat: patch.tempo, [0.0])


def beat_of(patch: Patch, unit: str, place: float) -> float:
    """The beat at a place in one of the units of tracks."""
    if unit == "bars":
        return patch.meter.beat(place)
    return course(patch).beat(place) if unit == "seconds" else place


def place_of(patch: Patch, unit: str, beat: float) -> float:
    """A beat in one of the units of tracks."""
    if unit == "bars":
        return patch.meter.bars(beat)
    return course(patch).seconds(beat) if unit == "seconds" else beat


def read(patch: Patch, start: float, end: float) -> Reading:
    """The timeline from `start` to `end`."""
    marks = list(_marks(patch, end))
    clips = [*patch.timeline.clips, *_launched(patch, marks, end)]
    timeline = replace(patch.timeline, clips=tuple(clips))
    moved = {address for mark in marks for address in mark.cue.values}
    played = {track.address for clip in clips for track in _tracks(clip)}
    recorded = {address for address, lanes in timeline.lanes.items() if lanes.chosen}
    addresses = sorted({*(track.address for track in timeline.tracks), *played, *recorded, *moved})
    beats = _places(patch, marks, clips, (start, end))
    columns: dict[str, list[Value]] = {address: [] for address in addresses if not _is_prompt(address)}
    tempo, fader, prompts = course(patch), _Fader(), []
    cues = _Cues(marks, tempo)
    for n, beat in enumerate([*(mark.beat for mark in marks if mark.beat < start), *beats]):
        seconds = tempo.seconds(beat)
        moment = Moment(n, seconds, seconds, beat, patch.meter.bars(beat), tempo.tempo(beat), True, tempo)
        values = patch.floor
        timeline.resolve(values, moment)
        write(values, beat, timeline.lanes, {})
        cues.lay(values, moment)
        if beat >= start:
            for address, column in columns.items():
                column.append(values[address])
            prompts.append(fader.shown(values, seconds))
    return Reading(patch, start, end, beats, columns, prompts, marks, clips)


def _is_prompt(address: str) -> bool:
    return address.startswith("/prompt/")


def _tracks(clip: Clip) -> Iterator[Track]:
    yield from clip.sequence.tracks
    for inner in clip.sequence.clips:
        yield from _tracks(inner)


def _marks(patch: Patch, end: float) -> Iterator[Mark]:
    """The cues with a beat, each with those that follow it up to the next one with a beat, which is the later of two
    on one."""
    cues = {cue.name: cue for cue in patch.timeline.cues}
    placed = sorted((cue for cue in cues.values() if cue.at is not None), key=lambda cue: cue.at or 0.0)
    count = 0
    for i, cue in enumerate(placed):
        until = min(placed[i + 1].at or 0.0 if i + 1 < len(placed) else end, end)
        beat, source = cue.at or 0.0, -1
        while (beat <= until or source < 0) and beat <= end and count < MARKS:
            yield Mark(beat, cue, source)
            source, count = count, count + 1
            if not cue.follow or cue.seek is not None or cue.until is not None:
                break
            beat, cue = beat + cue.after, cues[cue.follow]


def _launched(patch: Patch, marks: Sequence[Mark], end: float) -> Iterator[Clip]:
    """What the cues launch, until the next one launches something else."""
    players = [mark for mark in marks if mark.cue.plays is not None]
    for i, mark in enumerate(players):
        until = players[i + 1].beat if i + 1 < len(players) else max(end, mark.beat)
        for name in mark.cue.plays or ():
            yield Clip(patch.timeline.sequences[name], mark.beat, until - mark.beat, loop=True)


class _Cues:
    """What cues hold: each takes a value from where it is when the cue goes, as a hand does."""

    def __init__(self, marks: Sequence[Mark], tempo: TempoMap) -> None:
        self._coming, self._tempo = deque(marks), tempo
        self._held: dict[str, Hand] = {}
        self._left: dict[str, Release] = {}

    def lay(self, values: dict[str, Value], moment: Moment) -> None:
        """Lay over the values what the cues up to a moment hold; every cue's own beat is asked for in its turn."""
        while self._coming and self._coming[0].beat <= moment.beat:
            mark = self._coming.popleft()
            self._fire(mark.cue, values, self._tempo.seconds(mark.beat))
        for address, left in self._left.items():
            values[address] = left.over(values[address], moment.seconds)
        for address, hand in self._held.items():
            values[address] = hand.at(moment.seconds)

    def _fire(self, cue: Cue, below: dict[str, Value], seconds: float) -> None:
        for address in cue.release:
            hand = self._held.pop(address, None)
            if hand and cue.fade:
                self._left[address] = Release(hand.at(seconds), seconds, cue.fade)
        for address, value in cue.values.items():
            hand, left = self._held.get(address), self._left.pop(address, None)
            start = hand.at(seconds) if hand else left.over(below[address], seconds) if left else below[address]
            self._held[address] = Hand(value, start, seconds, cue.fade)


class _Fader:
    """The prompts that are shown: texts that come fade in over /prompt/fade, those that go fade out."""

    def __init__(self) -> None:
        self._before: dict[str, float] = {}
        self._last: dict[str, float] = {}
        self._texts: frozenset[str] | None = None
        self._since = 0.0

    def shown(self, values: dict[str, Value], seconds: float) -> dict[str, float]:
        """The texts with a weight, and their weights."""
        live: dict[str, float] = {}
        for n in range(1, PROMPTS + 1):
            weight = float(values[f"/prompt/{n}/weight"])  # type: ignore[arg-type]
            if abs(weight) > 1e-3:
                words = str(values[f"/prompt/{n}/text"])
                live[words] = live.get(words, 0.0) + weight
        if self._texts != live.keys():
            self._before, self._since = (dict(self._last), seconds) if self._texts is not None else ({}, -1e9)
            self._texts = frozenset(live)
        fade = float(values["/prompt/fade"])  # type: ignore[arg-type]
        share = min((seconds - self._since) / fade, 1.0) if fade else 1.0
        mixed = {words: weight * (1.0 if words in self._before else share) for words, weight in live.items()}
        mixed |= {words: w * (1.0 - share) for words, w in self._before.items() if words not in live}
        self._last = {words: weight for words, weight in mixed.items() if abs(weight) > 1e-3}
        return self._last


def _places(patch: Patch, marks: Sequence[Mark], clips: Sequence[Clip], span: tuple[float, float]) -> list[float]:
    """Where to look: on a grid, and at and just before each place where something is written."""
    start, end = span
    places = {start + (end - start) * n / GRID for n in range(GRID)}
    meter = patch.meter
    written = {meter.beat(bar) for bar in range(int(meter.bars(start)), int(meter.bars(end)) + 2)}
    every: list[Track | PromptTrack] = [*patch.timeline.tracks, *patch.timeline.prompts]
    for track in every:
        written.update(keyed(patch, track, span))
    for clip in clips:
        written |= {clip.at, clip.at + clip.length, clip.at + clip.fade, clip.at + clip.length - clip.fade}
        written.update(rounds(clip))
        inner = (keyed(patch, track, (0.0, clip.sequence.length)) for track in clip.sequence.tracks)
        if clip.sequence.course is None and not clip.reverse:
            written.update(
                at + (beat - clip.offset) / clip.rate
                for at in [clip.at, *rounds(clip)]
                for one in inner
                for beat in one
            )
    written.update(key.at for lanes in patch.timeline.lanes.values() for key in lanes.playing.keys)
    written.update(mark.beat for mark in marks)
    both = {place for beat in written for place in (beat, beat - EDGE)}
    return sorted(place for place in {*places, *both} if start <= place < end)


def rounds(clip: Clip) -> list[float]:
    """The beats at which a looping clip begins anew."""
    size = clip.sequence.length / clip.rate
    if not clip.loop or clip.sequence.course is not None or size <= 0:
        return []
    count = min(int((clip.length * clip.rate + clip.offset) / clip.sequence.length), PLACES)
    return [
        beat
        for n in range(1, count + 1)
        if (beat := clip.at + n * size - clip.offset / clip.rate) < clip.at + clip.length
    ]


def keyed(patch: Patch, track: Track | PromptTrack | ShotTrack, span: tuple[float, float]) -> list[float]:
    """The beats at which a track has its keys, or its steps, in a span."""
    scale, shift = (track.scale, track.shift) if isinstance(track, Track) else (1.0, 0.0)
    low, high = (place_of(patch, track.unit, beat) * scale + shift for beat in span)
    places = _written(track, low, high)
    loop = track.loop
    turns = range(int(low // loop), int(high // loop) + 1) if loop else range(1)
    found = (place + turn * loop for turn in turns[:PLACES] for place in places if not loop or place < loop)
    inside = [place for place in found if low <= place <= high][:PLACES]
    return [beat_of(patch, track.unit, (place - shift) / scale) for place in inside]


def _written(track: Track | PromptTrack | ShotTrack, low: float, high: float) -> list[float]:
    """The places of keys and steps in the source of a track, of one round where it has a loop."""
    if isinstance(track, PromptTrack):
        return [place for key in track.keys for place in (key.at, key.at + key.length)]
    if isinstance(track, ShotTrack):
        return [at for at, _ in track.shots]
    if isinstance(track.source, Curve):
        return [key.at for key in track.source.keys]
    if isinstance(track.source, Steps | Markov):
        first, last = (0.0, track.loop) if track.loop else (low, high)
        step = track.source.step
        count = min(int((last - first) / step) + 2, PLACES)
        return [(int(first // step) + n) * step for n in range(count)]
    return []
