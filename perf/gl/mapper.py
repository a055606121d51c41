"""The picture on what a projector meets: slices through corners and meshes, soft edges, a test card with handles.

Draws on the window alone. Meshes go through their points as splines (Catmull-Rom), in parts so small that they look it.
"""

from typing import Any

import moderngl
import numpy as np
from numpy.typing import NDArray

from perf.core.mapping import CORNERS, Slice, handles, rests, square_to
from perf.gl import sources
from perf.gl.instance import Tools
from perf.gl.program import Own
from perf.gl.target import OVER, Onto

PARTS = 8  # of a mesh between two of its points
LAP = 1e-4  # of a slice, by which it reaches over each of its sides: two that share one leave no pinholes between them
HUES = ((1.0, 0.73, 0.43), (0.39, 0.84, 0.55), (0.45, 0.66, 1.0), (1.0, 0.45, 0.6), (0.85, 0.8, 0.4), (0.7, 0.5, 1.0))
HANDLE = 18  # pixels across

Points = NDArray[np.float32]


def spline(points: Points, parts: int) -> Points:
    """More points between points along the first axis, each stretch in `parts`: a Catmull-Rom spline through them."""
    ends = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    t = (np.arange(parts, dtype=np.float32) / parts).reshape(1, parts, *[1] * (points.ndim - 1))
    a, b, c, d = (ends[n : len(ends) - 3 + n, None] for n in range(4))
    between = b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
    return np.concatenate([between.reshape(-1, *points.shape[1:]), points[-1:]])


def surface(part: Slice) -> Points:
    """A slice as triangles: six rows (place x, y in the slice, moved x, y) for each of its small parts."""
    columns, rows = part.mesh if part.offsets else (2, 2)
    still = np.array(rests((columns, rows)), np.float32).reshape(rows, columns, 2) * (1 + 2 * LAP) - LAP
    offsets = np.array(part.offsets or np.zeros(8), np.float32).reshape(rows, columns, 2)
    parts = PARTS if part.offsets else 1
    grid = np.concatenate([still, still + offsets], -1)
    grid = spline(spline(grid, parts).swapaxes(0, 1), parts).swapaxes(0, 1)
    corners = (grid[:-1, :-1], grid[:-1, 1:], grid[1:, :-1], grid[1:, :-1], grid[:-1, 1:], grid[1:, 1:])
    return np.ascontiguousarray(np.stack(corners, 2).reshape(-1, 4), np.float32)


def _aspect(part: Slice, picture: tuple[int, int]) -> float:
    """Width over height of what a slice shows: so the test card's circles are round where its corners are right."""
    left, right, bottom, top = part.crop
    return picture[0] * max(1 - left - right, 0.01) / (picture[1] * max(1 - bottom - top, 0.01))


class Mapper:
    """Programs and the slices' surfaces, which are made again when a mesh moves."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._program = tools.context.program(vertex_shader=sources.SLICE_VERTEX, fragment_shader=sources.SLICE)
        self._handle = Own(tools.context, sources.HANDLE)
        self._surfaces: dict[int, tuple[object, moderngl.Buffer, moderngl.VertexArray]] = {}

    def draw(
        self, framebuffer: moderngl.Framebuffer, picture: moderngl.Texture, parts: tuple[Slice, ...], card: bool
    ) -> None:
        """Draw the slices on a framebuffer; of two in one place the later one is seen."""
        _, _, width, height = framebuffer.viewport
        framebuffer.use()
        framebuffer.viewport = (0, 0, width, height)
        picture.use(0)
        for number, part in enumerate(parts):
            self._set("card", card)
            self._set("hue", HUES[number % len(HUES)])
            self._set("aspect", _aspect(part, picture.size))
            self._slice(number, part)
        if card:
            for number, part in enumerate(parts):
                self._handles(framebuffer, part, HUES[number % len(HUES)], (width, height))

    def _slice(self, number: int, part: Slice) -> None:
        left, right, bottom, top = part.crop
        matrix = square_to(part.corners)
        self._set("corners", tuple(matrix[row][column] for column in range(3) for row in range(3)))
        self._set("inside", (left, 1.0 - right, bottom, 1.0 - top))
        self._set("edge", part.edge)
        self._set("power", 1.0 / part.gamma)
        self._surface(number, part).render(moderngl.TRIANGLES)

    def _set(self, name: str, value: Any) -> None:
        self._program[name] = value

    def _surface(self, number: int, part: Slice) -> moderngl.VertexArray:
        key = (part.mesh, part.offsets)
        kept = self._surfaces.get(number)
        if kept is not None and kept[0] == key:
            return kept[2]
        vertices = surface(part).tobytes()
        if kept is not None and kept[1].size == len(vertices):
            kept[1].write(vertices)
            self._surfaces[number] = (key, *kept[1:])
            return kept[2]
        self._forget(number)
        buffer = self._tools.context.buffer(vertices)
        array = self._tools.context.vertex_array(self._program, [(buffer, "2f 2f", "place", "moved")])
        self._surfaces[number] = (key, buffer, array)
        return array

    def _handles(
        self, framebuffer: moderngl.Framebuffer, part: Slice, hue: tuple[float, ...], screen: tuple[int, int]
    ) -> None:
        for name, (x, y) in handles(part).items():
            wide = HANDLE if name in CORNERS else HANDLE * 2 // 3
            box = (round(x * screen[0]) - wide // 2, round(y * screen[1]) - wide // 2, wide, wide)
            self._handle.run(Onto(framebuffer, box, blend=OVER), {}, self._tools.blank, fill=(*hue, 1.0))

    def _forget(self, number: int) -> None:
        kept = self._surfaces.pop(number, None)
        if kept is not None:
            kept[2].release()
            kept[1].release()

    def release(self) -> None:
        """Give the memory back."""
        for number in list(self._surfaces):
            self._forget(number)
        self._program.release()
        self._handle.release()
