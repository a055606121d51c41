"""Mapping: how parts of the stage's picture lie on what a projector meets. Corner pin, mesh warp, soft edges.

Places are those of the window: 0…1 from the left, 0…1 from below. A slice's own are 0…1 across it; its mesh moves
points there, its four corners carry all of it to the window (Heckbert 1989, 2.2.3: from the unit square to a quad).
Values only; the window's mouse drags through `grabbed` and `dragged`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from perf.core.event import Value
from perf.core.param import Param

Point = tuple[float, float]
Square = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]

CORNERS: Mapping[str, Point] = {
    "lower-left": (0.0, 0.0), "lower-right": (1.0, 0.0), "upper-left": (0.0, 1.0), "upper-right": (1.0, 1.0),
}  # fmt: skip
SIDES = ("left", "right", "bottom", "top")
REACH = 0.05  # of the window: how near to a handle a hand takes hold of it
MESH = 9  # points along a side, at most
MONITORS = 8


@dataclass(frozen=True, slots=True)
class SliceSpec:
    """A slice as the patch declares it: columns and rows of its mesh's points, (0, 0) without one; the monitor that it
    is seen on, 1 (the main window) to `MONITORS`."""

    mesh: tuple[int, int] = (0, 0)
    monitor: int = 1


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the stage's picture on the window. `corners` as in `CORNERS`; `crop` and `edge` are shares at the left,
    right, bottom and top that are cut off, and that grow dark; `gamma` is the projector's; `mesh` and `offsets` are the
    points, row by row from below, and how far each is moved; `monitor` as the patch declares it."""

    corners: tuple[Point, ...] = tuple(CORNERS.values())
    crop: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0)
    edge: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0)
    gamma: float = 2.2
    mesh: tuple[int, int] = (0, 0)
    offsets: tuple[Point, ...] = ()
    monitor: int = 1


def mapping_params(specs: tuple[SliceSpec, ...]) -> Iterable[Param]:
    """The parameters of a patch's slices."""
    if specs:
        yield Param(
            "/mapping/card", "bool", False, help="a test card with handles, which the mouse drags in the window"
        )
    for number, spec in enumerate(specs, 1):
        at = f"/mapping/{number}"
        for name, place in CORNERS.items():
            words = f"where its {name.replace('-', ' ')} corner lies in the window, from the lower left"
            yield Param(f"{at}/{name}", "point", place, -1.0, 2.0, words, "windows")
        for side in SIDES:
            yield Param(f"{at}/crop/{side}", "float", 0.0, help=f"share of the stage that is cut off at the {side}")
        for side in SIDES:
            yield Param(f"{at}/edge/{side}", "float", 0.0, 0.0, 1.0, f"share of it that grows dark to the {side}")
        yield Param(f"{at}/gamma", "float", 2.2, 1.0, 4.0, "the projector's, by which two soft edges add up to one")
        for name in _points(spec):
            yield Param(f"{at}/{name}", "point", (0.0, 0.0), -1.0, 1.0, "how far this point of it is moved", "slices")


def _points(spec: SliceSpec) -> list[str]:
    columns, rows = spec.mesh
    return [f"mesh/{column + 1}/{row + 1}" for row in range(rows) for column in range(columns)]


def slices_of(specs: tuple[SliceSpec, ...], values: Mapping[str, Value]) -> tuple[Slice, ...]:
    """The slices with these values."""
    return tuple(_slice(f"/mapping/{number}/", spec, values) for number, spec in enumerate(specs, 1))


def _slice(at: str, spec: SliceSpec, values: Mapping[str, Value]) -> Slice:
    return Slice(
        tuple(values[at + name] for name in CORNERS),  # type: ignore[misc]
        tuple(float(values[f"{at}crop/{side}"]) for side in SIDES),  # type: ignore[arg-type]
        tuple(float(values[f"{at}edge/{side}"]) for side in SIDES),  # type: ignore[arg-type]
        float(values[f"{at}gamma"]),  # type: ignore[arg-type]
        spec.mesh,
        tuple(values[at + name] for name in _points(spec)),  # type: ignore[misc]
        spec.monitor,
    )


def square_to(corners: tuple[Point, ...]) -> Square:
    """The matrix from a slice's own places to the window's, of corners in the order of `CORNERS`.

    Corners that span nothing give the parallelogram of three of them: it may be flat, and does not fail.
    """
    (x0, y0), (x1, y1), (x3, y3), (x2, y2) = corners
    sx, sy = x0 - x1 + x2 - x3, y0 - y1 + y2 - y3
    dx1, dx2, dy1, dy2 = x1 - x2, x3 - x2, y1 - y2, y3 - y2
    span = dx1 * dy2 - dx2 * dy1
    g = (sx * dy2 - dx2 * sy) / span if abs(span) > 1e-9 else 0.0
    h = (dx1 * sy - sx * dy1) / span if abs(span) > 1e-9 else 0.0
    if min(1.0 + g, 1.0 + h, 1.0 + g + h) < 1e-3:  # folded over itself: no projector sees that
        g = h = 0.0
    return ((x1 - x0 + g * x1, x3 - x0 + h * x3, x0), (y1 - y0 + g * y1, y3 - y0 + h * y3, y0), (g, h, 1.0))


def through(matrix: Square, point: Point) -> Point:
    """A point carried by a matrix."""
    x, y, w = (row[0] * point[0] + row[1] * point[1] + row[2] for row in matrix)
    return x / (w or 1e-9), y / (w or 1e-9)


def back(matrix: Square, point: Point) -> Point:
    """The point that the matrix carries there; the point itself where it is flat."""
    (a, b, c), (d, e, f), (g, h, i) = matrix
    adjugate = (
        (e * i - f * h, c * h - b * i, b * f - c * e),
        (f * g - d * i, a * i - c * g, c * d - a * f),
        (d * h - e * g, b * g - a * h, a * e - b * d),
    )
    flat = abs(a * adjugate[0][0] + b * adjugate[1][0] + c * adjugate[2][0]) < 1e-9
    return point if flat else through(adjugate, point)


def handles(part: Slice) -> dict[str, Point]:
    """What a hand can take hold of, by the ends of the addresses, and where it lies in the window."""
    found = dict(zip(CORNERS, part.corners, strict=True))
    matrix = square_to(part.corners)
    for name, rest, offset in zip(_points(SliceSpec(part.mesh)), rests(part.mesh), part.offsets, strict=True):
        found[name] = through(matrix, (rest[0] + offset[0], rest[1] + offset[1]))
    return found


def rests(mesh: tuple[int, int]) -> list[Point]:
    """Where a mesh's points lie when none is moved, row by row from below."""
    columns, rows = mesh
    return [(x / (columns - 1), y / (rows - 1)) for y in range(rows) for x in range(columns)]


def grabbed(parts: tuple[Slice, ...], point: Point) -> tuple[int, str] | None:
    """The nearest handle within reach in the main window: the slice's number, from 1, and the end of its address.
    Corners come first."""
    near = [
        (max(abs(place[0] - point[0]), abs(place[1] - point[1])), name not in CORNERS, number, name)
        for number, part in enumerate(parts, 1)
        if part.monitor == 1
        for name, place in handles(part).items()
    ]
    distance, _, number, name = min(near, default=(2 * REACH, False, 0, ""))
    return (number, name) if distance <= REACH else None


def dragged(part: Slice, name: str, point: Point) -> Point:
    """The value of a handle's parameter that puts it there."""
    if name in CORNERS:
        return point
    x, y = back(square_to(part.corners), point)
    rest = rests(part.mesh)[_points(SliceSpec(part.mesh)).index(name)]
    return x - rest[0], y - rest[1]
