"""The paper author's `timeline_NNNNN.txt`: a header, a line `_____`, then `FRAME: TEXT` at 25 frames a second.

`Black.` is the empty prompt: an event, not an absence. A text may be a Python list of several prompts, and a frame may
have several lines: they are one set. `text:5` is a weight; a set stands, whole, until the next.
"""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from perf.errors import ImportFileError
from perf.wire.imports.draft import Asked, Draft, Imported, Set
from perf.wire.imports.prompts import held, weighted

FPS = 25.0
BLACK = "Black."
HEADER = ("time", "length timecode", "batch name", "batch", "max frame", "audio files")
LAST = 25_000_000  # frames: eleven days

_EVENT = re.compile(r"\s*(\d{1,12})\s*:(.*)")
_UNWEIGHED = re.compile(r":\s*[-+]?(?:\.|nan|inf)?$", re.I)
_RULE = re.compile(r"\s*_{3,}\s*")


@dataclass(frozen=True, slots=True)
class Event:
    """What a line says: from `frame` on these prompts; `odd` is what about its text may not be as it was meant."""

    line: int
    frame: int
    prompts: Set
    odd: str = ""


@dataclass(frozen=True, slots=True)
class Timeline:
    """The header, the line of each of its keys, and the events. `whole` where the last line ends as lines do."""

    header: Mapping[str, str]
    lines: Mapping[str, int]
    events: tuple[Event, ...]
    whole: bool = True


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
    pairs = [(n, line.partition(":")) for n, line in enumerate(lines[:rule], 1) if line.strip()]
    header = {key.strip(): value.strip() for _, (key, _, value) in pairs}
    events = [_event(line, n, file) for n, line in enumerate(lines[rule + 1 :], rule + 2) if line.strip()]
    if not events:
        raise ImportFileError("there is no event after _____; an event is FRAME: TEXT", file, rule + 1)
    whole = not lines[-1].strip() or text.endswith(("\n", "\r"))
    return Timeline(header, {key.strip(): n for n, (key, _, _) in pairs}, tuple(events), whole)


def _event(line: str, place: int, file: str) -> Event:
    found = _EVENT.fullmatch(line)
    if found is None or int(found[1]) > LAST:
        raise ImportFileError(
            f"{line[:60]!r} is not an event; an event is FRAME: TEXT, such as 25: a harbour", file, place
        )
    text = found[2].strip()
    texts = _texts(text)
    odd = ""
    if text.startswith("[") and texts == [text]:
        odd = "begins like a list of prompts and is none: it is played as one text"
    if any(_UNWEIGHED.search(one) for one in texts):
        odd = "ends with a colon and no weight: the colon is played as a part of the text"
    return Event(place, int(found[1]), tuple(_prompt(one) for one in texts), odd)


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
    for event in timeline.events:
        found[event.frame] = (*found.get(event.frame, ()), *event.prompts)
    return found


def convert(text: str, asked: Asked) -> Imported:
    """The timeline as a patch."""
    timeline = parse(text, asked.source)
    draft = Draft(asked, "a timeline of prompts, 25 frames a second", fps=FPS)
    _head(draft, timeline)
    _events(draft, timeline)
    found = sets(timeline)
    before = {} if 0 in found else {0: (("", 1.0),)}
    held(
        draft, before | found, f'{len(timeline.events)} events; "dissolve 2" behind a prompt fades it in over 2 seconds'
    )
    return draft.finished()


def _head(draft: Draft, timeline: Timeline) -> None:
    header, lines = timeline.header, timeline.lines
    for key, value in header.items():
        draft.facts.append(f"{key}: {value}")
        if key not in HEADER:
            draft.note(f"header {key!r} means nothing here; it is kept in this comment", lines[key])
    if header.get("audio files", "[]") not in ("[]", ""):
        words = f"audio files {header['audio files']}: they are not played; sound in [output] is the film's"
        draft.note(words, lines["audio files"])
    _length(draft, timeline)


def _events(draft: Draft, timeline: Timeline) -> None:
    """Note what about the events may not be as it was meant."""
    events, most = timeline.events, timeline.header.get("max frame", "")
    for before, event in pairwise(events):
        if event.frame < before.frame:
            draft.note(f"frame {event.frame} comes after frame {before.frame}: events are put in order", event.line)
            break
    seen: dict[int, int] = {}
    again = [event for event in events if seen.setdefault(event.frame, event.line) != event.line]
    if again:
        words = f"frame {again[0].frame} stands in line {seen[again[0].frame]}, too: they are shown together"
        draft.note(words + _more(len(again)), again[0].line)
    for odd in dict.fromkeys(event.odd for event in events if event.odd):
        lines = [event.line for event in events if event.odd == odd]
        draft.note(odd + _more(len(lines)), lines[0])
    last = max(events, key=lambda event: event.frame)
    if most.isdecimal() and len(most) < 12 and last.frame > int(most):
        words = f"the last event, frame {last.frame}, comes after max frame {most}: it is kept"
        draft.note(words, last.line)
    if not timeline.whole:
        draft.note("the file ends within this line; if it was cut off, so is its last prompt", events[-1].line)


def _more(count: int) -> str:
    return f" (and {count - 1} more lines)" if count > 1 else ""


def _length(draft: Draft, timeline: Timeline) -> None:
    """Note where the time code and the last frame differ: the time code is cut to whole seconds."""
    code, most = (timeline.header.get(key, "") for key in ("length timecode", "max frame"))
    parts = code.split(":")
    if len(parts) != 3 or not all(part.isdecimal() and len(part) < 6 for part in parts) or not most.isdecimal():
        return
    seconds = int(parts[0]) * 3600 + int(parts[1]) * 60 + int(parts[2])
    if len(most) < 12 and abs(int(most) / FPS - seconds) > 0.02:
        words = f"length timecode {code} is not max frame {most} at 25 a second ({int(most) / FPS:g} s): frames count"
        draft.note(words, timeline.lines["length timecode"])
