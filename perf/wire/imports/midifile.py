"""Standard MIDI files as patches: the tempo map and the time signatures, markers as cues, and what `--map` asks for as
tracks.

`cc74=/sampler/skip` makes a track of a controller, scaled to the parameter's range; `note36=/shader/flash` one of a
note: its velocity / 127 of the range while it is held, 0 else. `cc74@10` looks at channel 10 alone. What nobody asked
for is named.
"""

import io
import re
import struct
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from mido import MetaMessage, MidiFile

from perf.core.event import Value
from perf.core.meter import FASTEST, SLOWEST
from perf.core.param import Param, Table
from perf.errors import ImportFileError
from perf.wire.imports.draft import Asked, Draft, Imported, clean, number
from perf.wire.imports.midichunks import readable
from perf.wire.sources import FURTHEST

BROKEN = (EOFError, OSError, ValueError, KeyError, IndexError, TypeError, AttributeError, struct.error, OverflowError)
MARKERS = ("marker", "cue_marker")
UNITS = (1, 2, 4, 8, 16, 32)
MOST = 500  # cues
RATES = {29: 30_000 / 1001}  # frames a second that are no whole number

_MAP = re.compile(r"(cc|note)(\d{1,3})(?:@(\d{1,2}))?=(/\S+)")


@dataclass(frozen=True, slots=True)
class Map:
    """A controller (cc) or a note, by its number, on a channel 1…16 (0: any), and the parameter that it moves."""

    kind: str
    number: int
    channel: int
    param: Param
    text: str


@dataclass(slots=True)
class Song:
    """What is in a file: (beat, message) in order, and counts by channel of what was seen."""

    events: list[tuple[float, object]] = field(default_factory=list)
    seen: Counter[tuple[int, str, int]] = field(default_factory=Counter)


def recognised(data: bytes) -> bool:
    """Whether data looks like a MIDI file, or a RIFF file with one in it."""
    return data[:4] == b"MThd" or (data[:4] == b"RIFF" and data[8:12] == b"RMID")


def maps(texts: Sequence[str], table: Table) -> list[Map]:
    """What `--map` asks for. Raises ValueError saying what is allowed."""
    return [_map(text, table) for text in texts]


def _map(text: str, table: Table) -> Map:
    found = _MAP.fullmatch(text)
    if found is None or int(found[2]) > 127 or int(found[3] or 0) > 16:
        raise ValueError(
            f"--map {text!r}: give cc0…cc127 or note0…note127, @CHANNEL 1…16 if one is meant, and =/ADDRESS"
        )
    param = table.get(found[4])
    if param is None or param.access != "rw" or param.kind not in ("float", "int", "bool", "choice"):
        raise ValueError(
            f"--map {text!r}: {found[4]} is no parameter that takes numbers; `retrograde params` lists them"
        )
    return Map(found[1], int(found[2]), int(found[3] or 0), param, text)


def convert(data: bytes, asked: Asked) -> Imported:
    """The file as a patch. Raises ImportFileError for what is no MIDI file, ValueError for a wrong map."""
    wanted = maps(asked.maps, asked.table)
    data, changed = readable(data[20:] if data[:4] == b"RIFF" else data)
    stream, promised = io.BytesIO(data), int.from_bytes(data[10:12], "big")
    try:
        file = MidiFile(file=stream, clip=True)  # texts as latin-1: every byte is one
    except BROKEN as error:
        raise ImportFileError(f"is not a whole MIDI file: {str(error) or 'it ends too early'}", asked.source) from None
    if promised != len(file.tracks):
        words = f"its header promises {promised} tracks, and {data.count(b'MTrk')} are there; export it again"
        raise ImportFileError(f"is not a whole MIDI file: {words}", asked.source)
    draft = Draft(asked, f"a MIDI file of type {file.type}", beats=True)
    for words in changed:
        draft.note(words)
    if rest := stream.read().count(b"MTrk"):
        draft.note(f"the header promises {promised} tracks, and {rest} more follow: they are left out")
    names = ", ".join(_names(file))
    if names:
        draft.facts.append(f"Its tracks: {names}.")
    song = _song(file, draft)
    _tempo(song, draft)
    _signature(song, draft)
    _markers(song, draft)
    for one in wanted:
        _track(song, draft, one)
    _what_there_is(song, draft, wanted)
    return draft.finished()


def _song(file: MidiFile, draft: Draft) -> Song:
    """Every message with its beat, in order."""
    if file.type == 2:
        draft.note("type 2: its tracks are patterns of their own; they are laid over one another")
    song = Song(sorted(_placed(file, draft), key=lambda event: event[0]))
    if file.ticks_per_beat < 0:
        timed = [event for event in song.events if getattr(event[1], "type", "") != "set_tempo"]
        if len(timed) < len(song.events):
            draft.note(
                f"tempi ({len(song.events) - len(timed)}): left out, for frames of time code last as long in any"
            )
        song.events = timed
    for _, message in song.events:
        kind = getattr(message, "type", "")
        number = (
            getattr(message, "control", getattr(message, "note", 0)) if kind in ("control_change", "note_on") else 0
        )
        if kind != "note_on" or message.velocity:  # type: ignore[attr-defined]
            song.seen[getattr(message, "channel", -1) + 1, kind, number] += 1
    return song


def _placed(file: MidiFile, draft: Draft) -> Iterator[tuple[float, object]]:
    per_beat = _ticks(file.ticks_per_beat, draft)
    for track in file.tracks:
        ticks = 0
        for message in track:
            ticks += message.time
            if ticks / per_beat <= FURTHEST:
                yield ticks / per_beat, message
            else:
                draft.note(f"events after beat {FURTHEST:g} are left out")


def _ticks(division: int, draft: Draft) -> float:
    """Ticks in a beat; a division in frames of time code counts seconds, at 120 BPM."""
    if division > 0:
        return float(division)
    frames, ticks = RATES.get(-(division >> 8), float(-(division >> 8))), division & 0xFF
    if not frames or not ticks:
        raise ImportFileError(f"has a division of {division}, which counts nothing", draft.asked.source)
    draft.note(f"its time is counted in {frames:.4g} frames a second: beats are those of 120 BPM")
    return frames * ticks / 2.0


def _tempo(song: Song, draft: Draft) -> None:
    """The tempo map as a tempo curve that jumps; the first one is the patch's."""
    events = ((beat, message) for beat, message in song.events if getattr(message, "type", "") == "set_tempo")
    asked = {beat: _bpm(message.tempo) for beat, message in events}  # type: ignore[attr-defined]
    found = {beat: min(max(bpm, SLOWEST), FASTEST) for beat, bpm in asked.items()}
    cut = [beat for beat, bpm in asked.items() if not SLOWEST <= bpm <= FASTEST]
    if cut:
        words = f"{len(cut)} tempi, the first at beat {number(cut[0])}, lie outside of {SLOWEST:g}…{FASTEST:g} BPM"
        draft.note(f"{words} and are brought into it")
    first = found.get(0.0, 120.0)
    draft.tempo = first
    draft.sections["clock"] = {"tempo": first}
    if len(set({0.0: first, **found}.values())) > 1:
        spots: list[tuple[float, Value]] = [(beat, bpm) for beat, bpm in sorted({0.0: first, **found}.items())]
        draft.track("/transport/tempo", spots, "the tempo map")


def _bpm(beat: int) -> float:
    """The tempo of a beat in microseconds, with as few decimals as say the same: 666667 is 90."""
    bpm = 60e6 / max(beat, 1)
    short = (round(bpm, digits) for digits in range(6))
    return next((one for one in short if one and round(60e6 / one) == beat), round(bpm, 6))


def _signature(song: Song, draft: Draft) -> None:
    """Time signatures by bars; one that comes within a bar counts from the next."""
    changes: list[tuple[int, str]] = [(0, "4/4")]
    bar, beat, size = 0, 0.0, 4.0
    for at, message in song.events:
        if getattr(message, "type", "") != "time_signature":
            continue
        count, unit = message.numerator, message.denominator  # type: ignore[attr-defined]
        if unit not in UNITS or not 1 <= count <= 64:
            draft.note(f"the time signature {count}/{unit} at beat {number(at)} cannot be played; the one before stays")
            continue
        bars = (at - beat) / size
        whole = max(int(-(-(bars - 1e-6) // 1)), 0)  # of two within a bar the later one counts from the next
        if abs(bars - whole) > 1e-3:
            draft.note(
                f"the time signature {count}/{unit} at beat {number(at)} lies within a bar: it counts from the next"
            )
        bar, beat, size = bar + whole, beat + whole * size, count * 4.0 / unit
        changes = [*(change for change in changes if change[0] != bar), (bar, f"{count}/{unit}")]
    if changes != [(0, "4/4")]:
        draft.sections["clock"]["signature"] = changes[0][1] if len(changes) == 1 else [list(one) for one in changes]


def _markers(song: Song, draft: Draft) -> None:
    """Markers and cue points as cues on their beats, each with a name of its own."""
    names: set[str] = set()
    found = [(beat, message) for beat, message in song.events if getattr(message, "type", "") in MARKERS]
    for beat, message in found[:MOST]:
        plain = clean(_text(message.text), False).replace("/", "-").strip()[:80] or "marker"  # type: ignore[attr-defined]
        name, n = plain, 1
        while name in names:
            n += 1
            name = f"{plain} {n}"
        names.add(name)
        draft.cue(name, beat)
    if len(found) > MOST:
        draft.note(f"{len(found)} markers: the first {MOST} are cues")


def _track(song: Song, draft: Draft, one: Map) -> None:
    """A track of what a map asks for."""
    spots = dict(_controls(song, one) if one.kind == "cc" else _notes(song, one))
    if not spots:
        draft.note(f"--map {one.text}: the file has none of these")
        return
    values: list[tuple[float, Value]] = []
    for beat, value in spots.items():
        if not values or values[-1][1] != value:
            values.append((beat, value))
    draft.track(one.param.address, values, f"--map {one.text}")


def _controls(song: Song, one: Map) -> Iterator[tuple[float, Value]]:
    """A controller's values, in the parameter's range."""
    for beat, message in song.events:
        if _meant(message, one, "control_change", "control"):
            yield beat, one.param.denormalise(message.value / 127)  # type: ignore[attr-defined]


def _notes(song: Song, one: Map) -> Iterator[tuple[float, Value]]:
    """While a note is held, its velocity / 127 of the way from 0 to the top of the range; 0 else."""
    low = min(max(0.0, one.param.minimum), one.param.maximum)
    yield 0.0, one.param.coerce((low,))[0]
    for beat, message in song.events:
        struck = _meant(message, one, "note_on", "note")
        if struck or _meant(message, one, "note_off", "note"):
            velocity = message.velocity if struck else 0  # type: ignore[attr-defined]
            top = 1.0 if one.param.kind in ("bool", "choice") else one.param.maximum
            yield beat, one.param.coerce((low + (top - low) * velocity / 127,))[0]


def _meant(message: object, one: Map, kind: str, name: str) -> bool:
    if getattr(message, "type", "") != kind or getattr(message, name) != one.number:
        return False
    return not one.channel or message.channel + 1 == one.channel  # type: ignore[attr-defined]


def _what_there_is(song: Song, draft: Draft, wanted: Sequence[Map]) -> None:
    """Name the controllers and notes that nobody asked for, and everything else that is not played."""
    mapped = {(one.kind, one.number, one.channel) for one in wanted}
    for kind, short, words in (("control_change", "cc", "controllers"), ("note_on", "note", "notes")):
        for channel in range(1, 17):
            rest = {n: count for (c, k, n), count in song.seen.items() if c == channel and k == kind}
            rest = {n: count for n, count in rest.items() if not {(short, n, 0), (short, n, channel)} & mapped}
            if rest:
                listed = ", ".join(f"{short}{n} ({count})" for n, count in sorted(rest.items()))
                example = (
                    f'`--map "{short}{max(rest, key=lambda n: rest[n])}@{channel}=/sampler/skip"` makes a track of one'
                )
                draft.note(f"channel {channel}: {words} {listed}, not mapped; {example}")
    known = {
        "control_change",
        "note_on",
        "note_off",
        "set_tempo",
        "time_signature",
        "end_of_track",
        "track_name",
        *MARKERS,
    }
    others = Counter[str]()
    for (_, kind, _), count in song.seen.items():
        others[kind] += count if kind not in known else 0
    left = [f"{kind} ({count})" for kind, count in sorted(others.items()) if count]
    if left:
        draft.note(f"{', '.join(left)}: not played")


def _names(file: MidiFile) -> list[str]:
    """The names of its tracks."""
    named = (m for track in file.tracks for m in track if isinstance(m, MetaMessage) and m.type == "track_name")
    return [clean(_text(message.name), False)[:60] for message in named]


def _text(text: str) -> str:
    """A text as UTF-8, which most programs write, where it can be read so."""
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text
