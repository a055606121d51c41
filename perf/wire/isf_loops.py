"""Whether the loops of a shader end: read off its text, before any of it is drawn.

A processor that draws cannot be interrupted, so a loop that obviously never ends is refused, and one of which nobody
can tell makes its shader suspect: it is to be tried out in another process first. What ends for sure is a `for` that
counts between constants (or up to an input) and is left alone by its body. All other loops are guarded: together they
make no more than ROUNDS rounds a pixel, because an input may make endless what was tried. Only text here; nothing is
run.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

ROUNDS = 5000.0  # rounds of nested loops a pixel, above which a shader is suspect: a frame may take seconds
LONGEST, MOST, NUMBER = 200_000, 200, 24  # characters, loops, and tokens of a constant, that are looked through
GUARD = f"{{if(isf_rounds++>{ROUNDS:.0f})break;", "}"  # round the body of a loop; `wire.glsl` declares the counter
LARGE, ARRAY = 100_000, 1000  # characters, and elements of an array, with which a compiler may not come to an end
WRAP = 2.0**31  # rounds until an int that counts the wrong way comes round

_COMMENT = re.compile(r"//[^\n]*|/\*.*?(?:\*/|\Z)", re.S)
# What the preprocessor leaves out.
_OFF = re.compile(r"^[ \t]*#[ \t]*if[ \t]+0[ \t]*$.*?^(?=[ \t]*#[ \t]*(?:if|el|endif))", re.M | re.S)
_DEFINE = re.compile(
    r"^[ \t]*#[ \t]*define[ \t]+(\w+)[ \t]+\(?[ \t]*(-?(?:[0-9]+\.?[0-9]*|\.[0-9]+))[fu]?[ \t]*\)?[ \t]*$|"
    r"\bconst\s+(?:\w+\s+)?(?:int|float|uint)\s+(\w+)\s*=\s*(-?(?:[0-9]+\.?[0-9]*|\.[0-9]+))[fu]?\s*;",
    re.M,
)
_MACRO = re.compile(r"^[ \t]*#[ \t]*define\b(?:[^\n]*\\\n)*[^\n]*\b(?:for|while)\b", re.M)
_LOOP = re.compile(r"\b(?:for|while)\b")
_LINE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.M)
_CONDITION = re.compile(r"^[ \t]*#[ \t]*(?:if|el|endif)[^\n]*", re.M)
_ELEMENTS = re.compile(r"\[\s*([0-9]{1,9})\s*\]")
_TOKEN = re.compile(
    r"[A-Za-z_]\w*|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|\+\+|--|[-+*/]=|[<>=!]=|&&|\|\||[^\s\w]"
)
_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "!=": "!="}
_SETS = {"=", "+=", "-=", "*=", "/=", "++", "--"}
_LEAVES = {"break", "return", "discard"}


@dataclass(frozen=True, slots=True)
class Loops:
    """What the loops are like: `endless` says which never ends, on `line`; `suspect` which may not, or what else speaks
    against drawing this untried. `guarded` is the body with guards, "" where none are needed or can be set."""

    endless: str = ""
    line: int | None = None
    suspect: str = ""
    guarded: str = ""


def survey(body: str, line: int = 1, known: Mapping[str, float] | None = None) -> Loops:
    """Look at the loops of a shader whose body begins on `line` of its file; `known` are the most that inputs give."""
    found = _surveyed(body, line, known or {})
    return found if found.suspect else replace(found, suspect=_large(body))


def _large(body: str) -> str:
    if len(body) > LARGE:
        return f"{len(body)} characters are much for a compiler"
    most = max((int(match[1]) for match in _ELEMENTS.finditer(body)), default=0)
    return f"an array of {most} elements is much for a compiler" if most > ARRAY else ""


def _surveyed(body: str, line: int, known: Mapping[str, float]) -> Loops:
    if not _LOOP.search(body):
        return Loops()
    if len(body) > LONGEST:
        return Loops(suspect=f"{len(body)} characters are too many to look through for loops")
    text = _OFF.sub(_blank, _COMMENT.sub(_blank, body))
    if _MACRO.search(text):
        return Loops(suspect="a macro of it has a loop")
    if len(_LOOP.findall(text)) > MOST:
        return Loops(suspect=f"it has more than {MOST} loops")
    constants = {m[1] or m[3]: float(m[2] or m[4]) for m in _DEFINE.finditer(text)}
    try:
        reader = _Reader(_LINE.sub(_blank, text), line, constants, known)
        found = reader.read()
    except RecursionError:
        return Loops(suspect="its loops are nested too deep to be looked through")
    return replace(found, guarded=reader.guarded(body)) if _plain(text) else found


def _blank(match: re.Match[str]) -> str:
    """As many spaces, on as many lines."""
    return re.sub(r"[^\n]", " ", match[0])


def _plain(text: str) -> bool:
    """Whether its preprocessor leaves the brackets as they are read."""
    parts = [*_CONDITION.split(text), *(match[0] for match in _LINE.finditer(text))]
    return all(part.count("{") == part.count("}") and part.count("(") == part.count(")") for part in parts)


class _Endless(Exception):
    """A loop that never ends; its message says which, `place` where."""

    def __init__(self, words: str, place: int) -> None:
        super().__init__(words)
        self.place = place


class _Reader:
    """The tokens of a shader, looked through for loops."""

    def __init__(self, text: str, line: int, constants: Mapping[str, float], known: Mapping[str, float]) -> None:
        found = list(_TOKEN.finditer(text))
        self._tokens = [match[0] for match in found]
        self._places = [match.start() for match in found]
        self._text, self._line, self._constants, self._known = text, line, constants, known
        self._suspect = ""
        self._doubtful: set[int] = set()  # places of loops
        self._guards: list[tuple[int, str]] = []  # what is to be set into the text, and where

    def guarded(self, body: str) -> str:
        """The body with the guards set; "" where there are none."""
        for at, guard in sorted(self._guards, reverse=True):
            body = body[:at] + guard + body[at:]
        return body if self._guards else ""

    def read(self) -> Loops:
        try:
            rounds = self._rounds(0, len(self._tokens))
        except _Endless as endless:
            return Loops(f"{endless}: give it an end, or a break", self._line_of(endless.place))
        if not self._suspect and rounds > ROUNDS:
            self._suspect = f"its loops make {rounds:.0f} rounds a pixel"
        return Loops(suspect=self._suspect)

    def _line_of(self, place: int) -> int:
        return self._line + self._text.count("\n", 0, self._places[place])

    def _rounds(self, start: int, end: int) -> float:
        """The rounds of the loops in these tokens, those in one another multiplied."""
        total, place = 1.0, start
        while place < end:
            if self._tokens[place] in ("for", "while", "do"):
                rounds, place = self._loop(place)
                total += rounds
            else:
                place += 1
        return total

    def _loop(self, place: int) -> tuple[float, int]:
        """The rounds of the loop that begins at `place`, and where it ends."""
        word = self._tokens[place]
        if word == "do":
            body, end = place + 1, self._statement(place + 1)
            head = (end + 1, self._bracket(end + 1)) if self._at(end) == "while" else (end, end)
            after = head[1]
        else:
            head = (place + 1, self._bracket(place + 1))
            body, end = head[1], self._statement(head[1])
            after = end
        parts = _split(self._tokens[head[0] + 1 : head[1] - 1])
        if word == "for" and len(parts) == 3:
            rounds = self._counted(place, parts, self._tokens[body:end])
        else:
            rounds = self._conditional(place, parts[0] if parts else [], self._tokens[body:end])
        if place in self._doubtful and body < end <= len(self._tokens):
            last = self._places[end - 1] + len(self._tokens[end - 1])
            self._guards += [(self._places[body], GUARD[0]), (last, GUARD[1])]
        return rounds * self._rounds(body, end), max(after, place + 1)

    def _conditional(self, place: int, condition: Sequence[str], body: Sequence[str]) -> float:
        """A loop that goes on while something is so."""
        always = condition == ["true"] or self._number(condition) not in (None, 0.0)
        if always and _LEAVES.isdisjoint(body):
            raise _Endless(f"the {self._tokens[place]} loop never ends", place)
        return self._doubt(place)

    def _doubt(self, place: int) -> float:
        self._doubtful.add(place)
        self._suspect = self._suspect or f"the {self._tokens[place]} loop on line {self._line_of(place)} may never end"
        return 1.0

    def _counted(self, place: int, parts: list[list[str]], body: list[str]) -> float:
        """A `for`: its rounds where it counts by constants to a constant."""
        first, condition, step = parts
        if not condition or condition == ["true"]:
            return self._conditional(place, ["true"], body)
        variable = first[first.index("=") - 1] if "=" in first[1:] else ""
        start = self._number(first[first.index("=") + 1 :]) if variable else None
        by = self._by(step, variable)
        if start is None or by is None or _changes(body, variable):
            return self._doubt(place)
        rounds = [r for part in _split(condition, "&&") if (r := self._until(part, variable, start, by)) is not None]
        if not rounds:
            return self._doubt(place)
        if min(rounds) >= WRAP and _LEAVES.isdisjoint(body):
            raise _Endless(f"the for loop over {variable!r} never ends", place)
        return self._doubt(place) if min(rounds) >= WRAP else min(rounds)

    def _by(self, step: list[str], variable: str) -> float | None:
        """By how much a step moves the variable."""
        if variable and sorted(step) in (sorted([variable, "++"]), sorted([variable, "--"])):
            return 1.0 if "++" in step else -1.0
        if variable and step[:1] == [variable] and step[1:2] in (["+="], ["-="]):
            by = self._number(step[2:])
            return by if by is None or step[1] == "+=" else -by
        return None

    def _until(self, condition: list[str], variable: str, start: float, by: float) -> float | None:
        """Rounds until a comparison with a constant no longer holds."""
        at = next((n for n, token in enumerate(condition) if token in _TURNED), 0)
        if not at:
            return None
        sign, sides = condition[at], (condition[:at], condition[at + 1 :])
        if sides[1] == [variable]:
            sign, sides = _TURNED[sign], (sides[1], sides[0])
        limit = self._number(sides[1])
        if limit is None and len(sides[1]) == 1 and sign[0] == "<":
            limit = self._known.get(sides[1][0])
        if sides[0] != [variable] or limit is None or sign == "!=":
            return None
        away = limit - start if sign[0] == "<" else start - limit
        pace = by if sign[0] == "<" else -by
        if away < 0.0:
            return 0.0
        return away / pace + 1.0 if pace > 0.0 else WRAP

    def _number(self, tokens: Sequence[str]) -> float | None:
        """What a constant expression of sums and products is worth; None for any other."""
        if len(tokens) > NUMBER:
            return None
        if len(tokens) > 2 and tokens[0] in ("int", "float", "uint") and tokens[1] == "(" and tokens[-1] == ")":
            tokens = tokens[2:-1]
        for sign in ("+", "-", "*", "/"):
            for at in range(len(tokens) - 1, 0, -1):
                if tokens[at] == sign and tokens[at - 1] not in ("+", "-", "*", "/", "("):
                    return _worked(sign, self._number(tokens[:at]), self._number(tokens[at + 1 :]))
        if len(tokens) == 2 and tokens[0] == "-":
            value = self._number(tokens[1:])
            return -value if value is not None else None
        if len(tokens) != 1:
            return None
        try:
            return float(tokens[0])
        except ValueError:
            return self._constants.get(tokens[0])

    def _at(self, place: int) -> str:
        return self._tokens[place] if place < len(self._tokens) else ""

    def _bracket(self, place: int) -> int:
        """Behind the bracket that opens at `place`."""
        depth, opening = 0, {"(": 1, "{": 1, ")": -1, "}": -1}
        for at in range(place, len(self._tokens)):
            depth += opening.get(self._tokens[at], 0)
            if depth <= 0:
                return at + 1
        return len(self._tokens)

    def _statement(self, place: int) -> int:
        """Behind the statement that begins at `place`."""
        word = self._at(place)
        if word == "{":
            return self._bracket(place)
        if word == "do":
            end = self._statement(place + 1)
            return min(self._bracket(end + 1) + 1, len(self._tokens)) if self._at(end) == "while" else end
        if word in ("for", "while", "if", "switch") and self._at(place + 1) == "(":
            end = self._statement(self._bracket(place + 1))
            return self._statement(end + 1) if word == "if" and self._at(end) == "else" else end
        for at in range(place, len(self._tokens)):
            if self._tokens[at] == ";":
                return at + 1
        return len(self._tokens)


def _worked(sign: str, a: float | None, b: float | None) -> float | None:
    if a is None or b is None or (sign == "/" and b == 0.0):
        return None
    return {"+": a + b, "-": a - b, "*": a * b, "/": a / (b or 1.0)}[sign]


def _split(tokens: list[str], at: str = ";") -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for token in tokens:
        if token == at:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _changes(body: list[str], variable: str) -> bool:
    """Whether a body sets the variable that its loop counts."""
    pairs = zip(body, [*body[1:], ""], strict=True)
    return any((a == variable and b in _SETS) or (a in ("++", "--") and b == variable) for a, b in pairs)
