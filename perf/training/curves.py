"""The card's curves in SVG: what a second prompt's weight does, and what a long recursion keeps. From the numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from perf.training.reach import CAMERAS

CURVES = "curves.svg"
WIDTH, HEIGHT = 400, 250  # of a panel
LEFT, TOP, RIGHT, BOTTOM = 44, 30, 12, 32  # about its axes
COLOURS = {"sharpness": "#1f6f8b", "saturation": "#c8553d"}
REACH = (0.75, 1.25)
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Panel:
    """A pair of axes: where the panel begins, and the least and greatest x and y. What lies beyond is at the edge."""

    left: int
    x: Point
    y: Point

    def at(self, x: float, y: float) -> Point:
        """The place of a value."""
        across, up = (
            min(max((value - low) / (high - low), 0.0), 1.0) for value, (low, high) in ((x, self.x), (y, self.y))
        )
        return (
            round(self.left + LEFT + across * (WIDTH - LEFT - RIGHT), 1),
            round(HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM), 1),
        )

    def line(self, points: Sequence[Point], look: str) -> str:
        """A line through values."""
        places = " ".join("{},{}".format(*self.at(*point)) for point in points)
        return f'<polyline points="{places}" fill="none" {look}/>'

    def dot(self, point: Point, colour: str) -> str:
        """A value."""
        x, y = self.at(*point)
        return f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}" fill-opacity=".6"/>'

    def frame(self, title: str, across: dict[float, str], up: dict[float, str]) -> Iterator[str]:
        """The title, and the axes with their numbers."""
        yield f'<text x="{self.left + LEFT}" y="18" font-weight="bold">{title}</text>'
        for y, name in up.items():
            yield self.line([(self.x[0], y), (self.x[1], y)], 'stroke="#ddd"')
            yield f'<text x="{self.left + LEFT - 5}" y="{self.at(0, y)[1] + 4}" text-anchor="end">{name}</text>'
        for x, name in across.items():
            yield f'<text x="{self.at(x, 0)[0]}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{name}</text>'


def curves(found: dict[str, Any]) -> str:
    """Both panels, as an SVG file's text; `found` is what `played.measure` found."""
    parts = "\n".join([*_weights(found["negatives"]["shares"]), *_recursion(found)])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="11">\n<rect width="100%" height="100%" fill="#fff"/>\n{parts}\n</svg>\n'
    )


def _weights(shares: dict[str, Any]) -> Iterator[str]:
    """The share of an attribute against its weight, with intervals."""
    panel, rows = Panel(0, (-1.0, 1.0), (0.0, 1.0)), {float(weight): row for weight, row in shares.items()}
    across = {-1.0: "−1", -0.5: "−0.5", 0.0: "0", 0.5: "0.5", 1.0: "1"}
    yield from panel.frame("An attribute's share at its weight", across, {0.0: "0", 0.5: "50 %", 1.0: "100 %"})
    for weight, row in rows.items():
        yield panel.line([(weight, bound) for bound in row["interval"]], 'stroke="#999"')
    yield panel.line([(weight, rows[weight]["share"]) for weight in sorted(rows)], 'stroke="#333" stroke-width="2"')
    yield from (panel.dot((weight, row["share"]), "#333") for weight, row in rows.items())


def _recursion(found: dict[str, Any]) -> Iterator[str]:
    """What a recursion keeps: over its images where they were kept, else of each prompt at the end."""
    images, course = found["recursion_still"]["images"], "course" in found["recursion_still"]
    panel = Panel(WIDTH, (0.0, float(images)) if course else (-0.5, 3.5), (0.5, 1.5))
    names = [f"{what}, {key.removeprefix('recursion_')}" for key in CAMERAS for what in COLOURS]
    across = (
        {images * part / 3: f"{images * part / 3:g}" for part in range(4)}
        if course
        else {float(i): name for i, name in enumerate(names)}
    )
    title = "Recursion: shares of image 20" if course else f"Each prompt after {images} images, as shares of image 20"
    yield from panel.frame(title, across, {0.5: "0.5", REACH[0]: "0.75", 1.0: "1", REACH[1]: "1.25", 1.5: "1.5"})
    for place, (key, what) in enumerate((key, what) for key in CAMERAS for what in COLOURS):
        values, colour = found[key]["course" if course else what], COLOURS[what]
        if course:
            dashed = key == "recursion_zoom"
            look = f'stroke="{colour}"' + ' stroke-dasharray="4 3"' * dashed
            name = names[place] + " (dashed)" * dashed
            step = images / len(values[what])
            yield panel.line([((index + 1) * step, value) for index, value in enumerate(values[what])], look)
            yield f'<text x="{panel.at(0, 0)[0] + 6}" y="{TOP + 12 + 13 * place}" fill="{colour}">{name}</text>'
        else:
            yield panel.line([(place - 0.3, found[key][f"{what}_mean"]), (place + 0.3, found[key][f"{what}_mean"])],
                             f'stroke="{colour}" stroke-width="2"')  # fmt: skip
            spread = max(len(values) - 1, 1)
            yield from (panel.dot((place - 0.2 + 0.4 * i / spread, v), colour) for i, v in enumerate(values))
