"""Shapes and words: what is left out of a line is never seen, and no text gets out of its element."""

from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.wire.drawing import svg

steps = st.lists(st.tuples(st.floats(0, 9), st.floats(-50, 50)), min_size=1, max_size=60)


def line(rows: list[tuple[float, float]]) -> list[svg.Point]:
    """Points that never go back."""
    points, x = [], 0.0
    for ahead, y in rows:
        x += round(ahead, 2)
        points.append((x, round(y, 2)))
    return points


@given(steps)
def test_points_that_are_left_out_lie_on_the_line(rows: list[tuple[float, float]]) -> None:
    points = line(rows)
    kept = svg.thinned(points, 0.1)
    assert kept[0] == points[0]
    assert kept[-1] == points[-1]
    assert set(kept) <= set(points)
    for x, y in points:
        near = [(a, b) for a, b in pairwise(kept) if a[0] <= x <= b[0]]
        off = [
            abs(a[1] + (b[1] - a[1]) * (x - a[0]) / (b[0] - a[0]) - y)
            if b[0] > a[0]
            else max(min(a[1], b[1]) - y, y - max(a[1], b[1]), 0.0)
            for a, b in near
        ]
        assert not near or min(off) <= 0.2 + 1e-6


def test_a_straight_line_is_its_ends() -> None:
    assert svg.thinned([(float(n), 2.0 * n) for n in range(1000)]) == [(0.0, 0.0), (999.0, 1998.0)]


@given(st.text())
def test_any_words_are_words(words: str) -> None:
    found = ElementTree.fromstring(svg.group([svg.text(1, 2, words, "s")], "g", words))
    shown = "".join(c if c.isprintable() else " " for c in words.encode("utf-8", "replace").decode())
    assert [one.text or "" for one in found] == ([shown, shown] if words else [""])


@given(st.text(max_size=40), st.floats(6, 30), st.floats(0, 300))
def test_what_is_fitted_has_room(words: str, size: float, room: float) -> None:
    found = svg.fitted(words, size, room)
    assert found == words or svg.width(found, size) <= room + size
    assert found in (words, "") or found.endswith("…")


@pytest.mark.parametrize(
    ("value", "shown"), [(1.0, "1"), (0.25, "0.2"), (-0.01, "0"), (1234.56, "1234.6"), (-2.5, "-2.5")]
)
def test_lengths_are_short(value: float, shown: str) -> None:
    assert svg.digits(value) == shown
