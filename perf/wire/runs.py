"""Rows of one array that stand between others', as in a patch ordered by the parts of a song: tomlkit would put them
together. While it holds them, those behind others go by another name, `cue--run2` for the second cues. Text only.
"""

import re
from collections.abc import Mapping

SECTIONS = (
    "name", "model", "second", "stage", "clock", "sound", "params", "layer", "deck", "mapping", "prompts", "track",
    "sequence", "clip", "cue", "midi", "osc", "output",
)  # fmt: skip
ONE = ("params", "midi")  # are looked for by their names
_HEADER = re.compile(r"^([ \t]*\[\[?[ \t]*)([a-z]+)(?=[ \t]*[.\]])", re.M)
_NUMBERED = re.compile(r"^([ \t]*\[\[?[ \t]*\w+)--run\d+(?=[ \t]*[.\]])", re.M)


def apart(text: str) -> str:
    """The text with a name for each run."""
    counts, last = dict[str, int](), ""

    def named(header: re.Match[str]) -> str:
        nonlocal last
        name = header[2]
        if name not in SECTIONS:
            return header[0]
        if name != last:
            last, counts[name] = name, counts.get(name, 0) + 1
        return header[0] + (f"--run{counts[name]}" if counts[name] > 1 and name not in ONE else "")

    return _HEADER.sub(named, text)


def together(text: str) -> str:
    """The text with one name for all runs again."""
    return _NUMBERED.sub(r"\1", text)


def runs(document: Mapping[str, object], array: str) -> list[str]:
    """The names that an array's runs go by, in their order."""
    return [name for name in document if name.partition("--")[0] == array]
