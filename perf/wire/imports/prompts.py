"""Sets of weighted prompts by frame: as `[[prompts]]`, or as tracks of the prompt slots where a set is too large.

A set is what is shown at once: (text, weight) pairs, a negative weight being a concept to keep away from.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from perf.core.event import Value
from perf.core.prompts import BLACK, HALF
from perf.core.table import PROMPTS
from perf.wire.imports.draft import Draft, Lane, Set, fixed

HEAVIEST = 1e6  # what is above is no weight that anybody meant
_WEIGHT = re.compile(r"(.*?)\s*:\s*([-+]?(?:\d+\.?\d*|\.\d+))\s*", re.S)
_EMPHASIS = re.compile(r"\([^()]*:\s*[\d.]+\s*\)|\[[^\]]*\]|\(\(")


def weighted(text: str) -> tuple[str, float]:
    """`a harbour:5` as its text and weight; a time of day such as 12:30 is none."""
    found = _WEIGHT.fullmatch(text)
    if found is None or re.search(r"\d:\d\d$", text):
        return text.strip(), 1.0
    return found[1].strip(), min(max(float(found[2]), -HEAVIEST), HEAVIEST)


def composed(draft: Draft, text: str) -> Set:
    """A prompt as Stable Diffusion's pages write it: `one :0.5 AND two :0.5 --neg three`."""
    positive, _, negative = text.partition("--neg")
    if _EMPHASIS.search(text):
        draft.note(
            "emphasis inside of prompts, such as (word:1.2) or [word], is left in the text and means nothing here"
        )
    shown = [weighted(part) for part in re.split(r"\bAND\b", positive)]
    away = [weighted(part) for part in re.split(r"\bAND\b", negative) if part.strip()]
    return (*shown, *((words, -abs(weight)) for words, weight in away))


def fitted(draft: Draft, prompts: Set) -> Set:
    """A set that the slots can hold: eight prompts, weights within ±2 (divided by the absolute value of their sum,
    which is what they stand for)."""
    prompts = prompts or (("", 1.0),)
    if len(prompts) > PROMPTS:
        draft.note(f"more than {PROMPTS} prompts at once: the first {PROMPTS} are kept")
        prompts = prompts[:PROMPTS]
    if max((abs(weight) for _, weight in prompts), default=0.0) <= 2.0:
        return prompts
    total = abs(sum(weight for _, weight in prompts)) or 1.0
    most = max(abs(weight) for _, weight in prompts) / total
    scale = total * max(most / 2.0, 1.0)
    draft.note("weights above 2 are divided by the absolute value of their sum, as in the file's own renderer")
    return tuple((text, round(weight / scale, 6)) for text, weight in prompts)


def held(draft: Draft, sets: Mapping[int, Set], origin: str, led: bool = False) -> None:
    """Sets by the frame from which they stand, whole, until the next; or each `led` to from the one before."""
    rows = {frame: fitted(draft, prompts) for frame, prompts in sorted(sets.items())}
    if len(set(rows.values())) > 1 and all(map(_small, rows.values())):
        draft.prompts(_led(draft, rows) if led else [(draft.place(at), row, "") for at, row in rows.items()], origin)
    else:
        _slots(draft, rows, origin)


def _small(row: Set) -> bool:
    """Whether a set can be a key of `[[prompts]]`: up to four texts, each once."""
    return len(row) <= HALF and len({text or BLACK for text, _ in row}) == len(row)


def _led(draft: Draft, rows: Mapping[int, Set]) -> list[tuple[float, Set, str]]:
    """Each set reached by its frame, in a dissolve that begins with the one before."""
    places = [draft.place(frame) for frame in rows]
    ways = ["", *(f"dissolve {fixed(after - before)}" for before, after in pairwise(places))]
    return list(zip([places[0], *places[:-1]], rows.values(), ways, strict=True))


def _slots(draft: Draft, rows: Mapping[int, Set], origin: str) -> None:
    """Sets as tracks of the slots, which change at once."""
    draft.set("/prompt/fade", 0.0, "prompts change on their frames; a longer fade is gentler")
    for slot in range(max((len(row) for row in rows.values()), default=0)):
        words = origin if slot == 0 else ""
        texts: dict[int, Value] = {frame: row[slot][0] if slot < len(row) else "" for frame, row in rows.items()}
        weights: dict[int, Value] = {frame: row[slot][1] if slot < len(row) else 0.0 for frame, row in rows.items()}
        _steps(draft, f"/prompt/{slot + 1}/text", texts, words)
        _steps(draft, f"/prompt/{slot + 1}/weight", weights, "")


def _steps(draft: Draft, address: str, values: Mapping[int, Value], origin: str) -> None:
    """Values from their frames on; a value of the piece where there is only one."""
    if len(set(values.values())) == 1:
        draft.set(address, next(iter(values.values())), "")
        return
    draft.track(address, [(draft.place(frame), value) for frame, value in values.items()], origin)


def moving(draft: Draft, sets: Sequence[Set], origin: str) -> None:
    """A set for each frame, with weights that move: each text keeps a slot as long as it is there."""
    draft.set("/prompt/fade", 0.0, "weights fade by themselves")
    sets = [fitted(draft, prompts) for prompts in sets]
    slots: list[tuple[str, int]] = []  # what lies in a slot, and the last frame for which it does
    texts: list[dict[int, Value]] = []
    weights: list[list[float]] = []
    ends = {text: frame for frame, prompts in enumerate(sets) for text, _ in prompts}
    for frame, prompts in enumerate(sets):
        for text, weight in prompts:
            slot = _slot(slots, text, frame)
            if slot is None:
                draft.note(f"more than {PROMPTS} prompts take part at once: those that come last are left out")
                continue
            if slot == len(texts):
                texts.append({})
                weights.append([0.0] * len(sets))
            if slots[slot : slot + 1] != [(text, ends[text])]:
                slots[slot : slot + 1] = [(text, ends[text])]
                texts[slot][frame] = text
            weights[slot][frame] += weight
    for n in range(len(texts)):
        _steps(draft, f"/prompt/{n + 1}/text", texts[n], origin)
        draft.lane(Lane(f"/prompt/{n + 1}/weight", [min(max(w, -2.0), 2.0) for w in weights[n]], origin))


def _slot(slots: Sequence[tuple[str, int]], text: str, frame: int) -> int | None:
    """The slot in which a text is, or one that is free."""
    for n, (words, _) in enumerate(slots):
        if words == text:
            return n
    free = (n for n, (_, end) in enumerate(slots) if end < frame)
    return next(free, len(slots) if len(slots) < PROMPTS else None)
