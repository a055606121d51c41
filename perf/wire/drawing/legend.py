"""The legend: a small sample of everything that the score has, with a word beside it."""

from collections.abc import Callable

from perf.core.formula import Formula
from perf.core.pattern import Markov, Steps
from perf.wire.drawing.reading import Reading
from perf.wire.drawing.svg import box, dot, drawn, head, line, path, text, width

ROW = 26.0
Sample = Callable[[float, float], list[str]]


def _dissolve(x: float, y: float) -> list[str]:
    return [
        path(f"M{x} {y - 10}L{x + 30} {y}H{x}Z", "ribbon tint0"),
        path(f"M{x} {y - 10}H{x + 30}V{y}Z", "ribbon tint1"),
    ]


def _away(x: float, y: float) -> list[str]:
    return [line(x, y - 7, x + 30, y - 7, "base"), box(x, y - 7, 30, 7, "ribbon away")]


def _black(x: float, y: float) -> list[str]:
    return [box(x, y - 9, 30, 9, "ribbon black")]


def _curve(x: float, y: float) -> list[str]:
    points = [(x + n * 3, y - 1 - 8 * (n / 10) ** 2 * (3 - 2 * n / 10)) for n in range(11)]
    return [path(drawn(points), "curve"), dot(x, y - 1, 1.7, "key"), dot(x + 30, y - 9, 1.7, "key")]


def _formula(x: float, y: float) -> list[str]:
    points = [(x + n, y - 5 - 4 * (1 - abs(n % 20 - 10) / 5)) for n in range(31)]
    return [path(drawn(points), "formula")]


def _notes(x: float, y: float) -> list[str]:
    return [
        head(x + 4, y - 2, 4),
        line(x + 8, y - 2, x + 15, y - 2, "held"),
        head(x + 20, y - 8, 4),
        line(x + 24, y - 8, x + 31, y - 8, "held"),
    ]


def _bracket(x: float, y: float) -> list[str]:
    return [path(f"M{x} {y - 7}V{y - 1}H{x + 30}V{y - 7}", "bracket")]


def _cue(x: float, y: float) -> list[str]:
    return [box(x, y - 11, 20, 13, "boxed"), line(x, y + 2, x, y + 7, "markline")]


def _follows(x: float, y: float) -> list[str]:
    return [path(f"M{x} {y - 4}H{x + 28}M{x + 23} {y - 7}L{x + 28} {y - 4}L{x + 23} {y - 1}", "arrow")]


def _jumps(x: float, y: float) -> list[str]:
    return [
        path(f"M{x} {y - 4}H{x + 28}", "arrow jump"),
        path(f"M{x + 23} {y - 7}L{x + 28} {y - 4}L{x + 23} {y - 1}", "arrow"),
    ]


def legend(reading: Reading, x: float, y: float, room: float) -> tuple[list[str], float]:
    """Samples of what there is, in as many rows as they need, and the height of all but the first."""
    parts: list[str] = []
    place, row = x, 0
    for sample, words in _there(reading):
        size = 38 + width(words, 12)
        if place > x and place + size > x + room:
            place, row = x, row + 1
        parts += [*sample(place, y + row * ROW), text(place + 38, y + row * ROW, words, "prose")]
        place += size + 24
    return parts, row * ROW


def _there(reading: Reading) -> list[tuple[Sample, str]]:
    timeline, shown = reading.patch.timeline, reading.prompts
    sources = [track.source for track in timeline.every_track()]
    plain = [source for source in sources if not isinstance(source, Formula | Steps | Markov)]
    cues = timeline.cues
    rows: list[tuple[bool, Sample, str]] = [
        (any(words for one in shown for words in one), _dissolve, "prompts, as thick as their weight"),
        (any("" in one for one in shown), _black, "black: the empty prompt"),
        (any(weight < 0 for one in shown for weight in one.values()), _away, "kept away from"),
        (bool(plain), _curve, "keys and the way between them"),
        (any(isinstance(source, Formula) for source in sources), _formula, "a formula, as it will be"),
        (any(isinstance(source, Steps | Markov) for source in sources), _notes, "steps"),
        (bool(reading.clips or timeline.shots), _bracket, "clips and shots"),
        (bool(cues), _cue, "cues"),
        (any(cue.follow for cue in cues), _follows, "follows"),
        (any(cue.jumps for cue in cues), _jumps, "may follow"),
    ]
    return [(sample, words) for there, sample, words in rows if there]
