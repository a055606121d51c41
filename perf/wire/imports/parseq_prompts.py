"""Prompts of a Parseq document by frame: which are there from when to when, with what weight, and `${…}` in them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from perf.wire.imports.draft import Set
from perf.wire.imports.parseq_fields import Document, frame_of, number
from perf.wire.imports.parseq_language import Node, parse
from perf.wire.imports.parseq_place import Place
from perf.wire.imports.parseq_values import value, written
from perf.wire.imports.prompts import composed, held, moving
from perf.wire.imports.series import runs

_EXPRESSION = re.compile(r"\$\{(.*?)\}", re.S)
_LONG = re.compile(r"\d+\.\d{5}")


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt from one frame to another, inclusive. `overlap` is none, linear (with `fades`: frames in and out) or an
    expression of its weight."""

    texts: tuple[str, str]  # shown, and kept away from
    span: tuple[int, int]
    overlap: str = "none"
    fades: tuple[float, float] = (0.0, 0.0)

    def weight(self, frame: int) -> str:
        """Its weight among others at a frame, which may be an expression."""
        if self.overlap == "none":
            return "1"
        if self.overlap != "linear":
            return f"${{{self.overlap}}}"
        (start, end), (rise, fall) = self.span, self.fades
        if rise and frame < start + rise:
            return f"{(frame - start) / rise:.5f}"
        return f"{1 - (frame - end + fall) / fall:.5f}" if fall and frame > end - fall else "1"


def prompt_tracks(document: Document, names: Mapping[str, Sequence[float]]) -> None:
    """Tracks of the prompt slots."""
    draft = document.draft
    prompts = _prompts(document)
    if not prompts:
        draft.note("prompts: there are none, or Parseq does not manage them; set /prompt/1/text")
        return
    try:
        whole = _written(document, prompts, names)
    except ValueError as error:
        rendered = {frame: row.get("deforum_prompt") for frame, row in document.rendered.items()}
        texts = {frame: text for frame, text in rendered.items() if isinstance(text, str)}
        instead = "the rendered prompts are played" if texts else "they are played as they are written"
        draft.note(f"prompts: {error}; {instead}")
        first = texts.get(min(texts)) if texts else None
        whole = [texts.get(n) or first or prompts[0].texts[0] for n in range(document.frames)]
    made: dict[str, Set] = {}
    for text in whole:
        if text not in made:
            made[text] = tuple((_short(document, words), weight) for words, weight in composed(draft, text))
    sets = [made[text] for text in whole]
    origin = f"{len(prompts)} prompts"
    changes = runs(sets)
    if changes == runs([tuple(words for words, _ in one) for one in sets]):
        held(draft, {frame: sets[frame] for frame in changes}, origin)
    else:
        moving(draft, sets, origin)


def _short(document: Document, text: str) -> str:
    """A text whose computed numbers have one decimal, so that it does not change with every frame."""
    if not _LONG.search(text):
        return text
    document.draft.note(
        "numbers computed inside of prompts are rounded to 0.1, so that the text does not change each frame"
    )
    return _LONG.sub(lambda found: f"{float(found[0]):.1f}", text)


def _prompts(document: Document) -> list[Prompt]:
    """The prompts, in whichever of Parseq's three notations."""
    raw = document.raw.get("prompts")
    common: tuple[str, str] = ("", "")
    if isinstance(raw, dict) and "promptList" in raw:
        if raw.get("enabled") is False:
            return []
        common = _texts(raw.get("commonPrompt"))
        raw = raw["promptList"]
    rows = raw if isinstance(raw, list) else [{**raw, "allFrames": True}] if isinstance(raw, dict) else []
    rows = [row for row in rows if isinstance(row, dict)]
    if rows and rows[0].get("enabled") is False:  # where a list of them says so
        return []
    return [_prompt(document, row, common) for row in rows]


def _texts(raw: object) -> tuple[str, str]:
    row = raw if isinstance(raw, dict) else {}
    return str(row.get("positive") or ""), str(row.get("negative") or "")


def _prompt(document: Document, row: dict[str, Any], common: tuple[str, str]) -> Prompt:
    shown, away = (f"{own} {every}".strip() for own, every in zip(_texts(row), common, strict=True))
    last = document.frames - 1
    span = (int(number(row.get("from")) or 0), int(last if number(row.get("to")) is None else number(row["to"]) or 0))
    overlap = row.get("overlap") if isinstance(row.get("overlap"), dict) else {}
    assert isinstance(overlap, dict)
    kind = str(overlap.get("type", "none"))
    kind = str(overlap.get("custom") or "none") if kind == "custom" else kind if kind == "linear" else "none"
    fades = (number(overlap.get("inFrames")) or 0.0, number(overlap.get("outFrames")) or 0.0)
    return Prompt((shown, away), (0, last) if row.get("allFrames") else span, kind, fades)


def _written(document: Document, prompts: Sequence[Prompt], names: Mapping[str, Sequence[float]]) -> list[str]:
    """The prompt of each frame in one text, as Parseq writes it. Raises ValueError for what is not understood."""
    frames = [frame_of(row) for row in document.keyframes]
    place = Place(frames, [0.0] * len(frames), document.draft.fps, document.bpm)
    parsed: dict[str, Node] = {}
    empty = 0

    def computed(found: re.Match[str]) -> str:
        if found[1] not in parsed:
            parsed[found[1]] = parse(found[1])
        return written(value(parsed[found[1]], place))

    whole = []
    for frame in range(document.frames):
        place.frame = place.active = frame
        place.names.update((name, values[frame]) for name, values in names.items())
        there = [prompt for prompt in prompts if prompt.span[0] <= frame <= prompt.span[1]]
        empty += not there
        parts = [[_EXPRESSION.sub(computed, text) for text in (*p.texts, p.weight(frame))] for p in there]
        several = len(parts) > 1
        shown, away = ([f"{part[n]} :{part[2]}" if several else part[n] for part in parts if part[n]] for n in (0, 1))
        whole.append(" AND ".join(shown) + (f" --neg {' AND '.join(away)}" if away else ""))
    if empty:
        document.draft.note(f"{empty} frames have no prompt at all: the empty prompt is played there")
    return whole
