"""What is heard, as parameters that set how (`/sound/…`) and readings that say what (`/status/sound/…`).

Only declarations, as in `core.table`, which they are a part of; the hearing itself is in `perf.hearing`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from perf.core.event import Value
from perf.core.param import Param

SOURCES = ("none", "input", "file")
OCTAVES = (63, 125, 250, 500, 1000, 2000, 4000, 8000)  # Hz, the middles of the bands (IEC 61260)
PREFIX = "/status/sound/"


@dataclass(frozen=True, slots=True)
class SoundSpec:
    """`[sound]` of a patch: the file, beside it, that `/sound/source` file means, and a part of the input's name."""

    file: str = ""
    input: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """How it is heard: `/sound/…`. Times in seconds, `low` and `high` in Hz, `around` in BPM, `gain` a factor."""

    gain: float = 1.0
    auto: bool = True
    attack: float = 0.005
    release: float = 0.2
    low: float = 200.0
    high: float = 2000.0
    threshold: float = 0.3
    decay: float = 0.25
    around: float = 120.0


def settings_of(values: Mapping[str, Value]) -> Settings:
    """The settings that parameters, by address, make."""
    names = ("attack", "release", "low", "high", "threshold", "decay", "around")
    numbers = {name: float(values[f"/sound/{name}"]) for name in names}  # type: ignore[arg-type]
    gain = 10.0 ** (float(values["/sound/gain"]) / 20.0)  # type: ignore[arg-type]
    return Settings(gain=gain, auto=bool(values["/sound/auto"]), **numbers)


def sound() -> Iterable[Param]:
    """How it is heard."""
    yield Param(
        "/sound/source", "choice", "none", choices=SOURCES,
        help="what is listened to: nothing, the sound card's input, or the patch's file at the show's own time",
    )  # fmt: skip
    yield Param("/sound/gain", "float", 0.0, -40.0, 40.0, "what is heard, louder or softer", unit="dB", glide=0.05)
    yield Param("/sound/auto", "bool", True, help="levels are shares of the loudest in the last ten seconds or so")
    yield Param("/sound/attack", "float", 0.005, 0.0, 2.0, "time in which a level rises", unit="s")
    yield Param("/sound/release", "float", 0.2, 0.0, 10.0, "time in which a level falls", unit="s")
    yield Param("/sound/low", "float", 200.0, 20.0, 20000.0, "where low ends and mid begins", unit="Hz", warp="exp")
    yield Param("/sound/high", "float", 2000.0, 20.0, 20000.0, "where mid ends and high begins", unit="Hz", warp="exp")
    yield Param("/sound/threshold", "float", 0.3, help="an onset's strength, as a share of the strongest one lately")
    yield Param("/sound/decay", "float", 0.25, 0.01, 10.0, "time in which an onset's reading falls", unit="s")
    yield Param(
        "/sound/around", "float", 120.0, 40.0, 240.0, unit="BPM", warp="exp",
        help="tempo that is taken for likely: it chooses between a beat, its half and its double",
    )  # fmt: skip


READINGS = {
    "level": "of what is heard, 0…1",
    "low": "of what is below /sound/low, 0…1",
    "mid": "of what lies between /sound/low and /sound/high, 0…1",
    "high": "of what is above /sound/high, 0…1",
    "peak": "the largest sample lately: at 1 the input clips",
    "onset": "1 when something begins to sound, falling to 0 in /sound/decay",
    "onsets": "onsets counted so far",
    "tempo": "of the beat that is heard, BPM; 0 before there is one",
    "beat": "beats counted by ear, with their fraction: on the beat it is whole",
    "confidence": "how sure of the beat, 0…1",
} | {f"band/{n}": f"of the octave around {middle} Hz, 0…1" for n, middle in enumerate(OCTAVES, 1)}


def heard() -> Iterable[Param]:
    """What is heard."""
    for name, words in READINGS.items():
        yield Param(PREFIX + name, "float", 0.0, 0.0, 1e9, words, access="r")
    yield Param(PREFIX + "source", "text", "none", help="what is listened to, and what is wrong with it", access="r")
