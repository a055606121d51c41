"""Parseq's language of interpolation: text to a tree. `L`, `S + f`, `sin(p=1b, a=45)`, `if (b % 2 < 1) 1 else 2`.

As in Parseq's grammar, operators of one level group from the right: `5 - 3 - 1` is `5 - (3 - 1)`. A document is a
stranger's text: length and depth are limited.
"""

import json
import re
from dataclasses import dataclass

from perf.wire.tokens import Tokens

LENGTH = 4000  # characters
DEPTH = 48  # nested parentheses, calls and operators

_TOKEN = re.compile(
    r"\s*(?:#[^\n]*\s*)*(?:([0-9]+(?:\.[0-9]+)?|\.[0-9]+)([fsb](?![A-Za-z0-9_]))?|([A-Za-z_]\w*)"
    r'|("(?:[^\n\\"]|\\.)*")|(<=|>=|==|!=|&&|\|\||[-+*/%^:<>(),=]))',
    re.A,
)
LEVELS = (("and", "or"), (">", ">=", "<", "<=", "==", "!=", "&&", "||"), ("+", "-"), ("*", "/", "%", ":", "^"))


@dataclass(frozen=True, slots=True)
class Number:
    """A number and its unit: f frames, s seconds, b beats, or none."""

    value: float
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A string."""

    text: str


@dataclass(frozen=True, slots=True)
class Name:
    """A value by name."""

    name: str


@dataclass(frozen=True, slots=True)
class Negative:
    """Minus."""

    inner: "Node"


@dataclass(frozen=True, slots=True)
class Binary:
    """An operator between two."""

    sign: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class If:
    """One or the other."""

    when: "Node"
    then: "Node"
    other: "Node"


@dataclass(frozen=True, slots=True)
class Call:
    """A function; its arguments have names, or none has."""

    name: str
    args: tuple[tuple[str, "Node"], ...]


Node = Number | Text | Name | Negative | Binary | If | Call


def parse(text: str) -> Node:
    """The tree of an expression. Raises ValueError saying what is wrong."""
    if len(text) > LENGTH:
        raise ValueError(f"an expression of {len(text)} characters is too long; at most {LENGTH} are read")
    parser = _Parser(text)
    node = parser.expression(0, 0)
    if parser.token:
        raise ValueError(f"{text[:60]!r} goes on with {parser.token!r} where it should end")
    return node


class _Parser(Tokens):
    def __init__(self, text: str) -> None:
        super().__init__(text, _tokens(text))

    def expression(self, level: int, depth: int) -> Node:
        """Operands, and operators of a level or of tighter ones."""
        if depth > DEPTH:
            raise ValueError(f"{self._text[:60]!r} is nested deeper than {DEPTH}")
        if level == len(LEVELS):
            return self._negation(depth)
        left = self.expression(level + 1, depth)
        if self.token not in LEVELS[level]:
            return left
        return Binary(self._take(), left, self.expression(level, depth + 1))

    def _negation(self, depth: int) -> Node:
        if self.token == "-":
            self._take()
            return Negative(self._operand(depth + 1))
        return self._operand(depth)

    def _operand(self, depth: int) -> Node:
        token = self._take()
        if token == "(":
            inner = self.expression(0, depth + 1)
            self._expect(")")
            return inner
        if token == "if":
            return self._if(depth + 1)
        if token[:1] == '"':
            return Text(_unquoted(token))
        if token[:1].isdigit() or token[:1] == ".":
            unit = token[-1] if token[-1] in "fsb" else ""
            return Number(float(token.rstrip("fsb")), unit)
        if not (token[:1].isalpha() or token[:1] == "_"):
            raise ValueError(f"{self._text[:60]!r} has {token or 'its end'!r} where a value should be")
        if token in ("true", "false"):
            return Number(float(token == "true"))
        return self._call(token, depth) if self.token == "(" else Name(token)

    def _if(self, depth: int) -> Node:
        when, then = self.expression(0, depth), self.expression(0, depth)
        if self.token != "else":
            return If(when, then, Number(0.0))
        self._take()
        return If(when, then, self.expression(0, depth))

    def _call(self, name: str, depth: int) -> Node:
        self._take()
        args: list[tuple[str, Node]] = []
        while self.token != ")":
            label = ""
            if self._tokens[self._next + 1 : self._next + 2] == ["="]:
                label = self._take()
                self._take()
            args.append((label, self.expression(0, depth + 1)))
            if self.token != ")":
                self._expect(",")
        self._take()
        if len({bool(label) for label, _ in args}) > 1:
            raise ValueError(f"{self._text[:60]!r} names some arguments of {name} and not others; name all, or none")
        return Call(name, tuple(args))


def _tokens(text: str) -> list[str]:
    tokens, place, end = [], 0, len(text)
    while place < end and re.sub(r"#[^\n]*", "", text[place:]).strip():
        match = _TOKEN.match(text, place)
        if match is None:
            raise ValueError(f"{text[:60]!r} has {text[place:].strip()[:1]!r} in it, which means nothing there")
        tokens.append((match[1] or "") + (match[2] or "") or match[3] or match[4] or match[5])
        place = match.end()
    return tokens


def _unquoted(token: str) -> str:
    try:
        return str(json.loads(token))
    except ValueError:
        return token[1:-1]
