"""Values of Parseq's language at a frame. Which functions of chance took part is noted in the place."""

import math
from collections.abc import Callable, Mapping

from perf.wire.imports.parseq_functions import CHANCES, FUNCTIONS
from perf.wire.imports.parseq_language import Binary, Call, If, Name, Negative, Node, Number, Text
from perf.wire.imports.parseq_place import NAMES, Place, Result


def value(node: Node, place: Place) -> Result:
    """An expression's value. Raises ValueError for what is not known or cannot be computed."""
    try:
        return _value(node, place)
    except ValueError as error:
        raise ValueError("it cannot be computed" if "math domain" in str(error) else str(error)) from None
    except (ZeroDivisionError, OverflowError, TypeError, IndexError):
        raise ValueError("it cannot be computed") from None


def _value(node: Node, place: Place) -> Result:
    if isinstance(node, Number):
        return node.value * {"s": place.fps, "b": place.fps * 60.0 / place.bpm}.get(node.unit, 1.0)
    if isinstance(node, Text):
        return node.text
    if isinstance(node, Name):
        return _name(node.name, place)
    if isinstance(node, Negative):
        return -_number(_value(node.inner, place))
    if isinstance(node, Binary):
        return _binary(node.sign, _value(node.left, place), _value(node.right, place))
    if isinstance(node, If):
        return _value(node.then if _number(_value(node.when, place)) > 0 else node.other, place)
    return _call(node, place)


def _number(result: Result) -> float:
    if isinstance(result, str):
        raise ValueError(f"{result[:40]!r} is a text where a number should be")
    return result


def written(result: Result) -> str:
    """A value inside of a prompt: numbers with 5 decimals, as Parseq writes them."""
    return result if isinstance(result, str) else f"{result:.5f}"


def _plain(result: Result) -> str:
    return result if isinstance(result, str) else f"{result:.15g}"


def _name(name: str, place: Place) -> Result:
    if name in NAMES:
        return NAMES[name](place)
    if name in place.names:
        return place.names[name]
    raise ValueError(f"{name!r} is not known here")


def _binary(sign: str, left: Result, right: Result) -> Result:
    if sign == ":":
        return f"({_plain(left)}:{_plain(right)})"
    if sign == "+" and (isinstance(left, str) or isinstance(right, str)):
        return _plain(left) + _plain(right)
    if sign in ("==", "!="):
        same = left == right if type(left) is type(right) else _plain(left) == _plain(right)
        return float(same == (sign == "=="))
    return _ARITHMETIC[sign](_number(left), _number(right))


_ARITHMETIC: Mapping[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "%": math.fmod,
    "^": math.pow,
    "<": lambda a, b: float(a < b),
    "<=": lambda a, b: float(a <= b),
    ">": lambda a, b: float(a > b),
    ">=": lambda a, b: float(a >= b),
    "and": lambda a, b: float(a > 0 and b > 0),
    "&&": lambda a, b: float(a > 0 and b > 0),
    "or": lambda a, b: float(a > 0 or b > 0),
    "||": lambda a, b: float(a > 0 or b > 0),
}


def _call(node: Call, place: Place) -> Result:
    if node.name not in FUNCTIONS:
        raise ValueError(f"the function {node.name!r} is not known here")
    spec, function = FUNCTIONS[node.name]
    if len(node.args) > len(spec) and not node.args[-1][0]:
        raise ValueError(f"{node.name} takes {len(spec)} arguments at most")
    given = {label or spec[i][0][0]: _value(arg, place) for i, (label, arg) in enumerate(node.args)}
    found: list[Result] = []
    for names, default in spec:
        name = next((name for name in names if name in given), None)
        if name is None and default is None:
            raise ValueError(f"{node.name} lacks its argument {names[0]}")
        found.append(given.pop(name) if name is not None else default(place) if callable(default) else default)  # type: ignore[arg-type]
    if given:
        raise ValueError(f"{node.name} has no argument {next(iter(given))!r}")
    if node.name in CHANCES:
        place.loose.add(node.name)
    return function(place, *found)
