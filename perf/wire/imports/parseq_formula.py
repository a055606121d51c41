"""Parseq's expressions as formulas of ours, where there is one: no keyframes in it, nothing drawn by lot."""

from dataclasses import dataclass

from perf.wire.imports.parseq_language import Binary, Call, If, Name, Negative, Node, Number

SHAPES = {"sin": "sine({0})", "cos": "sine({0} + 0.25)", "tri": "tri({0})", "saw": "fract({0})", "sq": "square({0})"}
TIGHT = {"and": 2, "&&": 2, "or": 1, "||": 1, "+": 4, "-": 4, "*": 5, "/": 5, "%": 5, "^": 7}  # ours; others 3
SIMPLE = {"min": 2, "max": 2, "abs": 1, "round": 1, "floor": 1, "ceil": 1}  # and their operands


@dataclass(frozen=True, slots=True)
class Words:
    """How a formula says what an expression means: `frame` is the frame number, `clock` (`t` or `beat`) runs at `pace`
    frames in one; `steady` is the value that all keyframes have, where they have one."""

    frame: str
    clock: str
    pace: float
    fps: float
    bpm: float
    steady: float | None


def formula(node: Node, words: Words) -> str:
    """The formula; "" where there is none. That it gives the same values is for the caller to see."""
    try:
        return _text(node, words)[0]
    except LookupError:
        return ""


def _text(node: Node, words: Words) -> tuple[str, int]:
    """A text, and how tightly what is outermost in it binds."""
    if isinstance(node, Number):
        return _digits(node.value * {"s": words.fps, "b": words.fps * 60 / words.bpm}.get(node.unit, 1.0)), 9
    if isinstance(node, Name):
        return _name(node.name, words)
    if isinstance(node, Negative):
        return f"-{_in(_text(node.inner, words), 9)}", 4
    if isinstance(node, If):
        return f"if({', '.join(_text(inner, words)[0] for inner in (node.when, node.then, node.other))})", 9
    if isinstance(node, Binary) and node.sign != ":":
        sign = {"&&": "and", "||": "or"}.get(node.sign, node.sign)
        binds = TIGHT.get(sign, 3)
        left, right = _in(_text(node.left, words), binds + 1), _in(_text(node.right, words), binds + 1)
        return f"{left} {sign} {right}", binds
    if isinstance(node, Call):
        return _call(node, words)
    raise LookupError


def _in(part: tuple[str, int], least: int) -> str:
    return part[0] if part[1] >= least else f"({part[0]})"


def _digits(value: float) -> str:
    return f"{value:.12g}"


def _name(name: str, words: Words) -> tuple[str, int]:
    if name in ("L", "S", "C", "P") and words.steady is not None:
        return _digits(words.steady), 9 if words.steady >= 0 else 4
    if name == "f":
        return words.frame, 5
    if name == "s":
        return "t", 9
    if name == "b":
        return ("beat", 9) if words.clock == "beat" else (f"t * {_digits(words.bpm / 60)}", 5)
    raise LookupError(name)


def _call(node: Call, words: Words) -> tuple[str, int]:
    if node.name in SIMPLE and len(node.args) == SIMPLE[node.name]:
        return f"{node.name}({', '.join(_text(arg, words)[0] for _, arg in node.args)})", 9
    if node.name not in (*SHAPES, "pulse"):
        raise LookupError(node.name)
    order = ("p", "ps", "a", "c", "li", "pw")
    long = {"period": "p", "phase": "ps", "ph": "ps", "amp": "a", "centre": "c", "limit": "li", "pulse": "pw"}
    given = {long.get(label, label) or order[i]: arg for i, (label, arg) in enumerate(node.args[:6])}
    if "li" in given or not isinstance(given.get("p"), Number) or not isinstance(given.get("ps", Number(0.0)), Number):
        raise LookupError(node.name)
    period, phase = (float(_text(given.get(key, Number(0.0)), words)[0]) for key in ("p", "ps"))
    turns = f"{words.clock} / {_digits(period / words.pace)}"
    turns = f"({words.clock} + {_digits(phase / words.pace)}) / {_digits(period / words.pace)}" if phase else turns
    width = float(_text(given["pw"], words)[0]) if isinstance(given.get("pw"), Number) else 5.0
    shape = f"pulse({turns}, {_digits(width / period)})" if node.name == "pulse" else SHAPES[node.name].format(turns)
    return _scaled(
        shape, _in(_text(given.get("a", Number(1.0)), words), 6), _text(given.get("c", Number(0.0)), words)[0]
    )


def _scaled(shape: str, amp: str, centre: str) -> tuple[str, int]:
    shape, binds = (shape, 9) if amp == "1" else (f"{amp} * {shape}", 5)
    return (shape, binds) if centre == "0" else (f"{centre} + {shape}", 4)
