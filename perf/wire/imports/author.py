"""The paper author's `timeline_NNNNN.txt`: a header, a line `_____`, then `FRAME: TEXT` at 25 frames a second.

`Black.` is the empty prompt: an event, not an absence. A text may be a Python list of several prompts, and a frame may
have several lines: they are one set. `text:5` is a weight; a set stands, whole, until the next.
"""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass

from perf.errors import ImportFileError
from perf.wire.imports.draft import Asked, Draft, Imported, Set
from perf.wire.imports.prompts import held, weighted

FPS = 25.0
BLACK = "Black."
HEADER = ("time", "length timecode", "batch name", "batch", "max frame", "audio files")
LAST = 25_000_000  # frames: eleven days

_EVENT = re.compile(r"\s*(\d{1,12})\s*:(.*)")
_RULE = re.compile(r"\s*_{3,}\s*")


@dataclass(frozen=True, slots=True)
class Timeline:
    """The header, and each event: (line, frame, prompts)."""

    header: Mapping[str, str]
    events: tuple[tuple[int, int, Set], ...]


def recognised(text: str) -> bool:
    """Whether a text looks like a timeline: a rule of underscores, or the header."""
    lines = text.splitlines()[:50]
    return any(_RULE.fullmatch(line) for line in lines) or any(line.startswith("max frame:") for line in lines)


def parse(text: str, file: str = "") -> Timeline:
    """The timeline in a text. Raises ImportFileError with the line."""
    lines = text.splitlines()
    rule = next((n for n, line in enumerate(lines) if _RULE.fullmatch(line)), None)
    if rule is None:
        raise ImportFileError("the header is not closed by a line of underscores, _____", file, len(lines) or 1)
    pairs = (line.partition(":") for line in lines[:rule] if line.strip())
    header = {key.strip(): value.strip() for key, _, value in pairs}
    events = [_event(line, n, file) for n, line in enumerate(lines[rule + 1 :], rule + 2) if line.strip()]
    if not events:
        raise ImportFileError("there is no event after _____; an event is FRAME: TEXT", file, rule + 1)
    return Timeline(header, tuple(events))


def _event(line: str, place: int, file: str) -> tuple[int, int, Set]:
    found = _EVENT.fullmatch(line)
    if found is None or int(found[1]) > LAST:
        raise ImportFileError(
            f"{line[:60]!r} is not an event; an event is FRAME: TEXT, such as 25: a harbour", file, place
        )
    return place, int(found[1]), tuple(_prompt(text) for text in _texts(found[2].strip()))


def _texts(text: str) -> list[str]:
    """The prompts of an event: one, or a Python list of them."""
    if text.startswith("["):
        try:
            found = ast.literal_eval(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return [text]
        if isinstance(found, list) and all(isinstance(one, str) for one in found):
            return found
    return [text]


def _prompt(text: str) -> tuple[str, float]:
    words, weight = weighted(text)
    return ("" if words == BLACK else words), weight


def sets(timeline: Timeline) -> dict[int, Set]:
    """What stands from each frame on."""
    found: dict[int, Set] = {}
    for _, frame, prompts in timeline.events:
        found[frame] = (*found.get(frame, ()), *prompts)
    return found


def convert(text: str, asked: Asked) -> Imported:
    """The timeline as a patch."""
    timeline = parse(text, asked.source)
    draft = Draft(asked, "a timeline of prompts, 25 frames a second", fps=FPS)
    _head(draft, timeline)
    found = sets(timeline)
    before = {} if 0 in found else {0: (("", 1.0),)}
    held(
        draft, before | found, f'{len(timeline.events)} events; "dissolve 2" behind a prompt fades it in over 2 seconds'
    )
    return draft.finished()


def _head(draft: Draft, timeline: Timeline) -> None:
    header, frames = timeline.header, [frame for _, frame, _ in timeline.events]
    for key, value in header.items():
        draft.facts.append(f"{key}: {value}")
        if key not in HEADER:
            draft.note(f"header {key!r} means nothing here; it is kept in this comment")
    if header.get("audio files", "[]") not in ("[]", ""):
        draft.note(f"audio files {header['audio files']}: they are not played; lay them beside the film")
    if frames != sorted(frames):
        draft.note("events are not in the order of their frames: they are put in order")
    most = header.get("max frame", "")
    if most.isdecimal() and len(most) < 12 and max(frames) > int(most):
        draft.note(f"the last event, frame {max(frames)}, comes after max frame {most}: it is kept")
    _length(draft, header.get("length timecode", ""), most)


def _length(draft: Draft, code: str, most: str) -> None:
    """Note where the time code and the last frame differ: the time code is cut to whole seconds."""
    parts = code.split(":")
    if len(parts) != 3 or not all(part.isdecimal() and len(part) < 6 for part in parts) or not most.isdecimal():
        return
    seconds = int(parts[0]) * 3600 + int(parts[1]) * 60 + int(parts[2])
    if len(most) < 12 and abs(int(most) / FPS - seconds) > 0.02:
        draft.note(
            f"length timecode {code} is not max frame {most} at 25 a second ({int(most) / FPS:g} s): frames count"
        )
