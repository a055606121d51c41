"""Expressions of Deforum's schedules: numexpr's arithmetic over t (frame), s (seed) and max_f (last frame).

A settings file is a stranger's text: it is parsed to a tree of Python's own syntax, of which only what is listed here
is walked; nothing is ever evaluated by Python.
"""

import ast
import math
import operator
import warnings
from collections.abc import Callable, Mapping

LENGTH = 1000  # characters
DEPTH = 64  # nested operators and calls
NAMES = ("t", "s", "max_f")

_BINARY: Mapping[type, tuple[str, Callable[[float, float], float]]] = {
    ast.Add: ("+", operator.add),
    ast.Sub: ("-", operator.sub),
    ast.Mult: ("*", operator.mul),
    ast.Div: ("/", operator.truediv),
    ast.Mod: ("%", math.fmod),
    ast.Pow: ("^", math.pow),
    ast.BitAnd: ("and", lambda a, b: float(bool(a) and bool(b))),
    ast.BitOr: ("or", lambda a, b: float(bool(a) or bool(b))),
}
_COMPARE: Mapping[type, tuple[str, Callable[[float, float], bool]]] = {
    ast.Lt: ("<", operator.lt),
    ast.LtE: ("<=", operator.le),
    ast.Gt: (">", operator.gt),
    ast.GtE: (">=", operator.ge),
    ast.Eq: ("==", operator.eq),
    ast.NotEq: ("!=", operator.ne),
}
_FUNCTIONS: Mapping[str, tuple[int, Callable[..., float], str]] = {  # operands, what it does, our formula's ("": none)
    "sin": (1, math.sin, "sin({0})"),
    "cos": (1, math.cos, "cos({0})"),
    "tan": (1, math.tan, "tan({0})"),
    "abs": (1, abs, "abs({0})"),
    "sqrt": (1, math.sqrt, "sqrt({0})"),
    "exp": (1, math.exp, "exp({0})"),
    "log": (1, math.log, "log({0})"),
    "log10": (1, math.log10, "(log({0}) / log(10))"),
    "floor": (1, math.floor, "floor({0})"),
    "ceil": (1, math.ceil, "ceil({0})"),
    "where": (3, lambda when, a, b: a if when else b, "if({0}, {1}, {2})"),
    "arctan2": (2, math.atan2, "atan2({0}, {1})"),
    "arcsin": (1, math.asin, ""),
    "arccos": (1, math.acos, ""),
    "arctan": (1, math.atan, "atan2({0}, 1)"),
    "sinh": (1, math.sinh, ""),
    "cosh": (1, math.cosh, ""),
    "tanh": (1, math.tanh, ""),
}
KNOWN = ", ".join((*NAMES, *_FUNCTIONS))


def parse(text: str) -> ast.expr:
    """The tree of an expression. Raises ValueError saying what is wrong and what is allowed."""
    if len(text) > LENGTH:
        raise ValueError(f"an expression of {len(text)} characters is too long; at most {LENGTH} are read")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python's advice on style is not for whoever wrote the file
            tree = ast.parse(text.strip().replace("\n", " "), mode="eval").body
        _check(tree, text, 0)
    except (SyntaxError, MemoryError, RecursionError):
        raise ValueError(f"{text!r} is not an expression; it takes numbers, operators and {KNOWN}") from None
    return tree


def _check(node: ast.AST, text: str, depth: int) -> None:
    """Raise ValueError for what is not in the language."""
    if depth > DEPTH:
        raise ValueError(f"an expression is nested deeper than {DEPTH}; it starts {text[:40]!r}")
    if isinstance(node, ast.Constant):
        good = isinstance(node.value, int | float) and abs(node.value) <= 1e300
    elif isinstance(node, ast.Name):
        good = node.id in NAMES
    elif isinstance(node, ast.UnaryOp):
        good = isinstance(node.op, ast.USub | ast.UAdd | ast.Invert)
    elif isinstance(node, ast.BinOp):
        good = type(node.op) in _BINARY
    elif isinstance(node, ast.Compare):
        good = len(node.ops) == 1 and type(node.ops[0]) in _COMPARE
    else:
        good = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords
        good = good and node.func.id in _FUNCTIONS and _FUNCTIONS[node.func.id][0] == len(node.args)  # type: ignore[attr-defined]
    if not good:
        raise ValueError(f"{text!r} has {ast.unparse(node)[:40]!r} in it; it takes numbers, operators and {KNOWN}")
    for inner in _inner(node):
        _check(inner, text, depth + 1)


def _inner(node: ast.AST) -> list[ast.expr]:
    """The operands of a node."""
    if isinstance(node, ast.UnaryOp):
        return [node.operand]
    if isinstance(node, ast.BinOp):
        return [node.left, node.right]
    if isinstance(node, ast.Compare):
        return [node.left, *node.comparators]
    return list(node.args) if isinstance(node, ast.Call) else []


def uses(node: ast.expr, name: str) -> bool:
    """Whether an expression looks at a name."""
    return any(isinstance(one, ast.Name) and one.id == name for one in ast.walk(node))


def value(node: ast.expr, names: Mapping[str, float]) -> float:
    """An expression's value; NaN for what cannot be computed."""
    try:
        result = float(_value(node, names))
    except (ValueError, ZeroDivisionError, OverflowError, TypeError):
        return math.nan
    return result


def _value(node: ast.expr, names: Mapping[str, float]) -> float:
    if isinstance(node, ast.Constant):
        return float(node.value)  # type: ignore[arg-type]
    if isinstance(node, ast.Name):
        return names[node.id]
    operands = [_value(inner, names) for inner in _inner(node)]
    if isinstance(node, ast.UnaryOp):
        return -operands[0] if isinstance(node.op, ast.USub) else _same_or_not(node, operands[0])
    if isinstance(node, ast.BinOp):
        return _BINARY[type(node.op)][1](*operands)
    if isinstance(node, ast.Compare):
        return float(_COMPARE[type(node.ops[0])][1](*operands))
    assert isinstance(node, ast.Call)
    assert isinstance(node.func, ast.Name)
    return _FUNCTIONS[node.func.id][1](*operands)


def _same_or_not(node: ast.UnaryOp, operand: float) -> float:
    return float(not operand) if isinstance(node.op, ast.Invert) else operand


def formula(node: ast.expr, names: Mapping[str, str]) -> str:
    """The expression as a formula of ours, its names as told; "" where there is none."""
    try:
        return _formula(node, names)[0]
    except LookupError:
        return ""


_TIGHT = {"or": 1, "and": 2, "+": 4, "-": 4, "*": 5, "/": 5, "%": 5, "^": 7}  # how tightly our operators bind; others 3


def _formula(node: ast.expr, names: Mapping[str, str]) -> tuple[str, int]:
    """A text, and how tightly what is outermost in it binds."""
    if isinstance(node, ast.Constant):
        return f"{float(node.value):.12g}", 9  # type: ignore[arg-type]
    if isinstance(node, ast.Name):
        return names[node.id], 5
    operands = [_formula(inner, names) for inner in _inner(node)]
    if isinstance(node, ast.UnaryOp):
        sign = "-" if isinstance(node.op, ast.USub) else "!" if isinstance(node.op, ast.Invert) else ""
        return f"({sign}{_in(operands[0], 6)})", 9
    if isinstance(node, ast.BinOp | ast.Compare):
        sign = _BINARY[type(node.op)][0] if isinstance(node, ast.BinOp) else _COMPARE[type(node.ops[0])][0]
        binds = _TIGHT.get(sign, 3)
        left, right = _in(operands[0], binds + (sign == "^")), _in(operands[1], binds + (sign != "^"))
        return f"{left} {sign} {right}", binds
    assert isinstance(node, ast.Call)
    assert isinstance(node.func, ast.Name)
    shape = _FUNCTIONS[node.func.id][2]
    if not shape:
        raise LookupError(node.func.id)
    return shape.format(*(text for text, _ in operands)), 9


def _in(operand: tuple[str, int], least: int) -> str:
    return operand[0] if operand[1] >= least else f"({operand[0]})"
