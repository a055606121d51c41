"""The JSON header of an ISF shader: found, read and checked as far as any key goes; errors know their line.

What the inputs and passes mean is `wire.isf_input`'s and `wire.isf_pass`'s. Opens no file.
"""

import json
import re
from collections.abc import Mapping
from reprlib import Repr
from typing import Any

from perf.errors import ShaderError

HEADER_LIMIT = 400_000  # characters
LONGEST = 400  # characters of a description kept

_START = re.compile(r"/\*\s*\{")
_repr = Repr()
_repr.maxstring = _repr.maxother = 60


def shown(value: object) -> str:
    """A stranger's value for a message: short, however large or deep it is."""
    return _repr.repr(value)


def words(value: object) -> str:
    """A stranger's text for people: what is printable of it, cut to 400 characters; "" for anything else."""
    text = value if isinstance(value, str) else ""
    return "".join(c for c in text[:LONGEST] if c.isprintable() or c == "\n").strip()


class Source:
    """The text of one shader, and where in it an error lies."""

    def __init__(self, text: str, file: str) -> None:
        self.text, self.file = text, file
        found = _START.search(text)  # a licence may stand before it, in a comment of its own
        self.start = found.start() if found else text.find("/*")

    def error(self, message: str, near: object = None) -> ShaderError:
        """An error on the line of `near` as the header writes it, or else on the header's first line."""
        place = self.text.find(json.dumps(near), self.start) if isinstance(near, str) else -1
        place = place if place >= 0 else max(self.start, 0)
        return ShaderError(message, self.file, self.text.count("\n", 0, place) + 1)

    def split(self) -> tuple[dict[str, Any], str, int]:
        """The header, the GLSL behind it, and the line on which that begins."""
        end = self.text.find("*/", self.start + 2)
        if self.start < 0 or end < 0:
            raise self.error('there is no header; an ISF shader begins with /*{"ISFVSN": "2.0", …}*/')
        if end - self.start > HEADER_LIMIT:
            raise self.error(f"a header of {end - self.start} characters is too long; at most {HEADER_LIMIT} are read")
        header = self._json(self.text[self.start + 2 : end])
        if not isinstance(header, dict):
            raise self.error(f"the header is a {type(header).__name__}; it must be a JSON object in {{ }}")
        return header, self.text[end + 2 :], self.text.count("\n", 0, end) + 1

    def _json(self, text: str) -> object:
        try:
            return json.loads(text, strict=False)
        except json.JSONDecodeError as error:
            line = self.text.count("\n", 0, self.start) + error.lineno
            message = f"the header is not JSON: {error.msg} at column {error.colno}; is a comma or a quote wrong?"
            raise ShaderError(message, self.file, line) from None
        except (ValueError, RecursionError):
            raise self.error("the header has a number too long or is nested too deep; write it plainly") from None

    def check_version(self, header: Mapping[str, Any]) -> None:
        """Refuse what would be drawn wrongly: other versions and other players' modes."""
        version = header.get("ISFVSN", "1")
        if not (version if isinstance(version, str) else shown(version)).startswith(("1", "2")):
            raise self.error(f'ISFVSN is {shown(version)}; allowed are "2", "2.0" and none (version 1)', "ISFVSN")
        if header.get("MODE"):
            raise self.error(f"MODE {shown(header['MODE'])} is another player's; shaders of pictures have none", "MODE")

    def rows(self, header: Mapping[str, Any], key: str, most: int) -> list[Any]:
        """The list under `key`, empty when it is absent."""
        rows = header.get(key)
        if rows is None:
            return []
        if not isinstance(rows, list):
            raise self.error(f"{key} is {shown(rows)}; it takes a list of at most {most} entries in [ ]", key)
        if len(rows) > most:
            raise self.error(f"{key} has {len(rows)} entries; it takes at most {most}: leave out what is not used", key)
        return rows

    def table(self, row: object, key: str) -> dict[str, Any]:
        """An entry of such a list, which must be an object."""
        if not isinstance(row, dict):
            raise self.error(f"an entry of {key} is {shown(row)}; each is an object in {{ }}", key)
        return row
