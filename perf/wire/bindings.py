"""MIDI bindings into the text of a patch: rows of those that are gone go, new ones come behind the last, and the rest,
with every comment, stays as it was written. Opens no file."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import tomlkit
from tomlkit.items import AoT, InlineTable, Whitespace

from perf.core.patch import Binding

USUAL = Binding("cc", 0, "")
SAID = ("kind", "number", "address")  # a row says these, however usual


def put(document: tomlkit.TOMLDocument, bindings: tuple[Binding, ...]) -> None:
    """Make a document's `[[midi]]` these bindings."""
    rows: Any = document.get("midi", [])
    written = [_binding(row) for row in rows]
    new = [binding for binding in bindings if binding not in written]
    if not new and all(binding in bindings for binding in written):
        return
    rows = document.setdefault("midi", tomlkit.aot())
    above = ""  # what is written above the next row or section: to TOML it belongs to the row before
    for row, binding in zip(list(rows), written, strict=True):
        below = below_of(row)
        if binding in bindings:
            row.trivia.indent = above + row.trivia.indent
            above = below
        else:
            above += below if above.strip() or not above else below.lstrip("\r\n")
            del rows[next(i for i, each in enumerate(rows) if each is row)]
    for binding in new:
        rows.append(_row(binding, tomlkit.table() if isinstance(rows, AoT) else tomlkit.inline_table()))
        if isinstance(rows, AoT) and written and len(rows) > 1:
            rows[-1].trivia.indent = "\n"
    if rows:
        rows[-1].add(Whitespace(above))
    else:
        place = next(i for i, (key, _) in enumerate(document.body) if key and key.key == "midi")
        document.remove("midi")
        document.body[place] = (None, Whitespace(above))


def _binding(row: Mapping[str, Any]) -> Binding:
    """What a row means."""
    return Binding(**{f.name: row.get(f.name, getattr(USUAL, f.name)) for f in fields(Binding)})


def _row(binding: Binding, row: Any) -> Any:
    """A row that means a binding, in an empty one."""
    for f in fields(Binding):
        if f.name in SAID or getattr(binding, f.name) != getattr(USUAL, f.name):
            row[f.name] = getattr(binding, f.name)
    return row


def below_of(row: Any) -> str:
    """Take off a row what is written below its last key."""
    text, body = "", row.value.body
    while not isinstance(row, InlineTable) and body and body[-1][0] is None:
        text = body.pop()[1].as_string() + text
    return text
