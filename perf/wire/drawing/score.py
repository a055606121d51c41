"""The page: title, systems with their bars, the list of cues, the legend. `draw` makes an SVG of a patch; the same
patch gives the same text."""

import math
from collections.abc import Sequence

from perf.core.meter import Meter
from perf.core.patch import Patch
from perf.wire.drawing import brackets, cues, curves, ribbons
from perf.wire.drawing.legend import legend
from perf.wire.drawing.reading import Reading, course, read
from perf.wire.drawing.sheet import BELOW, MARGIN, Look, Staff, System, stacked, systems
from perf.wire.drawing.style import SHEET
from perf.wire.drawing.svg import digits, head, line, path, text

EMPTY = 8  # bars of a patch without a timeline
LONGEST = 8192  # bars
RULER = 36.0  # height over the staves: bar numbers and beats
CROWDED = 30.0  # pixels between bar numbers


def draw(patch: Patch, look: Look = Look()) -> str:  # noqa: B008 - frozen
    """The score of a patch as SVG. Raises ValueError for bars that it has not."""
    reading = read(patch, *span(patch, look))
    cut: set[str] = set()
    staves = _staves(reading, cut)
    _, tall = stacked(staves, System(reading.start, reading.end, 0.0, 1.0))
    lines = systems(patch.meter, (reading.start, reading.end), look, tall + RULER + BELOW)
    y = MARGIN + 34
    parts = _title(reading, look, y)
    y += 62
    for n, system in enumerate(lines):
        drawn, below = _system(reading, staves, system, y, n == len(lines) - 1)
        parts += drawn
        y = below + BELOW
    foot, y = _foot(reading, look, y, cut)
    parts += foot
    return _page(patch, look.width, y, parts)


def _foot(reading: Reading, look: Look, y: float, cut: set[str]) -> tuple[list[str], float]:
    """What stands under the systems, and where the page ends."""
    room = look.width - 2 * MARGIN
    parts, taken = ribbons.listed(reading, cut, (MARGIN, y), room)
    listed, more = cues.listed(reading.patch, (MARGIN, y + taken), room)
    y += taken + more + 6
    samples, rows = legend(reading, MARGIN, y, room)
    return [*parts, *listed, *samples], y + rows + MARGIN * 0.8


def span(patch: Patch, look: Look) -> tuple[float, float]:
    """The beats that are drawn: whole bars, from the first to where the last track, clip or cue ends."""
    meter, timeline = patch.meter, patch.timeline
    ends = [
        timeline.beats(meter, patch.tempo),
        *(cue.at + meter.size(cue.at) for cue in timeline.cues if cue.at is not None),
    ]
    whole = math.ceil(meter.bars(max(ends)) - 1e-6) or EMPTY
    whole = min(whole, LONGEST)
    first, last = (look.first or 1) - 1, look.last or max(whole, look.first)
    if not 0 <= first < last <= first + LONGEST:
        raise ValueError(f"bars {first + 1}…{last} cannot be drawn; the patch has {whole}, numbered from 1")
    return meter.beat(first), meter.beat(last)


def _staves(reading: Reading, cut: set[str]) -> list[Staff]:
    """What lies in each system, from the top down: tempo, prompts, clips, shots, parameters."""
    top = [curves.tempo(reading), ribbons.staff(reading, cut), brackets.clips(reading)]
    shots, rest = brackets.shots(reading), curves.staves(reading)
    camera = next((n for n, staff in enumerate(rest) if staff.group == "camera"), len(rest))
    return [staff for staff in top if staff] + rest[:camera] + shots + rest[camera:]


def _title(reading: Reading, look: Look, y: float) -> list[str]:
    """The name, the tempo mark on the left, the length on the right."""
    patch, middle = reading.patch, look.width / 2
    way = course(patch)
    seconds = way.seconds(reading.end) - way.seconds(reading.start)
    bars = round(patch.meter.bars(reading.end) - patch.meter.bars(reading.start))
    model = patch.model or "embedded"
    parts = [text(middle, y, patch.name, "title")]
    parts.append(text(middle, y + 23, f"for {model}, {patch.size[0]} × {patch.size[1]}", "subtitle"))
    parts += _tempo_mark(MARGIN + 4, y + 22, patch.tempo if patch.timeline.course is None else way.tempo(reading.start))
    parts.append(text(look.width - MARGIN, y + 22, f"{bars} bars, {clock(seconds)}", "right"))
    return parts


def _tempo_mark(x: float, y: float, bpm: float) -> list[str]:
    return [
        head(x + 4, y - 3, 4.6),
        line(x + 8.2, y - 4, x + 8.2, y - 19, "line"),
        text(x + 15, y, f"= {bpm:.4g}", "mark"),
    ]


def clock(seconds: float) -> str:
    """A time as minutes and seconds."""
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def _system(reading: Reading, staves: Sequence[Staff], system: System, y: float, last: bool) -> tuple[list[str], float]:
    """A system from y on, and where it ends."""
    found = cues.placed(reading, system)
    top = y + cues.height(found)
    first = top + RULER
    placed, tall = stacked(staves, system)
    bottom = first + max(tall, 24.0)
    parts = _bars(reading, system, (top, first, bottom))
    for off, staff in placed:
        parts += staff.draw(system, first + off)
    parts += [part for off, staff in placed for part in _names(staff, system, first + off)]
    parts += _braces(placed, system, first)
    parts += cues.marks(found, system, y, bottom)
    parts.append(line(system.left, first - 8, system.left, bottom, "line"))
    end = system.right
    parts.append(line(end, first - 8, end, bottom, "line"))
    if last:
        parts += [line(end + 4.5, first - 8, end + 4.5, bottom, "thick")]
    return parts, bottom


def _bars(reading: Reading, system: System, rows: tuple[float, float, float]) -> list[str]:
    """Bar lines, bar numbers, beats, and the time signature where it changes."""
    (top, first, bottom), meter = rows, reading.patch.meter
    begin, end = round(meter.bars(system.start)), round(meter.bars(system.end))
    every = _every(system, meter)
    way = course(reading.patch)
    parts = [text(system.left - 14, top + 13, clock(way.seconds(system.start)), "clock right")]
    for bar in range(begin, end):
        beat, size = meter.beat(bar), meter.size(meter.beat(bar) + 1e-6)
        x = system.x(beat)
        shown = bar % every == 0 or bar == begin
        parts += [line(x, first - 8, x, bottom, "barline")] if shown and bar > begin else []
        parts += [text(x, top + 13, str(bar + 1), "bar")] if shown else []
        parts += _beats(system, beat, size, (first, bottom)) if every == 1 else []
        if bar == 0 or any(bar == change for change, _ in meter.changes[1:]):
            parts += _signature(x + 17, first - 21, size)
    return parts


def _every(system: System, meter: Meter) -> int:
    """Of how many bars one is numbered."""
    bars = max(meter.bars(system.end) - meter.bars(system.start), 1.0)
    room = (system.right - system.left) / bars
    return next((n for n in (1, 2, 4, 8, 16, 32, 64, 128, 256) if n * room >= CROWDED), 512)


def _beats(system: System, beat: float, size: float, rows: tuple[float, float]) -> list[str]:
    """Ticks on the beats of a bar, and faint lines through the staves where these have room."""
    first, bottom = rows
    inner = [system.x(beat + n) for n in range(math.ceil(size - 1e-6))]
    parts = [line(x, first - 8, x, first - 4, "tick") for x in inner] if system.scale >= 5 else []
    return parts + ([line(x, first - 4, x, bottom, "beatline") for x in inner[1:]] if system.scale >= 11 else [])


def _signature(x: float, y: float, size: float) -> list[str]:
    """A time signature, one number over the other."""
    unit = next((unit for unit in (4, 8, 16, 32, 64) if abs(size * unit / 4 - round(size * unit / 4)) < 1e-6), 4)
    return [text(x, y, f"{size * unit / 4:g}", "signature"), text(x, y + 12, str(unit), "signature")]


def _names(staff: Staff, system: System, y: float) -> list[str]:
    """A staff's name and the numbers of its range."""
    middle, x = y + staff.height / 2 + 4, system.left - VOICE
    parts = [text(system.left - 5, y + share * staff.height + 2.6, words, "scale") for share, words in staff.marks]
    parts += [text(x, middle - 4 * bool(staff.unit), staff.name, "voice")] if staff.name else []
    return [*parts, text(x, middle + 7, staff.unit, "scale")] if staff.unit else parts


def _braces(placed: Sequence[tuple[float, Staff]], system: System, first: float) -> list[str]:
    """What belongs together: a bracket on the left and the group's name over its first staff."""
    parts, groups = [], dict[str, list[float]]()
    for off, staff in placed:
        groups.setdefault(staff.group, []).extend((first + off, first + off + staff.height))
    for name, rows in groups.items():
        x, top, bottom = system.left - NAMES_X, min(rows), max(rows)
        parts.append(text(x + 8, top - 8, name.upper(), "group"))
        if len(rows) > 2:
            parts.append(
                path(f"M{digits(x + 5)} {digits(top - 2)}H{digits(x)}V{digits(bottom + 2)}H{digits(x + 5)}", "brace")
            )
    return parts


NAMES_X, VOICE = 116.0, 38.0  # from a system's left edge to its brackets, and to the ends of the voices' names


def _page(patch: Patch, wide: float, tall: float, parts: Sequence[str]) -> str:
    size = f'width="{digits(wide)}" height="{digits(tall)}" viewBox="0 0 {digits(wide)} {digits(tall)}"'
    named = text(0, 0, patch.name, "").partition(">")[2].removesuffix("</text>")
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
            f"<title>{named}: score</title>",
            f"<style>{SHEET}</style>",
            '<rect width="100%" height="100%" class="paper"/>',
            *parts,
            "</svg>\n",
        ]
    )
