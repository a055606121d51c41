"""Steps, rhythms and chains as notes: a head where a value begins, a line for as long as it stands, five lines."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from perf.core.event import Value
from perf.core.param import Param
from perf.core.pattern import Markov, Steps
from perf.core.timeline import Track
from perf.wire.drawing.reading import EDGE, Reading, keyed, place_of
from perf.wire.drawing.sheet import Draw, System
from perf.wire.drawing.svg import head, line

LINES = 5
FULL = 9.0  # pixels of a step that has room for a head


@dataclass(frozen=True, slots=True)
class Note:
    """A value from one beat to another."""

    beat: float
    end: float
    value: float


def stepped(track: Track) -> bool:
    """Whether a track has steps of its own."""
    return isinstance(track.source, Steps | Markov)


def notes(reading: Reading, param: Param, tracks: Sequence[Track]) -> list[Note]:
    """The notes of the tracks, in order."""
    found: list[Note] = []
    for track in tracks:
        if stepped(track):
            onsets = list(_onsets(reading, track))
            ends = [*(beat for beat, _ in onsets[1:]), reading.end]
            pairs = zip(onsets, ends, strict=True)
            found += [Note(beat, end, number(param, value)) for (beat, value), end in pairs if value is not None]
    return found


def number(param: Param, value: Value) -> float:
    """A value as a height: a choice by its place among the others."""
    if param.kind == "choice":
        return float(param.choices.index(str(value))) if value in param.choices else 0.0
    return float(value) if isinstance(value, int | float) else 0.0


def _onsets(reading: Reading, track: Track) -> Iterator[tuple[float, Value | None]]:
    """Where a value begins, and where one ends in a rest (None). A chain's state that stays is not struck again."""
    source, patch, before = track.source, reading.patch, None
    assert isinstance(source, Steps | Markov)
    for beat in keyed(patch, track, (reading.start, reading.end - EDGE)):
        place = place_of(patch, track.unit, beat) * track.scale + track.shift
        inside = (place + 1e-7) % track.loop if track.loop else place + 1e-7
        value = source.at(inside)
        if isinstance(source, Markov):
            if value != before:
                yield beat, value
            before = value
        elif source.struck(int((inside + 1e-9) // source.step)):
            yield beat, value
        elif source.rest is not None:
            yield beat, None


def staff(
    reading: Reading, param: Param, tracks: Sequence[Track], height: float
) -> tuple[Draw, tuple[tuple[float, str], ...]]:
    """How the notes are drawn, and the words beside their staff."""
    found = notes(reading, param, tracks)
    values = sorted({note.value for note in found}) or [0.0]
    low, high = values[0], values[-1]
    size = high - low or 1.0

    def draw(system: System, y: float) -> list[str]:
        rows = (y + height * n / (LINES - 1) for n in range(LINES))
        parts = [line(system.left, row, system.right, row, "five") for row in rows]
        for note in found:
            place = y + height * ((high - note.value) / size if high > low else 0.5)
            parts += _note(note, system, place)
        return parts

    def words(value: float) -> str:
        return str(param.choices[int(value)]) if param.kind == "choice" else f"{value:.3g}"

    marks = ((0.0, words(high)), (1.0, words(low))) if high > low else ((0.5, words(high)),)
    return draw, marks


def _note(note: Note, system: System, y: float) -> list[str]:
    """A head on its beat, and the line on which it is held, which may go on from the system before."""
    room = system.cut(note.beat, note.end)
    if room is None:
        return []
    x, end = room
    if note.beat < system.start:
        return [line(x, y, end - 2, y, "held")]
    size = min(4.2, max((end - x) / FULL * 4.2, 1.0))
    held = [line(x + 2 * size, y, end - 2, y, "held")] if end - x > 3 * size else []
    return [*held, head(x + size, y, size)]
