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
        self.text = text
        self._rows = text.split("\n")
        self._lines = _lines(self._rows)
        self.mistakes: list[tuple[Path, str]] = []
        self._following: set[Path] = set()

    def wrong(self, path: Path, message: str, follows: bool = False) -> None:
        """Note a mistake at a path such as ("layer", 1, "blend"), or ("track", 0, "keys", 2) for a list's third. One
        that `follows` may be no more than what another has led to, as a parameter of a shader that was not found."""
        self.mistakes.append((path, message))
        if follows:
            self._following.add(path)

    @property
    def first(self) -> tuple[int | None, str]:
        """The first mistake of all: its line, and what is wrong. What may follow from others comes after them."""
        path, message = min(self.mistakes, key=lambda one: (one[0] in self._following, self._known(one[0])[1] or 0))
        return self.line(path), message

    def line(self, path: Path) -> int | None:
        """The line of a path: a key's, in a list over several lines its element's, else that of what it is in."""
        known, line = self._known(path)
        if line is None or known == len(path):
            return line
        key = _KEY.match(self._rows[line - 1])
        return _element(self._rows[line - 1 :], key.end(), path[known:]) + line if key else line

    def _known(self, path: Path) -> tuple[int, int | None]:
        """How much of a path has a line of its own, and which."""
        found = (n for n in range(len(path), 0, -1) if path[:n] in self._lines)
        known = next(found, 0)
        return known, self._lines.get(path[:known])

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
            names = ", ".join(filter(None, allowed))  # "" is what stands where nothing was written
            self.wrong(path, f"{path[-1]} is {value!r}; it takes {f'one of {names}' if names else 'text'}")
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

    def rows(self, section: Mapping[str, Any], name: str, path: Path = ()) -> list[dict[str, Any]]:
        """The tables of `[[name]]`; in a table of its own they are `[[outer.name]]`."""
        rows = section.get(name, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            header = ".".join([*(part for part in path if isinstance(part, str)), name])
            self.wrong((*path, name), f"{name} is written as [[{header}]], once for each")
            return []
        return rows

    def switch(self, section: Mapping[str, Any], path: Path) -> bool:
        """true or false; false where it is left out."""
        value = section.get(str(path[-1]), False)
        if not isinstance(value, bool):
            self.wrong(path, f"{path[-1]} is {value!r}; it takes true or false")
        return value is True

    def section(self, document: Mapping[str, Any], name: str, known: tuple[str, ...]) -> dict[str, Any]:
        """The table `[name]`."""
        section = document.get(name, {})
        if not isinstance(section, dict):
            self.wrong((name,), f"{name} is written as a table, [{name}]")
            return {}
        self.keys(section, (name,), known)
        return section

    def values(self, parameters: Table, raw: object, path: Path) -> dict[str, Value]:
        """Values by address, of a table of them."""
        if not isinstance(raw, dict):
            self.wrong(path, f'{path[-1]} is {raw!r}; it takes "/address" = value, a line each')
            return {}
        pairs = ((address, self.value(parameters, address, value, (*path, address))) for address, value in raw.items())
        return {address: value for address, value in pairs if value is not None}

    def value(self, parameters: Table, address: object, raw: object, path: Path) -> Value | None:
        """A value for a parameter, coerced as OSC's would be; None with a mistake noted when it is none."""
        param = self.param(parameters, address, path)
        return None if param is None else self._coerced(param, raw, path)

    def param(self, parameters: Table, address: object, path: Path) -> Param | None:
        """The parameter of that address, if a patch may set it; else None with a mistake noted."""
        param = parameters.get(str(address))
        if param is None:
            close = get_close_matches(str(address), list(parameters), 1)
            hint = f"did you mean {close[0]}?" if close else "`retrograde params` lists them"
            self.wrong(path, f"no parameter is called {address}; {hint}", follows=True)
        elif param.access != "rw":
            words = "read only" if param.access == "r" else "a command"
            self.wrong(path, f"{address} cannot be set in a patch; it is {words}")
            return None
        return param

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


_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z_][\w.-]*)\s*\]\]?\s*(?:#.*)?$")  # not a row of numbers in a list
_KEY = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([\w./-]+))\s*=""")
_TOKEN = re.compile(
    r'''"""(?:\\.|[^\\])*?"""|"(?:\\.|[^"\\\n])*"|'''
    r"""'''.*?'''|'[^'\n]*'|#[^\n]*|[][{},\n]|[^][{},"'#\s]+""",
    re.S,
)


def _lines(rows: list[str]) -> dict[Path, int]:
    """Line numbers (from 1) of tables and keys, by path."""
    lines: dict[Path, int] = {}
    path: Path = ()
    counts: dict[Path, int] = {}
    for number, row in enumerate(rows, 1):
        header, key = _HEADER.match(row), _KEY.match(row)
        if header:
            path = _within(header[2].split("."), counts)
            if header[1] == "[[":
                lines.setdefault(path, number)
                counts[path] = counts.get(path, -1) + 1
                path = (*path, counts[path])
            lines.setdefault(path, number)
        elif key:
            lines.setdefault((*path, key[1] or key[2] or key[3]), number)
    return lines


def _element(rows: list[str], start: int, path: Path) -> int:
    """How many lines below its key, which ends at `start`, an element of a list is; what it is in, if it is nowhere."""
    at: list[int] = []
    found = below = 0
    for token in (match[0] for match in _TOKEN.finditer("\n".join(rows), start)):
        if token not in ("\n", ",", "]", "}") and token[0] != "#" and at and tuple(at) == path[: len(at)]:
            found = below
            if len(at) == len(path):
                break
        if token in ("[", "{"):
            at.append(0)
        elif token == "," and at:
            at[-1] += 1
        elif token in ("]", "}"):
            del at[-1:]
        below += token.count("\n")
        if not at:
            break  # behind the list, or there was none
    return found


def _within(names: list[str], counts: Mapping[Path, int]) -> Path:
    """The path of a header: an array of tables on the way means its last one."""
    path: Path = ()
    for name in names[:-1]:
        path = (*path, name)
        path = (*path, counts[path]) if path in counts else path
    return (*path, names[-1])
