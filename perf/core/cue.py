"""Cues: named events that set several values at once, launch sequences, wait, follow and jump. Values only; what they
do is `core.conductor`'s."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from perf.core.event import Value
from perf.core.formula import Formula
from perf.core.shot import Shot


@dataclass(frozen=True, slots=True)
class Jump:
    """While its cue is the current one: as soon as `when` is not 0, the cue `to` is fired."""

    when: Formula
    to: str


@dataclass(frozen=True, slots=True)
class Cue:
    """Values that a cue sets by the performer's hand, over `fade` seconds, and what else it does.

    `at`: the beat of the timeline at which it fires by itself. `quantise`: it waits for the next multiple of so many
    beats, or with -1 for the next bar. `seek`: the beat to which it takes the transport. `plays`: the sequences that
    run from then on, round and round, instead of those of the cues before (None: those go on). `release`: what cues
    hold of these is given back to the timeline. `shot`: a movement of the camera that begins then. `until`: it holds
    the transport until this is not 0. `follow`: the cue that comes `after` so many beats.
    """

    name: str
    values: Mapping[str, Value] = field(default_factory=dict)
    fade: float = 0.0
    at: float | None = None
    quantise: float = 0.0
    seek: float | None = None
    plays: tuple[str, ...] | None = None
    release: tuple[str, ...] = ()
    shot: Shot | None = None
    until: Formula | None = None
    follow: str = ""
    after: float = 0.0
    jumps: tuple[Jump, ...] = ()
