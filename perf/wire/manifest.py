"""Manifests: what every parameter was at every frame, as CSV or JSON, for other programs to read and to write.

Opens no file. A row is a frame: its number, seconds, beat, then a column for each parameter that ever changes. JSON
lists those that never do once; CSV has columns for those of them that are not what the patch says. Where the tempo was
not one throughout, `position`, the seconds of the timeline, is a column, too.
"""

import csv
import io
import json
import math
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from perf.core.event import Value
from perf.core.meter import Meter
from perf.core.moment import Moment, Transport
from perf.core.param import Param, Table
from perf.core.patch import Patch
from perf.core.timeline import NOTHING, Timeline
from perf.errors import ManifestError

VERSION = 1
HEAD = ("frame", "seconds", "beat")
POSITION = "position"  # after these, where it is not what beat and tempo say
TEMPO = "/transport/tempo"
SLACK = 1e-9  # by which a number may be beyond its range: the last digit of a curve between its ends
NEAR = 1e-9  # seconds by which a frame may be late and still count: 0.1 + 0.2 is not quite 0.3


@dataclass(slots=True)
class Manifest:
    """Frames at `seconds` (the clock's) and `beats`; `columns` have a value a frame, `constants` one for all.

    `positions` are the timeline's seconds; without them it is where its beats are at each frame's tempo.
    """

    seconds: list[float] = field(default_factory=list)
    beats: list[float] = field(default_factory=list)
    constants: dict[str, Value] = field(default_factory=dict)
    columns: dict[str, list[Value]] = field(default_factory=dict)
    positions: list[float] = field(default_factory=list, compare=False)

    def add(self, moment: Moment, values: Mapping[str, Value]) -> None:
        """Take the next frame; every frame has the same parameters."""
        if not self.seconds:
            self.constants = dict(values)
        for address, value in values.items():
            if address not in self.columns and self.constants[address] != value:
                self.columns[address] = [self.constants.pop(address)] * len(self.seconds)
            if address in self.columns:
                self.columns[address].append(value)
        self.seconds.append(moment.seconds)
        self.beats.append(moment.beat)
        self.positions.append(moment.position)

    def tempos(self, tempo: float) -> list[float]:
        """Each frame's tempo; `tempo` where it says none."""
        fixed = self.constants.get(TEMPO, tempo)
        return self.columns.get(TEMPO, [fixed] * len(self.seconds))  # type: ignore[return-value]

    def lasted(self, tempo: float) -> list[float]:
        """The seconds that each frame's beats last at its tempo."""
        return [beat * 60.0 / at for beat, at in zip(self.beats, self.tempos(tempo), strict=True)]

    def head(self, tempo: float) -> tuple[str, ...]:
        """The first columns: `position` only where beats and tempo do not say it."""
        known = zip(self.positions, self.lasted(tempo) if self.positions else (), strict=True)
        return (*HEAD, POSITION) if any(abs(a - b) > NEAR * max(1.0, abs(b)) for a, b in known) else HEAD

    @property
    def fps(self) -> float:
        """Frames a second; 0 with fewer than two."""
        if len(self.seconds) < 2:
            return 0.0
        return float(f"{(len(self.seconds) - 1) / (self.seconds[-1] - self.seconds[0]):.9g}")

    def newest(self, seconds: float) -> int:
        """The number of the frame that is shown at `seconds`."""
        return max(bisect_right(self.seconds, seconds + NEAR) - 1, 0)

    def rows(self, head: tuple[str, ...]) -> Iterator[list[Any]]:
        """The table, a frame a row, after its `head`."""
        columns: list[list[Any]] = [self.seconds, self.beats, self.positions][: len(head) - 1]
        columns += self.columns.values()
        for n in range(len(self.seconds)):
            yield [n, *(column[n] for column in columns)]


def writable(table: Table, values: Mapping[str, Value]) -> dict[str, Value]:
    """The values that a manifest is made of: all but what can only be read."""
    return {address: value for address, value in values.items() if address in table and table[address].access != "r"}


def encode_json(manifest: Manifest) -> str:
    """As JSON."""
    head = {"retrograde_manifest": VERSION, "fps": manifest.fps, "constants": manifest.constants}
    first = manifest.head(Moment(0, 0.0).tempo)
    rows = ",\n".join(json.dumps(row, ensure_ascii=False) for row in manifest.rows(first))
    text = json.dumps(head | {"columns": [*first, *manifest.columns]}, ensure_ascii=False, indent=1)
    return f'{text[:-2]},\n "rows": [\n{rows}\n]}}\n'


def encode_csv(manifest: Manifest, patch: Patch) -> str:
    """As CSV: numbers as they are, yes and no as 1 and 0, colours and points with spaces between their parts."""
    floor, first = patch.floor | {TEMPO: patch.tempo}, manifest.head(patch.tempo)
    fixed = {a: v for a, v in manifest.constants.items() if v != floor.get(a)}
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([*first, *manifest.columns, *fixed])
    for number, *row in manifest.rows(first):
        writer.writerow([number, *map(_cell, row), *map(_cell, fixed.values())])
    return out.getvalue()


def _cell(value: Value) -> str:
    if isinstance(value, tuple):
        return " ".join(map(repr, value))
    return value if isinstance(value, str) else repr(int(value) if isinstance(value, bool) else value)


def decode(text: str, patch: Patch, file: str = "") -> Manifest:
    """The manifest that a text, JSON or CSV, holds for a patch. Raises ManifestError with file and line."""
    reading = _Reading(patch.table, file)
    return reading.json(text) if text.lstrip()[:1] == "{" else reading.csv(text)


class _Reading:
    """One reading; mistakes are raised with their line."""

    def __init__(self, table: Table, file: str) -> None:
        self._table, self._file = table, file

    def json(self, text: str) -> Manifest:
        try:
            document = json.loads(text)
            version, columns, rows = document["retrograde_manifest"], document["columns"], document["rows"]
            constants = dict(document["constants"])
        except (ValueError, KeyError, TypeError) as error:
            raise ManifestError(f"not a manifest ({error}); `render --manifest` writes them", self._file) from error
        if version != VERSION:
            raise ManifestError(f"version {version!r} is not this program's {VERSION}; update retrograde", self._file)
        if not isinstance(rows, list):
            raise ManifestError(f"rows is {str(rows)[:60]!r}; it is a list of frames", self._file)
        fixed = {address: self._value(address, value, None) for address, value in constants.items()}
        return self._whole(columns, ((None, row) for row in rows), fixed)

    def csv(self, text: str) -> Manifest:
        reader = csv.reader(io.StringIO(text, newline=""))
        columns = next(reader, [])
        return self._whole(columns, ((reader.line_num, row) for row in reader), {})

    def _whole(self, columns: Any, rows: Any, constants: dict[str, Value]) -> Manifest:
        if not isinstance(columns, list) or tuple(columns[:3]) != HEAD:
            raise ManifestError(f"its columns begin with {', '.join(HEAD)}", self._file, 1)
        if strange := [address for address in columns if not isinstance(address, str)]:
            raise ManifestError(f"{strange[0]!r} is no column; each is a parameter's address", self._file, 1)
        first = 4 if columns[3:4] == [POSITION] else 3
        manifest = Manifest(constants=constants, columns={address: [] for address in columns[first:]})
        if len(manifest.columns) != len(columns) - first:
            raise ManifestError("a column is there twice", self._file, 1)
        for line, row in rows:
            self._row(manifest, line, row, first)
        if not manifest.seconds:
            raise ManifestError("it has no frames", self._file)
        return manifest

    def _row(self, manifest: Manifest, line: int | None, row: Any, first: int) -> None:
        width = len(manifest.columns) + first
        if not isinstance(row, list) or len(row) != width:
            count = len(row) if isinstance(row, list) else 1
            raise ManifestError(f"a frame has {width} values, here {count}", self._file, line)
        seconds, beat, *position = (self._number(value, line) for value in row[1:first])
        if not seconds > (manifest.seconds[-1] if manifest.seconds else -1.0) or seconds < 0:
            raise ManifestError(f"{seconds} s is out of order; frames go forward from 0 on", self._file, line)
        manifest.seconds.append(seconds)
        manifest.beats.append(beat)
        manifest.positions.extend(position)
        for (address, column), value in zip(manifest.columns.items(), row[first:], strict=True):
            column.append(self._value(address, value, line))

    def _number(self, value: Any, line: int | None) -> float:
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = math.nan
        if not math.isfinite(number):
            raise ManifestError(f"{value!r} is no number", self._file, line)
        return number

    def _value(self, address: str, value: Any, line: int | None) -> Value:
        param = self._table.get(address)
        if param is None or param.access == "r":
            words = "no parameter of this patch that can be set; `retrograde params PATCH` lists them"
            raise ManifestError(f"{address!r} is {words}", self._file, line or 1)
        try:
            found = _READ[param.kind](param, value)
        except (TypeError, ValueError, OverflowError):
            raise ManifestError(f"{address}: {str(value)[:60]!r} is no {param.kind}", self._file, line) from None
        for number in found if isinstance(found, tuple) else (found,):
            if isinstance(number, int | float) and not param.minimum - SLACK <= number <= param.maximum + SLACK:
                words = f"{address} is {str(value)[:60]}; it takes {param.minimum:g}…{param.maximum:g}"
                raise ManifestError(words, self._file, line)
        return found


def _float(param: Param, value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError
    return number


def _bool(param: Param, value: Any) -> bool:
    if value in ("0", "1"):
        return bool(value == "1")
    if isinstance(value, bool):
        return value
    raise ValueError


def _text(param: Param, value: Any) -> str:
    if not isinstance(value, str) or (param.choices and value not in param.choices):
        raise ValueError
    if param.check:
        param.check(value)
    return value


def _parts(param: Param, value: Any) -> tuple[float, ...]:
    numbers = tuple(_float(param, part) for part in (value.split() if isinstance(value, str) else value))
    if isinstance(param.default, tuple) and len(numbers) != len(param.default):
        raise ValueError
    return numbers


_READ: dict[str, Callable[[Param, Any], Value]] = {
    "float": _float,
    "int": lambda param, value: int(value),
    "bool": _bool,
    "trigger": _bool,
    "choice": _text,
    "text": _text,
    "colour": _parts,
    "point": _parts,
}


@dataclass(frozen=True, slots=True)
class Course(Transport):
    """A transport that is where each of a manifest's frames was; between two it goes on at the first one's tempo."""

    manifest: Manifest = field(default_factory=Manifest)
    tempos: list[float] = field(default_factory=list)

    def place(self, index: int, seconds: float) -> Moment:
        """The moment at clock time `seconds`."""
        sheet, n = self.manifest, self.manifest.newest(seconds)
        tempo, elapsed = self.tempos[n], max(seconds - sheet.seconds[n], 0.0)
        beat, position = sheet.beats[n] + elapsed * tempo / 60.0, sheet.positions[n] + elapsed
        return Moment(index, seconds, position, beat, self.meter.bars(beat), tempo)


@dataclass(frozen=True, slots=True)
class Sheet(Timeline):
    """A manifest in the place of tracks: at each moment the values of the newest frame, held until the next."""

    manifest: Manifest = field(default_factory=Manifest)

    def transport(self, tempo: float, meter: Meter) -> Transport:
        """The transport that goes through its frames."""
        sheet = self.manifest
        whole = replace(sheet, positions=sheet.positions or sheet.lasted(tempo))
        return Course(tempo=tempo, meter=meter, manifest=whole, tempos=sheet.tempos(tempo))

    def resolve(self, values: dict[str, Value], moment: Moment, held: Mapping[str, Value] = NOTHING) -> None:
        """Write every column's value at `moment` into `values`."""
        frame = self.manifest.newest(moment.seconds)
        for address, column in self.manifest.columns.items():
            values[address] = column[frame]


def played(manifest: Manifest, patch: Patch) -> Patch:
    """The patch with the manifest's values in the place of its timeline, and its transport where they say."""
    return replace(patch, values={**patch.values, **manifest.constants}, timeline=Sheet(manifest=manifest))
