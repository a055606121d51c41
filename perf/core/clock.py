"""Which source of time leads. One is chosen; what the others say is ignored, and that is said."""

from dataclasses import dataclass

SOURCES = ("auto", "internal", "midi", "mtc", "link", "audio", "sound")
_FOLLOWED = {"auto": ("midi", ""), "internal": ("",)}  # "" is whoever sends /transport/follow without being a clock


@dataclass(frozen=True, slots=True)
class ClockSpec:
    """`[clock]` of a patch, but for tempo and metre.

    `out` names the MIDI ports that get our clock; `mtc_start` is the time code of beat 0, `freewheel` the seconds for
    which a time code that went silent is believed to go on (inf: for ever); `audio` is the file whose sound leads.
    """

    source: str = "auto"
    out: tuple[str, ...] = ()
    mtc_start: str = "00:00:00:00"
    freewheel: float = 1.0
    audio: str = ""
    loop: bool = False


def origin(source: str) -> str:
    """The kind of clock that an event came from, by its source: `clock:midi:PORT` is midi; nothing for no clock."""
    return source.split(":", 2)[1] if source.startswith("clock:") else ""


def leads(chosen: str, kind: str) -> bool:
    """Whether a kind of clock is obeyed while `/clock/source` is `chosen`."""
    return kind in _FOLLOWED.get(chosen, (chosen,))
