"""Where the cues stand: which one went last, what waits, what they play. A value; the conductor makes the next one."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from perf.core.cue import Cue
from perf.core.timeline import Clip, Timeline


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the cues stand: the `current` one (-1: none), the beat at which it fired, how often each has fired.

    `pending` is (cue, beat) waiting for its grid line; `waiting` while the current cue holds the transport; `clips` are
    the sequences that it launched; `mark` is the last (beat, cue) on the timeline that has been taken care of;
    `preview` is the cue that somebody wants to see ahead (-1: the one that comes), until one goes; `fired` counts those
    that went.
    """

    current: int = -1
    since: float = 0.0
    times: Mapping[str, int] = field(default_factory=dict)
    pending: tuple[int, float] | None = None
    waiting: bool = False
    clips: tuple[Clip, ...] = ()
    mark: tuple[float, float] = (-math.inf, -1)
    preview: int = -1
    fired: int = 0

    def on(self, timeline: Timeline, before: Timeline) -> "Standing":
        """The same on another timeline than the one `before`: cues and sequences are the same that have the same name.
        One that is there no more is neither the current cue nor waits nor plays."""
        names = [cue.name for cue in timeline.cues]
        moved = {i: names.index(cue.name) for i, cue in enumerate(before.cues) if cue.name in names}
        pending = self.pending if self.pending and self.pending[0] in moved else None
        played = [(clip, timeline.sequences.get(clip.sequence.name)) for clip in self.clips]
        return replace(
            self,
            current=moved.get(self.current, -1),
            pending=pending and (moved[pending[0]], pending[1]),
            clips=tuple(replace(clip, sequence=sequence) for clip, sequence in played if sequence),
            mark=(self.mark[0], math.inf),
            preview=moved.get(self.preview, -1),
        )

    def past(self, cues: Sequence[Cue], beats: float, *, still: bool = False) -> "Standing":
        """The same with the whole rounds of a chain counted that lie behind, `beats` after the current cue, all but the
        last one: what a chain that goes round has come to is what its last round does. If `still`, only of a chain that
        neither moves nor holds the transport."""
        way = _round(cues, self.current)
        if still and any(cues[number].seek is not None or cues[number].until is not None for number in way):
            return self
        length = sum(cues[number].after for number in way)
        rounds = math.floor(beats / length) - 1 if length > 0.0 else 0
        if rounds <= 0:
            return self
        times = dict(self.times)
        for name in (cues[number].name for number in way):
            times[name] = times.get(name, 0) + rounds
        return replace(self, since=self.since + rounds * length, times=times, fired=self.fired + rounds * len(way))


def _round(cues: Sequence[Cue], current: int) -> list[int]:
    """The cues that follow one another round and back to the `current` one; none where it does not come back."""
    numbers = {cue.name: number for number, cue in enumerate(cues)}
    way, here = [current], numbers.get(cues[current].follow)
    while here is not None and here not in way:
        way.append(here)
        here = numbers.get(cues[here].follow)
    return way if here == current else []
