"""The card's curves: one SVG of what was measured, and nothing else."""

import copy
import json
from typing import Any
from xml.etree import ElementTree

import pytest

from perf.ports.library import EMBEDDED
from perf.training.curves import Panel, curves

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def found() -> dict[str, Any]:
    return json.loads((EMBEDDED / "measurements.json").read_text())


def test_each_share_and_each_prompt_is_a_dot(found) -> None:
    found["recursion_still"].pop("course", None)
    found["recursion_zoom"].pop("course", None)
    text = curves(found)
    dots = list(ElementTree.fromstring(text).iter(f"{SVG}circle"))
    assert len(dots) == len(found["negatives"]["shares"]) + 2 * 2 * found["recursion_still"]["n"]
    assert len(text.encode()) < 6000
    x, y = Panel(0, (-1.0, 1.0), (0.0, 1.0)).at(-1.0, found["negatives"]["shares"]["-1"]["share"])
    assert (dots[0].get("cx"), dots[0].get("cy")) == (str(x), str(y))


def test_the_course_of_a_recursion_is_drawn_where_it_was_kept(found) -> None:
    other = copy.deepcopy(found)
    for key in ("recursion_still", "recursion_zoom"):
        other[key]["course"] = {what: [1.0 + 0.01 * part for part in range(30)] for what in ("sharpness", "saturation")}
    text = curves(other)
    lines = [line.get("points", "").split() for line in ElementTree.fromstring(text).iter(f"{SVG}polyline")]
    assert sum(len(line) == 30 for line in lines) == 4
    assert "sharpness, zoom (dashed)" in text
    assert len(text.encode()) < 6000


def test_what_lies_beyond_the_axes_is_at_their_edge() -> None:
    panel = Panel(400, (0.0, 1.0), (0.5, 1.5))
    assert panel.at(7.0, 99.0) == panel.at(1.0, 1.5)
    assert panel.at(-7.0, -99.0) == panel.at(0.0, 0.5)
