"""The timeline of a patch: `[[track]]`, `[[sequence]]`, `[[clip]]` and `[[cue]]` as `core.timeline`.

Collects mistakes in the reader and goes on; knows no file and no section besides these.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from perf.core import shot
from perf.core.curve import Curve
from perf.core.formula import Formula
from perf.core.meter import FASTEST, SLOWEST, Meter, TempoMap
from perf.core.param import Table
from perf.core.shot import Shot, ShotTrack
from perf.core.timeline import DEEPEST, UNITS, Clip, Sequence, Timeline, Track
from perf.core.title import addresses
from perf.core.transform import Transform, transformed
from perf.wire import lanes
from perf.wire.cues import cues
from perf.wire.prompts import prompt_tracks
from perf.wire.reader import Path, Reader
from perf.wire.sources import FURTHEST, KINDS, Score, is_place, keys, kind_of, source, under

TEMPO, SHOT = "/transport/tempo", "/camera/shot"
TRACK_KEYS = ("address", "unit", "loop", "transform")
SIGNATURES = 'it takes "7/8", or [[0, "4/4"], [8, "7/8"]] with whole bars in order'
CLIP_KEYS = ("sequence", "at", "length", "offset", "rate", "loop", "reverse", "fade")

_SIGNATURE = re.compile(r"\s*(\d{1,2})\s*/\s*(\d{1,2})\s*", re.A)


def timeline(reader: Reader, document: Mapping[str, Any], table: Table, time: tuple[float, Meter]) -> Timeline:
    """The tracks, clips and cues of a document; `time` are the clock's tempo (BPM) and metre."""
    tempo, meter = time
    score = Score(reader, table, tempo)
    sequences = _sequences(score, document)
    tracks, course = _tracks(score, document, ())
    shots = tuple(_shots(score, document))
    clips = tuple(_clips(score, document, (), sequences))
    fired = tuple(cues(score, document, sequences, partial(_beat, (tempo, course, meter))))
    prompts, recorded = prompt_tracks(reader, document), lanes.book(score, document)
    told = {address for address in addresses(reader.text) if address in table and table[address].access == "r"}
    reads = frozenset(score.reads | told)
    return Timeline(tracks, fired, clips, course, sequences, shots, prompts, recorded, reads)


def _beat(time: tuple[float, TempoMap | None, Meter], unit: str, at: float | None) -> float | None:
    """A place in a unit, in beats."""
    tempo, course, meter = time
    if at is None or unit == "beats":
        return at
    return meter.beat(at) if unit == "bars" else course.beat(at) if course else at * tempo / 60.0


def signature(reader: Reader, section: Mapping[str, Any], path: Path) -> Meter:
    """`signature = "7/8"`, or `[[0, "4/4"], [8, "7/8"]]` by bars; `beats_per_bar = 3` means 3/4."""
    beats = float(reader.number(section, (*path, "beats_per_bar"), 4, (1, 32)))
    raw = section.get("signature")
    if raw is None:
        return Meter(((0, beats),))
    changes = []
    for n, row in enumerate(raw if isinstance(raw, list) else [[0, raw]]):
        good = isinstance(row, list) and len(row) == 2 and is_place(row[0]) and row[0] == int(row[0])
        length = _bar_length(row[1]) if good else 0.0
        if not length:
            words = f"{row!r} is no time signature" if isinstance(raw, list) else f"signature is {raw!r}"
            reader.wrong((*path, "signature", n), f"{words}; {SIGNATURES}")
            return Meter()
        changes.append((int(row[0]), length))
    try:
        return Meter(tuple(changes))
    except ValueError as error:
        reader.wrong((*path, "signature"), f"{error}; {SIGNATURES}")
        return Meter()


def _bar_length(text: object) -> float:
    """Quarter notes in a bar of 7/8; 0 for what is no time signature."""
    found = _SIGNATURE.fullmatch(text) if isinstance(text, str) else None
    count, unit = (int(found[1]), int(found[2])) if found else (0, 0)
    return count * 4.0 / unit if unit in (1, 2, 4, 8, 16, 32) and 1 <= count <= 64 else 0.0


def _tracks(score: Score, section: Mapping[str, Any], path: Path) -> tuple[tuple[Track, ...], TempoMap | None]:
    """The tracks of a section; a track of the tempo is a tempo curve and no track."""
    tracks, course = [], None
    for i, row in enumerate(score.reader.rows(section, "track", path)):
        at: Path = (*path, "track", i)
        if "lanes" in row and path:
            score.reader.wrong((*at, "lanes"), "lanes lie on the timeline, not in a sequence; give this track keys")
        if row.get("address") == SHOT and path:
            score.reader.wrong(
                (*at, "address"), "shots lie on the timeline, or in a cue (shot = ...), not in a sequence"
            )
        if "lanes" in row or row.get("address") == SHOT:
            continue
        if row.get("address") == TEMPO:
            course = _course(score, row, at) or course
            continue
        track = _track(score, row, at)
        if track is not None:
            tracks.append(track)
    return tuple(tracks), course


def _shots(score: Score, document: Mapping[str, Any]) -> list[ShotTrack]:
    """The tracks of /camera/shot: keys are [place, "NAME LENGTH AMOUNT"]."""
    found = []
    for i, row in enumerate(score.reader.rows(document, "track")):
        if row.get("address") == SHOT:
            at: Path = ("track", i)
            score.reader.keys(row, at, ("address", "unit", "loop", "keys", "transform"))
            unit = score.reader.word(row, (*at, "unit"), "beats", UNITS)
            loop = float(score.reader.number(row, (*at, "loop"), 0.0, (0, FURTHEST)))
            track = ShotTrack(tuple(_shot_keys(score, row.get("keys", []), (*at, "keys"))), unit, loop)
            found.append(under(score.reader, row, at, (track, ShotTrack.transformed)))
    return found


def _shot_keys(score: Score, raw: object, path: Path) -> list[tuple[float, Shot]]:
    keys = []
    for n, key in enumerate(raw if isinstance(raw, list) else [raw]):
        at = (*path, n)
        if not isinstance(key, list) or len(key) != 2 or not is_place(key[0]):
            score.reader.wrong(at, f'{key!r} is not a key of shots; a key is [place, "NAME LENGTH AMOUNT"]')
            continue
        try:
            keys.append((float(key[0]), shot.read(str(key[1]))))
        except ValueError as error:
            score.reader.wrong(at, str(error))
    return sorted(keys, key=lambda key: key[0])


def _track(score: Score, row: dict[str, Any], at: Path) -> Track | None:
    reader = score.reader
    kind = kind_of(row)
    reader.keys(row, at, (*TRACK_KEYS, kind, *KINDS[kind]))
    address = reader.word(row, (*at, "address"), "")
    param = reader.param(score.table, address, (*at, "address"))
    if param is None:
        return None
    found = source(score, row, at, param)
    if found is None:
        return None
    unit = reader.word(row, (*at, "unit"), "beats", UNITS)
    track = Track(address, found, unit, float(reader.number(row, (*at, "loop"), 0.0, (0, FURTHEST))))
    track = under(reader, row, at, (track, bent))
    plain = isinstance(track.source, Curve) and not track.scoped and not _overshoots(track.source)
    return track if plain or param.kind == "text" else replace(track, limits=param)


def _overshoots(curve: Curve) -> bool:
    return any(word in ease for ease in {key.ease for key in curve.keys} for word in ("back", "elastic", "bezier"))


def bent(track: Track, transform: Transform) -> Track:
    """A track under one transform. Offset and augment move and stretch its time; the others change its source."""
    if transform.name == "offset":
        return replace(track, shift=track.shift - transform.amount * track.scale)
    if transform.name == "augment":
        return replace(track, scale=track.scale / transform.amount)
    if isinstance(track.source, Formula):
        raise ValueError(f"a formula takes offset and augment; write {transform.name} into it")
    span = track.loop or track.source.span
    shift = -track.shift if transform.name == "reverse" else track.shift
    if transform.name == "quantise":  # its grid is the track's, wherever that has been moved to
        transform = replace(transform, amount=transform.amount * track.scale)
    return replace(track, source=transformed(track.source, transform, span, track.shift), shift=shift)


def _course(score: Score, row: dict[str, Any], at: Path) -> TempoMap | None:
    """A tempo curve: BPM by keys in beats."""
    score.reader.keys(row, at, ("address", "keys"))
    found = keys(score, row.get("keys", []), (*at, "keys"), score.table[TEMPO])
    for n, key in enumerate(found):  # as many as are written, unless a mistake is noted already
        if isinstance(key.value, Formula):
            words = "a tempo curve takes numbers: its beats are counted before it plays"
        elif key.at < 0:
            words = f"the key at {key.at:g} lies before the beginning; a tempo curve is counted from beat 0 on"
        else:
            continue
        score.reader.wrong((*at, "keys", n), words)
        return None
    curve = Curve(found) if found else None
    return TempoMap(lambda beat: float(curve.at(beat)), [key.at for key in curve.keys]) if curve else None  # type: ignore[arg-type]


def _sequences(score: Score, document: Mapping[str, Any]) -> dict[str, Sequence]:
    """Sequences by name; one may play those that stand before it, so none can hold itself."""
    found: dict[str, Sequence] = {}
    depths: dict[str, int] = {}  # how many lie in one another
    rows = score.reader.rows(document, "sequence")
    names = [row.get("name") for row in rows]
    for i, row in enumerate(rows):
        at: Path = ("sequence", i)
        score.reader.keys(
            row, at, ("name", "length", "tempo", "signature", "beats_per_bar", "track", "clip", "prompts")
        )
        name = score.reader.word(row, (*at, "name"), "")
        if not name or name in found:
            score.reader.wrong((*at, "name"), f"name is {name!r}; a sequence has a name of its own")
        tracks, course = _tracks(score, row, at)
        clips = tuple(_clips(score, row, at, found, names))
        length = float(score.reader.number(row, (*at, "length"), 16.0, (1e-3, FURTHEST)))
        tempo = float(score.reader.number(row, (*at, "tempo"), score.tempo, (SLOWEST, FASTEST)))
        if course is None and "tempo" in row:
            course = TempoMap(lambda beat, tempo=tempo: tempo, [0.0])  # type: ignore[misc]
        meter = signature(score.reader, row, at)
        prompts = prompt_tracks(score.reader, row, at)
        found[name] = Sequence(name, length, tracks, clips, meter, course, score.tempo, prompts)
        depths[name] = 1 + max((depths[clip.sequence.name] for clip in clips), default=0)
        if depths[name] > DEEPEST:
            score.reader.wrong((*at, "clip"), f"sequences lie deeper than {DEEPEST} in one another; flatten some")
    return found


def _clips(
    score: Score, section: Mapping[str, Any], path: Path, known: Mapping[str, Sequence], names: Collection[object] = ()
) -> list[Clip]:
    """The clips of a section. `known` are the sequences that they may play, `names` all that there are."""
    reader, clips = score.reader, []
    for i, row in enumerate(reader.rows(section, "clip", path)):
        at: Path = (*path, "clip", i)
        reader.keys(row, at, CLIP_KEYS)
        sequence = known.get(reader.word(row, (*at, "sequence"), ""))
        if sequence is None:
            reader.wrong((*at, "sequence"), _unplayed(row.get("sequence"), section.get("name"), known, names))
            continue
        clips.append(_clip(reader, row, at, sequence))
    return clips


def _unplayed(wanted: object, here: object, known: Mapping[str, Sequence], names: Collection[object]) -> str:
    """Why a clip cannot play a sequence that is not `known`; `here` is the sequence that it lies in."""
    if wanted not in names:
        return f"no sequence is called {wanted!r}; there are: {', '.join(known) or 'none'}"
    if wanted == here:
        return f"{wanted!r} cannot play itself; a sequence plays only those above it"
    cure = f"put {wanted!r} above {here!r}; sequences that play one another in a circle cannot be played"
    return f"{wanted!r} stands below, and a sequence plays only those above it: {cure}"


def _clip(reader: Reader, row: dict[str, Any], at: Path, sequence: Sequence) -> Clip:
    rate = float(reader.number(row, (*at, "rate"), 1.0, (1e-3, 1e3)))
    offset = float(reader.number(row, (*at, "offset"), 0.0, (0, FURTHEST)))
    whole = max(sequence.length - offset, 0.0) / rate
    if sequence.course is not None:
        whole = sequence.course.seconds(sequence.length) * sequence.reference / 60.0 / rate
    return Clip(
        sequence,
        at=float(reader.number(row, (*at, "at"), 0.0, (0, FURTHEST))),
        length=float(reader.number(row, (*at, "length"), whole, (0, FURTHEST))),
        offset=offset,
        rate=rate,
        loop=reader.switch(row, (*at, "loop")),
        reverse=reader.switch(row, (*at, "reverse")),
        fade=float(reader.number(row, (*at, "fade"), 0.0, (0, FURTHEST))),
    )
