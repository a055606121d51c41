"""Formula text to `core.formula`: `0.3 + 0.1 * sine(beat / 8) + [/camera/zoom]`, by precedence climbing (Pratt 1973).

A patch is a stranger's text, so there is no `eval`: length and depth are limited and only known names mean something.
"""

import operator
import re
from collections.abc import Callable, Container
from difflib import get_close_matches

from perf.core.edge import edges
from perf.core.formula import (
    FUNCTIONS,
    NAMES,
    Formula,
    Node,
    call,
    constant,
    logistic_exponent,
    lorenz_exponent,
    parameter,
)
from perf.wire.tokens import Tokens

LENGTH = 1000  # characters
DEPTH = 32  # nested parentheses, calls and signs

_TOKEN = re.compile(
    r"\s*(?:([0-9]+\.?[0-9]*(?:[eE][+-]?[0-9]+)?|\.[0-9]+)|\[\s*(/[^\]\s]*)\s*\]|([A-Za-z_]\w*)|([<>=!]=|[-+*/%^<>(),!]))",
    re.A,
)
_BINARY: dict[str, tuple[int, Callable[..., float]]] = {  # how tightly it binds, what it does
    "or": (1, lambda a, b: float(bool(a) or bool(b))),
    "and": (2, lambda a, b: float(bool(a) and bool(b))),
    **{sign: (3, lambda a, b, f=f: float(f(a, b))) for sign, f in (
        ("<", operator.lt), ("<=", operator.le), (">", operator.gt), (">=", operator.ge),
        ("==", operator.eq), ("!=", operator.ne),
    )},
    "+": (4, operator.add),
    "-": (4, operator.sub),
    "*": (5, operator.mul),
    "/": (5, operator.truediv),
    "%": (5, operator.mod),
    "^": (7, operator.pow),
}  # fmt: skip
_SIGN = 6  # how tightly - and ! bind: -x^2 is -(x^2)


def parse(text: str, addresses: Container[str]) -> Formula:
    """The formula in `text`, which may look at the parameters `addresses`.

    Raises ValueError saying what is wrong and what is allowed.
    """
    if len(text) > LENGTH:
        raise ValueError(f"a formula of {len(text)} characters is too long; at most {LENGTH} are allowed")
    parser = _Parser(text, addresses)
    node = parser.term(0, 0)
    if parser.token:
        raise ValueError(f"{text[:60]!r} goes on with {parser.token!r} where it should end; is an operator missing?")
    return Formula(text, node, frozenset(parser.reads), tuple(parser.edges))


def exponents(text: str) -> list[float]:
    """The Lyapunov exponents of the chaos in a formula, largest first: above 0 it never repeats.

    Nats a step of a `logistic` whose rate is a number (3.9 where it is left out), nats a unit of time of a `lorenz`.
    """
    rates = {float(rate or 3.9) for rate in _LOGISTIC.findall(text)}
    found = [logistic_exponent(rate) for rate in rates] + ([lorenz_exponent()] if "lorenz(" in text else [])
    return sorted(found, reverse=True)


_LOGISTIC = re.compile(r"logistic\((?:[^(),]|\([^()]*\))*(?:,\s*([0-9.]+)\s*(?:,[^()]*)?)?\)")


class _Parser(Tokens):
    def __init__(self, text: str, addresses: Container[str]) -> None:
        super().__init__(text, _tokens(text))
        self._addresses = addresses
        self.reads: set[str] = set()
        self.edges: list[Node] = []

    def term(self, least: int, depth: int) -> Node:
        """Operands and the operators between them that bind at least so tightly."""
        if depth > DEPTH:
            raise ValueError(f"{self._text[:60]!r} is nested deeper than {DEPTH}; take some parentheses away")
        node = self._operand(depth)
        while self.token in _BINARY and _BINARY[self.token][0] >= least:
            sign = self._take()
            binds, function = _BINARY[sign]
            right = self.term(binds if function is operator.pow else binds + 1, depth + 1)
            self.edges += edges(sign, (node, right))
            node = call(function, (node, right))
        return node

    def _operand(self, depth: int) -> Node:
        token = self._take()
        if token in ("-", "+", "!"):
            inner = self.term(_SIGN, depth + 1)
            self.edges += edges(token, (inner,))
            return {"-": call(operator.neg, (inner,)), "+": inner, "!": call(lambda x: float(not x), (inner,))}[token]
        if token == "(":
            inner = self.term(0, depth + 1)
            self._expect(")")
            return inner
        if token[:1].isdigit() or token[:1] == ".":
            return constant(float(token))
        if token[:1] == "/" and len(token) > 1:
            return self._parameter(token)
        if self.token == "(" and token[:1].isalpha():
            return self._call(token, depth)
        if token in NAMES:
            return NAMES[token]
        raise ValueError(self._unknown(token))

    def _parameter(self, address: str) -> Node:
        if address not in self._addresses:
            raise ValueError(
                f"{self._text[:60]!r} looks at {address}, which is no parameter; `retrograde params` lists them"
            )
        self.reads.add(address)
        return parameter(address)

    def _call(self, name: str, depth: int) -> Node:
        if name not in FUNCTIONS:
            raise ValueError(self._unknown(name))
        self._take()
        operands = [self.term(0, depth + 1)] if self.token != ")" else []
        while self.token == ",":
            self._take()
            operands.append(self.term(0, depth + 1))
        self._expect(")")
        least, most, function = FUNCTIONS[name]
        if not least <= len(operands) <= most:
            raise ValueError(f"{self._text[:60]!r} gives {name} {len(operands)} operands; it takes {least}…{most}")
        self.edges += edges(name, operands)
        return call(function, operands)

    def _unknown(self, token: str) -> str:
        if not token[:1].isalpha():
            return f"{self._text[:60]!r} has {token or 'its end'!r} where a number, a name, [/address] or ( should be"
        close = get_close_matches(token, [*NAMES, *FUNCTIONS], 1)
        hint = f"did you mean {close[0]}?" if close else f"known are {', '.join([*NAMES, *FUNCTIONS])}"
        return f"{self._text[:60]!r} says {token[:60]!r}; {hint}"


def _tokens(text: str) -> list[str]:
    tokens, place, end = [], 0, len(text.rstrip())
    while place < end:
        match = _TOKEN.match(text, place)
        if match is None:
            stray = text[place:].strip()[:1]
            raise ValueError(f"{text[:60]!r} has {stray!r} in it; allowed are numbers, names, [/address], operators")
        tokens.append(match[2] or match.group().strip())
        place = match.end()
    return tokens
