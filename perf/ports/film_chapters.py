"""What a film shows over time, prompts and seed, as its chapters: players list them, editors jump to them."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

MOST = 255  # the list in an MP4 that is written in fragments counts them in one byte
LONGEST = 250  # bytes of a title; that list takes 255
APART = 1.0  # seconds between two chapters, at least: what changes all the time is not cut to pieces

Mark = tuple[int, str]  # from this frame on it is called so


def scene(prompts: Iterable[tuple[str, float]], seed: float) -> str:
    """A chapter's title: the prompts that weigh anything, the heaviest first, what is kept away behind a minus, and
    the seed's whole part: `the sea + dusk - fog, seed 7`."""
    heard = sorted((p for p in prompts if p[0] and p[1]), key=lambda prompt: -prompt[1])
    words = "".join(f" {'+' if weight > 0 else '-'} {text}" for text, weight in heard).removeprefix(" + ")
    tail = f", seed {int(seed)}"
    room = words.encode()[: LONGEST - len(tail)].decode(errors="ignore")
    return (" ".join(room.split()) or "no prompt") + tail


class Scenes:
    """Says when a chapter begins."""

    def __init__(self, fps: float) -> None:
        self._least, self._since, self._now = APART * fps, 0, ""

    def begins(self, frame: int, words: str) -> bool:
        """Whether a chapter of that name begins at this frame. A change that comes too early is one a little later."""
        if not words or words == self._now or (self._now and frame - self._since < self._least):
            return False
        self._since, self._now = frame, words
        return True


def chapters(marks: Sequence[Mark], frames: int, rate: Fraction) -> list[Any]:
    """The marks as PyAV takes them, for a film of so many frames."""
    ends = [*(frame for frame, _ in marks[1:]), frames]
    rows = list(zip(marks, ends, strict=False))[:MOST]
    return [
        {"id": number, "start": start, "end": end, "time_base": 1 / rate, "metadata": {"title": words}}
        for number, ((start, words), end) in enumerate(rows)
        if start < end
    ]
