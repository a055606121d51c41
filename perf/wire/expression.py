"""Size expressions of ISF passes, such as `floor($WIDTH / 4.0)`: parsed once to a short list of steps, run every frame.

A header is a stranger's text, so there is no `eval` here: length and depth are limited, there are no loops, and
running an expression can neither raise nor grow. Opens no file and knows nothing of GL.
"""

import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from perf.wire.tokens import Tokens

LENGTH = 200  # characters
DEPTH = 24  # nested parentheses, calls and signs
BOUND = 1e9  # magnitude to which each step is cut, so that nothing becomes infinite

Step = tuple[str, float]  # ("number", its value), ("$NAME", 0), or (operator or function, number of operands)

_TOKEN = re.compile(
    r"\s*(?:([0-9]+\.?[0-9]*(?:[eE][+-]?[0-9]+)?|\.[0-9]+)|(\$[A-Za-z_]\w*)|([a-z]+)|([-+*/%(),]))", re.A
)


def _bounded(value: float) -> float:
    return min(max(value, -BOUND), BOUND) if value == value else 0.0


def _power(base: float, exponent: float) -> float:
    try:
        value = base**exponent
    except (OverflowError, ZeroDivisionError):
        return BOUND
    return value if isinstance(value, float) else 0.0  # a root of a negative number is none


_RUN: Mapping[str, Callable[..., float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b if b else 0.0,
    "%": lambda a, b: math.fmod(a, b) if b else 0.0,
    "negate": lambda a: -a,
    "min": min,
    "max": max,
    "floor": math.floor,
    "ceil": math.ceil,
    "round": lambda a: math.floor(a + 0.5),
    "abs": abs,
    "sqrt": lambda a: math.sqrt(max(a, 0.0)),
    "pow": _power,
}
ONE = ("floor", "ceil", "round", "abs", "sqrt")
FUNCTIONS = {"min": (1, 8), "max": (1, 8), "pow": (2, 2)} | dict.fromkeys(ONE, (1, 1))  # least and most operands


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression; `steps` are in reverse Polish order."""

    text: str
    steps: tuple[Step, ...]

    def evaluate(self, values: Mapping[str, float]) -> float:
        """Its value, within ±1e9. A name that is missing counts 0, and so does a division by 0; never raises."""
        stack: list[float] = []
        for name, number in self.steps:
            if name == "number":
                stack.append(number)
            elif name.startswith("$"):
                stack.append(_bounded(float(values.get(name[1:], 0.0))))
            else:
                operands = stack[-int(number) :]
                del stack[-int(number) :]
                result = _RUN[name](*operands) if len(operands) > 1 or name not in ("min", "max") else operands[0]
                stack.append(_bounded(result))
        return stack[0]


def parse(text: str, names: Collection[str]) -> Expression:
    """The expression in `text`, whose variables are `$` and one of `names`.

    Raises ValueError saying what is wrong and what is allowed.
    """
    if len(text) > LENGTH:
        raise ValueError(f"an expression of {len(text)} characters is too long; at most {LENGTH} are allowed")
    parser = _Parser(text, names)
    parser.sum(0)
    if parser.token:
        raise ValueError(f"{text!r} goes on with {parser.token!r} where it should end; is an operator missing?")
    return Expression(text, tuple(parser.steps))


class _Parser(Tokens):
    """Recursive descent over the tokens; one token of look-ahead."""

    def __init__(self, text: str, names: Collection[str]) -> None:
        super().__init__(text, _tokens(text))
        self._names = names
        self.steps: list[Step] = []

    def sum(self, depth: int) -> None:
        """product (("+" | "-") product)*"""
        self._chain("+-", self._product, depth)

    def _product(self, depth: int) -> None:
        self._chain("*/%", self._factor, depth)

    def _chain(self, operators: str, operand: Callable[[int], None], depth: int) -> None:
        operand(depth)
        while self.token and self.token in operators:
            operator = self._take()
            operand(depth)
            self.steps.append((operator, 2))

    def _factor(self, depth: int) -> None:
        if depth > DEPTH:
            raise ValueError(f"{self._text!r} is nested deeper than {DEPTH}; take some parentheses away")
        token = self._take()
        if token in ("-", "+"):
            self._factor(depth + 1)
            self.steps += [("negate", 1)] if token == "-" else []
        elif token == "(":
            self.sum(depth + 1)
            self._expect(")")
        elif token in FUNCTIONS:
            self._call(token, depth)
        else:
            self.steps.append(self._leaf(token))

    def _leaf(self, token: str) -> Step:
        if token[:1].isdigit() or token[:1] == ".":
            return "number", _bounded(float(token))
        if token[:1] == "$":
            if token[1:] in self._names:
                return token, 0.0
            known = ", ".join(f"${name}" for name in self._names)
            raise ValueError(f"{self._text!r} asks for {token}, which nobody declares; known are {known}")
        if token.isalpha():
            known = ", ".join(FUNCTIONS)
            raise ValueError(f"{self._text!r} calls {token!r}; known are {known} (a variable starts with $)")
        raise ValueError(f"{self._text!r} has {token or 'its end'!r} where a number, a $NAME or ( should be")

    def _call(self, name: str, depth: int) -> None:
        self._expect("(")
        count = 1
        self.sum(depth + 1)
        while self.token == ",":
            self._take()
            self.sum(depth + 1)
            count += 1
        self._expect(")")
        least, most = FUNCTIONS[name]
        if not least <= count <= most:
            raise ValueError(f"{self._text!r} gives {name} {count} operands; it takes {least}…{most}")
        self.steps.append((name, count))


def _tokens(text: str) -> list[str]:
    tokens, place, end = [], 0, len(text.rstrip())
    while place < end:
        match = _TOKEN.match(text, place)
        if match is None:
            raise ValueError(
                f"{text!r} has {text[place:].strip()[:1]!r} in it; allowed are numbers, $NAMES and + - * / % ( )"
            )
        tokens.append(match.group().strip())
        place = match.end()
    return tokens
