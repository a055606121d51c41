"""Where functions of formulas leap: what of their operands crosses a whole number there.

A formula is otherwise a curve without steps, so these are all the places at which its value may be another at once.
"""

import math
import operator
from collections.abc import Callable, Mapping, Sequence

from perf.core.formula import Node, call


def _first(x: float, *others: float) -> float:
    return x


def _above(edge: float, x: float) -> float:
    return float(x >= edge)


def _true(x: float, *others: float) -> float:
    return float(x != 0)


EDGES: Mapping[str, Sequence[Callable[..., float]]] = {
    **dict.fromkeys(("floor", "fract", "saw", "rand", "pick", "logistic"), (_first,)),
    "ceil": (operator.neg,),
    "round": (lambda x: x + 0.5,),
    **dict.fromkeys(("square", "pulse"), (_first, lambda x, width=0.5: x - width)),
    "euclid": (lambda hits, steps, n, turn=0.0: n,),
    "step": (_above,),
    "sign": (lambda x: math.copysign(1.0, x) if x else 0.0,),
    **dict.fromkeys(("if", "!"), (_true,)),
    **dict.fromkeys(("and", "or"), (_true, lambda a, b: _true(b))),
    "%": (operator.truediv,),
    **{sign: (lambda a, b, f=f: float(f(a, b)),) for sign, f in (
        ("<", operator.lt), ("<=", operator.le), (">", operator.gt), (">=", operator.ge),
        ("==", operator.eq), ("!=", operator.ne),
    )},
}  # fmt: skip


def edges(name: str, operands: Sequence[Node]) -> list[Node]:
    """What crosses a whole number where the function or operator `name` of these operands leaps."""
    return [call(edge, operands) for edge in EDGES.get(name, ())]
