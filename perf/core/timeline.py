"""Tracks and cues: the virtual timeline's minimal form. A track moves one parameter; a cue sets several at once.

The timeline is the middle floor of value: over the default, under the performer's hand.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from perf.core.curve import Curve
from perf.core.event import Value
from perf.core.moment import Moment

UNITS = ("beats", "seconds")


@dataclass(frozen=True, slots=True)
class Track:
    """A curve on one address. `loop` is a length in the track's unit; 0 plays once and holds."""

    address: str
    curve: Curve
    unit: str = "beats"
    loop: float = 0.0

    def at(self, moment: Moment) -> Value:
        """The track's value at a moment of the transport."""
        place = moment.beat if self.unit == "beats" else moment.position
        return self.curve.at(place % self.loop if self.loop else place)


@dataclass(frozen=True, slots=True)
class Cue:
    """Values that `/cue/NAME/go` sets by the performer's hand, over `fade` seconds."""

    name: str
    values: Mapping[str, Value] = field(default_factory=dict)
    fade: float = 0.0


@dataclass(frozen=True, slots=True)
class Timeline:
    """Tracks and cues of a patch, in its order."""

    tracks: tuple[Track, ...] = ()
    cues: tuple[Cue, ...] = ()

    def resolve(self, values: dict[str, Value], moment: Moment) -> None:
        """Write each track's value at `moment` into `values`."""
        beat, position = moment.beat, moment.position
        for track in self.tracks:
            place = beat if track.unit == "beats" else position
            loop = track.loop
            values[track.address] = track.curve.at(place % loop if loop else place)
