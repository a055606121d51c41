"""Shots and clips as brackets over their time: shots with an arrow, clips with hairpins where they fade."""

from collections.abc import Sequence
from dataclasses import dataclass

from perf.core.prompts import BLACK
from perf.wire.drawing.reading import Reading, beat_of, keyed, place_of, rounds
from perf.wire.drawing.sheet import Staff, System
from perf.wire.drawing.svg import digits, fitted, group, line, path, text

SHOT, LANE = 22.0, 22.0  # heights
SIZE = 11.0
UP, DOWN, LEFT, RIGHT = (
    "M0 4V-4M-3 -1L0 -4L3 -1",
    "M0 -4V4M-3 1L0 4L3 1",
    "M4 0H-4M-1 -3L-4 0L-1 3",
    "M-4 0H4M1 -3L4 0L1 3",
)
IN, OUT = "M-5 -4L-1.5 0L-5 4M5 -4L1.5 0L5 4", "M-1.5 -4L-5 0L-1.5 4M1.5 -4L5 0L1.5 4"
TURN = "M-4 1A4 4 0 1 1 2.8 2.8M5 0.5L2.6 3.2L0.4 0.8"
WAVE = "M-5 0C-3.5 -5 -2 -5 -0.5 0S2.5 5 4.5 0"
SIDES = {"up": UP, "down": DOWN, "left": LEFT, "right": RIGHT, "in": IN, "out": OUT}
GLYPHS = {
    "static": "M-3 -3H3V3H-3Z",
    "dolly-zoom": "M-5 -4L-1.5 0L-5 4M1.5 -4L5 0L1.5 4",
    "handheld": WAVE,
    "walk": WAVE,
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """A bracket: its beats, what it is called, a glyph, hairpins at both ends (beats), and inner edges."""

    start: float
    end: float
    words: str
    glyph: str = ""
    mirrored: bool = False
    fade: float = 0.0
    edges: tuple[float, ...] = ()
    lane: int = 0


def shots(reading: Reading) -> list[Staff]:
    """A staff for each track of shots."""
    return [_staff("camera", "shots", found) for found in (_shots(reading, n) for n in range(_count(reading))) if found]


def _count(reading: Reading) -> int:
    return len(reading.patch.timeline.shots)


def _shots(reading: Reading, number: int) -> list[Stretch]:
    """The shots of a track, each until its end or until the next one cuts it short."""
    track, patch = reading.patch.timeline.shots[number], reading.patch
    beats = keyed(patch, track, (reading.start - track.span, reading.end))
    found: list[Stretch] = []
    for i, beat in enumerate(beats):
        place = place_of(patch, track.unit, beat)
        inside = (place + 1e-6) % track.loop if track.loop else place
        shot = next((shot for at, shot in reversed(track.shots) if at <= inside + 1e-5), track.shots[0][1])
        end = min([beat_of(patch, track.unit, place + shot.length), *beats[i + 1 : i + 2]])
        amount = "" if shot.amount == 1.0 else f" × {shot.amount:g}"
        glyph = GLYPHS.get(shot.name) or (TURN if shot.name.startswith(("orbit", "roll")) else "")
        glyph = glyph or SIDES.get(shot.name.rpartition("-")[2], "")
        mirrored = shot.name in ("orbit-left", "roll-left")
        found.append(Stretch(beat, end, shot.name.replace("-", " ") + amount, glyph, mirrored))
    return found


def clips(reading: Reading) -> Staff | None:
    """The staff of the clips, those that overlap in lanes of their own; None without clips."""
    found: list[Stretch] = []
    for clip in sorted(reading.clips, key=lambda clip: clip.at):
        signs = [f"× {clip.rate:g}"] if clip.rate != 1.0 else []
        signs += ["backwards"] if clip.reverse else []
        words = ", ".join([clip.sequence.name, *signs])
        taken = {one.lane for one in found if one.end > clip.at}
        lane = next(n for n in range(len(found) + 1) if n not in taken)
        end = min(clip.at + clip.length, reading.end)
        found.append(Stretch(clip.at, end, words, "", False, clip.fade, tuple(rounds(clip)), lane))
    return _staff("clips", "", found) if found else None


def _staff(label: str, name: str, found: Sequence[Stretch]) -> Staff:
    height = SHOT + LANE * max(one.lane for one in found)

    def draw(system: System, y: float) -> list[str]:
        return [part for one in found for part in _bracket(one, system, y + one.lane * LANE)]

    def empty(system: System) -> bool:
        return not any(system.cut(one.start, one.end) for one in found)

    return Staff(label, name, height, draw, empty=empty)


def _bracket(one: Stretch, system: System, y: float) -> list[str]:
    """A bracket in a system: closed where it begins and ends, open where it goes on."""
    room = system.cut(one.start, one.end)
    if room is None:
        return []
    x, end = room
    floor = y + SHOT - 4
    begins, ends = one.start >= system.start, one.end <= system.end
    left = f"M{digits(x + 1)} {digits(floor - 6)}V{digits(floor)}" if begins else f"M{digits(x)} {digits(floor)}"
    shape = f"{left}H{digits(end - 2)}" + (f"V{digits(floor - 6)}" if ends else "")
    parts = [path(shape, "bracket")]
    parts += [
        line(system.x(at), floor - 3, system.x(at), floor + 3, "bracket")
        for at in one.edges
        if system.start <= at < system.end
    ]
    parts += [path(pin, "pin") for pin in _hairpins(one, system, floor)]
    words = x + (20 if one.glyph else 6) + (one.fade * system.scale if one.fade and begins else 0.0)
    if one.glyph:
        turn = " scale(-1 1)" if one.mirrored else ""
        parts.append(
            f'<path d="{one.glyph}" class="glyph" transform="translate({digits(x + 10)} {digits(y + 7)}){turn}"/>'
        )
    label = fitted(one.words if begins else f"({one.words})", SIZE, end - words - 3)
    return [group([*parts, text(words, y + 11, label, "name")], "stretch", one.words or BLACK)]


def _hairpins(one: Stretch, system: System, floor: float) -> list[str]:
    """Where a clip comes in and goes: opening and closing hairpins."""
    pins = []
    for tip, wide in ((one.start, one.start + one.fade), (one.end, one.end - one.fade)):
        if one.fade and system.start <= min(tip, wide) and max(tip, wide) <= system.end:
            x, far = digits(system.x(tip)), digits(system.x(wide))
            pins.append(f"M{far} {digits(floor - 15)}L{x} {digits(floor - 10)}L{far} {digits(floor - 5)}")
    return pins
