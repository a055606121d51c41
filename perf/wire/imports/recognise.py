"""Which tool a file comes from, by what is in it, and the patch that it makes."""

import json
from typing import Any

from perf.errors import ImportFileError
from perf.wire.imports import author, deforum, midifile, parseq
from perf.wire.imports.draft import Asked, Imported

KNOWN = "the author's timeline.txt, Deforum's settings (JSON), a Parseq document (JSON), a MIDI file"


def convert(data: bytes, asked: Asked) -> Imported:
    """The patch that a file makes. Raises ImportFileError with file and line; ValueError for a wrong `maps`."""
    if midifile.recognised(data):
        return midifile.convert(data, asked)
    if asked.maps:
        raise ImportFileError("is no MIDI file, and --map is for these", asked.source)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        words = f"is neither MIDI nor UTF-8 text (byte {error.start}); known are {KNOWN}"
        raise ImportFileError(words, asked.source) from None
    if text.lstrip()[:1] in ("{", "["):
        return _json(_loaded(text, asked.source), asked)
    if author.recognised(text):
        return author.convert(text, asked)
    raise ImportFileError(f"is not recognised; known are {KNOWN}", asked.source)


def _loaded(text: str, file: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ImportFileError(f"is not JSON: {error.msg} at column {error.colno}", file, error.lineno) from None
    except (RecursionError, ValueError):
        raise ImportFileError("is JSON nested or numbered beyond what is read; export it again", file) from None


def _json(document: object, asked: Asked) -> Imported:
    if parseq.recognised(document):
        return parseq.convert(document, asked)  # type: ignore[arg-type]
    if deforum.recognised(document):
        return deforum.convert(document, asked)  # type: ignore[arg-type]
    raise ImportFileError(f"is JSON, but neither Deforum's nor Parseq's; known are {KNOWN}", asked.source)
