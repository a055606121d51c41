"""Reading a TOML document by hand: typed look-ups that collect mistakes with their line numbers.

Knows TOML's shape and the parameter table, not what a patch means; opens no file.
"""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from perf.core.event import Value
from perf.core.param import Param, Table

Path = tuple[str | int, ...]


class Reader:
    """One reading of a patch: typed look-ups that collect mistakes with their lines instead of stopping."""

    def __init__(self, text: str) -> None:
        self._lines = _lines(text)
        self.mistakes: list[tuple[int | None, str]] = []

    def wrong(self, path: Path, message: str) -> None:
        """Note a mistake at a path such as ("layer", 1, "blend")."""
        line = next((self._lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self._lines), None)
        self.mistakes.append((line, message))

    def keys(self, section: Mapping[str, Any], path: Path, known: tuple[str, ...]) -> None:
        """Complain about keys that mean nothing."""
        for key in section:
            if key not in known:
                close = get_close_matches(key, known, 1)
                hint = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(known)}"
                self.wrong((*path, key), f"{key!r} means nothing here; {hint}")

    def number(self, section: Mapping[str, Any], path: Path, default: float, span: tuple[float, float]) -> float:
        """A number within span."""
        value = section.get(str(path[-1]), default)
        low, high = span
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            self.wrong(path, f"{path[-1]} is {value!r}; it takes a number {low:g}…{high:g}")
            return default
        return value

    def word(self, section: Mapping[str, Any], path: Path, default: str, allowed: tuple[str, ...] = ()) -> str:
        """A string, one of `allowed` if any are given."""
        value = section.get(str(path[-1]), default)
        if not isinstance(value, str) or (allowed and value not in allowed):
            self.wrong(
                path, f"{path[-1]} is {value!r}; it takes {'one of ' + ', '.join(allowed) if allowed else 'text'}"
            )
            return default
        return value

    def pair(self, section: Mapping[str, Any], path: Path, default: tuple[int, int]) -> tuple[int, int]:
        """A size [width, height] in pixels, 16…8192 each."""
        value = section.get(str(path[-1]), default)
        good = isinstance(value, list | tuple) and len(value) == 2
        if not good or not all(type(n) is int and 16 <= n <= 8192 for n in value):
            self.wrong(path, f"{path[-1]} is {value!r}; it takes [width, height] in pixels, 16…8192 each")
            return default
        return (value[0], value[1])

    def rows(self, document: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
        """The tables of `[[name]]`."""
        rows = document.get(name, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            self.wrong((name,), f"{name} is written as [[{name}]], once for each")
            return []
        return rows

    def section(self, document: Mapping[str, Any], name: str, known: tuple[str, ...]) -> dict[str, Any]:
        """The table `[name]`."""
        section = document.get(name, {})
        if not isinstance(section, dict):
            self.wrong((name,), f"{name} is written as a table, [{name}]")
            return {}
        self.keys(section, (name,), known)
        return section

    def value(self, parameters: Table, address: object, raw: object, path: Path) -> Value | None:
        """A value for a parameter, coerced as OSC's would be; None with a mistake noted when it is none."""
        param = parameters.get(str(address))
        if param is None:
            close = get_close_matches(str(address), list(parameters), 1)
            hint = f"did you mean {close[0]}?" if close else "`retrograde params` lists them"
            self.wrong(path, f"no parameter is called {address}; {hint}")
            return None
        if param.access != "rw":
            self.wrong(
                path, f"{address} cannot be set in a patch; it is {'read only' if param.access == 'r' else 'a command'}"
            )
            return None
        return self._coerced(param, raw, path)

    def _coerced(self, param: Param, raw: object, path: Path) -> Value | None:
        args = tuple(raw) if isinstance(raw, list) else (raw,)
        try:
            value, clamped = param.coerce(args)
        except ValueError as error:
            self.wrong(path, str(error))
            return None
        if clamped:
            self.wrong(path, f"{param.address} is {raw!r}; it takes {param.minimum:g}…{param.maximum:g}")
        return value


_HEADER = re.compile(r"\s*(\[\[?)\s*([\w-]+)\s*\]\]?")
_KEY = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([\w./-]+))\s*=""")


def _lines(text: str) -> dict[Path, int]:
    """Line numbers (from 1) of tables and keys, by path."""
    lines: dict[Path, int] = {}
    path: Path = ()
    counts: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        header, key = _HEADER.match(line), _KEY.match(line)
        if header and header[1] == "[[":
            counts[header[2]] = counts.get(header[2], -1) + 1
            path = (header[2], counts[header[2]])
            lines.setdefault(path, number)
        elif header:
            path = (header[2],)
            lines.setdefault(path, number)
        elif key:
            lines.setdefault((*path, key[1] or key[2] or key[3]), number)
    return lines
