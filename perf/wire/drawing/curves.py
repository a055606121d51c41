"""Parameters as staves: numbers as curves, formulas in another stroke, colours as strips, words as held bars."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from perf.core.curve import Curve
from perf.core.event import Value
from perf.core.formula import Formula
from perf.core.param import Param
from perf.core.timeline import Track
from perf.wire.drawing import notes
from perf.wire.drawing.reading import Reading, course, keyed
from perf.wire.drawing.sheet import Draw, Staff, System
from perf.wire.drawing.svg import Point, box, dot, drawn, fitted, line, path, text
from perf.wire.formula import exponents

HEIGHT, LOW = 36.0, 24.0  # of a staff, and where there are many
MANY = 14
CLOSE = 5.0  # pixels: dots nearer than this are left out


@dataclass(frozen=True, slots=True)
class Voice:
    """A parameter as it is read, and the tracks that move it."""

    reading: Reading
    param: Param
    column: Sequence[Value]
    tracks: tuple[Track, ...]
    height: float


def staves(reading: Reading) -> list[Staff]:
    """A staff for each parameter that moves, those of a group together."""
    patch = reading.patch
    height = HEIGHT if len(reading.columns) <= MANY else LOW
    voices = [
        Voice(reading, patch.table[address], column, tuple(_of(patch.timeline.tracks, address)), height)
        for address, column in reading.columns.items()
        if address in patch.table
    ]  # fmt: skip
    order = {name: n for n, name in enumerate(dict.fromkeys(_group(one.param.address) for one in _by_table(voices)))}
    return [_staff(one) for one in sorted(_by_table(voices), key=lambda one: order[_group(one.param.address)])]


def _of(tracks: Iterable[Track], address: str) -> Iterator[Track]:
    return (track for track in tracks if track.address == address)


def _by_table(voices: Sequence[Voice]) -> list[Voice]:
    places = {address: n for n, address in enumerate(voices[0].reading.patch.table)} if voices else {}
    return sorted(voices, key=lambda one: places[one.param.address])


def _group(address: str) -> str:
    """The group of a parameter: camera; a shader or a layer by its name."""
    parts = address.strip("/").split("/")
    if parts[0] in ("layer", "lora") and len(parts) > 2:
        return f"{parts[0]} {parts[1]}"
    return parts[1] if parts[0] == "shader" and len(parts) > 2 else parts[0]


def _name(address: str) -> str:
    parts = address.strip("/").split("/")
    return " ".join(parts[2:] if parts[0] in ("layer", "lora", "shader") and len(parts) > 2 else parts[1:])


def _staff(voice: Voice) -> Staff:
    param = voice.param
    name, label = _name(param.address), _group(param.address)
    sources = [notes.stepped(track) for track in voice.tracks]
    if any(sources) and param.kind in ("float", "int", "choice"):
        drawing, marks = notes.staff(voice.reading, param, voice.tracks, voice.height)
        return Staff(label, name, voice.height, drawing, marks, unit=param.unit)
    if param.kind in ("float", "int"):
        return _curve_staff(voice, label, name)
    if param.kind == "colour":
        return Staff(label, name, 16.0, lambda system, y: _strip(voice, system, y))
    if param.kind == "point":
        return _curve_staff(voice, label, name)
    return Staff(label, name, 18.0, lambda system, y: _bars(voice, system, y))


def _curve_staff(voice: Voice, label: str, name: str) -> Staff:
    """One curve, or one for each part of a point."""
    parts = _parts(voice.column)
    low, high = min(map(min, parts)), max(map(max, parts))
    if high - low < 1e-9:
        low, high = min(low, voice.param.minimum), max(high, min(voice.param.maximum, abs(high) * 2 or 1.0))
    marks = ((0.0, f"{high:.3g}"), (1.0, f"{low:.3g}"))
    unit = " · ".join(filter(None, (voice.param.unit, _chaos(voice))))
    return Staff(label, name, voice.height, _curves(voice, parts, (low, high)), marks, unit=unit)


def _chaos(voice: Voice) -> str:
    """The exponents of a chaotic formula."""
    sources = (track.source for track in _of(voice.reading.patch.timeline.every_track(), voice.param.address))
    found = [one for source in sources if isinstance(source, Formula) for one in exponents(source.text)]
    return f"λ {', '.join(f'{one:.2f}' for one in found)}" if found else ""


def _parts(column: Sequence[Value]) -> list[list[float]]:
    rows = [value if isinstance(value, tuple) else (value,) for value in column]
    return [[float(row[n]) for row in rows] for n in range(len(rows[0]))]


def _curves(voice: Voice, parts: list[list[float]], limits: tuple[float, float]) -> Draw:
    low, high = limits
    size = (high - low) or 1.0
    every = _of(voice.reading.patch.timeline.every_track(), voice.param.address)
    computed = any(isinstance(track.source, Formula) for track in every)
    written = _dots(voice)

    def draw(system: System, y: float) -> list[str]:
        def level(value: float) -> float:
            return y + voice.height * (high - value) / size

        zero = level(min(max(0.0, low), high))
        lines = [line(system.left, y + voice.height, system.right, y + voice.height, "staff")]
        lines += [line(system.left, zero, system.right, zero, "zero")] if low < 0.0 < high else []
        for n, values in enumerate(parts):
            points = _points(voice.reading, values, system, level)
            lines.append(path(_filled(points, zero if low < 0.0 < high else y + voice.height), "under"))
            lines.append(path(drawn(points), "formula" if computed else "curve" if n == 0 else "curve second"))
        return lines + ([] if computed else _drawn_dots(voice, parts[0], written, (system, level)))

    return draw


def _points(reading: Reading, values: Sequence[float], system: System, level: Callable[[float], float]) -> list[Point]:
    """The curve in a system, up to its right edge."""
    inside = reading.within(system.start, min(system.end, reading.end))
    points = [(system.x(reading.beats[n]), level(values[n])) for n in inside]
    return (
        [*points, (system.x(min(system.end, reading.end)), points[-1][1])]
        if points
        else [(system.left, level(values[-1]))]
    )


def _filled(points: Sequence[Point], zero: float) -> str:
    return drawn([(points[0][0], zero), *points, (points[-1][0], zero)]) + "Z"


def _dots(voice: Voice) -> list[float]:
    """Where the keys are."""
    span = (voice.reading.start, voice.reading.end)
    plain = (track for track in voice.tracks if isinstance(track.source, Curve))
    return sorted({beat for track in plain for beat in keyed(voice.reading.patch, track, span)})


def _drawn_dots(
    voice: Voice, values: Sequence[float], written: Sequence[float], place: tuple[System, Callable[[float], float]]
) -> list[str]:
    """Dots on the keys, where they do not crowd."""
    (system, level), last, parts = place, -CLOSE, []
    for beat in written:
        if system.start <= beat < system.end and system.x(beat) - last >= CLOSE:
            last = system.x(beat)
            parts.append(dot(last, level(values[voice.reading.index(beat)]), 1.7, "key"))
    return parts


def runs(reading: Reading, column: Sequence[Value], system: System) -> list[tuple[float, float, Value]]:
    """Stretches of a system in which a value stands: (from, to, value) in beats."""
    found: list[tuple[float, float, Value]] = []
    inside = reading.within(system.start, min(system.end, reading.end))
    for n in inside:
        if found and found[-1][2] == column[n]:
            continue
        if found:
            found[-1] = (found[-1][0], reading.beats[n], found[-1][2])
        found.append((reading.beats[n], min(system.end, reading.end), column[n]))
    return found


def _bars(voice: Voice, system: System, y: float) -> list[str]:
    """Words, and switches, as bars for as long as they stand; off is a line."""
    parts = [line(system.left, y + 18, system.right, y + 18, "staff")]
    for n, (start, end, value) in enumerate(runs(voice.reading, voice.column, system)):
        x, size = system.x(start), (end - start) * system.scale
        if value is not False:
            parts.append(box(x, y + 2, size - 1, 16, f"bar{n % 2}"))
        words = "on" if value is True else "" if value is False else str(value)
        parts.append(text(x + 5, y + 14, fitted(words, 10.5, size - 9), "words s10"))
    return parts


def _strip(voice: Voice, system: System, y: float) -> list[str]:
    """A colour as it changes."""
    parts, pixel = [], 2.0 / system.scale
    last = -1e9
    for n in voice.reading.within(system.start, min(system.end, voice.reading.end)):
        beat, value = voice.reading.beats[n], voice.column[n]
        if beat - last >= pixel and isinstance(value, tuple):
            last = beat
            shade = "#" + "".join(f"{round(min(max(float(part), 0.0), 1.0) * 255):02x}" for part in value[:3])
            parts.append(
                box(
                    system.x(beat),
                    y,
                    min(pixel * system.scale + 0.6, system.right - system.x(beat)),
                    16,
                    "strip",
                    shade,
                )
            )
    return parts


def tempo(reading: Reading) -> Staff | None:
    """The tempo curve; None where the tempo stands."""
    if reading.patch.timeline.course is None:
        return None
    way = course(reading.patch)
    column: list[Value] = [way.tempo(beat) for beat in reading.beats]
    param = Param("/transport/tempo", "float", 120.0, unit="BPM", maximum=999.0)
    return _curve_staff(Voice(reading, param, column, (), 28.0), "time", "tempo")
