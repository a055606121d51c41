"""Formulas: a value computed from time, oscillators, chance with a seed, and what other parameters are.

A formula is a tree of closures that `wire.formula` makes from text. It is pure: the same scope gives the same value,
so it may be sought, rendered and played alike. It can neither raise, grow nor run long: there are no loops, every
result is finite within ±1e9, and what is undefined (a division by 0, a root of -1) is 0.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate, repeat

from perf.core.event import Value

BOUND = 1e9
ORBITS = 64  # pieces of chaotic orbits remembered


@dataclass(frozen=True, slots=True)
class Scope:
    """What a formula may look at: the transport's `seconds`, `beat`, `bars` and `tempo`; `place`, 0…1 through the
    track's loop; `below`, the value of the floor below; `values`, the parameters as resolved so far;
    in a cue's conditions `since`, the beats since it fired, and `times` that it has fired."""

    seconds: float = 0.0
    beat: float = 0.0
    bars: float = 0.0
    tempo: float = 120.0
    place: float = 0.0
    below: float = 0.0
    values: Mapping[str, Value] = field(default_factory=dict)
    since: float = 0.0
    times: float = 0.0


Node = Callable[[Scope], float]


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula as its author wrote it, what computes it, the addresses it reads. Equal texts are equal formulas. It is
    another value at once only where one of its `edges` crosses a whole number."""

    text: str
    node: Node = field(compare=False, repr=False)
    reads: frozenset[str] = field(default=frozenset(), compare=False, repr=False)
    edges: tuple[Node, ...] = field(default=(), compare=False, repr=False)

    def at(self, scope: Scope) -> float:
        """Its value; finite, within ±1e9."""
        return self.node(scope)


def bounded(value: float) -> float:
    """The value within ±1e9; 0 for one that is no number."""
    return min(max(value, -BOUND), BOUND) if value == value else 0.0


def constant(value: float) -> Node:
    """A number."""
    value = bounded(value)
    return lambda scope: value


def parameter(address: str) -> Node:
    """Another parameter's value as resolved so far; 0 for a text or a colour."""

    def node(scope: Scope) -> float:
        value = scope.values.get(address, 0.0)
        return 0.0 if isinstance(value, str | tuple) else bounded(float(value))

    return node


def call(function: Callable[..., float], operands: Sequence[Node]) -> Node:
    """A function of other nodes; what it cannot compute is 0."""
    if len(operands) == 1:
        (one,) = operands
        return lambda scope: _safe(function, one(scope))
    if len(operands) == 2:
        one, two = operands
        return lambda scope: _safe(function, one(scope), two(scope))
    return lambda scope: _safe(function, *(operand(scope) for operand in operands))


def _safe(function: Callable[..., float], *operands: float) -> float:
    try:
        return bounded(function(*operands))
    except (ValueError, ZeroDivisionError, OverflowError, TypeError):  # TypeError: a power that came out complex
        return 0.0


def _hashed(n: int, seed: int) -> int:
    """32 well-mixed bits of two integers (the finaliser of MurmurHash3, Appleby 2011)."""
    h = (n * 0x9E3779B1 ^ seed * 0x85EBCA6B) & 0xFFFFFFFF
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        h = ((h ^ h >> shift) * factor) & 0xFFFFFFFF
    return h ^ h >> 16


def rand(x: float, seed: float = 0.0) -> float:
    """A number 0…1 for each whole x, the same for ever: sample and hold."""
    return _hashed(math.floor(x), math.floor(seed)) / 0xFFFFFFFF


def drift(x: float, seed: float = 0.0) -> float:
    """The numbers of `rand`, each led smoothly to the next."""
    low, share = math.floor(x), x - math.floor(x)
    a, b = rand(low, seed), rand(low + 1, seed)
    return a + (b - a) * share * share * (3 - 2 * share)


def noise(x: float, seed: float = 0.0) -> float:
    """Gradient noise in one dimension, -1…1, 0 at whole x (Perlin 2002)."""
    low = math.floor(x)
    share = x - low
    fade = share * share * share * (share * (share * 6 - 15) + 10)
    left, right = ((2 * rand(low + i, seed) - 1) * (share - i) for i in (0, 1))
    return 2 * (left + (right - left) * fade)


def euclid(hits: float, steps: float, n: float, turn: float = 0.0) -> float:
    """1 on the steps of a Euclidean rhythm (Toussaint 2005), else 0; `n` is the step, counted from 0."""
    length = max(math.floor(steps), 1)
    struck = min(max(math.floor(hits), 0), length)
    return 1.0 if ((math.floor(n) - math.floor(turn)) * struck) % length < struck else 0.0


LOGISTIC_PIECE = 512  # steps that are computed at once
SETTLED = 840  # steps in which an orbit forgets its start; divisible by the lengths of cycles up to 8
NEARBY = 1e-9  # how far a piece's start may be from the first's: chaos makes another orbit of it, a cycle the same


def logistic(n: float, r: float = 3.9, start: float = 0.4) -> float:
    """The n-th value of x ← r·x·(1 - x) from `start` (May 1976), 0…1; r is cut to 0…4.

    So that any place is found in a moment, each 512 steps are an orbit of their own, from a start near by that is long
    gone: what is chaotic never repeats, and what goes round goes on going round.
    """
    piece, step = divmod(min(max(math.floor(n), 0), int(BOUND)), LOGISTIC_PIECE)
    return _logistic_piece(min(max(r, 0.0), 4.0), min(max(start, 0.0), 1.0), piece)[step]


@lru_cache(ORBITS)
def _logistic_piece(r: float, start: float, piece: int) -> list[float]:
    """The values of a piece."""
    x = start * (1 - NEARBY * rand(piece)) if piece else start
    for _ in range(SETTLED + piece * LOGISTIC_PIECE % SETTLED if piece else 0):
        x = r * x * (1 - x)
    return list(accumulate(repeat(r, LOGISTIC_PIECE - 1), lambda x, rate: rate * x * (1 - x), initial=x))


def logistic_exponent(r: float, start: float = 0.4, steps: int = 4096) -> float:
    """The orbit's Lyapunov exponent in nats a step: above 0 it is chaotic."""
    values = [logistic(n, r, start) for n in range(64, 64 + steps)]
    return sum(math.log(max(abs(r * (1 - 2 * x)), 1e-12)) for x in values) / steps


Point = tuple[float, float, float]
SIGMA, RHO, BETA = 10.0, 28.0, 8.0 / 3.0  # of Lorenz 1963
LORENZ_STEP = 0.01  # of its time
LORENZ_PIECE, JOINT = 2048, 100  # steps of an orbit, and those in which it is led over into the next


def lorenz(t: float, axis: float = 0.0, seed: float = 0.0) -> float:
    """The Lorenz attractor (Lorenz 1963) at its time t, about -1…1: axis 0 is x, 1 is y, 2 is z; it turns about once in
    0.75.

    So that any place is found in a moment, each 20.48 of its time are an orbit of their own, led over into the next in
    the last 1: it never repeats.
    """
    piece, place = divmod(min(max(t, 0.0), BOUND) / LORENZ_STEP, LORENZ_PIECE)
    part, number = min(max(math.floor(axis), 0), 2), math.floor(seed)
    value = _lorenz_at(number, int(piece), place + (JOINT if piece else 0), part)
    if (over := place - (LORENZ_PIECE - JOINT)) > 0:
        value += _smooth(0, JOINT, over) * (_lorenz_at(number, int(piece) + 1, over, part) - value)
    centre, size = ((0.0, 20.0), (0.0, 27.0), (25.0, 25.0))[part]
    return (value - centre) / size


def _lorenz_at(seed: int, piece: int, place: float, part: int) -> float:
    """One coordinate of a piece at so many steps."""
    orbit, step = _lorenz_piece(seed, piece), int(place)
    while len(orbit) <= step + 1:
        orbit.append(_runge_kutta(orbit[-1]))
    return orbit[step][part] + (orbit[step + 1][part] - orbit[step][part]) * (place - step)


@lru_cache(ORBITS)
def _lorenz_piece(seed: int, piece: int) -> list[Point]:
    """A piece so far, begun near the attractor, at a place of its own for each seed."""
    x, y, z = (rand(3 * piece + n, seed) for n in (1, 2, 3))
    point = (1.0 + x, 1.0 + y, 20.0 + z)
    for _ in range(500):
        point = _runge_kutta(point)
    return [point]


def _flow(x: float, y: float, z: float) -> Point:
    return SIGMA * (y - x), x * (RHO - z) - y, x * y - BETA * z


def _runge_kutta(point: Point) -> Point:
    """One step of the classical fourth order. Written out: a place far into an orbit takes thousands."""
    (x, y, z), half = point, LORENZ_STEP / 2
    a, b, c = _flow(x, y, z)
    d, e, f = _flow(x + a * half, y + b * half, z + c * half)
    g, h, i = _flow(x + d * half, y + e * half, z + f * half)
    j, k, m = _flow(x + g * LORENZ_STEP, y + h * LORENZ_STEP, z + i * LORENZ_STEP)
    sixth = LORENZ_STEP / 6
    return (
        x + (a + 2 * d + 2 * g + j) * sixth,
        y + (b + 2 * e + 2 * h + k) * sixth,
        z + (c + 2 * f + 2 * i + m) * sixth,
    )


def lorenz_exponent(steps: int = 20_000) -> float:
    """The attractor's largest Lyapunov exponent in nats of its time (Benettin, Galgani & Strelcyn 1976); about 0.91."""
    point, apart, total = _lorenz_piece(0, 0)[0], 1e-8, 0.0
    other = (point[0] + apart, point[1], point[2])
    for _ in range(steps):
        point, other = _runge_kutta(point), _runge_kutta(other)
        distance = math.dist(point, other)
        total += math.log(distance / apart)
        other = tuple(p + (q - p) * apart / distance for p, q in zip(point, other, strict=True))  # type: ignore[assignment]
    return total / (steps * LORENZ_STEP)


def _pick(n: float, *values: float) -> float:
    return values[math.floor(n) % len(values)]


def _within(x: float, low: float, high: float) -> float:
    return min(max(x, min(low, high)), max(low, high))


def _remap(x: float, a: float, b: float, c: float, d: float) -> float:
    return c + (x - a) * (d - c) / (b - a)


def _smooth(low: float, high: float, x: float) -> float:
    share = min(max((x - low) / (high - low), 0.0), 1.0)
    return share * share * (3 - 2 * share)


def _square(x: float, width: float = 0.5) -> float:
    return 1.0 if x % 1.0 < width else -1.0


FUNCTIONS: Mapping[str, tuple[int, int, Callable[..., float]]] = {  # least and most operands
    "sin": (1, 1, math.sin),
    "cos": (1, 1, math.cos),
    "tan": (1, 1, math.tan),
    "atan2": (2, 2, math.atan2),
    "abs": (1, 1, abs),
    "sign": (1, 1, lambda x: math.copysign(1.0, x) if x else 0.0),
    "floor": (1, 1, math.floor),
    "ceil": (1, 1, math.ceil),
    "round": (1, 1, lambda x: math.floor(x + 0.5)),
    "fract": (1, 1, lambda x: x % 1.0),
    "sqrt": (1, 1, math.sqrt),
    "exp": (1, 1, math.exp),
    "log": (1, 1, math.log),
    "min": (1, 8, lambda *xs: min(xs)),
    "max": (1, 8, lambda *xs: max(xs)),
    "clamp": (3, 3, _within),
    "mix": (3, 3, lambda a, b, share: a + (b - a) * share),
    "map": (5, 5, _remap),
    "step": (2, 2, lambda edge, x: 1.0 if x >= edge else 0.0),
    "smooth": (3, 3, _smooth),
    "if": (3, 3, lambda when, a, b: a if when else b),
    "sine": (1, 1, lambda x: math.sin(2 * math.pi * x)),  # oscillators: x in turns, -1…1
    "tri": (1, 1, lambda x: 1 - abs(4 * ((x + 0.25) % 1.0) - 2)),
    "saw": (1, 1, lambda x: 2 * (x % 1.0) - 1),
    "square": (1, 2, _square),
    "pulse": (1, 2, lambda x, width=0.5: 1.0 if x % 1.0 < width else 0.0),
    "rand": (1, 2, rand),
    "drift": (1, 2, drift),
    "noise": (1, 2, noise),
    "pick": (2, 64, _pick),
    "euclid": (3, 4, euclid),
    "logistic": (1, 3, logistic),
    "lorenz": (1, 3, lorenz),
}
NAMES: Mapping[str, Node] = {
    "t": lambda scope: scope.seconds,
    "beat": lambda scope: scope.beat,
    "bar": lambda scope: scope.bars,
    "tempo": lambda scope: scope.tempo,
    "place": lambda scope: scope.place,
    "below": lambda scope: scope.below,
    "since": lambda scope: scope.since,
    "times": lambda scope: scope.times,
    "pi": constant(math.pi),
    "tau": constant(math.tau),
    "e": constant(math.e),
}
