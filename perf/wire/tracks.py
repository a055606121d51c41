"""The timeline of a patch: `[[track]]`, `[[sequence]]`, `[[clip]]` and `[[cue]]` as `core.timeline`.

Collects mistakes in the reader and goes on; knows no file and no section besides these.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from perf.core.curve import EASINGS, SPLINE, Curve, Key, easing
from perf.core.event import Value
from perf.core.formula import Formula
from perf.core.meter import FASTEST, SLOWEST, Meter, TempoMap
from perf.core.param import Param, Table
from perf.core.pattern import Markov, Steps, euclidean
from perf.core.timeline import DEEPEST, UNITS, Clip, Cue, Sequence, Timeline, Track
from perf.core.transform import Source, Transform, read, transformed
from perf.wire import formula
from perf.wire.reader import Path, Reader

TEMPO = "/transport/tempo"
FURTHEST = 1e6  # beats, bars or seconds: more than a week at any tempo
TRACK_KEYS = ("address", "unit", "loop", "transform")
KINDS: Mapping[str, tuple[str, ...]] = {  # what a track's values come from, and the keys that go with it
    "keys": (),
    "formula": (),
    "steps": ("step", "rhythm", "rest", "chance", "seed"),
    "states": ("matrix", "step", "seed"),
}
CLIP_KEYS = ("sequence", "at", "length", "offset", "rate", "loop", "reverse", "fade")


@dataclass(frozen=True, slots=True)
class Score:
    """What the readers of a timeline need: where mistakes go, the parameters, the patch's tempo in BPM."""

    reader: Reader
    table: Table
    tempo: float


def timeline(reader: Reader, document: Mapping[str, Any], table: Table, tempo: float) -> Timeline:
    """The tracks, clips and cues of a document."""
    score = Score(reader, table, tempo)
    sequences = _sequences(score, document)
    tracks, course = _tracks(score, document, ())
    clips = tuple(_clips(score, document, (), sequences))
    return Timeline(tracks, tuple(_cues(score, document)), clips, course)


def signature(reader: Reader, section: Mapping[str, Any], path: Path) -> Meter:
    """`signature = "7/8"`, or `[[0, "4/4"], [8, "7/8"]]` by bars; `beats_per_bar = 3` means 3/4."""
    beats = float(reader.number(section, (*path, "beats_per_bar"), 4, (1, 32)))
    raw = section.get("signature")
    if raw is None:
        return Meter(((0, beats),))
    changes = raw if isinstance(raw, list) else [[0, raw]]
    try:
        return Meter(tuple((int(bar), _bar_length(text)) for bar, text in changes))
    except (ValueError, TypeError) as error:
        words = str(error) if "signature" in str(error) else f"signature is {raw!r}"
        reader.wrong((*path, "signature"), f'{words}; it takes "7/8", or [[0, "4/4"], [8, "7/8"]] with bars in order')
        return Meter()


def _bar_length(text: str) -> float:
    """Quarter notes in a bar of 7/8."""
    count, _, unit = text.partition("/")
    if int(unit) not in (1, 2, 4, 8, 16, 32) or not 1 <= int(count) <= 64:
        raise ValueError
    return int(count) * 4.0 / int(unit)


def _tracks(score: Score, section: Mapping[str, Any], path: Path) -> tuple[tuple[Track, ...], TempoMap | None]:
    """The tracks of a section; a track of the tempo is a tempo curve and no track."""
    tracks, course = [], None
    for i, row in enumerate(score.reader.rows(section, "track", path)):
        at: Path = (*path, "track", i)
        if row.get("address") == TEMPO:
            course = _course(score, row, at) or course
            continue
        track = _track(score, row, at)
        if track is not None:
            tracks.append(track)
    return tuple(tracks), course


def _track(score: Score, row: dict[str, Any], at: Path) -> Track | None:
    reader = score.reader
    kind = next((kind for kind in KINDS if kind in row), "keys")
    reader.keys(row, at, (*TRACK_KEYS, kind, *KINDS[kind]))
    address = reader.word(row, (*at, "address"), "")
    param = reader.param(score.table, address, (*at, "address"))
    if param is None:
        return None
    source = _source(score, row, at, (kind, param))
    if source is None:
        return None
    unit = reader.word(row, (*at, "unit"), "beats", UNITS)
    track = Track(address, source, unit, float(reader.number(row, (*at, "loop"), 0.0, (0, FURTHEST))))
    track = _transformed(score, row, at, track)
    plain = isinstance(track.source, Curve) and not track.scoped and not _overshoots(track.source)
    return track if plain or param.kind == "text" else replace(track, limits=param)


def _overshoots(curve: Curve) -> bool:
    return any(word in key.ease for key in curve.keys for word in ("back", "elastic", "bezier"))


def _source(score: Score, row: dict[str, Any], at: Path, asked: tuple[str, Param]) -> Source | Formula | None:
    kind, param = asked
    if kind == "formula":
        return _formula(score, row["formula"], (*at, "formula"), param)
    if kind == "steps":
        return _steps(score, row, at, param)
    if kind == "states":
        return _markov(score, row, at, param)
    keys = _keys(score, row.get("keys", []), (*at, "keys"), param)
    return Curve(keys) if keys else None


def _formula(score: Score, text: object, path: Path, param: Param) -> Formula | None:
    if param.kind not in ("float", "int", "bool", "choice"):
        score.reader.wrong(path, f"{param.address} is a {param.kind}; a formula gives numbers only")
        return None
    try:
        return formula.parse(str(text).removeprefix("="), score.table)
    except ValueError as error:
        score.reader.wrong(path, str(error))
        return None


def _keys(score: Score, raw: object, path: Path, param: Param) -> list[Key]:
    """Keys are [place, value] or [place, value, easing]; a value may be "= a formula"."""
    reader = score.reader
    if not isinstance(raw, list) or not raw:
        reader.wrong(path, f"keys is {raw!r}; it takes [[place, value, easing], …] with at least one key")
        return []
    keys = []
    for key in raw:
        if not isinstance(key, list) or len(key) not in (2, 3) or not _is_place(key[0]):
            reader.wrong(path, f"{key!r} is not a key; a key is [place, value] or [place, value, easing]")
            continue
        ease = key[2] if len(key) == 3 else "linear"
        if not isinstance(ease, str) or (ease != SPLINE and easing(ease) is None):
            known = ", ".join([*EASINGS, SPLINE, "bezier(x1, y1, x2, y2)"])
            reader.wrong(path, f"{ease!r} is not an easing; known are {known}")
            continue
        value = _value(score, key[1], path, param)
        if value is not None:
            keys.append(Key(float(key[0]), value, ease))
    return keys


def _value(score: Score, raw: object, path: Path, param: Param) -> Value | Formula | None:
    if isinstance(raw, str) and raw.startswith("=") and param.kind != "text":
        return _formula(score, raw, path, param)
    return score.reader.value(score.table, param.address, raw, path)


def _is_place(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= FURTHEST


def _steps(score: Score, row: dict[str, Any], at: Path, param: Param) -> Steps | None:
    reader = score.reader
    raw = row["steps"] if isinstance(row["steps"], list) else []
    values = [reader.value(score.table, param.address, one, (*at, "steps")) for one in raw]
    kept = tuple(value for value in values if value is not None)
    if not raw:
        reader.wrong((*at, "steps"), f"steps is {row['steps']!r}; it takes a list of values")
    rest = reader.value(score.table, param.address, row["rest"], (*at, "rest")) if "rest" in row else None
    chance = float(reader.number(row, (*at, "chance"), 1.0, (0, 1)))
    rhythm = _rhythm(reader, row, (*at, "rhythm"))
    return Steps(kept, _step(reader, row, at), rhythm, rest, chance, _seed(reader, row, at)) if kept else None


def _step(reader: Reader, row: dict[str, Any], at: Path) -> float:
    return float(reader.number(row, (*at, "step"), 1.0, (1e-3, FURTHEST)))


def _seed(reader: Reader, row: dict[str, Any], at: Path) -> int:
    return int(reader.number(row, (*at, "seed"), 0, (0, 2**31)))


def _rhythm(reader: Reader, row: dict[str, Any], path: Path) -> tuple[bool, ...]:
    """`x..x..x.`, or Euclid's `3 of 8`, turned: `3 of 8 + 2`."""
    text = reader.word(row, path, "x")
    if text and set(text) <= set("x.") and "x" in text:
        return tuple(letter == "x" for letter in text)
    words = text.replace("+", " + ").split()
    numbers = [word for word in words if word.isdecimal()]
    shapes = (["", "of", ""], ["", "of", "", "+", ""])
    if ["" if word.isdecimal() else word for word in words] in shapes and all(len(n) < 4 for n in numbers):
        hits, steps, turn = [*map(int, numbers), 0][:3]
        if 1 <= hits <= steps:
            return euclidean(hits, steps, turn)
    reader.wrong(path, f'rhythm is {text!r}; it takes hits and rests as "x..x..x.", or "3 of 8", or "3 of 8 + 2"')
    return (True,)


def _markov(score: Score, row: dict[str, Any], at: Path, param: Param) -> Markov | None:
    reader = score.reader
    raw = row["states"] if isinstance(row["states"], list) else []
    states = [reader.value(score.table, param.address, one, (*at, "states")) for one in raw]
    matrix = row.get("matrix", [])
    good = isinstance(matrix, list) and all(isinstance(line, list) for line in matrix)
    try:
        rows = [[float(number) for number in line] for line in matrix] if good else []
        kept = [state for state in states if state is not None]
        return Markov(kept, rows, _step(reader, row, at), _seed(reader, row, at))
    except (ValueError, TypeError) as error:
        reader.wrong((*at, "matrix"), str(error))
        return None


def _transformed(score: Score, row: dict[str, Any], at: Path, track: Track) -> Track:
    """The track under its transforms, in their order."""
    raw = row.get("transform", [])
    for text in raw if isinstance(raw, list) else [raw]:
        try:
            track = bent(track, read(str(text)))
        except ValueError as error:
            score.reader.wrong((*at, "transform"), str(error))
    return track


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
    return replace(track, source=transformed(track.source, transform, span), shift=shift)


def _course(score: Score, row: dict[str, Any], at: Path) -> TempoMap | None:
    """A tempo curve: BPM by keys in beats."""
    score.reader.keys(row, at, ("address", "keys"))
    keys = _keys(score, row.get("keys", []), (*at, "keys"), score.table[TEMPO])
    if any(isinstance(key.value, Formula) for key in keys):
        score.reader.wrong((*at, "keys"), "a tempo curve takes numbers: its beats are counted before it plays")
        return None
    curve = Curve(keys) if keys else None
    return TempoMap(lambda beat: float(curve.at(beat)), [key.at for key in curve.keys]) if curve else None  # type: ignore[arg-type]


def _sequences(score: Score, document: Mapping[str, Any]) -> dict[str, Sequence]:
    """Sequences by name; one may play those that stand before it, so none can hold itself."""
    found: dict[str, Sequence] = {}
    for i, row in enumerate(score.reader.rows(document, "sequence")):
        at: Path = ("sequence", i)
        score.reader.keys(row, at, ("name", "length", "tempo", "signature", "beats_per_bar", "track", "clip"))
        name = score.reader.word(row, (*at, "name"), "")
        if not name or name in found:
            score.reader.wrong((*at, "name"), f"name is {name!r}; a sequence has a name of its own")
        tracks, course = _tracks(score, row, at)
        clips = tuple(_clips(score, row, at, found))
        length = float(score.reader.number(row, (*at, "length"), 16.0, (1e-3, FURTHEST)))
        tempo = float(score.reader.number(row, (*at, "tempo"), score.tempo, (SLOWEST, FASTEST)))
        if course is None and "tempo" in row:
            course = TempoMap(lambda beat, tempo=tempo: tempo, [0.0])  # type: ignore[misc]
        meter = signature(score.reader, row, at)
        found[name] = Sequence(name, length, tracks, clips, meter, course, score.tempo)
        if depth(found[name]) > DEEPEST:
            score.reader.wrong((*at, "clip"), f"sequences lie deeper than {DEEPEST} in one another; flatten some")
    return found


def depth(sequence: Sequence) -> int:
    """How many sequences lie in one another; 1 for one without clips."""
    return 1 + max((depth(clip.sequence) for clip in sequence.clips), default=0)


def _clips(score: Score, section: Mapping[str, Any], path: Path, known: Mapping[str, Sequence]) -> list[Clip]:
    reader, clips = score.reader, []
    for i, row in enumerate(reader.rows(section, "clip", path)):
        at: Path = (*path, "clip", i)
        reader.keys(row, at, CLIP_KEYS)
        sequence = known.get(reader.word(row, (*at, "sequence"), ""))
        if sequence is None:
            names = ", ".join(known) or "none"
            words = f"no sequence before this is called {row.get('sequence')!r}; there are: {names}"
            reader.wrong((*at, "sequence"), words)
            continue
        clips.append(_clip(reader, row, at, sequence))
    return clips


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


def _cues(score: Score, document: Mapping[str, Any]) -> list[Cue]:
    reader, cues = score.reader, list[Cue]()
    for i, row in enumerate(reader.rows(document, "cue")):
        at: Path = ("cue", i)
        reader.keys(row, at, ("name", "fade", "values"))
        name = reader.word(row, (*at, "name"), "")
        if not name or name in [cue.name for cue in cues] or "/" in name:
            reader.wrong((*at, "name"), f"name is {name!r}; a cue has a name of its own, without /")
        fade = float(reader.number(row, (*at, "fade"), 0.0, (0, 3600)))
        values = reader.values(score.table, row.get("values", {}), (*at, "values"))
        cues.append(Cue(name, values, fade))
    return cues
